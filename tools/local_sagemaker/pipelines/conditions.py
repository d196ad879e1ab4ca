"""Conditions of a condition step, as "Conditions" in the definition's schema names them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "GreaterThan": operator.gt,
    "GreaterThanOrEqualTo": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEqualTo": operator.le,
}


class ConditionError(Exception):
    """A condition that cannot be decided."""


def holds(condition: Mapping[str, Any]) -> bool:
    """Return whether a condition, its references resolved, is true. Raises ConditionError."""
    kind = condition["Type"]
    if kind == "Not":
        return not holds(condition["Condition"])
    if kind == "Or":
        return any(holds(each) for each in condition["Conditions"])
    if kind == "In":
        return any(_compare("Equals", condition["QueryValue"], each) for each in condition["Values"])
    if kind not in COMPARISONS:
        raise ConditionError(f"There is no condition of type {kind}")
    return _compare(kind, condition["LeftValue"], condition["RightValue"])


def _compare(kind: str, left: Any, right: Any) -> bool:
    if _kind_of(left) != _kind_of(right):
        raise ConditionError(f"{left!r} and {right!r} are not of the same type, so {kind} cannot compare them")
    return COMPARISONS[kind](left, right)


def _kind_of(value: Any) -> type:
    return float if isinstance(value, int | float) and not isinstance(value, bool) else type(value)
