"""Built-in k-NN, computed with scikit-learn: a sample of the data, optionally reduced, and an exact search in it.

Kept of AWS: the hyperparameters, CSV and RecordIO-protobuf in File and Pipe mode, the channels ``train`` and ``test``,
the metrics and the log's wording, all request and answer formats with ``verbose=true``.
Not kept: the approximate faiss indexes (every index_type searches exactly, so it is right but slow in large data), the
fast Johnson-Lindenstrauss transform (fjlt is a Gaussian projection, which has its guarantee but not its speed), scores
per mini-batch, several hosts, GPUs, what is in the model file (see `_index`). The random seed is fixed.
Distances in a verbose answer are Euclidean for L2, one minus the similarity for COSINE, and the negative product for
INNER_PRODUCT.
Source: developer guide, "How the k-NN Algorithm Works" and "k-NN Request and Response Formats".
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import artifacts, examples, quality
from ..exchange import Exchange, Row
from ..hyperparameters import Choice, Hyperparameter, choice, integer
from ..shape import Algorithm, TrainingInput, UserError
from ..wording import AMAZON

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEED = 0
QUERIES_AT_ONCE = 1000
"""Rows whose distances to all of the index are in memory at the same time."""

HYPERPARAMETERS = (
    integer("feature_dim", 1, required=True),
    integer("k", 1, required=True),
    choice("predictor_type", "classifier", "regressor", required=True),
    integer("sample_size", 1, required=True),
    integer("dimension_reduction_target", 1),
    choice("dimension_reduction_type", "sign", "fjlt"),
    integer("faiss_index_ivf_nlists", 1, None, "auto", default="auto"),
    Hyperparameter("faiss_index_pq_m", int, Choice((1, 2, 3, 4, 8, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64, 96))),
    choice("index_metric", "COSINE", "INNER_PRODUCT", "L2", default="L2"),
    choice("index_type", "faiss.Flat", "faiss.IVFFlat", "faiss.IVFPQ", default="faiss.Flat"),
    integer("mini_batch_size", 1, default=5000),
)


def train(job: TrainingInput) -> None:
    """Leave a sample of the train channel, the index, in the model file. Raises UserError."""
    given = job.hyperparameters
    _check_together(given)
    data = examples.read(job, "train", labelled=True)
    if given["k"] > min(given["sample_size"], len(data.features)):
        raise UserError(f"Hyperparameter k: there are fewer than {given['k']} examples in the sample")
    started = time.monotonic()
    index = _index(data, given)
    quality.progress(1, 1)
    quality.throughput(len(data.features), time.monotonic() - started)
    if test := examples.read_if_given(job, "test", labelled=True):
        _tell_test_metric(index, test)
    else:
        logging.info("Test data is not provided.")
    artifacts.save(job.model, **index)


def _check_together(given: Mapping[str, Any]) -> None:
    if "dimension_reduction_type" in given and "dimension_reduction_target" not in given:
        raise UserError(AMAZON.missing(["dimension_reduction_target"]))
    if given.get("dimension_reduction_target", 0) >= given["feature_dim"]:
        raise UserError("Hyperparameter dimension_reduction_target: the value must be less than feature_dim")
    if given["index_type"] == "faiss.IVFPQ":
        if "faiss_index_pq_m" not in given:
            raise UserError(AMAZON.missing(["faiss_index_pq_m"]))
        if given["index_metric"] != "L2":
            raise UserError(f"Hyperparameter index_metric: {given['index_metric']} is not supported with faiss.IVFPQ")


def _index(data: examples.Examples, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return all that predictions need, by name."""
    import numpy

    count = min(given["sample_size"], len(data.features))
    chosen = numpy.random.default_rng(SEED).choice(len(data.features), count, replace=False)
    projection = _projection(given)
    return {
        "points": data.features[chosen] @ projection,
        "labels": data.labels[chosen],
        "projection": projection,
        "k": given["k"],
        "predictor_type": given["predictor_type"],
        "index_metric": given["index_metric"],
    }


