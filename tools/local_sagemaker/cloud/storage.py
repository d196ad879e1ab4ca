"""Files and folders to S3 and back, through the wire of this server; what a job's input names is in sources.py."""

from __future__ import annotations

from pathlib import Path

from botocore.exceptions import ClientError

from ..wire import Caller
from . import Cloud, sources
from .addresses import NoSuchDataError, split

__all__ = ["NoSuchDataError", "download", "download_prefix", "split", "upload", "upload_folder"]


def download_prefix(cloud: Cloud, caller: Caller, uri: str, folder: Path) -> int:
    """Download every object whose key begins with `uri`'s into `folder`; return how many. Raises NoSuchDataError."""
    return len(sources.fetch(cloud, caller, sources.Source(uri), folder))


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
        # What boto3 makes of the refusal names the file, which is this server's own.
        raise NoSuchDataError(f"Could not write to {uri}: {error.__context__ or error}") from error
