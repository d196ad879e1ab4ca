"""DeepAR's network: an LSTM that tells a distribution of each next value.

At each moment it sees earlier values (divided by the series' scale), the calendar, dynamic features, what category the
series is of, and its scale. Source: Salinas, Flunkert and Gasthaus, "DeepAR: Probabilistic Forecasting with
Autoregressive Recurrent Networks" (2017).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy

from ...neural.layers import Array, Dropout, Embedding, Layer, Linear
from ...neural.recurrent import Recurrent
from .likelihoods import LIKELIHOODS, TINY
from .series import Kind, Series, calendar

SEED = 0


@dataclass(frozen=True)
class Windows:
    """Parts of series, in the shape a network takes: (windows, moments), and (windows, moments, inputs)."""

    target: Array
    observed: Array
    inputs: Array
    scale: Array
    categories: Array


class Network:
    """A network and how it sees a series."""

    def __init__(self, given: Mapping[str, Any], kind: Kind) -> None:
        chance = numpy.random.default_rng(SEED)
        self.kind, self.frequency = kind, given["time_freq"]
        self.context, self.ahead = given["context_length"], given["prediction_length"]
        self.likelihood = LIKELIHOODS[given["likelihood"]]
        size, cells = given["embedding_dimension"], given["num_cells"]
        width = len(self.lags) + self.frequency.width + kind.dynamic + size * len(kind.cardinality) + 1
        self.embeddings = [Embedding(count, size, chance) for count in kind.cardinality]
        widths = pairwise((width, *[cells] * given["num_layers"]))
        self.recurrent = [Recurrent(before, after, chance) for before, after in widths]
        self.dropouts = [Dropout(given["dropout_rate"], chance) for _ in self.recurrent[1:]]
        self.head = Linear(cells, self.likelihood.parameters, chance)

    @property
    def layers(self) -> dict[str, Layer]:
        """The layers that learn, by name."""
        named: dict[str, Layer] = {f"embedding{place}": each for place, each in enumerate(self.embeddings)}
        named |= {f"recurrent{place}": each for place, each in enumerate(self.recurrent)}
        return {**named, "head": self.head}

    @property
    def lags(self) -> tuple[int, ...]:
        """How many values back the network looks."""
        lags: tuple[int, ...] = self.frequency.lags
        return lags

    def window(self, series: Series, start: int) -> dict[str, Array]:
        """Return the context before the value `start` and the values to predict, by the names of `Windows`."""
        before = self.context + self.lags[-1]
        padded = numpy.full(before + max(len(series), start) + self.ahead, numpy.nan, numpy.float32)
        padded[before : before + len(series)] = series.target
        places = numpy.arange(start - self.context, start + self.ahead) + before
        known = padded[places[: self.context]]
        known = abs(known[~numpy.isnan(known)])
        scale = numpy.float32(max(known.mean(), TINY) if self.likelihood.is_scaled and len(known) else 1)
        earlier = numpy.nan_to_num(padded[places[:, None] - numpy.array(self.lags)] / scale)
        target = padded[places]
        return {
            "target": numpy.nan_to_num(target),
            "observed": ~numpy.isnan(target),
            "inputs": numpy.column_stack([earlier, *self._told(series, start)]),
            "scale": scale,
            "categories": numpy.array(series.categories[: len(self.kind.cardinality)], numpy.int64),
        }

    def _told(self, series: Series, start: int) -> list[Array]:
        """Return the calendar and dynamic features of the moments of a window; before a series began, zeros."""
        end = start + self.ahead
        columns = [calendar(self.frequency, series.start, max(len(series), start) + self.ahead)[:end]]
        if self.kind.dynamic:
            columns.append(numpy.pad(series.dynamic.T[:end], ((0, max(0, end - series.dynamic.shape[1])), (0, 0))))
        missing = max(0, self.context - start)
        return [numpy.pad(each[max(0, start - self.context) :], ((missing, 0), (0, 0))) for each in columns]

    def batch(self, windows: list[dict[str, Array]]) -> Windows:
        """Return windows side by side."""
        columns = {name: numpy.stack([each[name] for each in windows]) for name in windows[0]}
        return Windows(**columns)

    def learn(self, windows: Windows) -> float:
        """Return the mean negative log likelihood of the values that are there, and set the layers' slopes."""
        hidden = self._hidden(windows.inputs, self._static(windows), learning=True)
        outputs = self.head.forward(hidden, learning=True)
        logs, slopes = self.likelihood.log(outputs, windows.scale[:, None], windows.target)
        seen = max(1, int(windows.observed.sum()))
        by_outputs = numpy.stack([-slope * windows.observed / seen for slope in slopes], axis=2)
        by_inputs = self.head.backward(by_outputs.astype(numpy.float32))
        for place in reversed(range(len(self.recurrent))):
            by_inputs = self.recurrent[place].backward(by_inputs)
            if place:
                by_inputs = self.dropouts[place - 1].backward(by_inputs)
        by_static = by_inputs[:, :, windows.inputs.shape[2] :].sum(axis=1)
        for place, embedding in enumerate(self.embeddings):
            size = embedding.values["weight"].shape[1]
            embedding.backward(by_static[:, place * size : (place + 1) * size])
        return -float((logs * windows.observed).sum()) / seen

    def _static(self, windows: Windows) -> Array:
        """Return what the network sees of a series at all moments."""
        told = [each.forward(windows.categories[:, place]) for place, each in enumerate(self.embeddings)]
        return numpy.column_stack([*told, numpy.log(windows.scale)]).astype(numpy.float32)

    def _hidden(self, inputs: Array, static: Array, *, learning: bool) -> Array:
        """Return what the last recurrent layer gives at each moment."""
        hidden = _with_static(inputs, static)
        for place, layer in enumerate(self.recurrent):
            if place:
                hidden = self.dropouts[place - 1].forward(hidden, learning=learning)
            hidden = layer.forward(hidden, learning=learning)
        return hidden

    def _step(self, inputs: Array, static: Array, states: list[Any]) -> tuple[Array, list[Any]]:
        """Return the outputs after the last moment of inputs, and the states of the recurrent layers."""
        hidden, after = _with_static(inputs, static), []
        for layer, state in zip(self.recurrent, states, strict=True):
            hidden, state_after = layer.run(hidden, state)
            after.append(state_after)
        return self.head.forward(hidden[:, -1]), after

    def draw(self, series: Series, samples: int) -> Array:
        """Return paths that a series may take after its end, of shape (samples, prediction_length)."""
        chance = numpy.random.default_rng(SEED)
        one = self.batch([self.window(series, len(series))])
        windows = Windows(**{name: numpy.repeat(value, samples, axis=0) for name, value in vars(one).items()})
        static, states = self._static(windows), [None] * len(self.recurrent)
        _, states = self._step(windows.inputs[:, : self.context], static, states)
        paths = numpy.zeros((samples, self.ahead), numpy.float32)
        for step in range(self.ahead):
            inputs = windows.inputs[:, self.context + step].copy()
            for place, lag in enumerate(self.lags):
                if lag <= step:
                    inputs[:, place] = paths[:, step - lag] / windows.scale
            outputs, states = self._step(inputs[:, None], static, states)
            paths[:, step] = self.likelihood.draw(outputs, windows.scale, chance)
        return paths


def _with_static(inputs: Array, static: Array) -> Array:
    repeated = numpy.broadcast_to(static[:, None], (*inputs.shape[:2], static.shape[1]))
    return numpy.concatenate([inputs, repeated], axis=2)
