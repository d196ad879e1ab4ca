"""What an activity shows: the lessons, decks, slides and cells that its text links to, quotes or names.

A link is written as on any page: `[train](../modules/2-video-games.md#train)`, `[slides](../slides/intro.html#/train)`.
A cell is quoted, or named as code: `` `video-games#train` ``.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from labguide.blocks import without_code_spans
from labguide.model import CellQuote, Document, Line, Place, Sources
from labguide.problems import Problems, did_you_mean
from labguide.schedule.model import Shown

_LINK = re.compile(
    r"\]\(\s*<?(?P<target>[^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*)>?|<a\b[^>]*\shref=[\"'](?P<href>[^\"']*)", re.I
)
_NAMED = re.compile(r"(?<![`\w}])`(?P<script>[\w.-]+)#(?P<cell>[\w.-]+)`(?!`)")
_DECK = (".html", ".md", ".markdown")


@dataclass(frozen=True)
class Link:
    """A link of a plan to somewhere in its own site."""

    written: str
    target: str
    """A path in the site, `modules/2-video-games.md`."""
    anchor: str
    place: Place


class Targets:
    """What of a workshop a plan may show: its lessons, decks and cells."""

    def __init__(self, found: Sources) -> None:
        self._scripts = found.scripts
        self._lessons = {each.uri: each for each in found.documents if each.kind == "lesson"}
        self._decks = {posixpath.splitext(each.uri)[0]: each for each in found.documents if each.kind == "deck"}
        self._named = {(each.kind, each.name, each.language): each for each in found.documents}

    def lesson(self, link: Link, language: str) -> Document | None:
        """The lesson that a link leads to, in this language if it is translated."""
        return self._in(language, self._lessons.get(link.target))

    def deck(self, link: Link, language: str) -> Document | None:
        """The deck that a link leads to, in this language if it is translated."""
        stem, extension = posixpath.splitext(link.target)
        return self._in(language, self._decks.get(stem)) if extension in _DECK else None

    def _in(self, language: str, document: Document | None) -> Document | None:
        return self._named.get((document.kind, document.name, language), document) if document else None

    def cell(self, script: str, cell: str, place: Place, problems: Problems) -> Shown | None:
        """A cell that a plan names. None, and a problem, if the script has none of that name."""
        if script not in self._scripts:
            return None  # code may look like that
        names = [each.name for each in self._scripts[script].code_cells]
        if cell in names:
            return Shown("cell", f"{script}#{cell}", place)
        message = f'no cell "{cell}" in {self._scripts[script].path}'
        problems.add(place, "unknown-cell", message, did_you_mean(cell, names))
        return None


def shown(
    document: Document, prose: Sequence[str], numbers: Iterable[int], targets: Targets, problems: Problems
) -> tuple[Shown, ...]:
    """What the lines of these numbers, from 0, show; each thing once."""
    lines = [(document.lines[number], prose[number]) for number in numbers]
    quoted = {quote.first: quote for quote in document.quotes if isinstance(quote, CellQuote)}
    found: dict[str, Shown] = {}
    for number, (line, text) in zip(numbers, lines, strict=True):
        of_line = [*_of_links(document, line, text, targets), *_of_names(line, text, targets, problems)]
        if quote := quoted.get(number):
            of_line.append(Shown("cell", f"{quote.script}#{quote.cell}", quote.place))
        for each in of_line:
            found.setdefault(each.target, each)
    return tuple(found.values())


def _of_links(document: Document, line: Line, text: str, targets: Targets) -> Iterator[Shown]:
    for link in links(document, line, text):
        anchor = f"#{link.anchor}" if link.anchor else ""
        if deck := targets.deck(link, document.language):
            yield Shown("slide" if anchor else "deck", f"{deck.path}{anchor}", link.place)
        elif lesson := targets.lesson(link, document.language):
            yield Shown("lesson", f"{lesson.path}{anchor}", link.place)


def links(document: Document, line: Line, text: str) -> Iterator[Link]:
    """The links of a line to somewhere in the same site, seen from the document."""
    for match in _LINK.finditer(without_code_spans(text)):
        written = match["target"] or match["href"] or ""
        scheme, host, path, _, anchor = urlsplit(written)
        if not (scheme or host) and path and not path.startswith("/"):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(document.uri), unquote(path)))
            yield Link(written, target, anchor, line.at(match.start("target" if match["target"] else "href")))


def _of_names(line: Line, text: str, targets: Targets, problems: Problems) -> Iterator[Shown]:
    for match in _NAMED.finditer(text):
        if named := targets.cell(match["script"], match["cell"], line.at(match.start()), problems):
            yield named


def by_activity(
    document: Document, prose: Sequence[str], lines: Mapping[str, range], targets: Targets, problems: Problems
) -> dict[str, tuple[Shown, ...]]:
    """What each activity shows, by its identity; `lines` are the numbers of the lines that belong to it."""
    return {name: shown(document, prose, numbers, targets, problems) for name, numbers in lines.items()}
