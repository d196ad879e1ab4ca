"""Networks that tell classes of pictures, and how they are trained.

With pretrained weights: EfficientNet-Lite0 as trained on ImageNet, whose 1,280 features are not changed any more, and
a linear layer that is trained. From scratch: three convolutions and a linear layer, small enough for a CPU.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy
from scipy.special import softmax

from ...neural import layers as neural
from ...neural.convolutions import BatchNormalization, Convolution, Largest, Mean, Rectifier
from ...neural.layers import Array, Layer, Linear, Optimizer, Rule, Stack
from . import efficientnet
from .pictures import Format, Picture

Given = Mapping[str, Any]

SEED = 0
SMALL = (16, 32, 64)
MIDDLE, SPREAD = numpy.float32(127), numpy.float32(128)
"""A pixel is shifted and divided by these, as when EfficientNet-Lite was trained."""


@dataclass(frozen=True)
class Network:
    """`body` makes features of pictures, rows of them, and `head` scores of classes of these.

    Of a `frozen` network only the head is trained.
    """

    body: Layer
    head: Layer
    frozen: bool

    def features(self, pictures: Array, *, learning: bool = False) -> Array:
        """Return what the body makes of pictures of uint8, of shape (pictures, height, width, channels)."""
        return self.body.forward((pictures.astype(numpy.float32) - MIDDLE) / SPREAD, learning=learning)

    def probabilities(self, pictures: Array) -> Array:
        """Return the probability of each class, of shape (pictures, classes)."""
        return softmax(self.head.forward(self.features(pictures)).astype(numpy.float64), axis=1)

    def state(self) -> dict[str, Array]:
        """Return all weights, by name."""
        return neural.state_of({"body": self.body, "head": self.head})

    def restore(self, state: Mapping[str, Array]) -> None:
        """Set all weights. Raises ValueError if they are those of another network."""
        neural.restore({"body": self.body, "head": self.head}, state)


def untrained(classes: int, channels: int) -> Network:
    """Return a small network without any knowledge."""
    chance = numpy.random.default_rng(SEED)
    parts: list[Layer] = []
    for before, after in pairwise((channels, *SMALL)):
        convolution = Convolution(before, after, chance, is_first=not parts)
        # A quarter of the places is enough to normalize.
        parts += [convolution, Largest(), BatchNormalization(after), Rectifier()]
    return Network(Stack([*parts, Mean()]), Linear(SMALL[-1], classes, chance), frozen=False)


def pretrained(classes: int, file: Path) -> Network:
    """Return EfficientNet-Lite0 with the weights in a file, and a head without any knowledge."""
    return _frozen(classes, efficientnet.pretrained(file))


def restored(state: Mapping[str, Array], classes: int, channels: int, *, frozen: bool) -> Network:
    """Return the network that `Network.state` was called of. Raises ValueError."""
    weights = {name.removeprefix("body."): value for name, value in state.items() if name.startswith("body.")}
    network = _frozen(classes, weights) if frozen else untrained(classes, channels)
    network.restore(state)
    return network


def _frozen(classes: int, weights: Mapping[str, Array]) -> Network:
    head = Linear(efficientnet.FEATURES, classes, numpy.random.default_rng(SEED))
    return Network(efficientnet.EfficientNet(weights), head, frozen=True)


@dataclass(frozen=True)
class Data:
    """Pictures in the shape a network takes them, in batches; see `batches`."""

    pictures: Sequence[Picture]
    format: Format
    size: int
    augmentation: str | None = None

    def batches(self, epoch: int, *, shuffled: bool) -> Iterator[tuple[Array, Array]]:
        """Yield pictures, uint8 of shape (pictures, height, width, channels), and their labels."""
        chance = numpy.random.default_rng((SEED, epoch))
        order = chance.permutation(len(self.pictures)) if shuffled else numpy.arange(len(self.pictures))
        for start in range(0, len(order), self.size):
            chosen = [self.pictures[place] for place in order[start : start + self.size]]
            arrays = numpy.stack([self._array(picture, chance if shuffled else None) for picture in chosen])
            yield arrays, numpy.array([picture.label for picture in chosen])

    def _array(self, picture: Picture, chance: numpy.random.Generator | None) -> Array:
        if self.augmentation and chance is not None:
            return self.format.augment(picture.open(), self.augmentation, chance)
        return self.format.prepare(picture.open())


class Features:
    """What a frozen body makes of `Data`, computed once unless pictures are augmented; in batches as `Data` itself."""

    def __init__(self, network: Network, data: Data) -> None:
        self._network, self._data = network, data
        self._known: tuple[Array, Array] | None = None

    def batches(self, epoch: int, *, shuffled: bool) -> Iterator[tuple[Array, Array]]:
        """Yield features of shape (pictures, features), and labels."""
        if self._data.augmentation and shuffled:
            yield from self._computed(epoch, shuffled=True)
            return
        if self._known is None:
            computed = list(self._computed(epoch, shuffled=False))
            self._known = (
                numpy.concatenate([each for each, _ in computed]),
                numpy.concatenate([each for _, each in computed]),
            )
        rows, labels = self._known
        order = numpy.random.default_rng((SEED, epoch)).permutation(len(rows)) if shuffled else numpy.arange(len(rows))
        for start in range(0, len(order), self._data.size):
            chosen = order[start : start + self._data.size]
            yield rows[chosen], labels[chosen]

    def _computed(self, epoch: int, *, shuffled: bool) -> Iterator[tuple[Array, Array]]:
        for pictures, labels in self._data.batches(epoch, shuffled=shuffled):
            yield self._network.features(pictures), labels


def fit(network: Network, train: Data, validation: Data, given: Given) -> None:
    """Train a network, and leave it as it was after the best epoch on validation data."""
    watched = [Features(network, each) if network.frozen else each for each in (train, validation)]
    optimizer = Optimizer([network.head] if network.frozen else [network.body, network.head], *_rule(given))
    best, best_state, waited = -1.0, network.state(), 0
    for epoch in range(given["epochs"]):
        started = time.monotonic()
        _tell(epoch, "Train", given, *_go_over(network, watched[0].batches(epoch, shuffled=True), given, optimizer))
        logging.info("Epoch[%d] Time cost=%.3f", epoch, time.monotonic() - started)
        accuracy, top = _go_over(network, watched[1].batches(epoch, shuffled=False), given, None)
        _tell(epoch, "Validation", given, accuracy, top)
        if epoch + 1 in given.get("lr_scheduler_step", ()):
            optimizer.rate *= given["lr_scheduler_factor"]
        waited = 0 if accuracy > best + given["early_stopping_tolerance"] else waited + 1
        if accuracy > best:
            logging.info("Storing the best model with validation accuracy: %f", accuracy)
            best, best_state = accuracy, network.state()
        if _should_stop(epoch + 1, waited, given):
            break
    network.restore(best_state)


def _should_stop(epochs: int, waited: int, given: Given) -> bool:
    enough = epochs >= given["early_stopping_min_epochs"] and waited >= given["early_stopping_patience"]
    return bool(given["early_stopping"] and enough)


def _go_over(
    network: Network, batches: Iterator[tuple[Array, Array]], given: Given, optimizer: Optimizer | None
) -> tuple[float, float]:
    """Return the share of right answers, and of those among the top_k; learn from them if there is an optimizer."""
    right = among = count = 0
    for inputs, labels in batches:
        learning = optimizer is not None
        features = inputs if network.frozen else network.features(inputs, learning=learning)
        scores = network.head.forward(features, learning=learning)
        if optimizer is not None:
            _, slope = neural.cross_entropy(scores, labels)
            slope = network.head.backward(slope)
            if not network.frozen:
                network.body.backward(slope)
            optimizer.step()
        top = numpy.argsort(-scores, axis=1, kind="stable")[:, : given.get("top_k", 1)]
        right += int((top[:, 0] == labels).sum())
        among += int((top == labels[:, None]).any(axis=1).sum())
        count += len(labels)
    return right / count, among / count


def _tell(epoch: int, part: str, given: Given, accuracy: float, top: float) -> None:
    logging.info("Epoch[%d] %s-accuracy=%f", epoch, part, accuracy)
    if "top_k" in given:
        logging.info("Epoch[%d] %s-top_k_accuracy_%d=%f", epoch, part, given["top_k"], top)


def _rule(given: Given) -> tuple[float, Rule]:
    """Return the learning rate at first, and the optimizer's rule."""
    momentum, decay = given["momentum"], given["weight_decay"]
    makers: dict[str, Callable[[], Rule]] = {
        "sgd": lambda: neural.momentum(momentum, decay),
        "nag": lambda: neural.momentum(momentum, decay, nesterov=True),
        "adam": lambda: neural.adam(given["beta_1"], given["beta_2"], given["eps"]),
        "rmsprop": lambda: neural.rmsprop(given["gamma"], given["eps"]),
    }
    return given["learning_rate"], makers[given["optimizer"]]()
