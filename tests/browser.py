"""A real browser over a folder that a real HTTP server serves on loopback: what tests of pages and decks share.

A `conftest.py` that wants the fixtures imports them: `from browser import browser, serve`.
"""

from __future__ import annotations

import functools
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, sync_playwright

__all__ = ["browser", "overflowing_slides", "serve", "watch"]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NOTED = Path(__file__).parent.parent / ".venv" / "browser-path"
"""Where `make test` notes the browser that it found or installed."""

ARGUMENTS = (
    "--no-sandbox",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium. It ends with its module: while it lives, no other test can run an event loop here."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=_executable(), args=list(ARGUMENTS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[[Path], str]]:
    """Serves folders: `serve(folder)` gives the address, such as `http://127.0.0.1:40123`."""
    with ExitStack() as servers:
        yield lambda folder: servers.enter_context(_served(folder))


def watch(page: Page) -> list[str]:
    """A list to which all is added that goes wrong on a page from now on, and every request beyond loopback."""
    complaints: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(f"console {message.type}: {message.text}")

    def on_request(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob", "about", "file") and address.hostname != "127.0.0.1":
            complaints.append(f"request beyond loopback: {request.url}")

    def on_response(response: Response) -> None:
        if response.status >= 400:
            complaints.append(f"{response.status}: {response.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    page.on("request", on_request)
    page.on("response", on_response)
    return complaints


def overflowing_slides(page: Page) -> list[str]:
    """What does not fit on the slides of the deck that `page` shows, a line for each slide at fault.

    The page must be 1280 by 720 pixels, so that the deck stands there unscaled.
    """
    page.wait_for_function("window.Reveal?.isReady()")
    found: list[str] = page.evaluate(_OVERFLOW)
    return found


_OVERFLOW = """() => Reveal.getSlides().flatMap((section) => {
  const { h, v } = Reveal.getIndices(section);
  Reveal.slide(h, v);
  const slide = section.querySelector(".slide");
  const style = getComputedStyle(slide);
  const frame = slide.getBoundingClientRect();
  const right = frame.right - parseFloat(style.paddingRight) + 1;
  const bottom = frame.bottom - parseFloat(style.paddingBottom) + 1;
  const faults = [...slide.querySelectorAll("*:not(svg *, pre *)")].flatMap((it) => {
    const box = it.getBoundingClientRect();
    const name = it.localName;
    if (name === "img" && !it.naturalWidth) return [`the picture ${it.getAttribute("src")} is not there`];
    if (!box.width || !box.height) return [];
    if (box.bottom > bottom) return [`${name} ends ${Math.round(box.bottom - bottom)} px too low`];
    if (box.right > right) return [`${name} ends ${Math.round(box.right - right)} px too far right`];
    if (name === "pre" && (it.scrollWidth > it.clientWidth + 1 || it.scrollHeight > it.clientHeight + 1)) {
      return ["code is cut off"];
    }
    return [];
  });
  return faults.length ? [`#/${section.id || h + "/" + v}: ${faults[0]}`] : [];
})"""


def _executable() -> str:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and NOTED.is_file():
        found = NOTED.read_text("utf-8").strip()
    if not found:
        pytest.fail("no Chromium on the PATH; `make test` finds or installs one")
    return found


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=folder))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass
