"""What an edition says by itself, in each language: a file in `locales/`."""

from __future__ import annotations

from labguide import locales

_LOCALES = locales.beside(__file__)


def words_of(language: str) -> dict[str, str]:
    """The words in a language; in English where a language has no file."""
    return _LOCALES.words(language)
