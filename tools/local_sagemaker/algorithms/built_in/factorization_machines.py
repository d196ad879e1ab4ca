"""Built-in Factorization Machines, computed with mini-batch gradient descent (Adam) in NumPy, on sparse rows.

Kept of AWS: the hyperparameters, sparse and dense RecordIO-protobuf in File and Pipe mode, the channels ``train`` and
``test``, the metrics and the log's wording, all request and answer formats. The model file holds the bias ``w0``, the
linear weights ``w`` and the factors ``v`` of shape (feature_dim, num_factors).
Not kept: which optimizer AWS has (it is not documented), several hosts, GPUs, what is in the model file. The random
seed is fixed.
Source: Rendle, "Factorization Machines" (2010); developer guide, "How Factorization Machines Work"; Kingma and Ba,
"Adam" (2015), whose moments are changed only for features that a batch has.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import artifacts, examples, quality
from ..examples import Examples
from ..exchange import Exchange, Row
from ..hyperparameters import FORCE_DENSE, NOT_NEGATIVE, POSITIVE, Hyperparameter, Interval, choice, integer, number
from ..media import RECORDIO_PROTOBUF, MediaType
from ..shape import Algorithm, TrainingInput, UserError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

SEED = 0
BETAS = (0.9, 0.999)
PARTS = {"bias": (0.1, 0.01, 0.01), "linear": (0.001, 0.001, 0.01), "factors": (0.0001, 0.00001, 0.001)}
"""The parts of a model, and the defaults of their learning rate, weight decay and initial deviation."""


def _of_part(part: str, rate: float, decay: float, sigma: float) -> tuple[Hyperparameter, ...]:
    return (
        number(f"{part}_lr", NOT_NEGATIVE, default=rate),
        number(f"{part}_wd", NOT_NEGATIVE, default=decay),
        choice(f"{part}_init_method", "uniform", "normal", "constant", default="normal"),
        # AWS documents no default of these two.
        number(f"{part}_init_scale", NOT_NEGATIVE, default=sigma),
        number(f"{part}_init_value", Interval(), default=0.0),
        number(f"{part}_init_sigma", NOT_NEGATIVE, default=sigma),
    )


HYPERPARAMETERS = (
    integer("feature_dim", 1, required=True),
    integer("num_factors", 1, required=True),
    choice("predictor_type", "binary_classifier", "regressor", required=True),
    number("clip_gradient", POSITIVE),
    integer("epochs", 1, default=1),
    number("eps", POSITIVE, default=1e-8),
    integer("mini_batch_size", 1, default=1000),
    number("rescale_grad", Interval()),
    *(each for part, defaults in PARTS.items() for each in _of_part(part, *defaults)),
    FORCE_DENSE,
)


class Machine:
    """A model that learns: its numbers by part, and two moments of the slope of each."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        import numpy

        self._given, self._steps = given, 0
        width, factors = given["feature_dim"], given["num_factors"]
        shapes: dict[str, tuple[int, ...]] = {"bias": (1,), "linear": (width,), "factors": (width, factors)}
        chance = numpy.random.default_rng(SEED)
        self.numbers = {part: self._start(part, shape, chance) for part, shape in shapes.items()}
        self._moments = {part: [numpy.zeros(shape, numpy.float32) for _ in BETAS] for part, shape in shapes.items()}

    def _start(self, part: str, shape: tuple[int, ...], chance: Any) -> NDArray[Any]:
        import numpy

        scale, sigma, value = (self._given[f"{part}_init_{name}"] for name in ("scale", "sigma", "value"))
        starts: dict[str, Callable[[], Any]] = {
            "uniform": lambda: chance.uniform(-scale, scale, shape),
            "normal": lambda: chance.normal(0.0, sigma, shape),
            "constant": lambda: numpy.full(shape, value),
        }
        return numpy.asarray(starts[self._given[f"{part}_init_method"]](), numpy.float32)

    def learn(self, rows: csr_matrix, labels: NDArray[Any]) -> NDArray[Any]:
        """Take one step; return the scores that the rows had before."""
        import numpy
        from scipy.sparse import csr_matrix

        present, places = numpy.unique(rows.indices, return_inverse=True)
        narrow = csr_matrix((rows.data, places, rows.indptr), shape=(rows.shape[0], len(present)))
        factors = self.numbers["factors"][present]
        scores = score(narrow, self.numbers["bias"], self.numbers["linear"][present], factors)
        slope = (_answers(scores, self._given) - labels) * (2 if self._given["predictor_type"] == "regressor" else 1)
        weighted = narrow.T @ (slope[:, None] * (narrow @ factors))
        own = (narrow.power(2).T @ slope)[:, None] * factors
        self._steps += 1
        self._step("bias", numpy.array([0]), slope.sum(keepdims=True), len(labels))
        self._step("linear", present, narrow.T @ slope, len(labels))
        self._step("factors", present, weighted - own, len(labels))
        return scores

    def _step(self, part: str, places: NDArray[Any], slope: NDArray[Any], count: int) -> None:
        import numpy

        given, numbers = self._given, self.numbers[part]
        slope = slope * given.get("rescale_grad", 1 / count) + given[f"{part}_wd"] * numbers[places]
        if "clip_gradient" in given:
            slope = slope.clip(-given["clip_gradient"], given["clip_gradient"])
        means = []
        for power, (beta, moment) in enumerate(zip(BETAS, self._moments[part], strict=True), start=1):
            moment[places] = beta * moment[places] + (1 - beta) * slope**power
            means.append(moment[places] / (1 - beta**self._steps))
        numbers[places] -= given[f"{part}_lr"] * means[0] / (numpy.sqrt(means[1]) + given["eps"])


def score(rows: csr_matrix, bias: NDArray[Any], linear: NDArray[Any], factors: NDArray[Any]) -> NDArray[Any]:
    """Return the score of each row: all pairs of features count by the product of their factors."""
    pairs = ((rows @ factors) ** 2).sum(axis=1) - (rows.power(2) @ (factors**2)).sum(axis=1)
    scores: NDArray[Any] = bias + rows @ linear + pairs / 2
    return scores


def _answers(scores: NDArray[Any], given: Mapping[str, Any]) -> NDArray[Any]:
    """Return scores as an answer tells them: probabilities of a classifier."""
    from scipy.special import expit

    told: NDArray[Any] = scores if given["predictor_type"] == "regressor" else expit(scores)
    return told


def train(job: TrainingInput) -> None:
    """Fit a machine to the train channel and leave it in the model file. Raises UserError."""
    given, data, test = job.hyperparameters, _read(job, "train"), _read(job, "test") if job.has("test") else None
    machine, started = Machine(given), time.monotonic()
    for epoch in range(given["epochs"]):
        scores = _go_over(machine, data, epoch, given)
        _tell(f"epoch={epoch}, train", data.labels, scores, given)
        quality.progress(epoch + 1, given["epochs"])
    quality.throughput(len(data.labels) * given["epochs"], time.monotonic() - started)
    numbers = machine.numbers
    for part, each in {"train": data, "test": test}.items():
        if each:
            _tell(part, each.labels, score(each.features, *numbers.values()), given)
    artifacts.save(
        job.model,
        **{"w0": numbers["bias"], "w": numbers["linear"], "v": numbers["factors"]},
        predictor_type=given["predictor_type"],
    )


def _read(job: TrainingInput, channel: str) -> Examples:
    kind = MediaType.parse(job.media_type(channel, RECORDIO_PROTOBUF)).name
    if kind != RECORDIO_PROTOBUF:
        raise UserError(f"Content type '{kind}' is not supported; it must be {RECORDIO_PROTOBUF}")
    data = examples.read(job, channel, labelled=True, sparse=True)
    if job.hyperparameters["predictor_type"] != "regressor" and not ((data.labels == 0) | (data.labels == 1)).all():
        raise UserError(f"The data channel '{channel}' has a label that is neither 0 nor 1")
    return data


def _go_over(machine: Machine, data: Examples, epoch: int, given: Mapping[str, Any]) -> NDArray[Any]:
    """Learn from all examples in batches; return the scores they had on the way."""
    import numpy

    order = numpy.random.default_rng((SEED, epoch)).permutation(len(data.labels))
    scores = numpy.empty(len(order))
    for start in range(0, len(order), given["mini_batch_size"]):
        chosen = order[start : start + given["mini_batch_size"]]
        scores[chosen] = machine.learn(data.features[chosen], data.labels[chosen])
        if not numpy.isfinite(scores[chosen]).all():
            raise UserError("The training diverged: numbers became too large. Use smaller learning rates")
    return scores


def _tell(part: str, labels: NDArray[Any], scores: NDArray[Any], given: Mapping[str, Any]) -> None:
    """Write the metrics of scores to the log."""
    import numpy

    if given["predictor_type"] == "regressor":
        quality.loss(part, "rmse", ((scores - labels) ** 2).mean() ** 0.5)
        quality.loss(part, "mse", ((scores - labels) ** 2).mean())
        quality.loss(part, "absolute_loss", abs(scores - labels).mean())
        return
    found = scores >= 0
    hits = float((found * labels).sum())
    quality.score(part, "binary_classification_accuracy", (found == labels).mean())
    quality.loss(part, "binary_classification_cross_entropy", (numpy.logaddexp(0, scores) - labels * scores).mean())
    quality.score(part, "binary_f_1.000", 2 * hits / max(float(found.sum() + labels.sum()), 1.0))
    logging.info("#test_score (algo-1) : ('binary_classification_accuracy', %s)", float((found == labels).mean()))


def load(folder: Path) -> Exchange:
    """Return what tells the score of each row of a request and, of a classifier, its label."""
    model = artifacts.load(folder)
    given = {"predictor_type": str(model["predictor_type"])}

    def predict(rows: csr_matrix, _: Mapping[str, str]) -> list[Row]:
        told = _answers(score(rows, model["w0"], model["w"], model["v"]), given).tolist()
        if given["predictor_type"] == "regressor":
            return [{"score": each} for each in told]
        return [{"score": each, "predicted_label": float(each >= 0.5)} for each in told]

    return Exchange(len(model["w"]), predict, sparse=True)


def _metrics() -> dict[str, str]:
    losses = {name: (name, "loss") for name in ("rmse", "mse", "absolute_loss", "binary_classification_cross_entropy")}
    scores = {
        "binary_classification_accuracy": ("binary_classification_accuracy", "score"),
        "binary_f_beta": (r"binary_f_\S+", "score"),
    }
    told = {**losses, **scores}
    return {
        f"{part}:{name}{end}": quality.expression(where, pattern, kind)
        for part, where, end in (("train", "train", ""), ("test", "test", ""), ("train", r"epoch=\S+, train", ":epoch"))
        for name, (pattern, kind) in told.items()
    }


ALGORITHM = Algorithm(
    images={"factorization-machines:1": "amazon-algorithms-1.txt"},
    hyperparameters=HYPERPARAMETERS,
    metrics={**_metrics(), **quality.PROGRESS, **quality.THROUGHPUT},
    train=train,
    load=load,
    more_channels=("test",),
)
