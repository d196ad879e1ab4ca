"""Holds a lesson plan against itself: its minutes, its numbers, its breaks, and all places where it says them twice."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from labguide.model import Place
from labguide.problems import Problems, did_you_mean
from labguide.schedule import matching
from labguide.schedule.clock import shown
from labguide.schedule.model import ROLES, Activity, Schedule
from labguide.schedule.reading import Plan
from labguide.schedule.tables import Tracker, TrackerRow, day_of

LONGEST = 480.0
"""Minutes that one activity takes at most, where the plan does not say how long the class is: a day of eight hours."""

_TIME = "write it at the end as `(10 min)` or `(0:10)`"


def check(plan: Plan, problems: Problems) -> None:
    """Tell all that is wrong with a plan by itself."""
    schedule = plan.schedule
    if not schedule.activities:
        message = "no heading and no table of this plan says who does what for how long"
        remedy = "write a heading for each step: `### 1. Instructor Do: Welcome (5 min)`"
        problems.add(Place(schedule.path), "no-steps", message, remedy)
    for activity in schedule.activities:
        _check_activity(activity, plan, problems)
    _check_names(plan, problems)
    _check_target(plan, problems)
    _check_breaks(schedule, problems)
    _check_totals(plan, problems)
    for tracker in plan.trackers:
        check_tracker(tracker, problems)
        compare(schedule, tracker, problems)
    if plan.own_table:
        check_tracker(plan.own_table, problems)


def _check_activity(activity: Activity, plan: Plan, problems: Problems) -> None:
    if stranger := plan.strangers.get(activity.identity):
        remedy = did_you_mean(stranger.lower(), ROLES)
        message = f'nobody is known as "{stranger}"'
        problems.add(activity.place, "unknown-role", message, remedy)
    if activity.minutes is None:
        problems.add(activity.place, "missing-minutes", *_why_none(activity, plan))
    elif activity.minutes > (plan.schedule.target or LONGEST):
        whole = "the class" if plan.schedule.target else "a day of class"
        message = f"this takes {shown(activity.minutes)} minutes, {whole} has {shown(plan.schedule.target or LONGEST)}"
        remedy = "mend the time, or say with `minutes:` in the front matter how long the class is"
        problems.add(activity.place, "too-long", message, remedy)


def _why_none(activity: Activity, plan: Plan) -> tuple[str, str]:
    named = f'"{activity.title}"'
    if activity.rest:
        message = f"{named} takes what is left, but nothing says how long the class is"
        return message, "write `minutes:` in the front matter"
    if activity.identity in plan.unfilled:
        return f"the minutes of {named} are still to be filled in", _TIME
    return f"nothing says how long {named} takes", _TIME


def _check_names(plan: Plan, problems: Problems) -> None:
    """Two activities of one number; `0` is what people write who do not number, and none is none."""
    seen: dict[tuple[int, str], Activity] = {}
    names: dict[str, Activity] = {}
    for activity in plan.schedule.activities:
        first = names.setdefault(activity.identity, activity)
        if first is not activity:
            message = f"{first.place} has the id `{activity.identity}` too"
            problems.add(activity.place, "duplicate-id", message, "give one of the two another id")
        number = activity.number.lstrip("0")
        if not number or number.startswith("-"):
            continue
        other = seen.setdefault((plan.sections.get(activity.identity, 0), number), activity)
        if other is not activity:
            message = f"{other.place} has the number {activity.number} too"
            problems.add(activity.place, "duplicate-number", message, "number the steps anew, or write `0.` for all")


def _check_target(plan: Plan, problems: Problems) -> None:
    schedule = plan.schedule
    if schedule.target is not None and schedule.total > schedule.target:
        over = schedule.total - schedule.target
        message = f"the activities take {shown(schedule.total)} minutes, {shown(over)} more than the class has"
        problems.add(plan.target_place, "over-target", message, "shorten some, or leave out what matters least")


def _check_breaks(schedule: Schedule, problems: Problems) -> None:
    """Tell, once for each sitting, where it has become too long."""
    for sitting in _sittings(schedule):
        length = sum(activity.counted for activity in sitting)
        if length > schedule.break_after:
            sat, late = 0.0, sitting[0]
            for activity in sitting:
                late = activity if sat <= schedule.break_after else late
                sat += activity.counted
            message = (
                f"here the class has sat for more than {shown(schedule.break_after)} minutes, {shown(length)} in all"
            )
            remedy = "put a break before it, or write how long is right as `break_after:` in the front matter"
            problems.add(late.place, "no-break", message, remedy)


def _sittings(schedule: Schedule) -> Iterator[list[Activity]]:
    """What happens between breaks."""
    sitting: list[Activity] = []
    for activity in schedule.activities:
        if activity.kind == "break" and activity.minutes != 0:
            yield sitting
            sitting = []
        else:
            sitting.append(activity)
    yield sitting


def _check_totals(plan: Plan, problems: Problems) -> None:
    """Totals that the plan states and that its steps do not make."""
    for total in plan.totals:
        activities = [each for each in plan.schedule.activities if each.identity in total.identities]
        minutes = sum(activity.counted for activity in activities)
        if activities and minutes != total.minutes and all(each.minutes is not None for each in activities):
            span = (
                str(activities[0].place) if len(activities) == 1 else f"{activities[0].place} to {activities[-1].place}"
            )
            message = f"{total.said} says {shown(total.minutes)} minutes, {span} says {shown(minutes)}"
            problems.add(total.place, "totals-differ", message, "make both say the same")


# ---- Trackers ----


def check_tracker(tracker: Tracker, problems: Problems) -> None:
    """Tell where a table's times of beginning are not the sum of what comes before."""
    for row, after in pairwise(tracker.rows):
        minutes = row.step.duration.minutes if row.step.duration else None
        if minutes is None or row.start is None or after.start is None:
            continue
        gap = (after.start - row.start) % max(day_of(row), day_of(after))
        if gap != minutes % max(day_of(row), day_of(after)):
            message = f"this begins {shown(gap)} minutes after {row.place}, which takes {shown(minutes)}"
            problems.add(after.place, "clock-differs", message, "mend the time of one of the two")


def compare(schedule: Schedule, tracker: Tracker, problems: Problems) -> None:
    """Tell where a plan and a table of the same class differ: steps, minutes, the total."""
    for activity, row in matching.pairs(schedule.activities, tracker.rows):
        if row is None and activity and activity.kind not in ("end", "before"):
            message = f'no row of the table at {tracker.place} is "{activity.title}"'
            problems.add(activity.place, "tracker-differs", message, "add it there, or take it out here")
        elif activity is None and row and row.step.kind not in ("end", "before"):
            message = f'no step of {schedule.path} is "{row.step.title}"'
            problems.add(row.place, "tracker-differs", message, "add it there, or take it out here")
        elif activity and row:
            _compare_minutes(activity, row, problems)
    total = tracker.total
    if schedule.activities and total and total != schedule.total:
        last = schedule.activities[-1].place
        message = f"the table takes {shown(total)} minutes in all, the steps up to {last} take {shown(schedule.total)}"
        problems.add(tracker.place, "totals-differ", message, "make both say the same")


def _compare_minutes(activity: Activity, row: TrackerRow, problems: Problems) -> None:
    said = row.step.duration.minutes if row.step.duration else None
    if said is not None and activity.minutes is not None and said != activity.minutes:
        message = f"this takes {shown(activity.minutes)} minutes, but {shown(said)} at {row.place}"
        problems.add(activity.place, "tracker-differs", message, "make both say the same")
