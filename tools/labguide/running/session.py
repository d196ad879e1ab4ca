"""The runs of one build: side by side, each in a kernel of its own, after those that it names."""

from __future__ import annotations

import asyncio
import math
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from labguide import cleaning, lines
from labguide.backends import Backend, calls
from labguide.model import Origin, Place, Project, RecordedCell, Recording, Script
from labguide.problems import Problem, Problems, concerns_all
from labguide.running import cluster, environment, imports, kernel, order, provisioner
from labguide.running.failures import Failure
from labguide.running.folders import Folders, private
from labguide.running.told import Outcome, Progress
from lifeline import Lifeline


@dataclass
class _Session:
    """What the runs of one build share."""

    project: Project
    backend: Backend
    accounts: Mapping[str, str]
    keep: Callable[[Script, Recording], None]
    progress: Progress
    problems: Problems
    line: Lifeline
    folders: Folders
    slots: asyncio.Semaphore
    began: float
    """Epoch seconds, before the backend was started."""
    zygote: provisioner.Zygote | None = None
    """Where the kernels come from, if their imports can be done once for all."""
    executor: Executor | None = None
    """Of a cluster, if runs are sent to one."""
    outcomes: dict[str, Outcome] = field(default_factory=dict)


def run_all(
    project: Project,
    in_order: tuple[Script, ...],
    wanted: tuple[Script, ...],
    backend: Backend,
    keep: Callable[[Script, Recording], None],
    progress: Progress,
    problems: Problems,
    cluster_address: str = "",
) -> Mapping[str, Outcome]:
    """Run the scripts `wanted` and return what became of each, by its name.

    `in_order` are all scripts, which decide the accounts; `keep` is given each recording as soon as its run succeeds.
    With a `cluster_address` the runs are sent there. Raises CannotBuildError if backend or cluster are not to be had,
    OSError if the disk refuses.
    """
    if not wanted:
        return {}
    began = time.time()
    with private() as (folders, line):
        backend.start()
        session = _Session(
            project=project,
            backend=backend,
            accounts=order.accounts(in_order),
            keep=keep,
            progress=progress,
            problems=problems,
            line=line,
            folders=folders,
            began=began,
            # One more than cores: a kernel starts while another waits for an answer.
            slots=asyncio.Semaphore(1 if backend.real else (os.cpu_count() or 1) + 1),
        )
        try:
            _run(session, wanted, cluster_address)
        except* OSError as group:  # a full disk, say: the user needs the fault, not the group it came in
            raise _first(group) from None
        return session.outcomes


def _run(session: _Session, wanted: tuple[Script, ...], cluster_address: str) -> None:
    if not cluster_address:
        asyncio.run(_gather(session, wanted))
        return
    session.slots = asyncio.Semaphore(len(wanted))
    with cluster.executor(cluster_address, session.backend) as session.executor:
        asyncio.run(_gather(session, wanted))


def _first(group: BaseExceptionGroup[OSError]) -> OSError:
    """The first fault in a group of them, however deep."""
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


async def _gather(session: _Session, wanted: tuple[Script, ...]) -> None:
    tasks: dict[str, asyncio.Task[bool]] = {}
    async with _zygote(session, wanted) as session.zygote, asyncio.TaskGroup() as group:
        for script in wanted:  # in order, so the tasks a script waits for are already there
            before = [tasks[name] for name in script.after if name in tasks]
            tasks[script.name] = group.create_task(_run_after(session, script, before))


def _zygote(session: _Session, wanted: tuple[Script, ...]) -> AbstractAsyncContextManager[provisioner.Zygote | None]:
    """One for all scripts whose imports may be done ahead.

    For a single script it is no gain. With a real backend every session must be made where its calls are noted.
    """
    served = [script for script in wanted if imports.may_be_done_ahead(script)]
    if len(served) < 2 or session.backend.real or session.executor:
        return nullcontext()
    environments = [_environment(session, script) for script in served]
    return provisioner.zygote(imports.common(served), environments, session.folders.work)


def _environment(session: _Session, script: Script) -> dict[str, str]:
    """The whole environment of a script's kernel."""
    backend_environment = session.backend.environment(session.accounts[script.name])
    return session.line.mark(kernel.kernel_environment(session.project, backend_environment))


async def _run_after(session: _Session, script: Script, before: list[asyncio.Task[bool]]) -> bool:
    """Run a script once those before it have succeeded; whether it succeeded too."""
    if not all([await task for task in before]):
        session.progress.skipped(script)
        return False
    async with session.slots:
        return await _run_one(session, script)


