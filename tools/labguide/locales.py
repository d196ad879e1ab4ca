"""What labguide says by itself, in each language.

A room that speaks has a folder `locales/`; a language is a file in it, named by its BCP 47 tag.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from labguide.model import DEFAULT_LANGUAGE


@dataclass(frozen=True)
class Locales:
    """The languages of one room, by the folder that holds them."""

    folder: Path

    def words(self, language: str) -> dict[str, Any]:
        """The words in a language; in English where a language has no file."""
        known = language if self._has(language) else DEFAULT_LANGUAGE
        return _read(self.folder / f"{known}.yml")

    def name(self, language: str) -> str:
        """What a language calls itself, as its file says under `name`; its tag where it has none."""
        said: Mapping[str, Any] = self.words(language) if self._has(language) else {}
        return str(said.get("name") or language)

    def _has(self, language: str) -> bool:
        return (self.folder / f"{language}.yml").is_file()


def beside(module: str) -> Locales:
    """The languages of the room that a module, named by its `__file__`, stands in."""
    return Locales(Path(module).parent / "locales")


@cache
def _read(path: Path) -> dict[str, Any]:
    words: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return words
