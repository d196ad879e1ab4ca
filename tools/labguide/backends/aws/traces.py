"""Deletes what SageMaker leaves beside a resource: its logs, and what a job wrote to S3."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labguide.backends.aws import kinds
from labguide.backends.aws.account import Account
from labguide.backends.aws.answers import Left, items_of, reason, unless_gone
from labguide.backends.aws.kinds import Kind
from labguide.backends.aws.ledger import Entry, Ledger


def delete_traces(account: Account, kind: Kind, entry: Entry) -> None:
    """Delete what SageMaker wrote for a resource: its logs, and a job's output where the bucket stays."""
    name = next(iter(entry.identity.values()))
    if kind.log_group:
        _delete_logs(account.client("logs", entry.region), kind, name)
    if entry.output.startswith("s3://"):
        bucket, _, prefix = entry.output.removeprefix("s3://").partition("/")
        folder = f"{prefix.rstrip('/')}/{name}/".lstrip("/")
        client = account.client("s3", entry.region)
        unless_gone(client, lambda: delete_objects(client, bucket, folder))


def delete_objects(client: Any, bucket: str, prefix: str) -> None:
    """Delete every version of every object below a prefix."""
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        versions = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        keys = [{"Key": version["Key"], "VersionId": version["VersionId"]} for version in versions]
        if keys:
            client.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True})


def _delete_logs(client: Any, kind: Kind, name: str) -> None:
    group, prefix = kind.log_group.format(name=name), kind.log_stream.format(name=name)
    if not prefix:
        unless_gone(client, lambda: client.delete_log_group(logGroupName=group))
        return

    def delete_streams() -> None:
        found = items_of(client, "describe_log_streams", "logStreams", logGroupName=group, logStreamNamePrefix=prefix)
        for stream in list(found):
            client.delete_log_stream(logGroupName=group, logStreamName=stream["logStreamName"])

    unless_gone(client, delete_streams)


def delete_empty_log_groups(account: Account, of: Ledger) -> Iterator[Left]:
    """SageMaker's shared groups, `/aws/sagemaker/TrainingJobs`, that are empty and were not there before the run."""
    of_kinds = {(entry.region, kinds.BY_NAME.get(entry.kind)) for entry in of.entries}
    shared = {(region, kind.log_group) for region, kind in of_kinds if kind and kind.log_stream}
    for region, group in sorted(shared):
        try:
            if group not in of.log_groups:
                _delete_if_empty(account.client("logs", region), group)
        except Exception as error:  # a log group is no reason to stop
            yield Left(f"log group {group}", reason(error))


def _delete_if_empty(client: Any, group: str) -> None:
    def delete() -> None:
        if next(items_of(client, "describe_log_streams", "logStreams", logGroupName=group), None) is None:
            client.delete_log_group(logGroupName=group)

    unless_gone(client, delete)
