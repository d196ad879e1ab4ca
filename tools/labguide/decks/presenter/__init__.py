"""The speaker's view of a deck: what it says in each language, and its files. Only the instructor edition has it.

`deck.html?speaker` is the view: the deck's own page, whose slides make room for notes, times and what comes next.

    link.js         in every window of a deck: who talks to whom
    speaker.js      the view: where the deck is, the timer, keys and buttons
    view.html       its elements, in the deck's page as a template
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labguide import locales

_HERE = Path(__file__).parent
_LOCALES = locales.beside(__file__)
_FILES = ("link.js", "presenter.css", "speaker.js")


def asset_files() -> Mapping[str, bytes]:
    """What a site publishes once for all speaker's views, by the path below the folder of deck assets."""
    return {f"presenter/{name}": (_HERE / name).read_bytes() for name in _FILES}


def words(tag: str) -> Mapping[str, str]:
    """What the view says in a language; in English where a language has no file."""
    return _LOCALES.words(tag)


def data(deck: str, seconds: float | None, tag: str) -> Mapping[str, Any]:
    """What the scripts of a deck know of it: its name, the same in all languages, its seconds and their words."""
    return {"deck": deck, "seconds": seconds, "words": words(tag)}


def is_in(page: bytes) -> bool:
    """Whether a published page is a deck with the speaker's view."""
    return b'id="deck-presenter"' in page
