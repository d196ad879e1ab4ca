"""Built-in DeepAR, computed with NumPy: one recurrent network for all time series.

Kept of AWS: the hyperparameters, all likelihoods, categories, dynamic features and missing values, JSON lines, the
channels ``train`` and ``test``, early stopping with the best model kept, the metrics and the log's wording, and
forecasts as mean, quantiles and samples, in JSON and, for batch transform, JSON lines with DEEPAR_INFERENCE_CONFIG.
Not kept: Parquet, which lags and how many batches an epoch has (neither is documented in full), zoneout (dropout_rate
is ordinary dropout between layers), several hosts, GPUs, models that AWS trained. The random seed is fixed.
Source: developer guide, "DeepAR Forecasting Algorithm"; for the network see network.py.
"""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ... import quality
from ...hyperparameters import POSITIVE, SHARE, Hyperparameter, Interval, choice, integer, json_list, number
from ...shape import Algorithm, TrainingInput, UserError
from . import series
from .forecasts import load, quantiles_of, save
from .series import Frequency, Series

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    from ...neural.layers import Optimizer
    from .network import Network

LIKELIHOODS = ("student-T", "gaussian", "negative-binomial", "beta", "deterministic-L1")
MOST_SLOPE = 10.0
"""The norm of all slopes is kept below."""
FEWEST_BATCHES, MOST_BATCHES = 10, 100
"""Limits of the batches of an epoch; between them, an epoch sees each value about once."""


def _counts(text: str) -> list[int]:
    counts = json.loads(text)
    if not isinstance(counts, list) or not all(isinstance(count, int) for count in counts):
        raise ValueError(text)
    return counts


HYPERPARAMETERS = (
    integer("context_length", 1, required=True),
    integer("epochs", 1, required=True),
    integer("prediction_length", 1, required=True),
    Hyperparameter("time_freq", Frequency.parse, required=True),
    Hyperparameter("cardinality", _counts, Interval(1), words=("auto", "ignore", ""), default="auto"),
    number("dropout_rate", SHARE, default=0.1),
    integer("early_stopping_patience", 1),
    integer("embedding_dimension", 1, default=10),
    number("learning_rate", POSITIVE, default=1e-3),
    choice("likelihood", *LIKELIHOODS, default="student-T"),
    integer("mini_batch_size", 1, default=128),
    integer("num_cells", 1, default=40),
    integer("num_dynamic_feat", 1, None, "auto", "ignore", "", default="auto"),
    integer("num_eval_samples", 1, default=100),
    integer("num_layers", 1, default=2),
    json_list("test_quantiles", SHARE, default=[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]),
)


def train(job: TrainingInput) -> None:
    """Train on the series of the train channel and leave the best network in the model file. Raises UserError."""
    from .network import Network

    given, data = job.hyperparameters, series.read(job, "train")
    kind = series.kind_of(data, given)
    _check(data, given)
    network, started = Network(given, kind), time.monotonic()
    epochs = _fit(network, data, given)
    seen = epochs * _batches(data, given) * given["mini_batch_size"]
    quality.throughput(seen, time.monotonic() - started)
    if job.has("test"):
        _tell_test_metrics(network, _tested(series.read(job, "test"), network), given)
    save(job.model, network, given)


def _check(data: list[Series], given: Mapping[str, Any]) -> None:
    """Raise UserError if no series is long enough, or has values that the likelihood does not allow."""
    import numpy

    if not any((~numpy.isnan(each.target)).any() for each in data):
        raise UserError("The data channel 'train' has no time series with a value")
    low, high = {"negative-binomial": (0, math.inf), "beta": (0, 1)}.get(given["likelihood"], (-math.inf, math.inf))
    for each in data:
        if ((each.target < low) | (each.target > high)).any():
            raise UserError(f"The likelihood {given['likelihood']} allows values from {low} to {high} only")


def _fit(network: Network, data: list[Series], given: Mapping[str, Any]) -> int:
    """Train a network, and leave it as it was after its best epoch; return how many epochs there were."""
    import numpy

    from ...neural import layers as neural
    from .network import SEED

    optimizer = neural.Optimizer(network.layers.values(), given["learning_rate"], neural.adam())
    chance, losses, best_state = numpy.random.default_rng(SEED), [math.inf], neural.state_of(network.layers)
    best = 0
    while len(losses) <= given["epochs"] and len(losses) - 1 - best < given.get("early_stopping_patience", math.inf):
        losses.append(_epoch(network, optimizer, data, chance, len(losses) - 1, given))
        quality.progress(len(losses) - 1, given["epochs"])
        if losses[-1] < losses[best]:
            best, best_state = len(losses) - 1, neural.state_of(network.layers)
    neural.restore(network.layers, best_state)
    logging.info("Final loss: %s (occurred at epoch %d)", losses[best], best - 1)
    quality.loss("train", "final_loss", losses[best])
    return len(losses) - 1


