"""Reads a lesson plan: which of its headings and rows are steps, and what they say.

The level at which most steps stand is the plan's own. Headings below it are parts of a step, headings above it
sections, unless they are steps by their number, their role or their kind. What stands among the steps at their own
level, says neither who nor how long, and is no usual section of plans, is told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import PurePosixPath
from typing import Any

from labguide import blocks
from labguide.model import Document, Place, Project
from labguide.problems import Problems
from labguide.schedule import matching, outline, steps, tables, times, vocabulary
from labguide.schedule.model import BREAK_AFTER, DEFAULT_START, Activity, Schedule
from labguide.schedule.outline import Heading
from labguide.schedule.steps import Step
from labguide.schedule.tables import Section, Tracker

KIND = "plan"
"""What the front matter of a plan says: `kind: plan`."""

_ITEM = re.compile(r"^\s*(?:[*+-]|\d+[.)])\s+(?P<text>.+)$")
_MINUTES = "write it as `(10 min)` or `(0:10)` at the end"


@dataclass(frozen=True)
class Total:
    """Minutes that a plan states for several steps: for all below a heading, or in a table."""

    place: Place
    minutes: float
    identities: tuple[str, ...]
    said: str
    """What says it: `this heading`."""


@dataclass(frozen=True)
class Plan:
    """A plan as it was read: the schedule, and what else it says about the same steps."""

    schedule: Schedule
    target_place: Place
    """Where the plan says how long the class is."""
    totals: tuple[Total, ...] = ()
    trackers: tuple[Tracker, ...] = ()
    """Tables that say the same once more."""
    own_table: Tracker | None = None
    """The table that the activities were read from, if they are in no headings."""
    sections: Mapping[str, int] = field(default_factory=dict)
    """In which section each activity stands, by its identity."""
    unfilled: frozenset[str] = frozenset()
    """Activities whose minutes a template left open."""
    strangers: Mapping[str, str] = field(default_factory=dict)
    """Who does an activity, if that is nobody known, by its identity."""
    lines: Mapping[str, range] = field(default_factory=dict)
    """The lines of the document, from 0, that belong to each activity."""


@dataclass(frozen=True)
class _Candidate:
    heading: Heading
    step: Step

    @property
    def is_like_a_step(self) -> bool:
        return self.step.duration is not None or self.step.says_who


def is_plan(document: Document) -> bool:
    """Whether a document is a lesson plan."""
    return document.kind == "lesson" and document.meta.get("kind") == KIND


def prose_of(document: Document, project: Project) -> tuple[str, ...]:
    """The lines of a document without code and comments."""
    return blocks.find([line.text for line in document.lines], document.body_line - 1, project.dialect).prose


def read(document: Document, project: Project, problems: Problems) -> Plan:
    """A lesson plan. What looks like a step and cannot be read becomes a problem."""
    prose = prose_of(document, project)
    candidates = [_Candidate(heading, steps.read(heading.text)) for heading in outline.headings(prose)]
    trackers = tuple(_joined(tables.trackers(outline.tables(prose), [line.place for line in document.lines])))
    chosen = _Chosen(candidates, document, problems)
    if not chosen.steps and trackers:
        found = _of_rows(trackers[0], document)
        trackers = trackers[1:]
    else:
        found = chosen.plan(tables.sections(prose), trackers)
    schedule = replace(
        _header(document, problems), activities=found.schedule.activities, objectives=_objectives(candidates, prose)
    )
    schedule = replace(schedule, title=_title(document, candidates), activities=tuple(_timed(schedule, trackers)))
    schedule = replace(schedule, activities=tuple(_filled(schedule)))
    return replace(found, schedule=schedule, trackers=trackers)


def _joined(trackers: Sequence[Tracker]) -> Iterator[Tracker]:
    """The trackers, with those that go on where another ends as one: morning and afternoon."""
    whole: Tracker | None = None
    for tracker in trackers:
        numbers = (
            {row.step.number for row in whole.rows} & {row.step.number for row in tracker.rows} if whole else set()
        )
        if whole and not numbers - {""}:
            whole = replace(whole, rows=whole.rows + tracker.rows)
        else:
            if whole:
                yield whole
            whole = tracker
    if whole:
        yield whole


# ---- Front matter ----


def _header(document: Document, problems: Problems) -> Schedule:
    """What the front matter says."""
    meta = document.meta
    return Schedule(
        path=document.path,
        name=PurePosixPath(document.name).name,
        title=str(meta.get("title") or ""),
        language=document.language,
        target=_minutes(document, "minutes", problems),
        start=_start(document, problems),
        break_after=_minutes(document, "break_after", problems) or BREAK_AFTER,
    )


def _minutes(document: Document, key: str, problems: Problems) -> float | None:
    said: Any = document.meta.get(key)
    if said is None:
        return None
    if isinstance(said, int | float) and not isinstance(said, bool) and said > 0:
        return float(said)
    duration = times.of_cell(str(said))
    if duration and duration.minutes:
        return duration.minutes
    problems.add(document.place_of(key), "bad-header", f"`{key}: {said}` is no time", f"write minutes: `{key}: 90`")
    return None


def _start(document: Document, problems: Problems) -> str:
    said: Any = document.meta.get("start", DEFAULT_START)
    if isinstance(said, int) and not isinstance(said, bool) and 0 <= said < 1440:
        return f"{said // 60:02}:{said % 60:02}"  # YAML takes 13:30 for a number to the base of sixty
    clock = times.clock(str(said))
    if clock and clock[0] < 1440:
        return f"{clock[0] // 60:02}:{clock[0] % 60:02}"
    problems.add(document.place_of("start"), "bad-header", f"`start: {said}` is no clock", 'write `start: "13:30"`')
    return DEFAULT_START


def _title(document: Document, candidates: Sequence[_Candidate]) -> str:
    said = document.meta.get("title")
    first = next((steps.plain(steps.heading_id(each.heading.text)[1]) for each in candidates), "")
    return str(said or first or PurePosixPath(document.name).name)


def _objectives(candidates: Sequence[_Candidate], prose: Sequence[str]) -> tuple[str, ...]:
    """The items of the list below the heading that speaks of objectives."""
    headings = [candidate.heading for candidate in candidates]
    for heading, after in zip_longest(headings, headings[1:]):
        if vocabulary.OBJECTIVES.search(heading.text) and heading.level < outline.BOLD_LEVEL:
            found = (_ITEM.match(text) for text in prose[heading.line + 1 : after.line if after else None])
            if items := tuple(steps.plain(item["text"]) for item in found if item):
                return items
    return ()


# ---- Headings ----


class _Chosen:
    """Which headings of a plan are steps, which are parts of steps, and which state a total."""

    def __init__(self, candidates: Sequence[_Candidate], document: Document, problems: Problems) -> None:
        self._all, self._document, self._problems = candidates, document, problems
        levels = Counter(each.heading.level for each in candidates if each.is_like_a_step)
        self._level = min(levels, key=lambda level: (-levels[level], level), default=0)
        own = [each.step.number for each in candidates if each.heading.level == self._level and each.is_like_a_step]
        self._numbered = sum(map(bool, own)) * 2 > len(own)
        self.steps: list[_Candidate] = []
        self._parts: dict[int, list[_Candidate]] = {}
        """Parts of steps, by the line of the step."""
        self._above: list[_Candidate] = []
        """Headings above the steps."""
        unsure: list[_Candidate] = []
        for at, candidate in enumerate(candidates):
            self._sort(at, candidate, unsure)
        self._tell(unsure)

    def _sort(self, at: int, candidate: _Candidate, unsure: list[_Candidate]) -> None:
        level = candidate.heading.level
        if level > self._level:
            if self._is_step_below(candidate):
                self.steps.append(candidate)
            elif candidate.is_like_a_step and self.steps:
                self._parts.setdefault(self.steps[-1].heading.line, []).append(candidate)
            elif level < outline.BOLD_LEVEL and _is_hidden_break(candidate.step.title):
                unsure.append(candidate)
        elif level < self._level:
            self._above.append(candidate)
            if candidate.is_like_a_step and (self._is_whole(at) or not self._below(at)):
                self.steps.append(candidate)
        elif candidate.is_like_a_step or (candidate.step.number and self._numbered and self.steps):
            self.steps.append(candidate)
        else:
            unsure.append(candidate)

    def _is_no_section(self, candidate: _Candidate) -> bool:
        return not vocabulary.NO_STEP.search(candidate.step.title)

    def _is_step_below(self, candidate: _Candidate) -> bool:
        """Whether a heading below the level of steps is one all the same, and no part of the step before it."""
        step = candidate.step
        if not candidate.is_like_a_step:
            return False
        last = self.steps[-1] if self.steps else None
        above = self._above[-1].heading.line if self._above else -1
        if last is None or last.heading.line < above or (step.kind != "activity" and step.duration):
            return step.duration is not None
        within = step.number.startswith(f"{last.step.number}.") if last.step.number else False
        is_own = step.number and self._numbered and not within and step.number != last.step.number
        return bool(is_own and step.duration and candidate.heading.level < outline.BOLD_LEVEL)

    def _is_whole(self, at: int) -> bool:
        """Whether a heading above the level of steps says all that a step says, and those below are no parts of it."""
        step, below = self._all[at].step, self._below(at)
        if step.kind != "activity":
            return True
        whole = step.number and step.duration and step.roles
        return bool(whole and below and not below[0].step.number.startswith(f"{step.number}."))

    def _below(self, at: int) -> list[_Candidate]:
        """The steps between a heading and the next one that is not below it."""
        heading = self._all[at].heading
        rest = self._all[at + 1 :]
        end = next((number for number, each in enumerate(rest) if each.heading.level <= heading.level), len(rest))
        return [each for each in rest[:end] if each.heading.level == self._level and each.is_like_a_step]

    def _tell(self, unsure: Sequence[_Candidate]) -> None:
        """Headings at the steps' own level, among them, that say neither who nor how long."""
        lines = [each.heading.line for each in self.steps]
        for each in unsure:
            if lines and lines[0] < each.heading.line < lines[-1] and self._is_no_section(each) and each.step.title:
                message = f'"{each.step.title}" stands among the steps and says neither who does it nor how long'
                remedy = f"{_MINUTES}, or use a smaller heading if it is a part of the step above"
                self._problems.add(Place(self._document.path, each.heading.line + 1), "unread-step", message, remedy)

    # ---- what becomes of them ----

    def plan(self, sections: Sequence[Section], trackers: Sequence[Tracker]) -> Plan:
        """The activities of the plan, and the totals that it states."""
        made = [self._activity(each, at) for at, each in enumerate(self.steps, start=1)]
        by_line = {each.heading.line: activity for each, activity in zip(self.steps, made, strict=True)}
        lines = {activity.identity: self._lines(line) for line, activity in by_line.items()}
        schedule = Schedule(self._document.path, "", "", activities=tuple(made))
        totals = (*self._of_headings(by_line), *self._of_parts(by_line), *self._of_sections(sections, by_line))
        above = [each.heading.line for each in self._above]
        within = {activity.identity: sum(each < line for each in above) for line, activity in by_line.items()}
        return Plan(
            schedule,
            self._document.place_of("minutes"),
            totals,
            tuple(trackers),
            None,
            within,
            frozenset(by_line[each.heading.line].identity for each in self.steps if _is_unfilled(each.step)),
            dict(_strangers([each.step for each in self.steps], made)),
            lines,
        )

    def _activity(self, candidate: _Candidate, position: int) -> Activity:
        """An activity; its parts say how long it takes if it does not itself."""
        made = _activity(candidate.step, self._place(candidate.heading.line), position)
        parts = self._minutes_of_parts(candidate.heading.line)
        return replace(made, minutes=parts) if made.minutes is None and not made.rest and parts else made

    def _minutes_of_parts(self, line: int) -> float:
        """What the parts of a step take, without the parts of these."""
        timed = [part for part in self._parts.get(line, ()) if part.step.duration and part.step.duration.minutes]
        level = min((part.heading.level for part in timed), default=0)
        parts = (part.step.duration for part in timed if part.heading.level == level)
        return sum(duration.minutes or 0 for duration in parts if duration)

    def _place(self, line: int) -> Place:
        return self._document.lines[line].place

    def _lines(self, line: int) -> range:
        """The lines from a step to the next step, or to the next heading above the steps."""
        ends = {each.heading.line for each in (*self.steps, *self._above)}
        return range(line, min((end for end in ends if end > line), default=len(self._document.lines)))

    def _of_headings(self, by_line: Mapping[int, Activity]) -> Iterator[Total]:
        for above in self._above:
            minutes = above.step.duration.minutes if above.step.duration else None
            end = next((each.heading.line for each in self._all if _ends(each.heading, above.heading)), None)
            below = [line for line in by_line if line > above.heading.line and (end is None or line < end)]
            if minutes is not None and above.heading.line not in by_line and below:
                identities = tuple(by_line[line].identity for line in below)
                yield Total(self._place(above.heading.line), minutes, identities, "this heading")

    def _of_parts(self, by_line: Mapping[int, Activity]) -> Iterator[Total]:
        """Steps whose parts take longer than they do; parts may leave some of the time open."""
        for line, parts in self._parts.items():
            minutes, activity = self._minutes_of_parts(line), by_line[line]
            if activity.minutes is not None and minutes > activity.minutes:
                first = next(part for part in parts if part.step.duration)
                yield Total(self._place(first.heading.line), minutes, (activity.identity,), "the parts from here on")

    def _of_sections(self, sections: Sequence[Section], by_line: Mapping[int, Activity]) -> Iterator[Total]:
        for section, after in zip_longest(sections, sections[1:]):
            below = [line for line in by_line if line > section.line and (after is None or line < after.line)]
            identities = tuple(by_line[line].identity for line in below)
            yield Total(self._place(section.line), section.minutes, identities, "this table")


