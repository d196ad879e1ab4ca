"""The tests' deck, as a site publishes it, and the Markdown it is written in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from labguide import decks
from labguide.model import Dialect

DIALECT = Dialect(
    extensions=(
        "abbr",
        "admonition",
        "attr_list",
        "def_list",
        "footnotes",
        "md_in_html",
        "tables",
        "toc",
        "pymdownx.details",
        "pymdownx.highlight",
        "pymdownx.inlinehilite",
        "pymdownx.snippets",
        "pymdownx.superfences",
        "pymdownx.tabbed",
    ),
    configs={
        "toc": {"permalink": True},
        "pymdownx.highlight": {"anchor_linenums": True, "pygments_lang_class": True},
        "pymdownx.tabbed": {"alternate_style": True},
    },
)
"""What a site of this project uses."""

HERE = Path(__file__).parent
ALTERNATES = {"en": {"zh-TW": "tour.zh-TW.html"}, "zh-TW": {"en": "tour.html"}}


@dataclass(frozen=True)
class Tour:
    """The deck of `tests/decks/tour/`, published: its address, its folder, and the browser to look at it with."""

    address: str
    folder: Path
    browser: Browser

    def visit(self, where: str = "", width: int = 1280, height: int = 720) -> Page:
        """The deck in a window of its own; `where` is what follows `tour.html` in the address."""
        page = self.browser.new_page(viewport={"width": width, "height": height})
        page.goto(f"{self.address}/tour.html{where}")
        return page

    def present(self, where: str = "") -> Page:
        """The deck in a window of its own, as soon as arrow keys work."""
        page = self.visit(where)
        page.wait_for_function("window.Reveal?.isReady()")
        return page


def publish(home: Path) -> None:
    """Write a site of one deck in two languages."""
    files = {f"assets/deck/{name}": content for name, content in decks.asset_files().items()}
    files["index.html"] = b"<!doctype html><title>Guide</title><p>The guide"
    files["slides/figure.svg"] = (HERE / "tour" / "figure.svg").read_bytes()
    for language, alternates in ALTERNATES.items():
        name = "tour" if language == "en" else f"tour.{language}"
        files[f"slides/{name}.html"] = decks.render(
            (HERE / "tour" / f"{name}.md").read_text("utf-8"),
            lang=language,
            assets="../assets/deck",
            dialect=DIALECT,
            alternates=alternates,
            home="../",
        ).encode()
    for path, content in files.items():
        target = home / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
