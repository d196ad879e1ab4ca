"""The web server in a container: ``GET /ping`` and ``POST /invocations``."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .shape import BadRequestError, Model, UnsupportedMediaTypeError

JSON_LINES = "application/jsonlines"
TURN_SECONDS = 60.0
"""How long one request may keep all others waiting, unless SAGEMAKER_MODEL_SERVER_TIMEOUT says otherwise."""


@dataclass(frozen=True)
class Request:
    """What is asked. The names of headers are written ``Like-This``."""

    body: bytes
    content_type: str
    accept: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """What is said: the body, or its pieces as they come."""

    body: bytes | Iterator[bytes]
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = HTTPStatus.OK


def serve(model: Model, port: int) -> int:
    """Answer requests on loopback with `model` until the process is ended."""
    return serve_requests(lambda asked: Answer(*model(asked.body, asked.content_type, asked.accept)), port)


def serve_requests(answer: Callable[[Request], Answer], port: int) -> int:
    """Answer requests on loopback with `answer` until the process is ended."""
    turns = _Turns(float(os.environ.get("SAGEMAKER_MODEL_SERVER_TIMEOUT") or TURN_SECONDS))
    handler = type("Handler", (_Handler,), {"answer": staticmethod(answer), "turns": turns})
    with _Server(("127.0.0.1", port), handler) as server:
        logging.info("Serving on port %d", port)
        server.serve_forever()
    return 0


class _Turns:
    """One request at a time: libraries differ in what they allow of threads.

    Who takes longer than `seconds` loses the turn, as AWS's containers end a worker that takes too long: nobody waits
    for it any more.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds, self._since = seconds, 0.0
        self._holder: object = None
        self._free = threading.Condition()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Wait for a turn, and have it."""
        me = object()
        with self._free:
            while self._holder and (left := self._since + self._seconds - time.monotonic()) > 0:
                self._free.wait(left)
            if self._holder:
                logging.error("A request takes longer than %.0f s; the next one goes on beside it", self._seconds)
            self._holder, self._since = me, time.monotonic()
        try:
            yield
        finally:
            with self._free:
                if self._holder is me:
                    self._holder = None
                    self._free.notify()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answer: Callable[[Request], Answer]
    turns: _Turns

    def do_GET(self) -> None:
        self._reply(HTTPStatus.OK if self.path == "/ping" else HTTPStatus.NOT_FOUND, b"", "text/plain")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        content_type = self.headers.get("Content-Type") or "text/csv"
        accept = self.headers.get("Accept") or "*/*"
        try:
            with self.turns.one():
                headers = {name.title(): value for name, value in self.headers.items()}
                said = self.answer(Request(body, content_type, accept, headers))
                if isinstance(said.body, bytes):
                    self._reply(said.status, said.body, said.content_type, said.headers)
                else:
                    self._stream(said.body, said)
        except UnsupportedMediaTypeError as error:
            self._refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, error)
        except BadRequestError as error:
            self._refuse(HTTPStatus.BAD_REQUEST, error)
        except Exception as error:
            logging.exception("The request failed")
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, error)

    def _refuse(self, status: HTTPStatus, error: Exception) -> None:
        logging.error(error)
        self._reply(status, str(error).encode(), "text/plain")

    def _reply(self, status: int, body: bytes, content_type: str, headers: Mapping[str, str] | None = None) -> None:
        self._begin(status, {"Content-Type": content_type, "Content-Length": str(len(body)), **(headers or {})})
        self.wfile.write(body)

    def _begin(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _stream(self, pieces: Iterator[bytes], said: Answer) -> None:
        """Send pieces as they come, chunked (RFC 9112, 7.1). If one fails, the last chunk is missing: it shows."""
        self._begin(said.status, {"Content-Type": said.content_type, "Transfer-Encoding": "chunked", **said.headers})
        try:
            for piece in filter(None, pieces):
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            self.wfile.write(b"0\r\n\r\n")
        except Exception:
            logging.exception("The answer ended early")
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        if self.path != "/ping":
            logging.info(format, *args)