def _is_hidden_break(title: str) -> bool:
    """Whether a heading speaks of a break and of minutes: `105 minutes have passed - break time for 15 minutes :)`."""
    return bool(vocabulary.NAMES_BREAK.search(title) and times.in_words(title))


def _ends(heading: Heading, above: Heading) -> bool:
    return heading.line > above.line and heading.level <= above.level


def _strangers(found: Sequence[Step], made: Sequence[Activity]) -> Iterator[tuple[str, str]]:
    """Who does an activity and is nobody known, by its identity.

    Where nearly all steps say who does them, the word before a colon in another one is meant so too.
    """
    own = [step for step in found if step.kind == "activity"]
    usual = sum(bool(step.roles) for step in own) >= 0.8 * len(own)
    for step, activity in zip(found, made, strict=True):
        colon = step.before_colon if usual and step.before_colon.lower() not in vocabulary.VERBS else ""
        if stranger := step.stranger or colon:
            yield activity.identity, stranger


def _is_unfilled(step: Step) -> bool:
    return bool(step.duration and step.duration.unfilled)


def _activity(step: Step, place: Place, position: int) -> Activity:
    duration = step.duration or times.Duration()
    minutes = 0.0 if duration.minutes is None and step.kind in ("end", "before") else duration.minutes
    return Activity(
        place=place,
        title=step.title,
        identity=step.name or f"activity-{position}",
        number=step.number,
        roles=step.roles,
        verb=step.verb,
        kind=step.kind,
        minutes=minutes,
        least=duration.least,
        value=step.value,
        rest=duration.rest,
    )


