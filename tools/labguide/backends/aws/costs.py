"""What calls create, and what that costs at most: see `prices.yml` for the prices, their source and their date."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from labguide.backends.aws import kinds
from labguide.backends.calls import Call
from labguide.backends.creation import Creation
from labguide.model import Fact

_HOURS_A_MONTH = 730

_QUOTAS = {
    "notebook instance": "notebook instance usage",
    "training job": "training job usage",
    "tuning job": "training job usage",
    "processing job": "processing job usage",
    "transform job": "transform job usage",
    "endpoint": "endpoint usage",
}
"""The second half of a quota's name in Service Quotas: `ml.m5.large for training job usage`."""

# An endpoint's machines are ordered by its configuration, which by itself costs nothing.
_MACHINES_OF = {"endpoint configuration": "endpoint"}

# The disk of a notebook instance if the call does not say, in gigabytes: AWS's default.
_DEFAULT_DISK = {"notebook instance": 5}

_DECLARED = re.compile(r"(?P<kind>[a-z ]+?)(?: (?P<machine>ml\.[\w.-]+))?(?: x ?(?P<count>\d+))?")


@dataclass(frozen=True)
class PriceTable:
    """Where the prices come from, of when they are, and what they leave out."""

    source: str
    region: str
    date: str
    not_counted: str
    usd_an_hour: Mapping[str, float]
    usd: Mapping[str, float]
    """US dollars for what is no machine, by the whole name under which documents quote it: `disk.gigabyte_month`."""

    @property
    def disk(self) -> float:
        """US dollars for a gigabyte and month of a disk."""
        return self.usd["disk.gigabyte_month"]

    def facts(self) -> dict[str, Fact]:
        """The table as documents quote it; a machine by the hour, and by the `day` and the `month` of 730 hours."""
        told = {"date": self.date, "region": self.region, "source": self.source}
        periods = {"": 1, ".day": 24, ".month": _HOURS_A_MONTH}
        machines = {
            f"{machine}{period}": usd * hours
            for machine, usd in self.usd_an_hour.items()
            for period, hours in periods.items()
        }
        return {name: Fact(value) for name, value in {**told, **self.usd, **machines}.items()}


@cache
def prices() -> PriceTable:
    """The table that comes with labguide."""
    table = yaml.safe_load(Path(__file__).with_name("prices.yml").read_text("utf-8"))
    return PriceTable(
        source=table["source"],
        region=table["region"],
        date=str(table["date"]),
        not_counted=table["not_counted"],
        usd_an_hour=table["usd_an_hour"],
        usd={name: entry["usd"] for name, entry in table["usd"].items()},
    )


def creations(calls: Sequence[Call]) -> tuple[Creation, ...]:
    """What these calls create, in the order of the calls."""
    by_call = {f"{kind.service}.{operation}": kind for kind in kinds.KINDS for operation in kind.create}
    found: list[Creation] = []
    for call in calls:
        kind = by_call.get(f"{call['service']}.{call['operation']}")
        if kind:
            found += _of_call(kind.name, call)
    return tuple(found)


def declared(text: str) -> Creation | None:
    """A line such as `training job ml.m5.large x 2`; None if its kind is not known."""
    match = _DECLARED.fullmatch(text.strip())
    if match is None or match["kind"] not in kinds.BY_NAME:
        return None
    count = int(match["count"] or 1)
    if not match["machine"]:
        return Creation(match["kind"], count=count)
    return _creation(match["kind"], {"type": match["machine"], "count": count, "gigabytes": 0}, {})


def _of_call(kind: str, call: Call) -> list[Creation]:
    orders, limits = call.get("orders", ()), call.get("limits", {})
    machines_of = _MACHINES_OF.get(kind, kind)
    found = [_creation(machines_of, order, limits) for order in orders]
    if kind in _MACHINES_OF:
        return [Creation(kind), *found]
    return found or ([] if kind in _MACHINES_OF.values() else [Creation(kind)])


def _creation(kind: str, order: Mapping[str, Any], limits: Mapping[str, Any]) -> Creation:
    machine, count = str(order["type"]), int(order["count"])
    table = prices()
    disk = (order["gigabytes"] or _DEFAULT_DISK.get(kind, 0)) * table.disk / _HOURS_A_MONTH
    hourly = table.usd_an_hour.get(machine)
    jobs = limits.get("MaxParallelTrainingJobs", 1) if kind == "tuning job" else 1
    return Creation(
        kind=kind,
        machine=machine,
        count=count * jobs,
        usd_an_hour=None if hourly is None else (hourly + disk) * count * jobs,
        ends_within=_ends_within(kind, limits),
        quota=f"{machine} for {_QUOTAS[kind]}" if kind in _QUOTAS else "",
    )


def _ends_within(kind: str, limits: Mapping[str, Any]) -> float | None:
    if kind not in ("training job", "processing job"):
        return None
    seconds = limits.get("MaxRuntimeInSeconds")
    return None if seconds is None else float(seconds)
