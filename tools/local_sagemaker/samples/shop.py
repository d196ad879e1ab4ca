"""How S3 comes to have the samples: an object's bytes are made when a request first shows something of it.

moto answers for the sample buckets as for any other. Before it does, what the request reads is put there; of what it
only names, a folder in a listing for example, the key suffices. Bytes that were made stay in the user's cache.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import quote

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from .. import cache as user_cache
from .. import images
from ..cloud.buckets import address, copied_from
from ..cloud.moto_floor import MotoFloor
from ..wire import DEFAULT_REGION, AwsError, Caller, authorization
from . import samples_in
from .sample import Sample

OWNER = Caller("000000000000", DEFAULT_REGION, "s3")
"""Whose buckets they are: not an account that anybody has."""

READING = frozenset(
    {
        *("list-type", "prefix", "delimiter", "max-keys", "start-after", "continuation-token", "encoding-type"),
        *("fetch-owner", "marker", "location", "partNumber", "versionId", "x-id"),
    }
)
"""Query parameters of requests that anybody may make; so are those that presign a request or shape its response."""

PASSING = ("x-amz-", "response-")


@dataclass
class Shop:
    """The samples that `floor` already has."""

    floor: MotoFloor
    _opened: set[str] = field(default_factory=set)
    _made: set[tuple[str, str]] = field(default_factory=set)
    _locks: dict[tuple[str, str], threading.Lock] = field(default_factory=dict)

    def serve(self, request: Request) -> None:
        """Have ready whatever `request` wants of a sample bucket. Raises AwsError if it wants to change something."""
        bucket, key = address(request)
        if samples_in(bucket):
            _check(request, bucket, key)
            self._open(bucket)
            self._make(bucket, [key] if key else _shown(request, bucket))
        source, source_key = copied_from(request)
        if samples_in(source):
            self._open(source)
            self._make(source, [source_key])

    def _open(self, bucket: str) -> None:
        """Make the bucket, with every key in it and nothing at any of them."""
        with self._locks.setdefault((bucket, ""), threading.Lock()):
            if bucket not in self._opened:
                self._put(f"/{bucket}", b"")
                for key in samples_in(bucket):
                    self._put(f"/{bucket}/{quote(key)}", b"")
                self._opened.add(bucket)

    def _make(self, bucket: str, keys: Iterable[str]) -> None:
        for key in keys:
            with self._locks.setdefault((bucket, key), threading.Lock()):
                if key in samples_in(bucket) and (bucket, key) not in self._made:
                    self._put(f"/{bucket}/{quote(key)}", _bytes_of(samples_in(bucket)[key]))
                    self._made.add((bucket, key))

    def _put(self, path: str, content: bytes) -> None:
        headers = {"Authorization": authorization(OWNER, "s3"), "Host": "127.0.0.1", "x-amz-acl": "public-read"}
        builder = EnvironBuilder(path, method="PUT", headers=list(headers.items()), data=content)
        self.floor.ask(Request(builder.get_environ()), OWNER, "s3 PUT").close()


def _check(request: Request, bucket: str, key: str) -> None:
    """Raise AwsError unless the request only reads."""
    reads = all(name in READING or name.lower().startswith(PASSING) for name in request.args)
    if request.method in ("GET", "HEAD") and reads:
        return
    if request.method == "PUT" and not key and not request.args:
        raise AwsError("BucketAlreadyExists", "The requested bucket name is not available.", 409)
    raise AwsError("AccessDenied", "Access Denied", 403)


def _shown(request: Request, bucket: str) -> list[str]:
    """Return the keys whose sizes a listing shows: with a delimiter, not those that fold into a common prefix."""
    if request.method == "HEAD" or "location" in request.args:
        return []
    prefix, delimiter = request.args.get("prefix", ""), request.args.get("delimiter", "")
    below = [key for key in samples_in(bucket) if key.startswith(prefix)]
    return [key for key in below if not delimiter or delimiter not in key.removeprefix(prefix)]


def _bytes_of(sample: Sample) -> bytes:
    """Return a sample's bytes, from the user's cache if they were ever made."""
    file = user_cache.folder() / "samples" / _edition() / sample.key
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f"{file.name}.{os.getpid()}.{threading.get_ident()}")
        part.write_bytes(_made(sample))
        part.replace(file)
    return file.read_bytes()


def _made(sample: Sample) -> bytes:
    try:
        return sample.make()
    except images.BuildError as error:
        # Not a server's error: clients would try again at once.
        raise AwsError("InvalidRequest", f"The sample {sample.key} could not be made: {error}") from error


@cache
def _edition() -> str:
    """Return what tells the bytes that this code makes from those that another edition of it has made."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:12]
