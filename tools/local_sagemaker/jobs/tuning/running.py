"""One tuning job from its start to its end: training jobs side by side, each with what the search proposes."""

from __future__ import annotations

import itertools
import queue
import secrets
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ... import training
from ...cloud import Cloud
from ...containers.failures import JobError
from ...containers.hosts import time_limit
from .. import Job
from . import validation
from .attempts import Attempt, Definition, Tuning
from .completion import Criteria
from .search import Rules, Search

MAX_JOBS = 750
"""Training jobs of a tuning job that does not say how many; AWS's own limit."""

OBJECTIVE_METRIC = "_tuning_objective_metric"
"""A hyperparameter that SageMaker adds, so that a container knows what is tuned."""

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


def run(cloud: Cloud, job: Job, base: Path) -> None:
    """Do a tuning job. Raises JobError."""
    config, tuning = job.request["HyperParameterTuningJobConfig"], job.state
    assert isinstance(tuning, Tuning)
    criteria = Criteria.of(config)
    job.when_asked_to_stop(lambda: _stop_attempts(tuning))
    with time_limit(config["ResourceLimits"].get("MaxRuntimeInSeconds", threading.TIMEOUT_MAX), job.ask_to_stop):
        _Race(cloud, job, tuning, criteria, [_search(each, tuning, config) for each in tuning.definitions]).run()
    job.told.update(criteria.details(tuning))
    if tuning.best() is None and not job.asked_to_stop:
        raise JobError(
            f"No training job succeeded after {len(tuning.attempts)} attempts. For additional details, please take a "
            "look at the training job failures by listing training jobs for the hyperparameter tuning job."
        )


def _search(definition: Definition, tuning: Tuning, config: dict[str, Any]) -> Search:
    rules = Rules(
        strategy=config["Strategy"],
        minimize=definition.minimize,
        seed=config.get("RandomSeed"),
        early=config.get("TrainingJobEarlyStoppingType") == "Auto",
        epochs=validation.epochs(definition, config) if config["Strategy"] == "Hyperband" else None,
    )
    search = Search(definition.ranges, rules)
    for parent in tuning.parents:
        search.remember(parent.attempts)
    return search


@dataclass
class _Race:
    """The training jobs of one tuning job while it runs; definitions take turns."""

    cloud: Cloud
    job: Job
    tuning: Tuning
    criteria: Criteria
    searches: list[Search]
    _ended: queue.Queue[Attempt] = field(default_factory=queue.Queue)

    def run(self) -> None:
        """Start attempts, as many at once as allowed, until there are enough; return when all have ended."""
        limits = self.job.request["HyperParameterTuningJobConfig"]["ResourceLimits"]
        wanted, turns, running = limits.get("MaxNumberOfTrainingJobs", MAX_JOBS), self._turns(), 0
        while True:
            while running < limits["MaxParallelTrainingJobs"] and len(self.tuning.attempts) < wanted:
                turn = None if self.job.asked_to_stop or self.criteria.are_met(self.tuning) else next(turns, None)
                if turn is None:
                    break
                running += self._start(*turn)
            if not running:
                return
            attempt = self._ended.get()
            running -= 1
            self._learn(attempt)

    def _turns(self) -> Iterator[tuple[Definition, Search]]:
        """Yield whose turn it is, while there is anything left to try."""
        pairs = list(zip(self.tuning.definitions, self.searches, strict=True))
        for number in itertools.count():
            pairs = [pair for pair in pairs if number < pair[1].size]
            if not pairs:
                return
            yield from pairs

    def _start(self, definition: Definition, search: Search) -> int:
        """Start one training job, which will be put among the ended ones; return how many have started."""
        number, values = search.propose()
        curve: list[float] = []

        def hear(metric: str, value: float) -> bool:
            if metric != definition.metric:
                return False
            curve.append(value)
            return search.hopeless(number, len(curve), value)

        with self.tuning.lock:
            if self.job.asked_to_stop:
                return 0
            name = f"{self.job.name}-{len(self.tuning.attempts) + 1:03d}-{secrets.token_hex(4)}"
            request = _request(definition, name, values)
            started = training.start(self.cloud, self.job.caller, request, self.job.arn, hear)
            attempt = Attempt(number, definition, values, started)
            self.tuning.attempts.append(attempt)
        self.job.status.tell_again()
        self.cloud.start(lambda: self._wait_for(attempt))
        return 1

    def _wait_for(self, attempt: Attempt) -> None:
        attempt.job.status.wait_for_end()
        self._ended.put(attempt)

    def _learn(self, attempt: Attempt) -> None:
        self.job.status.tell_again()
        search = self.searches[self.tuning.definitions.index(attempt.definition)]
        search.learn(attempt.number, attempt.objective, stopped=attempt.job.status.value == "Stopped")


def _request(definition: Definition, name: str, values: dict[str, str]) -> dict[str, Any]:
    given = {**definition.static, **values, OBJECTIVE_METRIC: definition.metric}
    kept = {member: value for member, value in definition.request.items() if member not in NOT_FOR_TRAINING}
    checkpoints = _checkpoints(kept["CheckpointConfig"], name) if "CheckpointConfig" in kept else {}
    resources = {"ResourceConfig": resources_of(definition)}
    return {**resources, **kept, **checkpoints, "TrainingJobName": name, "HyperParameters": given}


def _checkpoints(config: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a place of its own for a job's checkpoints: it must not go on from those of other values."""
    return {"CheckpointConfig": {**config, "S3Uri": f"{config['S3Uri'].rstrip('/')}/{name}"}}


def resources_of(definition: Definition) -> dict[str, Any]:
    """Return a training job's resources as version 2 of the SDK gives them; of several choices the first."""
    given = definition.request.get("HyperParameterTuningResourceConfig", {})
    first = given.get("InstanceConfigs", [given])[0]
    return {name: first[name] for name in ("InstanceType", "InstanceCount", "VolumeSizeInGB") if name in first}


def _stop_attempts(tuning: Tuning) -> None:
    with tuning.lock:
        running = [each.job for each in tuning.attempts if each.job.status.passing]
    for job in running:
        job.ask_to_stop()
