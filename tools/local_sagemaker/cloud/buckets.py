"""A bucket belongs to the account that made it.

moto finds a bucket in whatever account it is; here, as on AWS, another account's request is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from werkzeug.wrappers import Request, Response

from ..wire import DEFAULT_ACCOUNT, DEFAULT_REGION, AwsError, Caller

DEFAULT_BUCKET = f"sagemaker-{DEFAULT_REGION}-{DEFAULT_ACCOUNT}"
"""The SDK's default bucket. The SDK would ask the real STS for the account in its name, so its configuration file
gives this one; every account that asks for it gets its own."""

PATHS = ("PATH_INFO", "RAW_URI", "REQUEST_URI")
"""Where a WSGI request says its path: decoded, and as it came."""


@dataclass
class Buckets:
    """Who owns which bucket. Requests are path-style, ``/bucket/key``, as clients send them to an address."""

    _owners: dict[str, str] = field(default_factory=dict)

    def own_default(self, request: Request, caller: Caller) -> Request:
        """Return `request` for the caller's own default bucket if it is for the default bucket, else as it is."""
        bucket, _ = _split(request)
        if bucket != DEFAULT_BUCKET or caller.account == DEFAULT_ACCOUNT:
            return request
        own = bucket.replace(DEFAULT_ACCOUNT, caller.account)
        environ = {name: value for name, value in request.environ.items() if not name.startswith("werkzeug.")}
        paths = {name: environ[name].replace(bucket, own, 1) for name in PATHS if name in environ}
        return Request({**environ, **paths})

    def check(self, request: Request, caller: Caller) -> None:
        """Raise AwsError if the request is for another account's bucket."""
        bucket, key = _split(request)
        if self._owners.get(bucket, caller.account) == caller.account:
            return
        if request.method == "PUT" and not key:
            raise AwsError("BucketAlreadyExists", "The requested bucket name is not available.", 409)
        raise AwsError("AccessDenied", "Access Denied", 403)

    def note(self, request: Request, caller: Caller, response: Response) -> None:
        """Remember what `request`, which was answered with `response`, made or deleted."""
        bucket, key = _split(request)
        if not bucket or key or request.query_string or response.status_code >= 300:
            return
        if request.method == "PUT":
            self._owners[bucket] = caller.account
        elif request.method == "DELETE":
            self._owners.pop(bucket, None)


def _split(request: Request) -> tuple[str, str]:
    bucket, _, key = request.path.lstrip("/").partition("/")
    return bucket, key
