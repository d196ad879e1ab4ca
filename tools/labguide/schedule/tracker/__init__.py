"""The time tracker: one page by itself for who stands in front of a class.

It shows what is on, for how long, what comes next, how far the class is ahead or behind, and what it may skip. It keeps
the actual times in the browser and saves them as a file, which `labguide.schedule.actual` reads.

The page is one file that asks for nothing else: style, script, words and schedule are in it. What its script keeps is
told in `tracker.js`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from labguide import html_pages
from labguide.schedule import clock
from labguide.schedule.model import Activity, Schedule
from labguide.schedule.tracker.words import Words, language_name, words_of

__all__ = ["page"]

_TEMPLATE = Path(__file__).with_name("tracker.html")

Link = tuple[str, str]
"""What a reader sees of a link, and its address relative to the page."""


def page(
    schedule: Schedule,
    *,
    course: str = "",
    alternates: Mapping[str, str] | None = None,
    plan: str | None = None,
    workbook: str | None = None,
    links: Mapping[str, Sequence[Link]] | None = None,
) -> str:
    """The HTML page of the tracker in the language of the schedule; English words if that has none.

    The browser keeps actual times under the name of the schedule, the same in every language, and `course`: pages that
    are opened from a disk share one store, and two courses may have a plan of one name. The addresses are relative to
    the page: `alternates` of the tracker in other languages by their tags, `plan` of the lesson plan, `workbook` of
    the same as `.xlsx`, `links` of what an activity shows, by its identity.
    """
    words = words_of(schedule.language)
    return html_pages.self_contained(
        _TEMPLATE,
        _said(schedule, course, words, links or {}),
        schedule=schedule,
        words=words,
        rows=_rows(schedule, words),
        others=[(tag, language_name(tag), where) for tag, where in sorted((alternates or {}).items())],
        plan=plan,
        workbook=workbook,
    )


def _rows(schedule: Schedule, words: Words) -> list[dict[str, Any]]:
    """The table as it is without the script: with the clock times of the plan's own start."""
    return [
        {
            "activity": slot.activity,
            "at": clock.on_clock(schedule.start, slot.began),
            "who": words.who(slot.activity),
            "value": words.value(slot.activity.value),
            "minutes": words.minutes(slot.activity.minutes),
        }
        for slot in clock.slots(schedule)
    ]


def _said(schedule: Schedule, course: str, words: Words, links: Mapping[str, Sequence[Link]]) -> dict[str, Any]:
    """What the script is told."""
    return {
        "schedule": schedule.name,
        "title": schedule.title,
        "course": course,
        "start": schedule.start,
        "words": words.page,
        "activities": [_activity(each, words, links.get(each.identity, ())) for each in schedule.activities],
    }


def _activity(activity: Activity, words: Words, links: Sequence[Link]) -> dict[str, Any]:
    return {
        "id": activity.identity,
        "title": activity.title,
        "who": words.who(activity),
        "kind": activity.kind,
        "minutes": activity.minutes,
        "least": activity.least,
        "value": activity.value,
        "links": list(links),
    }
