"""Drafts of translations by a machine, which a person then mends and syncs.

    Section ──cut──▶ Piece       words to translate, and all that stays: code, quotes, markup of lines   (pieces.py)
    words ──protected──▶ text    code, links and quotes in a sentence as tags that nobody translates     (protecting.py)
    text ──Provider──▶ text      a service: Amazon Translate (amazon.py), or one line more in `PROVIDERS`
    text ──restored──▶ words     if every tag came back once; else the sentence stays as it was, and that is told
    pieces ──▶ the file, each section with a mark that says `draft`

Nothing is sent before somebody agreed to its price, and what a person wrote is never overwritten.
"""

from __future__ import annotations

from labguide.l10n.drafting.drafts import Order, order, terms, write
from labguide.l10n.drafting.providers import PROVIDERS, Provider

__all__ = ["PROVIDERS", "Order", "Provider", "order", "terms", "write"]
