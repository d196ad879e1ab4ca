"""The step that turns a woven deck into one HTML page, presented by reveal.js.

    text ──split──▶ Deck ──rendered──▶ slides as HTML ──page──▶ one HTML page

A deck is Markdown with front matter (`title`, `subtitle`, `minutes`):

    ---                                     alone on its line: ends a slide
    ----                                    the next slide stands below, not beside
    <!-- .slide: class="title" -->          attributes of the slide's <section>
    <!-- .element: class="fragment" -->     attributes of the element before it
    Notes:                                  from here to the slide's end: for the speaker only

A slide whose only content is a level-1 heading opens a section. A slide's address is the id of its first heading,
the same in every language: `deck.html#/train`. A rule inside a slide is `***`. Links are written as seen from the site,
`../index.md`; the host tells where they lead.
"""

from __future__ import annotations

from labguide.decks import pacing
from labguide.decks.files import elsewhere
from labguide.decks.notes import cut as without_notes
from labguide.decks.notes import without as page_without_notes
from labguide.decks.outlines import addresses, outline
from labguide.decks.page import NO_BRAND, Brand, asset_files, render
from labguide.decks.rendering import Address, as_written
from labguide.decks.slides import Deck, Slide, check, split

__all__ = [
    "NO_BRAND",
    "Address",
    "Brand",
    "Deck",
    "Slide",
    "addresses",
    "as_written",
    "asset_files",
    "check",
    "elsewhere",
    "outline",
    "pacing",
    "page_without_notes",
    "render",
    "split",
    "without_notes",
]
