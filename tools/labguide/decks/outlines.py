"""What pages tell of a deck: its title, how long it takes, and the title and the address of each slide."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterator

from labguide.decks import pacing
from labguide.decks.rendering import RenderedSlide, rendered
from labguide.decks.slides import Deck, split
from labguide.model import Dialect, Outline, Project, Woven

_HEADING = re.compile(r"<h(?P<level>[1-6])\b[^>]*>(?P<text>.*?)</h(?P=level)>", re.DOTALL)
_UNREAD = re.compile(r"<!--.*?-->|<(?P<tag>script|style|svg)\b.*?</(?P=tag)\s*>|<[^>]*>", re.DOTALL)


def outline(woven: Woven, project: Project, *, with_slides: bool) -> Outline:
    """What pages tell of a deck; of its slides only if asked, because reading them takes as long as rendering them."""
    document = woven.document
    deck = split(woven.lines, project.dialect)
    minutes = pacing.total(deck)
    name = document.name.removeprefix(f"{project.relative(project.slides)}/")
    slides = tuple(_titled(_rendered(deck, project.dialect))) if with_slides else ()
    subtitle = str(document.meta.get("subtitle") or "")
    title = str(deck.meta["title"] or name)
    return Outline(document, name, title, subtitle, None if minutes is None else minutes / 60, slides)


def addresses(deck: Deck, dialect: Dialect) -> dict[str, int]:
    """Which slide, counted in the file from 1, each address leads to, without its `#/`: `train`, `3`, `3/1`.

    Empty of a deck that cannot be rendered.
    """
    found: dict[str, int] = {}
    for number, slide, place in _shown(_rendered(deck, dialect)):
        found |= {place: number} | {name: number for name in [slide.attributes.get("id")] if name}
    return found


def _rendered(deck: Deck, dialect: Dialect) -> list[list[RenderedSlide]]:
    try:
        return rendered(deck, dialect)
    except Exception:  # an extension raises whatever it does; who renders the deck for readers tells it
        return []


def _titled(stacks: list[list[RenderedSlide]]) -> Iterator[tuple[str, str]]:
    """The title, empty if it has none, and the address of each slide that is shown."""
    for _, slide, place in _shown(stacks):
        yield title(slide.content), f"#/{slide.attributes.get('id') or place}"


def _shown(stacks: list[list[RenderedSlide]]) -> Iterator[tuple[int, RenderedSlide, str]]:
    """Each slide that is shown, its number in the file, from 1, and its place among those that are: `3`, `3/1`."""
    numbers = itertools.count(1)
    whole = [[(next(numbers), slide) for slide in stack] for stack in stacks]
    shown = [[each for each in stack if each[1].attributes.get("data-visibility") != "hidden"] for stack in whole]
    for across, stack in enumerate(each for each in shown if each):
        for down, (number, slide) in enumerate(stack):
            yield number, slide, f"{across}/{down}" if down else str(across)


def title(content: str) -> str:
    """The first heading in a piece of HTML, as text; empty if there is none."""
    found = _HEADING.search(content)
    return " ".join(html.unescape(_UNREAD.sub("", found["text"])).split()) if found else ""
