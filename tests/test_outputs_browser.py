"""Figures with scripts of their own, looked at in a real browser: on a page, from a server and from a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from browser import browser, serve, watch
from labguide import decks
from labguide.model import Dialect
from labguide.weaving import frames
from labguide.weaving.forms import Asset

__all__ = ["browser", "serve"]

BODY = '<div id="figure" style="height: 123px">empty</div><script>draw("figure")</script>'
LIBRARY = Asset("assets/labguide/lamp.js", b"const draw = (id) => (document.getElementById(id).textContent = 'lit')")
LINK = '<p><a class="recorded-frame" data-recorded="local" href="{up}recorded/lamp/cell-1.html">A lamp</a></p>'
DECK = f"""---
title: A deck
---

## A figure

{LINK.format(up="../")}
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page and a deck with the same figure."""
    folder = tmp_path_factory.mktemp("site")
    deck = {f"assets/deck/{name}": content for name, content in decks.asset_files().items()}
    head = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">'
    script = '<script src="assets/deck/outputs.js"></script>'
    files = {
        **deck,
        LIBRARY.path: LIBRARY.content,
        "recorded/lamp/cell-1.html": frames.document(BODY, "A lamp", "en", [LIBRARY]),
        "recorded/lamp/cell-2.html": frames.document('<img src="http://127.0.0.2/a.png">', "Outside", "en"),
        "index.html": f"{head}{LINK.format(up='')}{script}".encode(),
        "outside.html": f"{head}{LINK.format(up='').replace('cell-1', 'cell-2')}{script}".encode(),
        "slides/deck.html": decks.render(DECK, lang="en", assets="../assets/deck", dialect=Dialect()).encode(),
    }
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


@pytest.fixture(params=["server", "folder"])
def home(request: pytest.FixtureRequest, site: Path, serve: Callable[[Path], str]) -> str:
    """Where a reader has the site from."""
    return serve(site) if request.param == "server" else site.as_uri()


@pytest.fixture
def page(browser: Browser) -> Page:
    return browser.new_page(viewport={"width": 1280, "height": 720})


def test_figure_is_drawn_in_a_frame_as_high_as_itself(page: Page, home: str) -> None:
    page.goto(f"{home}/index.html")
    figure = page.frame_locator("iframe.recorded-frame").locator("#figure")
    figure.get_by_text("lit").wait_for()
    frame = page.locator("iframe.recorded-frame")
    assert frame.get_attribute("title") == "A lamp"
    page.wait_for_function(
        "getComputedStyle(document.querySelector('iframe')).getPropertyValue('--height') === '139px'"
    )


def test_figure_is_larger_on_a_slide(page: Page, home: str) -> None:
    page.goto(f"{home}/slides/deck.html")
    page.frame_locator("iframe.recorded-frame").locator("#figure").get_by_text("lit").wait_for()
    page.wait_for_function("document.querySelector('iframe').style.zoom === '1.5'")


def test_figure_asks_no_other_host(page: Page, site: Path, serve: Callable[[Path], str]) -> None:
    complaints = watch(page)
    with page.expect_console_message(lambda message: "Content Security Policy" in message.text):
        page.goto(f"{serve(site)}/outside.html")
    assert not any("beyond loopback" in each for each in complaints)


def test_without_scripts_the_link_stays(browser: Browser, site: Path, serve: Callable[[Path], str]) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{serve(site)}/index.html")
    page.get_by_role("link", name="A lamp").click()
    assert page.url.endswith("/recorded/lamp/cell-1.html")
