"""Automatic model tuning: training jobs with chosen hyperparameters, several at once, and the best of them.

attempts.py     definitions of training jobs, attempts at them, and which is the best
validation.py   what is refused; autotune.py chooses ranges for who gives none
axes.py         each range with its scale
search.py       what to try next; pruning.py ends training jobs early
running.py      a tuning job from its start to its end; completion.py says when it has tried enough
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from ... import training
from ...cloud import Cloud, Key
from ...handlers import Handlers
from ...listing import select
from ...paging import page
from ...training.metrics import with_metrics
from ...wire import Call, validation_error
from .. import Job, Kind
from . import autotune, validation
from .attempts import Attempt, Definition, Tuning
from .running import OBJECTIVE_METRIC, resources_of, run

__all__ = ["HANDLERS", "KIND", "dump", "load"]

COUNTERS = {"Completed": "Completed", "Stopped": "Stopped", "Failed": "NonRetryableError"}
TOLD_OF_ATTEMPTS = (
    "TrainingJobName",
    "TrainingJobArn",
    "CreationTime",
    "TrainingStartTime",
    "TrainingEndTime",
    "TrainingJobStatus",
    "FailureReason",
)
LISTED_AT_ONCE = 10
"""How many training jobs a page has unless a request says how many; other lists have more."""


def _prepare(cloud: Cloud, job: Job) -> None:
    """Make the job's state from its request. Raises AwsError."""
    validation.check_name(job.name)
    config = job.request["HyperParameterTuningJobConfig"]
    definitions = _definitions(job.request)
    for definition in definitions:
        validation.check(definition, config)
    parents = _parents(cloud, job)
    if len(parents) > validation.MAX_PARENTS:
        raise validation_error(f"A warm start takes up to {validation.MAX_PARENTS} parent hyperparameter tuning jobs.")
    for name, parent in parents.items():
        if parent is None or parent.status.passing:
            raise validation_error(f"The parent hyperparameter tuning job [{name}] isn't there, or has not ended.")
    job.state = Tuning(definitions, [parent.state for parent in parents.values() if parent])


def _definitions(request: Mapping[str, Any]) -> list[Definition]:
    config, one = request["HyperParameterTuningJobConfig"], request.get("TrainingJobDefinition")
    several = request.get("TrainingJobDefinitions") or []
    if bool(one) == bool(several):
        raise validation_error("Provide either TrainingJobDefinition or TrainingJobDefinitions.")
    names = [each.get("DefinitionName") for each in several]
    if len(set(names)) < len(names) or None in names:
        raise validation_error("Each of several training job definitions needs a DefinitionName of its own.")
    return [_definition(each, config) for each in several or [one]]


def _definition(request: Mapping[str, Any], config: Mapping[str, Any]) -> Definition:
    objective = request.get("TuningObjective") or config.get("HyperParameterTuningJobObjective") or {}
    given = request.get("HyperParameterRanges") or config.get("ParameterRanges") or {}
    ranges = autotune.ranges_of(given, validation.algorithm_of(request))
    return Definition(request, ranges, objective.get("MetricName", ""), objective.get("Type") == "Minimize")


def _parents(cloud: Cloud, job: Job) -> dict[str, Job | None]:
    """Return the parents of a warm start by name, and None for one that is not there."""
    wanted = job.request.get("WarmStartConfig", {}).get("ParentHyperParameterTuningJobs", [])
    names = [each["HyperParameterTuningJobName"] for each in wanted]
    return {name: cloud.shelf(KIND.noun).find(Key.of(job.caller, name)) for name in names}


def _counters(job: Job) -> dict[str, Any]:
    tuning: Tuning = job.state
    statuses = Counter(COUNTERS.get(each.job.status.value, "InProgress") for each in tuning.attempts)
    objectives = Counter(_objective_status(each) for each in tuning.attempts)
    names = ("Completed", "InProgress", "RetryableError", "NonRetryableError", "Stopped")
    return {
        "TrainingJobStatusCounters": {name: statuses[name] for name in names},
        "ObjectiveStatusCounters": {name: objectives[name] for name in ("Succeeded", "Pending", "Failed")},
    }


def _objective_status(attempt: Attempt) -> str:
    if attempt.job.status.passing:
        return "Pending"
    return "Failed" if attempt.objective is None else "Succeeded"


