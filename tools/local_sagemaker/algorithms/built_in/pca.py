"""Built-in PCA, computed with SciPy's singular value decomposition, or scikit-learn's randomized one.

Kept of AWS: the hyperparameters, CSV and RecordIO-protobuf in File and Pipe mode, all request and answer formats, and
that components go from the weakest to the strongest: the last number of a projection is the first principal component.
The model file holds ``mean``, ``s`` and ``v`` as AWS's does.
Not kept: mini-batches (all data is in memory at once; mini_batch_size is read and checked only), several hosts, GPUs.
Source: developer guide, "How PCA Works" and "PCA Response Formats".
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import artifacts, examples, quality
from ..exchange import Exchange, Row
from ..hyperparameters import FORCE_DENSE, boolean, choice, integer
from ..shape import Algorithm, TrainingInput, UserError

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEED = 0
LEAST_EXTRA_COMPONENTS = 10

HYPERPARAMETERS = (
    integer("feature_dim", 1, required=True),
    integer("mini_batch_size", 1, required=True),
    integer("num_components", 1, required=True),
    choice("algorithm_mode", "regular", "randomized", default="regular"),
    integer("extra_components", -1, default=-1),
    boolean("subtract_mean", default=True),
    FORCE_DENSE,
)


def train(job: TrainingInput) -> None:
    """Find the components of the train channel and leave them in the model file. Raises UserError."""
    import numpy

    given, rows = job.hyperparameters, examples.read(job, "train", labelled=False).features
    most = min(rows.shape)
    if given["num_components"] > most:
        raise UserError(
            f"Hyperparameter num_components: {given['num_components']} components cannot be found in "
            f"{rows.shape[0]} examples of {rows.shape[1]} features; it must be at most {most}"
        )
    started = time.monotonic()
    mean = rows.mean(axis=0) if given["subtract_mean"] else numpy.zeros(rows.shape[1], numpy.float32)
    values, components = _decompose(rows - mean, given)
    quality.progress(1, 1)
    quality.throughput(len(rows), time.monotonic() - started)
    artifacts.save(job.model, mean=mean[numpy.newaxis], s=values[::-1], v=components[::-1].T)


def _decompose(rows: NDArray[Any], given: Mapping[str, Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the largest singular values and their components, of shape (num_components, feature_dim)."""
    from scipy.linalg import svd
    from sklearn.utils.extmath import randomized_svd

    count, extra = given["num_components"], given["extra_components"]
    if given["algorithm_mode"] == "randomized":
        extra = max(LEAST_EXTRA_COMPONENTS, count) if extra == -1 else extra
        _, values, components = randomized_svd(rows, count, n_oversamples=extra, random_state=SEED)
    else:
        _, values, components = svd(rows, full_matrices=False)
    return values[:count], components[:count]


def load(folder: Path) -> Exchange:
    """Return what projects the rows of a request onto the components."""
    model = artifacts.load(folder)

    def predict(rows: NDArray[Any], _: Mapping[str, str]) -> list[Row]:
        return [{"projection": projection} for projection in ((rows - model["mean"]) @ model["v"]).tolist()]

    return Exchange(model["mean"].shape[1], predict, plural="projections")


ALGORITHM = Algorithm(
    images={"pca:1": "amazon-algorithms-1.txt"},
    hyperparameters=HYPERPARAMETERS,
    metrics={**quality.PROGRESS, **quality.THROUGHPUT},
    train=train,
    load=load,
)
