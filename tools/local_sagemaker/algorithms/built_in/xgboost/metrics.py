"""Metrics of XGBoost: those of the library, and those that AWS's container adds, computed with NumPy.

Classes are those that a prediction stands for: above one half for two classes, the likeliest of several.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

OF_THE_LIBRARY = (
    *("rmse", "rmsle", "mae", "mape", "mphe", "logloss", "error", "merror", "mlogloss", "auc", "aucpr", "ndcg", "map"),
    *("poisson-nloglik", "gamma-nloglik", "gamma-deviance", "tweedie-nloglik", "cox-nloglik", "aft-nloglik"),
    *("interval-regression-accuracy",),
)
LARGER_IS_BETTER = frozenset({"auc", "aucpr", "ndcg", "map", "interval-regression-accuracy"})

Evaluate = Callable[[Any, Any], list[tuple[str, float]]]


def classes(predictions: NDArray[Any], objective: str) -> NDArray[Any]:
    """Return the class that each prediction, of shape (rows,) or (rows, classes), stands for."""
    import numpy

    if predictions.ndim == 2:
        found: NDArray[Any] = numpy.argmax(predictions, axis=1)
    elif objective == "multi:softmax":
        found = predictions
    else:
        found = predictions > (0 if objective == "binary:logitraw" else 0.5)
    return found


def _counts(labels: NDArray[Any], found: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return for each class how many examples were rightly found to be in it, were found, and are in it."""
    import numpy

    names = numpy.union1d(labels, found)
    in_it, found_in_it = labels == names[:, None], found == names[:, None]
    return (in_it & found_in_it).sum(axis=1), found_in_it.sum(axis=1), in_it.sum(axis=1)


def _ratio(of: NDArray[Any], by: NDArray[Any]) -> NDArray[Any]:
    import numpy

    ratio: NDArray[Any] = of / numpy.maximum(by, 1)
    return ratio


def _precision(labels: NDArray[Any], found: NDArray[Any]) -> NDArray[Any]:
    right, told, _ = _counts(labels, found)
    return _ratio(right, told)


def _recall(labels: NDArray[Any], found: NDArray[Any]) -> NDArray[Any]:
    right, _, actual = _counts(labels, found)
    return _ratio(right, actual)


def _f1(labels: NDArray[Any], found: NDArray[Any]) -> NDArray[Any]:
    right, told, actual = _counts(labels, found)
    return _ratio(2 * right, told + actual)


def _accuracy(labels: NDArray[Any], found: NDArray[Any]) -> float:
    return float((labels == found).mean())


def _balanced(labels: NDArray[Any], found: NDArray[Any]) -> float:
    _, _, actual = _counts(labels, found)
    return float(_recall(labels, found)[actual > 0].mean())


def _r2(labels: NDArray[Any], predictions: NDArray[Any]) -> float:
    spread = ((labels - labels.mean()) ** 2).sum()
    return float(1 - ((labels - predictions) ** 2).sum() / spread) if spread else 0.0


OF_CLASSES: dict[str, Callable[[Any, Any], float]] = {
    "accuracy": _accuracy,
    "balanced_accuracy": _balanced,
    "f1": lambda labels, found: float(_f1(labels, found).mean()),
    "f1_binary": lambda labels, found: float(_f1(labels, found)[-1]),
    "f1_macro": lambda labels, found: float(_f1(labels, found).mean()),
    "precision": lambda labels, found: float(_precision(labels, found)[-1]),
    "precision_macro": lambda labels, found: float(_precision(labels, found).mean()),
    "precision_micro": _accuracy,
    "recall": lambda labels, found: float(_recall(labels, found)[-1]),
    "recall_macro": lambda labels, found: float(_recall(labels, found).mean()),
    "recall_micro": _accuracy,
}
OF_NUMBERS: dict[str, Callable[[Any, Any], float]] = {
    "mse": lambda labels, predictions: float(((labels - predictions) ** 2).mean()),
    "r2": _r2,
}
METRICS = (*OF_THE_LIBRARY, *OF_CLASSES, *OF_NUMBERS)


def added(names: Sequence[str], objective: str) -> Evaluate | None:
    """Return what the library calls for those metrics among `names` that it does not have, or None."""
    chosen = [name for name in names if name in OF_CLASSES or name in OF_NUMBERS]

    def evaluate(predictions: NDArray[Any], data: Any) -> list[tuple[str, float]]:
        labels, found = data.get_label(), classes(predictions, objective)
        return [
            (name, OF_CLASSES[name](labels, found) if name in OF_CLASSES else OF_NUMBERS[name](labels, predictions))
            for name in chosen
        ]

    return evaluate if chosen else None


def larger_is_better(name: str) -> bool:
    """Return whether a metric, perhaps with a threshold, should be large."""
    return name.partition("@")[0] in LARGER_IS_BETTER or name in OF_CLASSES or name == "r2"
