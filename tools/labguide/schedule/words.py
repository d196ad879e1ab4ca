"""What schedules say by themselves, in each language: a language is a file in `locales/`, named by its BCP 47 tag."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from labguide.model import DEFAULT_LANGUAGE

_LOCALES = Path(__file__).parent / "locales"


@cache
def words_of(language: str) -> dict[str, str]:
    """The words in a language; in English where a language has no file."""
    path = _LOCALES / f"{language}.yml"
    path = path if path.is_file() else _LOCALES / f"{DEFAULT_LANGUAGE}.yml"
    words: dict[str, str] = yaml.safe_load(path.read_text("utf-8"))
    return words
