"""Reads how long something takes, as instructors write it: `10 mins`, `0:15`, `1 hr, 45 min`, `10 - 30 mins`.

All times are minutes. A clock, `6:30PM`, is no time that something takes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from labguide.schedule import vocabulary

OPEN, CLOSE = "(（\\[【［", ")）\\]】］"
GROUP = re.compile(rf"[{OPEN}](?P<inside>[^{OPEN}{CLOSE}]*)[{CLOSE}]")
"""What stands in brackets, of any kind and width."""

_TO = r"\s*(?:-|–|—|~|～|to|à|至|到)\s*"
_NUMBER = r"\d+(?:[.,]\d+)?"
_HOURS = r"(?:hours?|hrs?\.?|h|horas?|heures?|個?小時|鐘頭)(?![a-z])"
_MINUTES = r"(?:minutes?|mins?\.?|mis|mns?|m|minutos?|分鐘|分(?![組析類享]))(?![a-z])"
_SECONDS = r"(?:seconds?|secs?|秒鐘?)(?![a-z])"
_IN_WORDS = re.compile(
    rf"(?<![\w:;.])(?:"
    rf"(?P<hours>{_NUMBER})(?:{_TO}(?P<hours_to>{_NUMBER}))?\s*(?:\+\s*)?-?{_HOURS}"
    rf"(?:[\s,]*(?:and|et|y)?\s*(?P<more>\d+)\s*{_MINUTES})?"
    rf"|(?P<h>\d+)h(?P<m>\d\d)(?!\d)"
    rf"|(?P<minutes>{_NUMBER})(?:{_TO}(?P<minutes_to>{_NUMBER}))?\s*(?:\+\s*)?-?{_MINUTES}"
    rf"|(?P<seconds>\d+)\s*{_SECONDS}"
    rf"|(?P<whole>\d+)\s*個半(?:小時|鐘頭)|(?P<half>half(?: an)? hour|半個?小時)"
    rf")",
    re.IGNORECASE,
)
_AM_PM = r"\s*[ap]\.?m\b\.?"
_DIGITAL = rf"(?P<h>\d{{1,2}})\s*[:;：；]\s*(?P<m>\d\d)(?!\d)(?!{_AM_PM})(?!{_TO}\d{{1,2}}[:;]\d\d)"
_DIGITAL_GROUP = re.compile(rf"^\W*(?:time|duration|length|about|approx\.?|ca\.?)?\W*{_DIGITAL}", re.IGNORECASE)
_DIGITAL_RANGE = re.compile(rf"^\W*00?[:：](?P<first>[0-5]\d){_TO}00?[:：](?P<last>[0-5]\d)\W*$")
"""`0:10-0:15`: no class begins at midnight."""
_BARE_END = re.compile(
    rf"(?:^|[\s\-–—:：])(?P<time>\d{{1,2}}[:;]\d\d|{_NUMBER}(?:{_TO}{_NUMBER})?\s*(?:{_MINUTES}|{_HOURS}))\s*\)?\s*$",
    re.IGNORECASE,
)
_UNFILLED = re.compile(
    r"^\W*(?:\d+\s*[:;]\s*[x_?#]+|(?:[xn_?#]+|tbd)\s*[:;]\s*(?:[xn_?#]+|\d+)|(?:[xn?]+|[#_]+|tbd)\s*(?:min|minutes|mins|hours?|分鐘)\W*|tbd)$",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"^\W*(?P<h>\d{1,2})(?:[:.](?P<m>\d\d))?(?:\s*(?P<half>[ap])\.?m\b\.?)?\W*$", re.IGNORECASE)


@dataclass(frozen=True)
class Duration:
    """How long something takes."""

    minutes: float | None = None
    least: float | None = None
    """The shorter end of a range."""
    rest: bool = False
    """What is left of the class."""
    before: bool = False
    """It is before the class begins."""
    unfilled: bool = False
    """A template says that a time belongs here, and nobody wrote it."""


def of_group(text: str) -> Duration | None:
    """The time that the text of a pair of brackets says; None if it says none."""
    if _UNFILLED.match(text):
        return Duration(unfilled=True)
    found = in_words(text) or _digital(_DIGITAL_GROUP.match(text)) or _digital_range(_DIGITAL_RANGE.match(text))
    before = bool(vocabulary.BEFORE.search(text))
    if found:
        return Duration(found.minutes, found.least, before=before)
    if vocabulary.REST.search(text) and not re.search(r"\d", text):
        return Duration(rest=True)
    return Duration(before=True) if before else None


def in_words(text: str) -> Duration | None:
    """The first time in a text that has a unit."""
    found = _IN_WORDS.search(text)
    if found is None:
        return None
    if found["hours"]:
        return _of_hours(found)
    if found["minutes"]:
        return _range(_float(found["minutes"]), _float(found["minutes_to"]) if found["minutes_to"] else None)
    if found["seconds"]:
        return Duration(int(found["seconds"]) / 60)
    if found["half"]:
        return Duration(30.0)
    return Duration(60.0 * int(found["whole"]) + 30.0) if found["whole"] else _digital(found)


def _of_hours(found: re.Match[str]) -> Duration:
    more = float(found["more"] or 0)
    to = found["hours_to"]
    return _range(_float(found["hours"]) * 60 + more, _float(to) * 60 + more if to else None)


def _range(first: float, last: float | None) -> Duration:
    return Duration(first) if last is None else Duration(max(first, last), min(first, last))


def _digital(found: re.Match[str] | None) -> Duration | None:
    return Duration(60.0 * int(found["h"]) + int(found["m"])) if found else None


def _digital_range(found: re.Match[str] | None) -> Duration | None:
    return _range(float(found["first"]), float(found["last"])) if found else None


def _float(text: str) -> float:
    return float(text.replace(",", "."))


def at_end(text: str) -> tuple[Duration, str] | None:
    """A time without brackets at the end of a text, and the text before it."""
    found = _BARE_END.search(text)
    if found is None:
        return None
    duration = in_words(found["time"]) or _digital(re.match(_DIGITAL, found["time"]))
    return (duration, text[: found.start()]) if duration else None


def at_start(text: str) -> tuple[Duration, str] | None:
    """A time without brackets at the beginning of a text, and the text after it: `10 min break`."""
    found = _IN_WORDS.match(text)
    duration = in_words(text) if found else None
    return (duration, text[found.end() :].lstrip(" -")) if found and duration else None


def of_cell(text: str) -> Duration | None:
    """The time that a cell of a table says: `0:15`, `15 min`, `15`, `REMAINDER`; None if it says none."""
    if re.fullmatch(r"\s*\d{1,3}\s*", text):
        return Duration(float(text))
    return of_group(text) if len(text) < 40 else None


def clock(text: str, *, marked: bool = False) -> tuple[int, bool] | None:
    """The minutes since midnight of a clock, `6:30 PM` or `18:30`, and whether it says which half of the day.

    With `marked` it has to. None if the text is no clock.
    """
    found = _CLOCK.match(text)
    if found is None or not (found["m"] or found["half"]) or int(found["m"] or 0) > 59 or int(found["h"]) > 24:
        return None
    half = (found["half"] or "").lower()
    if marked and not half:
        return None
    hour = int(found["h"])
    if half:
        hour = hour % 12 + (12 if half == "p" else 0) if hour <= 12 else hour
    return hour * 60 + int(found["m"] or 0), bool(half)
