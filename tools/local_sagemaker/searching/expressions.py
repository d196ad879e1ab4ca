"""Search expressions: filters on the members of a thing, by their paths."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from ..wire import validation_error

Described = Mapping[str, Any]

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": lambda value, wanted: bool(value == wanted),
    "NotEquals": lambda value, wanted: bool(value != wanted),
    "GreaterThan": lambda value, wanted: bool(value > wanted),
    "GreaterThanOrEqualTo": lambda value, wanted: bool(value >= wanted),
    "LessThan": lambda value, wanted: bool(value < wanted),
    "LessThanOrEqualTo": lambda value, wanted: bool(value <= wanted),
    "Contains": lambda value, wanted: str(wanted).lower() in str(value).lower(),
    "In": lambda value, wanted: str(value) in str(wanted).split(","),
}


def check(expression: Mapping[str, Any], known: Collection[str]) -> None:
    """Raise AwsError if an expression filters by a property whose first name is not one of those `known`."""
    for name in _names(expression):
        if name.partition(".")[0] not in known:
            raise validation_error(f"The property name [{name}] isn't valid for this resource.")


def holds(expression: Mapping[str, Any], thing: Described) -> bool:
    """Return whether a search expression is true of a thing. Raises AwsError for a filter that cannot be one."""
    parts = [_matches(each, thing) for each in expression.get("Filters", [])]
    parts += [_has_part(each, thing) for each in expression.get("NestedFilters", [])]
    parts += [holds(each, thing) for each in expression.get("SubExpressions", [])]
    if expression.get("Operator") == "Or":
        return any(parts) or not parts
    return all(parts)


def _names(expression: Mapping[str, Any]) -> Iterator[str]:
    yield from (each["Name"] for each in expression.get("Filters", []))
    yield from (each["NestedPropertyName"] for each in expression.get("NestedFilters", []))
    for each in expression.get("SubExpressions", []):
        yield from _names(each)


def _has_part(nested: Mapping[str, Any], thing: Described) -> bool:
    """Return whether one part of a list has all that is wanted; the filters name members from the list's name on."""
    prefix = nested["NestedPropertyName"]
    found = member(thing, prefix)
    parts = [each for each in (found if isinstance(found, list) else [found]) if isinstance(each, Mapping)]
    filters = [{**each, "Name": each["Name"].removeprefix(f"{prefix}.")} for each in nested["Filters"]]
    return any(all(_matches(each, part) for each in filters) for part in parts)


def _matches(wanted: Mapping[str, Any], thing: Described) -> bool:
    value, operator = member(thing, wanted["Name"]), wanted.get("Operator", "Equals")
    if operator in ("Exists", "NotExists"):
        return bool((value is not None) == (operator == "Exists"))
    if operator not in COMPARISONS:
        raise validation_error(f"There is no operator {operator}")
    return any(_compares(each, operator, wanted) for each in (value if isinstance(value, list) else [value]))


def _compares(value: Any, operator: str, wanted: Mapping[str, Any]) -> bool:
    if value is None:
        return False
    comparable = value if isinstance(value, int | float) else str(value)
    return COMPARISONS[operator](comparable, _like(value, wanted.get("Value", "")))


def member(thing: Described, path: str) -> Any:
    """Return a member by its path, such as ``Metrics.validation:auc`` or ``HyperParameters.eta``, or None."""
    first, _, rest = path.partition(".")
    if first == "Metrics":
        metrics = thing.get("FinalMetricDataList", [])
        return next((each["Value"] for each in metrics if each["MetricName"] == rest), None)
    if first == "Tags":
        return next((each["Value"] for each in thing.get("Tags", []) if each["Key"] == rest), None)
    value = thing.get(first)
    if rest and isinstance(value, list):
        return [member(each, rest) for each in value if isinstance(each, Mapping)]
    return member(value, rest) if rest and isinstance(value, Mapping) else None if rest else value


def _like(value: Any, text: str) -> Any:
    """Return the value of a filter as what it is compared with: a number, a time in seconds since 1970, a text."""
    if not isinstance(value, int | float):
        return text
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError as error:
        raise validation_error(f"{text} is neither a number nor a time") from error


def order(value: Any) -> tuple[int, float, str]:
    """Return a key by which numbers and texts can be sorted, and what is missing comes first."""
    if value is None:
        return 0, 0.0, ""
    return (1, float(value), "") if isinstance(value, int | float) else (2, 0.0, str(value))