# ---- Tables ----


def _of_rows(tracker: Tracker, document: Document) -> Plan:
    """A plan that is a table."""
    rows = [row for row in tracker.rows if row.step.title]
    read_so = (_activity(row.step, row.place, position) for position, row in enumerate(rows, start=1))
    made = [replace(activity, headed=False) for activity in read_so]
    numbers = {line.place: number for number, line in enumerate(document.lines)}
    pairs = list(zip(rows, made, strict=True))
    return Plan(
        Schedule(document.path, "", "", activities=tuple(made)),
        document.place_of("minutes"),
        own_table=tracker,
        unfilled=frozenset(activity.identity for row, activity in pairs if _is_unfilled(row.step)),
        strangers=dict(_strangers([row.step for row in rows], made)),
        lines={activity.identity: range(numbers[row.place], numbers[row.place] + 1) for row, activity in pairs},
    )


def _timed(schedule: Schedule, trackers: Sequence[Tracker]) -> Iterator[Activity]:
    """The activities, with the minutes that only a table says of them: of a bare BREAK, mostly."""
    rows = [matching.pairs(schedule.activities, tracker.rows) for tracker in trackers]
    said = {
        activity.identity: row.step.duration.minutes
        for pairs in reversed(rows)
        for activity, row in pairs
        if activity and row and row.step.duration and row.step.duration.minutes is not None
    }
    for activity in schedule.activities:
        untimed = activity.minutes is None and activity.identity in said
        yield replace(activity, minutes=said[activity.identity]) if untimed else activity


def _filled(schedule: Schedule) -> Iterator[Activity]:
    """The activities, with what is left of the class for the first one that takes it."""
    left = None if schedule.target is None else max(0.0, schedule.target - schedule.total)
    for activity in schedule.activities:
        if activity.rest and activity.minutes is None and left is not None:
            activity, left = replace(activity, minutes=left), 0.0
        yield activity
