"""Which objects of S3 an input names, and their bytes: the ``S3DataSource`` that every kind of job has.

Source: API reference, "S3DataSource" and "ShuffleConfig"; developer guide, "Augmented Manifest File Format for Pipe
Mode Training".
"""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from botocore.exceptions import ClientError

from ..wire import Caller, validation_error
from . import Cloud
from .addresses import NoSuchDataError, split

SHARDED = "ShardedByS3Key"
AUGMENTED = "AugmentedManifestFile"
CHUNK = 1024**2
"""Bytes of an object that are in memory at the same time."""

GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True)
class Share:
    """Every `count`-th of an input's objects, from the one at `index` on: what one of `count` hosts gets."""

    index: int = 0
    count: int = 1


WHOLE = Share()


@dataclass(frozen=True)
class S3Object:
    """One object, and the path below an input's folder at which a container finds it."""

    bucket: str
    key: str
    path: PurePosixPath

    @property
    def uri(self) -> str:
        """The object's address."""
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True)
class Source:
    """What an input names: all below a prefix, or what a manifest lists.

    `share` is what one host gets of it; with a `seed` the order is another in each epoch.
    """

    uri: str
    data_type: str = "S3Prefix"
    share: Share = WHOLE
    seed: int | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any], share: Share = WHOLE, seed: int | None = None) -> Source:
        """Return the source that an S3DataSource, or ProcessingS3Input, asks for; `share` counts if it is sharded."""
        sharded = given.get("S3DataDistributionType") == SHARDED
        return cls(given["S3Uri"], given["S3DataType"], share if sharded else WHOLE, seed)

    def objects(self, cloud: Cloud, caller: Caller, epoch: int = 0) -> list[S3Object]:
        """Return the objects of one host in one epoch. Raises NoSuchDataError."""
        if self.data_type not in _LISTS:
            raise NoSuchDataError(f"The S3DataType {self.data_type} does not name objects")
        return self._ordered(_LISTS[self.data_type](cloud, caller, self.uri), epoch)

    def lines(self, cloud: Cloud, caller: Caller, epoch: int = 0) -> list[dict[str, Any]]:
        """Return the lines of an augmented manifest, of one host in one epoch. Raises NoSuchDataError."""
        try:
            told = [dict(json.loads(line)) for line in read(cloud, caller, self.uri).splitlines() if line.strip()]
        except (ValueError, TypeError) as error:
            raise NoSuchDataError(f"The manifest {self.uri} has a line that is no JSON object: {error}") from error
        return self._ordered(told, epoch)

    def _ordered(self, everything: list[Any], epoch: int) -> list[Any]:
        if self.seed is not None:
            random.Random(f"{self.seed} {epoch}").shuffle(everything)  # noqa: S311  the same each time is wanted
        return everything[self.share.index :: self.share.count]


def check(cloud: Cloud, caller: Caller, source: Source, role: str) -> None:
    """Raise AwsError, as AWS words it, if nothing is at the source's address: no object below it, or no manifest."""
    bucket = source.uri.removeprefix("s3://").partition("/")[0]
    try:
        bucket, key = split(source.uri)
        found = cloud.client("s3", caller).list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1).get("Contents")
    except (ClientError, NoSuchDataError):
        found = None
    if not found:
        raise validation_error(
            f'No S3 objects found under S3 URL "{source.uri}" given in input data source. Please ensure that the '
            f"bucket exists in the selected region ({caller.region}), that objects exist under that S3 prefix, and "
            f'that the role "{role}" has "s3:ListBucket" permissions on bucket "{bucket}".'
        )


def fetch(cloud: Cloud, caller: Caller, source: Source, folder: Path) -> list[S3Object]:
    """Download the source's objects into `folder`; return them. Raises NoSuchDataError."""
    found = source.objects(cloud, caller)
    for each in found:
        _download(cloud, caller, each, folder.joinpath(each.path))
    return found


