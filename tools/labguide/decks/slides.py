"""Splits a deck's Markdown into slides, each with the line it starts at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from labguide import blocks, headers, revealmd
from labguide.decks.files import styles
from labguide.documents import front_matter
from labguide.lines import placed
from labguide.model import USUAL_DIALECT, Dialect, Line
from labguide.problems import Problems

BESIDE, BELOW = "---", "----"
"""The lines that separate slides: the next one stands beside this one, or below it."""

_ATTRIBUTES = re.compile(r"<!--\s*\.slide:[ \t]*(?P<attributes>.*?)\s*-->", re.DOTALL)
_ASIDE = re.compile(
    r"""^[ ]{0,3}<aside\b[^>]*\sclass\s*=\s*["']?notes\b[^>]*>(?P<notes>.*?)</aside\s*>[ \t]*$""",
    re.DOTALL | re.MULTILINE | re.IGNORECASE,
)
_HEADING = re.compile(r"^[ ]{0,3}#{1,6}[ \t]+(?P<title>.+?)[ \t#]*(?:\{[^}]*\}|<!--.*?-->)*[ \t]*$", re.MULTILINE)
_MARKUP = re.compile(r"<[^>]*>|[*_`]|!?\[(?P<text>[^\]]*)\]\([^)]*\)")
_NOTE_IN_TEXT = re.compile(r"^(?P<word>note(?P<plural>s)?):[ \t]*(?P<text>.*)$", re.IGNORECASE)
_NEARLY_NOTE = re.compile(
    r"^(?:[ \t]+notes?[ \t]*[:：]|notes?(?:[ \t]+:|[ \t]*：)"
    r"|(?:speaker'?s?[ \t]+notes?|講者備註|講者筆記|講稿)[ \t]*[:：])",
    re.IGNORECASE,
)
"""What looks like the beginning of notes, and begins none in reveal.js."""


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


def split(
    source: str | Sequence[Line], dialect: Dialect = USUAL_DIALECT, shared: Mapping[str, Any] | None = None
) -> Deck:
    """Split a deck into slides, as reveal.js does: a slide without any text is one too.

    A text is read as its author wrote it, with whatever marks its front matter names. Lines have been read.

    Only lines that an author wrote separate slides and begin notes, never what a cell printed. `shared` is what a
    project says for all its decks. Front matter that cannot be read counts as empty: who reads the sources has
    reported it. A deck without a title has that of its first heading.
    """
    lines = placed(source, "") if isinstance(source, str) else list(source)
    header, body_line = front_matter("\n".join(line.text for line in lines))
    meta = {**(shared or {}), **_meta(header)}
    if sheets := styles(meta):
        meta["css"] = sheets
    if not any(line.text.strip() for line in lines[body_line - 1 :]):
        return Deck({"title": "", **meta}, ())
    if isinstance(source, str):
        lines[body_line - 1 :] = revealmd.read(lines[body_line - 1 :], revealmd.marks_of(meta, {}))
    stacks: list[list[Slide]] = []
    for part in revealmd.parts(lines, body_line - 1, revealmd.MARKS):
        if part.beside or not stacks:
            stacks.append([])
        stacks[-1].append(_slide(part, lines))
    if not meta.get("title"):
        meta["title"] = next((title for stack in stacks for slide in stack if (title := _title(slide))), "")
    return Deck(meta, tuple(tuple(stack) for stack in stacks))


def check(lines: Sequence[Line], first: int, dialect: Dialect, problems: Problems) -> None:
    """Tell what would make of a deck something else than its author sees in the file."""
    for part in revealmd.parts(lines, first, revealmd.MARKS):
        _check_notes(part.lines, revealmd.visible(part.lines, revealmd.MARKS), problems)


def prose_of(lines: Sequence[Line], first: int, dialect: Dialect) -> tuple[str, ...]:
    """The texts of the lines, with something that is no text for what parts no slides and begins no notes."""
    return ("",) * first + tuple(revealmd.visible(lines[first:], revealmd.MARKS))


def separators(lines: Sequence[Line], first: int, prose: Sequence[str]) -> Iterator[int]:
    """The numbers of the lines that part slides."""
    before = first
    for part in revealmd.parts(lines, first, revealmd.MARKS)[1:]:
        yield from (number for number in range(before, part.first) if prose[number].strip() in (BESIDE, BELOW))
        before = part.first


def begins_notes(prose: str) -> bool:
    """Whether a line, without the code in it, begins the notes of its slide."""
    return revealmd.MARKS.notes.match(prose) is not None


