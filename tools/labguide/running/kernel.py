"""Runs one script: every code cell in order, in a fresh kernel of its own, in an empty working folder."""

from __future__ import annotations

import asyncio
import inspect
import marshal
import os
import re
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import CodeType
from typing import Any

import nbformat
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from labguide import exercises, lines
from labguide.backends import calls
from labguide.backends.calls import Noted
from labguide.model import EXPECT_ERROR, Cell, Output, Project, Script
from labguide.problems import one_line
from labguide.running import (
    as_before,
    checks,
    companion,
    data_files,
    environment,
    figures,
    fonts,
    launching,
    plain_python,
    values,
)
from labguide.running.client import Client, fault_of
from labguide.running.failures import Failure, told_error
from labguide.running.folders import Folders
from labguide.running.provisioner import Zygote
from labguide.running.tracebacks import cell_line

_PATIENCE = 30.0
"""Seconds that threads and tasks may still be at work after the last cell."""


def _compiled(source: str, name: str) -> CodeType:
    """Code for a kernel, which is this very Python: to compile it there would take longer than to run it."""
    return compile(source, f"<{name}>", "exec")


_COMPANION = [
    _compiled(inspect.getsource(module), module.__name__)
    for module in (values, plain_python, as_before, figures, companion)
]

# Runs before the first cell and leaves no name in the script's namespace. The kernel gets code, so it needs no labguide
# of its own; and builtins of its own, since a script may replace the real ones.
_BEFORE = """
(lambda codes, space: (
    [exec(code, space) for code in codes[:-1]],
    space["leave_alone"](get_ipython()),
    space["install"](get_ipython(), space),
    exec(codes[-1], {{}}),
))(
    __import__("marshal").loads(open({path!r}, "rb").read()),
    {{"__builtins__": {{**vars(__import__("builtins"))}}, "__name__": "labguide"}},
) and None
"""


