"""Holds the minutes of activities against what they show: recorded code, slides that say how long they take.

Code counts that a plan quotes or names, and the code of lessons' sections that it links to, `lesson.md#train`. A link
to a whole page, `lesson.md`, only points there: it does not say that all of it is done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from labguide.problems import Problems
from labguide.schedule.clock import shown
from labguide.schedule.model import Activity, Schedule, Shown

Times = Mapping[str, Mapping[str, float]]
"""For what activities show, by its target: the seconds of each cell and slide in it, by their names."""


def check(schedule: Schedule, times: Times, problems: Problems) -> None:
    """Tell of activities that have fewer minutes than what they show takes.

    What several activities show is shared: the minutes of all of them count.
    """
    shown_by = Counter(each.target for activity in schedule.activities for each in _done(activity))
    together = {target: _minutes_for(target, schedule) for target, count in shown_by.items() if count > 1}
    for activity in schedule.activities:
        own = _seconds(activity, times, frozenset(together))
        if activity.minutes is not None and sum(own.values()) > activity.minutes * 60:
            _tell(activity, own, activity.minutes, problems)
    for target, minutes in together.items():
        seconds = times.get(target, {})
        if sum(seconds.values()) > minutes * 60:
            _tell(next(each for each in schedule.activities if _shows(each, target)), seconds, minutes, problems)


def _seconds(activity: Activity, times: Times, without: frozenset[str]) -> dict[str, float]:
    """The seconds of everything that an activity shows alone, each cell and slide once."""
    targets = (each.target for each in _done(activity) if each.target not in without)
    return {name: seconds for target in targets for name, seconds in times.get(target, {}).items()}


def _minutes_for(target: str, schedule: Schedule) -> float:
    return sum(activity.minutes or 0.0 for activity in schedule.activities if _shows(activity, target))


def _shows(activity: Activity, target: str) -> bool:
    return any(each.target == target for each in _done(activity))


def _done(activity: Activity) -> list[Shown]:
    """What an activity shows and does not only point to; what is prepared has what time it takes."""
    return [
        each for each in activity.shows if activity.kind != "before" and (each.kind != "lesson" or "#" in each.target)
    ]


def _tell(activity: Activity, seconds: Mapping[str, float], minutes: float, problems: Problems) -> None:
    longest = max(seconds, key=lambda name: (seconds[name], name))
    takes = shown(sum(seconds.values()) / 60)
    most = f"{longest} alone {shown(seconds[longest] / 60)}" if len(seconds) > 1 else longest
    message = f'"{activity.title}" has {shown(minutes)} minutes, but what it shows takes {takes} ({most})'
    problems.add(activity.place, "does-not-fit", message, "give it more time, show less, or link to a page without `#`")