def _check_notes(lines: Sequence[Line], shown: Sequence[str], problems: Problems) -> None:
    """Tell where a line would begin the speaker's notes that its author may have meant for readers.

    After a blank line `Note:` is how reveal.js marks notes. Within a paragraph it is how people write a note.
    """
    for number, text in enumerate(shown):
        marker = _NOTE_IN_TEXT.match(text)
        if marker is None:
            _check_nearly(text, lines[number], problems)
            continue
        if number and marker["text"] and _is_sentence(shown[number - 1]):
            message = f'here "{marker["word"]}:" begins the notes for the speaker, which readers do not see'
            remedy = f"write `Notes:` after a blank line if that is meant, else `**{marker['word']}:**`"
            problems.add(lines[number].place, "unclear-notes", message, remedy)
        _check_second(lines[number + 1 :], shown[number + 1 :], problems)
        return


def _check_second(lines: Sequence[Line], shown: Sequence[str], problems: Problems) -> None:
    """Tell where notes would begin again: mostly a page of reveal.js, and not the deck, says what parts slides."""
    again = next((number for number, text in enumerate(shown) if begins_notes(text)), None)
    if again is not None:
        message = "this slide has notes already, so all that follows their first mark is hidden from readers"
        remedy = (
            "begin a slide before it, or say what parts slides: `separator:` in the front matter, as `data-separator`"
        )
        problems.add(lines[again].place, "unclear-notes", message, remedy)


def _check_nearly(text: str, line: Line, problems: Problems) -> None:
    if nearly := _NEARLY_NOTE.match(text):
        message = f'here "{nearly[0].strip()}" begins no notes, so readers see what follows'
        remedy = "write `Notes:` at the beginning of a line if that is for the speaker, else `**Note:**`"
        problems.add(line.place, "unclear-notes", message, remedy)


def _is_sentence(text: str) -> bool:
    """Whether a line is plain text that may go on in the next line."""
    return bool(re.match(r"[^\W\d_]", text))


def _meta(header: str) -> Mapping[str, Any]:
    try:
        meta = headers.parse(header, 2).values
    except headers.HeaderError:
        return {}
    return meta if isinstance(meta, dict) else {}


def _slide(part: revealmd.Part, lines: Sequence[Line]) -> Slide:
    """A slide; its line is the first one with text, or where it would stand."""
    blank = lines[min(part.first, len(lines) - 1)]
    first = next((line for line in part.lines if line.text.strip()), blank)
    shown, noted = revealmd.noted(part.lines, revealmd.MARKS)
    attributes: dict[str, str] = {}
    asides: list[str] = []
    shown, noted = _without(shown, attributes, asides), _without(noted, attributes, [])
    notes = "\n\n".join(filter(None, (*(text.strip() for text in asides), _text(noted).strip())))
    return Slide(first.place.line, _text(shown), notes, attributes)


def _without(lines: list[Line], attributes: dict[str, str], asides: list[str]) -> list[Line]:
    """The lines without comments that give a slide its attributes, and without notes that are written as HTML."""
    if not any(line.written and ("<!--" in line.text or "<aside" in line.text) for line in lines):
        return lines
    text = "\n".join(line.text for line in lines)
    seen = "\n".join(blocks.without_code_spans(each) for each in revealmd.code_hidden(lines))
    cuts: list[tuple[int, int]] = []
    for found in _ATTRIBUTES.finditer(seen):
        attributes.update(_parse_attributes(text[found.start("attributes") : found.end("attributes")]))
        cuts.append(found.span())
    for found in _ASIDE.finditer(seen):
        asides.append(text[found.start("notes") : found.end("notes")])
        cuts.append(found.span())
    return [Line(each, lines[0].place, None) for each in _cut(text, cuts).split("\n")] if cuts else lines


def _cut(text: str, cuts: Sequence[tuple[int, int]]) -> str:
    for start, stop in sorted(cuts, reverse=True):
        text = text[:start] + text[stop:]
    return text


def _title(slide: Slide) -> str:
    """The text of a slide's first heading, without markup."""
    heading = _HEADING.search(slide.markdown)
    return _MARKUP.sub(lambda found: found["text"] or "", heading["title"]).strip() if heading else ""


def _text(lines: Sequence[Line]) -> str:
    return "\n".join(line.text for line in lines).strip("\n")


def _parse_attributes(source: str) -> Mapping[str, str]:
    parser = _AttributeParser()
    parser.feed(f"<section {source}>")
    return parser.attributes


class _AttributeParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.attributes: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes = {name: value or "" for name, value in attrs}
