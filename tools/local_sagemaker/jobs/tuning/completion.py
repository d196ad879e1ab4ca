"""When a tuning job has tried enough: the completion criteria, and the hopeless case."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .attempts import Attempt, Tuning

HOPELESS = 5
"""A tuning job fails when this many training jobs, its first ones, have all failed."""

IMPROVEMENT = 0.01
"""By which part of itself the best objective has to get better for that to count, as AWS documents it."""

CONVERGED = 15
"""After so many training jobs without such an improvement the search has converged; AWS does not say how it knows."""


@dataclass(frozen=True)
class Criteria:
    """What ends a tuning job before all its training jobs have run. `target` is an objective, `patience` a count."""

    target: float | None
    patience: float
    converge: bool

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Criteria:
        """Return what HyperParameterTuningJobConfig asks for."""
        given = config.get("TuningJobCompletionCriteria", {})
        not_improving = given.get("BestObjectiveNotImproving", {})
        return cls(
            target=given.get("TargetObjectiveMetricValue"),
            patience=not_improving.get("MaxNumberOfTrainingJobsNotImproving", math.inf),
            converge=bool(given.get("ConvergenceDetected", {}).get("CompleteOnConvergence")),
        )

    def are_met(self, tuning: Tuning) -> bool:
        """Return whether no other training job shall be started."""
        ended, best = tuning.ended, tuning.best()
        if best is None:
            return len(ended) >= HOPELESS and all(each.job.status.value == "Failed" for each in ended)
        if self.target is not None and best.loss <= best.definition.loss(self.target):
            return True
        idle = not_improving(ended)
        return idle >= self.patience or (self.converge and idle >= CONVERGED)

    def details(self, tuning: Tuning) -> dict[str, Any]:
        """Return what DescribeHyperParameterTuningJob tells of the end of a job with such criteria."""
        idle = not_improving(tuning.ended)
        told: dict[str, Any] = {} if self.patience == math.inf else {"NumberOfTrainingJobsObjectiveNotImproving": idle}
        if self.converge and idle >= CONVERGED:
            told["ConvergenceDetectedTime"] = time.time()
        return {"TuningJobCompletionDetails": told} if told else {}


def not_improving(ended: list[Attempt]) -> int:
    """Return how many attempts, the last ones, have not made the best objective clearly better."""
    best, idle = math.inf, 0
    for attempt in ended:
        better = attempt.loss < best - (IMPROVEMENT * abs(best) if best < math.inf else 0)
        idle = 0 if better else idle + 1
        best = min(best, attempt.loss)
    return idle
