"""Linear models by mini-batch gradient descent, in NumPy: the numeric part of Linear Learner.

Scores are ``x @ weights + bias``: of shape (rows,), or (rows, classes) with several classes. A loss tells the loss of
each row, and its derivative by the row's scores. Source of the optimizers: Kingma and Ba, "Adam" (2015), and the
developer guide's hyperparameters of Linear Learner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Array = Any
"""A NumPy array; NumPy's type hints forget the type in most of what is done here."""

Given = Mapping[str, Any]
TINY = 1e-8


@dataclass(frozen=True)
class Loss:
    """A loss: `value` and `slope` take scores, labels and the hyperparameters.

    `value` is of shape (rows,), `slope`, its derivative, of the scores' shape. `objective` is its name in the log.
    """

    objective: str
    value: Callable[[Array, Array, Given], Array]
    slope: Callable[[Array, Array, Given], Array]


def probabilities(scores: Array) -> Array:
    """Return the logistic function of scores of shape (rows,), or the softmax of those of shape (rows, classes)."""
    from scipy.special import expit, softmax

    return expit(scores) if scores.ndim == 1 else softmax(scores, axis=1)


def _logistic(scores: Array, labels: Array, _: Given) -> Array:
    import numpy

    return numpy.logaddexp(0, scores) - labels * scores


def _logistic_slope(scores: Array, labels: Array, _: Given) -> Array:
    return probabilities(scores) - labels


def _hinge(scores: Array, labels: Array, given: Given) -> Array:
    import numpy

    return numpy.maximum(0, given["margin"] - (2 * labels - 1) * scores)


def _hinge_slope(scores: Array, labels: Array, given: Given) -> Array:
    signs = 2 * labels - 1
    return -signs * (signs * scores < given["margin"])


def _softmax(scores: Array, labels: Array, _: Given) -> Array:
    from scipy.special import log_softmax

    return -_of_label(log_softmax(scores, axis=1), labels)


def _softmax_slope(scores: Array, labels: Array, _: Given) -> Array:
    return probabilities(scores) - _one_hot(labels, scores.shape[1])


def _classes_hinge(scores: Array, labels: Array, given: Given) -> Array:
    import numpy

    rivals = scores - 1e9 * _one_hot(labels, scores.shape[1])
    return numpy.maximum(0, given["margin"] + rivals.max(axis=1) - _of_label(scores, labels))


def _classes_hinge_slope(scores: Array, labels: Array, given: Given) -> Array:
    own = _one_hot(labels, scores.shape[1])
    rival = _one_hot((scores - 1e9 * own).argmax(axis=1), scores.shape[1])
    return (rival - own) * (_classes_hinge(scores, labels, given) > 0)[:, None]


def _one_hot(labels: Array, classes: int) -> Array:
    import numpy

    return numpy.eye(classes, dtype=numpy.float32)[labels.astype(int)]


def _of_label(scores: Array, labels: Array) -> Array:
    import numpy

    return scores[numpy.arange(len(scores)), labels.astype(int)]


def _regression(value: Callable[[Any, Given], Any], slope: Callable[[Any, Given], Any], objective: str) -> Loss:
    """Return a loss that depends on the error, score minus label, only."""
    return Loss(
        objective,
        lambda scores, labels, given: value(scores - labels, given),
        lambda scores, labels, given: slope(scores - labels, given),
    )


def _beyond(error: Array, given: Given) -> Array:
    """Return by how much errors are larger than those that do not count."""
    import numpy

    return numpy.sign(error) * numpy.maximum(0, abs(error) - given["loss_insensitivity"])


def _huber(error: Array, given: Given) -> Array:
    import numpy

    delta = given["huber_delta"]
    return numpy.where(abs(error) < delta, error**2 / 2, delta * (abs(error) - delta / 2))


def _sign(error: Array, _: Given) -> Array:
    import numpy

    return numpy.sign(error)


