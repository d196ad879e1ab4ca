"""What is measured goes to CloudWatch while it is measured.

What happens within `INTERVAL` is told as one datum: how often, how much in all, at least and at most.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..wire import Caller
from . import Cloud

INTERVAL = 1.0
"""Seconds between two deliveries."""


@dataclass
class MetricStream:
    """The metrics of one resource, such as a training job. Units by a metric's name, if it has one."""

    cloud: Cloud
    caller: Caller
    namespace: str
    dimensions: Mapping[str, str]
    units: Mapping[str, str] = field(default_factory=dict)
    _values: dict[str, list[float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, values: Mapping[str, float]) -> None:
        """Note values by name; like CloudWatch, leave out what is no finite number."""
        finite = {name: value for name, value in values.items() if math.isfinite(value)}
        with self._lock:
            first = not self._values and bool(finite)
            for name, value in finite.items():
                self._values.setdefault(name, []).append(value)
        if first:
            self.cloud.after(INTERVAL, self.deliver)

    def deliver(self) -> None:
        """Deliver what has been noted; return when clients can read it."""
        with self._lock:
            values, self._values = self._values, {}
        data = [self._datum(name, taken) for name, taken in values.items()]
        try:
            if data:
                self.cloud.client("cloudwatch", self.caller).put_metric_data(Namespace=self.namespace, MetricData=data)
        except Exception:
            # Whatever is measured goes on without.
            self.cloud.tell_bug()

    def _datum(self, name: str, taken: list[float]) -> dict[str, Any]:
        return {
            "MetricName": name,
            "Dimensions": [{"Name": name, "Value": value} for name, value in self.dimensions.items()],
            "Timestamp": time.time(),
            "Unit": self.units.get(name, "None"),
            "StatisticValues": {
                "SampleCount": len(taken),
                "Sum": sum(taken),
                "Minimum": min(taken),
                "Maximum": max(taken),
            },
        }
