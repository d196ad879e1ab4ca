"""Retry policies: which failures of a step are tried again, when, and how often.

See "Retry Policy for Pipeline Steps" of the Developer Guide.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

KINDS_OF_FAILURE = {
    "InternalServerError": "SageMaker.JOB_INTERNAL_ERROR",
    "CapacityError": "SageMaker.CAPACITY_ERROR",
    "ResourceLimitExceeded": "SageMaker.RESOURCE_LIMIT",
    "ThrottlingException": "Step.THROTTLING",
    "InternalFailure": "Step.SERVICE_FAULT",
}
"""How policies call a failure, by a word of its reason."""


@dataclass
class Retries:
    """How often a step's failures were tried again: each policy counts for itself."""

    policies: Sequence[Mapping[str, Any]]
    _used: dict[int, int] = field(default_factory=dict)

    def wait_before_next(self, reason: str, minutes_since_start: float) -> float | None:
        """Return the seconds to wait before the step is tried again, or None if it is not."""
        kinds = {kind for word, kind in KINDS_OF_FAILURE.items() if word in reason}
        for number, policy in enumerate(self.policies):
            if not kinds & set(policy["ExceptionType"]):
                continue
            used = self._used.get(number, 0)
            if used >= policy.get("MaxAttempts", math.inf):
                return None
            if minutes_since_start >= policy.get("ExpireAfterMin", math.inf):
                return None
            self._used[number] = used + 1
            return float(policy.get("IntervalSeconds", 1) * policy.get("BackoffRate", 2.0) ** used)
        return None
