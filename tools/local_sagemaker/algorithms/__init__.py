"""Built-in algorithms, one file each, one shape: see `shape.Algorithm`.

This package runs inside an image's environment, where there is neither moto nor the rest of this project, so it
imports nothing of them. Each module imports its libraries inside the functions that compute: the server reads only
names, hyperparameters and metrics. To add one: a file, and a line in `MODULES`. That's it.

    xgboost, kmeans, knn, pca, linear_learner, image_classification   the algorithms; start with pca.py, the shortest
    linear_*, image_network, pictures                                 parts of the last two
    shape, hyperparameters, __main__, serving                         what an algorithm is, and its container's program
    examples, exchange, artifacts, quality                            tables in, answers out, the model file, metrics
    recordio, record_protobuf, media                                  formats
"""

from __future__ import annotations

from importlib import import_module

from .shape import Algorithm

MODULES = {
    "image-classification": "image_classification",
    "kmeans": "kmeans",
    "knn": "knn",
    "linear-learner": "linear_learner",
    "pca": "pca",
    "xgboost": "xgboost",
}
"""Which file is which algorithm."""


def load(name: str) -> Algorithm:
    """Return the algorithm called `name`."""
    algorithm = import_module(f".{MODULES[name]}", __package__).ALGORITHM
    assert isinstance(algorithm, Algorithm)
    return algorithm
