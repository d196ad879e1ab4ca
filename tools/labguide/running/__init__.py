"""The step from scripts to recordings: run what is stale, keep what it left.

Scripts run at the same time, one for each core, each in its own kernel; one that names others in `after:` waits
for them. A script that fails keeps its old recording, becomes a problem, and those after it are not tried.
"""

from __future__ import annotations

import asyncio
import os
import platform
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from labguide import recordings, redaction
from labguide.backends import Backend
from labguide.model import Cell, Place, Project, RecordedCell, Recording, Script
from labguide.problems import Problems
from labguide.running import freshness, kernel, order
from lifeline import Lifeline


class Progress(Protocol):
    """Is told what happens while scripts run; a host shows it."""

    def waiting(self) -> None:
        """Another build of this project is running; this one begins when that has ended."""

    def begin(self, scripts: int, reused: int) -> None:
        """So many scripts will run, so many need not."""

    def cell(self, script: Script, cell: Cell, number: int) -> None:
        """A script begins its code cell of that number, from 1."""

    def done(self, script: Script, ok: bool, seconds: float) -> None:
        """A script has ended."""

    def skipped(self, script: Script) -> None:
        """A script is not tried, because one that it comes after has failed."""


@dataclass(frozen=True)
class Options:
    """What may run: only what is stale (the default), all (`force`), nothing (`frozen`)."""

    force: bool = False
    frozen: bool = False
    only: tuple[str, ...] = ()
    """Run no more than these scripts and what must run before them; empty means all."""


@dataclass(frozen=True)
class Runs:
    """The recordings after a build's runs, and which scripts ran for them."""

    recordings: Mapping[str, Recording]
    ran: tuple[str, ...] = ()
    reused: tuple[str, ...] = ()


@dataclass
class _Session:
    """What the runs of one build share."""

    project: Project
    backend: Backend
    accounts: Mapping[str, str]
    keys: Mapping[str, str]
    quoted: Mapping[str, Collection[str]]
    progress: Progress
    problems: Problems
    line: Lifeline
    folder: Path
    slots: asyncio.Semaphore
    kept: dict[str, Recording] = field(default_factory=dict)


def run(
    project: Project,
    scripts: Mapping[str, Script],
    quoted: Mapping[str, Collection[str]],
    backend: Backend,
    options: Options,
    progress: Progress,
    problems: Problems,
) -> Runs:
    """Bring the recordings up to date and return them all.

    `quoted` names, for each script, the variables that documents show. With `frozen` nothing runs, and a recording
    that is missing or of other code becomes a problem.
    """
    here = {name: script for name, script in scripts.items() if backend.name in script.backends}
    in_order = order.ordered(here, problems)
    kept = recordings.load_all(project, backend.name, here)
    if options.frozen:
        _tell_stale(here, kept, problems)
        return Runs(kept, reused=tuple(kept))
    keys = freshness.keys(project, in_order, backend)
    wanted = _wanted(project, backend.name, in_order, keys, options)
    progress.begin(len(wanted), len(here) - len(wanted))
    if wanted:
        kept.update(_run_all(project, in_order, wanted, keys, quoted, backend, progress, problems))
    ran = tuple(script.name for script in wanted)
    return Runs(kept, ran, tuple(name for name in here if name not in ran))


def _wanted(
    project: Project, backend: str, in_order: tuple[Script, ...], keys: Mapping[str, str], options: Options
) -> tuple[Script, ...]:
    names = frozenset(keys) if options.force else freshness.stale(project, backend, keys)
    if options.only:
        within = {script.name for script in order.with_ancestors(options.only, in_order)}
        names = names & within
    return order.with_ancestors(names, in_order)


def _tell_stale(scripts: Mapping[str, Script], kept: Mapping[str, Recording], problems: Problems) -> None:
    for name, script in scripts.items():
        recording = kept.get(name)
        if recording is None:
            problems.add(Place(script.path), "no-recording", "this script was never recorded", "run `labguide run`")
        elif not recordings.is_of(recording, script):
            message = "the recording is of other code than the script has now"
            problems.add(Place(script.path), "stale-recording", message, f"run `labguide run {name}`")


