"""The axes of a search: each range is one, with the scale it is searched on.

An axis changes between a hyperparameter's value as a training job gets it, a string, and a number or word that the
search works with.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from .attempts import Ranges

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

WIDE = 100.0
"""A positive range whose ends differ by this factor is searched logarithmically if it may be (``Auto``)."""


class BadRangeError(Exception):
    """A range that cannot be searched. The message names its hyperparameter."""


@dataclass(frozen=True)
class Numbers:
    """A hyperparameter that is a number from `low` to `high`; a `reversed` one is searched as its distance from one."""

    name: str
    low: float
    high: float
    whole: bool
    log: bool = False
    reversed: bool = False

    @property
    def distribution(self) -> BaseDistribution:
        """What Optuna draws from."""
        from optuna.distributions import FloatDistribution, IntDistribution

        if self.whole:
            return IntDistribution(int(self.low), int(self.high), log=self.log)
        low, high = (1 - self.high, 1 - self.low) if self.reversed else (self.low, self.high)
        return FloatDistribution(low, high, log=self.log)

    def tell(self, drawn: Any) -> str:
        """Return the value of the hyperparameter for what was drawn."""
        return repr(1 - drawn) if self.reversed else repr(drawn)

    def read(self, text: str) -> float | None:
        """Return what would be drawn for a value, or None if it is outside of the range."""
        try:
            value = float(text)
        except ValueError:
            return None
        if not self.low <= value <= self.high:
            return None
        return int(value) if self.whole else 1 - value if self.reversed else value


@dataclass(frozen=True)
class Words:
    """A hyperparameter that is one of some words."""

    name: str
    words: tuple[str, ...]

    @property
    def distribution(self) -> BaseDistribution:
        """What Optuna draws from."""
        from optuna.distributions import CategoricalDistribution

        return CategoricalDistribution(self.words)

    def tell(self, drawn: Any) -> str:
        """Return the value of the hyperparameter for what was drawn."""
        return str(drawn)

    def read(self, text: str) -> str | None:
        """Return what would be drawn for a value, or None if it is none of the words."""
        return text if text in self.words else None


Axis: TypeAlias = Numbers | Words


def axes(ranges: Ranges) -> list[Axis]:
    """Return the axes of all ranges. Raises BadRangeError."""
    found: list[Axis] = [
        *(_numbers(each, whole=True) for each in ranges.get("IntegerParameterRanges", [])),
        *(_numbers(each, whole=False) for each in ranges.get("ContinuousParameterRanges", [])),
        *(_words(each) for each in ranges.get("CategoricalParameterRanges", [])),
    ]
    for axis in found:
        if [each.name for each in found].count(axis.name) > 1:
            raise BadRangeError(f"The hyperparameter [{axis.name}] has more than one range")
    return found


def combinations(found: list[Axis]) -> float:
    """Return how many different points there are; without end if a number need not be whole."""
    return math.prod(
        len(axis.words) if isinstance(axis, Words) else axis.high - axis.low + 1 if axis.whole else math.inf
        for axis in found
    )


def _words(each: Mapping[str, Any]) -> Words:
    if not each["Values"]:
        raise BadRangeError(f"The range of the hyperparameter [{each['Name']}] has no values")
    return Words(each["Name"], tuple(each["Values"]))


def _numbers(each: Mapping[str, Any], *, whole: bool) -> Numbers:
    name = each["Name"]
    try:
        low, high = float(each["MinValue"]), float(each["MaxValue"])
    except ValueError as error:
        raise BadRangeError(f"The range of the hyperparameter [{name}] has an end that is not a number") from error
    if not -math.inf < low <= high < math.inf:
        raise BadRangeError(f"The MinValue of the hyperparameter [{name}] must not be greater than its MaxValue")
    if whole and (low % 1 or high % 1):
        raise BadRangeError(f"The range of the integer hyperparameter [{name}] must end at integers")
    scaling = _scaling(each, low, high, whole)
    backwards = scaling == "ReverseLogarithmic"
    return Numbers(name, low, high, whole, log=backwards or scaling == "Logarithmic", reversed=backwards)


def _scaling(each: Mapping[str, Any], low: float, high: float, whole: bool) -> str:
    """Return how a range is searched. Raises BadRangeError if it cannot be searched as it says."""
    wanted = str(each.get("ScalingType", "Auto"))
    if wanted == "Auto":
        return "Logarithmic" if low > 0 and high / low >= WIDE else "Linear"
    if wanted == "Logarithmic" and low <= 0:
        raise BadRangeError(f"Logarithmic scaling of the hyperparameter [{each['Name']}] needs values above 0")
    if wanted == "ReverseLogarithmic" and (whole or low < 0 or high >= 1):
        raise BadRangeError(
            f"Reverse logarithmic scaling of the hyperparameter [{each['Name']}] needs continuous values in [0, 1)"
        )
    return wanted
