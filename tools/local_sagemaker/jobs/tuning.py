"""Automatic model tuning: training jobs with chosen hyperparameters, several at once, and the best of them."""

from __future__ import annotations

import math
import queue
import secrets
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import training
from ..cloud import Cloud
from ..containers.failures import JobError
from ..containers.hosts import time_limit
from ..handlers import Handlers
from ..listing import select
from ..paging import page
from ..training.job import TrainingJob
from ..wire import Call
from . import Job, Kind
from .strategies import Search

HOPELESS = 5
"""A tuning job fails when this many training jobs, its first ones, have all failed."""

COUNTERS = {"Completed": "Completed", "Stopped": "Stopped", "Failed": "NonRetryableError"}
NOT_FOR_TRAINING = frozenset(
    {
        "DefinitionName",
        "HyperParameterRanges",
        "HyperParameterTuningResourceConfig",
        "RetryStrategy",
        "StaticHyperParameters",
        "TuningObjective",
    }
)
TOLD_OF_ATTEMPTS = (
    "TrainingJobName",
    "TrainingJobArn",
    "CreationTime",
    "TrainingStartTime",
    "TrainingEndTime",
    "TrainingJobStatus",
    "FailureReason",
)
NOT_HERE = ("TrainingJobDefinitions", "WarmStartConfig", "Autotune")


@dataclass(frozen=True)
class Attempt:
    """One training job of a tuning job, and the number by which the search knows it."""

    number: int
    values: dict[str, str]
    job: TrainingJob

    def objective(self, metric: str) -> float | None:
        """Return the value of `metric` if the job has ended well and told it."""
        told = self.job.metrics.get(metric)
        return float(told["Value"]) if told and self.job.status.value == "Completed" else None


@dataclass
class Tuning:
    """How far a tuning job is."""

    metric: str
    minimize: bool
    attempts: list[Attempt] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def best(self) -> Attempt | None:
        """Return the attempt with the best objective so far."""
        with_objective = [each for each in self.attempts if each.objective(self.metric) is not None]
        return min(with_objective, key=self.loss, default=None)

    def loss(self, attempt: Attempt) -> float:
        """Return a number that is the smaller the better the attempt is."""
        objective = attempt.objective(self.metric)
        return math.inf if objective is None else objective if self.minimize else -objective


def run(cloud: Cloud, job: Job, base: Path) -> None:
    """Do a tuning job. Raises JobError."""
    config = _config(job)
    limits = config["ResourceLimits"]
    tuning: Tuning = job.state
    ranges = job.request["TrainingJobDefinition"].get("HyperParameterRanges") or config["ParameterRanges"]
    search = Search(config["Strategy"], ranges, minimize=tuning.minimize, seed=config.get("RandomSeed"))
    job.when_asked_to_stop(lambda: _stop_attempts(tuning))
    with time_limit(limits.get("MaxRuntimeInSeconds", threading.TIMEOUT_MAX), job.ask_to_stop):
        _search(cloud, job, search, min(limits.get("MaxNumberOfTrainingJobs", math.inf), search.size))
    if tuning.best() is None and not job.asked_to_stop:
        raise JobError(
            f"AlgorithmError: No training job succeeded after {len(tuning.attempts)} attempts. For additional "
            "details, please take a look at the training job failures by listing training jobs for the "
            "hyperparameter tuning job."
        )


def _config(job: Job) -> dict[str, Any]:
    """Return the job's configuration. Raises JobError if it wants what is not here."""
    for member in NOT_HERE:
        if job.request.get(member):
            raise JobError(f"ClientError: local_sagemaker has no {member} for tuning jobs")
    return dict(job.request["HyperParameterTuningJobConfig"])


def _search(cloud: Cloud, job: Job, search: Search, wanted: float) -> None:
    """Start attempts, as many at once as allowed, until there are enough; return when all have ended."""
    tuning: Tuning = job.state
    at_once = _config(job)["ResourceLimits"]["MaxParallelTrainingJobs"]
    ended: queue.Queue[Attempt] = queue.Queue()
    running = 0
    while True:
        while running < at_once and len(tuning.attempts) < wanted and not _is_enough(job):
            running += _attempt(cloud, job, search, ended)
        if not running:
            return
        attempt = ended.get()
        running -= 1
        job.status.tell_again()
        search.learn(attempt.number, attempt.objective(tuning.metric))


def _attempt(cloud: Cloud, job: Job, search: Search, ended: queue.Queue[Attempt]) -> int:
    """Start one training job, which will be put into `ended`; return how many have started."""
    tuning: Tuning = job.state
    number, values = search.propose()
    with tuning.lock:
        if job.asked_to_stop:
            return 0
        name = f"{job.name}-{len(tuning.attempts) + 1:03d}-{secrets.token_hex(4)}"
        started = training.start(cloud, job.caller, _request(job, name, values, tuning.metric), job.arn)
        attempt = Attempt(number, values, started)
        tuning.attempts.append(attempt)
    job.status.tell_again()

    def watch() -> None:
        started.status.wait_for_end()
        ended.put(attempt)

    cloud.start(watch)
    return 1


