"""The page of a lesson plan: its own text, with the schedule as a table in front.

The clock times are those of the plan's own start; a script lets the reader choose another one
(`theme/assets/labguide/schedule.js`).
"""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Iterator, Mapping, Sequence

from labguide.model import Dialect, Line, Place, Woven
from labguide.schedule import clock
from labguide.schedule.clock import Slot, shown
from labguide.schedule.model import Activity, Schedule
from labguide.schedule.tracker import words as labels
from labguide.schedule.words import words_of
from labguide.shown_values import as_markdown

CLOCK_CLASS, START_CLASS = "schedule-clock", "schedule-start"

_ATTRIBUTES = re.compile(r"\s*(?P<attributes>\{:?[^{}]*#[^{}]*\}\s*)$")
_HEADING = re.compile(r"^ {0,3}#{1,6}(?!#)\s*\S")


def with_table(woven: Woven, schedule: Schedule, dialect: Dialect, links: Mapping[str, str]) -> Woven:
    """A plan's page with its schedule after the first heading, or at the top where that is a step already.

    `links` are further links below the table: what readers see of each, and its target.
    """
    lines = list(woven.lines)
    places = {activity.place: activity for activity in schedule.activities}
    has_ids = "attr_list" in dialect.extensions
    anchored = [each for line in lines for each in _with_anchor(line, places, has_ids)]
    first = woven.document.body_line - 1
    head = next(
        (number for number, line in enumerate(anchored) if number >= first and _is_title(line, places)), first - 1
    )
    place = Place(schedule.path)
    block = [Line(text, place, None, written=False) for text in ["", *table(schedule, links), ""]]
    return dataclasses.replace(woven, lines=(*anchored[: head + 1], *block, *anchored[head + 1 :]))


def _is_title(line: Line, places: Mapping[Place, Activity]) -> bool:
    return line.written and line.place not in places and _HEADING.match(line.text) is not None


def _with_anchor(line: Line, places: Mapping[Place, Activity], has_ids: bool) -> Iterator[Line]:
    """A step's line, with an anchor above it where its heading has no id, or the host's Markdown knows of none.

    Beside Chinese people write no blank before `{#id}`, but Markdown wants one.
    """
    activity = places.get(line.place) if line.written else None
    if activity is None or not activity.headed:
        yield line
        return
    attributes = _ATTRIBUTES.search(line.text)
    if not (attributes and has_ids):
        for text in (f'<a id="{html.escape(activity.identity)}"></a>', ""):
            yield Line(text, line.place, None, written=False)
    if attributes:
        kept = f" {attributes['attributes']}" if has_ids else ""
        line = dataclasses.replace(line, text=f"{line.text[: attributes.start()]}{kept}")
    yield line


def table(schedule: Schedule, links: Mapping[str, str]) -> list[str]:
    """The schedule as Markdown: where to choose the start, the table, totals, and links."""
    words = words_of(schedule.language)
    start = f'data-start="{schedule.start}" data-label="{html.escape(words["start"])}"'
    heads = [words[name] for name in ("clock", "number", "who", "what", "minutes", "value")]
    return [
        f'<span class="{START_CLASS}" {start}></span>',
        "",
        _row(heads),
        "| --- | --- | --- | --- | ---: | --- |",
        *(_row(_cells(slot, schedule)) for slot in clock.slots(schedule)),
        "",
        f"{totals(schedule)} {of_roles(schedule)}",
        "",
        " · ".join(f"[{as_markdown(text)}]({target})" for text, target in links.items()),
    ]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(slot: Slot, schedule: Schedule) -> list[str]:
    activity = slot.activity
    title = as_markdown(activity.title)
    at = clock.on_clock(schedule.start, slot.began)
    return [
        f'<time class="{CLOCK_CLASS}" data-after="{shown(slot.began)}">{at}</time>',
        as_markdown(activity.number),
        as_markdown(who(activity, schedule.language)),
        f"[{title}](#{activity.identity})" if activity.headed else title,
        minutes(activity),
        labels.words_of(schedule.language).value(activity.value),
    ]


def who(activity: Activity, language: str) -> str:
    """Who is busy, and with what: `Instructor, review`; `Break`; `Instructor, before class`."""
    said = labels.words_of(language).who(activity)
    words = words_of(language)
    if activity.kind != "before":
        return said
    return words["before_of"].format(who=said) if said else words["before"]


def minutes(activity: Activity) -> str:
    """What an activity takes: `10–30` for a range, `?` if nothing says it."""
    if activity.minutes is None:
        return "?"
    return (
        f"{shown(activity.least)}–{shown(activity.minutes)}" if activity.least is not None else shown(activity.minutes)
    )


def totals(schedule: Schedule) -> str:
    """How much of the class is planned, in a sentence."""
    words, target = words_of(schedule.language), schedule.target
    if target is None:
        return words["total_alone"].format(total=shown(schedule.total))
    name = "total_full" if schedule.total == target else "total" if schedule.total < target else "total_over"
    rest = shown(abs(target - schedule.total))
    return words[name].format(total=shown(schedule.total), target=shown(target), rest=rest)


def of_roles(schedule: Schedule) -> str:
    """Who is busy for how long, in a sentence: `Instructor: 20 min; Everyone: 35 min.`"""
    words, common = words_of(schedule.language), labels.words_of(schedule.language).common
    found = clock.by_role(schedule)
    names = {role: words["break"] if role == "break" else common.get(role, words["nobody"]) for role in found}
    said = (words["of_role"].format(role=names[role], minutes=shown(total)) for role, total in found.items())
    return words["separator"].join(said) + words["stop"]
