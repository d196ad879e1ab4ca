"""A bucket belongs to the account that made it.

moto finds a bucket in whatever account it is; here, as on AWS, another account's request is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote

from werkzeug.wrappers import Request, Response

from ..wire import AwsError, Caller


@dataclass
class Buckets:
    """Who owns which bucket. Requests are path-style, ``/bucket/key``, as clients send them to an address."""

    _owners: dict[str, str] = field(default_factory=dict)

    def check(self, request: Request, caller: Caller) -> None:
        """Raise AwsError if the request is for another account's bucket, or copies from one."""
        bucket, key = address(request)
        if self._may(caller, bucket) and self._may(caller, copied_from(request)[0]):
            return
        if request.method == "PUT" and not key:
            raise AwsError("BucketAlreadyExists", "The requested bucket name is not available.", 409)
        raise AwsError("AccessDenied", "Access Denied", 403)

    def _may(self, caller: Caller, bucket: str) -> bool:
        return self._owners.get(bucket, caller.account) == caller.account

    def note(self, request: Request, caller: Caller, response: Response) -> None:
        """Remember what `request`, which was answered with `response`, made or deleted."""
        bucket, key = address(request)
        if not bucket or key or request.query_string or response.status_code >= 300:
            return
        if request.method == "PUT":
            self._owners[bucket] = caller.account
        elif request.method == "DELETE":
            self._owners.pop(bucket, None)


def address(request: Request) -> tuple[str, str]:
    """Return the bucket and the key that a request is for, either of which may be empty."""
    return _split(request.path)


def copied_from(request: Request) -> tuple[str, str]:
    """Return the bucket and the key of what a request copies; both are empty if it copies nothing."""
    return _split(unquote(request.headers.get("x-amz-copy-source", "").partition("?")[0]))


def _split(path: str) -> tuple[str, str]:
    bucket, _, key = path.lstrip("/").partition("/")
    return bucket, key
