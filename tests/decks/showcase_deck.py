"""A deck with everything that slides can show, as a site publishes it."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page
from published_deck import DIALECT

from browser import watch
from labguide import decks, drawing
from labguide.model import Dialect

HERE = Path(__file__).parent / "showcase"
SHOWN = Dialect(
    (*DIALECT.extensions, "pymdownx.arithmatex"), {**DIALECT.configs, "pymdownx.arithmatex": {"generic": True}}
)
BRAND = decks.Brand("A workshop", 'Mine, <a href="https://example.org/">all of it</a>', "figure.svg")


class Showcase:
    """The published deck: its folder, and a browser that looks at it from the disk."""

    def __init__(self, folder: Path, browser: Browser) -> None:
        self.folder, self.browser = folder, browser
        self.complaints: list[str] = []

    def publish(self, name: str, text: str, lang: str = "en") -> None:
        """Write a deck, what it links to and what draws its formulas and diagrams."""
        page = decks.render(text, lang=lang, assets="../assets/deck", dialect=SHOWN, home="../index.html", brand=BRAND)
        shared = {f"assets/deck/{path}": content for path, content in decks.asset_files().items()}
        figure = (HERE / "figure.svg").read_bytes()
        files = {**shared, **drawing.files(drawing.needed(page)), "slides/figure.svg": figure}
        for path, content in {**files, f"slides/{name}.html": page.encode()}.items():
            target = self.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)

    def context(self, scheme: str = "light", width: int = 1280, height: int = 720) -> BrowserContext:
        """A reader: the look that the system has, and a window."""
        return self.browser.new_context(
            color_scheme="dark" if scheme == "dark" else "light", viewport={"width": width, "height": height}
        )

    def show(
        self, where: str = "", name: str = "showcase", context: BrowserContext | None = None, ready: bool = True
    ) -> Page:
        """The deck as soon as it has come to rest; `where` follows its address. What goes wrong is in `complaints`."""
        page = (context or self.context()).new_page()
        self.complaints = watch(page)
        page.goto((self.folder / "slides" / f"{name}.html").as_uri() + where)
        if ready:
            page.wait_for_function("window.Reveal?.isReady()")
        return page


def shown(page: Page) -> str:
    """The id of the present slide."""
    name: str = page.evaluate("Reveal.getCurrentSlide().id")
    return name
