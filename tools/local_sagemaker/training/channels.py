"""The channels of a training job: where the data of each comes from, and in what form the container gets it.

Source: API reference, "Channel"; developer guide, "Augmented Manifest File Format for Pipe Mode Training".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..algorithms import recordio
from ..cloud import Cloud, sources
from ..cloud.sources import AUGMENTED, WHOLE, Share, Source
from ..cloud.storage import NoSuchDataError
from ..wire import Caller

FILE, FAST_FILE, PIPE = "File", "FastFile", "Pipe"
REFERENCE = "-ref"
"""How an attribute of an augmented manifest ends that names an object instead of being the data."""


@dataclass(frozen=True)
class Channel:
    """One channel as CreateTrainingJob gives it; `job_mode` is the input mode of channels that name none."""

    given: Mapping[str, Any]
    job_mode: str = FILE

    @property
    def name(self) -> str:
        """The channel's name."""
        return str(self.given["ChannelName"])

    @property
    def mode(self) -> str:
        """``File``, ``FastFile`` or ``Pipe``."""
        return str(self.given.get("InputMode") or self.job_mode)

    @property
    def s3(self) -> Mapping[str, Any]:
        """The S3DataSource."""
        return dict(self.given["DataSource"].get("S3DataSource") or {})

    @property
    def gzipped(self) -> bool:
        """Whether the objects are to be unpacked on their way."""
        return bool(self.given.get("CompressionType") == "Gzip")

    def source(self, share: Share = WHOLE) -> Source:
        """Return what the channel names; `share` is what this host gets if it is sharded."""
        return Source.of(self.s3, share, (self.given.get("ShuffleConfig") or {}).get("Seed"))

    def config(self) -> dict[str, str]:
        """Return the channel as inputdataconfig.json tells it."""
        told = {
            "TrainingInputMode": self.mode,
            "S3DistributionType": self.s3.get("S3DataDistributionType", "FullyReplicated"),
            "RecordWrapperType": self.given.get("RecordWrapperType", "None"),
        }
        return {**told, "ContentType": self.given["ContentType"]} if self.given.get("ContentType") else told

    def pieces(self, cloud: Cloud, caller: Caller, share: Share, epoch: int) -> Iterator[bytes]:
        """Yield what a host reads from the channel's pipe in one epoch. Raises NoSuchDataError."""
        for record in self._records(cloud, caller, self.source(share), epoch):
            if self.given.get("RecordWrapperType") == "RecordIO":
                yield _framed(b"".join(record))
            else:
                yield from record

    def _records(self, cloud: Cloud, caller: Caller, source: Source, epoch: int) -> Iterator[Iterator[bytes]]:
        """Yield each object, or each attribute of each line of an augmented manifest, in pieces."""
        if source.data_type != AUGMENTED:
            for each in source.objects(cloud, caller, epoch):
                yield sources.stream(cloud, caller, each.uri, gzipped=self.gzipped)
            return
        for line in source.lines(cloud, caller, epoch):
            for attribute in self.s3["AttributeNames"]:
                yield self._attribute(cloud, caller, line, attribute)

    def _attribute(self, cloud: Cloud, caller: Caller, line: Mapping[str, Any], attribute: str) -> Iterator[bytes]:
        if attribute not in line:
            raise NoSuchDataError(f"A line of the manifest {self.s3['S3Uri']} has no attribute {attribute}")
        value = line[attribute]
        if attribute.endswith(REFERENCE):
            return sources.stream(cloud, caller, str(value), gzipped=self.gzipped)
        return iter([(value if isinstance(value, str) else json.dumps(value)).encode()])


def _framed(record: bytes) -> bytes:
    if len(record) > recordio.MAX_LENGTH:
        raise NoSuchDataError(f"An object of {len(record)} bytes is too large for a RecordIO record")
    return recordio.frame(record)


def of(request: Mapping[str, Any]) -> list[Channel]:
    """Return the channels of CreateTrainingJob's `request`."""
    mode = request["AlgorithmSpecification"].get("TrainingInputMode", FILE)
    return [Channel(each, mode) for each in request.get("InputDataConfig") or []]
