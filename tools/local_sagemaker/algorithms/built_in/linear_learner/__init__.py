"""Built-in Linear Learner, computed with mini-batch gradient descent in NumPy as AWS's is in MXNet.

Kept of AWS: the hyperparameters, the losses and optimizers, normalisation, several models with close parameters trained
at once of which the best one is kept, early stopping, the threshold of a binary classifier by
binary_classifier_model_selection_criteria, CSV and RecordIO-protobuf in File and Pipe mode, the channels ``train``,
``validation`` and ``test``, the metrics and the log's wording, all request and answer formats.
Not kept: which close parameters are tried (``auto`` is 8 models instead of 32), positive_example_weight_mult ``auto``
(it counts as 1), num_calibration_samples (all samples are used), early stopping by another metric than the loss,
several hosts, GPUs, checkpoints, what is in the model file (here ``weights`` and ``bias`` of the data as it was given;
AWS's is an archive of a network). The random seed is fixed.
Source: developer guide, "How Linear Learner Works", "Linear Learner Hyperparameters" and "Response Formats".
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ... import artifacts, examples, quality
from ...examples import Examples
from ...exchange import Exchange, Row
from ...shape import Algorithm, TrainingInput, UserError
from . import fitting, hyperparameters, metrics
from .fitting import Descent, Loss, Rates
from .hyperparameters import LOSSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEED = 0


@dataclass(frozen=True)
class Scale:
    """How numbers are shifted and scaled before training: ``(x - shift) / size``."""

    shift: NDArray[Any]
    size: NDArray[Any]

    @classmethod
    def of(cls, values: NDArray[Any], *, unbias: bool, normalize: bool) -> Scale:
        """Return the scale by which `values` have mean zero, standard deviation one, or both, along axis 0."""
        import numpy

        deviation = values.std(axis=0) if normalize else numpy.ones_like(values[0])
        shift = values.mean(axis=0) if unbias or normalize else numpy.zeros_like(values[0])
        return cls(shift, numpy.where(deviation > 0, deviation, 1).astype(numpy.float32))

    def apply(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return scaled values."""
        scaled: NDArray[Any] = (values - self.shift) / self.size
        return scaled


def train(job: TrainingInput) -> None:
    """Fit models to the train channel and leave the best one in the model file. Raises UserError."""
    given = hyperparameters.complete(job)
    data = examples.read(job, "train", labelled=True)
    others = {part: examples.read_if_given(job, part, labelled=True) for part in ("validation", "test")}
    parts = {"train": data, **{part: each for part, each in others.items() if each}}
    for part, each in parts.items():
        _check_labels(part, each.labels, given)
    scale, label_scale = _scales(data, given)
    scaled = {part: _scaled(each, scale, label_scale) for part, each in parts.items()}
    models = _fit(scaled["train"], scaled.get("validation"), given)
    model, limit = _best(models, scaled.get("validation", scaled["train"]), given)
    for part, each in parts.items():
        _tell_metrics(part, each, scaled[part], model, limit, label_scale, given)
    if "test" not in parts:
        logging.info("Test data is not provided.")
    _save(job.model, model, limit, scale, label_scale, given)


def _check_labels(part: str, labels: NDArray[Any], given: Mapping[str, Any]) -> None:
    if given["predictor_type"] == "regressor":
        return
    classes = given["num_classes"] if given["predictor_type"] == "multiclass_classifier" else 2
    if not ((labels >= 0) & (labels < classes) & (labels % 1 == 0)).all():
        raise UserError(f"The data channel '{part}' has a label that is not one of 0, ..., {classes - 1}")


def _scales(data: Examples, given: Mapping[str, Any]) -> tuple[Scale, Scale]:
    sample = slice(given["num_point_for_scaler"])
    unbias = given["unbias_data"] and given["use_bias"]
    features = Scale.of(data.features[sample], unbias=unbias, normalize=given["normalize_data"])
    unbias_label = given["unbias_label"] and given["use_bias"]
    return features, Scale.of(data.labels[sample], unbias=unbias_label, normalize=given["normalize_label"])


def _scaled(data: Examples, scale: Scale, label_scale: Scale) -> Examples:
    return Examples(scale.apply(data.features), label_scale.apply(data.labels))


def _loss(given: Mapping[str, Any]) -> Loss:
    return LOSSES[given["predictor_type"]][given["loss"]]


def _fit(data: Examples, validation: Examples | None, given: Mapping[str, Any]) -> list[Descent]:
    """Return models trained side by side, until the best loss of any no longer falls."""
    loss, started, best, waited = _loss(given), time.monotonic(), float("inf"), 0
    classes = given["num_classes"] if given["predictor_type"] == "multiclass_classifier" else None
    models = [Descent(data.features.shape[1], classes, rates, given) for rates in _close_rates(given)]
    importance = _importance(data.labels, given)
    for epoch in range(given["epochs"]):
        losses = [model.go_over(_batches(data, importance, epoch, given), loss) for model in models]
        quality.loss(f"epoch={epoch}, train", loss.objective, min(losses))
        if validation:
            losses = [_mean_loss(model, validation, given) for model in models]
            quality.loss(f"epoch={epoch}, validation", loss.objective, min(losses))
        quality.progress(epoch + 1, given["epochs"])
        waited = 0 if min(losses) < best * (1 - given["early_stopping_tolerance"]) else waited + 1
        best = min(best, *losses)
        if waited >= given["early_stopping_patience"]:
            logging.info("Early stop condition met. Stopping training.")
            break
    quality.throughput(len(data.features) * (epoch + 1), time.monotonic() - started)
    return models


