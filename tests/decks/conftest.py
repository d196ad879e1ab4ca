"""What tests of decks share: a site with one deck in two languages, below a sub-path of its host."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from published_deck import Tour, publish
from showcase_deck import HERE as SHOWCASE
from showcase_deck import Showcase

from browser import browser, serve

__all__ = ["browser", "serve"]


@pytest.fixture(scope="module")
def tour(browser: Browser, serve: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory) -> Tour:
    """The published deck; the guide's home stands one folder above it."""
    site = tmp_path_factory.mktemp("site")
    home = site / "below" / "the" / "host"
    publish(home)
    return Tour(f"{serve(site)}/below/the/host/slides", home / "slides", browser)


@pytest.fixture(scope="module")
def showcase(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Showcase:
    """A deck with everything that slides can show, on the disk."""
    made = Showcase(tmp_path_factory.mktemp("showcase"), browser)
    made.publish("showcase", (SHOWCASE / "showcase.md").read_text("utf-8"))
    return made
