"""Runs one script: every code cell in order, in a fresh kernel of its own, in an empty working folder."""

from __future__ import annotations

import inspect
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from labguide.backends import calls
from labguide.backends.calls import Call
from labguide.model import Cell, Output, Project, Script
from labguide.running import fonts, launching, values
from labguide.running.provisioner import Zygote
from labguide.running.tracebacks import cell_line

EXPECT_ERROR = "raises-exception"
"""The tag of a cell that is meant to raise."""

_VALUES_MIME = "application/vnd.labguide.values+json"

# Runs after the last cell and leaves no name in the script's namespace. The kernel gets the source of `values`
# as text, so it needs no labguide of its own.
_VALUES_CODE = f"""
(lambda space: (
    exec({inspect.getsource(values)!r}, space),
    display({{"{_VALUES_MIME}": space["simple"](get_ipython())}}, raw=True),
))({{}})
"""


@dataclass(frozen=True)
class Failure:
    """Why a run ended early. `line` is the line in the script's file, from 1."""

    cell: Cell
    line: int
    kind: str
    message: str
    remedy: str


@dataclass(frozen=True)
class Run:
    """What one run of a script left, before it is cleaned: outputs by cell name, values, seconds by cell."""

    outputs: Mapping[str, tuple[Output, ...]]
    values: Mapping[str, Any] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    failure: Failure | None = None
    calls: tuple[Call, ...] = ()
    """The distinct calls of its services that it made, if it came to its end."""


async def run(
    project: Project,
    script: Script,
    environment: Mapping[str, str],
    folder: Path,
    prelude: Callable[[Path], str],
    on_cell: Callable[[Cell, int], None],
    zygote: Zygote | None = None,
) -> Run:
    """Run a script and return what it left; a cell that fails ends the run and stands in `Run.failure`.

    `environment` is the kernel's whole environment. `prelude` is given a file for the calls and returns source that
    runs before the first cell. The script's working folder is made in `folder` and holds its
    declared data. `on_cell` is told each cell and its number, from 1, as it begins. The kernel comes from `zygote`,
    if there is one.
    """
    with tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as own:
        work = Path(own) / "work"
        work.mkdir()
        for name in script.data:
            shutil.copy2(project.root / name, work / Path(name).name)
        notes = work.with_name("calls.jsonl")
        async with launching.connected(_notebook(script), environment, work, zygote) as client:
            await _run_hidden(client, prelude(notes))
            run = await _run_cells(client, script, on_cell)
        return run if run.failure else replace(run, calls=calls.read(notes))


async def _run_cells(client: NotebookClient, script: Script, on_cell: Callable[[Cell, int], None]) -> Run:
    outputs: dict[str, tuple[Output, ...]] = {}
    seconds: dict[str, float] = {}
    begun = time.monotonic()
    for index, cell in enumerate(script.code_cells):
        on_cell(cell, index + 1)
        started = time.monotonic()
        failure = await _run_cell(client, index, cell, _Time(script, begun + script.limit - started))
        seconds[cell.name] = round(time.monotonic() - started, 3)
        outputs[cell.name] = tuple(client.nb.cells[index].outputs)
        if failure:
            return Run(outputs, {}, seconds, failure)
    return Run(outputs, await _values(client), seconds)


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


async def _run_cell(client: NotebookClient, index: int, cell: Cell, time_left: _Time) -> Failure | None:
    timeout: Any = lambda _cell: time_left.seconds  # noqa: E731  nbclient declares whole seconds, and takes any
    client.timeout_func = timeout
    try:
        await client.async_execute_cell(client.nb.cells[index], index)
    except CellExecutionError as error:
        return _raised(cell, client.nb.cells[index].outputs, error)
    except CellTimeoutError:
        return time_left.failure(cell)
    except DeadKernelError:
        message = f'the kernel died in cell "{cell.name}"'
        return Failure(cell, cell.place.line, "kernel-died", message, "see what it printed; is memory short?")
    if EXPECT_ERROR in cell.tags and not any(
        output["output_type"] == "error" for output in client.nb.cells[index].outputs
    ):
        message = f'cell "{cell.name}" was to raise and did not'
        return Failure(cell, cell.place.line, "did-not-raise", message, f"mend it or take the tag {EXPECT_ERROR} off")
    return None


def _raised(cell: Cell, outputs: list[Output], error: CellExecutionError) -> Failure:
    last: Output = next((o for o in reversed(outputs) if o["output_type"] == "error"), {})
    line = cell_line(last.get("traceback", ()))
    what = f"{error.ename}: {error.evalue}".strip().splitlines()[0]
    return Failure(
        cell,
        cell.place.line + line - 1,
        "cell-raised",
        f'cell "{cell.name}" raised {what}',
        f"mend the cell, or tag it {EXPECT_ERROR} if it is meant to",
    )


async def _values(client: NotebookClient) -> Mapping[str, Any]:
    for output in await _run_hidden(client, _VALUES_CODE):
        found: Mapping[str, Any] | None = output.get("data", {}).get(_VALUES_MIME)
        if found is not None:
            return found
    return {}


async def _run_hidden(client: NotebookClient, source: str) -> list[Output]:
    """Run what is no cell of the script and return its outputs."""
    cell = _code_cell(source, [])
    client.nb.cells.append(cell)
    await client.async_execute_cell(cell, len(client.nb.cells) - 1, store_history=False)
    client.nb.cells.pop()
    return list(cell.outputs)


def _notebook(script: Script) -> Any:
    """What nbclient runs. The constructors of nbformat validate each cell, which takes longer than to run it."""
    cells = [_code_cell(cell.source, sorted(cell.tags)) for cell in script.code_cells]
    return nbformat.from_dict({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells})


def _code_cell(source: str, tags: list[str]) -> Any:
    parts: dict[str, Any] = {"metadata": {"tags": tags}, "source": source, "outputs": [], "execution_count": None}
    return nbformat.from_dict({"cell_type": "code", **parts})


def kernel_environment(project: Project, backend: Mapping[str, str]) -> dict[str, str]:
    """The environment of every kernel: the caller's without credentials and personal settings, and the backend's."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "JUPYTER", "IPYTHON"))}
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
    return {**kept, **fixed, **backend}
