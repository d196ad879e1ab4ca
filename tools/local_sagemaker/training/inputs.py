"""What a training container is given: its configuration files, its data, its script."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from .. import archives
from ..cloud import Cloud, storage
from ..containers.hosts import Host
from .job import TrainingJob

SHARDED = "ShardedByS3Key"
FETCH = {"S3Prefix": storage.download_prefix, "ManifestFile": storage.download_manifest}
"""How the objects of a channel are found, by S3DataType."""


def prepare(cloud: Cloud, job: TrainingJob, host: Host, told: Callable[[str], str] = str) -> None:
    """Fill the folder of a host; `told` says how the container has to call a host.

    Raises NoSuchDataError or BadArchiveError.
    """
    folder, channels = host.folder, job.request.get("InputDataConfig", [])
    folder.make()
    folder.write_config("hyperparameters", job.hyperparameters)
    folder.write_config("inputdataconfig", {each["ChannelName"]: _channel_config(each) for each in channels})
    folder.write_config("resourceconfig", host.resource_config(told))
    for channel in channels:
        _fetch_channel(cloud, job, host, channel)
    _fetch_source(cloud, job, host)


def _fetch_channel(cloud: Cloud, job: TrainingJob, host: Host, channel: Mapping[str, Any]) -> None:
    source, name = channel["DataSource"]["S3DataSource"], channel["ChannelName"]
    if source["S3DataType"] not in FETCH:
        raise storage.NoSuchDataError(f"The S3DataType {source['S3DataType']} of channel {name} is not supported")
    share = host.share if source.get("S3DataDistributionType") == SHARDED else storage.WHOLE
    FETCH[source["S3DataType"]](cloud, job.caller, source["S3Uri"], host.folder.channel(name), share)


def _channel_config(channel: Mapping[str, Any]) -> dict[str, str]:
    source = channel["DataSource"]["S3DataSource"]
    told = {
        "TrainingInputMode": channel.get("InputMode", "File"),
        "S3DistributionType": source.get("S3DataDistributionType", "FullyReplicated"),
        "RecordWrapperType": channel.get("RecordWrapperType", "None"),
    }
    return {**told, "ContentType": channel["ContentType"]} if channel.get("ContentType") else told


def _fetch_source(cloud: Cloud, job: TrainingJob, host: Host) -> None:
    """Unpack the source folder that version 2 of the SDK has put into S3."""
    uri = job.hyperparameters.get("sagemaker_submit_directory", "")
    uri = json.loads(uri) if uri.startswith('"') else uri
    if uri.startswith("s3://"):
        archive = host.folder.base / "tmp" / "sourcedir.tar.gz"
        storage.download(cloud, job.caller, uri, archive)
        archives.unpack(archive, host.folder.code)
        archive.unlink()