@dataclass(frozen=True)
class Run:
    """What one run of a script left, before it is cleaned: outputs by cell name, values, seconds by cell."""

    outputs: Mapping[str, tuple[Output, ...]]
    values: Mapping[str, Any] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    failure: Failure | None = None
    checks: Mapping[str, str] = field(default_factory=dict)
    """What checks said where their steps were missing, by the names of their cells."""
    faults: Mapping[str, Failure] = field(default_factory=dict)
    """What is wrong with checks, by the names of their cells; the run went on."""
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The labels that its figures had, by language."""
    noted: Noted = field(default_factory=Noted)
    """The calls of its services that it made, and what these told it."""
    unkept: Mapping[str, str] = field(default_factory=dict)
    """Why other variables of the script are not among its values, by name: `a sentence cannot show a value of type
    DataFrame`."""
    began: float = 0.0
    """When it began, in seconds since 1970."""
    ended: float = 0.0
    """When it ended."""
    folder: str = ""
    """Its working folder, as the script saw it."""
    pid: int = 0
    """The process of its kernel."""


async def run(
    project: Project,
    script: Script,
    environment: Mapping[str, str],
    folders: Folders,
    prelude: Callable[[Path], str],
    on_cell: Callable[[Cell, int], None],
    zygote: Zygote | None = None,
) -> Run:
    """Run a script and return what it left; a cell that fails ends the run and stands in `Run.failure`.

    `environment` is the kernel's whole environment. `prelude` is given a file for the calls and returns source that
    runs before the first cell. The script's working folder is made in `folders.work` and holds its declared data.
    `on_cell` is told each cell and its number, from 1, as it begins. The kernel comes from `zygote`, if there is one.
    """
    began = time.time()
    with tempfile.TemporaryDirectory(dir=folders.work, ignore_cleanup_errors=True) as own:
        work = Path(own) / "work"
        work.mkdir()
        data_files.bring(project, script, work)
        notes = work.with_name("calls.jsonl")
        async with launching.connected(_notebook(script), environment, work, folders.sockets, zygote) as client:
            await _prepare(client, work, script, prelude(notes))
            run = await _Cells(client, script, work, on_cell).run()
            pid = client.pid
        return replace(run, noted=calls.read(notes), began=began, ended=time.time(), folder=str(work), pid=pid)


class _Cells:
    """Runs the cells of one script in its kernel."""

    def __init__(self, client: Client, script: Script, work: Path, on_cell: Callable[[Cell, int], None]) -> None:
        self._client, self._script, self._work, self._on_cell = client, script, work, on_cell
        self._begun = time.monotonic()
        self._checks: dict[str, str] = {}
        self._faults: dict[str, Failure] = {}

    async def run(self) -> Run:
        """All cells in order, until one fails; then what they have left, once nothing of theirs is at work."""
        return replace(await self._run(), checks=self._checks, faults=self._faults)

    async def _run(self) -> Run:
        seconds: dict[str, float] = {}
        failure: Failure | None = None
        for index, cell in enumerate(self._script.code_cells):
            self._on_cell(cell, index + 1)
            failure = await self._try_checks(cell)
            if failure is None:
                started = time.monotonic()
                failure = await self._run_cell(index, cell)
                seconds[cell.name] = round(time.monotonic() - started, 3)
            if failure:
                return Run(self._outputs(len(seconds), {}), {}, seconds, failure)
        try:
            patience = max(0.0, min(_PATIENCE, self._script.timeout, self._left()))
            left = await self._client.ask({"question": "end", "seconds": patience}, patience + _PATIENCE)
            texts = await self._client.texts_of_widgets(_PATIENCE)
        except (TimeoutError, DeadKernelError) as error:
            return Run(self._outputs(len(seconds), {}), {}, seconds, self._silent(error, self._script.code_cells[-1]))
        failure = self._still_at_work(left["at_work"]) or self._misunderstood(texts)
        outputs = self._outputs(len(seconds), texts)
        labels = {language: tuple(sorted(said)) for language, said in left["labels"].items()}
        return Run(outputs, left["kept"], seconds, failure, unkept=left["unkept"], labels=labels)

    def _left(self) -> float:
        """Seconds that the script still has."""
        return self._begun + self._script.limit - time.monotonic()

    def _outputs(self, count: int, texts: Mapping[str, str]) -> dict[str, tuple[Output, ...]]:
        """What the first cells have left, as far as the notebook format can hold it."""
        return {
            cell.name: tuple(output for output in self._client.outputs(index, texts) if not fault_of([output]))
            for index, cell in enumerate(self._script.code_cells[:count])
        }

    async def _try_checks(self, cell: Cell) -> Failure | None:
        """Try the checks of what this cell begins to do; what ends the run, if one does more than to fail."""
        for trial in self._trials(cell):
            failure = await self._try_check(trial)
            if failure:
                return failure
        return None

    def _trials(self, cell: Cell) -> Iterator[checks.Trial]:
        """Of the checks that begin here, without the step; then, at an exercise, of all its checks with its gap."""
        number = {each.name: index for index, each in enumerate(self._script.code_cells)}
        for check in self._script.checks_before(cell):
            yield checks.Trial(check, number[check.name])
        if exercises.is_exercise(cell):
            for check in self._script.code_cells:
                if cell.name in check.checks and check.name not in self._faults:
                    yield checks.Trial(check, number[check.name], (cell, number[cell.name]))

    async def _try_check(self, trial: checks.Trial) -> Failure | None:
        check, time_left = trial.check, self._allow(checks.SECONDS)
        try:
            said = await checks.tried(self._client, trial)
        except CellTimeoutError:
            return checks.too_slow(trial) if time_left.left > checks.SECONDS else time_left.failure(check)
        except (TimeoutError, DeadKernelError) as error:
            return self._silent(error, check)
        if self._client.ended_itself:
            return _quit(check)
        if isinstance(said, Failure):
            self._faults[check.name] = said
        else:
            self._checks[check.name] = said
        return None

    def _allow(self, seconds: float) -> _Time:
        """Let the next cell take so long, and no longer than the script still has."""
        time_left = _Time(self._script, self._left())
        timeout: Any = lambda _cell: min(seconds, time_left.seconds)  # noqa: E731  nbclient declares whole seconds
        self._client.timeout_func = timeout
        return time_left

    async def _run_cell(self, index: int, cell: Cell) -> Failure | None:
        time_left = self._allow(self._script.timeout)
        notebook_cell = self._client.nb.cells[index]
        try:
            await self._client.async_execute_cell(notebook_cell, index)
        except CellExecutionError as error:
            return _raised(cell, notebook_cell.outputs, error, await self._reason())
        except CellTimeoutError:
            return time_left.failure(cell)
        except DeadKernelError:
            _raise_if_stopped()
            return self._died(cell)
        if self._client.ended_itself:
            return _quit(cell)
        if EXPECT_ERROR in cell.tags and not any(output["output_type"] == "error" for output in notebook_cell.outputs):
            message = f'cell "{cell.name}" was to raise and did not'
            remedy = f"mend it or take the tag {EXPECT_ERROR} off"
            return Failure(cell, cell.place.line, "did-not-raise", message, remedy)
        return self._misunderstood({}, index)

    async def _reason(self) -> str:
        """What a service says of why the last cell failed."""
        try:
            return str(await self._client.ask({"question": "reason"}, _PATIENCE))
        except (TimeoutError, DeadKernelError):
            return ""

    def _died(self, cell: Cell) -> Failure:
        code = self._client.exit_code()
        said = launching.last_words(self._work)
        how = f" ({_ending(code)})" if code is not None else ""
        message = f'the kernel died in cell "{cell.name}"{how}' + (f": {said}" if said else "")
        remedy = "is memory short?" if code == -signal.SIGKILL else "mend what ends it"
        return Failure(cell, cell.place.line, "kernel-died", message, remedy)

    def _silent(self, error: Exception, cell: Cell) -> Failure:
        """After all cells, or at a check: something that a cell left behind has ended the kernel, or holds it up."""
        if isinstance(error, DeadKernelError):
            _raise_if_stopped()
            return self._died(cell)
        at = "after the last cell" if cell is self._script.code_cells[-1] else f'for the check "{cell.name}"'
        message = f"the kernel did not answer {at}"
        return Failure(cell, cell.place.line, "kernel-silent", message, "see what its cells have left at work")

    def _still_at_work(self, left: Sequence[Mapping[str, Any]]) -> Failure | None:
        for each in left:
            cell = self._script.code_cells[self._client.index_of(each["request"])]
            message = f'{each["what"]}, started in cell "{cell.name}", was still at work long after the last cell'
            line = cell.place.line + each.get("line", 1) - 1
            return Failure(cell, line, "still-at-work", message, "wait for its end in a cell, or end it")
        return None

    def _misunderstood(self, texts: Mapping[str, str], only: int | None = None) -> Failure | None:
        """What no recording can hold of the outputs of a cell, or of all."""
        for index, cell in enumerate(self._script.code_cells):
            if only in (None, index):
                fault = fault_of(self._client.outputs(index, texts)) or self._client.faults.get(index)
                if fault:
                    message = f'cell "{cell.name}" shows what no notebook can hold: {fault}'
                    return Failure(cell, cell.place.line, "invalid-output", message, "show it as text or as a picture")
        return None


_QUIT = re.compile(r"\b(?:quit|exit|SystemExit)\b")


def _quit(cell: Cell) -> Failure:
    message = f'cell "{cell.name}" ended the kernel with `quit` or `exit`'
    return Failure(cell, _line_of(cell, _QUIT), "cell-quit", message, "take it out: what comes after it would not run")


def _line_of(cell: Cell, pattern: re.Pattern[str]) -> int:
    """The line of the script where a cell says this; the cell's first if it does so in another way."""
    numbered = enumerate(lines.split(cell.source))
    return cell.place.line + next((number for number, line in numbered if pattern.search(line)), 0)


