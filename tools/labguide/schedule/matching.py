"""Finds the same steps in a plan and in a tracker, whose titles, numbers and even order may differ a little."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from labguide.schedule.model import Activity, ActivityKind, Role
from labguide.schedule.tables import TrackerRow

_ALIKE = 0.5
"""How alike two steps have to be."""


@dataclass(frozen=True)
class _Traits:
    number: str
    title: str
    kind: ActivityKind
    roles: tuple[Role, ...]
    minutes: float | None


def pairs(
    activities: Sequence[Activity], rows: Sequence[TrackerRow]
) -> list[tuple[Activity | None, TrackerRow | None]]:
    """Activities and rows that are the same step, in order; None beside what only one of the two has."""
    left, right = [_of_activity(each) for each in activities], [_of_row(each) for each in rows]
    best = _scores(left, right)
    found: list[tuple[Activity | None, TrackerRow | None]] = []
    i = j = 0
    while i < len(left) and j < len(right):
        if best[i][j] == best[i + 1][j]:
            found.append((activities[i], None))
            i += 1
        elif best[i][j] == best[i][j + 1]:
            found.append((None, rows[j]))
            j += 1
        else:
            found.append((activities[i], rows[j]))
            i, j = i + 1, j + 1
    return [*found, *((each, None) for each in activities[i:]), *((None, each) for each in rows[j:])]


def _scores(left: Sequence[_Traits], right: Sequence[_Traits]) -> list[list[float]]:
    """For each pair of beginnings the best sum of likenesses of what follows."""
    best = [[0.0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in range(len(left) - 1, -1, -1):
        for j in range(len(right) - 1, -1, -1):
            likeness = _likeness(left[i], right[j])
            both = likeness + best[i + 1][j + 1] if likeness >= _ALIKE else 0.0
            best[i][j] = max(both, best[i + 1][j], best[i][j + 1])
    return best


def _likeness(left: _Traits, right: _Traits) -> float:
    """From 0 to 2: by the titles, and a little by numbers, roles and minutes."""
    if left.kind != right.kind:
        return 0.0
    if left.kind in ("break", "end"):
        return 1.0 + 0.2 * (left.number == right.number) + 0.1 * (left.minutes == right.minutes)
    titles = difflib.SequenceMatcher(None, left.title, right.title, autojunk=False).ratio()
    same = (
        0.2 * (left.number == right.number != "")
        + 0.1 * (left.roles == right.roles)
        + 0.1 * (left.minutes == right.minutes)
    )
    return titles + same if titles >= _ALIKE or same > 0.35 else 0.0


def _of_activity(activity: Activity) -> _Traits:
    return _Traits(_bare(activity.number), _words(activity.title), activity.kind, activity.roles, activity.minutes)


def _of_row(row: TrackerRow) -> _Traits:
    step = row.step
    minutes = step.duration.minutes if step.duration else None
    return _Traits(_bare(step.number), _words(step.title), step.kind, step.roles, minutes)


def _bare(number: str) -> str:
    return number.lstrip("0")


def _words(title: str) -> str:
    return " ".join(re.findall(r"\w+", title.lower()))
