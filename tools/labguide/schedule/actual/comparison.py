"""Planned against actual, activity by activity, over one class or several; and minutes for the next plan."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from labguide.model import Place
from labguide.problems import Problems
from labguide.schedule.actual.values import Actual
from labguide.schedule.model import Schedule


@dataclass(frozen=True)
class Row:
    """One activity: its planned minutes, and what it took in each class."""

    identity: str
    title: str
    number: str = ""
    planned: float | None = None
    took: tuple[float | None, ...] = ()
    """Minutes in each class, in the order of the files; None where the activity was not held to its end."""
    skipped: tuple[bool, ...] = ()
    gone: bool = False
    """It is not in the plan any more."""

    @property
    def known(self) -> list[float]:
        """Minutes of the classes that held it."""
        return [minutes for minutes in self.took if minutes is not None]

    @property
    def median(self) -> float | None:
        """Of the classes that held it."""
        return statistics.median(self.known) if self.known else None

    @property
    def mean(self) -> float | None:
        """Of the classes that held it."""
        return statistics.fmean(self.known) if self.known else None

    @property
    def over(self) -> float | None:
        """Minutes by which the median exceeds the plan; negative if it was shorter."""
        return None if self.median is None or self.planned is None else self.median - self.planned

    @property
    def suggested(self) -> float | None:
        """Minutes for the next plan; what is planned if no class held it."""
        return suggest(self.planned, self.median)


@dataclass(frozen=True)
class Comparison:
    """A schedule beside the classes that were held by it."""

    schedule: Schedule
    actuals: tuple[Actual, ...]
    rows: tuple[Row, ...]
    """In the order of the plan; what is not in it any more comes last."""

    @property
    def planned(self) -> float:
        """Minutes of the plan."""
        return self.schedule.total

    @property
    def took(self) -> tuple[float, ...]:
        """Minutes of each class, of what was held to its end."""
        return tuple(sum(row.took[place] or 0.0 for row in self.rows) for place in range(len(self.actuals)))

    @property
    def suggested(self) -> float:
        """Minutes of the next plan."""
        return sum(row.suggested or 0.0 for row in self.rows if not row.gone)


def suggest(planned: float | None, median: float | None) -> float | None:
    """Minutes for the next plan, from what classes took.

    The median to the minute, from ten minutes on to five; what differs from the plan by at most a minute or a tenth
    stays.
    """
    if median is None:
        return planned
    if planned is not None and abs(median - planned) <= max(1.0, planned / 10):
        return planned
    step = 1 if median < 10 else 5
    return float(math.floor(median / step + 0.5) * step)


def compare(schedule: Schedule, actuals: Sequence[Actual], problems: Problems) -> Comparison:
    """Planned against actual, a row for each activity of the plan and for each that it no longer has.

    A class that is given twice counts once, and is a problem.
    """
    classes = tuple(_distinct(actuals, problems))
    rows = [
        Row(each.identity, each.title, each.number, each.minutes, *_in_classes(each.identity, classes))
        for each in schedule.activities
        if each.kind != "before"
    ]
    present = {each.identity for each in schedule.activities}
    gone = {each.identity: each for one in classes for each in one.activities if each.identity not in present}
    rows += [
        Row(each.identity, each.title, "", None, *_in_classes(identity, classes), gone=True)
        for identity, each in gone.items()
    ]
    return Comparison(schedule, classes, tuple(rows))


def _distinct(actuals: Iterable[Actual], problems: Problems) -> Iterable[Actual]:
    """A class saved twice has the same first moment; the file with more activities counts."""
    kept: dict[datetime | None, Actual] = {}
    for each in sorted(actuals, key=lambda one: -len(one.activities)):
        if each.began is None:
            problems.add(Place(each.source), "bad-actual", "no activity of this class has begun", "leave the file out")
        elif each.began in kept:
            message = f"this is the class of {kept[each.began].source} again"
            problems.add(Place(each.source), "bad-actual", message, "leave one of the two files out")
        else:
            kept[each.began] = each
    return [each for each in actuals if each in kept.values()]


def _in_classes(identity: str, classes: Sequence[Actual]) -> tuple[tuple[float | None, ...], tuple[bool, ...]]:
    """What an activity took in each class, and whether it was skipped there."""
    taken = [one.of(identity) for one in classes]
    return tuple(each.minutes if each else None for each in taken), tuple(bool(each and each.skipped) for each in taken)
