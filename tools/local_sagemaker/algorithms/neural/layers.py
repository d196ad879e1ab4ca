"""Layers: what each makes of its inputs, and how a loss changes with its numbers.

Everything is of float32. A layer that is to learn keeps what it has seen until `backward`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy

Array = Any
"""A NumPy array; NumPy's type hints forget the type in most of what is done here."""

Chance = numpy.random.Generator


class Layer:
    """A part of a network: `values` are learned, `slopes` are the loss's derivatives by them, of the same names.

    `kept` are numbers that belong to the layer, but that no optimizer changes.
    """

    def __init__(self, values: Mapping[str, Array] | None = None, kept: Mapping[str, Array] | None = None) -> None:
        self.values = dict(values or {})
        self.kept = dict(kept or {})
        self.slopes: dict[str, Array] = {}

    def forward(self, inputs: Array, *, learning: bool = False) -> Array:
        """Return what the layer makes of inputs."""
        raise NotImplementedError

    def backward(self, slope: Array) -> Array:
        """Set `slopes`, and return the loss's derivative by the inputs; `slope` is that by what `forward` returned."""
        raise NotImplementedError

    def state(self) -> dict[str, Array]:
        """Return a copy of all numbers, by name."""
        return {name: value.copy() for name, value in {**self.values, **self.kept}.items()}

    def restore(self, state: Mapping[str, Array]) -> None:
        """Set all numbers. Raises ValueError if they are those of another layer."""
        for own in (self.values, self.kept):
            for name, value in own.items():
                if name not in state or state[name].shape != value.shape:
                    raise ValueError(f"{name} is not that of this network")
                own[name] = state[name].astype(value.dtype)


class Stack(Layer):
    """Layers, each of which takes what the one before has made."""

    def __init__(self, layers: Iterable[Layer]) -> None:
        super().__init__()
        self.layers = tuple(layers)

    def forward(self, inputs: Array, *, learning: bool = False) -> Array:
        """Return what the last layer makes."""
        for layer in self.layers:
            inputs = layer.forward(inputs, learning=learning)
        return inputs

    def backward(self, slope: Array) -> Array:
        """Set the slopes of all layers."""
        for layer in reversed(self.layers):
            slope = layer.backward(slope)
        return slope

    def state(self) -> dict[str, Array]:
        """Return all layers' numbers; a name begins with the layer's place."""
        return state_of(dict(enumerate(self.layers)))

    def restore(self, state: Mapping[str, Array]) -> None:
        """Set all layers' numbers. Raises ValueError."""
        restore(dict(enumerate(self.layers)), state)


def state_of(layers: Mapping[Any, Layer]) -> dict[str, Array]:
    """Return a copy of the numbers of layers; a name is the layer's, a dot and the name in the layer."""
    return {f"{place}.{name}": value for place, each in layers.items() for name, value in each.state().items()}


def restore(layers: Mapping[Any, Layer], state: Mapping[str, Array]) -> None:
    """Set what `state_of` has returned. Raises ValueError if it is that of other layers."""
    for place, layer in layers.items():
        start = f"{place}."
        layer.restore({name.removeprefix(start): value for name, value in state.items() if name.startswith(start)})


def leaves(layers: Iterable[Layer]) -> Iterator[Layer]:
    """Yield layers, and instead of a stack its layers."""
    for layer in layers:
        if isinstance(layer, Stack):
            yield from leaves(layer.layers)
        else:
            yield layer


def uniform(chance: Chance, shape: tuple[int, ...], inputs: int) -> Array:
    """Return numbers to begin with, at most one by the root of how many inputs a unit has."""
    most = inputs**-0.5
    return chance.uniform(-most, most, shape).astype(numpy.float32)


class Linear(Layer):
    """``inputs @ weight + bias``, for inputs of any shape whose last dimension is `before`."""

    def __init__(self, before: int, after: int, chance: Chance) -> None:
        weight, bias = uniform(chance, (before, after), before), uniform(chance, (after,), before)
        super().__init__({"weight": weight, "bias": bias})
        self._seen: Array = None

    def forward(self, inputs: Array, *, learning: bool = False) -> Array:
        """Return sums of inputs."""
        self._seen = inputs if learning else None
        return inputs @ self.values["weight"] + self.values["bias"]

    def backward(self, slope: Array) -> Array:
        """Return the slope by the inputs."""
        rows, slopes = (each.reshape(-1, each.shape[-1]) for each in (self._seen, slope))
        self.slopes = {"weight": rows.T @ slopes, "bias": slopes.sum(axis=0)}
        return slope @ self.values["weight"].T


