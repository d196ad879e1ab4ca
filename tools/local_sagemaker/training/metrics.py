"""The metrics that a training job tells in its log: a name and a regular expression for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import algorithms, images


def definitions_of(specification: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the MetricDefinitions of an AlgorithmSpecification: a built-in algorithm's own, and those given."""
    known = dict(algorithms.load(name).metrics) if (name := _algorithm(specification)) else {}
    known |= {each["Name"]: each["Regex"] for each in specification.get("MetricDefinitions") or []}
    return [{"Name": name, "Regex": pattern} for name, pattern in known.items()]


def with_metrics(specification: Mapping[str, Any]) -> dict[str, Any]:
    """Return an AlgorithmSpecification as AWS tells it: with a built-in algorithm's metrics if none were given."""
    found = definitions_of(specification)
    return {**({"MetricDefinitions": found} if found else {}), **specification}


def _algorithm(specification: Mapping[str, Any]) -> str:
    try:
        return images.find(specification.get("TrainingImage", "")).algorithm
    except images.UnknownImageError:
        return ""
