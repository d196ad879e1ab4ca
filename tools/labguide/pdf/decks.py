"""Prints a deck: its slides, or a handout of its slides and their notes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from labguide import browser
from labguide.pdf.paper import Size, asset, dress, sheet

_SCREEN = browser.Paper(1280, 720)
_PRINTING = "?print-pdf"
"""What makes reveal.js lay out all slides, one page each."""


@dataclass(frozen=True)
class Printed:
    """A PDF, and the slides that had to become smaller than they are on the screen: line and percent."""

    content: bytes
    shrunk: tuple[tuple[int, int], ...] = ()


def slides(page: browser.Page, deck: Path) -> Printed:
    """A deck's slides, one page each, of the slides' own size."""
    shrunk = _open(page, deck)
    dress(page, asset("slides.css"))
    return Printed(page.pdf(), shrunk)


def handout(page: browser.Page, deck: Path, size: Size) -> Printed:
    """Each slide with its whole notes below it; long notes go on on the next sheets, short ones leave room."""
    shrunk = _open(page, deck)
    title = str(page.call("() => document.title"))
    page.call(asset("handout.js"), size.room)
    dress(page, asset("slides.css"), sheet(size, title), asset("handout.css"))
    return Printed(page.pdf(), shrunk)


def _open(page: browser.Page, deck: Path) -> tuple[tuple[int, int], ...]:
    page.see(_SCREEN)
    page.open(deck, _PRINTING)
    return tuple((line, percent) for line, percent in page.call(asset("slides.js")))
