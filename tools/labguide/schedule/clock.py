"""When each activity of a class begins and ends, and who is busy for how long. All times are minutes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from labguide.schedule.model import Activity, Schedule

DAY = 1440


@dataclass(frozen=True)
class Slot:
    """An activity, and when it is: minutes after the class has begun, negative for what comes before that."""

    activity: Activity
    began: float
    ended: float


def slots(schedule: Schedule) -> tuple[Slot, ...]:
    """When each activity is, in their order. What takes an unknown time takes none here."""
    return tuple(_slots(schedule))


def _slots(schedule: Schedule) -> Iterator[Slot]:
    ahead = -sum(each.minutes or 0.0 for each in schedule.activities if each.kind == "before")
    now = 0.0
    for activity in schedule.activities:
        if activity.kind == "before":
            yield Slot(activity, ahead, ahead + (activity.minutes or 0.0))
            ahead += activity.minutes or 0.0
        else:
            yield Slot(activity, now, now + activity.counted)
            now += activity.counted


def minutes_of(start: str) -> int:
    """The minutes since midnight of a clock: 810 of `13:30`."""
    hour, _, minute = start.partition(":")
    return int(hour) * 60 + int(minute)


def on_clock(start: str, after: float) -> str:
    """What the clock shows so many minutes after a start; `00:15 +1` on the next day, `23:50 -1` on the day before."""
    day, minute = divmod(minutes_of(start) + int(after // 1), DAY)
    return f"{minute // 60:02}:{minute % 60:02}{f' {day:+}' if day else ''}"


def by_role(schedule: Schedule) -> dict[str, float]:
    """Minutes by who is busy, `break` for breaks and empty for activities of nobody named.

    Activities of several roles count for each of them.
    """
    found: dict[str, float] = {}
    for activity in schedule.activities:
        roles = activity.roles or (("break",) if activity.kind == "break" else ("",))
        for role in roles if activity.counted else ():
            found[role] = found.get(role, 0.0) + activity.counted
    return found


def shown(minutes: float) -> str:
    """Minutes as people read them: `5`, `7.5`."""
    return f"{minutes:.1f}".removesuffix(".0")