def _ending(code: int) -> str:
    """How a process ended, in words."""
    if code >= 0:
        return f"exit status {code}"
    try:
        return f"ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"ended by signal {-code}"


def _raise_if_stopped() -> None:
    """nbclient takes its own end, by Ctrl-C, for that of the kernel."""
    task = asyncio.current_task()
    if task and task.cancelling():
        raise asyncio.CancelledError


@dataclass(frozen=True)
class _Time:
    """What a cell may take, and how it is said that it took more: its own time is up, or the script's."""

    script: Script
    left: float
    """Seconds that the script still has."""

    @property
    def seconds(self) -> float:
        """For nbclient, to which zero means for ever."""
        return max(0.001, min(self.script.timeout, self.left))

    def failure(self, cell: Cell) -> Failure:
        """What to tell the author."""
        if self.left < self.script.timeout:
            message = f'the script did not end in {self.script.limit:g} seconds; it was in cell "{cell.name}"'
            return Failure(cell, cell.place.line, "script-timeout", message, "make it quicker or raise `limit:`")
        message = f'cell "{cell.name}" did not end in {self.script.timeout:g} seconds'
        return Failure(cell, cell.place.line, "cell-timeout", message, "make it quicker or raise `timeout:`")


def _raised(cell: Cell, outputs: list[Output], error: CellExecutionError, reason: str) -> Failure:
    last: Output = next((o for o in reversed(outputs) if o["output_type"] == "error"), {})
    line = cell.place.line + cell_line(last.get("traceback", ())) - 1
    if error.ename == "SystemExit":  # IPython shows no traceback of a cell that exits
        line = _line_of(cell, _QUIT)
    what = told_error(last or {"ename": error.ename, "evalue": error.evalue})
    what = _with_reason(what, reason)
    return Failure(
        cell,
        line,
        "cell-raised",
        f'cell "{cell.name}" raised {what}',
        f"mend the cell, or tag it {EXPECT_ERROR} if it is meant to",
    )


