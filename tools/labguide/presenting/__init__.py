"""Serves a finished instructor edition, and ties the windows that show one of its decks, on any device.

    browser ──GET──▶ door ──▶ files of the edition
    browser ──POST messages──▶ door ──▶ Presentation ──events──▶ every other window of that deck

The messages are the ones that `decks/presenter/link.js` sends: where the deck is, where to go, what the timer shows.
"""

from __future__ import annotations

from labguide.presenting.door import Door, is_loopback, new_token
from labguide.presenting.server import listening, serve

__all__ = ["Door", "is_loopback", "listening", "new_token", "serve"]
