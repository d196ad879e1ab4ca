"""What a class needs beside its pages: lesson plans as schedules, held against what they show, and published.

Lesson plans belong to the instructor. This room knows what the steps must not know of each other: what was recorded
and what slides there are (`seconds.py`, `slides.py`), and where in the site things are (`publishing.py`).
"""

from __future__ import annotations

from collections.abc import Mapping

from labguide import schedule
from labguide.model import Document, Project, Recording, Sources
from labguide.problems import Problems
from labguide.schedule import Plan, Schedule, fitting, reading, showing
from labguide.teaching.publishing import files, with_schedule
from labguide.teaching.seconds import Seconds
from labguide.teaching.slides import Slides

__all__ = ["check_links", "files", "plans", "with_schedule"]

_LINK_REMEDY = "link as seen from the page, and to slides as `../slides/introduction.html#/name`"
_MADE = (".ipynb", ".xlsx", ".pdf")
"""What a build publishes and no author wrote, by its extension."""


def plans(found: Sources, recorded: Mapping[str, Recording], project: Project, problems: Problems) -> dict[str, Plan]:
    """The lesson plans by their paths, checked."""
    read = {
        document.path: schedule.read(document, project, problems, found)
        for document in found.documents
        if schedule.is_plan(document)
    }
    seconds = Seconds(found, recorded, project)
    for each in read.values():
        schedule.check(each, problems)
        fitting.check(each.schedule, seconds.of(each.schedule), problems)
    _check_translations(read, project, problems)
    return read


def _check_translations(read: Mapping[str, Plan], project: Project, problems: Problems) -> None:
    """A plan and its translations are one class: the same activities, each as long."""
    originals = {each.schedule.name: each.schedule for each in read.values() if _is_original(each.schedule, project)}
    for each in read.values():
        original = originals.get(each.schedule.name)
        if original and not _is_original(each.schedule, project):
            _compare(original, each.schedule, problems)


def _is_original(said: Schedule, project: Project) -> bool:
    return said.language == project.languages[0]


def _compare(original: Schedule, translated: Schedule, problems: Problems) -> None:
    remedy = "give both the same steps with the same ids and minutes"
    for first, second in zip(original.activities, translated.activities, strict=False):
        if (first.identity, first.minutes, first.kind) != (second.identity, second.minutes, second.kind):
            message = f"this is not the step `{first.identity}` at {first.place}, or not as long"
            problems.add(second.place, "translation-differs", message, remedy)
            return
    if len(original.activities) != len(translated.activities):
        message = f"{len(translated.activities)} steps here, but {original.path} has {len(original.activities)}"
        problems.add((translated.activities or original.activities)[-1].place, "translation-differs", message, remedy)


def check_links(document: Document, found: Sources, project: Project, problems: Problems) -> None:
    """Tell of links in a plan that lead to no lesson, no deck and no file. A host that renders the site tells more."""
    targets, slides = showing.Targets(found), Slides(project)
    prose = reading.prose_of(document, project)
    for line, text in zip(document.lines, prose, strict=True):
        for link in showing.links(document, line, text):
            if why := _why_broken(link, document, targets, slides, project):
                problems.add(link.place, "broken-link", f"a link '{link.written}', {why}", _LINK_REMEDY)


def _why_broken(
    link: showing.Link, document: Document, targets: showing.Targets, slides: Slides, project: Project
) -> str:
    """Why a link leads nowhere; empty if it does not, or if only a host can know."""
    if deck := targets.deck(link, document.language):
        known = not link.anchor or slides.has(deck, link.anchor)
        return "" if known else f"but {deck.uri} has no slide '#{link.anchor}'"
    beside = (project.docs / link.target, project.root / link.target)
    made = link.target.endswith(_MADE) or link.target == "." or "-tracker." in link.target
    if targets.lesson(link, document.language) or made or any(path.exists() for path in beside):
        return ""
    return f"but there is no '{link.target}' in the site"
