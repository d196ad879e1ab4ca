"""Deletes what a run created, in the right order, as often as one likes.

Nothing is deleted that was there before, or that does not carry the run's tag where its kind can. What is gone
already counts as deleted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from labguide.backends.aws import kinds, ledger
from labguide.backends.aws.account import Account
from labguide.backends.aws.answers import Left, is_gone, items_of, reason
from labguide.backends.aws.kinds import Kind
from labguide.backends.aws.ledger import Entry, Ledger
from labguide.backends.aws.traces import delete_empty_log_groups, delete_objects, delete_traces
from labguide.problems import CannotBuildError

TAG = "labguide:run"

PATIENCE = 30 * 60.0
"""Seconds that one resource may take to stop and go; AWS gives a notebook instance or endpoint some minutes."""

SETTLING = 30.0
"""Seconds after a request without an answer, in which what it asked for may still appear."""

WRITERS_PATIENCE = 30.0
"""Seconds that the kernels of a killed run may take to end."""

YOURSELF = "do so yourself, and then delete the ledger in .labguide/ledger"

_LATER = ("ValidationException", "ConflictException", "ResourceInUse", "DeleteConflict", "OperationAborted",
          "ThrottlingException", "Throttling", "BucketNotEmpty")  # fmt: skip


def clean(account: Account, path: Path, tell: Callable[[str], None]) -> tuple[Left, ...]:
    """Delete all that the run of a ledger created, and say so.

    What could not be deleted is returned and stays in the ledger; with nothing left the ledger goes. Raises
    `CannotBuildError` if the ledger is of another account, or the run's kernels still live.
    """
    of = ledger.read(path, account.number)
    if of.open and of.account != ledger.hashed(account.number, of.run):
        raise CannotBuildError(f"run {of.run} was made in another AWS account; use the credentials of that one")
    if not ledger.wait_for_writers(path, WRITERS_PATIENCE):
        raise CannotBuildError(f"a kernel of run {of.run} still works; end it, then run `labguide clean` again")
    of = ledger.read(path, account.number)
    left = [*_delete_all(account, of, tell), *delete_empty_log_groups(account, of)]
    if not left:
        ledger.close(of)
    return tuple(left)


def mine(of: Ledger) -> list[Entry]:
    """What the run of a ledger may have made and is not known to be deleted, in the order of deletion."""
    made = (entry for entry in of.open if not entry.existed)
    return sorted(made, key=lambda entry: kinds.ORDER.get(entry.kind, -1))


def _delete_all(account: Account, of: Ledger, tell: Callable[[str], None]) -> Iterator[Left]:
    failed: list[tuple[Entry, str]] = []
    for entry in mine(of):
        try:
            deleted = _delete(account, of, entry)
        except Exception as error:  # whatever happens to one, the others are still tried
            failed.append((entry, reason(error)))
            continue
        ledger.append(of.path, {"deleted": entry.id})
        if deleted:
            tell(f"deleted {entry}")
    for entry, why in failed:
        if _went_with_another(account, entry):
            ledger.append(of.path, {"deleted": entry.id})
        else:
            yield Left(str(entry), why)


def _went_with_another(account: Account, entry: Entry) -> bool:
    """Whether it is not there any more: a role's policies go with the role, say, whoever has made them."""
    kind = kinds.BY_NAME.get(entry.kind)
    if kind is None:
        return False
    client = account.client(kind.service, entry.region)
    try:
        return not _is_found(client, kind, entry) if kind.probe else describe(client, kind, entry) is None
    except Exception:  # why it was not deleted has been noted already
        return False


def _is_found(client: Any, kind: Kind, entry: Entry) -> bool:
    """Whether a kind's probe, which the hook asks before a call, finds it."""
    assert kind.probe
    asked = {name: entry.identity[name] for name in kind.probe.arguments}
    try:
        answer = getattr(client, kind.probe.operation)(**asked)
    except client.exceptions.ClientError as error:
        if is_gone(error):
            return False
        raise
    of = kind.probe
    return not of.member or any(item[of.key] == entry.identity[of.key] for item in answer[of.member])


def _delete(account: Account, of: Ledger, entry: Entry) -> bool:
    """Delete one resource if it is this run's; whether it was there."""
    kind = kinds.BY_NAME.get(entry.kind)
    if kind is None:
        raise RuntimeError(f"labguide cannot delete this; {YOURSELF}")
    client = account.client(kind.service, entry.region)
    described = _settled(client, kind, entry)
    if described is not None:
        _check_ownership(client, kind, of, entry, described)
        end(client, kind, entry, described)
    delete_traces(account, kind, entry)
    return described is not None


