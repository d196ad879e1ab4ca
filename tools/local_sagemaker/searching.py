"""Search: filters on the members of what is described here, in one order. What else can be searched for is moto's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from . import pipelines, service_models, training
from .cloud import Cloud
from .handlers import Handlers
from .paging import page
from .pipelines import executions, running
from .records import Kind, Record
from .records.experiments import COMPONENTS, EXPERIMENTS, TRIALS, TRIALS_OF
from .records.model_packages import GROUPS, PACKAGES
from .wire import Call, Caller, validation_error

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


@dataclass(frozen=True)
class Searchable:
    """What can be searched for: the member of a result that is it, and a function that describes all of a caller's."""

    member: str
    described: Callable[[Cloud, Caller], Iterable[Described]]


def _training_jobs(cloud: Cloud, caller: Caller) -> Iterable[Described]:
    for job in cloud.shelf(training.KIND).of(caller):
        yield {**job.description(), **_tags(job.request.get("Tags"))}


def _pipelines(cloud: Cloud, caller: Caller) -> Iterable[Described]:
    for pipeline in cloud.shelf(pipelines.KIND).of(caller):
        told = {**pipeline.description(pipeline.versions[-1]), **_tags(pipeline.tags)}
        yield {name: told[name] for name in service_models.members("Pipeline") if name in told}


def _executions(cloud: Cloud, caller: Caller) -> Iterable[Described]:
    for execution in cloud.shelf(running.KIND).of(caller):
        told = {**execution.description(), "PipelineParameters": executions.parameters_of(execution)}
        yield {name: told[name] for name in service_models.members("PipelineExecution") if name in told}


def _records(kind: Kind) -> Callable[[Cloud, Caller], Iterable[Described]]:
    def described(cloud: Cloud, caller: Caller) -> Iterable[Described]:
        for record in cloud.shelf(kind.words).of(caller):
            told = kind.told(record, service_models.members(kind.noun))
            yield {**told, **_tags(record.tags), **_parents(cloud, caller, record)}

    return described


def _tags(tags: list[dict[str, str]] | None) -> dict[str, Any]:
    return {"Tags": tags} if tags else {}


def _parents(cloud: Cloud, caller: Caller, component: Record) -> dict[str, Any]:
    """Return the trials that a trial component is part of, and their experiments."""
    names = component.members.get(TRIALS_OF, [])
    trials = [trial for trial in cloud.shelf(TRIALS.words).of(caller) if trial.name in names]
    parents = [{"TrialName": each.name, "ExperimentName": each.members["ExperimentName"]} for each in trials]
    return {"Parents": parents} if parents else {}


SEARCHABLE = {
    "TrainingJob": Searchable("TrainingJob", _training_jobs),
    "Pipeline": Searchable("Pipeline", _pipelines),
    "PipelineExecution": Searchable("PipelineExecution", _executions),
    "ModelPackage": Searchable("ModelPackage", _records(PACKAGES)),
    "ModelPackageGroup": Searchable("ModelPackageGroup", _records(GROUPS)),
    "Experiment": Searchable("Experiment", _records(EXPERIMENTS)),
    "ExperimentTrial": Searchable("Trial", _records(TRIALS)),
    "ExperimentTrialComponent": Searchable("TrialComponent", _records(COMPONENTS)),
}


def search(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Find things of one kind by their members. Raises AwsError for a filter that cannot be one."""
    wanted = call.parameters
    searchable = SEARCHABLE.get(wanted["Resource"])
    if searchable is None:
        return cloud.floor.call(call.caller, call.operation, wanted)
    expression = wanted.get("SearchExpression", {})
    found = [each for each in searchable.described(cloud, call.caller) if _holds(expression, each)]
    found.sort(
        key=lambda each: _order(_member(each, wanted.get("SortBy", NEWEST_FIRST))),
        reverse=wanted.get("SortOrder", "Descending") == "Descending",
    )
    return page("Results", [{searchable.member: each} for each in found], wanted)


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
    return any(_compares(each, operator, wanted) for each in (value if isinstance(value, list) else [value]))


def _compares(value: Any, operator: str, wanted: Mapping[str, Any]) -> bool:
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
    if rest and isinstance(value, list):
        return [_member(each, rest) for each in value if isinstance(each, Mapping)]
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
