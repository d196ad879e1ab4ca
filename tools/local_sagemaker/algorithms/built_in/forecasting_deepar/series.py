"""Time series of DeepAR: how they are read, and what a network is told of a moment in one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...shape import TrainingInput, UserError

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNITS: Mapping[str, Any] = {"M": "M", "W": "D", "D": "D", "H": "h", "min": "m"}
"""NumPy's names of the documented units; a week is seven days."""
LAGS = {
    "M": (1, 2, 3, 6, 12, 24),
    "W": (1, 2, 3, 4, 8, 12, 26, 52, 104),
    "D": (1, 2, 3, 4, 5, 6, 7, 14, 21, 28, 364),
    "H": (1, 2, 3, 4, 5, 6, 12, 23, 24, 25, 48, 72, 168, 336),
    "min": (1, 2, 3, 4, 5, 30, 60, 120, 1440, 2880, 10080),
}
"""How far back a network looks, besides its context: short times, and seasons."""
DAYS_OF_WEEK, THURSDAY = 7, 3
"""The day that NumPy counts from was a Thursday."""
_PARTS = {
    "M": ("month",),
    "W": ("week",),
    "D": ("dayofweek", "day", "dayofyear"),
    "H": ("hour", "dayofweek", "day", "dayofyear"),
    "min": ("minute", "hour", "dayofweek", "day", "dayofyear"),
}
_LARGEST = {"month": 12, "week": 53, "dayofweek": 6, "day": 31, "dayofyear": 366, "hour": 23, "minute": 59}


@dataclass(frozen=True)
class Frequency:
    """A time between two values: ``5min`` is 5 of the unit ``min``."""

    count: int
    unit: str

    @classmethod
    def parse(cls, text: str) -> Frequency:
        """Read a value of time_freq. Raises ValueError."""
        match = re.fullmatch(r"([1-9]\d*)?(M|W|D|H|min)", text)
        if not match:
            raise ValueError(text)
        return cls(int(match[1] or 1), match[2])

    @property
    def lags(self) -> tuple[int, ...]:
        """How many values back a network looks."""
        return tuple(sorted({max(1, round(lag / self.count)) for lag in LAGS[self.unit]}))

    @property
    def width(self) -> int:
        """How many features a moment has."""
        return len(_PARTS[self.unit]) + 1


@lru_cache(maxsize=4096)
def calendar(frequency: Frequency, start: str, count: int) -> NDArray[Any]:
    """Return what the calendar tells of `count` moments, of shape (count, frequency.width). Raises ValueError."""
    import numpy

    step = frequency.count * (DAYS_OF_WEEK if frequency.unit == "W" else 1)
    first = numpy.datetime64(datetime.fromisoformat(start).replace(tzinfo=None), UNITS[frequency.unit])
    moments = first + step * numpy.arange(count)
    parts = [_part(moments, part) / _LARGEST[part] - 0.5 for part in _PARTS[frequency.unit]]
    age = numpy.log10(2 + numpy.arange(count)) - 1
    columns: NDArray[Any] = numpy.column_stack([*parts, age]).astype(numpy.float32)
    return columns


def _whole(times: NDArray[Any]) -> NDArray[Any]:
    counted: NDArray[Any] = times.astype(int)
    return counted


def _part(moments: NDArray[Any], part: str) -> NDArray[Any]:
    """Return a part of moments, as a calendar counts it: months, days and weeks from 1, Mondays as 0."""
    days, months, years = (moments.astype(f"datetime64[{unit}]") for unit in "DMY")
    weekdays = (_whole(days) + THURSDAY) % DAYS_OF_WEEK
    if part == "week":
        # A week belongs to the year that its Thursday is in.
        thursdays = days + THURSDAY - weekdays
        first = thursdays.astype("datetime64[Y]").astype("datetime64[D]")
        return _whole(thursdays - first) // DAYS_OF_WEEK + 1
    counted = {
        "minute": _whole(moments - moments.astype("datetime64[h]")),
        "hour": _whole(moments.astype("datetime64[h]") - days),
        "dayofweek": weekdays,
        "day": _whole(days - months) + 1,
        "dayofyear": _whole(days - years) + 1,
        "month": _whole(months - years) + 1,
    }
    return counted[part]


