"""Exercises: what of a cell's code is a solution or a hidden test, by nbgrader's marks, each alone in its line.

    total = 0
    ### BEGIN SOLUTION
    for price in prices:
        total += price
    ### END SOLUTION

The script runs whole. A student gets `...  # Your code here` in place of a solution, behind the indentation of its
first mark, and nothing in place of a hidden test. No reader of any edition sees the marks.
https://nbgrader.readthedocs.io/en/stable/user_guide/creating_and_grading_assignments.html
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from labguide import lines
from labguide.model import Cell, Place
from labguide.problems import Problems

GAP = "...  # Your code here"
"""What runs in the place of a solution where a check is tried with the gap."""

UNCHECKED = "unchecked"
"""The tag of an exercise that no cell is to check."""

BAD_MARK = "bad-exercise"

_MARK = re.compile(r"(?P<indent>[ \t]*)#+[ \t]*(?P<side>BEGIN|END) (?P<what>SOLUTION|HIDDEN TESTS)[ \t]*")
_MEANT = re.compile(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS)")
_NEARLY = re.compile(r"[ \t]*#\W*(begin|end)[\s_-]*(solutions?|hidden[\s_-]*tests?)\W*", re.IGNORECASE)
_WRITE = "write `### BEGIN SOLUTION` and `### END SOLUTION`, or the same with HIDDEN TESTS, each alone in its line"

Fault = tuple[int, str, str]
"""The number of a line, from 0, what is wrong there, and what to do."""


@dataclass(frozen=True)
class Region:
    """Lines between two marks, the marks included: numbers from 0."""

    solution: bool
    """A solution; else a hidden test."""
    first: int
    last: int
    indent: str


@dataclass(frozen=True)
class Found:
    """The regions of a text in order, and what is wrong with its marks."""

    regions: tuple[Region, ...] = ()
    faults: tuple[Fault, ...] = ()

    def at(self, number: int) -> Region | None:
        """The region that a line belongs to."""
        return next((each for each in self.regions if each.first <= number <= each.last), None)


@dataclass
class _Reading:
    regions: list[Region] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    begun: tuple[int, re.Match[str]] | None = None

    def line(self, number: int, text: str) -> None:
        mark = _MARK.fullmatch(text)
        if mark is None:
            if _MEANT.search(text) or _NEARLY.fullmatch(text):
                self.faults.append((number, f"this is no mark of an exercise: {text.strip()[:60]}", _WRITE))
        elif mark["side"] == "BEGIN":
            self._begin(number, mark)
        else:
            self._end(number, mark)

    def _begin(self, number: int, mark: re.Match[str]) -> None:
        if self.begun:
            message = f"a {_said(mark)} begins within the {_said(self.begun[1])} before it"
            self.faults.append((number, message, "end the first one before"))
        else:
            self.begun = number, mark

    def _end(self, number: int, mark: re.Match[str]) -> None:
        if self.begun is None:
            self.faults.append((number, f"no {_said(mark)} begins before this end of one", _WRITE))
        elif mark["what"] != self.begun[1]["what"]:
            message = f"a {_said(mark)} ends within the {_said(self.begun[1])} before it"
            self.faults.append((number, message, "end each where it began"))
        else:
            self._close(number)

    def _close(self, last: int) -> None:
        assert self.begun
        first, mark = self.begun
        self.regions.append(Region(mark["what"] == "SOLUTION", first, last, mark["indent"]))
        self.begun = None

    def end(self, count: int) -> None:
        """What is never closed lasts to the end: rather too much is cut than too little."""
        if self.begun:
            number, mark = self.begun
            self.faults.append((number, f"this {_said(mark)} never ends", f"write `### END {mark['what']}` below it"))
            self._close(count - 1)


def _said(mark: re.Match[str]) -> str:
    return "solution" if mark["what"] == "SOLUTION" else "hidden test"


def may_have_marks(text: str) -> bool:
    """Whether it is worth to look for marks in a text."""
    return "SOLUTION" in (upper := text.upper()) or "HIDDEN" in upper


def is_mark(line: str) -> bool:
    """Whether a line begins or ends a solution or a hidden test."""
    return _MARK.fullmatch(line) is not None


def find(text: Sequence[str]) -> Found:
    """The solutions and hidden tests in lines of code."""
    if not any(map(may_have_marks, text)):
        return Found()
    reading = _Reading()
    for number, line in enumerate(text):
        reading.line(number, line)
    reading.end(len(text))
    return Found(tuple(reading.regions), tuple(reading.faults))


def regions(cell: Cell) -> tuple[Region, ...]:
    """The solutions and hidden tests of a cell as its author wrote it; of a cell of prose none."""
    return find(lines.split(cell.source)).regions if cell.kind == "code" else ()


def is_exercise(cell: Cell) -> bool:
    """Whether a cell has a solution."""
    return any(region.solution for region in regions(cell))


def with_gaps(source: str, gap: str = GAP) -> tuple[str, tuple[int, ...]]:
    """A source as a student gets it; and for each of its lines the number of the one that stands for it.

    Both are counted from 0; a line of a hidden test has -1.
    """
    text = lines.split(source)
    found = find(text)
    shown: list[str] = []
    numbers: list[int] = []
    for number, line in enumerate(text):
        region = found.at(number)
        if region is None or (region.solution and region.first == number):
            shown.append(f"{region.indent}{gap}" if region else line)
        numbers.append(len(shown) - 1 if region is None or region.solution else -1)
    return "\n".join(shown), tuple(numbers)


def check(cells: Sequence[Cell], problems: Problems) -> None:
    """Tell what is wrong with the exercises of a script."""
    checked = {name for cell in cells for name in cell.checks}
    for cell in cells:
        for line, message, remedy in _faults(cell):
            problems.add(Place(cell.place.path, line), BAD_MARK, message, remedy)
        if cell.kind == "code" and is_exercise(cell) and cell.name not in checked and UNCHECKED not in cell.tags:
            message = f'no cell checks the solution of "{cell.name}", so a student is not told what is wrong'
            remedy = f'write a cell `checks="{cell.name}"` below it, or give it the tag {UNCHECKED}'
            problems.add(cell.place, "unchecked-exercise", message, remedy)


def _faults(cell: Cell) -> Iterator[Fault]:
    """What is wrong with a cell; the numbers are lines of its file, from 1."""
    found = find(lines.split(cell.source))
    if cell.kind != "code":
        marked = [region.first for region in found.regions]
        for number in marked:
            yield cell.place.line + number, "a mark of an exercise stands in text", 'write a block `!!! solution "…"`'
        return
    for number, message, remedy in found.faults:
        yield cell.place.line + number, message, remedy
    if found.regions and not found.faults and _is_python(cell.source) and not _is_python(with_gaps(cell.source)[0]):
        message = f'without its solution, the cell "{cell.name}" is no Python'
        yield cell.place.line + found.regions[0].first, message, "put the marks around whole statements"


def _is_python(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):  # a magic, too
        return False
    return True
