"""Where slides begin and end."""

from __future__ import annotations

from textwrap import dedent

import pytest

from labguide.decks import Slide, check, split
from labguide.lines import placed
from labguide.model import USUAL_DIALECT, Line, Place
from labguide.problems import Problems

HEADER = "---\ntitle: T\n---\n"


def _lines_of(text: str) -> list[list[int]]:
    return [[slide.line for slide in stack] for stack in split(text).stacks]


def _count(text: str) -> int:
    return sum(map(len, split(text).stacks))


def _only(body: str) -> Slide:
    ((slide,),) = split(HEADER + dedent(body)).stacks
    return slide


def test_slide_knows_its_first_line_in_the_file() -> None:
    assert _lines_of(f"{HEADER}\n# One\n\n---\n\n\n## Two\n\n----\n\n## Three\n") == [[5], [10, 14]]


def test_deck_without_front_matter_starts_at_line_one() -> None:
    assert _lines_of("# One\n\n---\n\n# Two\n") == [[1], [5]]


@pytest.mark.parametrize("body", ["text\n---\ntext", "text\n\n---\n# B", "a\n---v\nb", "a\n+++\nb", "a\n<!--s-->\nb"])
def test_mark_alone_on_its_line_separates_whatever_stands_beside_it(body: str) -> None:
    assert _count(HEADER + body) == 2


@pytest.mark.parametrize("body", ["text\n\n --- \n\n- - -\n\n-----\n", "a\n***\nb", "a --- b"])
def test_line_that_is_no_mark_separates_nothing(body: str) -> None:
    assert _count(HEADER + body) == 1


@pytest.mark.parametrize("opening", ["```", "~~~~", "``` text", "<!--"])
def test_line_inside_a_fence_or_comment_separates_nothing(opening: str) -> None:
    closing = "-->" if opening == "<!--" else opening.removesuffix("text")
    assert _count(f"{HEADER}{opening}\n\n---\n\n{closing}\n\n---\n\nsecond") == 2


def test_blank_slides_are_slides_as_in_reveal() -> None:
    assert _lines_of(f"{HEADER}\n---\n\none\n\n---\n\n----\n\n---\n\ntwo\n\n---\n") == [[4], [7], [10, 12], [15], [17]]


def _woven(before: str, output: str, after: str) -> list[Line]:
    put_in = [Line(text, Place("slides/deck.md", 3), None, written=False) for text in output.split("\n")]
    return [*placed(before, "slides/deck.md"), *put_in, *placed(after, "slides/deck.md")]


@pytest.mark.parametrize(
    "output", ["a\n\n---\n\nb", "Notes: x", "Note:\nx", "<!--", "```\nnever closed", "----", "    code", "# A"]
)
def test_what_a_cell_printed_neither_separates_slides_nor_begins_notes(output: str) -> None:
    lines = _woven("# One\n\n", output, "\n---\n\n# Two\n\nNotes:\nSaid.\n")
    (one,), (two,) = split(lines).stacks
    assert (one.markdown, one.notes) == (f"# One\n\n{output}", "")
    assert (two.markdown, two.notes) == ("# Two", "Said.")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("# A\n\nNotes:\nSaid.", []),
        ("# A\n\nNotes: Said.", []),
        ("# A\n\nNote:\nSaid.", []),
        ("# A\n\nNote: Said.", []),
        ("# A\n\n- a\nNote: Said.", []),
        ("# A\n\nA line\nNotes: and another", [4]),
        ("# A\n\n**Note:** important\n\n```yaml\nnote: x\n```\n\n- Note: x", []),
    ],
)
def test_notes_that_may_be_meant_for_readers_are_told(text: str, told: list[int]) -> None:
    problems = Problems()
    check(placed(text, "slides/deck.md"), 0, USUAL_DIALECT, problems)
    assert [problem.place.line for problem in problems] == told


@pytest.mark.parametrize("marker", ["Notes:", "Note:", "notes:"])
def test_notes_reach_to_the_end_of_the_slide(marker: str) -> None:
    slide = _only(f"# Seen\n\n{marker}\nSaid.\n\nSaid too.\n")
    assert (slide.markdown, slide.notes) == ("# Seen", "Said.\n\nSaid too.")


def test_notes_may_start_in_the_line_of_their_marker() -> None:
    assert _only("# Seen\n\nNote: Said.\nSaid too.\n").notes == "Said.\nSaid too."


def test_notes_marker_inside_a_fence_is_code() -> None:
    slide = _only("```yaml\nNotes:\n```\n")
    assert (slide.markdown, slide.notes) == ("```yaml\nNotes:\n```", "")


def test_slide_attributes_are_read_from_its_first_line() -> None:
    slide = _only("""\
        <!-- .slide: class="title wide" data-background="a > b.png" hidden -->
        # One
    """)
    assert slide.attributes == {"class": "title wide", "data-background": "a > b.png", "hidden": ""}
    assert slide.markdown == "# One"


@pytest.mark.parametrize("header", ["title: [", "- a list", "just words", ""])
def test_front_matter_that_is_no_mapping_counts_as_empty(header: str) -> None:
    deck = split(f"---\n{header}\n---\n\nOne\n")
    assert (dict(deck.meta), len(deck.stacks)) == ({"title": ""}, 1)


def test_deck_without_a_title_has_that_of_its_first_heading() -> None:
    assert split("text\n\n---\n\n## *Train* a [model](x.md) {#train}\n").meta["title"] == "Train a model"


def test_text_without_slides_is_an_empty_deck() -> None:
    assert split(HEADER).stacks == ()


@pytest.mark.parametrize(
    "mark", ["  Note: said", "- a\n\n  Notes: said", "Note：said", "Notes : said", "講者備註：said"]
)
def test_what_only_looks_like_notes_is_told(mark: str) -> None:
    problems = Problems()
    check(placed(f"# A\n\n{mark}\n", "deck.md"), 0, USUAL_DIALECT, problems)
    assert [problem.kind for problem in problems] == ["unclear-notes"]


def test_notes_that_begin_twice_on_a_slide_are_told() -> None:
    problems = Problems()
    check(placed("# A\n\nNote: said\n\n\n# B\n\nNote: said\n", "deck.md"), 0, USUAL_DIALECT, problems)
    assert [f"{problem.place.line} {problem.kind}" for problem in problems] == ["8 unclear-notes"]
