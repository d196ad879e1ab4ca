"""The step that prints a rendered site: decks as slides or as handouts, and the guide as a book.

    rendered folder ──opened in a browser, made fit for paper──▶ PDF

Slides are pages of their own size. A handout has each slide with all its notes, on as many sheets as they need. The
book has all pages of the guide in the order of its navigation. Headings are bookmarks, links lead to where they lead
on the screen, as far as that is in the PDF or has an address of its own; fonts are embedded. Nothing on paper is
hidden: all tabs are there, and all that is collapsed; what is too wide becomes smaller.
"""

from __future__ import annotations

from labguide.pdf.books import Book, Chapter, guide
from labguide.pdf.decks import Printed, handout, slides
from labguide.pdf.finishing import finished, page_count
from labguide.pdf.paper import SIZES, Size

__all__ = ["SIZES", "Book", "Chapter", "Printed", "Size", "finished", "guide", "handout", "page_count", "slides"]
