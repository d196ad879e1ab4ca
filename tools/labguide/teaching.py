"""What a class needs beside its pages: lesson plans as schedules, held against what they show, and published.

Lesson plans belong to the instructor. This part knows what the steps must not know of each other: what was recorded,
what slides there are, and where in the site things are.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from markdown.extensions.toc import slugify

from labguide import decks, recordings, schedule
from labguide.model import CellQuote, Document, Project, Recording, Script, Sources, Woven
from labguide.problems import Problems
from labguide.schedule import Plan, Schedule, fitting, page, reading, showing, steps, tracker, workbook
from labguide.schedule.words import words_of

_LINK_REMEDY = "link as seen from the page, and to slides as `../slides/introduction.html#/name`"
_MADE = (".ipynb", ".xlsx", ".pdf")
"""What a build publishes and no author wrote, by its extension."""
_TIMING = "data-timing"
"""The attribute of a slide that holds its seconds, as reveal.js has it."""


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
    targets = showing.Targets(found)
    prose = reading.prose_of(document, project)
    for line, text in zip(document.lines, prose, strict=True):
        for link in showing.links(document, line, text):
            if why := _why_broken(link, document, targets, project):
                problems.add(link.place, "broken-link", f"a link '{link.written}', {why}", _LINK_REMEDY)


def _why_broken(link: showing.Link, document: Document, targets: showing.Targets, project: Project) -> str:
    """Why a link leads nowhere; empty if it does not, or if only a host can know."""
    if deck := targets.deck(link, document.language):
        known = not link.anchor or _has_slide(deck, link.anchor, project)
        return "" if known else f"but {deck.uri} has no slide '#{link.anchor}'"
    beside = (project.docs / link.target, project.root / link.target)
    made = link.target.endswith(_MADE) or link.target == "." or "-tracker." in link.target
    if targets.lesson(link, document.language) or made or any(path.exists() for path in beside):
        return ""
    return f"but there is no '{link.target}' in the site"


def _has_slide(deck: Document, anchor: str, project: Project) -> bool:
    """Whether a deck has a slide of that name or number; a name may be made of its heading."""
    name, *_ = anchor.removeprefix("/").split("/")
    if name.isdigit() or not name:
        return int(name or 0) <= len(decks.split(deck.lines, project.dialect).stacks)
    return f"#{name}" in deck.text or f'id="{name}"' in deck.text or name in _slugs(deck)


def _slugs(deck: Document) -> set[str]:
    return {slugify(steps.plain(line.text.lstrip("# ")), "-") for line in deck.lines if line.text.startswith("#")}


# ---- How long it takes what a plan shows ----


class Seconds:
    """How long cells took when they were recorded, and how long slides are meant to take."""

    def __init__(self, found: Sources, recorded: Mapping[str, Recording], project: Project) -> None:
        self._found, self._recorded, self._project = found, recorded, project
        self._documents = {document.path: document for document in found.documents}

    def of(self, said: Schedule) -> dict[str, dict[str, float]]:
        """The seconds of each cell and slide, by what shows it."""
        return {each.target: self._of(each.target) for activity in said.activities for each in activity.shows}

    def _of(self, target: str) -> dict[str, float]:
        path, _, anchor = target.partition("#")
        document = self._documents.get(path)
        if document is None:
            return self._of_cells([(path, anchor)])
        return self._of_slides(document, anchor) if document.kind == "deck" else self._of_lesson(document, anchor)

    def _of_cells(self, cells: list[tuple[str, str]]) -> dict[str, float]:
        """The seconds of cells; of a script of which all cells are among them, as long as it takes on AWS."""
        found: dict[str, float] = {}
        for script, cell in cells:
            recording = self._recorded.get(script)
            taken = recording.provenance.get("seconds", {}).get(cell) if recording else None
            found |= {} if taken is None else {f"{script}#{cell}": float(taken)}
        for script in dict.fromkeys(script for script, _ in cells):
            found = self._on_aws(
                self._found.scripts.get(script), {cell for name, cell in cells if name == script}, found
            )
        return found

    def _on_aws(self, script: Script | None, cells: set[str], found: dict[str, float]) -> dict[str, float]:
        if script is None or not cells.issuperset(each.name for each in script.code_cells):
            return found
        on_aws = recordings.load(self._project, "aws", script.name)
        taken = sum(on_aws.provenance.get("seconds", {}).values()) if on_aws else (script.minutes or 0) * 60
        here = {name: seconds for name, seconds in found.items() if name.startswith(f"{script.name}#")}
        if taken <= sum(here.values()):
            return found
        return {name: seconds for name, seconds in found.items() if name not in here} | {f"{script.name} on AWS": taken}

    def _of_lesson(self, document: Document, anchor: str) -> dict[str, float]:
        """The seconds of the cells that a lesson shows, or one of its sections."""
        first, last = _section(document, anchor)
        quotes = (each for each in document.quotes if isinstance(each, CellQuote) and first <= each.first < last)
        cells = [(quote.script, quote.cell) for quote in quotes]
        whole = next(
            (each for each in self._found.scripts.values() if each.path == document.meta.get("notebook")), None
        )
        if whole and not anchor:
            cells += [(whole.name, cell.name) for cell in whole.code_cells]
        return self._of_cells(list(dict.fromkeys(cells)))

    def _of_slides(self, document: Document, anchor: str) -> dict[str, float]:
        """The seconds of a deck, or of one of its slides: its own, else its share of what is left of the deck's."""
        deck = decks.split(document.lines, self._project.dialect)
        slides = [slide for stack in deck.stacks for slide in stack]
        own = [_declared(slide.attributes.get(_TIMING)) for slide in slides]
        minutes = document.meta.get("minutes")
        whole = float(minutes) * 60 if isinstance(minutes, int | float) else sum(own)
        name = anchor.removeprefix("/").split("/")[0]
        if not name:
            return {document.path: whole} if whole else {}
        share = max(0.0, whole - sum(own)) / max(1, own.count(0.0))
        at = next((at for at, slide in enumerate(slides) if _is_called(name, slide.markdown)), None)
        taken = 0.0 if at is None else own[at] or share
        return {f"{document.path}:{slides[at].line}": taken} if at is not None and taken else {}


