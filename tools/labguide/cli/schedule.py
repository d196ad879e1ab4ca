"""`labguide schedule`: what a lesson plan says, by the clock, and what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from labguide import documents, lines, recordings, schedule, sources, teaching
from labguide.cli import options
from labguide.console import print_schedule
from labguide.hosts import mkdocs
from labguide.model import DEFAULT_LANGUAGE, Document, Project, Sources
from labguide.problems import CannotBuildError, Problems
from labguide.schedule import Plan, Schedule, actual, checking, clock, outline, reading, tables, times, workbook

FORMAT = "labguide-schedule-1"
"""What the JSON calls itself."""


@dataclass(frozen=True)
class _Asked:
    """What the command was asked for."""

    language: str
    start: str | None
    against: Path | None


@click.command("schedule")
@options.project
@click.argument("name", default="")
@click.option("--language", default="", help="The plan in this language; if it is left out, the guide's first one.")
@click.option("--start", metavar="HH:MM", help="When the class begins; if it is left out, as the plan says.")
@click.option("--json", "as_json", is_flag=True, help="For programs: times in minutes, the problems too.")
@click.option("--xlsx", type=click.Path(dir_okay=False, path_type=Path), help="Write the schedule as a spreadsheet.")
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Hold the plan against the time tracker in this Markdown file.",
)
@click.option(
    "--actual",
    "actuals",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Hold the plan against the times that the tracker saved in this file; several classes may be given.",
)
def schedule_command(
    root: Path,
    name: str,
    language: str,
    start: str | None,
    as_json: bool,
    xlsx: Path | None,
    against: Path | None,
    actuals: tuple[Path, ...],
) -> None:
    """Print the schedule of the lesson plan NAME, and what is wrong with it; of all plans if none is named.

    NAME may also be a Markdown file that belongs to no project: a plan with headings such as
    `### 1. Instructor Do: Welcome (5 min)`, or a table of times. Exit status 1 if something is wrong.
    """
    problems = Problems()
    asked = _Asked(language, _checked(start), against)
    found = _of_file(Path(name), asked, problems) if _is_file(name) else _of_project(root, name, asked, problems)
    if (xlsx or actuals) and len(found) != 1:
        raise click.UsageError("--xlsx and --actual are about one plan; name it")
    if xlsx:
        recordings.write_atomically(xlsx, workbook.write(found[0].schedule))
    took = _took(found[0].schedule, actuals, problems) if actuals else ""
    if as_json:
        said = [_as_json(plan.schedule) for plan in found]
        click.echo(json.dumps({"format": FORMAT, "schedules": said, "problems": list(map(str, problems))}, indent=2))
    else:
        for plan in () if actuals else found:
            print_schedule(plan.schedule)
    click.echo(took, nl=False, err=as_json)
    _end_if_any(problems, found, as_json)


def _took(said: Schedule, paths: Sequence[Path], problems: Problems) -> str:
    """What classes took, beside what was planned."""
    read = [actual.read(path, said, problems) for path in paths]
    return actual.table(actual.compare(said, [each for each in read if each], problems))


def _end_if_any(problems: Problems, found: Sequence[Plan], as_json: bool) -> None:
    if len(problems):
        for problem in () if as_json else problems:
            click.echo(str(problem), err=True)
        raise CannotBuildError(f"{problems.count} found in {len(found)} plan{'s' if len(found) != 1 else ''}")


def _checked(start: str | None) -> str | None:
    found = times.clock(start) if start else None
    if start and (found is None or found[0] >= clock.DAY):
        raise click.BadParameter("write 13:30", param_hint="--start")
    return f"{found[0] // 60:02}:{found[0] % 60:02}" if found else None


def _is_file(name: str) -> bool:
    return bool(name) and Path(name).is_file()


# ---- Where plans come from ----


def _of_project(root: Path, name: str, asked: _Asked, problems: Problems) -> list[Plan]:
    project = mkdocs.open_project(root)
    said = Problems()
    found = sources.read(project, said)
    wanted = [each for each in found.documents if schedule.is_plan(each) and _is_asked(each, name, project, asked)]
    if not wanted:
        known = sorted({Path(each.name).name for each in found.documents if schedule.is_plan(each)})
        message = f'no lesson plan "{name}"' if name else "no lesson plan: a page with `kind: plan` in its front matter"
        raise click.UsageError(f"{message}; known are: {', '.join(known) or 'none'}")
    paths = {path for document in wanted for path in document.files}
    for problem in (each for path in paths for each in said.at(path)):
        problems.include(problem)
    recorded = recordings.load_all(project, "local", found.scripts)
    read = teaching.plans(_only(found, wanted), recorded, project, problems)
    for document in wanted:
        teaching.check_links(document, found, project, problems)
    return [_as_asked(read[document.path], asked, project, problems) for document in wanted]


def _only(found: Sources, wanted: Sequence[Document]) -> Sources:
    """The sources without the plans that nobody asked for."""
    kept = tuple(each for each in found.documents if each in wanted or not schedule.is_plan(each))
    return replace(found, documents=kept)


def _is_asked(document: Document, name: str, project: Project, asked: _Asked) -> bool:
    named = not name or name in (Path(document.name).name, document.path)
    exact = document.path == name
    return named and (exact or document.language == (asked.language or project.languages[0]))


def _of_file(path: Path, asked: _Asked, problems: Problems) -> list[Plan]:
    """A plan that belongs to no project, or is read as if it did not."""
    project = Project(path.absolute().parent)
    plan = schedule.read(_document(path, asked.language, problems), project, problems)
    schedule.check(plan, problems)
    return [_as_asked(plan, asked, project, problems)]


def _document(path: Path, language: str, problems: Problems) -> Document:
    text = _text(path)
    found = lines.placed(text, path.as_posix())
    header, body_line = documents.front_matter(text)
    meta = documents.meta(header, path.as_posix(), problems)
    return Document(path.as_posix(), "lesson", language or DEFAULT_LANGUAGE, tuple(found), meta, body_line, ())


def _text(path: Path) -> str:
    try:
        return lines.read(path)
    except (UnicodeDecodeError, OSError) as error:
        raise click.UsageError(f"{path} cannot be read: {error}") from None


def _as_asked(plan: Plan, asked: _Asked, project: Project, problems: Problems) -> Plan:
    """The plan held against another table, and moved to another start."""
    if asked.against:
        document = _document(asked.against, "", problems)
        prose = reading.prose_of(document, project)
        trackers = tables.trackers(outline.tables(prose), [line.place for line in document.lines])
        if not trackers:
            raise click.UsageError(f"{asked.against} has no table of times")
        for tracker in trackers:
            checking.check_tracker(tracker, problems)
            checking.compare(plan.schedule, tracker, problems)
    start = asked.start or plan.schedule.start
    return replace(plan, schedule=replace(plan.schedule, start=start))


def _as_json(said: Schedule) -> dict[str, Any]:
    return {
        "name": said.name,
        "path": said.path,
        "title": said.title,
        "language": said.language,
        "start": said.start,
        "minutes": said.target,
        "planned": said.total,
        "roles": clock.by_role(said),
        "objectives": said.objectives,
        "activities": [_activity(slot, said) for slot in clock.slots(said)],
    }


def _activity(slot: clock.Slot, said: Schedule) -> dict[str, Any]:
    activity = slot.activity
    return {
        "identity": activity.identity,
        "line": activity.place.line,
        "number": activity.number,
        "roles": activity.roles,
        "verb": activity.verb,
        "kind": activity.kind,
        "title": activity.title,
        "minutes": activity.minutes,
        "least": activity.least,
        "value": activity.value,
        "begins": clock.on_clock(said.start, slot.began),
        "ends": clock.on_clock(said.start, slot.ended),
        "shows": [each.target for each in activity.shows],
    }
