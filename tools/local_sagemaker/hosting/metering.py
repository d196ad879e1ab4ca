"""Metrics of endpoints in CloudWatch, by endpoint and variant, in the namespace ``AWS/SageMaker``.

Their names, units and dimensions are those of "Monitor Amazon SageMaker with Amazon CloudWatch". What happens within
`INTERVAL` is told as one datum: how often, how much in all, at least and at most.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ..cloud import Cloud
from ..wire import Caller
from .talking import NoAnswerError

NAMESPACE = "AWS/SageMaker"
INTERVAL = 1.0
"""Seconds between two deliveries."""

MICROSECONDS = 1e6
UNITS = {"ModelLatency": "Microseconds", "OverheadLatency": "Microseconds"}


@dataclass
class Timing:
    """One invocation while it goes on: when the model was asked and answered, and with which status."""

    begun: float = field(default_factory=time.perf_counter)
    model: float = 0.0
    status: int = 200

    @contextmanager
    def of_model(self) -> Iterator[None]:
        """Take the time of what the model does; a model that does not answer has failed."""
        started = time.perf_counter()
        try:
            yield
        except NoAnswerError:
            self.status = 500
            raise
        finally:
            self.model = time.perf_counter() - started

    def values(self) -> dict[str, float]:
        """Return the metrics of this invocation."""
        overhead = time.perf_counter() - self.begun - self.model
        return {
            "Invocations": 1,
            "InvocationsPerInstance": 1,
            "Invocation4XXErrors": int(400 <= self.status < 500),
            "Invocation5XXErrors": int(self.status >= 500),
            "InvocationModelErrors": int(self.status >= 400),
            "ModelLatency": self.model * MICROSECONDS,
            "OverheadLatency": overhead * MICROSECONDS,
        }


@dataclass
class Meter:
    """The metrics of one variant of an endpoint."""

    cloud: Cloud
    caller: Caller
    endpoint: str
    variant: str
    _values: dict[str, list[float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def invocation(self) -> Iterator[Timing]:
        """Take the metrics of one invocation."""
        timing = Timing()
        try:
            yield timing
        finally:
            self._note(timing.values())

    def _note(self, values: dict[str, float]) -> None:
        with self._lock:
            first = not self._values
            for name, value in values.items():
                self._values.setdefault(name, []).append(value)
        if first:
            self.cloud.after(INTERVAL, self._deliver)

    def _deliver(self) -> None:
        with self._lock:
            values, self._values = self._values, {}
        whose = {"EndpointName": self.endpoint, "VariantName": self.variant}
        dimensions = [{"Name": name, "Value": value} for name, value in whose.items()]
        data = [
            {
                "MetricName": name,
                "Dimensions": dimensions,
                "Timestamp": time.time(),
                "Unit": UNITS.get(name, "None"),
                "StatisticValues": {
                    "SampleCount": len(taken),
                    "Sum": sum(taken),
                    "Minimum": min(taken),
                    "Maximum": max(taken),
                },
            }
            for name, taken in values.items()
        ]
        self.cloud.client("cloudwatch", self.caller).put_metric_data(Namespace=NAMESPACE, MetricData=data)
