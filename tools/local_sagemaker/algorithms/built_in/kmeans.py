"""Built-in K-Means, computed with scikit-learn in the two stages of AWS's algorithm.

First mini-batch k-means goes through the data with K = k * extra_center_factor centres; then Lloyd's algorithm,
several times from different starts, shrinks these to k, each counting as much as it has examples.

Kept of AWS: the hyperparameters, CSV and RecordIO-protobuf in File and Pipe mode, the channels ``train`` and ``test``,
the metrics and the log's wording, all request and answer formats, the model file, whose first array are the centroids;
the distance is Euclidean.
Not kept: half_life_time_size is read but examples do not age, several hosts, GPUs, checkpoints. The random seed is
fixed, so that the same job gives the same model.
Source: developer guide, "How K-Means Clustering Works".
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import artifacts, examples, quality
from ..exchange import Exchange, Row
from ..hyperparameters import FORCE_DENSE, SHARE, Choice, choice, integer, json_list, number
from ..shape import Algorithm, TrainingInput, UserError

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEED = 0
STARTS = ("random", "kmeans++")
AUTO_CENTER_FACTOR = 10
AUTO_TRIALS = 10

HYPERPARAMETERS = (
    integer("feature_dim", 1, required=True),
    integer("k", 1, required=True),
    integer("epochs", 1, default=1),
    json_list("eval_metrics", Choice(("msd", "ssd")), default=["msd"]),
    integer("extra_center_factor", 1, None, "auto", default="auto"),
    integer("half_life_time_size", 0, default=0),
    choice("init_method", *STARTS, default="random"),
    choice("local_lloyd_init_method", *STARTS, default="kmeans++"),
    integer("local_lloyd_max_iter", 1, default=300),
    integer("local_lloyd_num_trials", 1, None, "auto", default="auto"),
    number("local_lloyd_tol", SHARE, default=0.0001),
    integer("mini_batch_size", 1, default=5000),
    FORCE_DENSE,
)


def train(job: TrainingInput) -> None:
    """Find the centroids of the train channel and leave them in the model file. Raises UserError."""
    given, rows = job.hyperparameters, examples.read(job, "train", labelled=False).features
    if given["k"] > len(rows):
        raise UserError(f"Hyperparameter k: there are {given['k']} clusters to find in only {len(rows)} examples")
    started = time.monotonic()
    centroids = _shrink(_many_centers(rows, given), rows, given)
    logging.info("processed a total of %d examples", len(rows) * given["epochs"])
    quality.progress(given["epochs"], given["epochs"])
    quality.throughput(len(rows) * given["epochs"], time.monotonic() - started)
    quality.loss("train", "msd", _squares(rows, centroids).mean())
    if test := examples.read_if_given(job, "test", labelled=False):
        _tell_test_metrics(_squares(test.features, centroids), given["eval_metrics"])
    else:
        logging.info("Test data is not provided.")
    artifacts.save_list(job.model, centroids)


def _many_centers(rows: NDArray[Any], given: Mapping[str, Any]) -> NDArray[Any]:
    """Return up to k * extra_center_factor centres, found in mini-batches."""
    from sklearn.cluster import MiniBatchKMeans

    factor = AUTO_CENTER_FACTOR if given["extra_center_factor"] == "auto" else given["extra_center_factor"]
    clusters = MiniBatchKMeans(
        min(given["k"] * factor, len(rows)),
        init=_start(given["init_method"]),
        n_init=1,
        batch_size=given["mini_batch_size"],
        max_iter=given["epochs"],
        random_state=SEED,
    )
    centers: NDArray[Any] = clusters.fit(rows).cluster_centers_
    return centers


def _shrink(centers: NDArray[Any], rows: NDArray[Any], given: Mapping[str, Any]) -> NDArray[Any]:
    """Return k centroids of `centers`, of shape (k, feature_dim)."""
    import numpy
    from sklearn.cluster import KMeans
    from sklearn.metrics import pairwise_distances_argmin

    logging.info("shrinking %d centers into %d", len(centers), given["k"])
    closest = pairwise_distances_argmin(rows, centers)
    clusters = KMeans(
        min(given["k"], len(centers)),
        init=_start(given["local_lloyd_init_method"]),
        n_init=AUTO_TRIALS if given["local_lloyd_num_trials"] == "auto" else given["local_lloyd_num_trials"],
        max_iter=given["local_lloyd_max_iter"],
        tol=given["local_lloyd_tol"],
        random_state=SEED,
    )
    clusters.fit(centers, sample_weight=numpy.bincount(closest, minlength=len(centers)))
    centroids: NDArray[Any] = clusters.cluster_centers_.astype(numpy.float32)
    return centroids


def _start(method: str) -> str:
    return {"kmeans++": "k-means++"}.get(method, method)


def _squares(rows: NDArray[Any], centroids: NDArray[Any]) -> NDArray[Any]:
    """Return the squared distance of each row to its closest centroid."""
    from sklearn.metrics import pairwise_distances_argmin_min

    distances: NDArray[Any] = pairwise_distances_argmin_min(rows, centroids)[1] ** 2
    return distances


def _tell_test_metrics(squares: NDArray[Any], wanted: Sequence[str]) -> None:
    values = {"msd": squares.mean(), "ssd": squares.sum()}
    for name in wanted:
        logging.info("#test_score (algo-1) : ('%s', %s)", name, float(values[name]))
        quality.loss("test", name, values[name])


def load(folder: Path) -> Exchange:
    """Return what tells the closest cluster of each row of a request, and how far away its centroid is."""
    [centroids] = artifacts.load_list(folder)

    def predict(rows: NDArray[Any], _: Mapping[str, str]) -> list[Row]:
        from sklearn.metrics import pairwise_distances_argmin_min

        found = zip(*pairwise_distances_argmin_min(rows, centroids), strict=True)
        return [{"closest_cluster": float(which), "distance_to_cluster": float(far)} for which, far in found]

    return Exchange(centroids.shape[1], predict)


ALGORITHM = Algorithm(
    images={"kmeans:1": "amazon-algorithms-1.txt"},
    hyperparameters=HYPERPARAMETERS,
    metrics={
        "train:msd": quality.expression("train", "msd", "loss"),
        "test:msd": quality.expression("test", "msd", "loss"),
        "test:ssd": quality.expression("test", "ssd", "loss"),
        **quality.PROGRESS,
        **quality.THROUGHPUT,
    },
    train=train,
    load=load,
    more_channels=("test",),
)
