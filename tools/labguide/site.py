"""The order of the steps, from sources to what a host renders. Read `build` from top to bottom.

Source ──read──▶ Script ──run──▶ Recording ──┐
Source ──read──▶ Document ──cut for an edition──weave──▶ page · deck · notebook · exercises
                            └──a plan──▶ Schedule ─────▶ its page · tracker · workbook

What comes after the runs, the same for each edition, is `assemble` in `assembly.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import get_args

from labguide import comparing, recordings, running, scripts, sources, weaving, workdir
from labguide.assembly import Site, assemble
from labguide.backends import Backend
from labguide.model import Edition, Place, Project, Recording, Sources
from labguide.problems import CannotBuildError, Problems

Renderer = Callable[[Site, Path, Problems], None]
"""A host: renders a site into a folder, and notes what cannot be published."""


@dataclass(frozen=True)
class Rehearsed:
    """What fresh runs left: a verdict on each cell, and new recordings of the scripts that ran to their end."""

    verdicts: tuple[comparing.Verdict, ...]
    new: Mapping[str, Recording]


@dataclass(frozen=True)
class Checked:
    """What a check found beside problems: a verdict on each cell, and the sites as the fresh runs would make them."""

    verdicts: tuple[comparing.Verdict, ...]
    sites: tuple[tuple[Project, Site], ...]
    """Each edition."""


@dataclass(frozen=True)
class CheckOptions:
    """How far a check goes: `only` these scripts run, or none (`static`); `update` accepts what the runs left."""

    only: tuple[str, ...] = ()
    static: bool = False
    update: bool = False


def build(
    project: Project,
    backend: Backend,
    options: running.Options,
    progress: running.Progress,
    problems: Problems,
) -> Site:
    """Read everything, run what is stale, weave everything. What is wrong is in `problems` afterwards."""
    found = sources.read(project, problems)
    quoted = weaving.quoted_values(found)
    runs = running.run(project, found.scripts, quoted, backend, options, progress, problems)
    return assemble(project, found, runs, problems)


@contextmanager
def built(
    project: Project,
    backend: Backend,
    options: running.Options,
    progress: running.Progress,
    problems: Problems,
) -> Iterator[Site]:
    """What `build` makes of a project; until it is done with, no other build of the project begins."""
    with workdir.only_build(project, on_wait=progress.waiting):
        workdir.recover(project.site)
        try:
            yield build(project, backend, options, progress, problems)
        finally:
            backend.stop()


def publish(
    woven: Site,
    render: Renderer,
    folder: Path,
    problems: Problems,
) -> None:
    """Render a site beside the one that stands in `folder`, and put it there.

    Raises `CannotBuildError`, and leaves what stands in `folder`, if anything is wrong; `problems` says what.
    """
    end_if_any(problems)
    stage = workdir.Stage(folder)
    try:
        render(woven, stage.folder, problems)
        end_if_any(problems)
        stage.publish()
    finally:
        stage.discard()


def end_if_any(problems: Problems) -> None:
    """Raise `CannotBuildError` if there is a problem."""
    if len(problems):
        raise CannotBuildError(f"{problems.count} found; the site was not changed")


def check(
    project: Project,
    backend: Backend,
    options: CheckOptions,
    progress: running.Progress,
    problems: Problems,
) -> Checked:
    """Read everything, run afresh, hold every cell against its recording, weave what the fresh runs left.

    Writes nothing but, with `update`, the recordings of the scripts that ran to their end.
    """
    found = sources.read(project, problems)
    _tell_orphans(project, found, problems)
    old = recordings.load_all(project, backend.name, found.scripts)
    if options.static:
        runs = running.run(project, found.scripts, {}, backend, running.Options(frozen=True), progress, problems)
        return Checked((), _weave_both(project, found, runs, problems))
    rehearsed = rehearse(project, found, backend, options.only, progress, problems)
    if options.update:
        accepted = {name: each for name, each in rehearsed.new.items() if name in (options.only or found.scripts)}
        running.accept(project, found.scripts, weaving.quoted_values(found), backend, accepted)
    runs = running.Runs({**old, **rehearsed.new}, ran=tuple(rehearsed.new))
    return Checked(rehearsed.verdicts, _weave_both(project, found, runs, problems, options.only))


def rehearse(
    project: Project,
    found: Sources,
    backend: Backend,
    only: Collection[str],
    progress: running.Progress,
    problems: Problems,
) -> Rehearsed:
    """Run scripts afresh (all if `only` names none) and hold their cells against the recordings; keep nothing."""
    outcomes = running.rehearse(project, found.scripts, backend, only, progress, problems)
    verdicts: list[comparing.Verdict] = []
    for name, script in found.scripts.items():
        if name in (only or found.scripts) and backend.name in script.backends and script.code_cells:
            outcome = outcomes.get(name)
            new, failures = (outcome.recording, outcome.problems) if outcome else (None, {})
            old = recordings.load(project, backend.name, name)
            verdicts += comparing.judge(script, old, new, failures, found.documents)
    whole = {name: outcome.recording for name, outcome in outcomes.items() if not outcome.problems}
    return Rehearsed(tuple(verdicts), whole)


def _weave_both(
    project: Project, found: Sources, runs: running.Runs, problems: Problems, only: Collection[str] = ()
) -> tuple[tuple[Project, Site], ...]:
    """Both editions: what only instructors see is checked as all else is."""
    projects = [replace(project, edition=edition) for edition in get_args(Edition)]
    return tuple((each, assemble(each, found, runs, problems, only)) for each in projects)


def _tell_orphans(project: Project, found: Sources, problems: Problems) -> None:
    """A script that was renamed or taken out leaves a recording that nobody renews or reads."""
    for path in recordings.orphans(project, {*found.scripts, *scripts.unreadable(problems)}):
        message = f'no script is called "{PurePosixPath(path).stem}"'
        problems.add(Place(path), "orphan-recording", message, "delete this file, or give the script its name back")
