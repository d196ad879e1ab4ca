"""Reads a deck's Markdown as reveal-md and the Markdown plugin of reveal.js do, which most decks were written for.

    lines ──read──▶ lines with the usual marks, in the site's dialect   (reading.py)
            ──parts──▶ slides, each with its own lines and its notes    (parting.py; marks.py: what parts them)
            ──normalised──▶ the same in Python-Markdown's form          (commonmark.py)
    dialect ──of_decks──▶ the site's dialect with what decks have       (dialect.py, extension.py)

What others wrote is CommonMark, where a list may follow text at once and nested lists are indented by two blanks. The
renderer is Python-Markdown all the same, so that a deck and a page show the same thing alike: lines are brought into
its form first, and each keeps its place. Text in the site's own dialect stays as it is, and so does all code.
"""

from __future__ import annotations

from labguide.revealmd.commonmark import normalised
from labguide.revealmd.dialect import converter, of_decks
from labguide.revealmd.marks import KEYS, MARKS, Marks, check_deck, marks_of, settings, shared
from labguide.revealmd.others import tell
from labguide.revealmd.parting import Part, code_hidden, noted, parts, visible
from labguide.revealmd.reading import read

__all__ = [
    "KEYS",
    "MARKS",
    "Marks",
    "Part",
    "check_deck",
    "code_hidden",
    "converter",
    "marks_of",
    "normalised",
    "noted",
    "of_decks",
    "parts",
    "read",
    "settings",
    "shared",
    "tell",
    "visible",
]
