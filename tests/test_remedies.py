"""What a problem says about a word that is not known."""

from __future__ import annotations

from labguide.problems import did_you_mean


def test_remedy_names_the_nearest_word() -> None:
    assert did_you_mean("colums", ["rows", "columns"]) == 'did you mean "columns"?'


def test_remedy_says_how_many_words_it_leaves_out() -> None:
    assert did_you_mean("x", (f"page-{number:03}" for number in range(500))).endswith("page-039 and 460 more")
