"""Built-in algorithms, one file each, one shape: see `shape.Algorithm`.

This package runs inside an image's environment, where there is neither moto nor the rest of this project, so it
imports nothing of them. Each algorithm imports its libraries inside the functions that compute: the server reads only
images, hyperparameters and metrics. To add one: a file in `built_in`. That's it.

    built_in/                                     the algorithms; start with pca.py, the shortest
    shape, hyperparameters, __main__, serving     what an algorithm is, and its container's program
    examples, artifacts, quality                  tables in, the model file, metrics
    exchange, json_exchange                       answers
    vectors, recordio, record_protobuf, media     formats
    wording                                       what containers say
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from . import built_in
from .shape import Algorithm


@cache
def names() -> tuple[str, ...]:
    """Return the names of all algorithms: those of their files, with hyphens."""
    return tuple(sorted(module.name.replace("_", "-") for module in iter_modules(built_in.__path__)))


def load(name: str) -> Algorithm:
    """Return the algorithm called `name`."""
    algorithm = import_module(f"{built_in.__name__}.{name.replace('-', '_')}").ALGORITHM
    assert isinstance(algorithm, Algorithm)
    return algorithm