def _close_rates(given: Mapping[str, Any]) -> list[Rates]:
    """Return the parameters as given, and close ones: learning rates around it, half of them with less decay."""
    import numpy

    factors = [1.0, *numpy.geomspace(0.1, 30, given["num_models"] - 1).tolist()]
    return [
        Rates(given["learning_rate"] * factor, given["wd"] * (0.01 if place % 2 else 1))
        for place, factor in enumerate(factors)
    ]


def _importance(labels: NDArray[Any], given: Mapping[str, Any]) -> NDArray[Any]:
    """Return the weight of each row."""
    import numpy

    positive = given["positive_example_weight_mult"]
    if given["predictor_type"] == "binary_classifier" and positive != "auto":
        balanced = (1 - labels).sum() / max(labels.sum(), 1)
        weight = balanced if positive == "balanced" else positive
        return numpy.where(labels == 1, weight, 1).astype(numpy.float32)
    if given["predictor_type"] == "multiclass_classifier" and given["balance_multiclass_weights"]:
        counts = numpy.bincount(labels.astype(int), minlength=given["num_classes"])
        by_class = len(labels) / (len(counts) * numpy.maximum(counts, 1))
        return numpy.asarray(by_class[labels.astype(int)], numpy.float32)
    return numpy.ones(len(labels), numpy.float32)


def _batches(
    data: Examples, importance: NDArray[Any], epoch: int, given: Mapping[str, Any]
) -> Iterator[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]:
    import numpy

    order = numpy.random.default_rng((SEED, epoch)).permutation(len(data.labels))
    for start in range(0, len(order), given["mini_batch_size"]):
        chosen = order[start : start + given["mini_batch_size"]]
        yield data.features[chosen], data.labels[chosen], importance[chosen]


def _mean_loss(model: Descent, data: Examples, given: Mapping[str, Any]) -> float:
    return float(_loss(given).value(model.scores(data.features), data.labels, given).mean())


def _best(models: list[Descent], data: Examples, given: Mapping[str, Any]) -> tuple[Descent, float]:
    """Return the best model on `data`, and the threshold of its scores."""

    def rank(model: Descent) -> tuple[float, float]:
        return -_threshold(model, data, given)[1], _mean_loss(model, data, given)

    best = min(models, key=rank)
    return best, _threshold(best, data, given)[0]


def _threshold(model: Descent, data: Examples, given: Mapping[str, Any]) -> tuple[float, float]:
    if given["predictor_type"] != "binary_classifier":
        return 0.0, 0.0
    neutral = 0.5 if given["loss"] == "logistic" else 0.0
    return metrics.threshold(data.labels, _answers(model.scores(data.features), given["loss"]), neutral, given)


def _answers(scores: NDArray[Any], loss: str) -> NDArray[Any]:
    """Return scores as an answer tells them: probabilities where the loss allows it."""
    likely: NDArray[Any] = fitting.probabilities(scores) if loss in ("logistic", "softmax_loss") else scores
    return likely


def _tell_metrics(
    part: str, data: Examples, scaled: Examples, model: Descent, limit: float, labels: Scale, given: Mapping[str, Any]
) -> None:
    quality.loss(part, _loss(given).objective, _mean_loss(model, scaled, given))
    scores = _answers(model.scores(scaled.features), given["loss"])
    if given["predictor_type"] == "regressor":
        metrics.tell_regression(part, data.labels, scores * labels.size + labels.shift)
    elif given["predictor_type"] == "binary_classifier":
        metrics.tell_binary(part, data.labels, scores, limit, given["f_beta"])
    else:
        metrics.tell_multiclass(part, data.labels, scores, given["accuracy_top_k"], given["f_beta"])


def _save(folder: Path, model: Descent, limit: float, scale: Scale, labels: Scale, given: Mapping[str, Any]) -> None:
    """Leave weights and bias that fit the data as it was given."""
    weights = (model.weights.T / scale.size).T * labels.size
    bias = (model.bias - scale.shift / scale.size @ model.weights) * labels.size + labels.shift
    artifacts.save(
        folder, weights=weights, bias=bias, threshold=limit, loss=given["loss"], predictor_type=given["predictor_type"]
    )


def load(folder: Path) -> Exchange:
    """Return what tells the score of each row of a request and, of a classifier, its label."""
    model = artifacts.load(folder)
    kind, loss = str(model["predictor_type"]), str(model["loss"])

    def predict(rows: NDArray[Any], _: Mapping[str, str]) -> list[Row]:
        scores = _answers(rows @ model["weights"] + model["bias"], loss)
        if kind == "regressor":
            return [{"score": score} for score in scores.tolist()]
        labels = scores >= model["threshold"] if kind == "binary_classifier" else scores.argmax(axis=1)
        told = zip(scores.tolist(), labels.tolist(), strict=True)
        return [{"score": score, "predicted_label": int(label)} for score, label in told]

    return Exchange(model["weights"].shape[0], predict)


ALGORITHM = Algorithm(
    images={"linear-learner:1": "amazon-algorithms-1.txt"},
    hyperparameters=hyperparameters.HYPERPARAMETERS,
    metrics={**metrics.METRICS, **quality.PROGRESS, **quality.THROUGHPUT},
    train=train,
    load=load,
    more_channels=("validation", "test"),
)
