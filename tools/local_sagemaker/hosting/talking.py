"""HTTP with a container: a request that is handed over, and its answer, whole or piece by piece."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

MEGABYTE = 1024**2
ANSWER_SECONDS = 60.0
"""How long a container of an endpoint may take to answer, as documented."""

MAX_ANSWER = 25 * MEGABYTE
"""Bytes of an answer, unless a request allows more."""

PIECE = 65_536
"""Bytes of an answer that are handed on at once, at most."""


@dataclass(frozen=True)
class Request:
    """What a container is asked: `headers` are all that it sees.

    `model` is the one that is wanted of many, `host` the container that is wanted of several, `component` the inference
    component. The answer may take `seconds` and have `most` bytes.
    """

    body: bytes
    headers: Mapping[str, str]
    model: str = ""
    host: str = ""
    component: str = ""
    seconds: float = ANSWER_SECONDS
    most: int = MAX_ANSWER


@dataclass(frozen=True)
class Answer:
    """What a container said to a request. `container` is its name in its model."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    container: str = "primary"

    @property
    def content_type(self) -> str:
        """The answer's Content-Type, or an empty string."""
        return self.headers.get("Content-Type", "")

    def as_request(self, before: Request) -> Request:
        """Return what the next container of a pipeline is asked after this answer to `before`."""
        headers = {**before.headers, "Content-Type": self.content_type}
        return replace(before, body=self.body, headers=headers)


@dataclass(frozen=True)
class Stream:
    """What a container says piece by piece."""

    status: int
    headers: Mapping[str, str]
    pieces: Iterator[bytes]
    container: str = "primary"

    def whole(self, request: Request) -> Answer:
        """Return all of it. Raises NoAnswerError if it is too much, or takes too long."""
        deadline, pieces, size = time.monotonic() + request.seconds, [], 0
        for piece in self.pieces:
            pieces.append(piece)
            size += len(piece)
            if size > request.most:
                raise NoAnswerError(f"The answer is larger than {request.most} bytes", self.container)
            if time.monotonic() > deadline:
                raise NoAnswerError.too_late(self.container)
        return Answer(self.status, self.headers, b"".join(pieces), self.container)


class NoAnswerError(Exception):
    """A container did not answer a request: it is dead, too slow, or says too much. `status` is told for it."""

    def __init__(self, reason: str, container: str, status: int = 500) -> None:
        super().__init__(reason)
        self.container, self.status = container, status

    @classmethod
    def too_late(cls, container: str) -> NoAnswerError:
        """Return the error of a container that is too slow, in AWS's words."""
        return cls(
            f"Your invocation timed out while waiting for a response from container {container}. Review the latency "
            "metrics for each container in Amazon CloudWatch, resolve the issue, and try again.",
            container,
            status=0,
        )


def ask(port: int, path: str, request: Request, container: str = "primary") -> Stream:
    """Post a request to a port of loopback. Raises NoAnswerError, also between two pieces of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=request.seconds)
    try:
        connection.request("POST", path, request.body, dict(request.headers))
        response = connection.getresponse()
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        raise _no_answer(error, container) from error
    return Stream(response.status, _headers(response), _pieces(connection, response, container), container)


def answers_ping(port: int, seconds: float) -> bool:
    """Return whether a container says that it is healthy."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", "/ping")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _headers(response: http.client.HTTPResponse) -> dict[str, str]:
    return {name.title(): value for name, value in response.getheaders()}


def _no_answer(error: Exception, container: str) -> NoAnswerError:
    if isinstance(error, TimeoutError):
        return NoAnswerError.too_late(container)
    return NoAnswerError(str(error) or type(error).__name__, container)


def _pieces(connection: http.client.HTTPConnection, response: http.client.HTTPResponse, name: str) -> Iterator[bytes]:
    """Yield the body as it arrives, then close the connection."""
    try:
        while piece := response.read1(PIECE):
            yield piece
    except (OSError, http.client.HTTPException) as error:
        raise _no_answer(error, name) from error
    finally:
        connection.close()
