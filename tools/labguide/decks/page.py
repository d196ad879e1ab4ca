"""The HTML page of a deck, and the files that all decks share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from labguide.decks.rendering import Address, as_written, rendered
from labguide.decks.slides import split
from labguide.model import Dialect, Line

_HERE = Path(__file__).parent
_LOCALES = _HERE / "locales"
_DEFAULT_LOCALE = "en"
_SHARED = _HERE.parent / "theme" / "assets" / "labguide"
"""What decks have in common with pages: how outputs look."""
_ASSETS = (
    "deck.css",
    "deck.js",
    "reveal/LICENSE",
    "reveal/notes.js",
    "reveal/reveal.css",
    "reveal/reveal.js",
)


def render(
    source: str | Sequence[Line],
    *,
    lang: str,
    assets: str,
    dialect: Dialect,
    alternates: Mapping[str, str] | None = None,
    home: str | None = None,
    address: Address = as_written,
    shared: Mapping[str, Any] | None = None,
) -> str:
    """The HTML page of a deck; `source` is its woven Markdown with its front matter.

    `lang` is a BCP 47 tag. The addresses are relative to the page: `assets` of the folder that holds `asset_files`,
    `alternates` of the deck in other languages, by their tags, and `home` of the guide. What an author wrote as the
    target of a link or the source of a picture becomes what `address` makes of it. `shared` is what a project says for
    all decks.
    """
    deck = split(source, dialect, shared)
    words = locale(lang)
    return _template().render(
        lang=lang,
        title=str(deck.meta.get("title") or ""),
        subtitle=str(deck.meta.get("subtitle") or ""),
        seconds=_seconds(deck.meta.get("minutes")),
        assets=assets.rstrip("/"),
        home=home,
        others=[(tag, locale(tag).get("name") or tag, where) for tag, where in sorted((alternates or {}).items())],
        words=words,
        stacks=rendered(deck, dialect, address),
    )


def asset_files() -> Mapping[str, bytes]:
    """What a site publishes once for all its decks, by the path below the folder of deck assets."""
    own = {name: (_HERE if "/" in name else _HERE / "theme") / name for name in _ASSETS}
    shared = {name: _SHARED / name for name in ("outputs.css", "outputs.js")}
    return {name: path.read_bytes() for name, path in (own | shared).items()}


def locale(tag: str) -> Mapping[str, str]:
    """The words of a deck's own in a language; English ones, but for the language's name, where there are none."""
    path = _LOCALES / f"{tag}.yml"
    if path.is_file():
        return _words(path)
    return {**_words(_LOCALES / f"{_DEFAULT_LOCALE}.yml"), "name": ""}


@cache
def _words(path: Path) -> Mapping[str, str]:
    words: Mapping[str, str] = yaml.safe_load(path.read_text("utf-8"))
    return words


def _seconds(minutes: Any) -> int | None:
    """How long the talk is, in whole seconds, if its front matter says so."""
    if isinstance(minutes, bool) or not isinstance(minutes, int | float) or minutes <= 0:
        return None
    return round(minutes * 60)


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    return environment.get_template("deck.html")
