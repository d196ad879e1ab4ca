"""Hyperparameters as documented: a name, a type, a range. SageMaker hands every value over as a string."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


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
        return above and below

    def __str__(self) -> str:
        left = "(-inf" if self.low is None else f"{'(' if self.low_open else '['}{self.low:g}"
        right = "+inf)" if self.high is None else f"{self.high:g}{')' if self.high_open else ']'}"
        return f"{left}, {right}"


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
    """One hyperparameter. `parse` makes a value of its string, or raises ValueError; `words` stand for themselves."""

    name: str
    parse: Callable[[str], Any]
    range: Interval | Choice | None = None
    required: bool = False
    words: tuple[str, ...] = ()

    def read(self, text: str) -> Any:
        """Return the value that `text` stands for. Raises WrongHyperparameterError."""
        if text in self.words:
            return text
        try:
            value = self.parse(text)
        except (ValueError, SyntaxError) as error:
            raise WrongHyperparameterError(f"Hyperparameter {self.name}: could not parse value '{text}'") from error
        for each in value if isinstance(value, list) else [value]:
            if self.range is not None and each not in self.range:
                raise WrongHyperparameterError(f"Hyperparameter {self.name}: value {each} is not in {self.range}")
        return value


def integer(
    name: str, low: int | None = None, high: int | None = None, *words: str, required: bool = False
) -> Hyperparameter:
    """Return a hyperparameter that is a whole number, or one of some words such as ``auto``."""
    return Hyperparameter(name, int, Interval(low, high), required, words)


def number(name: str, within: Interval, *words: str) -> Hyperparameter:
    """Return a hyperparameter that is a number, or one of some words."""
    return Hyperparameter(name, float, within, words=words)


def choice(name: str, *words: str, required: bool = False) -> Hyperparameter:
    """Return a hyperparameter that is one of some words."""
    return Hyperparameter(name, str, Choice(words), required)


def boolean(name: str, *words: str) -> Hyperparameter:
    """Return a hyperparameter that is true or false, or one of some other words."""
    return Hyperparameter(name, _truth, words=words)


def _truth(text: str) -> bool:
    # The SDK's version 2 writes Python's own words, version 3 those of JSON.
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


def validate(known: tuple[Hyperparameter, ...], given: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of the strings in `given`. Raises WrongHyperparameterError for the first that is wrong.

    Names that begin with an underscore are the platform's own: a tuning job adds ``_tuning_objective_metric``.
    """
    by_name = {each.name: each for each in known}
    given = {name: text for name, text in given.items() if not name.startswith("_")}
    for each in known:
        if each.required and each.name not in given:
            raise WrongHyperparameterError(f"Missing required hyperparameter: {each.name}")
    for name in given:
        if name not in by_name:
            raise WrongHyperparameterError(f"Extraneous hyperparameter found: {name}")
    return {name: by_name[name].read(text) for name, text in given.items()}
