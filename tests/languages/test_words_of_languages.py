"""What labguide says by itself: every language says all of it, and one that cannot is told."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from labguide import locales

TOOLS = Path(__file__).parents[2] / "tools" / "labguide"
ROOMS = sorted(path.parent for path in TOOLS.rglob("locales/en.yml"))
FILES = [path for room in ROOMS for path in sorted(room.glob("*.yml"))]


def _said(words: dict[str, Any], above: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in words.items():
        found |= _said(value, f"{above}{name}.") if isinstance(value, dict) else {f"{above}{name}": str(value)}
    return found


def _read(path: Path) -> dict[str, str]:
    return _said(yaml.safe_load(path.read_text("utf-8")))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(TOOLS).as_posix())
def test_words_have_the_same_gaps_in_every_language(path: Path) -> None:
    english, own = _read(path.with_name("en.yml")), _read(path)
    gaps = {
        name: [sorted(re.findall(r"\{\w*", said[name])) for said in (english, own)] for name in own if name in english
    }
    assert {name: both for name, both in gaps.items() if both[0] != both[1]} == {}


@pytest.mark.parametrize("language", ["zh-TW", "ja"])
def test_a_language_of_ours_has_every_word(language: str) -> None:
    lacking = {room.parent.name: set(_read(room / "en.yml")) - set(_read(room / f"{language}.yml")) for room in ROOMS}
    assert {name: words for name, words in lacking.items() if words} == {}


def test_a_language_without_words_is_told_with_their_number() -> None:
    count = sum(len(_read(room / "en.yml")) for room in ROOMS)
    (told,) = locales.untold(["en", "zh-TW", "fr"])
    assert told.startswith(f"fr: {count} of labguide's own words, such as notices, are in English")


def test_a_word_that_a_language_lacks_is_english(tmp_path: Path) -> None:
    (tmp_path / "en.yml").write_text("a: one\nb: {c: two, d: three}\n", "utf-8")
    (tmp_path / "fr.yml").write_text("b: {d: trois}\n", "utf-8")
    assert locales.Locales(tmp_path).words("fr") == {"a": "one", "b": {"c": "two", "d": "trois"}}


def test_a_language_says_what_it_is_called() -> None:
    decks = locales.Locales(TOOLS / "decks" / "locales")
    assert [decks.name(language) for language in ("en", "zh-TW", "ja", "fr")] == ["English", "繁體中文", "日本語", "fr"]


def test_traditional_chinese_speaks_by_either_of_its_tags() -> None:
    decks = locales.Locales(TOOLS / "decks" / "locales")
    assert decks.words("zh-Hant") == decks.words("zh-TW")
    assert locales.untold(["zh-Hant"]) == []
