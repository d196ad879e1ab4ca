"""One endpoint as it is kept: which variants serve, how requests are shared among them, and its status."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ..status import Status
from ..wire import AwsError, Caller, validation_error
from .variant import Variant

PASSING = frozenset({"Creating", "Updating", "Deleting"})
SERVING = frozenset({"InService", "Updating", "Failed"})
"""In these, a request is handed over. A failed endpoint has the variants it failed with, if any."""


@dataclass
class Endpoint:
    """An endpoint and the variants that serve for it. Times are in seconds since 1970."""

    caller: Caller
    name: str
    config: str
    status: Status = field(default_factory=lambda: Status("Creating", PASSING))
    variants: list[Variant] = field(default_factory=list)
    failure_reason: str = ""
    changed: float = field(default_factory=time.time)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def become(self, status: str, reason: str = "") -> None:
        """Change the status, unless the endpoint is being deleted."""
        if self.status.value != "Deleting":
            self.failure_reason, self.changed = reason, time.time()
            self.status.become(status)

    def switch(self, variants: list[Variant], config: str) -> list[Variant]:
        """Hand all later requests to `variants`; return those that are not wanted any more."""
        with self.lock:
            if self.status.value == "Deleting":
                return variants
            unwanted, self.variants, self.config = self.variants, variants, config
            return unwanted

    def close(self) -> list[Variant]:
        """Take no more requests; return the variants to be stopped."""
        with self.lock:
            self.status.become("Deleting", no_news=True)
            unwanted, self.variants = self.variants, []
            return unwanted

    @contextmanager
    def variant_for(self, target: str | None) -> Iterator[Variant]:
        """Lend the variant that a request goes to; it is not stopped before it is given back. Raises AwsError."""
        with self.lock:
            variant = self._choose(target)
            variant.begin()
        try:
            yield variant
        finally:
            variant.end()

    def _choose(self, target: str | None) -> Variant:
        if not self.variants or self.status.value not in SERVING:
            raise AwsError("ValidationError", f"Endpoint {self.name} of account {self.caller.account} not found.")
        if target is not None:
            return self._named(target)
        weights = [variant.weight for variant in self.variants]
        return random.choices(self.variants, weights if any(weights) else None)[0]  # noqa: S311  not a secret

    def _named(self, target: str) -> Variant:
        for variant in self.variants:
            if variant.name == target:
                return variant
        raise AwsError("ValidationError", f"Variant {target} not found for Endpoint {self.name}.")

    def reweigh(self, wanted: Mapping[str, Mapping[str, Any]]) -> None:
        """Give variants the DesiredWeight and DesiredInstanceCount in `wanted`, by name. Raises AwsError."""
        with self.lock:
            if unknown := wanted.keys() - {variant.name for variant in self.variants}:
                raise validation_error(f"The following variants do not exist: {', '.join(sorted(unknown))}")
            for variant in self.variants:
                change = wanted.get(variant.name, {})
                variant.weight = float(change.get("DesiredWeight", variant.weight))
                variant.count = int(change.get("DesiredInstanceCount", variant.count))

    def death(self) -> str:
        """Return why the endpoint cannot be in service: a container ended by itself. Else an empty string."""
        for variant in self.variants:
            if (status := variant.container.process.poll()) is not None:
                return f"The primary container of variant {variant.name} stopped serving (exit status {status})."
        return ""

    def summaries(self) -> list[dict[str, Any]]:
        """Return the variants as DescribeEndpoint tells them."""
        return [variant.summary() for variant in self.variants]
