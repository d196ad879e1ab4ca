"""How long each slide of a deck is meant to take."""

from __future__ import annotations

import pytest

from labguide import decks
from labguide.decks import pacing
from labguide.lines import placed
from labguide.model import USUAL_DIALECT, Document
from labguide.problems import Problems

TIMED = '<!-- .slide: data-timing="{}" -->\n'


def _deck(minutes: str, *slides: str) -> tuple[decks.Deck, Document]:
    text = f"---\ntitle: A deck\n{minutes}\n---\n\n" + "\n\n---\n\n".join(slides) + "\n"
    deck = decks.split(text)
    document = Document("slides/a.md", "deck", "en", tuple(placed(text, "slides/a.md")), deck.meta, 5, ())
    return deck, document


def _told(minutes: str, *slides: str) -> list[str]:
    problems = Problems()
    pacing.check(_deck(minutes, *slides)[1], USUAL_DIALECT, problems)
    return [str(problem) for problem in problems]


def _seconds(minutes: str, *slides: str) -> list[float | None]:
    return [each.seconds for each in pacing.timings(_deck(minutes, *slides)[0])]


def test_minutes_are_shared_alike() -> None:
    assert _seconds("minutes: 4", "# A", "# B", "# C", "# D") == [60, 60, 60, 60]


def test_what_slides_say_is_taken_from_what_the_others_share() -> None:
    assert _seconds("minutes: 4", f"{TIMED.format(120)}# A", "# B", "# C") == [120, 60, 60]


def test_without_minutes_only_slides_that_say_it_have_a_time() -> None:
    assert _seconds("x: 1", f"{TIMED.format(7.5)}# A", "# B") == [7.5, None]


def test_hidden_slide_takes_no_time() -> None:
    assert _seconds("minutes: 2", '<!-- .slide: data-visibility="hidden" -->\n# A', "# B", "# C") == [0, 60, 60]


def test_slide_is_known_by_its_line() -> None:
    deck, _ = _deck("minutes: 1", "# A", "## B", "# C")
    assert [each.line for each in pacing.timings(deck)] == [6, 10, 14]


def test_times_above_the_minutes_are_a_problem_at_their_line() -> None:
    (told,) = _told("minutes: 1", f"{TIMED.format(50)}# A", f"{TIMED.format(20)}# B")
    assert told.startswith("slides/a.md:3: the slides' own times are 1:10, more than the 1:00 of the deck")
    assert told.endswith("[deck-too-long]")


def test_times_that_leave_nothing_to_the_others_are_a_problem() -> None:
    (told,) = _told("minutes: 1", f"{TIMED.format(60)}# A", "# B", "# C")
    assert "so the other 2 have none" in told


def test_times_that_fill_the_minutes_are_none() -> None:
    assert _told("minutes: 1", f"{TIMED.format(40)}# A", f"{TIMED.format(20)}# B") == []


@pytest.mark.parametrize("said", ["soon", "", "-5", "nan", "inf"])
def test_time_that_is_no_number_is_a_problem_at_its_slide(said: str) -> None:
    (told,) = _told("minutes: 1", "# A", f"{TIMED.format(said)}# B")
    assert told.startswith(f'slides/a.md:10: the time of this slide, "{said}", is no number of seconds')


@pytest.mark.parametrize("said", ["soon", "0", "-5", "true", ".nan"])
def test_minutes_that_are_no_number_are_a_problem_at_their_line(said: str) -> None:
    (told,) = _told(f"minutes: {said}", "# A")
    assert told.startswith("slides/a.md:3: `minutes:")


@pytest.mark.parametrize(("seconds", "told"), [(0, "0:00"), (65, "1:05"), (3725, "1:02:05")])
def test_seconds_are_told_as_a_clock(seconds: float, told: str) -> None:
    assert pacing.clock(seconds) == told