def _details(job: Job) -> dict[str, Any]:
    tuning: Tuning = job.state
    told = {**_counters(job), **_described_definitions(job)}
    if best := tuning.best():
        told["BestTrainingJob"] = _attempt_summary(best)
    warm = job.request.get("WarmStartConfig", {})
    overall = tuning.overall_best() if warm.get("WarmStartType") == "IdenticalDataAndAlgorithm" else None
    if overall:
        told["OverallBestTrainingJob"] = _attempt_summary(overall)
    if job.started and job.ended:
        told["ConsumedResources"] = {"RuntimeInSeconds": round(job.ended - job.started)}
    return told


def _described_definitions(job: Job) -> dict[str, Any]:
    told = [_described(each) for each in job.state.definitions]
    several = "TrainingJobDefinitions" in job.request
    return {"TrainingJobDefinitions": told} if several else {"TrainingJobDefinition": told[0]}


def _described(definition: Definition) -> dict[str, Any]:
    """Return a definition with what SageMaker adds to it: the SDK attaches to a tuning job by that."""
    static = {**definition.static, OBJECTIVE_METRIC: definition.metric}
    specification = with_metrics(definition.request["AlgorithmSpecification"])
    return {
        "ResourceConfig": resources_of(definition),
        **definition.request,
        "StaticHyperParameters": static,
        "AlgorithmSpecification": specification,
    }


def _summary(job: Job) -> dict[str, Any]:
    config = job.request["HyperParameterTuningJobConfig"]
    return {**_counters(job), "Strategy": config["Strategy"], "ResourceLimits": config["ResourceLimits"]}


def _attempt_summary(attempt: Attempt) -> dict[str, Any]:
    described, definition = attempt.job.description(), attempt.definition
    told = {name: described[name] for name in TOLD_OF_ATTEMPTS if name in described}
    told |= {"TunedHyperParameters": dict(attempt.values), "ObjectiveStatus": _objective_status(attempt)}
    if definition.name:
        told["TrainingJobDefinitionName"] = definition.name
    if attempt.objective is None:
        return told
    kind = "Minimize" if definition.minimize else "Maximize"
    final = {"MetricName": definition.metric, "Value": attempt.objective, "Type": kind}
    return {**told, "FinalHyperParameterTuningJobObjectiveMetric": final}


def list_training_jobs(cloud: Cloud, call: Call) -> dict[str, Any]:
    """List the training jobs of a tuning job, by name unless asked otherwise."""
    tuning: Tuning = KIND.find(cloud, call).state
    wanted = {"SortBy": "Name", "SortOrder": "Ascending", "MaxResults": LISTED_AT_ONCE, **call.parameters}
    attempts = {each.job.name: each for each in tuning.attempts}
    listed = [attempts[each.name] for each in select([each.job for each in attempts.values()], wanted)]
    if wanted["SortBy"] == "FinalObjectiveMetricValue":
        # As on AWS, only those that have one are listed.
        listed = [each for each in listed if each.objective is not None]
        listed.sort(key=lambda each: each.objective or 0.0, reverse=wanted["SortOrder"] == "Descending")
    return page("TrainingJobSummaries", [_attempt_summary(each) for each in listed], wanted)


def dump(job: Job) -> list[dict[str, Any]]:
    """Return the attempts of a tuning job as JSON can hold them."""
    tuning: Tuning = job.state
    return [
        {"job": each.job.name, "definition": tuning.definitions.index(each.definition), "values": each.values}
        for each in tuning.attempts
    ]


def load(cloud: Cloud, job: Job, attempts: list[dict[str, Any]]) -> None:
    """Give a tuning job its state again; its training jobs are there already, and its parents if they still exist."""
    parents = [parent.state for parent in _parents(cloud, job).values() if parent]
    job.state = tuning = Tuning(_definitions(job.request), parents)
    for number, told in enumerate(attempts):
        if training_job := cloud.shelf(training.KIND).find(Key.of(job.caller, told["job"])):
            definition = tuning.definitions[told["definition"]]
            tuning.attempts.append(Attempt(number, definition, told["values"], training_job))


KIND = Kind(
    prefix="HyperParameterTuningJob",
    noun="hyper-parameter-tuning-job",
    run=run,
    prepare=_prepare,
    details=_details,
    summary=_summary,
    ended_as="HyperParameterTuningEndTime",
    computes=False,
)

HANDLERS: Handlers = {
    **KIND.handlers(),
    "SageMaker.ListTrainingJobsForHyperParameterTuningJob": list_training_jobs,
}
