"""An HTTP server on loopback that speaks Amazon Translate's protocol, and a machine behind it that only marks words.

`Create a bucket` becomes `〈Create〉〈a〉〈bucket〉`, but for what a terminology says of a word. It is as strict as AWS
about lengths and names, and leaves what stands in `translate="no"` alone.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TARGET = "AWSShineFrontendService_20170701."
_TOKEN = re.compile(r"(<span translate=\"no\">.*?</span>|<[^>]*>)")


def _as_it_is(text: str) -> str:
    return text


@dataclass
class Service:
    """What was asked of the service, and what is in the account."""

    url: str = ""
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    terminologies: dict[str, dict[str, str]] = field(default_factory=dict)
    spoil: Callable[[str], str] = _as_it_is
    """What goes wrong with an answer."""
    refuses: str = ""
    """The error that every translation ends in."""
    keeps: bool = False
    """It refuses to delete what it has."""

    @property
    def sent(self) -> list[str]:
        """The texts that were sent."""
        return [body["Text"] for operation, body in self.requests if operation == "TranslateText"]

    def answer(self, operation: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.requests.append((operation, body))
        if operation == "ImportTerminology":
            rows = list(csv.reader(io.StringIO(base64.b64decode(body["TerminologyData"]["File"]).decode())))
            assert rows[0] == ["en", "zh-TW"]
            self.terminologies[body["Name"]] = dict(map(tuple, rows[1:]))
            return 200, {"TerminologyProperties": {"Name": body["Name"], "TermCount": len(rows) - 1}}
        if operation == "DeleteTerminology" and self.keeps:
            return 400, {"__type": "InternalServerException", "message": "not now"}
        if operation == "DeleteTerminology":
            del self.terminologies[body["Name"]]
            return 200, {}
        return self._translation(body)

    def _translation(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if self.refuses:
            return 400, {"__type": self.refuses, "message": "the pair is not supported"}
        if len(body["Text"].encode()) > 10_000:
            return 400, {"__type": "TextSizeLimitExceededException", "message": "too long"}
        terms = {word: said for name in body["TerminologyNames"] for word, said in self.terminologies[name].items()}
        said = "".join(part if part.startswith("<") else _marked(part, terms) for part in _TOKEN.split(body["Text"]))
        languages = {name: body[name] for name in ("SourceLanguageCode", "TargetLanguageCode")}
        return 200, {"TranslatedText": self.spoil(said), **languages}


def _marked(text: str, terms: dict[str, str]) -> str:
    return re.sub(r"[A-Za-z']+", lambda word: terms.get(word[0].lower()) or f"〈{word[0]}〉", text)


@contextmanager
def running() -> Iterator[Service]:
    """The service, for as long as this lasts."""
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Authorization"].startswith("AWS4-HMAC-SHA256 ")
            operation = self.headers["X-Amz-Target"].removeprefix(TARGET)
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, answer = service.answer(operation, body)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        service.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join()