async def _prepare(client: Client, work: Path, script: Script, prelude: str) -> None:
    """Run what is no cell of the script: the companion, with the labels of its figures, and a backend's own.

    It goes through a file, since IPython looks at a cell's text for much longer than the code itself takes.
    """
    codes = work.with_name("codes")
    labels: dict[str, dict[str, str]] = {}
    for label in script.labels:
        labels.setdefault(label.language, {})[label.text] = label.said
    known = _compiled(f"LABELS = {labels!r}", "labels")
    codes.write_bytes(marshal.dumps([*_COMPANION, known, _compiled(prelude, "prelude")]))
    cell = _code_cell(_BEFORE.format(path=str(codes)), [])
    client.nb.cells.append(cell)
    await client.async_execute_cell(cell, len(client.nb.cells) - 1, store_history=False)
    client.nb.cells.pop()


def _with_reason(what: str, reason: str) -> str:
    """The first line of an error, and all of the reason that a service gave, which may begin in that line."""
    begins, whole = lines.first(reason), one_line(reason)
    if whole in what:
        return what
    return what.partition(begins)[0] + whole if begins in what else f"{what} (reason: {whole})"


def _notebook(script: Script) -> Any:
    """What nbclient runs. The constructors of nbformat validate each cell, which takes longer than to run it."""
    cells = [_code_cell(cell.source, sorted(cell.tags)) for cell in script.code_cells]
    return nbformat.from_dict({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells})


def _code_cell(source: str, tags: list[str]) -> Any:
    parts: dict[str, Any] = {"metadata": {"tags": tags}, "source": source, "outputs": [], "execution_count": None}
    return nbformat.from_dict({"cell_type": "code", **parts})


def kernel_environment(project: Project, backend: Mapping[str, str]) -> dict[str, str]:
    """The environment of every kernel: what it is given of the caller's, and the backend's."""
    cache = project.workdir / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    fonts.configure_matplotlib(cache / "matplotlib")
    fixed = {
        "PYTHONHASHSEED": "0",
        "PYTHONNOUSERSITE": "1",
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "IPYTHONDIR": str(cache / "ipython"),  # no personal start-up files
        "MPLCONFIGDIR": str(cache / "matplotlib"),  # its font cache takes seconds to build
        "PLOTLY_RENDERER": "plotly_mimetype",  # the figure alone, not the 5 MB script that draws it
    }
    return {**environment.given(project, os.environ), **fixed, **backend}