def read(cloud: Cloud, caller: Caller, uri: str) -> bytes:
    """Return the bytes of one object. Raises NoSuchDataError."""
    return b"".join(stream(cloud, caller, uri))


def stream(cloud: Cloud, caller: Caller, uri: str, *, gzipped: bool = False) -> Iterator[bytes]:
    """Yield an object piece by piece, unpacked if it is `gzipped`. Raises NoSuchDataError."""
    bucket, key = split(uri)
    try:
        body = cloud.client("s3", caller).get_object(Bucket=bucket, Key=key)["Body"]
    except ClientError as error:
        raise NoSuchDataError(f"Could not read {uri}: {error}") from error
    pieces: Iterator[bytes] = body.iter_chunks(CHUNK)
    yield from _unpacked(pieces, uri) if gzipped else pieces


def _unpacked(pieces: Iterator[bytes], uri: str) -> Iterator[bytes]:
    """Yield what was compressed; a file may hold several archives one after the other."""
    unpacker, within = zlib.decompressobj(GZIP), True
    try:
        for piece in pieces:
            left = piece
            while left:
                yield unpacker.decompress(left)
                left, within = unpacker.unused_data, not unpacker.eof
                unpacker = unpacker if within else zlib.decompressobj(GZIP)
    except zlib.error as error:
        raise NoSuchDataError(f"{uri} is not compressed with gzip: {error}") from error
    if within:
        raise NoSuchDataError(f"{uri} is not compressed with gzip, or not to its end")


def _download(cloud: Cloud, caller: Caller, each: S3Object, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        cloud.client("s3", caller).download_file(each.bucket, each.key, str(target))
    except ClientError as error:
        raise NoSuchDataError(f"Could not read {each.uri}: {error}") from error
    except (FileExistsError, IsADirectoryError, NotADirectoryError) as error:
        raise NoSuchDataError(f"The key {each.key} would be a file where other keys need a folder") from error


def _below_prefix(cloud: Cloud, caller: Caller, uri: str) -> list[S3Object]:
    """Return every object whose key begins with the prefix.

    As in SageMaker's File mode, the prefix ``data/train`` puts the key ``data/train/a.csv`` at ``a.csv``, and the key
    ``data/train-b.csv`` at ``train-b.csv``.
    """
    bucket, prefix = split(uri)
    pages = cloud.client("s3", caller).get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    try:
        keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
    except ClientError as error:
        raise NoSuchDataError(f"Could not list {uri}: {error}") from error
    found = [S3Object(bucket, key, _relative(key, prefix)) for key in keys if not key.endswith("/")]
    if not found:
        raise NoSuchDataError(f"No S3 objects found under S3 URL {uri}")
    return found


def _in_manifest(cloud: Cloud, caller: Caller, uri: str) -> list[S3Object]:
    """Return the objects of a JSON list: ``{"prefix": "s3://bucket/folder/"}``, then keys relative to that."""
    try:
        head, *names = json.loads(read(cloud, caller, uri))
        bucket, prefix = split(head["prefix"])
        return [S3Object(bucket, prefix + name, _relative(name, "")) for name in names]
    except (ValueError, TypeError, KeyError) as error:
        raise NoSuchDataError(f"Could not read what the manifest {uri} names: {error!r}") from error


_LISTS: Mapping[str, Callable[[Cloud, Caller, str], list[S3Object]]] = {
    "S3Prefix": _below_prefix,
    "ManifestFile": _in_manifest,
}
"""How the objects of an input are found, by S3DataType."""


def _relative(key: str, prefix: str) -> PurePosixPath:
    """Return where an object goes: a path that stays below its folder even if the key holds ``..``."""
    folder = prefix.rstrip("/") + "/"
    base = folder if prefix and key.startswith(folder) else prefix[: prefix.rfind("/") + 1]
    path = PurePosixPath(key[len(base) :].lstrip("/"))
    if ".." in path.parts:
        raise NoSuchDataError(f"The key {key} would leave the channel's folder")
    return path