def describe(client: Any, kind: Kind, entry: Entry) -> Mapping[str, Any] | None:
    """What AWS says of it: None if it is not there, nothing for kinds that cannot be looked at."""
    if not kind.describe:
        return {}
    try:
        described: Mapping[str, Any] = getattr(client, kind.describe)(**entry.identity)
    except client.exceptions.ClientError as error:
        if is_gone(error):
            return None
        raise
    return described


def _settled(client: Any, kind: Kind, entry: Entry) -> Mapping[str, Any] | None:
    """The same, with time for what was asked for without an answer to appear."""
    described = describe(client, kind, entry)
    while described is None and entry.outcome == "unclear" and _age(entry) < SETTLING:
        time.sleep(1)
        described = describe(client, kind, entry)
    return described


def _check_ownership(client: Any, kind: Kind, of: Ledger, entry: Entry, described: Mapping[str, Any]) -> None:
    """Raise RuntimeError unless this run has made it.

    Its tag says so. Where there is no tag to read, the confirmed answer to the creating call does.
    """
    try:
        run = run_of(client, kind, entry, described)
    except client.exceptions.ClientError as error:
        if "AccessDenied" not in error.response["Error"]["Code"]:
            raise
        run = of.run if entry.outcome == "confirmed" else ""
    if run == of.run:
        return
    if run or (kind.tags and kind.service != "s3"):
        raise RuntimeError("it does not carry this run's tag: somebody else has made it since")
    if entry.outcome != "confirmed":
        raise RuntimeError(f"AWS never answered whether this run made it; if it did, delete it: {YOURSELF}")


def run_of(client: Any, kind: Kind, entry: Entry, described: Mapping[str, Any]) -> str:
    """The run that a resource's tag names; empty if it has none."""
    if not kind.describe:
        return ""
    if kind.name == "bucket":
        return _bucket_run(client, entry.identity["Bucket"])
    if kind.name == "role":
        tags = client.list_role_tags(**entry.identity)["Tags"]
    else:
        tags = items_of(client, "list_tags", "Tags", ResourceArn=described[kind.arn])
    return _run_in(tags)


def _bucket_run(client: Any, bucket: str) -> str:
    try:
        return _run_in(client.get_bucket_tagging(Bucket=bucket)["TagSet"])
    except client.exceptions.ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchTagSet":
            return ""
        raise


def _run_in(tags: Iterable[Mapping[str, str]]) -> str:
    return next((tag["Value"] for tag in tags if tag["Key"] == TAG), "")


def end(client: Any, kind: Kind, entry: Entry, described: Mapping[str, Any] | None) -> None:
    """Stop it if it runs, delete it, and wait until it is gone."""
    stopped = False
    for _ in _patiently():
        try:
            status = described.get(kind.status, "") if described else ""
            if status in kind.running and not stopped:
                getattr(client, kind.stop)(**entry.identity)
                stopped = True
            elif status not in (*kind.running, *kind.waits) and _ask_to_delete(client, kind, entry):
                return
        except client.exceptions.ClientError as error:
            if is_gone(error):
                return
            if error.response["Error"]["Code"] not in _LATER:
                raise
        described = describe(client, kind, entry)
        if described is None:
            return
    raise TimeoutError(f"it is not gone after {PATIENCE / 60:.0f} minutes")


def _ask_to_delete(client: Any, kind: Kind, entry: Entry) -> bool:
    """Ask AWS to delete it; whether there is nothing to wait for."""
    if not kind.delete:
        return True
    _empty(client, kind, entry)
    try:
        getattr(client, kind.delete)(**entry.identity)
    except client.exceptions.ClientError as error:
        if kind.history and not is_gone(error):
            return True
        raise
    return not kind.describe


def _patiently() -> Iterator[None]:
    """Come back, at growing distances, until `PATIENCE` is at its end."""
    deadline, pause = time.monotonic() + PATIENCE, 0.25
    while time.monotonic() < deadline:
        yield
        time.sleep(pause)
        pause = min(pause * 1.5, 10.0)


def _empty(client: Any, kind: Kind, entry: Entry) -> None:
    """What must go before: a bucket's objects, a role's policies."""
    if kind.name == "bucket":
        bucket = entry.identity["Bucket"]
        delete_objects(client, bucket, "")
        for upload in client.list_multipart_uploads(Bucket=bucket).get("Uploads", ()):
            client.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
    elif kind.name == "role":
        role = entry.identity["RoleName"]
        for policy in items_of(client, "list_attached_role_policies", "AttachedPolicies", RoleName=role):
            client.detach_role_policy(RoleName=role, PolicyArn=policy["PolicyArn"])
        for name in items_of(client, "list_role_policies", "PolicyNames", RoleName=role):
            client.delete_role_policy(RoleName=role, PolicyName=name)


def _age(entry: Entry) -> float:
    return (datetime.now(UTC) - entry.at).total_seconds()
