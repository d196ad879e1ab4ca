"""What a browser can do for labguide: open a file, wait until it is ready, run JavaScript in it, print it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labguide.browser.pipe import BrowserError, Pipe

PRINTING = 300.0
"""Seconds that one document may take to print."""

_READY = (Path(__file__).parent / "ready.js").read_text("utf-8")
_LISTEN = """
window.labguideHeard = new Set();
document.addEventListener("pdf-ready", () => labguideHeard.add("pdf-ready"));
"""


@dataclass(frozen=True)
class Paper:
    """How a page is seen: `media` is `screen` or `print`, `scheme` is `light` or `dark`, sizes in CSS pixels."""

    width: int
    height: int
    media: str = "screen"
    scheme: str = "light"


class Browser:
    """A running browser."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe

    @contextmanager
    def page(self) -> Iterator[Page]:
        """An empty page, as a tab of its own."""
        target = self._pipe.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        attached = self._pipe.call("Target.attachToTarget", {"targetId": target, "flatten": True})
        page = Page(self._pipe, str(attached["sessionId"]))
        yield page
        page.forget()
        self._pipe.call("Target.closeTarget", {"targetId": target})


class Page:
    """One page of a browser."""

    def __init__(self, pipe: Pipe, session: str) -> None:
        self._pipe, self._session = pipe, session
        for domain in ("Page", "Inspector"):
            self._call(f"{domain}.enable")
        self._call("Page.addScriptToEvaluateOnNewDocument", {"source": _LISTEN})

    def see(self, paper: Paper) -> None:
        """Set size, medium and colour scheme; there is no motion."""
        size = {"width": paper.width, "height": paper.height, "deviceScaleFactor": 1, "mobile": False}
        features = {"prefers-color-scheme": paper.scheme, "prefers-reduced-motion": "reduce"}
        told = [{"name": name, "value": value} for name, value in features.items()]
        self._call("Emulation.setDeviceMetricsOverride", size)
        self._call("Emulation.setEmulatedMedia", {"media": paper.media, "features": told})

    def open(self, path: Path, query: str = "") -> None:
        """Open a file, and return when all that it shows is there: pictures, fonts, frames, slides, formulas."""
        address = path.absolute().as_uri() + query
        self.forget()
        answer = self._call("Page.navigate", {"url": address})
        if answer.get("errorText"):
            raise BrowserError(f"the browser cannot open {path.name}: {answer['errorText']}")
        self._pipe.wait("Page.loadEventFired", self._session, f"loading {path.name}")
        self._run(_READY, (), f"waiting until {path.name} is ready")

    def call(self, function: str, *arguments: Any) -> Any:
        """What a JavaScript function, or its promise, gives for these arguments; all of it has to be JSON."""
        return self._run(function, arguments, "a script in a page")

    def pdf(self) -> bytes:
        """The page as a PDF with bookmarks and tags, on paper as large as its style says."""
        how = {
            "printBackground": True,
            "preferCSSPageSize": True,
            "generateTaggedPDF": True,
            "generateDocumentOutline": True,
            "transferMode": "ReturnAsStream",
        }
        how |= {f"margin{side}": 0 for side in ("Top", "Bottom", "Left", "Right")}
        stream = self._call("Page.printToPDF", how, PRINTING)["stream"]
        content = b"".join(self._read(stream))
        self._call("IO.close", {"handle": stream})
        return content

    def forget(self) -> None:
        """Forget what the browser told of this page and nobody waited for."""
        self._pipe.forget(self._session)

    def _read(self, stream: str) -> Iterator[bytes]:
        while True:
            piece = self._call("IO.read", {"handle": stream, "size": 1 << 20})
            yield base64.b64decode(piece["data"]) if piece.get("base64Encoded") else piece["data"].encode("latin-1")
            if piece["eof"]:
                return

    def _run(self, function: str, arguments: Sequence[Any], what: str) -> Any:
        given = ", ".join(json.dumps(each) for each in arguments)
        how = {"expression": f"({function})({given})", "awaitPromise": True, "returnByValue": True}
        answer = self._call("Runtime.evaluate", how, what=what)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            told = details.get("exception", {}).get("description") or details.get("text", "")
            raise BrowserError(f"the browser failed at {what}: {' '.join(str(told).split())}")
        return answer["result"].get("value")

    def _call(self, method: str, params: Any = None, seconds: float = 60.0, what: str = "") -> Any:
        try:
            return self._pipe.call(method, params, session=self._session, seconds=seconds)
        except BrowserError as error:
            if not what or method not in str(error):
                raise
            raise BrowserError(str(error).replace(method, what)) from None
