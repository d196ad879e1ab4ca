"""Finds what runs left behind without a ledger to tell: everything that carries labguide's tag.

It looks in the account's own region, kind by kind, and reads the tags of each resource. A run of somebody else that
is still at work carries the tag too, so nothing is deleted before a person has seen the list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from labguide.backends.aws import deletion, kinds
from labguide.backends.aws.account import Account
from labguide.backends.aws.answers import Left, items_of, reason
from labguide.backends.aws.kinds import Kind
from labguide.backends.aws.ledger import Entry
from labguide.backends.aws.traces import delete_traces


@dataclass(frozen=True)
class Tagged:
    """A resource that a run has made, in the order of deletion."""

    kind: Kind
    entry: Entry
    run: str

    def __str__(self) -> str:
        return f"{self.entry} of run {self.run}"


def find(account: Account) -> tuple[list[Tagged], list[Left]]:
    """All tagged resources, and the kinds that could not be looked for."""
    found: list[Tagged] = []
    left: list[Left] = []
    for kind in kinds.KINDS:
        try:
            found += _of_kind(account, kind)
        except Exception as error:  # what cannot be looked for is told; the others are
            # What plays AWS and does not know an operation has no such resource either.
            if (why := reason(error)) != "UnknownOperationException":
                left.append(Left(f"{kind.name}s", f"cannot be listed: {why}"))
    return found, left


def delete(account: Account, found: list[Tagged], tell: Callable[[str], None]) -> list[Left]:
    """Delete these resources and their logs, and say so; returns what could not be deleted.

    What was tried is taken from the list, so that who holds it knows at any moment what was not.
    """
    left: list[Left] = []
    while found:
        each = found[0]
        client = account.client(each.kind.service)
        try:
            described = deletion.describe(client, each.kind, each.entry)
            if described is not None:
                deletion.end(client, each.kind, each.entry, described)
            delete_traces(account, each.kind, each.entry)
            tell(f"deleted {each.entry}")
        except Exception as error:  # whatever happens to one, the others are still tried
            left.append(Left(str(each.entry), reason(error)))
        found.remove(each)
    return left


def _of_kind(account: Account, kind: Kind) -> Iterator[Tagged]:
    listing = kind.listing
    if listing is None:
        return
    client = account.client(kind.service)
    # Jobs that have ended stay in the list for ever and cost nothing.
    only = {"StatusEquals": "InProgress"} if kind.history else {}
    for item in list(items_of(client, listing.operation, listing.member, **only)):
        name = item[listing.name]
        said = name.replace(account.number, "{account}")
        entry = Entry("", kind.name, {kind.identity[0]: name}, account.region, False, datetime.now(UTC), said)
        run = deletion.run_of(client, kind, entry, {kind.arn: item.get(listing.arn)})
        if run:
            yield Tagged(kind, entry, run)
