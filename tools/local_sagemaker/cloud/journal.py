"""What moto keeps, on disk: requests that change something are written down and made again at the next start.

Objects of S3 are not written down as requests: after each change the object is read back through the wire and put into
a file of its own, so what was overwritten or deleted takes no room, and parts of an upload need no thought.
A request is answered when it is on its way to the disk, so nothing that was answered is lost if the server is killed
(a crash of the whole machine may lose the last moments). Not kept: tags, ACLs and former versions of objects, and what
moto draws by lot or takes from the clock, such as the ids and the creation times of its resources.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from ..wire import Caller, authorization

READING = ("Describe", "List", "Get", "Head", "Search", "Simulate", "Filter", "Lookup", "Query", "BatchGet")
KEPT_HEADERS = ("content-type", "content-encoding", "cache-control", "content-disposition", "x-amz-target")
Reader: TypeAlias = Callable[[Request], Response]
"""Answers a request as moto does."""

OBJECT_HEADERS = ("x-amz-meta-", "x-amz-storage-class")


@dataclass
class Journal:
    """The state of moto in `folder`."""

    folder: Path
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def changes(self, request: Request, operation: str) -> bool:
        """Return whether `request` may change something."""
        # A REST request, "s3 PUT /bucket/key", does not name its operation.
        reads = " " not in operation and operation.partition(".")[2].startswith(READING)
        return request.method not in ("GET", "HEAD") and not reads

    def body_of(self, request: Request, caller: Caller) -> bytes:
        """Return the body, and put it back for moto to read; an object's is left alone."""
        if caller.service == "s3" and (_key_of(request) or "delete" in request.args):
            return b""
        body = request.get_data()
        request.environ["wsgi.input"] = io.BytesIO(body)
        return body

    def note(self, request: Request, caller: Caller, body: bytes, read: Reader) -> None:
        """Keep what `request`, which was answered with success, has changed; `read` asks moto for an object."""
        bucket, key = _bucket_of(request), _key_of(request)
        if caller.service == "s3" and key:
            self._mirror(caller, bucket, key, read)
        elif caller.service == "s3" and "delete" in request.args:
            for each in list(self._objects(caller.account, bucket)):
                self._mirror(caller, bucket, each["key"], read)
        else:
            self._append(request, caller, body)
            if caller.service == "s3" and request.method == "DELETE" and not request.query_string:
                shutil.rmtree(self._place(caller.account, bucket), ignore_errors=True)

    def replay(self) -> Iterator[tuple[Request, Caller]]:
        """Yield the requests that bring everything back, in their order."""
        if self._log.exists():
            for line in self._log.read_text("utf-8").splitlines():
                told = _entry(line)
                if told:
                    yield _request_of(told), Caller(*told["caller"])
        for account in sorted(path.name for path in self._all_objects.glob("*")):
            for bucket in sorted(path.name for path in (self._all_objects / account).iterdir()):
                for told in self._objects(account, bucket):
                    yield self._upload(account, bucket, told)

    @property
    def _log(self) -> Path:
        return self.folder / "requests.jsonl"

    @property
    def _all_objects(self) -> Path:
        return self.folder / "objects"

    def _append(self, request: Request, caller: Caller, body: bytes) -> None:
        told = {
            "caller": [caller.account, caller.region, caller.service],
            "method": request.method,
            "path": request.path,
            "query": request.query_string.decode(),
            "headers": {name: value for name, value in request.headers if name.lower() in KEPT_HEADERS},
            "body": base64.b64encode(body).decode(),
        }
        with self._lock, self._log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(told) + "\n")

    def _place(self, account: str, bucket: str) -> Path:
        return self._all_objects / account / bucket

    def _objects(self, account: str, bucket: str) -> Iterator[dict[str, Any]]:
        for file in sorted(self._place(account, bucket).glob("*.json")):
            yield dict(json.loads(file.read_text("utf-8")))

    def _mirror(self, caller: Caller, bucket: str, key: str, read: Reader) -> None:
        """Make the object's file what moto says of the object now."""
        with self._lock:
            place, name = self._place(caller.account, bucket), hashlib.sha256(key.encode()).hexdigest()
            response = read(_object_request(caller, "GET", bucket, key))
            if response.status_code >= 300:
                (place / f"{name}.json").unlink(missing_ok=True)
                (place / name).unlink(missing_ok=True)
                return
            place.mkdir(parents=True, exist_ok=True)
            headers = {each: value for each, value in response.headers if _describes_an_object(each.lower())}
            told = {"key": key, "region": caller.region, "headers": headers}
            _write(place / name, response.get_data())
            _write(place / f"{name}.json", json.dumps(told).encode())

    def _upload(self, account: str, bucket: str, told: dict[str, Any]) -> tuple[Request, Caller]:
        caller = Caller(account, told["region"], "s3")
        body = (self._place(account, bucket) / hashlib.sha256(told["key"].encode()).hexdigest()).read_bytes()
        return _object_request(caller, "PUT", bucket, told["key"], told["headers"], body), caller


def _entry(line: str) -> dict[str, Any] | None:
    try:
        return dict(json.loads(line))
    except ValueError:
        # The server was killed while it wrote this line, so nobody got an answer.
        print("local_sagemaker: skipped a request that was written in part", file=sys.stderr)
        return None


def _request_of(told: dict[str, Any]) -> Request:
    caller = Caller(*told["caller"])
    headers = {**told["headers"], "Authorization": authorization(caller, caller.service), "Host": "127.0.0.1"}
    body = base64.b64decode(told["body"])
    builder = EnvironBuilder(
        quote(told["path"]), method=told["method"], query_string=told["query"], headers=list(headers.items()), data=body
    )
    return Request(builder.get_environ())


def _object_request(
    caller: Caller, method: str, bucket: str, key: str, headers: dict[str, str] | None = None, body: bytes = b""
) -> Request:
    told = {**(headers or {}), "Authorization": authorization(caller, "s3"), "Host": "127.0.0.1"}
    path = f"/{bucket}/{quote(key)}"
    return Request(EnvironBuilder(path, method=method, headers=list(told.items()), data=body).get_environ())


def _describes_an_object(header: str) -> bool:
    return header in KEPT_HEADERS or header.startswith(OBJECT_HEADERS)


def _write(file: Path, content: bytes) -> None:
    """Write all of `content`, or leave the file as it was."""
    part = file.with_name(f"{file.name}.part")
    part.write_bytes(content)
    part.replace(file)


def _bucket_of(request: Request) -> str:
    return request.path.lstrip("/").partition("/")[0]


def _key_of(request: Request) -> str:
    return request.path.lstrip("/").partition("/")[2]
