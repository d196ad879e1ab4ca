"""Splits a deck's Markdown into slides, each with the line it starts at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from labguide import blocks, headers
from labguide.documents import front_matter
from labguide.lines import placed
from labguide.model import USUAL_DIALECT, Dialect, Line
from labguide.problems import Problems

BESIDE, BELOW = "---", "----"
"""The lines that separate slides: the next one stands beside this one, or below it."""

_ATTRIBUTES = re.compile(r"^<!--\s*\.slide:\s*(?P<attributes>.*?)\s*-->\s*$")
_NOTES = re.compile(r"^(?P<word>note(?P<plural>s)?):[ \t]*(?P<text>.*)$", re.IGNORECASE)

_PAIRED = frozenset(
    (
        *("article", "aside", "blockquote", "center", "details", "div", "figure", "footer", "form", "header", "main"),
        *("nav", "ol", "section", "table", "template", "ul"),
        *("audio", "canvas", "iframe", "object", "script", "select", "style", "svg", "textarea", "title", "video"),
    )
)
"""Elements of HTML that take in all that follows if they have no end."""


@dataclass(frozen=True)
class Slide:
    """One slide as its author wrote it.

    `line` is the line of the file where it starts, from 1; `attributes` are those of its `.slide:` comment.
    """

    line: int
    markdown: str
    notes: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Deck:
    """A deck: its front matter, and its slides from left to right, each stack from top to bottom."""

    meta: Mapping[str, Any]
    stacks: tuple[tuple[Slide, ...], ...]


def split(source: str | Sequence[Line], dialect: Dialect = USUAL_DIALECT) -> Deck:
    """Split a deck into slides. A slide without any text is left out.

    Only lines that an author wrote separate slides and begin notes, never what a cell printed. Front matter that
    cannot be read counts as empty: who reads the sources has reported it.
    """
    lines = placed(source, "") if isinstance(source, str) else list(source)
    header, body_line = front_matter("\n".join(line.text for line in lines))
    prose = prose_of(lines, body_line - 1, dialect)
    stacks: list[list[Slide]] = [[]]
    start = body_line - 1
    for number in [*separators(lines, start, prose), len(lines)]:
        stacks[-1] += _slides(lines, start, number, prose)
        if number < len(lines) and prose[number].rstrip() == BESIDE:
            stacks.append([])
        start = number + 1
    return Deck(_meta(header), tuple(tuple(stack) for stack in stacks if stack))


def check(lines: Sequence[Line], first: int, dialect: Dialect, problems: Problems) -> None:
    """Tell what would make of a deck something else than its author sees in the file."""
    prose = prose_of(lines, first, dialect)
    _check_notes(lines, first, prose, problems)
    _check_elements(lines, first, prose, problems)


def _check_notes(lines: Sequence[Line], first: int, prose: Sequence[str], problems: Problems) -> None:
    """Tell where a line would begin the speaker's notes that its author may have meant for readers.

    `Notes:` after a blank line is clear. `Note: ...` is how reveal.js marks notes, and how people write a note.
    """
    for number in range(first, len(lines)):
        marker = _NOTES.match(prose[number])
        if marker is None:
            continue
        alone = number == first or not lines[number - 1].text.strip()
        if not alone or (marker["text"] and not marker["plural"]):
            message = f'here "{marker["word"]}:" begins the notes for the speaker, which readers do not see'
            remedy = f"write `Notes:` after a blank line if that is meant, else `**{marker['word']}:**`"
            problems.add(lines[number].place, "unclear-notes", message, remedy)


def _check_elements(lines: Sequence[Line], first: int, prose: Sequence[str], problems: Problems) -> None:
    """Tell where an element of raw HTML would take in other slides, or end the deck for a browser."""
    start = first
    for stop in [*separators(lines, first, prose), len(lines)]:
        for number, message, remedy in _unpaired([blocks.without_code_spans(text) for text in prose[start:stop]]):
            problems.add(lines[start + number].place, "unpaired-element", message, remedy)
        start = stop + 1


def _unpaired(slide: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """For each element that begins or ends on a slide alone its line, from 0, what is wrong, and what to do."""
    parser = _ElementParser()
    parser.feed("\n".join(slide))
    parser.close()
    for tag, number in parser.begun:
        yield number, f"this <{tag}> does not end on its slide", f"write </{tag}> before the line that ends the slide"
    for tag, number in parser.ended:
        yield number, f"this </{tag}> ends nothing on its slide", f"take it out, or begin the <{tag}> on this slide"


def begins_notes(prose: str) -> bool:
    """Whether a line, without the code in it, begins the notes of its slide."""
    return _NOTES.match(prose) is not None


def slide_count(source: str | Sequence[Line]) -> int:
    """How many slides a deck has."""
    return sum(len(stack) for stack in split(source).stacks)


def _meta(header: str) -> Mapping[str, Any]:
    try:
        meta = headers.parse(header, 2).values
    except headers.HeaderError:
        return {}
    return meta if isinstance(meta, dict) else {}


def prose_of(lines: Sequence[Line], first: int, dialect: Dialect) -> tuple[str, ...]:
    """The lines without code and comments, where nothing separates slides, and without what weaving put in."""
    return blocks.find([line.text if line.written else _neutral(line.text) for line in lines], first, dialect).prose


def _neutral(text: str) -> str:
    """A text that is no markup, at the same indentation."""
    content = text.lstrip(" \t>")
    return f"{text[: len(text) - len(content)]}x" if content else text


def separators(lines: Sequence[Line], first: int, prose: Sequence[str]) -> Iterator[int]:
    """The numbers of the separating lines. Under text, `---` makes a heading: it separates between blank lines only."""
    for number in range(first, len(lines)):
        if prose[number].rstrip() not in (BESIDE, BELOW):
            continue
        before = lines[number - 1].text if number > first else ""
        after = lines[number + 1].text if number + 1 < len(lines) else ""
        if not before.strip() and not after.strip():
            yield number


def _slides(lines: Sequence[Line], start: int, stop: int, prose: Sequence[str]) -> list[Slide]:
    """The slide in these lines, unless they are blank; `stop` is the number after its last line."""
    filled = [number for number in range(start, stop) if lines[number].text.strip()]
    if not filled:
        return []
    body = filled[0]
    line = lines[body]
    attributes: Mapping[str, str] = {}
    if line.written and (match := _ATTRIBUTES.match(line.text)):
        attributes, body = _parse_attributes(match["attributes"]), body + 1
    notes = next((number for number in filled if number >= body and _NOTES.match(prose[number])), stop)
    return [Slide(line.place.line, _text(lines, body, notes), _notes(lines, notes, stop), attributes)]


def _notes(lines: Sequence[Line], start: int, stop: int) -> str:
    if start >= stop:
        return ""
    marker = _NOTES.match(lines[start].text)
    return f"{marker['text'] if marker else ''}\n{_text(lines, start + 1, stop)}".strip()


def _text(lines: Sequence[Line], start: int, stop: int) -> str:
    return "\n".join(line.text for line in lines[start:stop]).strip("\n")


def _parse_attributes(source: str) -> Mapping[str, str]:
    parser = _AttributeParser()
    parser.feed(f"<section {source}>")
    return parser.attributes


class _ElementParser(HTMLParser):
    """Finds elements that have no end, and ends that have no beginning; what HTML itself closes does not count."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: list[tuple[str, int]] = []
        self.ended: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _PAIRED:
            self.begun.append((tag, self.getpos()[0] - 1))

    def handle_endtag(self, tag: str) -> None:
        begun = next((each for each in reversed(self.begun) if each[0] == tag), None)
        if begun:
            self.begun.remove(begun)
        elif tag in _PAIRED:
            self.ended.append((tag, self.getpos()[0] - 1))


class _AttributeParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.attributes: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes = {name: value or "" for name, value in attrs}