def _is_called(name: str, markdown: str) -> bool:
    """Whether a slide's heading has this id."""
    return f"#{name}}}" in markdown or f"#{name} " in markdown


def _declared(seconds: str | None) -> float:
    return float(seconds) if seconds and seconds.strip().replace(".", "", 1).isdigit() else 0.0


def _section(document: Document, anchor: str) -> tuple[int, int]:
    """The lines of a document, from 0, from the heading of this id to the next one that is not below it."""
    texts = [line.text for line in document.lines]
    ends = (f"#{anchor}}}", f"#{anchor} ")
    first = next((at for at, text in enumerate(texts) if text.startswith("#") and any(end in text for end in ends)), 0)
    if not anchor or not texts[first].startswith("#"):
        return 0, len(texts)
    level = len(texts[first]) - len(texts[first].lstrip("#"))
    after = (at for at in range(first + 1, len(texts)) if 0 < len(texts[at]) - len(texts[at].lstrip("#")) <= level)
    return first, next(after, len(texts))


# ---- What is published ----


def with_schedule(woven: Woven, read: Mapping[str, Plan], project: Project) -> Woven:
    """A page as it is, or if it is a lesson plan, with its schedule."""
    each = read.get(woven.document.path)
    if each is None:
        return woven
    words = words_of(woven.document.language)
    files = {"tracker": f"{_stem(woven.document)}-tracker{_suffix(woven.document)}.html"}
    files["workbook"] = f"{_stem(woven.document)}{_suffix(woven.document)}.xlsx"
    links = {words[name]: posixpath.basename(path) for name, path in files.items()}
    return page.with_table(woven, each.schedule, project.dialect, links)


def files(found: Sources, read: Mapping[str, Plan], project: Project) -> dict[str, bytes]:
    """What is published beside the page of each plan, by its path in the site: the tracker, and the workbook."""
    documents = [document for document in found.documents if document.path in read]
    return {path: content for each in documents for path, content in _files(each, documents, read, found, project.name)}


def _files(
    document: Document, documents: list[Document], read: Mapping[str, Plan], found: Sources, course: str
) -> Iterator[tuple[str, bytes]]:
    said = read[document.path].schedule
    stem, suffix = _stem(document), _suffix(document)
    others = {
        other.language: f"{posixpath.basename(_stem(other))}-tracker{_suffix(other)}.html"
        for other in documents
        if other.name == document.name and other is not document
    }
    book = f"{stem}{suffix}.xlsx"
    links = {activity.identity: list(_links(activity, document, found)) for activity in said.activities}
    back = f"labguide:{document.uri}"  # the page's source: where it is in the site, only the host knows
    html = tracker.page(
        said, course=course, alternates=others, plan=back, workbook=posixpath.basename(book), links=links
    )
    yield f"{stem}-tracker{suffix}.html", html.encode()
    yield book, workbook.write(said)


def _links(activity: schedule.Activity, document: Document, found: Sources) -> Iterator[tuple[str, str]]:
    """What an activity shows and where it is in any host's site, seen from the tracker: decks, with their titles."""
    known = {each.path: each for each in found.documents if each.kind == "deck"}
    for shown in activity.shows:
        path, _, anchor = shown.target.partition("#")
        if path in known:
            address = posixpath.relpath(known[path].uri, posixpath.dirname(document.uri) or ".")
            yield str(known[path].meta.get("title") or known[path].uri), f"{address}#{anchor}" if anchor else address


def _stem(document: Document) -> str:
    """A plan's path in the site without language and extension: `plans/introduction`."""
    return PurePosixPath(document.uri).with_suffix("").as_posix().removesuffix(f".{document.language}")


def _suffix(document: Document) -> str:
    """The language in the names of what is published beside a plan: none where its own file names none."""
    stem = PurePosixPath(document.uri).with_suffix("").name
    return f".{document.language}" if stem.endswith(f".{document.language}") else ""