def _run_all(
    project: Project,
    in_order: tuple[Script, ...],
    wanted: tuple[Script, ...],
    keys: Mapping[str, str],
    quoted: Mapping[str, Collection[str]],
    backend: Backend,
    progress: Progress,
    problems: Problems,
) -> dict[str, Recording]:
    with tempfile.TemporaryDirectory(prefix="labguide-") as folder, Lifeline(Path(folder)) as line:
        backend.start()
        session = _Session(
            project=project,
            backend=backend,
            accounts=order.accounts(in_order),
            keys=keys,
            quoted=quoted,
            progress=progress,
            problems=problems,
            line=line,
            folder=Path(folder),
            slots=asyncio.Semaphore(os.cpu_count() or 1),
        )
        freshness.forget(project, backend.name, [script.name for script in wanted])
        asyncio.run(_gather(session, wanted))
        return session.kept


async def _gather(session: _Session, wanted: tuple[Script, ...]) -> None:
    tasks: dict[str, asyncio.Task[bool]] = {}
    async with asyncio.TaskGroup() as group:
        for script in wanted:  # in order, so the tasks a script waits for are already there
            before = [tasks[name] for name in script.after if name in tasks]
            tasks[script.name] = group.create_task(_run_after(session, script, before))


async def _run_after(session: _Session, script: Script, before: list[asyncio.Task[bool]]) -> bool:
    """Run a script once those before it have succeeded; whether it succeeded too."""
    if not all([await task for task in before]):
        session.progress.skipped(script)
        return False
    async with session.slots:
        return await _run_one(session, script)


async def _run_one(session: _Session, script: Script) -> bool:
    account = session.accounts[script.name]
    backend_environment = session.backend.environment(account)
    environment = kernel.kernel_environment(session.project, session.line.mark(backend_environment))
    run = await kernel.run(
        session.project,
        script,
        environment,
        session.folder,
        lambda cell, number: session.progress.cell(script, cell, number),
    )
    session.progress.done(script, run.failure is None, sum(run.seconds.values()))
    if run.failure:
        place = Place(script.path, run.failure.line)
        secrets = _secrets(account, backend_environment)
        message = redaction.clean_text(run.failure.message, secrets)
        session.problems.add(place, run.failure.kind, message, run.failure.remedy)
        return False
    _keep(session, script, run, _secrets(account, backend_environment))
    return True


def _keep(session: _Session, script: Script, run: kernel.Run, secrets: tuple[str, ...]) -> None:
    new = Recording(
        script=script.name,
        backend=session.backend.name,
        cells=tuple(
            RecordedCell(cell.name, cell.source, recordings.clean_outputs(run.outputs[cell.name], secrets))
            for cell in script.code_cells
        ),
        values=redaction.clean(run.values, secrets),
        provenance=_provenance(session.backend, run),
    )
    old = recordings.load(session.project, session.backend.name, script.name)
    kept = recordings.settle(old, new, script, session.quoted.get(script.name, ()))
    if kept is not old:
        recordings.save(session.project, kept)
    freshness.note(session.project, session.backend.name, script.name, session.keys[script.name])
    session.kept[script.name] = kept


def _secrets(account: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """What this very run must not publish, whatever it looks like."""
    keys = (environment.get("AWS_SECRET_ACCESS_KEY", ""), environment.get("AWS_SESSION_TOKEN", ""))
    return account, *(key for key in keys if len(key) >= 16)


def _provenance(backend: Backend, run: kernel.Run) -> Mapping[str, Any]:
    return {
        "backend": backend.name,
        "versions": {"python": platform.python_version(), **backend.versions()},
        "recorded": datetime.now(UTC).strftime("%Y-%m-%d"),
        "seconds": dict(run.seconds),
    }
