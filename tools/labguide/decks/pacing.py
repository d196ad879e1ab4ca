"""How long each slide of a deck is meant to take.

An author says it of a slide, in seconds, with reveal.js' own attribute: `<!-- .slide: data-timing="90" -->`. What is
then left of the deck's `minutes:` is shared alike among the slides that say nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from labguide.decks.slides import Deck, Slide, split
from labguide.model import Dialect, Document, Place
from labguide.problems import Problems

TIMING = "data-timing"
"""The attribute of a slide that holds its seconds."""

_HIDDEN = "hidden"


@dataclass(frozen=True)
class Timing:
    """What one slide takes; `line` is where it starts in the file, from 1."""

    line: int
    seconds: float | None
    """None if neither the slide nor the deck's `minutes:` says anything."""


def timings(deck: Deck) -> tuple[Timing, ...]:
    """The seconds of every slide, in their order. What cannot be understood counts as not said."""
    slides = [slide for stack in deck.stacks for slide in stack]
    share = _share(deck, slides)
    return tuple(_timing(slide, share) for slide in slides)


def total(deck: Deck) -> float | None:
    """The seconds that the front matter gives the whole deck; None if it does not, or not as a number above 0."""
    minutes = deck.meta.get("minutes")
    return None if minutes is None or not _is_time(minutes) else minutes * 60.0


def whole(deck: Deck) -> float:
    """The seconds that a deck takes: those that its front matter gives it, else those of its slides together."""
    return total(deck) or sum(timing.seconds or 0.0 for timing in timings(deck))


def check(document: Document, dialect: Dialect, problems: Problems) -> None:
    """Tell of times that are no numbers, and of slides that need more than their deck has."""
    minutes = document.meta.get("minutes")
    if minutes is not None and not _is_time(minutes):
        message = f"`minutes: {minutes}` is no number of minutes above 0"
        problems.add(document.place_of("minutes"), "bad-timing", message, "write `minutes: 40`")
    if TIMING not in document.text:  # splitting takes long
        return
    deck = split(document.lines, dialect)
    slides = [slide for stack in deck.stacks for slide in stack]
    for slide in slides:
        if TIMING in slide.attributes and _own(slide) is None:
            message = f'the time of this slide, "{slide.attributes[TIMING]}", is no number of seconds'
            problems.add(Place(document.path, slide.line), "bad-timing", message, f'write `{TIMING}="90"`')
    _check_sum(deck, slides, document, problems)


def clock(seconds: float) -> str:
    """Seconds as people say them: `4:05`, or `1:04:05`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _check_sum(deck: Deck, slides: list[Slide], document: Document, problems: Problems) -> None:
    whole = total(deck)
    said = [seconds for slide in slides if (seconds := _own(slide)) is not None]
    if whole is None or not said:
        return
    others = sum(1 for slide in slides if _shares(slide))
    if sum(said) > whole:
        message = f"the slides' own times are {clock(sum(said))}, more than the {clock(whole)} of the deck"
    elif sum(said) == whole and others:
        message = f"the slides' own times are all of the deck's {clock(whole)}, so the other {others} have none"
    else:
        return
    remedy = f"give the deck more minutes, or slides a smaller {TIMING}"
    problems.add(document.place_of("minutes"), "deck-too-long", message, remedy)


def _share(deck: Deck, slides: list[Slide]) -> float | None:
    """The seconds of each slide that says nothing of its own."""
    whole, others = total(deck), sum(1 for slide in slides if _shares(slide))
    if whole is None or not others:
        return None
    return max(0.0, whole - sum(_own(slide) or 0 for slide in slides)) / others


def _timing(slide: Slide, share: float | None) -> Timing:
    own = _own(slide)
    shared = share if _shares(slide) else None if share is None else 0.0
    return Timing(slide.line, shared if own is None else own)


def _shares(slide: Slide) -> bool:
    """Whether a slide has its share of the deck's time: a hidden one is never shown."""
    return _own(slide) is None and slide.attributes.get("data-visibility") != _HIDDEN


def _own(slide: Slide) -> float | None:
    try:
        seconds = float(slide.attributes.get(TIMING, ""))
    except ValueError:
        return None
    return seconds if 0 <= seconds < math.inf else None


def _is_time(minutes: Any) -> bool:
    return isinstance(minutes, int | float) and not isinstance(minutes, bool) and 0 < minutes < math.inf
