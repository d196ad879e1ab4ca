"""Takes the speaker's notes out of a deck: students get a deck that never had any.

They go before anything is woven, so that what is quoted in notes only is not published either. What a slide has of
notes in other ways than a line `Notes:` (an attribute, an element of HTML) goes when it is a page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import replace

from labguide import blocks
from labguide.decks import slides
from labguide.model import Dialect, Line

_ASIDE = re.compile(
    r"""<aside\b(?=(?:[^"'>]|"[^"]*"|'[^']*')*?\sclass\s*=\s*(?:["'][^"']*\bnotes\b|notes\b))"""
    r"""(?:[^"'>]|"[^"]*"|'[^']*')*>""",
    re.IGNORECASE,
)
_BEGIN = re.compile(r"""<aside\b(?:[^"'>]|"[^"]*"|'[^']*')*>""", re.IGNORECASE)
_ANY_ASIDE = re.compile(r"<(?P<end>/?)aside\b[^>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\sdata-notes\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE)
_TAG = re.compile(r"""<[a-zA-Z](?:[^"'<>]|"[^"]*"|'[^']*')*>""")


def cut(lines: Sequence[Line], first: int, dialect: Dialect) -> tuple[Line, ...]:
    """The lines of a deck whose body begins at number `first`, from 0, with blank ones where notes stood."""
    prose = slides.prose_of(lines, first, dialect)
    ends = {*slides.separators(lines, first, prose), len(lines)}
    made = list(lines)
    inside = False
    for number in range(first, len(lines)):
        inside = number not in ends and (inside or slides.begins_notes(prose[number]))
        if inside:
            made[number] = replace(lines[number], text="")
    return _without_elements(made, first, sorted(ends), dialect)


def _without_elements(lines: list[Line], first: int, ends: Sequence[int], dialect: Dialect) -> tuple[Line, ...]:
    """Without elements `<aside class="notes">`; in code they are what is shown. `ends` are where slides end."""
    if not any("aside" in line.text.lower() for line in lines[first:]):
        return tuple(lines)
    prose = blocks.find([line.text for line in lines], first, dialect).prose
    number = first
    while number < len(lines):
        begin = _ASIDE.search(blocks.without_code_spans(prose[number]))
        if begin:
            number = _cut_element(lines, number, begin.start(), next(end for end in ends if end >= number))
        number += 1
    return tuple(lines)


def _cut_element(lines: list[Line], number: int, start: int, end: int) -> int:
    """Take out an element that begins in a line and ends with its slide at the latest; returns the last line of it."""
    before, depth = lines[number].text[:start], 0
    for here in range(number, end):
        text = lines[here].text
        for tag in _ANY_ASIDE.finditer(text, start if here == number else 0):
            depth += -1 if tag["end"] else 1
            if not depth:
                rest = text[tag.end() :]
                lines[here] = replace(lines[here], text=before + rest if here == number else rest, offset=None)
                return here - 1 if _ASIDE.search(lines[here].text) else here
        lines[here] = replace(lines[here], text=before if here == number else "", offset=None)
    return end


def without(page: str) -> str:
    """The HTML of a deck without what is only for who speaks."""
    kept: list[str] = []
    position = 0
    while (begin := _begin(page, position)) is not None:
        kept.append(page[position:begin])
        position = _end(page, begin)
    kept.append(page[position:])
    return _TAG.sub(lambda tag: _ATTRIBUTE.sub("", tag[0]), "".join(kept))


def _begin(page: str, position: int) -> int | None:
    """Where the next notes begin; a browser reads character references in their class too."""
    tags = _BEGIN.finditer(page, position)
    return next((tag.start() for tag in tags if _ASIDE.match(html.unescape(tag[0]))), None)


def _end(page: str, start: int) -> int:
    depth = 0
    for tag in _ANY_ASIDE.finditer(page, start):
        depth += -1 if tag["end"] else 1
        if not depth:
            return tag.end()
    return len(page)
