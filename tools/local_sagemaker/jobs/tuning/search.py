"""How a tuning job chooses hyperparameters, and which training jobs it ends early: all by Optuna.

Bayesian search is Optuna's tree-structured Parzen estimator (Bergstra et al., "Algorithms for Hyper-Parameter
Optimization", 2011); AWS uses Gaussian processes. Hyperband (Li et al., 2018) is Optuna's pruner of that name beside
the same estimator. Early stopping is the median rule as AWS documents it.
"""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .attempts import Attempt, Ranges
from .axes import axes

if TYPE_CHECKING:
    from optuna.pruners import BasePruner
    from optuna.samplers import BaseSampler
    from optuna.trial import Trial

RANDOM_FIRST = 3
"""How many choices a Bayesian search makes at random before it has something to learn from."""

TRIES = 50
"""How often a search chooses again to find values that it has not proposed before."""


@dataclass(frozen=True)
class Rules:
    """How to search: the strategy, whether the objective shall be small, the seed, and when to end jobs early.

    `early` is the median rule; `epochs` are the fewest and the most epochs of a job under Hyperband.
    """

    strategy: str
    minimize: bool
    seed: int | None = None
    early: bool = False
    epochs: tuple[int, int] | None = None


class Search:
    """One search: it proposes values, as strings by name, and learns what came of them.

    `size` is how many different proposals there are: the combinations of a grid, else no end.
    """

    def __init__(self, ranges: Ranges, rules: Rules) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._axes, self._most = axes(ranges), rules.epochs[1] if rules.epochs else math.inf
        self.size = float(len(grid(ranges))) if rules.strategy == "Grid" else math.inf
        self._study = optuna.create_study(
            direction="minimize" if rules.minimize else "maximize", sampler=_sampler(rules), pruner=_pruner(rules)
        )
        for combination in grid(ranges) if rules.strategy == "Grid" else []:
            self._study.enqueue_trial(combination)
        self._trials: dict[int, Trial] = {}
        self._proposed: set[tuple[str, ...]] = set()
        self._lock = threading.Lock()

    def propose(self) -> tuple[int, dict[str, str]]:
        """Return a proposal's number, for `learn`, and its values: new ones, if they can be found."""
        from optuna.trial import TrialState

        with self._lock:
            trial, values = self._ask()
            for _ in range(TRIES):
                if tuple(values.values()) not in self._proposed:
                    break
                self._study.tell(trial, state=TrialState.FAIL)
                trial, values = self._ask()
            self._proposed.add(tuple(values.values()))
            self._trials[trial.number] = trial
            return trial.number, values

    def hopeless(self, number: int, epoch: int, objective: float) -> bool:
        """Note the objective that a proposal has after an epoch; return whether to end its job now."""
        with self._lock:
            trial = self._trials.get(number)
            if trial is None or not math.isfinite(objective):
                return False
            trial.report(objective, epoch)
            return epoch > self._most or trial.should_prune()

    def learn(self, number: int, objective: float | None, *, stopped: bool = False) -> None:
        """Note the objective that a proposal led to, or that it led to none; `stopped` if not all was done."""
        from optuna.trial import TrialState

        with self._lock:
            trial = self._trials.pop(number)
            if objective is None or not math.isfinite(objective):
                self._study.tell(trial, state=TrialState.FAIL)
            elif stopped:
                self._study.tell(trial, state=TrialState.PRUNED)
            else:
                self._study.tell(trial, objective)

    def remember(self, attempts: Iterable[Attempt]) -> None:
        """Take what earlier attempts came to as if it had been learnt here, where they lie in the ranges of here."""
        from optuna.trial import create_trial

        for attempt in attempts:
            known = {**attempt.definition.static, **attempt.values}
            drawn = {axis.name: axis.read(known.get(axis.name, "")) for axis in self._axes}
            if None not in drawn.values() and attempt.objective is not None:
                distributions = {axis.name: axis.distribution for axis in self._axes}
                trial = create_trial(params=drawn, distributions=distributions, value=attempt.objective)
                self._study.add_trial(trial)

    def _ask(self) -> tuple[Trial, dict[str, str]]:
        trial = self._study.ask({axis.name: axis.distribution for axis in self._axes})
        return trial, {axis.name: axis.tell(trial.params[axis.name]) for axis in self._axes}


def grid(ranges: Ranges) -> list[dict[str, str]]:
    """Return every combination of the categorical values."""
    names = [each["Name"] for each in ranges.get("CategoricalParameterRanges", [])]
    values = [each["Values"] for each in ranges.get("CategoricalParameterRanges", [])]
    return [dict(zip(names, combination, strict=True)) for combination in itertools.product(*values)]


def _sampler(rules: Rules) -> BaseSampler:
    from optuna import samplers

    if rules.strategy in ("Bayesian", "Hyperband"):
        return samplers.TPESampler(seed=rules.seed, n_startup_trials=RANDOM_FIRST)
    return samplers.RandomSampler(seed=rules.seed)


def _pruner(rules: Rules) -> BasePruner:
    from . import pruning

    if rules.epochs:
        return pruning.hyperband(*rules.epochs)
    return pruning.MedianRule() if rules.early else pruning.NEVER
