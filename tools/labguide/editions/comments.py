"""Takes out the comments that authors wrote in Markdown, but for those that a deck or a plugin reads.

A comment is in the page for everybody who looks at its source. In code it is what the code says, and stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from labguide import blocks
from labguide.model import Dialect, Document, DocumentKind, Line
from labguide.problems import Problems

_OPENS, _CLOSES = "<!--", "-->"
_BEGINS_LINE = re.compile(r"^ {0,3}<!--", re.MULTILINE)
_OF_DECKS = re.compile(r"<!--\s*\{?\s*\.(?:slide:|element\b)")
_OF_PLUGINS = re.compile(r"<!--\s*(?:more|material/[\w-]+\b.*?)\s*-->", re.DOTALL)
"""Where the theme's plugins part a post from its summary, or list tags."""
_NOTES_OF_SLIDE = re.compile(r"""\sdata-notes\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE)
_CODE_SPAN = re.compile(r"(?<![`\\])(`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)\1(?!`)", re.DOTALL)
_HTML_CODE = re.compile(r"[ \t>]*.*<(?:pre|xmp|listing|plaintext|code)\b", re.IGNORECASE)


def without(document: Document, dialect: Dialect, problems: Problems) -> Document:
    """A document without its comments; lines that a comment filled are blank."""
    first = document.body_line - 1
    if not any(_OPENS in line.text or "data-notes" in line.text for line in document.lines[first:]):
        return document
    body = _cut(document.lines[first:], document.kind, dialect, problems)
    return replace(document, lines=(*document.lines[:first], *body))


def _cut(lines: Sequence[Line], kind: DocumentKind, dialect: Dialect, problems: Problems) -> list[Line]:
    text = "\n".join(line.text for line in lines)
    starts = [0, *accumulate(len(line.text) + 1 for line in lines)]
    code = _code(lines, starts, dialect)
    spans = list(_comments(text, code, kind))
    for start in _open_ended(text, code, spans):
        number = _line_of(starts, start)
        message = "this comment does not end in its paragraph, so readers may see it"
        problems.add(lines[number].at(start - starts[number]), "open-comment", message, "end it with -->")
    return _without(lines, starts, spans)


def _code(lines: Sequence[Line], starts: Sequence[int], dialect: Dialect) -> list[tuple[int, int]]:
    """Where code stands, as positions; in raw HTML a comment is one in code too."""
    found = blocks.find([line.text for line in lines], 0, dialect)
    shown = [block for block in found.others if not _HTML_CODE.match(lines[block.first].text)]
    return sorted((starts[block.first], starts[block.last + 1]) for block in (*found.fences, *shown))


def _comments(text: str, code: Sequence[tuple[int, int]], kind: DocumentKind) -> Iterator[tuple[int, int, str]]:
    """What is taken out: where it begins and ends, and what is left of it."""
    position = 0
    while (start := text.find(_OPENS, position)) >= 0:
        position = start + len(_OPENS)
        if _within(start, code):
            continue
        if not _BEGINS_LINE.match(text, text.rfind("\n", 0, start) + 1) and _in_span(text, start):
            continue
        end = _end(text, start, code)
        if end is None:
            continue
        position = end
        kept = _kept(text[start:end], kind)
        if kept != text[start:end]:
            yield start, end, kept


def _kept(comment: str, kind: DocumentKind) -> str:
    if kind == "deck" and _OF_DECKS.match(comment):
        return _NOTES_OF_SLIDE.sub(lambda found: "\n" * found[0].count("\n"), comment)
    return comment if _OF_PLUGINS.fullmatch(comment) else ""


def _within(position: int, code: Sequence[tuple[int, int]]) -> bool:
    return any(start <= position < end for start, end in code)


def _in_span(text: str, position: int) -> bool:
    """Whether a place is inside a code span of its paragraph."""
    begin = max(text.rfind("\n\n", 0, position), 0)
    end = text.find("\n\n", position)
    spans = _CODE_SPAN.finditer(text, begin, end if end >= 0 else len(text))
    return any(span.start() < position < span.end() for span in spans)


def _end(text: str, start: int, code: Sequence[tuple[int, int]]) -> int | None:
    """Where a comment ends. One that begins a line may go on over paragraphs; another ends in its own."""
    stop = len(text)
    if not _BEGINS_LINE.match(text, text.rfind("\n", 0, start) + 1):
        blank = re.compile(r"\n[ \t>]*\n").search(text, start)
        stop = blank.start() if blank else stop
    position = start + len(_OPENS)
    while (end := text.find(_CLOSES, position, stop)) >= 0:
        if not _within(end, code):
            return end + len(_CLOSES)
        position = end + 1
    return None


def _open_ended(text: str, code: Sequence[tuple[int, int]], cut: Sequence[tuple[int, int, str]]) -> Iterator[int]:
    """Where a comment begins that never ends, or not where the renderer looks for its end."""
    for opening in re.finditer(_OPENS, text):
        start = opening.start()
        taken = _within(start, code) or any(begin <= start < end for begin, end, _ in cut)
        if not taken and not _in_span(text, start) and _end(text, start, code) is None:
            yield start


def _line_of(starts: Sequence[int], position: int) -> int:
    return next(number for number in range(len(starts)) if starts[number] <= position < starts[number + 1])


def _without(lines: Sequence[Line], starts: Sequence[int], cut: Sequence[tuple[int, int, str]]) -> list[Line]:
    texts = [line.text for line in lines]
    for start, end, kept in reversed(cut):
        begin, last = _line_of(starts, start), _line_of(starts, end - 1)
        before, after = texts[begin][: start - starts[begin]], texts[last][end - starts[last] :]
        pieces = kept.split("\n") if kept else [""] * (last - begin + 1)
        pieces[0] = before + pieces[0]
        pieces[-1] += after
        texts[begin : last + 1] = pieces
    return [
        line if line.text == text else replace(line, text=text.rstrip() if text.strip() else "", offset=None)
        for line, text in zip(lines, texts, strict=True)
    ]
