"""Which instances a job gets: those it asks for, or the first of those it would take.

`InstancePreferences` is a list of types in the order of preference; AWS takes the first that it has room for, and every
type has room here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def chosen(resources: Mapping[str, Any]) -> dict[str, Any]:
    """Return a job's resources, a ``ResourceConfig`` or ``ClusterConfig``, with what is told of the choice."""
    preferences = resources.get("InstancePreferences")
    if not preferences:
        return dict(resources)
    first = {"InstanceCount": resources.get("InstanceCount", 1), **preferences[0]}
    return {
        **resources,
        "SelectedInstanceType": first["InstanceType"],
        "SelectedInstanceCount": first["InstanceCount"],
    }


def count_of(resources: Mapping[str, Any]) -> int:
    """Return how many instances there are of chosen resources, or of one instance group."""
    return int(resources.get("SelectedInstanceCount", resources.get("InstanceCount", 1)))


def type_of(resources: Mapping[str, Any]) -> str:
    """Return their type, such as ``ml.m5.large``."""
    return str(resources.get("SelectedInstanceType", resources.get("InstanceType", "")))
