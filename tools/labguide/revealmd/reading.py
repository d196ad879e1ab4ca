"""A deck's lines as all other rooms know them: in the site's dialect, parted by `---` and `----`, notes after `Notes:`.

Whatever marks its author uses are read here, once. What looks like one of the usual marks and is none is written in
another way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from labguide.model import Line
from labguide.revealmd.commonmark import normalised
from labguide.revealmd.marks import MARKS, Marks
from labguide.revealmd.parting import Part, noted, parts

BESIDE, BELOW, NOTES = "---", "----", "Notes:"
_USUAL_NOTES = re.compile(r"^(?P<word>notes?):", re.IGNORECASE)


def read(found: Sequence[Line], marks: Marks) -> list[Line]:
    """The lines of a deck without its front matter. Each keeps its place."""
    result: list[Line] = []
    slides = parts(found, 0, marks)
    for number, part in enumerate(slides):
        if number:
            result += _between(slides[number - 1], part, found)
        result += _slide(part, marks)
    return result


def _between(before: Part, after: Part, found: Sequence[Line]) -> list[Line]:
    """What parts two slides."""
    text = BESIDE if after.beside else BELOW
    own = [line for line in found[before.after : after.first] if line.text.strip()]
    if len(own) == 1 and own[0].text == text:
        return own
    at = own[0] if own else found[min(before.after, len(found) - 1)]
    return [Line(text, at.place, None)]


def _slide(part: Part, marks: Marks) -> list[Line]:
    shown, notes = noted(part.lines, marks)
    lines = normalised(shown)
    if marks.notes.pattern != MARKS.notes.pattern:
        lines = [_without_mark(line) for line in lines]
    if len(shown) == len(part.lines):
        return lines
    at = part.lines[len(shown)]
    mark = at if _USUAL_NOTES.match(at.text) else None
    if mark is None:
        return [*lines, Line(NOTES, at.place, None), *normalised(notes)]
    return [*lines, mark, *normalised(notes[1:])]


def _without_mark(line: Line) -> Line:
    """A line of text that begins as notes do, where notes begin in another way."""
    found = _USUAL_NOTES.match(line.text) if line.written else None
    return line if found is None else replace(line, text=f"{found['word']}&#58;{line.text[found.end() :]}", offset=None)
