"""EfficientNet-Lite0 as trained on ImageNet: 1,280 features of a picture. It is not trained any further.

Source: Tan and Le, "EfficientNet" (2019); the weights are those of TensorFlow's EfficientNet-Lite.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy

from ...neural.convolutions import in_parts, padded, patches
from ...neural.layers import Array, Layer
from . import torch_file

FEATURES = 1280
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
"""Of the file of weights."""
MOST, EPS = numpy.float32(6), 1e-3

STAGES = ((1, 3, 1, 1), (2, 3, 2, 6), (2, 5, 2, 6), (3, 3, 2, 6), (3, 5, 1, 6), (4, 5, 2, 6), (1, 3, 1, 6))
"""For each stage: how many blocks, how many places a block sees, its first block's step, and how many times wider."""


@dataclass(frozen=True)
class Block:
    """A block: it makes its inputs wider, looks around each place, makes them narrower, and may add its inputs."""

    name: str
    size: int
    step: int
    widens: bool
    adds: bool


def _blocks() -> Iterator[Block]:
    for count, size, step, wider in STAGES:
        for number in range(count):
            yield Block("", size, 1 if number else step, wider > 1, bool(number))


BLOCKS = tuple(Block(f"block{number}", *list(vars(each).values())[1:]) for number, each in enumerate(_blocks()))


def pretrained(path: Path) -> dict[str, Array]:
    """Return the weights and biases of convolutions, by name, from the file of ImageNet's weights.

    What normalized a convolution's results is part of its weights and biases here. Raises NotWeightsError.
    """
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        raise torch_file.NotWeightsError(f"{path.name} is not the file that was published")
    stored = torch_file.read(path)
    names = {"stem": ("_conv_stem", "_bn0"), "head": ("_conv_head", "_bn1")}
    for number, block in enumerate(BLOCKS):
        parts = {"widen": ("expand", 0), "around": ("depthwise", 1), "narrow": ("project", 2)}
        for part, (theirs, order) in parts.items():
            if block.widens or part != "widen":
                names[f"{block.name}.{part}"] = (f"_blocks.{number}._{theirs}_conv", f"_blocks.{number}._bn{order}")
    found: dict[str, Array] = {}
    for name, (convolution, normal) in names.items():
        factor = stored[f"{normal}.weight"] / numpy.sqrt(stored[f"{normal}.running_var"] + EPS)
        weight = (stored[f"{convolution}.weight"] * factor[:, None, None, None]).transpose(2, 3, 1, 0)
        # Of shape (places, channels) where each channel is by itself, else (places and channels before, after).
        places, before, after = weight.shape[0] * weight.shape[1], weight.shape[2], weight.shape[3]
        shape = (places, after) if name.endswith("around") else (places * before, after)
        found[f"{name}.weight"] = numpy.ascontiguousarray(weight.reshape(shape), numpy.float32)
        bias = stored[f"{normal}.bias"] - stored[f"{normal}.running_mean"] * factor
        found[f"{name}.bias"] = bias.astype(numpy.float32)
    return found


class EfficientNet(Layer):
    """Pictures of shape (pictures, height, width, 3) become rows of features."""

    def __init__(self, weights: Mapping[str, Array]) -> None:
        super().__init__(kept=weights)

    def forward(self, inputs: Array, *, learning: bool = False) -> Array:
        """Return the features of pictures."""
        return numpy.concatenate(in_parts(self._features, inputs))

    def _features(self, pictures: Array) -> Array:
        near = patches(pictures, 3, 2)
        here = _cut(self._product("stem", near.reshape(*near.shape[:3], -1)))
        for block in BLOCKS:
            inner = _cut(self._product(f"{block.name}.widen", here)) if block.widens else here
            inner = self._product(f"{block.name}.narrow", _cut(self._around(block, inner)))
            here = inner + here if block.adds else inner
        return _cut(self._product("head", here)).mean(axis=(1, 2))

    def _product(self, name: str, inputs: Array) -> Array:
        weight = self.kept[f"{name}.weight"]
        result = inputs.reshape(-1, len(weight)) @ weight
        result += self.kept[f"{name}.bias"]
        return result.reshape(*inputs.shape[:3], -1)

    def _around(self, block: Block, inputs: Array) -> Array:
        """Return what a block makes of the places around each place, in each channel by itself."""
        size, step, weight = block.size, block.step, self.kept[f"{block.name}.around.weight"]
        height, width = (-(-length // step) for length in inputs.shape[1:3])
        larger = padded(inputs, size, step)
        result = numpy.empty((len(inputs), height, width, inputs.shape[3]), numpy.float32)
        result[:] = self.kept[f"{block.name}.around.bias"]
        part = numpy.empty_like(result)
        for place, each in enumerate(weight):
            row, column = divmod(place, size)
            below, beside = row + (height - 1) * step + 1, column + (width - 1) * step + 1
            numpy.multiply(larger[:, row:below:step, column:beside:step], each, out=part)
            result += part
        return result


def _cut(values: Array) -> Array:
    """Cut values at zero and six, in place."""
    return numpy.clip(values, 0, MOST, out=values)
