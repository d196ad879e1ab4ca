"""The network of DeepAR in PyTorch: a recurrent one that tells a distribution of each next value.

At each moment it sees earlier values (divided by the series' scale), the calendar, dynamic features, what category the
series is of, and its scale. Source: Salinas, Flunkert and Gasthaus, "DeepAR: Probabilistic Forecasting with
Autoregressive Recurrent Networks" (2017).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .series import Kind, Series, calendar

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEED = 0
Tensor = Any
TINY = 1e-4


@dataclass(frozen=True)
class Likelihood:
    """A distribution: it has `numbers` parameters, which `of` makes of a network's output and a series' scale."""

    numbers: int
    of: Callable[[Tensor, Tensor], Any]
    is_scaled: bool = True


def _gaussian(output: Tensor, scale: Tensor) -> Any:
    from torch.distributions import Normal

    return Normal(output[..., 0] * scale, (_positive(output[..., 1])) * scale)


def _student(output: Tensor, scale: Tensor) -> Any:
    from torch.distributions import StudentT

    return StudentT(2 + _positive(output[..., 2]), output[..., 0] * scale, _positive(output[..., 1]) * scale)


def _negative_binomial(output: Tensor, scale: Tensor) -> Any:
    from torch.distributions import NegativeBinomial

    mean, spread = _positive(output[..., 0]) * scale, _positive(output[..., 1]) / scale.sqrt()
    return NegativeBinomial(1 / spread, logits=(mean * spread).log(), validate_args=False)


def _beta(output: Tensor, _: Tensor) -> Any:
    from torch.distributions import Beta

    return Beta(_positive(output[..., 0]), _positive(output[..., 1]))


def _exact(output: Tensor, scale: Tensor) -> Any:
    from torch.distributions import Laplace

    # Its likelihood is highest where the absolute error is least; see `Network.draw` for what it predicts.
    return Laplace(output[..., 0] * scale, scale)


def _positive(output: Tensor) -> Tensor:
    from torch.nn.functional import softplus

    return softplus(output) + TINY


LIKELIHOODS = {
    "student-T": Likelihood(3, _student),
    "gaussian": Likelihood(2, _gaussian),
    "negative-binomial": Likelihood(2, _negative_binomial),
    "beta": Likelihood(2, _beta, is_scaled=False),
    "deterministic-L1": Likelihood(1, _exact),
}


@dataclass(frozen=True)
class Windows:
    """Parts of series, in the shape a network takes: (windows, moments), and (windows, moments, inputs)."""

    target: Tensor
    observed: Tensor
    inputs: Tensor
    scale: Tensor
    categories: Tensor


class Network:
    """A network and how it sees a series."""

    def __init__(self, given: Mapping[str, Any], kind: Kind) -> None:
        import torch

        torch.manual_seed(SEED)
        self.kind, self.frequency = kind, given["time_freq"]
        self.context, self.ahead = given["context_length"], given["prediction_length"]
        self.likelihood, self._is_exact = LIKELIHOODS[given["likelihood"]], given["likelihood"] == "deterministic-L1"
        size, layers, cells = given["embedding_dimension"], given["num_layers"], given["num_cells"]
        width = len(self.lags) + self.frequency.width + kind.dynamic + size * len(kind.cardinality) + 1
        self.modules = torch.nn.ModuleDict(
            {
                "embeddings": torch.nn.ModuleList(torch.nn.Embedding(count, size) for count in kind.cardinality),
                "lstm": torch.nn.LSTM(
                    width, cells, layers, batch_first=True, dropout=given["dropout_rate"] if layers > 1 else 0.0
                ),
                "head": torch.nn.Linear(cells, self.likelihood.numbers),
            }
        )

    @property
    def lags(self) -> tuple[int, ...]:
        """How many values back the network looks."""
        lags: tuple[int, ...] = self.frequency.lags
        return lags

    def window(self, series: Series, start: int) -> dict[str, NDArray[Any]]:
        """Return the context before the value `start` and the values to predict, by the names of `Windows`."""
        import numpy

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

    def _told(self, series: Series, start: int) -> list[NDArray[Any]]:
        """Return the calendar and dynamic features of the moments of a window; before a series began, zeros."""
        import numpy

        end = start + self.ahead
        columns = [calendar(self.frequency, series.start, max(len(series), start) + self.ahead)[:end]]
        if self.kind.dynamic:
            columns.append(numpy.pad(series.dynamic.T[:end], ((0, max(0, end - series.dynamic.shape[1])), (0, 0))))
        missing = max(0, self.context - start)
        return [numpy.pad(each[max(0, start - self.context) :], ((missing, 0), (0, 0))) for each in columns]

    def batch(self, windows: list[dict[str, NDArray[Any]]]) -> Windows:
        """Return windows side by side."""
        import numpy
        import torch

        columns = {name: numpy.stack([each[name] for each in windows]) for name in windows[0]}
        return Windows(**{name: torch.from_numpy(column) for name, column in columns.items()})

    def loss(self, windows: Windows) -> Tensor:
        """Return the mean negative log likelihood of the values that are there."""
        outputs, _ = self._run(windows.inputs, windows)
        told = self.likelihood.of(outputs, windows.scale[:, None])
        target = windows.target if self.likelihood.is_scaled else windows.target.clamp(TINY, 1 - TINY)
        return -(told.log_prob(target) * windows.observed).sum() / windows.observed.sum().clamp(min=1)

    def _run(self, inputs: Tensor, windows: Windows, state: Any = None) -> tuple[Tensor, Any]:
        import torch

        static = [embed(windows.categories[:, place]) for place, embed in enumerate(self.modules["embeddings"])]
        static.append(windows.scale.log()[:, None])
        repeated = torch.cat(static, dim=1)[:, None].expand(-1, inputs.shape[1], -1)
        hidden, state = self.modules["lstm"](torch.cat([inputs, repeated], dim=2), state)
        return self.modules["head"](hidden), state

    def draw(self, series: Series, samples: int) -> NDArray[Any]:
        """Return paths that a series may take after its end, of shape (samples, prediction_length)."""
        import torch

        self.modules.eval()
        torch.manual_seed(SEED)
        with torch.inference_mode():
            one = self.batch([self.window(series, len(series))])
            windows = Windows(**{name: value.expand(samples, *value.shape[1:]) for name, value in vars(one).items()})
            _, state = self._run(windows.inputs[:, : self.context], windows)
            paths = torch.zeros(samples, self.ahead)
            for step in range(self.ahead):
                inputs = windows.inputs[:, self.context + step].clone()
                for place, lag in enumerate(self.lags):
                    if lag <= step:
                        inputs[:, place] = paths[:, step - lag] / windows.scale
                outputs, state = self._run(inputs[:, None], windows, state)
                told = self.likelihood.of(outputs[:, -1], windows.scale)
                paths[:, step] = told.mean if self._is_exact else told.sample()
        drawn: NDArray[Any] = paths.numpy()
        return drawn
