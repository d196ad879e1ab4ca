"""When a training job is ended because it will not be the best: rules that Optuna asks after each epoch."""

from __future__ import annotations

from statistics import fmean, median

from optuna.pruners import BasePruner, HyperbandPruner, NopPruner
from optuna.study import Study, StudyDirection
from optuna.trial import FrozenTrial, TrialState

REDUCTION = 3
"""Of the jobs that reach a rung of Hyperband, one in so many goes on."""

NEVER = NopPruner()


class MedianRule(BasePruner):
    """The rule as AWS documents it in "Stop Training Jobs Early".

    A job ends if its objective is worse than the median, over all jobs before it, of the mean of their objectives up
    to the same epoch.
    """

    def prune(self, study: Study, trial: FrozenTrial) -> bool:
        """Return whether `trial` shall end."""
        epoch = max(trial.intermediate_values)
        before = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))
        means = [_mean(each, epoch) for each in before if epoch in each.intermediate_values]
        if not means:
            return False
        now, usual = trial.intermediate_values[epoch], median(means)
        return now > usual if study.direction == StudyDirection.MINIMIZE else now < usual


def hyperband(fewest: int, most: int) -> BasePruner:
    """Return Hyperband's rule for jobs of `fewest` to `most` epochs."""
    return HyperbandPruner(min_resource=fewest, max_resource=most, reduction_factor=REDUCTION)


def _mean(trial: FrozenTrial, epoch: int) -> float:
    return fmean(value for step, value in trial.intermediate_values.items() if step <= epoch)
