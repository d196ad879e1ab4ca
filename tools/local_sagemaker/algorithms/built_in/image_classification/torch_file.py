"""Read PyTorch's file of weights without PyTorch, and without running anything that stands in it.

Up to version 1.5, and until today if asked to, PyTorch writes five pickles: a magic number, a version, how the system
stores numbers, the weights by name without their numbers, and the names of what stores these; then the numbers
themselves, for each of these names their count and bytes. Source: PyTorch, `torch/serialization.py`, `_legacy_save`.
"""

from __future__ import annotations

import pickle
import struct
from collections import OrderedDict
from pathlib import Path
from typing import Any, BinaryIO

import numpy

from ...neural.layers import Array

MAGIC, VERSION = 0x1950A86A20F9469CFC6C, 1001
TYPES = {"FloatStorage": "<f4", "LongStorage": "<i8"}


class NotWeightsError(ValueError):
    """A file that is not one of weights, or has something else in it too."""


class _Tensors(pickle.Unpickler):
    """Reads dictionaries of tensors, whose numbers are not there yet; anything else by name is refused."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        self.stored: dict[str, Array] = {}

    def find_class(self, module: str, name: str) -> Any:
        """Return what a name stands for."""
        allowed = {
            ("collections", "OrderedDict"): OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): _view,
            **{("torch", each): kind for each, kind in TYPES.items()},
        }
        if (module, name) not in allowed:
            raise NotWeightsError(f"The file names {module}.{name}, which is no weight")
        return allowed[module, name]

    def persistent_load(self, pid: Any) -> Array:
        """Return an array for numbers that are still to be read."""
        _, kind, key, _, count, _ = pid
        return self.stored.setdefault(key, numpy.zeros(count, kind))


def _view(stored: Array, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: Any) -> Array:
    """Return the numbers that a tensor sees of those that are stored."""
    last = offset + sum((length - 1) * step for length, step in zip(shape, strides, strict=True))
    if min((offset, *shape, *strides)) < 0 or last >= len(stored):
        raise NotWeightsError("A tensor of the file is larger than what is stored of it")
    size = stored.itemsize
    return numpy.lib.stride_tricks.as_strided(stored[offset:], shape, [step * size for step in strides])


def read(path: Path) -> dict[str, Array]:
    """Return the weights in a file, by name. Raises NotWeightsError."""
    with path.open("rb") as file:
        try:
            return _read(file)
        except (pickle.UnpicklingError, struct.error, EOFError, TypeError, ValueError, LookupError) as error:
            raise NotWeightsError(f"{path.name} is not a file of weights: {error}") from error


def _read(file: BinaryIO) -> dict[str, Array]:
    if (magic := _Tensors(file).load()) != MAGIC or (magic := _Tensors(file).load()) != VERSION:
        raise NotWeightsError(f"it begins with {magic}")
    _Tensors(file).load()  # how the system stores numbers
    tensors = _Tensors(file)
    weights = tensors.load()
    for key in _Tensors(file).load():
        stored = tensors.stored[key]
        (count,) = struct.unpack("<q", file.read(8))
        if count != len(stored):
            raise NotWeightsError(f"{count} numbers are stored where {len(stored)} were told")
        stored[:] = numpy.frombuffer(file.read(stored.nbytes), stored.dtype)
    return dict(weights)
