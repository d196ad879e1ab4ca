"""The words of a class, as frozen values.

    Schedule                what a lesson plan says; identified by its name ("introduction"), the same in every language
    └── Activity            one of its steps; identified within the plan by its identity ("welcome", "activity-3")
        └── Shown           a lesson, a deck, a slide or a cell that it links to

All times are minutes. Nothing here reads a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from labguide.model import DEFAULT_LANGUAGE, Place

ActivityKind = Literal["activity", "break", "end", "before"]
"""A break is time without teaching; an end is the moment at which a class is over; `before` is done before it begins
and counts in no sum."""

Role = Literal["instructor", "students", "everyone", "partners", "groups", "assistants"]
ROLES: tuple[Role, ...] = ("instructor", "students", "everyone", "partners", "groups", "assistants")

Verb = Literal["", "do", "demo", "review", "talk"]

Value = Literal["", "critical", "high", "medium", "low", "optional"]
VALUES: tuple[Value, ...] = ("critical", "high", "medium", "low", "optional")
"""How much a class would lose without an activity, the most first; empty where its author does not say."""

DEFAULT_START = "09:00"
"""When a class begins, if a plan does not say it."""

BREAK_AFTER = 90.0
"""Minutes that a class sits without a break at most, if a plan does not say it."""


@dataclass(frozen=True)
class Shown:
    """What an activity links to in the workshop: `target` is a path in the project, with `#anchor` for a part of it."""

    kind: Literal["lesson", "slide", "cell", "deck"]
    target: str
    """`docs/modules/2-video-games.md`, `slides/intro.md`, `slides/intro.md#/train`; of a cell `video-games#train`."""
    place: Place


@dataclass(frozen=True)
class Activity:
    """One step of a class: who does what, for how long."""

    place: Place
    """The line that says it."""
    title: str
    identity: str
    """The same in every language: the id of the heading, `{#welcome}`, if it has one, else `activity-` and its position
    among the plan's steps, from 1. Actual times name it, and the page has it as an anchor."""
    number: str = ""
    """As it was written, without the dot: `1`, `2.3`, `0`; it is a label, order comes from the file."""
    roles: tuple[Role, ...] = ()
    """Who is busy; none for breaks and ends, or if the plan does not say it."""
    verb: Verb = ""
    kind: ActivityKind = "activity"
    minutes: float | None = None
    """What it takes, the longer end of a range; None if the plan does not say it, which is a problem."""
    least: float | None = None
    """The shorter end of a range; None if there is no range."""
    value: Value = ""
    shows: tuple[Shown, ...] = ()
    rest: bool = False
    """It takes what is left of the class (`REMAINDER`): its minutes follow from those of the others."""
    headed: bool = True
    """A heading says it, to which one can link; else it is a row of a table."""

    @property
    def counted(self) -> float:
        """Minutes that it adds to the class."""
        return 0.0 if self.kind == "before" else self.minutes or 0.0


@dataclass(frozen=True)
class Schedule:
    """A lesson plan, read."""

    path: str
    """The file, relative to the project."""
    name: str
    """The file's name without language and extension."""
    title: str
    language: str = DEFAULT_LANGUAGE
    target: float | None = None
    """Minutes that the class has, as the front matter says; None if it does not."""
    start: str = DEFAULT_START
    """When it begins: `13:30`."""
    break_after: float = BREAK_AFTER
    """Minutes without a break that are too many."""
    activities: tuple[Activity, ...] = ()
    objectives: tuple[str, ...] = ()
    """What students can do afterwards: the list below the heading that says so, without markup."""

    @property
    def total(self) -> float:
        """Minutes that all activities take together."""
        return sum(activity.counted for activity in self.activities)

    def activity(self, identity: str) -> Activity | None:
        """The activity of that identity."""
        return next((each for each in self.activities if each.identity == identity), None)
