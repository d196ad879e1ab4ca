"""How good a linear model is: Linear Learner's documented metrics, and the threshold of a binary classifier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ... import quality

if TYPE_CHECKING:
    from numpy.typing import NDArray

Given = Mapping[str, Any]

_REGRESSION = (("mse", "mse", "loss"), ("absolute_loss", "absolute_loss", "loss"))
_BINARY = (
    ("binary_classification_accuracy", "binary_classification_accuracy", "score"),
    ("binary_f_beta", r"binary_f_\S+", "score"),
    ("precision", "precision", "score"),
    ("recall", "recall", "score"),
    ("roc_auc_score", "roc_auc_score", "score"),
)
_MULTICLASS = (
    ("multiclass_accuracy", "multiclass_accuracy", "score"),
    ("multiclass_top_k_accuracy", r"multiclass_top_k_accuracy_\S+", "score"),
    ("dcg", "dcg", "score"),
    ("macro_f_beta", r"macro_f_\S+", "score"),
    ("macro_precision", "macro_precision", "score"),
    ("macro_recall", "macro_recall", "score"),
)
METRICS = {
    **{
        f"{part}:{name}": quality.expression(part, pattern, kind)
        for part in ("train", "validation", "test")
        for name, pattern, kind in (*_REGRESSION, *_BINARY, *_MULTICLASS)
    },
    "train:objective_loss": quality.expression(r"epoch=\S+, train", r"\S+_objective", "loss"),
    "train:objective_loss:final": quality.expression("train", r"\S+_objective", "loss"),
    "validation:objective_loss": quality.expression(r"epoch=\S+, validation", r"\S+_objective", "loss"),
    "validation:objective_loss:final": quality.expression("validation", r"\S+_objective", "loss"),
    "test:objective_loss": quality.expression("test", r"\S+_objective", "loss"),
}


def threshold(labels: NDArray[Any], scores: NDArray[Any], neutral: float, given: Given) -> tuple[float, float]:
    """Return the score from which on an example counts as positive, and how good that is.

    Good is what binary_classifier_model_selection_criteria says. `neutral` is the threshold where nothing is chosen.
    """
    import numpy
    from sklearn.metrics import roc_curve

    positives, negatives = float(labels.sum()), float((1 - labels).sum())
    if given["binary_classifier_model_selection_criteria"] == "loss_function" or not (positives and negatives):
        return neutral, 0.0
    false_rate, recall, thresholds = roc_curve(labels, scores, drop_intermediate=False)
    hits, misses = recall * positives, false_rate * negatives
    precision = hits / numpy.maximum(hits + misses, 1)
    goodness = {
        "accuracy": (hits + negatives - misses) / len(labels),
        "f_beta": _f_beta(precision, recall, given["f_beta"]),
        "precision_at_target_recall": numpy.where(recall >= given["target_recall"], precision, -1),
        "recall_at_target_precision": numpy.where(precision >= given["target_precision"], recall, -1),
    }[given["binary_classifier_model_selection_criteria"]]
    best = int(goodness.argmax())
    return float(thresholds[best]), float(goodness[best])


def _f_beta(precision: Any, recall: Any, beta: float) -> Any:
    return (1 + beta**2) * precision * recall / (beta**2 * precision + recall + 1e-12)


def tell_regression(part: str, labels: NDArray[Any], predicted: NDArray[Any]) -> None:
    """Write a regressor's metrics to the log."""
    quality.loss(part, "mse", ((predicted - labels) ** 2).mean())
    quality.loss(part, "absolute_loss", abs(predicted - labels).mean())


def tell_binary(part: str, labels: NDArray[Any], scores: NDArray[Any], limit: float, beta: float) -> None:
    """Write a binary classifier's metrics to the log."""
    from sklearn.metrics import roc_auc_score

    predicted = scores >= limit
    hits = float((predicted * labels).sum())
    precision, recall = hits / max(float(predicted.sum()), 1.0), hits / max(float(labels.sum()), 1.0)
    quality.score(part, "binary_classification_accuracy", (predicted == labels).mean())
    quality.score(part, "precision", precision)
    quality.score(part, "recall", recall)
    quality.score(part, f"binary_f_{beta:.3f}", _f_beta(precision, recall, beta))
    if 0 < labels.mean() < 1:
        quality.score(part, "roc_auc_score", roc_auc_score(labels, scores))


def tell_multiclass(part: str, labels: NDArray[Any], scores: NDArray[Any], top: int, beta: float) -> None:
    """Write the metrics of a classifier of several classes to the log; `scores` is of shape (rows, classes)."""
    import numpy
    from sklearn.metrics import precision_recall_fscore_support

    predicted = scores.argmax(axis=1)
    ranks = (scores > scores[numpy.arange(len(scores)), labels.astype(int)][:, None]).sum(axis=1)
    precision, recall, f_beta, _ = precision_recall_fscore_support(
        labels, predicted, beta=beta, average="macro", zero_division=0
    )
    quality.score(part, "multiclass_accuracy", (predicted == labels).mean())
    quality.score(part, f"multiclass_top_k_accuracy_{top}", (ranks < top).mean())
    quality.score(part, "dcg", (1 / numpy.log2(2 + ranks)).mean())
    quality.score(part, "macro_recall", recall)
    quality.score(part, "macro_precision", precision)
    quality.score(part, f"macro_f_{beta:.3f}", f_beta)
