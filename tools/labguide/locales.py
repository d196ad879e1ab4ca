"""What labguide says by itself, in each language.

A room that speaks has a folder `locales/`; a language is a file in it, named by its BCP 47 tag. Nothing else has to be
done for a further language. Words that a file lacks are English, and who builds a guide is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from labguide.model import DEFAULT_LANGUAGE

_SAME = {"zh-Hant": "zh-TW", "zh-Hant-TW": "zh-TW"}
"""Tags under which a language may be asked for too, as Material and browsers do."""
_ROOMS = Path(__file__).parent
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same, ten times faster, where it is there


@dataclass(frozen=True)
class Locales:
    """The languages of one room, by the folder that holds them."""

    folder: Path

    def words(self, language: str) -> dict[str, Any]:
        """The words in a language; in English where it has none."""
        return _words(self.folder, _SAME.get(language, language))

    def name(self, language: str) -> str:
        """What a language calls itself, as its file says under `name`; its tag where it has none."""
        return str(_read(self.folder / f"{_SAME.get(language, language)}.yml").get("name") or language)

    def has(self, language: str) -> bool:
        """Whether there are words in a language."""
        return bool(_read(self.folder / f"{language}.yml"))

    def lacks(self, language: str) -> int:
        """How many words a language has not."""
        english, own = (
            _read(self.folder / f"{name}.yml") for name in (DEFAULT_LANGUAGE, _SAME.get(language, language))
        )
        return len(_paths(english) - _paths(own))


def beside(module: str) -> Locales:
    """The languages of the room that a module, named by its `__file__`, stands in."""
    return Locales(Path(module).parent / "locales")


def untold(languages: Sequence[str]) -> list[str]:
    """What to tell who builds a guide: in which of its languages labguide says some words in English."""
    rooms = [Locales(path.parent) for path in sorted(_ROOMS.rglob(f"locales/{DEFAULT_LANGUAGE}.yml"))]
    lacking = {language: sum(room.lacks(language) for room in rooms) for language in languages}
    said = "of labguide's own words, such as notices, are in English: its files locales/{}.yml have no others"
    return [f"{language}: {count} {said.format(language)}" for language, count in lacking.items() if count]


@cache
def _words(folder: Path, language: str) -> dict[str, Any]:
    return _laid_over(_read(folder / f"{DEFAULT_LANGUAGE}.yml"), _read(folder / f"{language}.yml"))


def _laid_over(words: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Words, those of a language where it has them. What stands below another key is looked up one by one."""
    both = {name: _laid_over(words[name], own[name]) for name in own if isinstance(words.get(name), dict)}
    return {**words, **own, **both}


def _paths(words: Mapping[str, Any], above: tuple[str, ...] = ()) -> frozenset[tuple[str, ...]]:
    """The words by the names of all that they stand below."""
    found = (
        _paths(value, (*above, name)) if isinstance(value, dict) else {(*above, name)} for name, value in words.items()
    )
    return frozenset().union(*found)


@cache
def _read(path: Path) -> dict[str, Any]:
    words: dict[str, Any] = yaml.load(path.read_text("utf-8"), _Loader) if path.is_file() else {}  # noqa: S506
    return words
