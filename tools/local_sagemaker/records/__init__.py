"""Records: things of SageMaker's that are described, listed, changed and deleted, and that do nothing by themselves.

A kind of record says what its operations call it; which of its members they tell is in AWS's service model. Model
packages, experiments, lineage and monitoring schedules have modules of their own; resources.py has the others, and
tags.py is for all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .. import service_models
from ..cloud import Cloud, Key
from ..handlers import Handlers
from ..paging import page
from ..wire import AwsError, Call, Caller, check_name, validation_error

TAGS = "Tags"
NOBODY: dict[str, Any] = {}
"""By whom a record was made or changed: there are no users here."""


@dataclass
class Record:
    """One thing. `members` are what requests have said of it; times are seconds since 1970."""

    arn: str
    name: str
    members: dict[str, Any]
    tags: list[dict[str, str]] = field(default_factory=list)
    created: float = field(default_factory=time.time)
    modified: float = field(default_factory=time.time)

    def change(self, given: Mapping[str, Any]) -> None:
        """Take over what an Update request says. ``PropertiesToRemove`` takes keys out of ``Properties``."""
        for name, value in given.items():
            if name.endswith("ToRemove"):
                kept = self.members.get(name.removesuffix("ToRemove"), {})
                self.members[name.removesuffix("ToRemove")] = {key: kept[key] for key in kept if key not in value}
            elif isinstance(value, Mapping) and isinstance(self.members.get(name), Mapping):
                self.members[name] = {**self.members[name], **value}
            else:
                self.members[name] = value
        self.modified = time.time()


def _nothing(record: Record) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Kind:
    """A kind of record: `noun` is its name in operations, such as ``Action``, and `words` in ARNs.

    `prefix` begins the members that have its name and ARN, if not the noun does. `filters` says which member a List
    request's own filters look at. `also` returns what is told of a new record besides what its request says; it may
    raise AwsError.
    """

    noun: str
    words: str
    prefix: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    also: Callable[[Record], Mapping[str, Any]] = _nothing

    @property
    def name_member(self) -> str:
        """What requests call its name."""
        return f"{self.prefix or self.noun}Name"

    @property
    def arn_member(self) -> str:
        """What answers call its ARN."""
        return f"{self.prefix or self.noun}Arn"

    def handlers(self, *also: str) -> Handlers:
        """Return Create, Describe, List and Delete of this kind, and those named: Update."""
        every = {"Create": self.create, "Describe": self.describe, "Delete": self.delete, "Update": self.update}
        named = {f"SageMaker.{verb}{self.noun}": every[verb] for verb in ("Create", "Describe", "Delete", *also)}
        return {**named, f"SageMaker.List{self.noun}s": self.list_all}

    def create(self, cloud: Cloud, call: Call) -> dict[str, Any]:
        """Make one. Its name must be free."""
        return {self.arn_member: self.make(cloud, call.caller, call.parameters).arn}

    def make(self, cloud: Cloud, caller: Caller, given: Mapping[str, Any]) -> Record:
        """Make and return one. Raises AwsError if its name is taken."""
        name = check_name(self.name_member, str(given[self.name_member]))
        members = {member: value for member, value in given.items() if member not in (TAGS, self.name_member)}
        record = Record(self.arn(caller, name), name, members, list(given.get(TAGS) or []))
        record.members |= self.also(record)
        if not cloud.shelf(self.words).add(Key.of(caller, name), record):
            raise validation_error(f"{self.noun} with the name {name} already exists ({record.arn}).")
        return record

    def arn(self, caller: Caller, name: str) -> str:
        """Return the ARN of the one called `name`."""
        return f"arn:aws:sagemaker:{caller.region}:{caller.account}:{self.words}/{name.lower()}"

    def describe(self, cloud: Cloud, call: Call) -> dict[str, Any]:
        """Tell all about one."""
        return self.told(self.find(cloud, call), service_models.answer_members(f"Describe{self.noun}"))

    def update(self, cloud: Cloud, call: Call) -> dict[str, Any]:
        """Change one."""
        record = self.find(cloud, call)
        record.change({name: value for name, value in call.parameters.items() if name != self.name_member})
        return {self.arn_member: record.arn}

    def delete(self, cloud: Cloud, call: Call) -> dict[str, Any]:
        """Forget one."""
        record = self.find(cloud, call)
        cloud.shelf(self.words).remove(Key.of(call.caller, record.name))
        answered = service_models.answer_members(f"Delete{self.noun}")
        return {self.arn_member: record.arn} if self.arn_member in answered else {}

    def list_all(self, cloud: Cloud, call: Call) -> dict[str, Any]:
        """List those that a request wants, newest first unless asked otherwise."""
        return self.page(cloud.shelf(self.words).of(call.caller), call)

    def page(self, records: Iterable[Record], call: Call) -> dict[str, Any]:
        """Return a page of `records` as a List operation tells them."""
        wanted = call.parameters
        member, told = service_models.element_members(f"List{self.noun}s")
        kept = [record for record in records if self._is_wanted(record, wanted)]
        kept.sort(
            key=lambda record: (record.name if wanted.get("SortBy") == "Name" else "", record.created),
            reverse=wanted.get("SortOrder", "Descending") == "Descending",
        )
        return page(member, [self.told(record, told) for record in kept], wanted)

    def find(self, cloud: Cloud, call: Call) -> Record:
        """Return the one that a request names, by its name or ARN. Raises AwsError."""
        name = str(call.parameters[self.name_member]).rpartition("/")[2]
        return self.look_up(cloud, call.caller, name)

    def look_up(self, cloud: Cloud, caller: Caller, name: str) -> Record:
        """Return the one called `name`. Raises AwsError."""
        record = cloud.shelf(self.words).find(Key.of(caller, name))
        if record is None:
            raise AwsError("ResourceNotFound", f"{self.noun} {self.arn(caller, name)} does not exist.")
        assert isinstance(record, Record)
        return record

    def told(self, record: Record, members: Iterable[str]) -> dict[str, Any]:
        """Return what an answer that has `members` tells of a record."""
        known = {
            self.name_member: record.name,
            self.arn_member: record.arn,
            "CreationTime": record.created,
            "LastModifiedTime": record.modified,
            "CreatedBy": NOBODY,
            "LastModifiedBy": NOBODY,
            **record.members,
        }
        return {name: known[name] for name in members if known.get(name) is not None}

    def _is_wanted(self, record: Record, wanted: Mapping[str, Any]) -> bool:
        after = wanted.get("CreationTimeAfter", wanted.get("CreatedAfter", 0))
        before = wanted.get("CreationTimeBefore", wanted.get("CreatedBefore", float("inf")))
        return (
            wanted.get("NameContains", "").lower() in record.name.lower()
            and after <= record.created <= before
            and all(
                _member(record.members, path) == wanted[name] for name, path in self.filters.items() if name in wanted
            )
        )


def _member(members: Mapping[str, Any], path: str) -> Any:
    """Return a member by its path, such as ``Source.SourceUri``, or None."""
    first, _, rest = path.partition(".")
    value = members.get(first)
    return _member(value or {}, rest) if rest else value
