"""The HTML page of a deck, and the files that all decks share."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labguide import html_pages, locales
from labguide.decks import presenter
from labguide.decks.files import styles
from labguide.decks.pacing import timings, total
from labguide.decks.rendering import Address, RenderedSlide, as_written, rendered
from labguide.decks.slides import Deck, split
from labguide.model import Dialect, Line

_HERE = Path(__file__).parent
_LOCALES = locales.beside(__file__)
_SHARED = _HERE.parent / "theme" / "assets" / "labguide"
"""What decks have in common with pages: how outputs look."""
_THEME = ("scheme.js", "grounds.js", "fit.js", "steps.js", "access.js", "dialogs.js", "paper.js", "deck.js")
"""The scripts of a deck, in the order in which a browser runs them; the first one before anything is shown."""
_ASSETS = (
    "deck.css",
    "paper.css",
    *_THEME,
    "no-notes.js",
    "reveal/LICENSE",
    "reveal/reveal.css",
    "reveal/reveal.js",
)
_OURS = frozenset(("plugins", "dependencies", "embedded", "view", "hash", "scrollActivationWidth", "disableLayout"))
"""Options of reveal.js that no deck can change: the page would not work any more."""
_ELSEWHERE = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
"""The beginning of an address on another host, which a deck asks for nothing."""
_DARK_THEMES = frozenset(("black", "black-contrast", "blood", "dracula", "league", "moon", "night"))
"""Themes of reveal.js that are dark. All others are light, and every deck here has both."""


@dataclass(frozen=True)
class Brand:
    """What a site says of itself at the foot of each slide.

    `name` is text and `copyright` HTML, as a theme shows them; `logo` is the address of a picture.
    """

    name: str = ""
    copyright: str = ""
    logo: str | None = None


NO_BRAND = Brand()


def render(
    source: str | Sequence[Line],
    *,
    lang: str,
    assets: str,
    dialect: Dialect,
    alternates: Mapping[str, str] | None = None,
    original: str = "",
    home: str | None = None,
    address: Address = as_written,
    brand: Brand = NO_BRAND,
    edition: str = "student",
    name: str = "",
    lessons: Sequence[tuple[str, str]] = (),
    shared: Mapping[str, Any] | None = None,
) -> str:
    """The HTML page of a deck; `source` is its woven Markdown with its front matter.

    `lang` is a BCP 47 tag. The addresses are relative to the page: `assets` of the folder that holds `asset_files`,
    `alternates` of the deck in each of its languages, by their tags, of which `original` is the one that it was written
    in, and `home` of the guide. What an author wrote as the
    target of a link or the source of a picture becomes what `address` makes of it. `brand` stands at the foot.
    The `instructor` edition has the speaker's view; in it the deck is known by its `name`, the same in every language.
    `lessons` are the titles and addresses of the lessons that the deck belongs to. `shared` is what a project says for
    all its decks.
    """
    deck, found = split(source, dialect, shared), alternates or {}
    shown, is_speakers = rendered(deck, dialect, address), edition == "instructor"
    return (
        html_pages.environment(_HERE)
        .get_template("deck.html")
        .render(
            lang=lang,
            **_facts(deck),
            assets=assets.rstrip("/"),
            home=home,
            lessons=lessons,
            presenter=presenter.data(name, total(deck), lang) if is_speakers else None,
            said=presenter.words(lang),
            others=[(tag, _LOCALES.name(tag), where) for tag, where in sorted(found.items()) if tag != lang],
            alternates=list(found.items()) if len(found) > 1 else [],
            original=found.get(original),
            words=locale(lang),
            stacks=_with_lines(deck, _timed(shown, deck) if is_speakers else shown),
            styles=[address(style) for style in styles(deck.meta) if not _ELSEWHERE.match(style)],
            scripts=_THEME[1:],
            data={"words": locale(lang), "options": _options(deck.meta)},
            brand=brand,
        )
    )


def _facts(deck: Deck) -> dict[str, Any]:
    """What a deck's front matter says of all of it."""
    seconds = total(deck)
    return {
        "title": str(deck.meta.get("title") or ""),
        "subtitle": str(deck.meta.get("subtitle") or ""),
        "seconds": seconds and round(seconds),
        "scheme": _scheme(deck.meta),
    }


def _timed(stacks: list[list[RenderedSlide]], deck: Deck) -> list[list[RenderedSlide]]:
    """The slides with the seconds that each is meant to take, for the speaker's view."""
    times = iter(timings(deck))
    return [[_with_seconds(slide, next(times).seconds) for slide in stack] for stack in stacks]


def _with_seconds(slide: RenderedSlide, seconds: float | None) -> RenderedSlide:
    if seconds is None:
        return slide
    return dataclasses.replace(slide, attributes={**slide.attributes, "data-seconds": f"{seconds:.3f}"})


def asset_files(edition: str = "student") -> Mapping[str, bytes]:
    """What a site publishes once for all its decks, by the path below the folder of deck assets.

    Only the `instructor` edition has the speaker's view.
    """
    own = {name: (_HERE if "/" in name else _HERE / "theme") / name for name in _ASSETS}
    shared = {name: _SHARED / name for name in ("languages.css", "outputs.css", "outputs.js", "drawing.js")}
    speakers = presenter.asset_files() if edition == "instructor" else {}
    return {**{name: path.read_bytes() for name, path in (own | shared).items()}, **speakers}


def _with_lines(deck: Deck, stacks: list[list[RenderedSlide]]) -> Iterator[list[tuple[int, RenderedSlide]]]:
    """Each slide as HTML with the line of the file where it starts."""
    for written, shown in zip(deck.stacks, stacks, strict=True):
        yield list(zip((slide.line for slide in written), shown, strict=True))


def _scheme(meta: Mapping[str, Any]) -> str | None:
    """The look that an author's `theme` asks for, for readers who have not chosen one."""
    theme = meta.get("theme")
    return None if not isinstance(theme, str) else "slate" if theme in _DARK_THEMES else "default"


def _options(meta: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an author says to reveal.js, but for what would break the page."""
    said = meta.get("revealOptions")
    options = {str(name): value for name, value in said.items()} if isinstance(said, dict) else {}
    if isinstance(transition := meta.get("transition"), str):
        options = {"transition": transition, **options}
    return {name: value for name, value in options.items() if name not in _OURS}


def locale(tag: str) -> Mapping[str, str]:
    """The words of a deck's own in a language; in English where a language has no file."""
    return _LOCALES.words(tag)