def _projection(given: Mapping[str, Any]) -> NDArray[Any]:
    """Return the matrix, of shape (feature_dim, reduced), by which rows are multiplied."""
    import numpy
    from sklearn.random_projection import GaussianRandomProjection, SparseRandomProjection

    like = numpy.zeros((1, given["feature_dim"]), numpy.float32)
    kind, target = given.get("dimension_reduction_type"), given.get("dimension_reduction_target", 1)
    if kind is None:
        return numpy.eye(given["feature_dim"], dtype=numpy.float32)
    if kind == "sign":
        signs = SparseRandomProjection(target, density=1.0, dense_output=True, random_state=SEED).fit(like)
        return numpy.asarray(signs.components_, numpy.float32).T
    return numpy.asarray(GaussianRandomProjection(target, random_state=SEED).fit(like).components_, numpy.float32).T


def _tell_test_metric(index: Mapping[str, Any], test: examples.Examples) -> None:
    predicted = _labels(index, _neighbours(index, test.features)[1])
    if index["predictor_type"] == "classifier":
        accuracy = float((predicted == test.labels).mean())
        logging.info("#test_score (algo-1) : ('accuracy', %s)", accuracy)
        quality.score("test", "accuracy", accuracy)
    else:
        mse = float(((predicted - test.labels) ** 2).mean())
        logging.info("#test_score (algo-1) : ('mse', %s)", mse)
        quality.loss("test", "mse", mse)


def _neighbours(index: Mapping[str, Any], rows: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return distances and labels of the k nearest points of each row, both of shape (rows, k), nearest first."""
    import numpy

    found = []
    for start in range(0, len(rows), QUERIES_AT_ONCE):
        distances = _distances(index, rows[start : start + QUERIES_AT_ONCE] @ index["projection"])
        nearest = numpy.argsort(distances, axis=1, kind="stable")[:, : int(index["k"])]
        found.append((numpy.take_along_axis(distances, nearest, axis=1), index["labels"][nearest]))
    return numpy.concatenate([each[0] for each in found]), numpy.concatenate([each[1] for each in found])


def _distances(index: Mapping[str, Any], rows: NDArray[Any]) -> NDArray[Any]:
    from sklearn.metrics.pairwise import cosine_distances, euclidean_distances, linear_kernel

    measures = {
        "L2": euclidean_distances,
        "COSINE": cosine_distances,
        "INNER_PRODUCT": lambda one, other: -linear_kernel(one, other),
    }
    distances: NDArray[Any] = measures[str(index["index_metric"])](rows, index["points"])
    return distances


def _labels(index: Mapping[str, Any], labels: NDArray[Any]) -> NDArray[Any]:
    """Return one label for each row of `labels`: the most frequent one, or the mean."""
    from scipy.stats import mode

    predicted: NDArray[Any]
    predicted = mode(labels, axis=1).mode if index["predictor_type"] == "classifier" else labels.mean(axis=1)
    return predicted


def load(folder: Path) -> Exchange:
    """Return what tells the label of each row of a request; with ``verbose=true`` also its neighbours."""
    index = artifacts.load(folder)

    def predict(rows: NDArray[Any], parameters: Mapping[str, str]) -> list[Row]:
        distances, labels = _neighbours(index, rows)
        answers = [{"predicted_label": float(label)} for label in _labels(index, labels)]
        if parameters.get("verbose", "false").lower() != "true":
            return list(answers)
        told = zip(answers, distances.tolist(), labels.tolist(), strict=True)
        return [{**answer, "distances": far, "labels": near} for answer, far, near in told]

    return Exchange(index["projection"].shape[0], predict)


ALGORITHM = Algorithm(
    images={"knn:1": "amazon-algorithms-1.txt"},
    hyperparameters=HYPERPARAMETERS,
    metrics={
        "test:accuracy": quality.expression("test", "accuracy", "score"),
        "test:mse": quality.expression("test", "mse", "loss"),
        **quality.PROGRESS,
        **quality.THROUGHPUT,
    },
    train=train,
    load=load,
    more_channels=("test",),
)
