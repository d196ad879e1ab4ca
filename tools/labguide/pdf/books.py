"""Prints the guide: all its pages in the order of the navigation, as one book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from labguide import browser
from labguide.pdf.paper import Size, asset, dress, sheet

CONTENT = "data-labguide-content"
"""The attribute of the element that holds a page's own content, where a host renders for paper."""

_HEIGHT = 1000
"""How high the window is; on paper it does not matter."""


@dataclass(frozen=True)
class Chapter:
    """A page of the guide: its path in the site, its title, and the titles of the sections that it stands in."""

    path: str
    title: str
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Book:
    """A guide in one language. `copyright` is HTML, `scripts` are the paths in the site of those its pages need.

    `address` is where the site is published; empty if nobody knows.
    """

    language: str
    title: str
    description: str
    copyright: str
    address: str
    scripts: tuple[str, ...]
    chapters: tuple[Chapter, ...]


def guide(page: browser.Page, book: Book, folder: Path, size: Size, words: Mapping[str, str]) -> bytes:
    """The book of a guide that was rendered into a folder, as a PDF.

    `words` are the book's own: `contents`.
    """
    first = PurePosixPath(book.chapters[0].path)
    texts = [(folder / chapter.path).read_text("utf-8") for chapter in book.chapters]
    page.open(_blank(folder))
    bound = page.call(asset("bind.js"), asdict(book), texts, CONTENT, dict(words))
    file = folder / first.with_name("labguide-book.html")
    file.write_text(bound, "utf-8")
    page.see(browser.Paper(int(size.room), _HEIGHT, media="print"))
    page.open(file, "?print-pdf")
    dress(page, asset("book.css"), sheet(size, book.title), asset("book-page.css"))
    page.call(asset("book.js"))
    return page.pdf()


def _blank(folder: Path) -> Path:
    """An empty page, in which the book is put together."""
    path = folder / "labguide-blank.html"
    path.write_text("<!doctype html><meta charset=utf-8><title>-</title>", "utf-8")
    return path
