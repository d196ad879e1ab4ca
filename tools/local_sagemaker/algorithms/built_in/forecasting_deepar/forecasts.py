"""DeepAR's endpoint: time series in, their mean, quantiles and samples out; and the model file.

Source: developer guide, "DeepAR Inference Formats".
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ... import artifacts
from ...json_exchange import JsonExchange
from .series import Frequency, Kind, Series

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .network import Network

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
    """Leave a network in the model file, and all that is needed to build it again beside it."""
    from ...neural.layers import state_of

    frequency = given["time_freq"]
    plain = {**given, "time_freq": f"{frequency.count}{frequency.unit}"}
    kind = {"cardinality": network.kind.cardinality, "dynamic": network.kind.dynamic}
    artifacts.save(folder, **state_of(network.layers))
    artifacts.save_settings(folder, {"given": plain, "kind": kind})


def load(folder: Path) -> JsonExchange:
    """Return what forecasts the time series of a request."""
    from ...neural.layers import restore
    from .network import Network

    saved = artifacts.load(folder)
    given, kind = saved.pop("given"), saved.pop("kind")
    given["time_freq"] = Frequency.parse(given["time_freq"])
    network = Network(given, Kind(tuple(kind["cardinality"]), kind["dynamic"]))
    restore(network.layers, saved)
    return JsonExchange(partial(_forecast, network), plural="predictions")


def _forecast(network: Network, instance: Mapping[str, Any], configuration: Mapping[str, Any]) -> dict[str, Any]:
    series, wanted = Series.parse(instance), {**CONFIGURATION, **_of_all_requests(), **configuration}
    network.kind.check(series, network.ahead)
    samples, levels = int(wanted["num_samples"]), wanted["quantiles"]
    if not 1 <= samples <= MOST_SAMPLES:
        raise ValueError(f"num_samples must be from 1 to {MOST_SAMPLES}")
    paths = network.draw(series, samples)
    quantiles = quantiles_of(paths, [float(level) for level in levels]).tolist()
    told = {
        "quantiles": dict(zip(map(str, levels), quantiles, strict=True)),
        "samples": paths.tolist(),
        "mean": paths.mean(axis=0).tolist(),
    }
    return {name: told[name] for name in wanted["output_types"]}


def _of_all_requests() -> Mapping[str, Any]:
    """Return the configuration that a batch transform's model has."""
    given: Mapping[str, Any] = json.loads(os.environ.get("DEEPAR_INFERENCE_CONFIG", "{}"))
    return given
