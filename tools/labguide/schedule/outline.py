"""Finds what may be steps of a plan: its headings, in any of the ways in which people write them, and its tables.

Code and comments are not looked at. Numbers of lines count from 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_HASHES = re.compile(r"^ {0,3}(?P<level>#{1,6})(?P<text>[^#].*?)\s*#*\s*$")
_ELEMENT = re.compile(r"<h(?P<level>[1-6])\b[^>]*>(?P<text>.*?)(?:</h[1-6]\s*>?|$)", re.IGNORECASE)
_SUMMARY = re.compile(r"<summary\b[^>]*>(?P<text>.*?)(?:</summ\w*\s*>?|$)", re.IGNORECASE)
_UNDERLINE = re.compile(r"^ {0,3}(?P<line>=+|-{2,})[-= ]*$")
_BOLD = re.compile(
    r"^\s{0,3}(?P<text>(?:<strong>.+?(?:</strong>?|$)|(?P<mark>\*\*|__)(?=\S).+?(?P=mark)):?[^*_|<]{0,40}?)\s*(?:<br\s*/?>)?\s*$"
)
_DELIMITER = re.compile(r"^[\s|:-]*-[\s|:-]*$")
_CELL = re.compile(r"(?<!\\)\|")

SUMMARY_LEVEL, BOLD_LEVEL = 7, 8
"""Levels of what looks like a heading and is none: below all headings."""


@dataclass(frozen=True)
class Heading:
    """A line that heads what follows it, with its level: 1 to 6, and more for what only looks like a heading."""

    line: int
    level: int
    text: str


@dataclass(frozen=True)
class Row:
    """A row of a table."""

    line: int
    cells: tuple[str, ...]


def is_heading(found: Heading) -> bool:
    """Whether a heading is one, and does not only look like one."""
    return found.level < SUMMARY_LEVEL


def headings(prose: Sequence[str]) -> list[Heading]:
    """The headings of a text, in order."""
    found: list[Heading] = []
    for number, text in enumerate(prose):
        if text.strip():
            found += _of_line(prose, number, text)
    return found


def _of_line(prose: Sequence[str], number: int, text: str) -> Iterator[Heading]:
    if match := _HASHES.match(text):
        yield Heading(number, len(match["level"]), match["text"].strip())
    elif match := _ELEMENT.search(text):
        yield Heading(number, int(match["level"]), match["text"])
    elif match := _SUMMARY.search(text):
        yield Heading(number, SUMMARY_LEVEL, match["text"] or _following(prose, number))
    elif underline := _underline(prose, number):
        yield Heading(number, 1 if underline.startswith("=") else 2, text.strip())
    elif match := _BOLD.match(text):
        yield Heading(number, BOLD_LEVEL, match["text"])


def _following(prose: Sequence[str], number: int) -> str:
    """The text of the next line that is not blank: a `<summary>` may stand in a line of its own."""
    return next((text for text in prose[number + 1 : number + 4] if text.strip()), "")


def _underline(prose: Sequence[str], number: int) -> str:
    """What underlines a line and so makes it a heading; empty if nothing does."""
    alone = number == 0 or not prose[number - 1].strip()
    below = _UNDERLINE.match(prose[number + 1]) if alone and number + 1 < len(prose) else None
    return below["line"] if below and not prose[number].lstrip().startswith(("|", "-", "*", ">")) else ""


def tables(prose: Sequence[str]) -> list[list[Row]]:
    """The tables of a text: their rows, with those above the line of dashes and without it."""
    found: list[list[Row]] = []
    start = 0
    for number in range(len(prose) + 1):
        if number == len(prose) or "|" not in prose[number]:
            block = range(start, number)
            if any(_DELIMITER.match(prose[each]) for each in block):
                found.append([Row(each, _cells(prose[each])) for each in block if not _DELIMITER.match(prose[each])])
            start = number + 1
    return found


def _cells(text: str) -> tuple[str, ...]:
    stripped = text.strip().removeprefix("|")
    cells = [cell.strip() for cell in _CELL.split(stripped)]
    return tuple(cells[:-1] if stripped.endswith("|") and not stripped.endswith("\\|") else cells)