@dataclass(frozen=True)
class Series:
    """One time series: `target` of shape (n,), NaN where a value is missing; `dynamic` of shape (features, m)."""

    start: str
    target: NDArray[Any]
    categories: tuple[int, ...]
    dynamic: NDArray[Any]

    @classmethod
    def parse(cls, row: Mapping[str, Any]) -> Series:
        """Read a series as JSON has it. Raises ValueError, TypeError or LookupError."""
        import numpy

        target = numpy.array([float("nan" if value is None else value) for value in row["target"]], numpy.float32)
        categories = row.get("cat", [])
        dynamic = numpy.array(row.get("dynamic_feat") or numpy.empty((0, 0)), numpy.float32)
        if dynamic.ndim != 2 or not numpy.isfinite(dynamic).all() or numpy.isinf(target).any():
            raise ValueError("values must be finite, and lists of dynamic_feat of one length")
        datetime.fromisoformat(str(row["start"]))
        listed = categories if isinstance(categories, list) else [categories]
        return cls(str(row["start"]), target, tuple(int(each) for each in listed), dynamic)

    def __len__(self) -> int:
        return len(self.target)

    def until(self, end: int, ahead: int) -> Series:
        """Return the series as it was known before `end`, with dynamic features of `ahead` values more."""
        return Series(self.start, self.target[:end], self.categories, self.dynamic[:, : end + ahead])


@dataclass(frozen=True)
class Kind:
    """What all series of a model have in common: values for each category, and how many dynamic features."""

    cardinality: tuple[int, ...]
    dynamic: int

    def check(self, series: Series, ahead: int) -> None:
        """Raise ValueError if a series, which is asked about `ahead` values more, is of another kind."""
        if self.cardinality and len(series.categories) != len(self.cardinality):
            raise ValueError(f"'cat' must have {len(self.cardinality)} values")
        for value, count in zip(series.categories, self.cardinality, strict=False):
            if not 0 <= value < count:
                raise ValueError(f"the value {value} of 'cat' is not one of 0, ..., {count - 1}")
        if self.dynamic and series.dynamic.shape != (self.dynamic, len(series) + ahead):
            raise ValueError(f"'dynamic_feat' must be {self.dynamic} lists of {len(series) + ahead} values")


def read(job: TrainingInput, channel: str) -> list[Series]:
    """Return the series of a channel. Raises UserError."""
    found = [series for file in job.paths(channel) for series in _rows(file, channel)]
    if not found:
        raise UserError(f"The data channel '{channel}' has no time series")
    return found


def _rows(file: Path, channel: str) -> Iterator[Series]:
    with file.open("rb") as opened:
        for number, line in enumerate(opened, start=1):
            try:
                if line.strip():
                    yield Series.parse(json.loads(line))
            except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
                place = f"line {number} of {file.name} in the data channel '{channel}'"
                raise UserError(f"Failed to read {place} as JSON lines: {error!r}") from error


def kind_of(series: Sequence[Series], given: Mapping[str, Any]) -> Kind:
    """Return the kind that the hyperparameters say, or that the series have. Raises UserError."""
    cardinality, dynamic = given["cardinality"], given["num_dynamic_feat"]
    first = series[0]
    if cardinality == "auto":
        places = range(max(len(each.categories) for each in series))
        columns = [[each.categories[place] for each in series if each.categories[place:]] for place in places]
        cardinality = [max(column) + 1 for column in columns]
    kind = Kind(
        () if cardinality in ("ignore", "") else tuple(cardinality),
        {"auto": len(first.dynamic), "ignore": 0, "": 0}.get(dynamic, dynamic),
    )
    for each in series:
        try:
            kind.check(each, 0)
        except ValueError as error:
            raise UserError(f"A time series that starts at {each.start} differs: {error}") from error
    return kind
