"""The server itself: files of the edition, and the two addresses by which windows talk."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.utils import redirect, send_from_directory
from werkzeug.wrappers import Request, Response

from labguide.decks import presenter
from labguide.presenting import messages
from labguide.presenting.door import Door
from labguide.presenting.presentation import Listener, Presentation

CHANNEL = "/_present"
"""Below it stand the addresses for the windows; no site has such a folder."""

_PATIENCE = 2.0
"""Seconds until a silent window is written to: so it is found out that it has been closed."""
_LONGEST = 4096
"""Bytes of a message."""
_HEADERS = {
    "Cache-Control": "no-cache",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
}


def listening(host: str, port: int) -> socket.socket:
    """A socket at an address; any free port if 0. Raises OSError if that cannot be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


def serve(folder: Path, door: Door, at: socket.socket) -> None:
    """Serve a folder on a socket until Ctrl-C."""
    presentation = Presentation()
    with at:
        server = _server(door, at, App(folder, door, presentation))
        try:
            server.serve_forever()  # returns with Ctrl-C
        finally:
            presentation.end()


def _server(door: Door, at: socket.socket, app: App) -> BaseWSGIServer:
    return make_server(door.host, door.port, app, threaded=True, request_handler=_QuietHandler, fd=at.fileno())


class App:
    """Answers requests, once they are through the door."""

    def __init__(self, folder: Path, door: Door, presentation: Presentation) -> None:
        self._folder, self._door, self._presentation = folder, door, presentation

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """One request, as WSGI has it."""
        request = Request(environ)
        try:
            response = self._refusal(request) or self._answer(request)
        except HTTPException as error:
            response = self._not_found() if isinstance(error, NotFound) else Response(f"{error.code}\n", error.code)
        response.headers.extend(_HEADERS)
        return response(environ, start_response)

    def _refusal(self, request: Request) -> Response | None:
        """Why a request may not come in, or the way in for one with the token in its address."""
        if not self._door.knows_host(request.headers.get("Host", "")):
            return _refused("This server has another name. Open the address that `labguide present` has printed.")
        if request.method not in ("GET", "HEAD", "POST"):
            return Response("405\n", 405)
        if not self._door.token or self._door.has_token(request.cookies.get(self._door.cookie)):
            return None
        given = request.args.get("token")
        if given and request.method == "GET" and self._door.has_token(given):
            return self._let_in(request)
        return _refused("Open the whole address that `labguide present` has printed: it ends with a token.")

    def _let_in(self, request: Request) -> Response:
        """Keep the token in a cookie, and take it out of the address, of which screens and histories tell."""
        kept = [part for part in request.query_string.decode().split("&") if not part.startswith("token=")]
        path = "/" + quote(request.path.lstrip("/"))
        response: Any = redirect("?".join([path, *(["&".join(kept)] if kept else [])]), 303)
        response.set_cookie(self._door.cookie, self._door.token, httponly=True, samesite="Lax")
        return response  # type: ignore[no-any-return]

    def _answer(self, request: Request) -> Response:
        if request.path == f"{CHANNEL}/events" and request.method == "GET":
            return self._events(request)
        if request.path == f"{CHANNEL}/messages":
            return self._message(request)
        if request.method == "POST":
            return Response("405\n", 405)
        return self._file(request)

    def _message(self, request: Request) -> Response:
        if request.method != "POST":
            return Response("405\n", 405)
        origin, host = request.headers.get("Origin", ""), request.headers.get("Host", "")
        if not self._door.is_own_page(origin, host) or request.mimetype != "application/json":
            return _refused("Only pages of this server may move its decks.")
        request.max_content_length = _LONGEST
        message = messages.read(request.get_data())
        if message is None:
            return Response("This is no message between windows.\n", 400)
        self._presentation.say(message)
        return Response(status=204)

    def _events(self, request: Request) -> Response:
        role = "deck" if request.args.get("role") == "deck" else "speaker"
        listener = self._presentation.join(request.args.get("deck", ""), role)
        if listener is None:
            return Response("Too many windows are open.\n", 503)
        return Response(self._stream(listener), mimetype="text/event-stream")

    def _stream(self, listener: Listener) -> Iterator[bytes]:
        try:
            yield b": open\n\n"
            for message in listener.messages(_PATIENCE):
                yield f"data: {json.dumps(message)}\n\n".encode() if message else b":\n\n"
        finally:
            self._presentation.leave(listener)

    def _file(self, request: Request) -> Response:
        path = request.path.lstrip("/")
        if not path or path.endswith("/"):
            path += "index.html"
        response: Any = send_from_directory(self._folder, path, request.environ)
        if path.endswith(".html") and request.method == "GET" and response.status_code == 200:
            response.direct_passthrough = False
            page = _tied(response.get_data())
            response.close()
            return Response(page, mimetype="text/html")
        return response  # type: ignore[no-any-return]

    def _not_found(self) -> Response:
        page = self._folder / "404.html"
        return Response(page.read_bytes() if page.is_file() else "404\n", 404, mimetype="text/html")


def _tied(page: bytes) -> bytes:
    """A deck's page, told that it is served by one who passes messages on."""
    if not presenter.is_in(page):
        return page
    return page.replace(b"<head>", f'<head>\n<meta name="labguide-present" content="{CHANNEL}">'.encode(), 1)


def _refused(why: str) -> Response:
    return Response(f"{why}\n", 403)


class _QuietHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing of requests: the terminal shows where to go."""
