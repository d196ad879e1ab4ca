"""Lists: the filters and orders that SageMaker's List operations share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from .cloud import Cloud
from .paging import page
from .status import Status
from .wire import Call


class Listed(Protocol):
    """What a list needs to know of a job; times are seconds since 1970."""

    @property
    def status(self) -> Status:
        """The job's status."""

    @property
    def created(self) -> float:
        """When the job was created."""

    @property
    def name(self) -> str:
        """The job's name."""

    @property
    def modified(self) -> float:
        """When the job last changed."""


T = TypeVar("T", bound=Listed)

ORDERS: dict[str, Callable[[Listed], Any]] = {
    "Name": lambda job: job.name,
    "CreationTime": lambda job: job.created,
    "Status": lambda job: job.status.value,
}


def select(jobs: Iterable[T], wanted: Mapping[str, Any]) -> list[T]:
    """Return the jobs that a List request wants, in its order; newest first unless it says otherwise."""
    kept = [job for job in jobs if _is_wanted(job, wanted)]
    order = ORDERS.get(wanted.get("SortBy", ""), ORDERS["CreationTime"])
    return sorted(kept, key=order, reverse=wanted.get("SortOrder", "Descending") == "Descending")


def _is_wanted(job: Listed, wanted: Mapping[str, Any]) -> bool:
    return (
        wanted.get("NameContains", "").lower() in job.name.lower()
        and wanted.get("StatusEquals", job.status.value) == job.status.value
        and wanted.get("CreationTimeAfter", 0) <= job.created <= wanted.get("CreationTimeBefore", float("inf"))
        and wanted.get("LastModifiedTimeAfter", 0) <= job.modified <= wanted.get("LastModifiedTimeBefore", float("inf"))
    )


@dataclass(frozen=True)
class Told:
    """Something that moto keeps, as it told it in a list."""

    told: Mapping[str, Any]
    noun: str

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.told[f"{self.noun}Name"])

    @property
    def status(self) -> Status:
        """Its status; empty if it has none."""
        return Status(self.told.get(f"{self.noun}Status", ""), frozenset())

    @property
    def created(self) -> float:
        """When it was created."""
        return float(self.told["CreationTime"])

    @property
    def modified(self) -> float:
        """When it last changed."""
        return float(self.told.get("LastModifiedTime", self.created))


def all_of(cloud: Cloud, call: Call, noun: str) -> list[dict[str, Any]]:
    """Return all that moto keeps of a kind, such as ``Model``, whatever the List request in `call` wants of them."""
    token: dict[str, Any] | None = {}
    found: list[dict[str, Any]] = []
    while token is not None:
        answer = cloud.floor.call(call.caller, f"SageMaker.List{noun}s", token)
        found += answer[f"{noun}s"]
        token = {"NextToken": answer["NextToken"]} if answer.get("NextToken") else None
    return found


def page_of(items: Iterable[Mapping[str, Any]], noun: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the page of `items` that a List request wants, filtered and in its order."""
    chosen = select([Told(each, noun) for each in items], wanted)
    return page(f"{noun}s", [dict(each.told) for each in chosen], wanted)
