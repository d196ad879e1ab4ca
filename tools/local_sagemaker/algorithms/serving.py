"""The web server in a built-in algorithm's container: ``GET /ping`` and ``POST /invocations``."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .shape import BadRequestError, Model, UnsupportedMediaTypeError

JSON_LINES = "application/jsonlines"


def serve(model: Model, port: int) -> int:
    """Answer requests on loopback with `model` until the process is ended."""
    handler = type("Handler", (_Handler,), {"model": staticmethod(model), "lock": threading.Lock()})
    with _Server(("127.0.0.1", port), handler) as server:
        logging.info("Serving on port %d", port)
        server.serve_forever()
    return 0


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    model: Model
    # Libraries differ in what they allow of threads; one prediction at a time is right for all.
    lock: threading.Lock

    def do_GET(self) -> None:
        self._reply(HTTPStatus.OK if self.path == "/ping" else HTTPStatus.NOT_FOUND, b"", "text/plain")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        content_type = self.headers.get("Content-Type") or "text/csv"
        accept = self.headers.get("Accept") or "*/*"
        try:
            with self.lock:
                said, said_as = self.model(body, content_type, accept)
                if isinstance(said, bytes):
                    self._reply(HTTPStatus.OK, said, said_as)
                else:
                    self._stream(said, said_as)
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

    def _reply(self, status: HTTPStatus, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, pieces: Iterator[bytes], content_type: str) -> None:
        """Send pieces as they come, chunked (RFC 9112, 7.1). If one fails, the last chunk is missing: it shows."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", content_type)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
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
