"""Addresses in S3, and the error that nothing is there."""

from __future__ import annotations


class NoSuchDataError(Exception):
    """Nothing in S3 at the address a job was given."""


def split(uri: str) -> tuple[str, str]:
    """Return bucket and key of ``s3://bucket/key``. Raises NoSuchDataError."""
    scheme, colon, rest = uri.partition("://")
    bucket, _, key = rest.partition("/")
    if scheme != "s3" or not colon or not bucket:
        raise NoSuchDataError(f"{uri} is not an S3 address")
    return bucket, key.lstrip("/")
