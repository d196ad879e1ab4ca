"""Lists of jobs: the filters and orders that SageMaker's List operations share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, TypeVar

from .status import Status


class Listed(Protocol):
    """What a list needs to know of a job; times are seconds since 1970."""

    status: Status
    created: float

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
