"""Layers for pictures, of shape (pictures, height, width, channels); they compute a few pictures at a time.

A few fit into a processor's cache, and each of its cores has others. How many does not depend on the cores, so that
the results do not.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy

from .layers import Array, Chance, Layer, uniform

PLACES = 32_768
"""How many places the pictures that are computed at a time have together, if it is more than one picture."""


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count())


def in_parts(function: Callable[..., Any], *pictures: Array) -> list[Any]:
    """Return what `function` makes of a few pictures at a time, in order."""
    count = max(1, PLACES // (pictures[0].shape[1] * pictures[0].shape[2]))
    parts = [[each[start : start + count] for each in pictures] for start in range(0, len(pictures[0]), count)]
    return [function(*parts[0])] if len(parts) == 1 else list(_pool().map(function, *zip(*parts, strict=True)))


def padded(pictures: Array, size: int, step: int = 1) -> Array:
    """Return pictures with zeros around them, so that a convolution leaves as many places, divided by `step`."""
    around = [(0, 0), *(_around(length, size, step) for length in pictures.shape[1:3]), (0, 0)]
    return numpy.pad(pictures, around)


def _around(length: int, size: int, step: int) -> tuple[int, int]:
    missing = max(0, (-(-length // step) - 1) * step + size - length)
    return missing // 2, missing - missing // 2


def patches(pictures: Array, size: int, step: int = 1) -> Array:
    """Return the `size` times `size` places around each place, of shape (pictures, height, width, places, channels)."""
    windows = numpy.lib.stride_tricks.sliding_window_view(padded(pictures, size, step), (size, size), axis=(1, 2))
    # The view has (pictures, height, width, channels, row, column).
    near = windows[:, ::step, ::step].transpose(0, 1, 2, 4, 5, 3)
    return near.reshape(*near.shape[:3], size * size, near.shape[5])


class Convolution(Layer):
    """3 times 3 places, without a bias. Nobody wants the slope by the inputs of one that `is_first`."""

    SIZE = 3

    def __init__(self, before: int, after: int, chance: Chance, *, is_first: bool = False) -> None:
        self.is_first = is_first
        inputs = self.SIZE**2 * before
        super().__init__({"weight": uniform(chance, (inputs, after), inputs)})
        self._seen: Array = None

    def forward(self, inputs: Array, *, learning: bool = False) -> Array:
        """Return as many places, of other channels."""
        self._seen = inputs if learning else None
        weight = self.values["weight"]
        return numpy.concatenate(in_parts(lambda part: self._rows(part) @ weight, inputs))

    def _rows(self, inputs: Array) -> Array:
        return patches(inputs, self.SIZE).reshape(*inputs.shape[:3], -1)

    def backward(self, slope: Array) -> Array:
        """Return the slope by the inputs, or nothing if this is the first layer."""
        self.slopes = {"weight": sum(in_parts(self._by_weight, self._seen, slope))}
        return None if self.is_first else numpy.concatenate(in_parts(self._by_inputs, slope))

    def _by_weight(self, inputs: Array, slope: Array) -> Array:
        return self._rows(inputs).reshape(-1, len(self.values["weight"])).T @ slope.reshape(-1, slope.shape[3])

    def _by_inputs(self, slope: Array) -> Array:
        # An input is in the patches of the places around it, at the opposite side.
        weight = self.values["weight"].reshape(self.SIZE**2, -1, slope.shape[3])[::-1]
        return self._rows(slope) @ weight.transpose(0, 2, 1).reshape(-1, weight.shape[1])


class BatchNormalization(Layer):
    """Each channel moved and stretched to a mean of zero and a variance of one, then as is learned.

    While it learns, these are a batch's; else those that batches had, of which the later ones count more.
    """

    EPS, SHARE = numpy.float32(1e-5), numpy.float32(0.1)

    def __init__(self, channels: int) -> None:
        ones, zeros = numpy.ones(channels, numpy.float32), numpy.zeros(channels, numpy.float32)
        super().__init__({"weight": ones.copy(), "bias": zeros.copy()}, {"mean": zeros.copy(), "variance": ones.copy()})
        self._seen: tuple[Array, Array] = (None, None)

    def forward(self, inputs: Array, *, learning: bool = False) -> Array:
        """Return as many places and channels."""
        mean, variance = self.kept["mean"], self.kept["variance"]
        if learning:
            mean, variance = inputs.mean(axis=(0, 1, 2)), inputs.var(axis=(0, 1, 2))
            count = inputs.size // inputs.shape[3]
            unbiased = variance * numpy.float32(count / max(1, count - 1))
            for name, value in (("mean", mean), ("variance", unbiased)):
                self.kept[name] = self.kept[name] + self.SHARE * (value - self.kept[name])
        factor = 1 / numpy.sqrt(variance + self.EPS)
        if not learning:
            factor = factor * self.values["weight"]
            return inputs * factor + (self.values["bias"] - mean * factor)
        even = (inputs - mean) * factor
        self._seen = even, factor
        return even * self.values["weight"] + self.values["bias"]

    def backward(self, slope: Array) -> Array:
        """Return the slope by the inputs."""
        even, factor = self._seen
        by_weight, by_bias = (slope * even).sum(axis=(0, 1, 2)), slope.sum(axis=(0, 1, 2))
        self.slopes = {"weight": by_weight, "bias": by_bias}
        count = numpy.float32(slope.size // slope.shape[3])
        return (slope - by_bias / count - even * (by_weight / count)) * (factor * self.values["weight"])


class Rectifier(Layer):
    """What is below zero becomes zero."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: Array = None

    def forward(self, inputs: Array, *, learning: bool = False) -> Array:
        """Return inputs of zero and more."""
        self._seen = inputs > 0 if learning else None
        return numpy.maximum(inputs, 0)

    def backward(self, slope: Array) -> Array:
        """Return the slope where inputs were above zero."""
        return slope * self._seen


class Largest(Layer):
    """The largest of 2 times 2 places; an odd row or column at the end is left out."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: tuple[Array, Array] = (None, None)

    def forward(self, inputs: Array, *, learning: bool = False) -> Array:
        """Return a quarter of the places."""
        if not learning:
            return numpy.concatenate(in_parts(lambda part: _corners(part).max(axis=0), inputs))
        parts = in_parts(lambda part: (_corners(part).max(axis=0), _corners(part).argmax(axis=0)), inputs)
        self._seen = inputs, numpy.concatenate([place for _, place in parts])
        return numpy.concatenate([value for value, _ in parts])

    def backward(self, slope: Array) -> Array:
        """Return the slope at the largest places."""
        inputs, largest = self._seen
        by_inputs = numpy.zeros_like(inputs)
        height, width = (length // 2 * 2 for length in inputs.shape[1:3])
        for corner in range(4):
            by_inputs[:, corner // 2 : height : 2, corner % 2 : width : 2] = slope * (largest == corner)
        return by_inputs


def _corners(pictures: Array) -> Array:
    height, width = (length // 2 * 2 for length in pictures.shape[1:3])
    return numpy.stack([pictures[:, row:height:2, column:width:2] for row in (0, 1) for column in (0, 1)])


class Mean(Layer):
    """The mean of all places, for each picture and channel."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: tuple[int, ...] = ()

    def forward(self, inputs: Array, *, learning: bool = False) -> Array:
        """Return a row for each picture."""
        self._seen = inputs.shape
        return inputs.mean(axis=(1, 2))

    def backward(self, slope: Array) -> Array:
        """Return the slope, the same at all places."""
        _, height, width, _ = self._seen
        return numpy.broadcast_to((slope / numpy.float32(height * width))[:, None, None], self._seen)