async def _run_one(session: _Session, script: Script) -> bool:
    """Run a script; whatever goes wrong with it, the others go on."""
    started = time.monotonic()
    secrets = session.backend.secrets(session.accounts[script.name])
    try:
        run = await (_run_on_cluster if session.executor else _run_here)(session, script)
        outcome = _outcome(session, script, run, secrets)
    except Exception as error:
        if concerns_all(error):
            raise
        session.progress.done(script, False, time.monotonic() - started)
        hider = cleaning.Hider(cleaning.Known(secrets))
        message = hider.text(f"its run broke off with {_told(error)}")
        session.problems.add(Place(script.path), "run-failed", message, "see what it does to its kernel")
        return False
    session.progress.done(script, not outcome.problems, sum(run.seconds.values()))
    session.outcomes[script.name] = outcome
    for problem in outcome.problems.values():
        session.problems.include(problem)
    return not outcome.problems and _kept(session, script, outcome.recording)


def _kept(session: _Session, script: Script, recording: Recording) -> bool:
    """Keep a recording; whether that can be done. A disk that refuses concerns all scripts."""
    try:
        session.keep(script, recording)
    except OSError:
        raise
    except Exception as error:
        message = f"its recording cannot be kept: {_told(error)}"
        session.problems.add(Place(script.path), "run-failed", message, "see what its cells show")
        return False
    return True


def _told(error: Exception) -> str:
    """The name of an exception and the first line of what it says."""
    return f"{type(error).__name__}: {lines.first(str(error)) or 'no more is known'}"


async def _run_here(session: _Session, script: Script) -> kernel.Run:
    return await kernel.run(
        session.project,
        script,
        _environment(session, script),
        session.folders,
        lambda notes: session.backend.prelude(script.name, notes),
        lambda cell, number: session.progress.cell(script, cell, number),
        session.zygote if imports.may_be_done_ahead(script) else None,
    )


async def _run_on_cluster(session: _Session, script: Script) -> kernel.Run:
    sent = cluster.order(session.project, script, session.backend, session.accounts[script.name])
    return await asyncio.get_running_loop().run_in_executor(session.executor, cluster.execute, sent)


def _outcome(session: _Session, script: Script, run: kernel.Run, secrets: tuple[str, ...]) -> Outcome:
    """What a run left, without what is secret."""
    hider = _hider(session, run, secrets)
    verbatim = [cell.name for cell in script.code_cells if cleaning.AS_IT_IS in cell.tags]
    source = "\n".join(cell.source for cell in script.code_cells)
    cleaned = cleaning.clean_run(_left(session, run), hider, source, verbatim)
    recording = Recording(
        script=script.name,
        backend=session.backend.name,
        cells=tuple(
            RecordedCell(
                cell.name, cell.source, cleaned.outputs[cell.name], cleaned.origin, cleaned.checks.get(cell.name, "")
            )
            for cell in script.code_cells
            if cell.name in cleaned.outputs
        ),
        values=cleaned.values,
        provenance={**_provenance(session.backend, run), "calls": calls.distinct(cleaned.calls)},
        origin=cleaned.origin,
        unkept=run.unkept,
        labels=run.labels,
    )
    failures = [*run.faults.values(), *filter(None, [run.failure])]
    return Outcome(recording, {each.cell.name: _problem(script, each, hider) for each in failures})


def _problem(script: Script, failure: Failure, hider: cleaning.Hider) -> Problem:
    return Problem(Place(script.path, failure.line), hider.text(failure.message), failure.remedy, failure.kind)


def _left(session: _Session, run: kernel.Run) -> cleaning.Left:
    """What the run left. Its window begins with the build: it may show what a script before it made."""
    began, ended = math.floor(session.began), math.ceil(run.ended)
    process = (str(run.pid),) if run.pid else ()
    origin = Origin(_today(), began, ended, (*run.noted.ids, *process), run.noted.moments)
    return cleaning.Left(run.outputs, run.values, run.noted.calls, run.noted.names, origin, run.checks)


def _hider(session: _Session, run: kernel.Run, secrets: tuple[str, ...]) -> cleaning.Hider:
    """Knows what this run was given and told, and where on this machine it was."""
    held_back = cleaning.caller_secrets(environment.held_back(session.project, os.environ))
    folders = {
        run.folder: "/tmp/workshop",  # noqa: S108  a name for readers; nothing is written there
        str(session.project.root): "/tmp/project",  # noqa: S108  likewise
        sys.prefix if sys.prefix != sys.base_prefix else "": "/opt/python",
        str(Path.home()): "~",
    }
    return cleaning.Hider(cleaning.Known((*secrets, *run.noted.secrets, *held_back), cleaning.known_folders(folders)))


def _provenance(backend: Backend, run: kernel.Run) -> Mapping[str, Any]:
    return {
        "backend": backend.name,
        "versions": {"python": platform.python_version(), **backend.versions()},
        "seconds": dict(run.seconds),
    }


def _today() -> str:
    """The day of a recording, in UTC; SOURCE_DATE_EPOCH (reproducible-builds.org) may say which day it is."""
    now = os.environ.get("SOURCE_DATE_EPOCH")
    return (datetime.fromtimestamp(int(now), UTC) if now else datetime.now(UTC)).strftime("%Y-%m-%d")
