"""Hyperparameters as documented: a name, a type, a range, a default. SageMaker hands every value over as a string."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .wording import AMAZON, Wording


class WrongHyperparameterError(Exception):
    """A hyperparameter that is missing, unknown, unreadable or out of its range. The message names it."""


@dataclass(frozen=True)
class Interval:
    """Numbers from `low` to `high`; None is no bound, and a bound itself belongs to it unless it is open."""

    low: float | None = None
    high: float | None = None
    low_open: bool = False
    high_open: bool = False

    def __contains__(self, value: float) -> bool:
        above = self.low is None or value > self.low or (value == self.low and not self.low_open)
        below = self.high is None or value < self.high or (value == self.high and not self.high_open)
        return above and below and value == value

    def __str__(self) -> str:
        left = "(-inf" if self.low is None else f"{'(' if self.low_open else '['}{self.low:g}"
        right = "+inf)" if self.high is None else f"{self.high:g}{')' if self.high_open else ']'}"
        return f"{left}, {right}"


POSITIVE = Interval(0, low_open=True)
NOT_NEGATIVE = Interval(0)
SHARE = Interval(0, 1)


@dataclass(frozen=True)
class Choice:
    """One of some words or numbers."""

    words: tuple[str | int, ...]

    def __contains__(self, value: str | int) -> bool:
        return value in self.words

    def __str__(self) -> str:
        return f"[{', '.join(map(str, self.words))}]"


@dataclass(frozen=True)
class Hyperparameter:
    """One hyperparameter.

    `parse` makes a value of its string, or raises ValueError; each number or word of a list must be in `range`.
    `words` stand for themselves. `default` is the value of one that is not given; None is none.
    """

    name: str
    parse: Callable[[str], Any]
    range: Interval | Choice | None = None
    required: bool = False
    words: tuple[str, ...] = ()
    default: Any = None

    def read(self, text: str) -> Any:
        """Return the value that `text` stands for. Raises WrongHyperparameterError."""
        if text in self.words:
            return text
        try:
            value = self.parse(text)
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError) as error:
            raise WrongHyperparameterError(
                f"Hyperparameter {self.name}: could not parse value '{text[:100]}'"
            ) from error
        for each in value if isinstance(value, (list, tuple)) else [value]:
            if self.range is not None and each not in self.range:
                raise WrongHyperparameterError(f"Hyperparameter {self.name}: value {each} is not in {self.range}")
        return value


def integer(
    name: str,
    low: int | None = None,
    high: int | None = None,
    *words: str,
    required: bool = False,
    default: int | str | None = None,
) -> Hyperparameter:
    """Return a hyperparameter that is a whole number, or one of some words such as ``auto``."""
    return Hyperparameter(name, int, Interval(low, high), required, words, default)


def number(name: str, within: Interval, *words: str, default: float | str | None = None) -> Hyperparameter:
    """Return a hyperparameter that is a number, or one of some words."""
    return Hyperparameter(name, float, within, words=words, default=default)


def choice(name: str, *words: str, required: bool = False, default: str | None = None) -> Hyperparameter:
    """Return a hyperparameter that is one of some words."""
    return Hyperparameter(name, str, Choice(words), required, default=default)


def boolean(name: str, *words: str, default: bool | str | None = None) -> Hyperparameter:
    """Return a hyperparameter that is true or false, or one of some other words."""
    return Hyperparameter(name, _truth, words=words, default=default)


FORCE_DENSE = choice("force_dense", "True", "true")
"""Not documented, but version 2 of the SDK always sends it to Amazon's own algorithms. It changes nothing here."""


def json_list(name: str, within: Interval | Choice, *words: str, default: list[Any] | None = None) -> Hyperparameter:
    """Return a hyperparameter that is a JSON list, or one of some words."""
    return Hyperparameter(name, _list, within, words=words, default=default)


def _truth(text: str) -> bool:
    # The SDK's version 2 writes Python's own words, version 3 those of JSON.
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


def _list(text: str) -> list[Any]:
    value = json.loads(text)
    return value if isinstance(value, list) else [value]


def validate(known: tuple[Hyperparameter, ...], given: Mapping[str, str], wording: Wording = AMAZON) -> dict[str, Any]:
    """Return the values of the strings in `given`, and the defaults of those that are not given.

    Names that begin with an underscore are the platform's own: a tuning job adds ``_tuning_objective_metric``.
    Raises WrongHyperparameterError.
    """
    by_name = {each.name: each for each in known}
    given = {name: text for name, text in given.items() if not name.startswith("_")}
    if missing := [each.name for each in known if each.required and each.name not in given]:
        raise WrongHyperparameterError(wording.missing(missing))
    if unknown := [name for name in given if name not in by_name]:
        raise WrongHyperparameterError(wording.unknown(unknown))
    defaults = {each.name: each.default for each in known if each.default is not None}
    return defaults | {name: by_name[name].read(text) for name, text in given.items()}
