"""One entry of the journal: a request that changed something, and the moment in which it did.

Entries are lines of JSON. An object that is long is in a file of its own, called by its SHA-256, so that what is stored
twice takes room once.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from ..wire import Caller, authorization
from .moment import Moment

INLINE = 16_384
"""Bytes of an object that stand in its line."""

PIECE = 1024 * 1024
NOT_KEPT = frozenset(
    {"authorization", "connection", "content-length", "expect", "host", "transfer-encoding", "user-agent", "x-amz-date"}
)
"""Headers that say nothing of what was asked for, or are made again."""


@dataclass(frozen=True)
class Bodies:
    """The folder of the long bodies."""

    folder: Path

    def take(self, stream: IO[bytes]) -> tuple[bytes, str]:
        """Read a body to its end; return its bytes if it is short, else the name of its file. Raises OSError."""
        start = stream.read(INLINE + 1)
        return (start, "") if len(start) <= INLINE else (b"", self._store(start, stream))

    def path(self, name: str) -> Path:
        """Return the file called `name`."""
        return self.folder / name

    def keep_only(self, names: Iterable[str]) -> None:
        """Delete all other files."""
        kept = set(names)
        for path in self.folder.glob("*"):
            if path.name not in kept:
                path.unlink(missing_ok=True)

    def _store(self, start: bytes, rest: IO[bytes]) -> str:
        digest = hashlib.sha256()
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.folder, suffix=".part", delete=False) as file:
            try:
                piece = start
                while piece:
                    digest.update(piece)
                    file.write(piece)
                    piece = rest.read(PIECE)
                file.flush()
            except BaseException:
                with suppress(OSError):
                    Path(file.name).unlink()
                raise
        Path(file.name).replace(self.path(digest.hexdigest()))
        return digest.hexdigest()


@dataclass(frozen=True)
class Entry:
    """A request. `body` is its body, or `file` the name of the file that has it."""

    moment: Moment
    caller: Caller
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes = b""
    file: str = ""

    @classmethod
    def take(cls, request: Request, caller: Caller, bodies: Bodies) -> Entry:
        """Return the entry of a request that is made now, and read its body. Raises OSError."""
        body, file = bodies.take(request.stream) if caller.service == "s3" else (request.get_data(), "")
        headers = {name: value for name, value in request.headers if name.lower() not in NOT_KEPT}
        query = request.query_string.decode()
        return cls(Moment.now(), caller, request.method, request.path, query, headers, body, file)

    @classmethod
    def read(cls, line: str) -> Entry:
        """Return what a line of the journal says. Raises ValueError."""
        try:
            told = json.loads(line)
            body = told["body"].encode() if "body" in told else base64.b64decode(told["base64"])
            moment, caller = Moment(told["time"], told["seed"]), Caller(*told["caller"])
            plain = {name: told[name] for name in ("method", "path", "query", "headers")}
            return cls(moment, caller, **plain, body=body, file=told["file"])
        except (LookupError, TypeError) as error:
            raise ValueError(f"it is not an entry: {error!r}") from error

    def line(self) -> str:
        """Return the line of the journal that says this."""
        told: dict[str, Any] = {
            "time": self.moment.time,
            "seed": self.moment.seed,
            "caller": [self.caller.account, self.caller.region, self.caller.service],
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "headers": dict(self.headers),
            "file": self.file,
        }
        try:
            told["body"] = self.body.decode()
        except UnicodeDecodeError:
            told["base64"] = base64.b64encode(self.body).decode()
        return json.dumps(told) + "\n"

    def environ(self, bodies: Bodies) -> dict[str, Any]:
        """Return the request again, as WSGI has it; its ``wsgi.input`` has to be closed. Raises OSError."""
        stream = bodies.path(self.file).open("rb") if self.file else io.BytesIO(self.body)
        length = bodies.path(self.file).stat().st_size if self.file else len(self.body)
        made = {"Authorization": authorization(self.caller, self.caller.service), "Host": "127.0.0.1"}
        builder = EnvironBuilder(
            quote(self.path),
            method=self.method,
            query_string=self.query,
            headers=list({**self.headers, **made}.items()),
            input_stream=stream,
            content_length=length,
        )
        return builder.get_environ()
