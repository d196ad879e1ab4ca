"""Parts a deck's lines into slides, and a slide's into what is shown and what is noted.

The text is parted by patterns as in reveal.js, so a mark may stand in the middle of a line. What is no text of an
author parts nothing: what a cell printed, code in a fence that is closed, a comment over several lines.
"""

from __future__ import annotations

import dataclasses
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from labguide.model import Line
from labguide.revealmd.marks import Marks

_OPENS_FENCE = re.compile(r"^(?:[> \t]|[-*+][ \t]|\d+[.)][ \t])*(?P<fence>`{3,}(?=[^`]*$)|~{3,})(?P<info>.*)$")
_CLOSES_FENCE = re.compile(r"^[> \t]*(?P<fence>`{3,}|~{3,})[ \t]*$")
_HIDDEN = "\0"


@dataclass(frozen=True)
class Part:
    """One slide: its lines, and whether it stands beside the one before it or below."""

    lines: tuple[Line, ...]
    beside: bool
    first: int
    """The number, among all lines, of the first line that is its alone, from 0."""
    after: int
    """The number of the line after the last one that is its alone."""


def parts(lines: Sequence[Line], first: int, marks: Marks) -> list[Part]:
    """The slides in these lines from number `first` on, blank ones too. There is one at least."""
    body = list(lines[first:])
    text = _joined(visible(body, marks))
    found = [match for match in marks.between.finditer(text) if match.group()]
    stops = [*(match.start() for match in found), len(text)]
    starts = [0, *(match.end() for match in found)]
    beside = [True, *(marks.beside.search(match.group()) is not None for match in found)]
    cut = _Cutter(body)
    return [
        Part(
            tuple(cut(start, stop, rests=False)),
            is_beside,
            first + cut.first_whole(start),
            first + cut.after_whole(stop),
        )
        for start, stop, is_beside in zip(starts, stops, beside, strict=True)
    ]


def noted(part: Sequence[Line], marks: Marks) -> tuple[list[Line], list[Line]]:
    """The lines of a slide that are shown, and those of its notes without the mark before them."""
    body = list(part)
    text = _joined(visible(body, marks))
    match = marks.notes.search(text)
    if match is None or not match.group():
        return body, []
    cut = _Cutter(body)
    return list(cut(0, match.start())), list(cut(match.end(), len(text)))


def visible(lines: Sequence[Line], marks: Marks) -> list[str]:
    """The texts of the lines, as long as they are, without what parts no slides."""
    texts = [line.text if line.written else _HIDDEN * len(line.text) for line in lines]
    number = 0
    while number < len(texts):
        end = _hidden_end(texts, number, marks)
        for each in range(number, end):
            texts[each] = _HIDDEN * len(texts[each])
        number = max(end, number + 1)
    return texts


def code_hidden(lines: Sequence[Line]) -> list[str]:
    """The texts of the lines, as long as they are, without code in fences and what weaving put in."""
    texts = [line.text if line.written else _HIDDEN * len(line.text) for line in lines]
    number = 0
    while number < len(texts):
        opening = _OPENS_FENCE.match(texts[number])
        end = _fence_end(texts, number, opening, None) if opening else number
        for each in range(number, end):
            texts[each] = _HIDDEN * len(texts[each])
        number = max(end, number + 1)
    return texts


def _hidden_end(texts: Sequence[str], number: int, marks: Marks) -> int:
    """The line after what is hidden and begins in a line; the line itself if nothing does."""
    text = texts[number]
    if "`" not in text and "~" not in text and "<" not in text:
        return number
    if opening := _OPENS_FENCE.match(text):
        return _fence_end(texts, number, opening, marks)
    if "<!--" in text and "-->" not in text[text.rindex("<!--") :]:
        return next((each + 1 for each in range(number + 1, len(texts)) if "-->" in texts[each]), number)
    return number


def _fence_end(texts: Sequence[str], start: int, opening: re.Match[str], marks: Marks | None) -> int:
    """The line after a fence. One that is not closed on its slide ends there: it hides what separates slides no more.

    A fence in which a separator stands is one fence, unless another opens before it is closed, or the fences from
    here on would not come out even.
    """
    end = _closing(texts, start, opening)
    if end is None:
        return start
    inner = texts[start + 1 : end]
    first = next((number for number, text in enumerate(inner) if marks and marks.between.search(f"\n{text}\n")), None)
    if first is None:
        return end + 1
    opens = any((other := _OPENS_FENCE.match(text)) and other["info"].strip() for text in inner[first:])
    return start if opens or not _come_out_even(texts, end + 1) else end + 1


def _closing(texts: Sequence[str], start: int, opening: re.Match[str]) -> int | None:
    """The line that closes a fence, if there is one."""
    fence = opening["fence"]
    for number in range(start + 1, len(texts)):
        closing = _CLOSES_FENCE.match(texts[number])
        if closing and closing["fence"].startswith(fence):
            return number
    return None


def _come_out_even(texts: Sequence[str], start: int) -> bool:
    """Whether each fence from a line on is closed."""
    number = start
    while number < len(texts):
        if opening := _OPENS_FENCE.match(texts[number]):
            end = _closing(texts, number, opening)
            if end is None:
                return False
            number = end
        number += 1
    return True


def _joined(texts: Sequence[str]) -> str:
    """The texts as one, each after a line feed and before one, as reveal.js sees a deck."""
    return "\n".join(["", *texts, ""])


class _Cutter:
    """Cuts lines by positions in their text, which begins with a line feed."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._starts = [1, *(1 + each for each in accumulate(len(line.text) + 1 for line in lines))]

    def _line(self, position: int) -> int:
        """The number of the line that a position stands in; -1 before the first one."""
        return bisect_right(self._starts, position) - 1

    def first_whole(self, start: int) -> int:
        """The number of the first line that begins at a position or after it."""
        number = max(self._line(start), 0)
        return number if start <= 1 or self._starts[number] == start else number + 1

    def after_whole(self, stop: int) -> int:
        """The number of the first line that does not end before a position."""
        number = self._line(stop)
        if not 0 <= number < len(self._lines):
            return max(number, 0)
        return number + (stop == self._starts[number] + len(self._lines[number].text))

    def __call__(self, start: int, stop: int, *, rests: bool = True) -> Iterator[Line]:
        """The lines between two positions; of one that is cut, a part, and an empty one with `rests` only."""
        for number in range(max(self._line(start), 0), len(self._lines)):
            line, begin = self._lines[number], self._starts[number]
            if begin > stop or (begin == stop and start < stop and line.text):
                return
            left, right = max(start - begin, 0), min(stop - begin, len(line.text))
            if left > len(line.text) or (left == len(line.text) and line.text and not rests):
                continue
            if (left, right) == (0, len(line.text)):
                yield line
            else:
                offset = None if line.offset is None else line.offset + left
                yield dataclasses.replace(line, text=line.text[left:right], offset=offset)
