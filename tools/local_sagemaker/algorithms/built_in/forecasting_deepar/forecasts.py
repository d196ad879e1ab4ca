"""DeepAR's endpoint: time series in, their mean, quantiles and samples out; and the model file.

Source: developer guide, "DeepAR Inference Formats".
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...media import JSON, JSON_LINES, MediaType
from ...shape import BadRequestError, UnsupportedMediaTypeError
from .network import Network
from .series import Frequency, Kind, Series

if TYPE_CHECKING:
    from numpy.typing import NDArray

MODEL_FILE = "deepar.pt"
MOST_SAMPLES = 10_000
CONFIGURATION = {
    "num_samples": 100,
    "output_types": ["mean", "quantiles"],
    "quantiles": ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9"],
}


def quantiles_of(paths: NDArray[Any], levels: Sequence[float]) -> NDArray[Any]:
    """Return quantiles of paths, of shape (levels, prediction_length)."""
    import numpy

    found: NDArray[Any] = numpy.quantile(paths, levels, axis=0)
    return found


def save(folder: Path, network: Network, given: Mapping[str, Any]) -> None:
    """Leave a network, and all that is needed to build it again, in `MODEL_FILE`."""
    import torch

    frequency = given["time_freq"]
    plain = {**given, "time_freq": f"{frequency.count}{frequency.unit}"}
    kind = {"cardinality": network.kind.cardinality, "dynamic": network.kind.dynamic}
    torch.save({"given": plain, "kind": kind, "weights": network.modules.state_dict()}, folder / MODEL_FILE)


def load(folder: Path) -> _Forecaster:
    """Return what forecasts the time series of a request."""
    import torch

    # Weights only: nothing pickled is run.
    saved = torch.load(folder / MODEL_FILE, weights_only=True)
    given = {**saved["given"], "time_freq": Frequency.parse(saved["given"]["time_freq"])}
    network = Network(given, Kind(**saved["kind"]))
    network.modules.load_state_dict(saved["weights"])
    return _Forecaster(network)


class _Forecaster:
    """A network that answers requests."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def __call__(self, body: bytes, content_type: str, accept: str) -> tuple[bytes, str]:
        kind = MediaType.parse(content_type).name
        if kind not in (JSON, JSON_LINES):
            raise UnsupportedMediaTypeError(f"Content type '{kind}' is not one of {JSON}, {JSON_LINES}")
        try:
            if kind == JSON:
                request = json.loads(body)
                wanted = {**CONFIGURATION, **request.get("configuration", {})}
                return json.dumps({"predictions": self._forecasts(request["instances"], wanted)}).encode(), JSON
            wanted = {**CONFIGURATION, **json.loads(os.environ.get("DEEPAR_INFERENCE_CONFIG", "{}"))}
            told = self._forecasts([json.loads(line) for line in body.splitlines() if line.strip()], wanted)
            return "".join(f"{json.dumps(each)}\n" for each in told).encode(), JSON_LINES
        except (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError) as error:
            raise BadRequestError(f"Unable to evaluate payload provided as '{kind}': {error}") from error

    def _forecasts(self, rows: Sequence[Mapping[str, Any]], wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
        samples = int(wanted["num_samples"])
        if not 1 <= samples <= MOST_SAMPLES:
            raise ValueError(f"num_samples must be from 1 to {MOST_SAMPLES}")
        return [self._forecast(Series.parse(row), samples, wanted) for row in rows]

    def _forecast(self, series: Series, samples: int, wanted: Mapping[str, Any]) -> dict[str, Any]:
        self._network.kind.check(series, self._network.ahead)
        paths = self._network.draw(series, samples)
        levels = wanted["quantiles"]
        makers = {
            "quantiles": lambda: dict(
                zip(map(str, levels), quantiles_of(paths, [float(level) for level in levels]).tolist(), strict=True)
            ),
            "samples": paths.tolist,
            "mean": lambda: paths.mean(axis=0).tolist(),
        }
        return {name: makers[name]() for name in wanted["output_types"]}