def _request(job: Job, name: str, values: dict[str, str], metric: str) -> dict[str, Any]:
    definition = job.request["TrainingJobDefinition"]
    given = {**definition.get("StaticHyperParameters", {}), **values, "_tuning_objective_metric": metric}
    kept = {member: value for member, value in definition.items() if member not in NOT_FOR_TRAINING}
    return {"ResourceConfig": _resources(definition), **kept, "TrainingJobName": name, "HyperParameters": given}


def _resources(definition: dict[str, Any]) -> dict[str, Any]:
    """Return a training job's resources as version 2 of the SDK gives them; of several choices the first."""
    given = definition.get("HyperParameterTuningResourceConfig", {})
    first = given.get("InstanceConfigs", [given])[0]
    return {name: first[name] for name in ("InstanceType", "InstanceCount", "VolumeSizeInGB") if name in first}


def _is_enough(job: Job) -> bool:
    """Return whether no other training job shall be started."""
    tuning: Tuning = job.state
    ended = [each for each in tuning.attempts if not each.job.status.passing]
    criteria = _config(job).get("TuningJobCompletionCriteria", {})
    best = tuning.best()
    if job.asked_to_stop or (len(ended) >= HOPELESS and all(each.job.status.value == "Failed" for each in ended)):
        return True
    if best is None:
        return False
    target = criteria.get("TargetObjectiveMetricValue")
    sign = 1 if tuning.minimize else -1
    if target is not None and tuning.loss(best) <= sign * target:
        return True
    patience = criteria.get("BestObjectiveNotImproving", {}).get("MaxNumberOfTrainingJobsNotImproving", math.inf)
    return bool(len(ended) - 1 - ended.index(best) >= patience)


def _stop_attempts(tuning: Tuning) -> None:
    with tuning.lock:
        running = [each.job for each in tuning.attempts if each.job.status.passing]
    for job in running:
        job.ask_to_stop()


def _prepare(cloud: Cloud, job: Job) -> None:
    config = job.request["HyperParameterTuningJobConfig"]
    definition = job.request.get("TrainingJobDefinition", {})
    objective = definition.get("TuningObjective") or config.get("HyperParameterTuningJobObjective") or {}
    job.state = Tuning(objective.get("MetricName", ""), objective.get("Type") == "Minimize")


def _counters(job: Job) -> dict[str, Any]:
    tuning: Tuning = job.state
    statuses = Counter(COUNTERS.get(each.job.status.value, "InProgress") for each in tuning.attempts)
    objectives = Counter(_objective_status(each, tuning) for each in tuning.attempts)
    names = ("Completed", "InProgress", "RetryableError", "NonRetryableError", "Stopped")
    return {
        "TrainingJobStatusCounters": {name: statuses[name] for name in names},
        "ObjectiveStatusCounters": {name: objectives[name] for name in ("Succeeded", "Pending", "Failed")},
    }


def _objective_status(attempt: Attempt, tuning: Tuning) -> str:
    if attempt.job.status.passing:
        return "Pending"
    return "Failed" if attempt.objective(tuning.metric) is None else "Succeeded"


def _details(job: Job) -> dict[str, Any]:
    best = job.state.best()
    return {**_counters(job), **({"BestTrainingJob": _attempt_summary(best, job)} if best else {})}


def _summary(job: Job) -> dict[str, Any]:
    config = job.request["HyperParameterTuningJobConfig"]
    return {**_counters(job), "Strategy": config["Strategy"], "ResourceLimits": config["ResourceLimits"]}


def _attempt_summary(attempt: Attempt, job: Job) -> dict[str, Any]:
    tuning: Tuning = job.state
    described = attempt.job.description()
    told = {name: described[name] for name in TOLD_OF_ATTEMPTS if name in described}
    told |= {"TunedHyperParameters": attempt.values, "ObjectiveStatus": _objective_status(attempt, tuning)}
    objective = attempt.objective(tuning.metric)
    if objective is None:
        return told
    final = {"MetricName": tuning.metric, "Value": objective, "Type": "Minimize" if tuning.minimize else "Maximize"}
    return {**told, "FinalHyperParameterTuningJobObjectiveMetric": final}


def list_training_jobs(cloud: Cloud, call: Call) -> dict[str, Any]:
    """List the training jobs of a tuning job, newest first unless asked otherwise."""
    job = KIND.find(cloud, call)
    tuning: Tuning = job.state
    attempts = {each.job.name: each for each in tuning.attempts}
    listed = [attempts[each.name] for each in select([each.job for each in attempts.values()], call.parameters)]
    if call.parameters.get("SortBy") == "FinalObjectiveMetricValue":
        # As on AWS, only those that have one are listed.
        listed = [each for each in listed if each.objective(tuning.metric) is not None]
        listed.sort(
            key=lambda each: each.objective(tuning.metric) or 0.0,
            reverse=call.parameters.get("SortOrder", "Descending") == "Descending",
        )
    return page("TrainingJobSummaries", [_attempt_summary(each, job) for each in listed], call.parameters)


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
