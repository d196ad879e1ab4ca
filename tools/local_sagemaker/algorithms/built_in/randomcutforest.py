"""Built-in Random Cut Forest, computed with NumPy as published.

Kept of AWS: the hyperparameters, CSV and RecordIO-protobuf in File and Pipe mode, the channels ``train`` and ``test``
(which has labels), the three-sigma limit by which the test is scored, the metrics, all request and answer formats. A
score is scaled as in Amazon's open library, so that ordinary points get about one.
Not kept: several hosts; what is in the model file (here boxes, cuts and children of all nodes of all trees).
The random seed is fixed.
Source: Guha, Mishra, Roy and Schrijvers, "Robust Random Cut Forest Based Anomaly Detection on Streams" (2016);
developer guide, "How RCF Works"; scores as in random-cut-forest-by-aws.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import artifacts, examples, quality
from ..exchange import Exchange, Row
from ..hyperparameters import FORCE_DENSE, Choice, integer, json_list
from ..shape import Algorithm, TrainingInput

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

SEED = 0
SIGMAS = 3
LEFT, RIGHT = 2, 3
"""Where a node says which its children are."""
NUMBERS_AT_ONCE = 2_000_000
"""Numbers of boxes that are in memory at the same time while points are scored."""

METRICS = ("accuracy", "precision_recall_fscore")
HYPERPARAMETERS = (
    integer("feature_dim", 1, 10_000, required=True),
    json_list("eval_metrics", Choice(METRICS), default=list(METRICS)),
    integer("num_samples_per_tree", 1, 2048, default=256),
    integer("num_trees", 50, 1000, default=100),
    # Not documented, but the SDK's version 2 always sends it.
    integer("mini_batch_size", 1),
    FORCE_DENSE,
)


def train(job: TrainingInput) -> None:
    """Build trees from samples of the train channel and leave them in the model file. Raises UserError."""
    given = job.hyperparameters
    points = examples.read(job, "train", labelled=False).features
    test = examples.read_if_given(job, "test", labelled=True)
    started = time.monotonic()
    forest = _forest(points, given["num_trees"], given["num_samples_per_tree"])
    quality.progress(1, 1)
    quality.throughput(len(points), time.monotonic() - started)
    if test:
        _tell_test_metrics(test, _scores(forest, test.features), given["eval_metrics"])
    else:
        logging.info("Test data is not provided.")
    artifacts.save(job.model, **forest)


def _forest(points: NDArray[Any], trees: int, samples: int) -> dict[str, Any]:
    """Return the nodes of all trees, by name and one after the other; `roots` says where each tree begins.

    ``low`` and ``high`` are of shape (nodes, feature_dim), all others of shape (nodes,); a leaf has no ``left``: -1.
    """
    import numpy

    chance = numpy.random.default_rng(SEED)
    nodes: list[list[Any]] = []
    roots = []
    for _ in range(trees):
        chosen = chance.choice(len(points), min(samples, len(points)), replace=False)
        roots.append(len(nodes))
        _grow(nodes, points[chosen], chance)
    low, high, *others = (numpy.array(column) for column in zip(*nodes, strict=True))
    named = zip(("left", "right", "dimension", "cut", "mass"), others, strict=True)
    return {"roots": numpy.array(roots), "low": low, "high": high, **dict(named)}


def _grow(nodes: list[list[Any]], points: NDArray[Any], chance: numpy.random.Generator) -> None:
    """Add the nodes of a tree of `points`, its root first."""
    waiting = [(points, -1, LEFT)]
    while waiting:
        points, parent, side = waiting.pop()
        if parent >= 0:
            nodes[parent][side] = len(nodes)
        low, high = points.min(axis=0), points.max(axis=0)
        dimension, cut = _cut(low, high, chance)
        if low[dimension] < high[dimension]:
            is_left = points[:, dimension] <= cut
            waiting += [(points[is_left], len(nodes), LEFT), (points[~is_left], len(nodes), RIGHT)]
        nodes.append([low, high, -1, -1, dimension, cut, len(points)])


def _cut(low: NDArray[Any], high: NDArray[Any], chance: numpy.random.Generator) -> tuple[int, Any]:
    """Return where to cut a box: a dimension is as likely as the box is long there, and so is each place in it."""
    reach = (high.astype(float) - low).cumsum()
    at = chance.uniform(0, reach[-1])
    dimension = int(min(reach.searchsorted(at, "right"), len(reach) - 1))
    cut = high.dtype.type(high[dimension] - (reach[dimension] - at))
    return dimension, min(max(cut, low[dimension]), _below(high[dimension]))


def _below(number: Any) -> Any:
    """Return the next smaller number of the same type."""
    import numpy

    return numpy.nextafter(number, type(number)(-numpy.inf))


def _scores(forest: Mapping[str, Any], points: NDArray[Any]) -> NDArray[Any]:
    """Return the anomaly score of each point, of shape (points,)."""
    import numpy

    size = max(1, NUMBERS_AT_ONCE // (len(forest["roots"]) * points.shape[1]))
    parts = [_scores_at_once(forest, points[start : start + size]) for start in range(0, len(points), size)]
    return numpy.concatenate(parts)


def _scores_at_once(forest: Mapping[str, Any], points: NDArray[Any]) -> NDArray[Any]:
    """Walk down all trees at the same time.

    At each node a point would be cut off from the node's box with some probability, and then be a leaf of its own at
    that depth; only with the remaining `weight` does it go on to a child.
    """
    import numpy

    total = numpy.zeros(len(points))
    node = numpy.repeat(forest["roots"], len(points))
    row = numpy.tile(numpy.arange(len(points)), len(forest["roots"]))
    whole, weight, depth = forest["mass"][node], numpy.ones(len(node)), 0
    while len(node):
        at = points[row]
        low, high = forest["low"][node], forest["high"][node]
        outside = (numpy.maximum(low - at, 0) + numpy.maximum(at - high, 0)).sum(axis=1)
        length = outside + (high - low).sum(axis=1)
        cut_off = numpy.divide(outside, length, out=numpy.zeros(len(node)), where=length > 0)
        is_leaf, mass = forest["left"][node] < 0, forest["mass"][node]
        seen = (1 - mass / (2 * whole)) / (depth + numpy.log2(mass + 1))
        told = cut_off / (depth + 1) + numpy.where(is_leaf, (1 - cut_off) * seen, 0)
        numpy.add.at(total, row, weight * told * numpy.log2(whole + 1))
        goes_left = at[numpy.arange(len(node)), forest["dimension"][node]] <= forest["cut"][node]
        child = numpy.where(goes_left, forest["left"][node], forest["right"][node])
        node, row, whole, weight = child[~is_leaf], row[~is_leaf], whole[~is_leaf], (weight * (1 - cut_off))[~is_leaf]
        depth += 1
    return total / len(forest["roots"])


def _tell_test_metrics(test: examples.Examples, scores: NDArray[Any], wanted: Sequence[str]) -> None:
    for name, value in _metrics(test.labels, scores > scores.mean() + SIGMAS * scores.std(), wanted):
        logging.info("#test_score (algo-1) : ('%s', %s)", name, value)
        quality.score("test", name, value)


def _metrics(labels: NDArray[Any], found: NDArray[Any], wanted: Sequence[str]) -> Iterator[tuple[str, float]]:
    from sklearn.metrics import precision_recall_fscore_support

    if "accuracy" in wanted:
        yield "accuracy", float((labels == found).mean())
    if "precision_recall_fscore" in wanted:
        values = precision_recall_fscore_support(labels > 0, found, average="binary", zero_division=0)[:3]
        yield from zip(("precision", "recall", "f1"), map(float, values), strict=True)


def load(folder: Path) -> Exchange:
    """Return what tells the anomaly score of each row of a request."""
    forest = artifacts.load(folder)

    def predict(rows: NDArray[Any], _: Mapping[str, str]) -> list[Row]:
        return [{"score": score} for score in _scores(forest, rows).tolist()]

    return Exchange(forest["low"].shape[1], predict, plural="scores")


ALGORITHM = Algorithm(
    images={"randomcutforest:1": "amazon-algorithms-1.txt"},
    hyperparameters=HYPERPARAMETERS,
    metrics={
        **{
            f"test:{name}": quality.expression("test", name, "score")
            for name in ("accuracy", "precision", "recall", "f1")
        },
        **quality.PROGRESS,
        **quality.THROUGHPUT,
    },
    train=train,
    load=load,
    more_channels=("test",),
)
