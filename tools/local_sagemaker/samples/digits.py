"""Handwritten digits in the formats of MNIST: 60,000 to train, 10,000 to test, of 28 by 28 pixels.

They are scikit-learn's 1,797 digits of 8 by 8 pixels, by 43 people, each drawn many times larger, turned, slanted and
moved by lot. Training and test pictures come from different ones of them.
"""

from __future__ import annotations

import gzip
import io
import pickle
import struct
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from .sample import Sample
from .scikit_learn import rows

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

SIDE, ORIGINAL_SIDE, BRIGHTEST = 28, 8, 16
AT_ONCE = 5000
"""Pictures that are in memory as floating-point numbers at the same time."""

QUICK = 1
"""The level at which archives are compressed."""

ORIGIN = "scikit-learn's digits, enlarged and varied"
PIXELS_OF_IDX, LABELS_OF_IDX = 0x803, 0x801
"""Magic numbers: unsigned bytes in three dimensions, and in one."""


@dataclass(frozen=True)
class Part:
    """One part of the digits: which of the originals it is drawn from, how many pictures, and its seed."""

    originals: slice
    count: int
    seed: int


TRAINING = Part(slice(0, 1500), 60_000, seed=1)
TEST = Part(slice(1500, 1797), 10_000, seed=2)


def labels(part: Part) -> NDArray[Any]:
    """Return the digits of a part, of shape (count,)."""
    import numpy

    originals, chosen, _ = _chosen(part)
    return numpy.asarray(originals[chosen, -1], dtype=numpy.int64)


def pictures(part: Part) -> NDArray[Any]:
    """Return the pictures of a part, of shape (count, 784), bytes from 0 to 255."""
    import numpy

    originals, chosen, lot = _chosen(part)
    sources = originals[chosen, :-1].reshape(-1, ORIGINAL_SIDE, ORIGINAL_SIDE)
    starts = range(0, part.count, AT_ONCE)
    return numpy.concatenate([_varied(sources[start : start + AT_ONCE], lot) for start in starts])


def _chosen(part: Part) -> tuple[NDArray[Any], NDArray[Any], Generator]:
    """Return a part's originals, which of them each picture is drawn from, and the random numbers to go on with."""
    import numpy

    lot = numpy.random.default_rng(part.seed)
    originals = numpy.array([[float(cell) for cell in row] for row in rows("digits.csv.gz")][part.originals])
    return originals, lot.integers(0, len(originals), part.count), lot


def _varied(sources: NDArray[Any], lot: Generator) -> NDArray[Any]:
    """Return each source enlarged, with its own slant, turn, size and place."""
    import numpy

    count = len(sources)
    angle, slant, size = lot.normal(0, 0.08, count), lot.normal(0, 0.1, count), lot.normal(0.36, 0.015, count)
    moved = lot.normal(0, 0.7, (2, count, 1))
    middle = (SIDE - 1) / 2
    down, across = numpy.mgrid[0:SIDE, 0:SIDE].reshape(2, 1, -1) - middle - moved
    across = across + slant[:, None] * down
    sine, cosine = numpy.sin(angle)[:, None], numpy.cos(angle)[:, None]
    places = numpy.stack([cosine * down - sine * across, sine * down + cosine * across])
    values = _interpolated(sources, places * size[:, None] + (ORIGINAL_SIDE - 1) / 2)
    return numpy.clip(values * (300 / BRIGHTEST), 0, 255).astype(numpy.uint8)


def _interpolated(sources: NDArray[Any], places: NDArray[Any]) -> NDArray[Any]:
    """Return the sources' values at places of shape (2, count, pixels), by bilinear interpolation; 0 outside."""
    import numpy

    padded = numpy.pad(sources, ((0, 0), (1, 1), (1, 1)))
    places = numpy.clip(places + 1, 0, ORIGINAL_SIDE + 0.999)
    low = places.astype(numpy.intp)
    (lower, left), (down, across) = low, places - low
    each = numpy.arange(len(sources))[:, None]
    top = padded[each, lower, left] * (1 - across) + padded[each, lower, left + 1] * across
    bottom = padded[each, lower + 1, left] * (1 - across) + padded[each, lower + 1, left + 1] * across
    return numpy.asarray(top * (1 - down) + bottom * down)


def pickled() -> bytes:
    """Return a compressed pickle of (training, validation, test), each of them (pictures from 0 to 1, labels)."""
    images, digits = _scaled(pictures(TRAINING)), labels(TRAINING)
    parts = ((images[:50_000], digits[:50_000]), (images[50_000:], digits[50_000:]))
    return _compressed(pickle.dumps((*parts, (_scaled(pictures(TEST)), labels(TEST))), protocol=2))


def _scaled(images: NDArray[Any]) -> NDArray[Any]:
    return images.astype("float32") / 256


def idx_pictures(part: Part) -> bytes:
    """Return pictures in the IDX format, compressed."""
    return _compressed(struct.pack(">IIII", PIXELS_OF_IDX, part.count, SIDE, SIDE) + pictures(part).tobytes())


def idx_labels(part: Part) -> bytes:
    """Return labels in the IDX format, compressed."""
    return _compressed(struct.pack(">II", LABELS_OF_IDX, part.count) + bytes(labels(part).tolist()))


def _compressed(content: bytes) -> bytes:
    return gzip.compress(content, QUICK, mtime=0)


def picture_array(part: Part, count: int) -> bytes:
    """Return an ``.npy`` file of the first pictures of a part, from 0 to 1."""
    return _npy(pictures(part)[:count].astype("float32") / 255)


def label_array(part: Part, count: int) -> bytes:
    """Return an ``.npy`` file of the first labels of a part."""
    return _npy(labels(part)[:count].astype("int32"))


def _npy(array: NDArray[Any]) -> bytes:
    import numpy

    file = io.BytesIO()
    numpy.save(file, array)
    return file.getvalue()


FOLDER = "datasets/image/MNIST"
PICTURES, LABELS = "{:,} pictures", "labels of {:,} pictures"
SAMPLES = (
    Sample(f"{FOLDER}/mnist.pkl.gz", pickled, ORIGIN, "50,000, 10,000 and 10,000 pictures as a pickle of NumPy arrays"),
    *(
        Sample(f"{FOLDER}/{name}-ubyte.gz", partial(make, part), ORIGIN, about.format(part.count))
        for name, make, part, about in (
            ("train-images-idx3", idx_pictures, TRAINING, PICTURES),
            ("train-labels-idx1", idx_labels, TRAINING, LABELS),
            ("t10k-images-idx3", idx_pictures, TEST, PICTURES),
            ("t10k-labels-idx1", idx_labels, TEST, LABELS),
        )
    ),
)
REGIONAL_SAMPLES = tuple(
    Sample(f"tensorflow/mnist/{name}.npy", partial(make, part, count), ORIGIN, about.format(count))
    for name, make, part, count, about in (
        ("train_data", picture_array, TRAINING, 55_000, PICTURES),
        ("train_labels", label_array, TRAINING, 55_000, LABELS),
        ("eval_data", picture_array, TEST, 10_000, PICTURES),
        ("eval_labels", label_array, TEST, 10_000, LABELS),
    )
)
