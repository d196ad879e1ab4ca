"""What pages tell of a deck: its title, how long it takes, and the title and the address of each slide."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from labguide.decks import pacing
from labguide.decks.rendering import RenderedSlide, rendered
from labguide.decks.slides import split
from labguide.model import Outline, Project, Woven

_HEADING = re.compile(r"<h(?P<level>[1-6])\b[^>]*>(?P<text>.*?)</h(?P=level)>", re.DOTALL)
_UNREAD = re.compile(r"<!--.*?-->|<(?P<tag>script|style|svg)\b.*?</(?P=tag)\s*>|<[^>]*>", re.DOTALL)


def outline(woven: Woven, project: Project, *, with_slides: bool) -> Outline:
    """What pages tell of a deck; of its slides only if asked, because reading them takes as long as rendering them."""
    document = woven.document
    deck = split(woven.lines, project.dialect)
    minutes = pacing.total(deck)
    name = document.name.removeprefix(f"{project.relative(project.slides)}/")
    try:
        slides = tuple(_slides(rendered(deck, project.dialect))) if with_slides else ()
    except Exception:  # an extension raises whatever it does; who renders the deck tells it
        slides = ()
    title = str(document.meta.get("title") or "") or next((each for each, _ in slides if each), "") or name
    subtitle = str(document.meta.get("subtitle") or "")
    return Outline(document, name, title, subtitle, None if minutes is None else minutes / 60, slides)


def _slides(stacks: list[list[RenderedSlide]]) -> Iterator[tuple[str, str]]:
    """The title, empty if it has none, and the address of each slide that is shown."""
    shown = [[slide for slide in stack if slide.attributes.get("data-visibility") != "hidden"] for stack in stacks]
    for across, stack in enumerate(each for each in shown if each):
        for down, slide in enumerate(stack):
            number = f"{across}/{down}" if down else str(across)
            yield title(slide.content), f"#/{slide.attributes.get('id') or number}"


def title(content: str) -> str:
    """The first heading in a piece of HTML, as text; empty if there is none."""
    found = _HEADING.search(content)
    return " ".join(html.unescape(_UNREAD.sub("", found["text"])).split()) if found else ""
