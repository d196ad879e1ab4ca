"""The step that finds in a real browser which slides do not fit, or have text that nobody can read.

    rendered deck ──measured──▶ a sight of each slide ──told──▶ problems at the slide's line

Each deck is opened once, at 1280 by 720, and each slide is seen in its last state: all fragments shown. What is hidden
then, notes among it, does not count. Both colour schemes are measured.

A slide that is meant to be so says it: `<!-- .slide: class="overflows" -->`, `class="small-text"`. Where it has become
needless, that is a problem too, lest the next fault goes unseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from labguide import browser
from labguide.model import Place, Woven
from labguide.problems import Problems

WIDTH, HEIGHT = 1280, 720
"""What a slide is measured at, in CSS pixels: 16 to 9."""

READABLE = 18.0
"""The smallest text, in pixels of these: a fortieth of the slide's height. On a picture two metres high that is 5 cm
for a line, which normal eyes read at about ten metres."""

OVERFLOWS, SMALL_TEXT = "overflows", "small-text"
"""The classes that exempt a slide."""

_MEASURE = (Path(__file__).parent / "measure.js").read_text("utf-8")


@dataclass(frozen=True)
class Sight:
    """What a browser saw of a slide: the worst fault of each kind in words, empty if there is none."""

    line: int
    overflow: str
    small: str
    broken: tuple[str, ...]
    """The pictures that it could not show."""
    exempt: frozenset[str]


def check(decks: Mapping[str, Woven], folder: Path, executable: Path, problems: Problems) -> None:
    """Note what does not fit on the slides of `decks`, by their path in the site that was rendered into `folder`.

    Raises `browser.BrowserError` if the browser fails.
    """
    there = {path: woven for path, woven in decks.items() if (folder / path).is_file()}
    if not there:
        return
    with browser.started(executable) as chromium, chromium.page() as page:
        for path, woven in there.items():
            tell(woven.document.path, measure(page, folder / path), problems)


def measure(page: browser.Page, deck: Path) -> tuple[Sight, ...]:
    """The sight of each slide of a deck's HTML page, of both colour schemes the worse one."""
    page.see(browser.Paper(WIDTH, HEIGHT, scheme="light"))
    page.open(deck)
    light = tuple(_sights(page))
    page.see(browser.Paper(WIDTH, HEIGHT, scheme="dark"))
    return tuple(_worse(one, other) for one, other in zip(light, _sights(page), strict=True))


def tell(path: str, sights: Iterable[Sight], problems: Problems) -> None:
    """Note what is wrong with the slides of the deck in the file `path`."""
    for sight in sights:
        place = Place(path, sight.line)
        _tell_overflow(place, sight, problems)
        _tell_small_text(place, sight, problems)
        for picture in sight.broken:
            message = f"the browser cannot show the picture {picture}"
            problems.add(place, "broken-picture", message, "mend the file, or name another one")


def _sights(page: browser.Page) -> Iterator[Sight]:
    for seen in page.call(_MEASURE, READABLE):
        exempt = frozenset(seen["classes"]) & {OVERFLOWS, SMALL_TEXT}
        yield Sight(seen["line"], seen["overflow"], seen["small"], tuple(seen["broken"]), exempt)


def _worse(light: Sight, dark: Sight) -> Sight:
    def one(first: str, second: str) -> str:
        return first or (f"{second}, in dark colours" if second else "")

    overflow, small = one(light.overflow, dark.overflow), one(light.small, dark.small)
    return Sight(light.line, overflow, small, light.broken or dark.broken, light.exempt)


def _tell_overflow(place: Place, sight: Sight, problems: Problems) -> None:
    if sight.overflow and OVERFLOWS not in sight.exempt:
        remedy = f"shorten the slide, or divide it; {_if_meant(OVERFLOWS)}"
        problems.add(place, "slide-overflows", f"this slide is too full: {sight.overflow}", remedy)
    if not sight.overflow and OVERFLOWS in sight.exempt:
        _tell_needless(place, OVERFLOWS, "fits", problems)


def _tell_small_text(place: Place, sight: Sight, problems: Problems) -> None:
    if sight.small and SMALL_TEXT not in sight.exempt:
        message = f"text on this slide is too small to be read from the last row: {sight.small}"
        remedy = f"show less of it, for {READABLE:g} px at least; {_if_meant(SMALL_TEXT)}"
        problems.add(place, "small-text", message, remedy)
    if not sight.small and SMALL_TEXT in sight.exempt:
        _tell_needless(place, SMALL_TEXT, "has no small text", problems)


def _tell_needless(place: Place, name: str, why: str, problems: Problems) -> None:
    remedy = f'take "{name}" out of its class, lest the next fault goes unseen'
    problems.add(place, "unused-exemption", f'this slide {why}, and says "{name}"', remedy)


def _if_meant(name: str) -> str:
    return f'if that is meant, `<!-- .slide: class="{name}" -->`'
