"""How long it takes what a plan shows: cells as they were recorded, slides as they are meant."""

from __future__ import annotations

from collections.abc import Mapping

from markdown.extensions.toc import slugify

from labguide import decks, recordings
from labguide.model import CellQuote, Document, Project, Recording, Script, Sources
from labguide.schedule import Schedule, outline, reading, steps
from labguide.teaching.slides import Slides


class Seconds:
    """How long cells took when they were recorded, and how long slides are meant to take."""

    def __init__(self, found: Sources, recorded: Mapping[str, Recording], project: Project) -> None:
        self._found, self._recorded, self._project = found, recorded, project
        self._slides = Slides(project)
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
        section = _section(document, anchor, self._project)
        quotes = (each for each in document.quotes if isinstance(each, CellQuote) and each.first in section)
        cells = [(quote.script, quote.cell) for quote in quotes]
        whole = next(
            (each for each in self._found.scripts.values() if each.path == document.meta.get("notebook")), None
        )
        if whole and not anchor:
            cells += [(whole.name, cell.name) for cell in whole.code_cells]
        return self._of_cells(list(dict.fromkeys(cells)))

    def _of_slides(self, document: Document, anchor: str) -> dict[str, float]:
        """The seconds of a deck, or of one of its slides."""
        if not anchor.removeprefix("/"):
            whole = decks.pacing.whole(decks.split(document.lines, self._project.dialect))
            return {document.path: whole} if whole else {}
        slide = self._slides.timing(document, anchor)
        return {f"{document.path}:{slide.line}": slide.seconds} if slide and slide.seconds else {}


def _section(document: Document, anchor: str, project: Project) -> range:
    """The lines of a document, from 0, from the heading of this id to the next one that is not below it.

    All of them without an id, and none if no heading has it, which who renders the page tells.
    """
    lines = len(document.lines)
    if not anchor:
        return range(lines)
    headings = [each for each in outline.headings(reading.prose_of(document, project)) if outline.is_heading(each)]
    at = next((at for at, each in enumerate(headings) if anchor in _ids(each)), None)
    if at is None:
        return range(0)
    after = (each.line for each in headings[at + 1 :] if each.level <= headings[at].level)
    return range(headings[at].line, next(after, lines))


def _ids(heading: outline.Heading) -> tuple[str, str]:
    """The id that a heading is given, and the one that its text makes."""
    name, text = steps.heading_id(heading.text)
    return name, slugify(steps.plain(text), "-")
