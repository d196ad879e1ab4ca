"""Addresses in S3, and the error that nothing is there."""

from __future__ import annotations

import re

_HOST = re.compile(r"(?:(?P<bucket>.+)\.)?s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com")
"""The host of an ``https`` address: the bucket stands in it, or is the first part of the path."""


class NoSuchDataError(Exception):
    """Nothing in S3 at the address a job was given."""


def split(uri: str) -> tuple[str, str]:
    """Return bucket and key of ``s3://bucket/key``. Raises NoSuchDataError.

    Also of ``https://s3-us-east-1.amazonaws.com/bucket/key`` and ``https://bucket.s3.amazonaws.com/key``, which
    SageMaker takes for an address in S3 as well.
    """
    scheme, _, rest = uri.partition("://")
    if scheme == "https" and (host := _HOST.fullmatch(rest.partition("/")[0])):
        path = rest.partition("/")[2]
        rest = f"{host['bucket']}/{path}" if host["bucket"] else path
    elif scheme != "s3":
        rest = ""
    bucket, _, key = rest.partition("/")
    if not bucket:
        raise NoSuchDataError(f"{uri} is not an S3 address")
    return bucket, key.lstrip("/")
