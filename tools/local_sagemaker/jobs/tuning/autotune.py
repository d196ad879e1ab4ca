"""Autotune: ranges around the example values that a request gives. AWS does not say how it chooses; this is ours.

A number is tried from a tenth to ten times its size, within what the algorithm allows; a word is tried beside the
others that the algorithm knows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ... import algorithms
from ...algorithms.hyperparameters import Choice, Hyperparameter, Interval
from .attempts import Ranges

FACTOR = 10


def ranges_of(ranges: Ranges, algorithm: str) -> Ranges:
    """Return `ranges` with one for each of their ``AutoParameters``; `algorithm` is empty for a script."""
    known = {each.name: each for each in algorithms.load(algorithm).hyperparameters} if algorithm else {}
    found: dict[str, list[Mapping[str, Any]]] = {kind: list(each) for kind, each in ranges.items()}
    for hint in found.pop("AutoParameters", []):
        kind, one = _range(hint["ValueHint"], known.get(hint["Name"]))
        found.setdefault(kind, []).append({"Name": hint["Name"], **one})
    return found


def _range(hint: str, known: Hyperparameter | None) -> tuple[str, dict[str, Any]]:
    within = known.range if known else None
    try:
        value = float(hint)
    except ValueError:
        words = [str(word) for word in within.words] if isinstance(within, Choice) else []
        return "CategoricalParameterRanges", {"Values": sorted({hint, *words})}
    whole = hint.lstrip("+-").isdigit() and (known is None or known.parse is int)
    low, high = _ends(value, within if isinstance(within, Interval) else Interval())
    if not whole:
        return "ContinuousParameterRanges", {"MinValue": repr(low), "MaxValue": repr(high)}
    ends = math.ceil(low), math.floor(high)
    return "IntegerParameterRanges", {"MinValue": str(min(ends)), "MaxValue": str(max(ends))}


def _ends(value: float, within: Interval) -> tuple[float, float]:
    low, high = sorted((value / FACTOR, value * FACTOR)) if value else (0.0, 1.0)
    if 0 < value < 1 and within.high is None:
        high = min(high, 1.0)  # most likely a part of something
    return max(low, within.low or low), min(high, within.high or high)