class Embedding(Layer):
    """A row of numbers for each category."""

    def __init__(self, count: int, size: int, chance: Chance) -> None:
        super().__init__({"weight": chance.standard_normal((count, size)).astype(numpy.float32)})
        self._seen: Array = None

    def forward(self, inputs: Array, *, learning: bool = False) -> Array:
        """Return the rows of categories."""
        self._seen = inputs
        return self.values["weight"][inputs]

    def backward(self, slope: Array) -> Array:
        """Return nothing: categories have no slope."""
        self.slopes = {"weight": numpy.zeros_like(self.values["weight"])}
        numpy.add.at(self.slopes["weight"], self._seen, slope)
        return None


class Dropout(Layer):
    """While it learns, a share of the inputs is zero, and the others are larger by as much."""

    def __init__(self, share: float, chance: Chance) -> None:
        super().__init__()
        self._share, self._chance, self._factor = share, chance, numpy.float32(1)

    def forward(self, inputs: Array, *, learning: bool = False) -> Array:
        """Return inputs, some of them zero."""
        if not learning or not self._share:
            self._factor = numpy.float32(1)
        elif self._share == 1:
            self._factor = numpy.float32(0)
        else:
            stays = self._chance.random(inputs.shape, numpy.float32) >= self._share
            self._factor = stays.astype(numpy.float32) / numpy.float32(1 - self._share)
        return inputs * self._factor

    def backward(self, slope: Array) -> Array:
        """Return the slope where inputs were not made zero."""
        return slope * self._factor


def cross_entropy(scores: Array, labels: Array) -> tuple[float, Array]:
    """Return the mean cross-entropy of the right classes, and its slope by scores of shape (rows, classes)."""
    from scipy.special import log_softmax

    rows = numpy.arange(len(labels))
    logarithms = log_softmax(scores, axis=1)
    slope = numpy.exp(logarithms)
    slope[rows, labels] -= 1
    return float(-logarithms[rows, labels].mean()), slope / numpy.float32(len(labels))


class Optimizer:
    """What changes the numbers of layers by their slopes; `rule` tells the change, and keeps what it needs in a dict.

    Source of the rules: Sutskever et al., "On the importance of initialization and momentum" (2013); Tieleman and
    Hinton, "RMSProp" (2012); Kingma and Ba, "Adam" (2015).
    """

    def __init__(self, layers: Iterable[Layer], rate: float, rule: Rule) -> None:
        self.layers, self.rate, self.rule = tuple(leaves(layers)), rate, rule
        self._memory: dict[tuple[int, str], dict[str, Any]] = {}

    def step(self) -> None:
        """Change all numbers that have a slope."""
        for place, layer in enumerate(self.layers):
            for name, slope in layer.slopes.items():
                memory = self._memory.setdefault((place, name), {})
                value = layer.values[name]
                value -= numpy.float32(self.rate) * self.rule(value, slope, memory)

    def clip(self, most: float) -> None:
        """Make all slopes smaller, so that their norm together is at most `most`."""
        slopes = [slope for layer in self.layers for slope in layer.slopes.values()]
        norm = sum(float(numpy.square(slope).sum()) for slope in slopes) ** 0.5
        if norm > most:
            for slope in slopes:
                slope *= numpy.float32(most / norm)


Rule = Callable[[Array, Array, dict[str, Any]], Array]


def momentum(share: float, decay: float, *, nesterov: bool = False) -> Rule:
    """Return gradient descent with momentum and weight decay."""

    def rule(value: Array, slope: Array, memory: dict[str, Any]) -> Array:
        slope = slope + numpy.float32(decay) * value
        memory["speed"] = numpy.float32(share) * memory["speed"] + slope if memory else slope
        return slope + numpy.float32(share) * memory["speed"] if nesterov else memory["speed"]

    return rule


def adam(beta_1: float = 0.9, beta_2: float = 0.999, eps: float = 1e-8) -> Rule:
    """Return Adam."""

    def rule(value: Array, slope: Array, memory: dict[str, Any]) -> Array:
        if not memory:
            memory.update(steps=0, mean=numpy.zeros_like(value), square=numpy.zeros_like(value))
        memory["steps"] += 1
        memory["mean"] += numpy.float32(1 - beta_1) * (slope - memory["mean"])
        memory["square"] += numpy.float32(1 - beta_2) * (slope * slope - memory["square"])
        mean = memory["mean"] / numpy.float32(1 - beta_1 ** memory["steps"] or 1)
        square = memory["square"] / numpy.float32(1 - beta_2 ** memory["steps"] or 1)
        return mean / (numpy.sqrt(square) + numpy.float32(eps or 1e-38))

    return rule


def rmsprop(gamma: float, eps: float) -> Rule:
    """Return RMSProp."""

    def rule(value: Array, slope: Array, memory: dict[str, Any]) -> Array:
        square = memory.get("square", numpy.zeros_like(value))
        memory["square"] = numpy.float32(gamma) * square + numpy.float32(1 - gamma) * slope * slope
        return slope / (numpy.sqrt(memory["square"]) + numpy.float32(eps or 1e-38))

    return rule
