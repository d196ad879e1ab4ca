"""Objects of S3 to files and back, through the wire of this server."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from ..wire import Caller
from . import Cloud


class NoSuchDataError(Exception):
    """Nothing in S3 at the address a job was given."""


def split(uri: str) -> tuple[str, str]:
    """Return bucket and key of ``s3://bucket/key``."""
    parts = urlsplit(uri)
    if parts.scheme != "s3" or not parts.netloc:
        raise NoSuchDataError(f"{uri} is not an S3 address")
    return parts.netloc, parts.path.lstrip("/")


WHOLE = slice(None)
"""All keys; ``slice(1, None, 3)`` are those of the second of three hosts."""


def download_prefix(cloud: Cloud, caller: Caller, uri: str, folder: Path, share: slice = WHOLE) -> int:
    """Download every object whose key begins with `uri`'s, or a share of them, into `folder`; return how many.

    As in SageMaker's File mode, the prefix ``data/train`` puts the key ``data/train/a.csv`` at ``a.csv``, and the key
    ``data/train-b.csv`` at ``train-b.csv``.
    Raises NoSuchDataError.
    """
    bucket, prefix = split(uri)
    s3 = cloud.client("s3", caller)
    keys = [key for key in _keys(s3, bucket, prefix) if not key.endswith("/")]
    for key in keys[share]:
        _fetch(s3, bucket, key, folder / _relative(key, prefix))
    if not keys:
        raise NoSuchDataError(f"No S3 objects found under S3 URL {uri}")
    return len(keys[share])


def download_manifest(cloud: Cloud, caller: Caller, uri: str, folder: Path, share: slice = WHOLE) -> int:
    """Download the objects that a manifest names, or a share of them, into `folder`; return how many.

    A manifest is a JSON list: ``{"prefix": "s3://bucket/folder/"}``, then keys relative to that. See S3DataSource in
    the API reference. Raises NoSuchDataError.
    """
    bucket, key = split(uri)
    s3 = cloud.client("s3", caller)
    try:
        head, *names = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        bucket, prefix = split(head["prefix"])
        for name in names[share]:
            _fetch(s3, bucket, prefix + name, folder / _relative(name, ""))
    except (ClientError, ValueError, TypeError, KeyError) as error:
        raise NoSuchDataError(f"Could not read what the manifest {uri} names: {error}") from error
    return len(names[share])


def _fetch(s3: Any, bucket: str, key: str, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        s3.download_file(bucket, key, str(target))
    except (FileExistsError, IsADirectoryError, NotADirectoryError) as error:
        raise NoSuchDataError(f"The key {key} would be a file where other keys need a folder") from error


def download(cloud: Cloud, caller: Caller, uri: str, file: Path) -> None:
    """Download one object to `file`. Raises NoSuchDataError."""
    bucket, key = split(uri)
    try:
        cloud.client("s3", caller).download_file(bucket, key, str(file))
    except ClientError as error:
        raise NoSuchDataError(f"Could not find model data at {uri}") from error


def upload_folder(cloud: Cloud, caller: Caller, folder: Path, uri: str) -> None:
    """Upload every file below `folder` to the same path below `uri`. Raises NoSuchDataError."""
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        upload(cloud, caller, file, f"{uri.rstrip('/')}/{file.relative_to(folder).as_posix()}")


def upload(cloud: Cloud, caller: Caller, file: Path, uri: str) -> None:
    """Upload `file` to `uri`. Raises NoSuchDataError if there is no such bucket."""
    bucket, key = split(uri)
    from boto3.exceptions import S3UploadFailedError

    try:
        cloud.client("s3", caller).upload_file(str(file), bucket, key)
    except (ClientError, S3UploadFailedError) as error:
        raise NoSuchDataError(f"Could not write to {uri}: {error}") from error


def _keys(s3: object, bucket: str, prefix: str) -> list[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)  # type: ignore[attr-defined]
    try:
        return [item["Key"] for page in pages for item in page.get("Contents", [])]
    except ClientError as error:
        raise NoSuchDataError(f"Could not list s3://{bucket}/{prefix}: {error}") from error


def _relative(key: str, prefix: str) -> PurePosixPath:
    """Return where an object goes: a path that stays below its folder even if the key holds ``..``."""
    folder = prefix.rstrip("/") + "/"
    base = folder if prefix and key.startswith(folder) else prefix[: prefix.rfind("/") + 1]
    path = PurePosixPath(key[len(base) :].lstrip("/"))
    if ".." in path.parts:
        raise NoSuchDataError(f"The key {key} would leave the channel's folder")
    return path
