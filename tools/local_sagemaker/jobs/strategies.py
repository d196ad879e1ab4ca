"""How a tuning job chooses hyperparameters: random, grid and Bayesian search, all by Optuna.

Bayesian search is Optuna's tree-structured Parzen estimator (Bergstra et al., "Algorithms for Hyper-Parameter
Optimization", 2011); AWS uses Gaussian processes.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Any

from ..containers.failures import JobError

RANDOM_FIRST = 3
"""How many choices a Bayesian search makes at random before it has something to learn from."""

WIDE = 100.0
"""A positive range whose ends differ by this factor is searched logarithmically if it may be (``Auto``)."""

Ranges = Mapping[str, list[Mapping[str, Any]]]


class Search:
    """One search: it proposes values, as strings by name, and learns what came of them."""

    def __init__(self, strategy: str, ranges: Ranges, *, minimize: bool, seed: int | None) -> None:
        """Raise JobError for a strategy or for ranges that it does not know."""
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._ranges, self._strategy = ranges, strategy
        self._study = optuna.create_study(
            direction="minimize" if minimize else "maximize", sampler=_sampler(strategy, ranges, seed)
        )
        for combination in _grid(ranges) if strategy == "Grid" else []:
            self._study.enqueue_trial(combination)
        self._trials: dict[int, Any] = {}

    @property
    def size(self) -> float:
        """How many different proposals there are: combinations of a grid, else no end."""
        return len(_grid(self._ranges)) if self._strategy == "Grid" else math.inf

    def propose(self) -> tuple[int, dict[str, str]]:
        """Return a proposal's number, for `learn`, and its values."""
        trial = self._study.ask()
        self._trials[trial.number] = trial
        values: dict[str, str] = {}
        for each in self._ranges.get("IntegerParameterRanges", []):
            values[each["Name"]] = str(_integer(trial, each))
        for each in self._ranges.get("ContinuousParameterRanges", []):
            values[each["Name"]] = repr(_continuous(trial, each))
        for each in self._ranges.get("CategoricalParameterRanges", []):
            values[each["Name"]] = str(trial.suggest_categorical(each["Name"], each["Values"]))
        return trial.number, values

    def learn(self, number: int, objective: float | None) -> None:
        """Note the objective that a proposal led to, or that it led to none."""
        import optuna

        state = optuna.trial.TrialState.FAIL if objective is None else None
        self._study.tell(self._trials.pop(number), objective, state=state)


def _sampler(strategy: str, ranges: Ranges, seed: int | None) -> Any:
    from optuna import samplers

    if strategy == "Bayesian":
        return samplers.TPESampler(seed=seed, n_startup_trials=RANDOM_FIRST)
    if strategy not in ("Random", "Grid"):
        raise JobError(f"ClientError: local_sagemaker has no strategy {strategy}")
    if strategy == "Grid" and (ranges.get("IntegerParameterRanges") or ranges.get("ContinuousParameterRanges")):
        raise JobError("ClientError: The strategy Grid takes categorical parameters only")
    return samplers.RandomSampler(seed=seed)


def _grid(ranges: Ranges) -> list[dict[str, str]]:
    """Return every combination of the categorical values."""
    names = [each["Name"] for each in ranges["CategoricalParameterRanges"]]
    values = [each["Values"] for each in ranges["CategoricalParameterRanges"]]
    return [dict(zip(names, combination, strict=True)) for combination in itertools.product(*values)]


def _integer(trial: Any, each: Mapping[str, Any]) -> int:
    low, high = int(each["MinValue"]), int(each["MaxValue"])
    return int(trial.suggest_int(each["Name"], low, high, log=_scaling(each, low, high) == "Logarithmic"))


def _continuous(trial: Any, each: Mapping[str, Any]) -> float:
    low, high = float(each["MinValue"]), float(each["MaxValue"])
    scaling = _scaling(each, low, high)
    if scaling == "ReverseLogarithmic":
        return 1 - float(trial.suggest_float(each["Name"], 1 - high, 1 - low, log=True))
    return float(trial.suggest_float(each["Name"], low, high, log=scaling == "Logarithmic"))


def _scaling(each: Mapping[str, Any], low: float, high: float) -> str:
    """Return how a range is searched. Raises JobError if it cannot be searched as it says."""
    wanted = str(each.get("ScalingType", "Auto"))
    if low > high:
        raise JobError(f"ClientError: The range of {each['Name']} ends before it begins")
    if wanted == "Auto":
        return "Logarithmic" if low > 0 and high / low >= WIDE else "Linear"
    if (wanted == "Logarithmic" and low <= 0) or (wanted == "ReverseLogarithmic" and not 0 <= low <= high < 1):
        raise JobError(f"ClientError: The range of {each['Name']} cannot have the scaling type {wanted}")
    return wanted