def _epoch(
    network: Network,
    optimizer: Optimizer,
    data: list[Series],
    chance: numpy.random.Generator,
    epoch: int,
    given: Mapping[str, Any],
) -> float:
    """Learn from as many batches as an epoch has; return their mean loss."""
    total = 0.0
    for batch in range(_batches(data, given)):
        total += _step(network, optimizer, _windows(network, data, given["mini_batch_size"], chance))
        if batch % 5 == 0:
            logging.info("Epoch[%d] Batch[%d] avg_epoch_loss=%f", epoch, batch, total / (batch + 1))
            quality.loss(f"epoch={epoch}, batch={batch} train", "loss", total / (batch + 1))
    quality.loss(f"epoch={epoch}, train", "loss", total / (batch + 1))
    return total / (batch + 1)


def _batches(data: list[Series], given: Mapping[str, Any]) -> int:
    values = sum(map(len, data)) / (given["context_length"] + given["prediction_length"])
    batches: int = math.ceil(values / given["mini_batch_size"])
    return min(max(batches, FEWEST_BATCHES), MOST_BATCHES)


def _windows(network: Network, data: list[Series], count: int, chance: numpy.random.Generator) -> Any:
    """Return windows at random places of random series, the longer ones more often."""
    import numpy

    lengths = numpy.array([max(len(each), 1) for each in data])
    chosen = chance.choice(len(data), count, p=lengths / lengths.sum())
    starts = [int(chance.integers(0, max(1, len(data[place]) - network.ahead), endpoint=True)) for place in chosen]
    return network.batch([network.window(data[place], start) for place, start in zip(chosen, starts, strict=True)])


def _step(network: Network, optimizer: Optimizer, windows: Any) -> float:
    import numpy

    with numpy.errstate(all="ignore"):
        loss = network.learn(windows)
        if not math.isfinite(loss):
            raise UserError("The training diverged: the loss is no number. Use a smaller learning_rate")
        optimizer.clip(MOST_SLOPE)
        optimizer.step()
    return loss


def _tested(data: list[Series], network: Network) -> list[Series]:
    """Return the series of the test channel that are long enough. Raises UserError."""
    for each in data:
        try:
            network.kind.check(each, 0)
        except ValueError as error:
            raise UserError(f"A time series of the test channel differs: {error}") from error
    long_enough = [each for each in data if len(each) > network.ahead]
    if not long_enough:
        raise UserError(f"No time series of the test channel has more than prediction_length={network.ahead} values")
    return long_enough


def _tell_test_metrics(network: Network, data: list[Series], given: Mapping[str, Any]) -> None:
    """Forecast the last values of each series from those before, and write how good that was to the log."""
    import numpy

    logging.info("Evaluating model accuracy on testset using %d samples", given["num_eval_samples"])
    ahead, levels = network.ahead, given["test_quantiles"]
    paths = [network.draw(each.until(len(each) - ahead, ahead), given["num_eval_samples"]) for each in data]
    actual = numpy.stack([each.target[-ahead:] for each in data])
    error = numpy.stack([each.mean(axis=0) for each in paths]) - actual
    found = numpy.stack([quantiles_of(each, levels) for each in paths], axis=1)
    losses = [_quantile_loss(actual, told, level) for level, told in zip(levels, found, strict=True)]
    scores = {"RMSE": float(numpy.nanmean(error**2) ** 0.5), "mean_wQuantileLoss": float(numpy.mean(losses))}
    of_levels = {f"wQuantileLoss[{level}]": loss for level, loss in zip(levels, losses, strict=True)}
    for name, value in {**scores, **of_levels}.items():
        logging.info("#test_score (algo-1, %s): %s", name, value)
    for name, value in scores.items():
        quality.loss("test", name, value)


def _quantile_loss(actual: NDArray[Any], told: NDArray[Any], level: float) -> float:
    """Return the weighted quantile loss; values that are missing do not count."""
    import numpy

    loss = 2 * numpy.nansum((actual - told) * (level - (actual < told)))
    return float(loss / max(numpy.nansum(abs(actual)), 1e-9))


ALGORITHM = Algorithm(
    images={"forecasting-deepar:1": "amazon-algorithms-1.txt"},
    hyperparameters=HYPERPARAMETERS,
    metrics={
        "train:final_loss": quality.expression("train", "final_loss", "loss"),
        "train:loss": quality.expression(r"epoch=\S+, train", "loss", "loss"),
        "train:loss:batch": quality.expression(r"epoch=\S+, batch=\S+ train", "loss", "loss"),
        "test:RMSE": quality.expression("test", "RMSE", "loss"),
        "test:mean_wQuantileLoss": quality.expression("test", "mean_wQuantileLoss", "loss"),
        **quality.PROGRESS,
        **quality.THROUGHPUT,
    },
    train=train,
    load=load,
    more_channels=("test",),
)
