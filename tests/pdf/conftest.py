"""What tests of PDFs share: a browser driven over its pipe, and decks as files that it can open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labguide import browser, decks
from labguide.model import USUAL_DIALECT


@pytest.fixture(scope="module")
def page() -> Iterator[browser.Page]:
    with browser.started(browser.find()) as chromium, chromium.page() as page:
        yield page


@pytest.fixture
def write_deck(tmp_path: Path) -> Callable[..., Path]:
    """Publishes a deck's Markdown: `write_deck(text)` gives the path of its page."""

    def write(text: str, language: str = "en") -> Path:
        for name, content in decks.asset_files().items():
            file = tmp_path / "assets" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        path = tmp_path / "deck.html"
        html = decks.render(text, lang=language, assets="assets", dialect=USUAL_DIALECT, home="index.html")
        path.write_text(html, "utf-8")
        return path

    return write
