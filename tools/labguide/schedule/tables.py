"""Reads time trackers: tables with a line for each step, when it begins and how long it takes.

    | Start    | # | Activity              | Time | Value |
    | -------- | - | --------------------- | ---- | ----- |
    | 10:00 AM | 1 | Instructor Do: Begin  | 0:15 | Med   |

Courses name and order the columns as they like, leave headers blank, and put a title above them. So columns are known
by what stands in them first, and by their headers where that is not enough. Numbers of lines count from 0.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from labguide.model import Place
from labguide.schedule import steps, times, vocabulary
from labguide.schedule.outline import Row
from labguide.schedule.steps import Step
from labguide.schedule.times import Duration

_STARTS = re.compile(r"\bstart|\bclock\b|\bbegin|\bwhen\b|^time$|開始", re.IGNORECASE)
_TIMES = re.compile(r"time|duration|length|timing|minutes|\bmins?\b|時間|長度|分鐘", re.IGNORECASE)
_ACTIVITIES = re.compile(r"activity|topic|what|title|step|subject|content|活動|內容|主題|步驟", re.IGNORECASE)
_ROLES = re.compile(r"type|who|role|角色|誰", re.IGNORECASE)
_NUMBERS = re.compile(r"^(?:#|no\.?|nr\.?|number|num\.?|編號|號)$", re.IGNORECASE)
_ELAPSED = re.compile(r"^-?\d{1,2}:\d\d$")
_CLOCKS = re.compile(
    r"^(?P<first>[\d:.]+\s*(?:[ap]\.?m\.?)?)\s*(?:-|–|—|~|to|至|到)\s*(?P<last>[\d:.]+\s*(?:[ap]\.?m\.?)?)$", re.I
)
_SECTION = re.compile(r"activity time\W*(?P<minutes>\d{1,2}:\d\d)(?:.*elapsed time\W*(?P<elapsed>\d{1,2}:\d\d))?", re.I)
_HALF_A_DAY, _DAY = 720.0, 1440.0


@dataclass(frozen=True)
class TrackerRow:
    """One line of a tracker: a step, and when it begins."""

    place: Place
    step: Step
    start: float | None = None
    """Minutes since midnight, or since the class began; None if the table does not say it."""
    on_clock: bool = False
    """The start says which half of the day it is in."""


@dataclass(frozen=True)
class Tracker:
    """A table of times."""

    place: Place
    rows: tuple[TrackerRow, ...]

    @property
    def total(self) -> float:
        """Minutes that its steps take together."""
        return sum(row.step.duration.minutes or 0 for row in self.rows if row.step.duration)


@dataclass(frozen=True)
class Section:
    """What a small table says of the steps below it: `| Activity Time: 0:45 | Elapsed Time: 1:30 |`."""

    line: int
    """Its number, from 0."""
    minutes: float
    elapsed: float | None


@dataclass(frozen=True)
class _Columns:
    activity: int
    start: int | None
    time: int | None
    number: int | None
    value: int | None
    who: int | None


def sections(prose: Sequence[str]) -> list[Section]:
    """What small tables say of the steps below them."""
    found = ((number, _SECTION.search(text)) for number, text in enumerate(prose) if "|" in text)
    return [Section(number, _minutes(match["minutes"]), _elapsed(match["elapsed"])) for number, match in found if match]


def _elapsed(text: str | None) -> float | None:
    return _minutes(text) if text else None


def _minutes(text: str) -> float:
    sign = -1 if text.startswith("-") else 1
    hours, _, minutes = text.removeprefix("-").partition(":")
    return sign * (60.0 * int(hours) + int(minutes))


def trackers(found: Sequence[Sequence[Row]], places: Sequence[Place]) -> list[Tracker]:
    """The time trackers among the tables of a text, whose lines have these places."""
    return [tracker for table in found if (tracker := _tracker(table, places))]


def _tracker(table: Sequence[Row], places: Sequence[Place]) -> Tracker | None:
    header, body = _header(table)
    columns = _columns(header, body)
    if columns is None:
        return None
    rows = [row for each in body if (row := _row(each, columns, places[each.line]))]
    return Tracker(places[table[0].line], tuple(_with_durations(rows))) if len(rows) > 1 else None


def _header(table: Sequence[Row]) -> tuple[tuple[str, ...], list[Row]]:
    """The cells that head the columns, and the rows below: a title may stand above them."""
    said = [at for at, row in enumerate(table[:3]) if sum(bool(_kind_of_header(cell)) for cell in row.cells) > 1]
    at = said[0] if said else 0
    return table[at].cells, list(table[at + 1 :])


def _kind_of_header(cell: str) -> bool:
    return any(form.search(steps.plain(cell)) for form in (_STARTS, _TIMES, _ACTIVITIES, _NUMBERS))


def _columns(header: Sequence[str], body: Sequence[Row]) -> _Columns | None:
    """Which column is what; None if the table is no tracker."""
    width = max((len(row.cells) for row in body), default=0)
    names = [steps.plain(header[at]) if at < len(header) else "" for at in range(width)]
    start = _best(body, width, _is_clock, 0.6)
    time = _best(body, width, _is_time, 0.4, without=(start,), named=lambda at: bool(_TIMES.search(names[at])))
    if start is None:
        start = _elapsed_column(body, width, time)
    if start is None and (time is None or not _TIMES.search(names[time])):
        return None
    value = _best(body, width, lambda cell: steps.plain(cell).lower() in vocabulary.VALUES, 0.05, without=(start, time))
    number = _best(
        body, width, _is_number, 0.4, without=(start, time, value), named=lambda at: bool(_NUMBERS.match(names[at]))
    )
    taken = (start, time, value, number)
    who = next((at for at, name in enumerate(names) if at not in taken and _ROLES.search(name)), None)
    activity = _activity(names, body, (*taken, who))
    activity, who = (who, None) if activity is None else (activity, who)
    return None if activity is None else _Columns(activity, start, time, number, value, who)


def _best(
    body: Sequence[Row],
    width: int,
    fits: Callable[[str], bool],
    least: float,
    without: Sequence[int | None] = (),
    named: Callable[[int], bool] = lambda _: False,
) -> int | None:
    """The column with the largest share of cells that fit, if that is enough; of equal ones the one of that name."""
    shares = [
        (sum(fits(row.cells[at]) for row in body if at < len(row.cells)) / len(body), named(at), -at)
        for at in range(width)
        if at not in without
    ]
    share, _, column = max(shares, default=(0.0, False, 0))
    return -column if shares and share >= least else None


def _is_clock(cell: str) -> bool:
    return times.clock(steps.plain(cell), marked=True) is not None or _CLOCKS.match(steps.plain(cell)) is not None


def _is_time(cell: str) -> bool:
    return not _is_clock(cell) and len(cell) < 40 and times.of_group(steps.plain(cell)) is not None


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"-?\d+(?:\.\d+)*[.)]?", steps.plain(cell)) is not None


def _elapsed_column(body: Sequence[Row], width: int, time: int | None) -> int | None:
    """A column of times that only grow, beside one of durations: when steps begin, counted from the class's begin."""
    for at in range(width):
        cells = [steps.plain(row.cells[at]) for row in body if at < len(row.cells)]
        counted = [_minutes(cell) for cell in cells if _ELAPSED.match(cell)]
        grows = all(before <= after for before, after in itertools.pairwise(counted))
        if at != time and len(counted) > max(1, len(body) // 2) and grows and counted[0] < counted[-1]:
            return at
    return None


def _activity(names: Sequence[str], body: Sequence[Row], taken: Sequence[int | None]) -> int | None:
    """The column that says what happens: the one of that name, of several the fullest; else the fullest one."""

    def fills(at: int) -> tuple[bool, int, int]:
        cells = [row.cells[at] for row in body if at < len(row.cells)]
        letters = [sum(letter.isalpha() for letter in cell) for cell in cells]
        return bool(_ACTIVITIES.search(names[at])), sum(map(bool, letters)), sum(letters)

    free = [at for at in range(len(names)) if at not in taken and fills(at)[1]]
    return max(free, key=fills, default=None)


def _row(row: Row, columns: _Columns, place: Place) -> TrackerRow | None:
    """What a row says; None if it names no step and no time."""

    def cell(at: int | None) -> str:
        return steps.plain(row.cells[at]) if at is not None and at < len(row.cells) else ""

    start, on_clock, length = _when(cell(columns.start))
    text = _said(cell(columns.who), cell(columns.activity), cell(columns.number))
    if not text:  # only a time: when the class is over
        return TrackerRow(place, Step("", kind="end"), start, on_clock) if start is not None else None
    step = steps.read(text)
    said = times.of_cell(cell(columns.time)) or step.duration
    value = vocabulary.VALUES.get(cell(columns.value).lower(), step.value)
    number = cell(columns.number).rstrip(".)") or step.number
    duration = said if said or length is None else Duration(length)
    return TrackerRow(place, replace(step, number=number, duration=duration, value=value), start, on_clock)


def _said(who: str, activity: str, number: str) -> str:
    """What a row says of its step; some have "END" where the number would be."""
    text = f"{who}: {activity}" if who and activity else activity or who or number
    return text if any(letter.isalpha() for letter in text) else ""


def _when(text: str) -> tuple[float | None, bool, float | None]:
    """When a step begins, whether that names the half of the day, and how long it takes if an end is said too."""
    if both := _CLOCKS.match(text):
        first, last = times.clock(both["first"]), times.clock(both["last"])
        if first and last:
            day = _DAY if first[1] and last[1] else _HALF_A_DAY
            return first[0], first[1], (last[0] - first[0]) % day
    clock = times.clock(text)
    if clock:
        return clock[0], clock[1], None
    return (_minutes(text), False, None) if _ELAPSED.match(text) else (None, False, None)


def _with_durations(rows: Sequence[TrackerRow]) -> Iterator[TrackerRow]:
    """The rows with the time to the next one where the table says no other; the last one may be the end."""
    for row, after in itertools.zip_longest(rows, rows[1:]):
        if row.step.duration or row.start is None or after is None or after.start is None:
            yield row
        else:
            yield replace(row, step=replace(row.step, duration=Duration((after.start - row.start) % day_of(row))))


def day_of(row: TrackerRow) -> float:
    """Minutes after which the clock of a row shows the same: half a day, if it does not say which half."""
    return _DAY if row.on_clock else _HALF_A_DAY
