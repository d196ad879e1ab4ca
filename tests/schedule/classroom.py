"""A class to keep time of: its schedule, its tracker's pages on a disk, and a browser whose clock a test turns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from labguide.model import Place
from labguide.schedule import tracker
from labguide.schedule.model import Activity, Schedule

TAIPEI = timezone(timedelta(hours=8))
PLACE = Place("docs/plans/introduction.md")
MARKUP = "<script>document.title = 'run'</script> & <b>bold</b>"

ACTIVITIES = (
    Activity(PLACE, "Prepare the room", "prepare", kind="before", minutes=15),
    Activity(PLACE, "Welcome", "welcome", "1", ("instructor",), "do", minutes=5, value="high"),
    Activity(PLACE, "Introduce SageMaker", "introduce", "2", ("instructor",), "demo", minutes=10, value="critical"),
    Activity(PLACE, "Explore", "explore", "3", ("students",), "do", minutes=5, value="medium"),
    Activity(PLACE, "Break", "break", kind="break", minutes=15),
    Activity(PLACE, MARKUP, "markup", "4", ("everyone", "assistants"), "do", minutes=15, least=10, value="high"),
    Activity(PLACE, "Look around", "look", "5", ("students",), "do", minutes=10, value="optional"),
    Activity(PLACE, "Questions", "questions", "6", ("everyone",)),
    Activity(PLACE, "End", "end", kind="end", minutes=0),
)
"""An hour, from 9 to 10."""

PLAN = Schedule(PLACE.path, "introduction", "Introduction", target=60, activities=ACTIVITIES)


def with_minutes(**minutes: float | None) -> Schedule:
    """The plan with other minutes of some activities."""
    return replace(
        PLAN,
        activities=tuple(replace(each, minutes=minutes.get(each.identity, each.minutes)) for each in ACTIVITIES),
    )


def without(*identities: str) -> Schedule:
    """The plan without some activities."""
    return replace(PLAN, activities=tuple(each for each in ACTIVITIES if each.identity not in identities))


def long_plan(steps: int) -> Schedule:
    """A plan of so many activities of a minute each."""
    many = tuple(
        Activity(PLACE, f"Step {number}", f"step-{number}", f"{number}", ("students",), minutes=1)
        for number in range(1, steps + 1)
    )
    return replace(PLAN, activities=many)


def at(clock: str, day: int = 27) -> datetime:
    """A time of that day in November 2026, in Taipei."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, day, hour, minute, tzinfo=TAIPEI)


@dataclass
class Classroom:
    """A browser at the tracker's page, which it opens from the disk; one for each test."""

    folder: Path
    context: BrowserContext

    def open(self, schedule: Schedule = PLAN, **options: Any) -> Page:
        """The page of a schedule, written anew."""
        return self.visit(self.context.new_page(), schedule, **options)

    def visit(self, page: Page, schedule: Schedule = PLAN, **options: Any) -> Page:
        """Opens a schedule in a tab that is there."""
        file = self.folder / f"{schedule.name}-tracker.{schedule.language}.html"
        file.write_text(tracker.page(schedule, **options), "utf-8")
        page.goto(file.as_uri())
        return page

    def pass_time(self, minutes: float) -> None:
        """Minutes go by at once, as if the laptop had been closed: no second ticks, until they are over."""
        self.context.clock.fast_forward(round(minutes * 60_000))

    def tick(self, seconds: int) -> None:
        """Seconds go by, one after the other, in all tabs."""
        self.context.clock.run_for(seconds * 1000)


@contextmanager
def classroom(browser: Browser, folder: Path, *, clock: str = "09:00", **options: Any) -> Iterator[Classroom]:
    """A classroom in which it is nine o'clock."""
    context = browser.new_context(timezone_id="Asia/Taipei", locale="en-GB", **options)
    context.set_default_timeout(10_000)
    context.clock.install(time=at(clock) - timedelta(seconds=1))
    context.clock.pause_at(at(clock))
    yield Classroom(folder, context)
    context.close()


def row(page: Page, identity: str) -> list[str]:
    """What the table says of an activity: planned, actual, minutes, took, over."""
    names = ("at", "actual", "minutes", "took", "difference")
    return [page.locator(f'tr[data-id="{identity}"] .{name}').inner_text() for name in names]


def shown(page: Page, *names: str) -> list[str]:
    """What the stage says: `what`, `time`, `pace` and so on."""
    return [page.locator(f"#{name}").inner_text() for name in names]
