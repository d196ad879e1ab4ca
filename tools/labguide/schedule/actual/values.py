"""What the time tracker noted, as frozen values: a class, and what became of each activity in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

FORMAT = "labguide-actual-1"


@dataclass(frozen=True)
class Taken:
    """What became of one activity in one class."""

    identity: str
    title: str = ""
    planned: float | None = None
    """The minutes of the plan of then; None if it had none, or if the file does not say it."""
    began: datetime | None = None
    ended: datetime | None = None
    paused: float = 0.0
    """Seconds."""
    skipped: bool = False

    @property
    def minutes(self) -> float | None:
        """How long it took without pauses; None if it did not begin or did not end."""
        if self.began is None or self.ended is None:
            return None
        return max(0.0, (self.ended - self.began).total_seconds() - self.paused) / 60


@dataclass(frozen=True)
class Actual:
    """The times of one class."""

    source: str
    """The file, as the user named it."""
    schedule: str
    start: datetime | None
    """When the class was to begin; None if the file does not say it."""
    activities: tuple[Taken, ...]

    def of(self, identity: str) -> Taken | None:
        """What became of an activity; None if nothing was noted."""
        return next((each for each in self.activities if each.identity == identity), None)

    @property
    def began(self) -> datetime | None:
        """When the first activity began."""
        return min((each.began for each in self.activities if each.began), default=None)

    @property
    def ended(self) -> datetime | None:
        """When the last activity ended; None while one is on."""
        if any(each.began and not each.ended for each in self.activities):
            return None
        return max((each.ended for each in self.activities if each.ended), default=None)
