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
from .plans import Plan
from .queueing import Queue
from .variant import Variant

PASSING = frozenset({"Creating", "Updating", "Deleting"})
SERVING = frozenset({"InService", "Updating", "Failed"})
"""In these, a request is handed over. A failed endpoint has the variants it failed with, if any."""


@dataclass(frozen=True)
class Fleet:
    """What serves at a time: the variants that answer, and the shadows, which are asked too."""

    variants: tuple[Variant, ...] = ()
    shadows: tuple[Variant, ...] = ()

    @property
    def everything(self) -> tuple[Variant, ...]:
        """All of them."""
        return self.variants + self.shadows


@dataclass
class Endpoint:
    """An endpoint, what it is made from, and what serves for it. Times are in seconds since 1970.

    `deployment` is the DeploymentConfig of the last creation or update, which is told and nothing else; `queue` holds
    asynchronous requests.
    """

    caller: Caller
    name: str
    plan: Plan
    deployment: Mapping[str, Any] = field(default_factory=dict)
    status: Status = field(default_factory=lambda: Status("Creating", PASSING))
    fleet: Fleet = field(default_factory=Fleet)
    queue: Queue = field(default_factory=Queue)
    failure_reason: str = ""
    changed: float = field(default_factory=time.time)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def become(self, status: str, reason: str = "") -> None:
        """Change the status, unless the endpoint is being deleted."""
        if not self.is_deleted():
            self.failure_reason, self.changed = reason, time.time()
            self.status.become(status)

    def is_deleted(self) -> bool:
        """Return whether the endpoint is being deleted, or is no more."""
        return self.status.value in ("Deleting", "Deleted")

    def switch(self, fleet: Fleet, plan: Plan) -> Fleet:
        """Hand all later requests to `fleet`; return what is not wanted any more."""
        with self.lock:
            if self.is_deleted():
                return fleet
            unwanted, self.fleet, self.plan = self.fleet, fleet, plan
            return unwanted

    def close(self) -> Fleet:
        """Take no more requests; return what is to be stopped."""
        with self.lock:
            self.status.become("Deleting")
            unwanted, self.fleet = self.fleet, Fleet()
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
        variants = self.fleet.variants
        if not variants or self.status.value not in SERVING:
            raise AwsError("ValidationError", f"Endpoint {self.name} of account {self.caller.account} not found.")
        if target is not None:
            return self._named(target)
        weights = [variant.weight for variant in variants]
        return random.choices(variants, weights if any(weights) else None)[0]  # noqa: S311  not a secret

    def _named(self, target: str) -> Variant:
        for variant in self.fleet.variants:
            if variant.name == target:
                return variant
        raise AwsError("ValidationError", f"Variant {target} not found for Endpoint {self.name}.")

    def reweigh(self, wanted: Mapping[str, Mapping[str, Any]]) -> None:
        """Give variants the DesiredWeight and DesiredInstanceCount in `wanted`, by name. Raises AwsError."""
        with self.lock:
            if unknown := wanted.keys() - {variant.name for variant in self.fleet.variants}:
                raise validation_error(f"The following variants do not exist: {', '.join(sorted(unknown))}")
            for variant in self.fleet.variants:
                change = wanted.get(variant.name, {})
                variant.weight = float(change.get("DesiredWeight", variant.weight))
                variant.count = int(change.get("DesiredInstanceCount", variant.count))

    def death(self) -> str:
        """Return why the endpoint cannot be in service: a container ended by itself. Else an empty string."""
        for variant in self.fleet.variants:
            if death := variant.backend.death():
                place = f"The {death.container} container of variant {variant.name}"
                return f"{place} stopped serving (exit status {death.status})."
        return ""
