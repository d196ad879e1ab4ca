"""Search over training jobs: filters on their members, in one order. What else can be searched for is moto's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from .. import training
from ..cloud import Cloud
from ..handlers import Handlers
from ..paging import page
from ..wire import Call, validation_error
from .job import TrainingJob

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
NEWEST_FIRST = "LastModifiedTime"


def search(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Find training jobs by their members. Raises AwsError for a filter that cannot be one."""
    wanted = call.parameters
    if wanted["Resource"] != "TrainingJob":
        return cloud.floor.call(call.caller, call.operation, wanted)
    jobs: list[TrainingJob] = cloud.shelf(training.KIND).of(call.caller)
    described = [{**job.description(), **_tags(job)} for job in jobs]
    found = [each for each in described if _holds(wanted.get("SearchExpression", {}), each)]
    found.sort(
        key=lambda each: _order(_member(each, wanted.get("SortBy", NEWEST_FIRST))),
        reverse=wanted.get("SortOrder", "Descending") == "Descending",
    )
    return page("Results", [{"TrainingJob": each} for each in found], wanted)


def _tags(job: TrainingJob) -> dict[str, Any]:
    return {"Tags": job.request["Tags"]} if job.request.get("Tags") else {}


def _holds(expression: Mapping[str, Any], job: Described) -> bool:
    if "NestedFilters" in expression:
        raise validation_error("local_sagemaker has no NestedFilters")
    parts = [_matches(each, job) for each in expression.get("Filters", [])]
    parts += [_holds(each, job) for each in expression.get("SubExpressions", [])]
    if expression.get("Operator") == "Or":
        return any(parts) or not parts
    return all(parts)


def _matches(wanted: Mapping[str, Any], job: Described) -> bool:
    value, operator = _member(job, wanted["Name"]), wanted.get("Operator", "Equals")
    if operator in ("Exists", "NotExists"):
        return bool((value is not None) == (operator == "Exists"))
    if operator not in COMPARISONS:
        raise validation_error(f"There is no operator {operator}")
    if value is None:
        return False
    comparable = value if isinstance(value, int | float) else str(value)
    return COMPARISONS[operator](comparable, _like(value, wanted.get("Value", "")))


def _member(job: Described, path: str) -> Any:
    """Return a member by its path, such as ``Metrics.validation:auc`` or ``HyperParameters.eta``, or None."""
    first, _, rest = path.partition(".")
    if first == "Metrics":
        return next((each["Value"] for each in job.get("FinalMetricDataList", []) if each["MetricName"] == rest), None)
    if first == "Tags":
        return next((each["Value"] for each in job.get("Tags", []) if each["Key"] == rest), None)
    value = job.get(first)
    return _member(value, rest) if rest and isinstance(value, Mapping) else None if rest else value


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


def _order(value: Any) -> tuple[int, float, str]:
    """Return a key by which numbers and texts can be sorted, and what is missing comes first."""
    if value is None:
        return 0, 0.0, ""
    return (1, float(value), "") if isinstance(value, int | float) else (2, 0.0, str(value))


HANDLERS: Handlers = {"SageMaker.Search": search}
