"""Metrics of endpoints in CloudWatch, by endpoint and variant, in the namespace ``AWS/SageMaker``.

Their names, units and dimensions are those of "Monitor Amazon SageMaker with Amazon CloudWatch".
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ..cloud import Cloud
from ..cloud.metrics import MetricStream
from ..wire import Caller
from .talking import NoAnswerError

NAMESPACE = "AWS/SageMaker"
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
        """Add the time of what the model does; a model that does not answer has failed."""
        started = time.perf_counter()
        try:
            yield
        except NoAnswerError:
            self.status = 500
            raise
        finally:
            self.model += time.perf_counter() - started

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


@dataclass(frozen=True)
class Meter:
    """The metrics of one variant of an endpoint."""

    stream: MetricStream

    @classmethod
    def of(cls, cloud: Cloud, caller: Caller, endpoint: str, variant: str) -> Meter:
        """Return the meter of a variant."""
        whose = {"EndpointName": endpoint, "VariantName": variant}
        return cls(MetricStream(cloud, caller, NAMESPACE, whose, UNITS))

    @contextmanager
    def invocation(self) -> Iterator[Timing]:
        """Take the metrics of one invocation."""
        timing = Timing()
        try:
            yield timing
        finally:
            self.stream.add(timing.values())
