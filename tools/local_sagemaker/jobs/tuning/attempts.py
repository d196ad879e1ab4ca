"""What a tuning job is made of: definitions of training jobs, attempts at them, and which attempt is the best."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...training.job import TrainingJob

Ranges = Mapping[str, list[Mapping[str, Any]]]
"""What is tuned: ``IntegerParameterRanges``, ``ContinuousParameterRanges`` and ``CategoricalParameterRanges``."""


@dataclass(frozen=True)
class Definition:
    """What the training jobs of one definition have in common; `request` is a HyperParameterTrainingJobDefinition."""

    request: Mapping[str, Any]
    ranges: Ranges
    metric: str
    minimize: bool

    @property
    def name(self) -> str:
        """The definition's name; empty if the tuning job has only one."""
        return str(self.request.get("DefinitionName", ""))

    @property
    def static(self) -> dict[str, str]:
        """The hyperparameters that are not tuned."""
        return dict(self.request.get("StaticHyperParameters", {}))

    def loss(self, objective: float) -> float:
        """Return a number that is the smaller the better the objective is."""
        return objective if self.minimize else -objective


@dataclass(frozen=True)
class Attempt:
    """One training job of a tuning job, and the number by which its definition's search knows it."""

    number: int
    definition: Definition
    values: Mapping[str, str]
    job: TrainingJob

    @property
    def objective(self) -> float | None:
        """The last value of the objective, if the job has ended and not failed."""
        told = self.job.metrics.get(self.definition.metric)
        return float(told["Value"]) if told and self.job.status.value in ("Completed", "Stopped") else None

    @property
    def loss(self) -> float:
        """A number that is the smaller the better the attempt is; infinite without an objective."""
        return math.inf if self.objective is None else self.definition.loss(self.objective)


@dataclass
class Tuning:
    """How far a tuning job is. `parents` are those of a warm start."""

    definitions: list[Definition]
    parents: list[Tuning] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def ended(self) -> list[Attempt]:
        """The attempts that have ended, in the order of their ends."""
        return sorted(
            (each for each in self.attempts if not each.job.status.passing), key=lambda each: each.job.modified
        )

    def best(self) -> Attempt | None:
        """Return the attempt with the best objective so far."""
        return best_of(self.attempts)

    def overall_best(self) -> Attempt | None:
        """Return the best attempt of this job and its parents."""
        return best_of([*self.attempts, *(each for parent in self.parents for each in parent.attempts)])


def best_of(attempts: Iterable[Attempt]) -> Attempt | None:
    """Return the attempt with the best objective, or None if none has any."""
    return min((each for each in attempts if each.objective is not None), key=lambda each: each.loss, default=None)
