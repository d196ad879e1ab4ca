"""What comes before a lesson, done against a student's sandbox: bucket, role and all else that a class has by then."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import click

from labguide import cleaning, running, workdir
from labguide.backends.local import Sandbox
from labguide.model import Cell, CellQuote, Document, Project, Script, Sources
from labguide.problems import CannotBuildError, Problem, Problems, did_you_mean

DONE = "prepared.json"
"""The file in the folder of a sandbox's state that names the scripts that ran against it."""


def before(what: str, found: Sources, problems: Problems) -> tuple[str, tuple[Script, ...]]:
    """What `what` is, as a person is told it, and the scripts that must have run before it, in order.

    It is a script by its name or path, or a lesson by its path or a part of it. What a lesson shows is the student's to
    do. Raises `click.UsageError` if it is neither, or several.
    """
    here = {name: script for name, script in found.scripts.items() if "local" in script.backends}
    script = next((each for each in here.values() if what in (each.name, each.path)), None)
    if script:
        return script.path, running.before([script.name], here, problems)
    page = _page(what, found)
    return page.path, running.before(_shown_by(page, found), here, problems)


def _page(what: str, found: Sources) -> Document:
    lessons = [document for document in found.documents if document.kind == "lesson"]
    wanted = what.removesuffix(".md").removeprefix("./")
    whole = [each for each in lessons if wanted in (_stem(each.path), _stem(each.uri), Path(each.name).name)]
    close = whole or [each for each in lessons if wanted in each.name]
    names = sorted({each.name for each in close}) if wanted else []
    if len(names) > 1:
        raise click.UsageError(f'"{what}" is part of several pages: {", ".join(names)}; write more of it')
    if not names:
        known = {*found.scripts, *(Path(each.name).name for each in lessons)}
        raise click.UsageError(f'no page or script "{what}"; {did_you_mean(wanted, known)}')
    return close[0]


def _stem(path: str) -> str:
    return path.removesuffix(Path(path).suffix)


def _shown_by(page: Document, found: Sources) -> set[str]:
    """The scripts whose code a page shows."""
    quoted = {quote.script for quote in page.quotes if isinstance(quote, CellQuote) and "code" in quote.show}
    whole = {each.name for each in found.scripts.values() if each.path == page.meta.get("notebook")}
    return quoted | whole


def prepare(project: Project, what: str, scripts: tuple[Script, ...], sandbox: Sandbox, state: Path | None) -> None:
    """Run these scripts against a sandbox, in order. Raises CannotBuildError, after its problems, if one fails.

    With a folder `state`, what ran against it at an earlier start is left out.
    """
    done = _done(state)
    names = [each.name for each in scripts if each.name not in done]
    todo = {each.name: _plainly(each, names) for each in scripts if each.name in names}
    _tell_begin(what, scripts, todo, state)
    began, problems = time.monotonic(), Problems()
    if todo:
        told = _Told()
        with workdir.only_build(project, told.waiting):
            outcomes = running.rehearse(project, todo, sandbox, (), told, problems)
        succeeded = [name for name in todo if name in outcomes and not outcomes[name].problems]
        _note(state, [*done, *succeeded])
    tell(list(problems), f"what comes before {what} could not be done, so the sandbox was ended")
    if todo:
        click.echo(f"Ready after {time.monotonic() - began:.0f} s.", err=True)


def tell(problems: Sequence[Problem], so: str) -> None:
    """Print problems and, if there is one, raise CannotBuildError."""
    for problem in problems:
        click.echo(cleaning.told(str(problem)), err=True)
    if problems:
        raise CannotBuildError(so)


def _plainly(script: Script, among: Collection[str]) -> Script:
    """A script as it is run here: no page is made of it, and what its checks look for may be there already."""
    cells = tuple(dataclasses.replace(cell, checks=()) for cell in script.cells)
    after = tuple(name for name in script.after if name in among)
    return dataclasses.replace(script, cells=cells, labels=(), after=after)


def _tell_begin(what: str, scripts: tuple[Script, ...], todo: Mapping[str, Script], state: Path | None) -> None:
    earlier = [each.name for each in scripts if each.name not in todo]
    if not scripts:
        click.echo(f"Nothing comes before {what}.", err=True)
    if earlier:
        again = f"delete {state / DONE} to have it done again" if state else ""
        click.echo(f"Done at an earlier start: {', '.join(earlier)} ({again}).", err=True)
    if todo:
        click.echo(f"Doing what comes before {what}: {', '.join(todo)}.", err=True)


def _done(state: Path | None) -> list[str]:
    try:
        names = json.loads((state / DONE).read_text("utf-8")) if state else []
    except (OSError, ValueError):
        return []
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _note(state: Path | None, names: Collection[str]) -> None:
    if state:
        state.mkdir(parents=True, exist_ok=True)
        (state / DONE).write_text(json.dumps(sorted(set(names))) + "\n", "utf-8")


class _Told:
    """Tells of runs in plain lines, since the sandbox tells what runs in it in between."""

    def waiting(self) -> None:
        """Say why nothing happens."""
        click.echo("A build of this project is running; waiting for it.", err=True)

    def begin(self, scripts: int, reused: int) -> None:
        """It is told already which ones will run."""

    def cell(self, script: Script, cell: Cell, number: int) -> None:
        """Cells are too many to be told."""

    def done(self, script: Script, ok: bool, seconds: float) -> None:
        """Say how long a script took."""
        click.echo(f"  {script.name}: {'done' if ok else 'failed'} in {seconds:.0f} s", err=True)

    def skipped(self, script: Script) -> None:
        """Say which script was not tried."""
        click.echo(f"  {script.name}: not tried, it comes after one that failed", err=True)