CLASSIFICATION_LOSSES = {
    "logistic": Loss("binary_classification_cross_entropy_objective", _logistic, _logistic_slope),
    "hinge_loss": Loss("hinge_loss_objective", _hinge, _hinge_slope),
}
MULTICLASS_LOSSES = {
    "softmax_loss": Loss("multiclass_cross_entropy_objective", _softmax, _softmax_slope),
    "hinge_loss": Loss("multiclass_hinge_loss_objective", _classes_hinge, _classes_hinge_slope),
}
REGRESSION_LOSSES = {
    "squared_loss": _regression(lambda error, _: error**2, lambda error, _: 2 * error, "mse_objective"),
    "absolute_loss": _regression(lambda error, _: abs(error), _sign, "absolute_loss_objective"),
    "eps_insensitive_squared_loss": _regression(
        lambda error, given: _beyond(error, given) ** 2,
        lambda error, given: 2 * _beyond(error, given),
        "eps_insensitive_squared_loss_objective",
    ),
    "eps_insensitive_absolute_loss": _regression(
        lambda error, given: abs(_beyond(error, given)),
        lambda error, given: _sign(_beyond(error, given), given),
        "eps_insensitive_absolute_loss_objective",
    ),
    "quantile_loss": _regression(
        lambda error, given: abs(error) * abs((error < 0) - 1 + given["quantile"]),
        lambda error, given: (error > 0) - given["quantile"],
        "quantile_loss_objective",
    ),
    "huber_loss": _regression(
        _huber, lambda error, given: error.clip(-given["huber_delta"], given["huber_delta"]), "huber_loss_objective"
    ),
}


@dataclass(frozen=True)
class Rates:
    """What one of the models trained at the same time has for itself."""

    learning_rate: float
    wd: float


class Descent:
    """A linear model on its way down.

    `weights` are of shape (features,), or (features, classes); `bias` is of shape () or (classes,).
    """

    def __init__(self, features: int, classes: int | None, rates: Rates, given: Given) -> None:
        import numpy

        shape = (features,) if classes is None else (features, classes)
        draw = numpy.random.default_rng(0)
        scale, sigma = given["init_scale"], given["init_sigma"]
        start = (
            draw.uniform(-scale, scale, shape) if given["init_method"] == "uniform" else draw.normal(0, sigma, shape)
        )
        self.weights = start.astype(numpy.float32)
        self.bias = numpy.full(shape[1:], given["init_bias"] if given["use_bias"] else 0, numpy.float32)
        self._rates, self._given = rates, given
        self._moments = [[numpy.zeros_like(each), numpy.zeros_like(each)] for each in (self.weights, self.bias)]
        self._steps = 0

    def scores(self, rows: Array) -> Array:
        """Return the scores of rows of shape (rows, features)."""
        return rows @ self.weights + self.bias

    def go_over(self, batches: Iterable[tuple[Array, Array, Array]], loss: Loss) -> float:
        """Take a step for each batch of rows, labels and row weights; return the mean loss on the way."""
        total = count = 0.0
        for rows, labels, importance in batches:
            scores = self.scores(rows)
            total += float((loss.value(scores, labels, self._given) * importance).sum())
            count += len(rows)
            slope = (loss.slope(scores, labels, self._given).T * importance).T / len(rows)
            self._step(rows.T @ slope, slope.sum(axis=0))
        return total / count

    def _step(self, weights_slope: Array, bias_slope: Array) -> None:
        import numpy

        given, wd, rate = self._given, self._rates.wd, self._rate()
        self._steps += 1
        weights_slope = weights_slope + wd * self.weights + given["l1"] * numpy.sign(self.weights)
        self.weights -= rate * self._direction(weights_slope, self._moments[0])
        if given["use_bias"]:
            bias_slope = bias_slope + wd * given["bias_wd_mult"] * self.bias
            self.bias -= rate * given["bias_lr_mult"] * self._direction(bias_slope, self._moments[1])

    def _rate(self) -> float:
        given = self._given
        if not given["use_lr_scheduler"]:
            return self._rates.learning_rate
        shrunk = self._rates.learning_rate * given["lr_scheduler_factor"] ** (self._steps // given["lr_scheduler_step"])
        return float(max(shrunk, min(given["lr_scheduler_minimum_lr"], self._rates.learning_rate)))

    def _direction(self, slope: Array, moments: list[Array]) -> Array:
        """Return what to go along, and keep the moments that the optimizer remembers up to date."""
        given = self._given
        if given["optimizer"] == "sgd":
            moments[0] = given["momentum"] * moments[0] + slope
            return moments[0]
        moments[1] = given["beta_2"] * moments[1] + (1 - given["beta_2"]) * slope**2
        if given["optimizer"] == "rmsprop":
            return slope / (moments[1] + TINY) ** 0.5
        moments[0] = given["beta_1"] * moments[0] + (1 - given["beta_1"]) * slope
        first, second = (1 - given[name] ** self._steps for name in ("beta_1", "beta_2"))
        return (moments[0] / first) / ((moments[1] / second) ** 0.5 + TINY)
