"""What scripts create on a backend, in words that hold for every backend."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Creation:
    """Something that a script creates on a backend, and what it costs."""

    kind: str
    machine: str = ""
    """Its type, `ml.m5.large`; empty if it is no machine."""
    count: int = 1
    usd_an_hour: float | None = 0.0
    """For all of its machines and disks together; None if the price is not known."""
    ends_within: float | None = None
    """Seconds after which it ends by itself; None if it stays until it is deleted."""
    quota: str = ""
    """The name of the quota it counts against."""
