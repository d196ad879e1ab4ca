"""Networks that tell classes of pictures, and how they are trained, in PyTorch.

With pretrained weights: EfficientNet-Lite0 as trained on ImageNet, whose 1,280 features are not changed any more, and
a linear layer that is trained. From scratch: three convolutions and a linear layer, small enough for a CPU.
Source: Tan and Le, "EfficientNet" (2019); the weights are those of TensorFlow's EfficientNet-Lite.
"""

from __future__ import annotations

import copy
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from .pictures import Format, Picture

Given = Mapping[str, Any]
Tensor = Any

SEED = 0
FEATURES, SMALL = 1280, (16, 32, 64)
MIDDLE, SPREAD = 127.0, 128.0
"""A pixel is shifted and divided by these, as when EfficientNet-Lite was trained."""


@dataclass(frozen=True)
class Network:
    """`body` makes features of shape (n, width) of pictures (n, channels, height, width), and `head` logits of these.

    Of a `frozen` network only the head is trained.
    """

    body: Any
    head: Any
    frozen: bool

    def features(self, pictures: Tensor) -> Tensor:
        """Return what the body makes of pictures of uint8."""
        import torch

        # On a CPU, convolutions are about twice as quick in this order of bytes.
        scaled = ((pictures.float() - MIDDLE) / SPREAD).contiguous(memory_format=torch.channels_last)
        return self.body(scaled)

    def probabilities(self, pictures: Tensor) -> Tensor:
        """Return the probability of each class, of shape (n, classes)."""
        import torch

        self.body.eval()
        with torch.inference_mode():
            return self.head(self.features(pictures)).softmax(dim=1)

    def state(self) -> dict[str, Any]:
        """Return all weights, by name."""
        return {"body": self.body.state_dict(), "head": self.head.state_dict()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Set all weights. Raises RuntimeError if they are those of another network."""
        self.body.load_state_dict(state["body"])
        self.head.load_state_dict(state["head"])


def build(classes: int, channels: int, *, frozen: bool, weights: str | None = None) -> Network:
    """Return a network; `weights` is the file of EfficientNet-Lite0's for a frozen one."""
    import torch

    torch.manual_seed(SEED)
    body = (_efficientnet(weights) if frozen else _small(channels)).to(memory_format=torch.channels_last)
    return Network(body, torch.nn.Linear(FEATURES if frozen else SMALL[-1], classes), frozen)


def _efficientnet(weights: str | None) -> Any:
    import torch
    from efficientnet_lite_pytorch import EfficientNet

    name = "efficientnet-lite0"
    body = EfficientNet.from_pretrained(name, weights_path=weights) if weights else EfficientNet.from_name(name)
    # Without its last layer, it answers the features.
    body._fc = torch.nn.Identity()
    return body.eval().requires_grad_(False)


def _small(channels: int) -> Any:
    from torch.nn import AdaptiveAvgPool2d, BatchNorm2d, Conv2d, Flatten, MaxPool2d, ReLU, Sequential

    layers: list[Any] = []
    for before, after in pairwise((channels, *SMALL)):
        layers += [Conv2d(before, after, 3, padding=1, bias=False), BatchNorm2d(after), ReLU(), MaxPool2d(2)]
    return Sequential(*layers[:-1], AdaptiveAvgPool2d(1), Flatten())


@dataclass(frozen=True)
class Data:
    """Pictures in the shape a network takes them, in batches; see `batches`."""

    pictures: Sequence[Picture]
    format: Format
    size: int
    augmentation: str | None = None

    def batches(self, epoch: int, *, shuffled: bool) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield pictures, uint8 of shape (n, channels, height, width), and their labels."""
        import numpy
        import torch

        chance = numpy.random.default_rng((SEED, epoch))
        order = chance.permutation(len(self.pictures)) if shuffled else numpy.arange(len(self.pictures))
        for start in range(0, len(order), self.size):
            chosen = [self.pictures[place] for place in order[start : start + self.size]]
            arrays = numpy.stack([self._array(picture, chance if shuffled else None) for picture in chosen])
            yield torch.from_numpy(arrays), torch.tensor([picture.label for picture in chosen])

    def _array(self, picture: Picture, chance: Any) -> Any:
        if self.augmentation and chance is not None:
            return self.format.augment(picture.open(), self.augmentation, chance)
        return self.format.prepare(picture.open())


class Features:
    """What a frozen body makes of `Data`, computed once unless pictures are augmented; in batches as `Data` itself."""

    def __init__(self, network: Network, data: Data) -> None:
        self._network, self._data = network, data
        self._known: tuple[Tensor, Tensor] | None = None

    def batches(self, epoch: int, *, shuffled: bool) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield features of shape (n, width), and labels."""
        import torch

        if self._data.augmentation and shuffled:
            yield from self._computed(epoch, shuffled=True)
            return
        if self._known is None:
            parts = list(self._computed(epoch, shuffled=False))
            self._known = torch.cat([each[0] for each in parts]), torch.cat([each[1] for each in parts])
        rows, labels = self._known
        mixed = torch.randperm(len(rows), generator=torch.Generator().manual_seed(epoch))
        for chosen in (mixed if shuffled else torch.arange(len(rows))).split(self._data.size):
            yield rows[chosen], labels[chosen]

    def _computed(self, epoch: int, *, shuffled: bool) -> Iterator[tuple[Tensor, Tensor]]:
        import torch

        for pictures, labels in self._data.batches(epoch, shuffled=shuffled):
            with torch.no_grad():
                features = self._network.features(pictures)
            yield features, labels


def fit(network: Network, train: Data, validation: Data, given: Given) -> None:
    """Train a network, and leave it as it was after the best epoch on validation data."""
    frozen = network.frozen
    watched = [Features(network, each) if frozen else each for each in (train, validation)]
    optimizer = _optimizer([*network.head.parameters(), *([] if frozen else network.body.parameters())], given)
    best, best_state, waited = -1.0, network.state(), 0
    for epoch in range(given["epochs"]):
        started = time.monotonic()
        network.body.train(not frozen)
        _tell(epoch, "Train", given, *_go_over(network, watched[0].batches(epoch, shuffled=True), given, optimizer))
        logging.info("Epoch[%d] Time cost=%.3f", epoch, time.monotonic() - started)
        network.body.eval()
        accuracy, top = _go_over(network, watched[1].batches(epoch, shuffled=False), given, None)
        _tell(epoch, "Validation", given, accuracy, top)
        _lower_rate(optimizer, epoch + 1, given)
        waited = 0 if accuracy > best + given["early_stopping_tolerance"] else waited + 1
        if accuracy > best:
            logging.info("Storing the best model with validation accuracy: %f", accuracy)
            best, best_state = accuracy, copy.deepcopy(network.state())
        if _should_stop(epoch + 1, waited, given):
            break
    network.restore(best_state)


def _should_stop(epochs: int, waited: int, given: Given) -> bool:
    enough = epochs >= given["early_stopping_min_epochs"] and waited >= given["early_stopping_patience"]
    return bool(given["early_stopping"] and enough)


def _go_over(network: Network, batches: Iterator[tuple[Tensor, Tensor]], given: Given, optimizer: Any) -> Any:
    """Return the share of right answers, and of those among the top_k; learn from them if there is an optimizer."""
    import torch

    right = among = count = 0
    for inputs, labels in batches:
        with torch.set_grad_enabled(optimizer is not None):
            logits = network.head(inputs if network.frozen else network.features(inputs))
        if optimizer is not None:
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(logits, labels).backward()
            optimizer.step()
        top = logits.topk(min(given.get("top_k", 1), logits.shape[1]), dim=1).indices
        right += int((top[:, 0] == labels).sum())
        among += int((top == labels[:, None]).any(dim=1).sum())
        count += len(labels)
    return right / count, among / count


def _tell(epoch: int, part: str, given: Given, accuracy: float, top: float) -> None:
    logging.info("Epoch[%d] %s-accuracy=%f", epoch, part, accuracy)
    if "top_k" in given:
        logging.info("Epoch[%d] %s-top_k_accuracy_%d=%f", epoch, part, given["top_k"], top)


def _optimizer(parameters: list[Any], given: Given) -> Any:
    from torch import optim

    rate, eps = given["learning_rate"], given["eps"]
    makers: dict[str, Callable[[], Any]] = {
        "sgd": lambda: optim.SGD(parameters, rate, given["momentum"], weight_decay=given["weight_decay"]),
        "nag": lambda: optim.SGD(
            parameters, rate, given["momentum"], weight_decay=given["weight_decay"], nesterov=given["momentum"] > 0
        ),
        "adam": lambda: optim.Adam(parameters, rate, (given["beta_1"], given["beta_2"]), eps),
        "rmsprop": lambda: optim.RMSprop(parameters, rate, given["gamma"], eps),
    }
    return makers[given["optimizer"]]()


def _lower_rate(optimizer: Any, epochs: int, given: Given) -> None:
    if epochs in given.get("lr_scheduler_step", ()):
        for group in optimizer.param_groups:
            group["lr"] *= given["lr_scheduler_factor"]
