"""Reads a file that the time tracker saved; one with any fault is refused as a whole, and all its faults are told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from labguide.model import Place
from labguide.problems import Problems, one_line
from labguide.schedule.actual.values import FORMAT, Actual, Taken
from labguide.schedule.model import Schedule

_SAVE_AGAIN = "save the times of the class again in the time tracker"
_MOST = 1e7
"""No class has so many seconds or minutes."""


def read(path: Path, schedule: Schedule, problems: Problems) -> Actual | None:
    """The times in a file that the tracker of this schedule saved; None, and problems, if it is not such a file."""
    reader = _Reader(path.as_posix(), problems)
    found = reader.content(path)
    if found is None:
        return None
    if found.get("format") != FORMAT:
        reader.refuse(f"the format is {found.get('format')!r} and not {FORMAT!r}", _SAVE_AGAIN)
        return None
    if found.get("schedule") != schedule.name:
        remedy = f"compare it with that plan: labguide schedule {found.get('schedule')} --actual {path.name}"
        reader.refuse(f"these are times of the plan {found.get('schedule')!r}, not {schedule.name!r}", remedy)
        return None
    return reader.actual(found)


@dataclass
class _Reader:
    """Reads one file, and notes all that is wrong with it."""

    source: str
    problems: Problems
    faults: int = 0

    def refuse(self, message: str, remedy: str, line: int = 1) -> None:
        self.faults += 1
        self.problems.add(Place(self.source, line), "bad-actual", message, remedy)

    def content(self, path: Path) -> Mapping[str, Any] | None:
        try:
            found = json.loads(path.read_text("utf-8-sig"))
        except OSError as error:
            self.refuse(f"the file cannot be read: {error.strerror or error}", "name a file that is there")
            return None
        except UnicodeDecodeError:
            self.refuse("the file is not text in UTF-8", _SAVE_AGAIN)
            return None
        except json.JSONDecodeError as error:
            self.refuse(f"the file is not JSON: {error.msg}", _SAVE_AGAIN, error.lineno)
            return None
        except RecursionError:
            self.refuse("the file is nested too deep", _SAVE_AGAIN)
            return None
        if not isinstance(found, dict):
            self.refuse("the file holds no times of a class", _SAVE_AGAIN)
            return None
        return found

    def actual(self, found: Mapping[str, Any]) -> Actual | None:
        listed = found.get("activities")
        if not isinstance(listed, list):
            self.refuse("the file lists no activities", _SAVE_AGAIN)
            return None
        start = self.moment(found.get("start"), "the start of the class")
        taken = tuple(self.taken(each, number) for number, each in enumerate(listed, 1))
        identities = [each.identity for each in taken]
        for identity in sorted({each for each in identities if identities.count(each) > 1}):
            self.refuse(f'the activity "{identity}" is listed twice', "leave one of them in the file")
        return None if self.faults else Actual(self.source, str(found["schedule"]), start, taken)

    def taken(self, each: Any, number: int) -> Taken:
        """One activity; what is wrong with it is noted."""
        if not isinstance(each, dict) or not isinstance(each.get("identity"), str) or not each["identity"]:
            self.refuse(f"activity {number} of the file has no identity", _SAVE_AGAIN)
            return Taken(f"{number}")
        what = f'"{each["identity"]}"'
        began, ended = (self.moment(each.get(name), f"`{name}` of {what}") for name in ("began", "ended"))
        paused = self.amount(each.get("paused"), f"`paused` of {what}") or 0.0
        planned = self.amount(each.get("planned"), f"`planned` of {what}")
        self.order(what, began, ended, paused)
        title = each.get("title")
        return Taken(
            each["identity"],
            _printable(title if isinstance(title, str) else each["identity"]),
            planned,
            began,
            ended,
            paused,
            each.get("skipped") is True,
        )

    def moment(self, written: Any, what: str) -> datetime | None:
        if written is None:
            return None
        try:
            found = datetime.fromisoformat(written)
        except (TypeError, ValueError):
            self.refuse(f"{what} is {written!r} and no time", "write it as 2026-11-27T09:00:00+08:00")
            return None
        if found.tzinfo is None:
            self.refuse(f"{what} has no time zone: {written}", "write it as 2026-11-27T09:00:00+08:00")
            return None
        return found

    def amount(self, written: Any, what: str) -> float | None:
        if written is None:
            return None
        if isinstance(written, bool) or not isinstance(written, int | float) or not 0 <= written < _MOST:
            self.refuse(f"{what} is {written!r}", "write a number, 0 or more")
            return None
        return float(written)

    def order(self, what: str, began: datetime | None, ended: datetime | None, paused: float) -> None:
        if ended is not None and began is None:
            self.refuse(f"{what} ended and never began", "write when it began")
        if began is None or ended is None:
            return
        if ended < began:
            self.refuse(f"{what} ended before it began", "correct one of the two times")
        elif paused > (ended - began).total_seconds() + 1:
            self.refuse(f"{what} was paused for longer than it went on", "correct `paused`, which is in seconds")


def _printable(text: str) -> str:
    """A text from a file as a terminal may show it."""
    return one_line("".join(sign if sign.isprintable() else " " for sign in text))
