"""ISO 8601 durations as definitions write them."""

from __future__ import annotations

import re
from collections.abc import Mapping

_SECONDS = {"y": 365 * 86_400, "w": 7 * 86_400, "d": 86_400}
_CLOCK_SECONDS = {"h": 3600, "m": 60, "s": 1}
_MONTH = 30 * 86_400


def seconds_of(duration: str) -> float:
    """Return the seconds of an ISO 8601 duration as these are written here: ``p30d``, ``30d``, ``T12H``, ``30dT5h``.

    Raises ValueError.
    """
    text = duration.lower().removeprefix("p")
    days, _, clock = text.partition("t")
    return _sum(days, {**_SECONDS, "m": _MONTH}, duration) + _sum(clock, _CLOCK_SECONDS, duration)


def _sum(text: str, units: Mapping[str, int], whole: str) -> float:
    if not re.fullmatch(rf"(\d+[{''.join(units)}])*", text):
        raise ValueError(f"{whole} is not an ISO 8601 duration")
    return float(sum(int(number) * units[unit] for number, unit in re.findall(r"(\d+)(\w)", text)))
