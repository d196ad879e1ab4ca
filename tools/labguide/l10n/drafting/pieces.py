"""Cuts Markdown into words to translate and all that stays: code, quotes, comments, the signs that begin lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from labguide.skimming import Kind


@dataclass(frozen=True)
class Piece:
    """A line of the translation to be, or a part of one: what stands before its words, they, what stands behind."""

    before: str
    words: str = ""
    after: str = ""


_BLANK = re.compile(r"^[\s>]*$")
_STAYS = re.compile(
    r"^\s*(?:(?:-{3,}|\*{3,}|_{3,}|={3,})\s*|;*-{2,}8<-{2,}.*|[Nn]otes?:\s*|\[(?!\^)[^\]]+\]:\s*\S+.*|\{:?[^{}]*\}\s*"
    r"|\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?\s*)?|\[TOC\]\s*|\$\$.*)$"
)
_HEADING = re.compile(r"^(?P<before>#{1,6}\s*)(?P<words>.*?)(?P<after>\s*(?:\{[^{}]*\})?\s*#*\s*)$")
_BOX = re.compile(r"^(?P<before>[\s>]*(?:!!!|\?\?\?\+?|===[+!]?)\s+[^\"]*\")(?P<words>[^\"]*)(?P<after>\".*)$")
_UNTITLED = re.compile(r"^[\s>]*(?:!!!|\?\?\?\+?)\s+[^\"]*$")
_ITEM = re.compile(
    r"^(?P<before>[\s>]*(?:[-*+]\s+(?:\[[ xX]\]\s+)?|\d{1,9}[.)]\s+|:\s+|\[\^[^\]]+\]:\s+|\*\[[^\]]+\]:\s+))"
    r"(?P<words>.*)$"
)
_TEXT = re.compile(r"^(?P<before>[\s>]*)(?P<words>.*)$")
_ROW = re.compile(r"^[\s>]*\|.*\|\s*$")
_CELL = re.compile(r"(?<!\\)\|")
_OPTION = re.compile(r"^(?P<before>[\s>]*:(?:title|alt):\s*)(?P<words>.*)$")
_BREAK = re.compile(r"(?: {2,}|\\)$")
_OF_QUOTE = re.compile(r"^[\s>]*(?:`{3,}|~{3,})\{cell\}")


def cut(texts: Sequence[str], kinds: Sequence[Kind]) -> list[list[Piece]]:
    """The lines of a translation, each as pieces; a paragraph is one line."""
    found: list[list[Piece]] = []
    joins = False
    quote = False
    for number, (text, kind) in enumerate(zip(texts, kinds, strict=True)):
        if kind is not Kind.TEXT:
            quote = _begins_quote(texts, kinds, number, quote)
            option = _OPTION.match(text) if quote and kind is Kind.CODE else None
            found.append([Piece(option["before"], option["words"]) if option else Piece(text)])
            joins = False
        elif joins and _goes_on(text):
            found[-1][-1] = _joined(found[-1][-1], text.strip().lstrip("> "))
            joins = not _BREAK.search(text)
        else:
            pieces, goes_on = _line(text)
            found.append(pieces)
            joins = goes_on and not _BREAK.search(text)
    return found


def _begins_quote(texts: Sequence[str], kinds: Sequence[Kind], number: int, inside: bool) -> bool:
    """Whether a line stands in a quote of a cell."""
    if kinds[number] is not Kind.CODE:
        return False
    if _OF_QUOTE.match(texts[number]):
        return True
    return inside and not re.match(r"^[\s>]*(?:`{3,}|~{3,})", texts[number])


def _line(text: str) -> tuple[list[Piece], bool]:
    """A line as pieces, and whether the next one may go on with its words."""
    if _BLANK.match(text) or _STAYS.match(text) or _UNTITLED.match(text):
        return [Piece(text)], False
    if _ROW.match(text):
        return list(_cells(text)), False
    for pattern in (_HEADING, _BOX):
        found = pattern.match(text)
        if found:
            return [Piece(found["before"], found["words"], found["after"])], False
    found = _ITEM.match(text) or _TEXT.match(text)
    assert found
    ending = _BREAK.search(found["words"])
    after = ending[0] if ending else ""
    return [Piece(found["before"], found["words"].removesuffix(after), after)], True


def _goes_on(text: str) -> bool:
    """Whether a line is part of the paragraph above it."""
    return not _BLANK.match(text) and not begins_block(text)


def begins_block(words: str) -> bool:
    """Whether words would begin a list, a heading or a box, if they stood at the beginning of a line."""
    return bool(
        _STAYS.match(words) or any(pattern.match(words) for pattern in (_HEADING, _BOX, _UNTITLED, _ITEM, _ROW))
    )


def _joined(piece: Piece, text: str) -> Piece:
    ending = _BREAK.search(text)
    after = ending[0] if ending else ""
    return Piece(piece.before, f"{piece.words.rstrip()} {text.removesuffix(after).strip()}", after)


def _cells(text: str) -> Iterator[Piece]:
    """The cells of a row of a table; a bar in code does not end one."""
    bars = [found.start() for found in _CELL.finditer(_without_code(text))]
    yield Piece(text[: bars[0] + 1])
    for start, stop in zip(bars, [*bars[1:], len(text)], strict=True):
        cell = text[start + 1 : stop]
        words = cell.strip()
        if words:
            before = cell[: len(cell) - len(cell.lstrip())]
            yield Piece(before, words, cell[len(before) + len(words) :] + text[stop : stop + 1])
        elif stop < len(text):
            yield Piece(cell + text[stop : stop + 1])


def _without_code(text: str) -> str:
    return re.sub(r"(?<![`\\])(`+)(?!`).+?(?<!`)\1(?!`)", lambda found: " " * len(found[0]), text)
