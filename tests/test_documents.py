"""What labguide sees in a document is what the renderer shows of it: differential tests with the real extensions."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown import Markdown
from pymdownx.snippets import SnippetPreprocessor

from labguide import blocks, documents, includes, shown_values
from labguide.lines import placed, split
from labguide.model import USUAL_DIALECT, Dialect, Project
from labguide.problems import Problems

EMOJI = {"emoji_index": None, "emoji_generator": None}
SITE = Dialect(
    (*USUAL_DIALECT.extensions, "pymdownx.emoji", "pymdownx.magiclink", "pymdownx.tilde", "pymdownx.caret"),
    USUAL_DIALECT.configs,
)
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=150)


def rendered(text: str, dialect: Dialect = SITE) -> str:
    return blocks.markdown_for(dialect).convert(text)


class _Text(HTMLParser):
    """The text of an element as a browser has it."""

    def __init__(self, tag: str) -> None:
        super().__init__()
        self._tag, self._depth, self.found = tag, 0, list[str]()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == self._tag:
            self._depth += 1
            if self._depth == 1:
                self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag == self._tag

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.found[-1] += data


def texts(page: str, tag: str) -> list[str]:
    parser = _Text(tag)
    parser.feed(page)
    parser.close()
    return parser.found


# ---- Values in sentences are text ----

VALUES = st.text(
    st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("*_`~=^[](){}<>|#+-.!:$&;\\\"'/@% \n1a準"), min_size=1
)
PLACES = {
    "p": "A {} b",
    "td": "| a | b |\n|---|---|\n| {} | x |",
    "h2": "## A {} b",
    "li": "- A {} b",
    "em": "An *a{}b* c",
    "div": "<div>\nA {} b\n</div>",
    "dd": "term\n:   A {} b",
    "blockquote": "> A {} b",
}


@pytest.mark.parametrize("tag", PLACES)
@given(value=VALUES)
@example("2*3*4")
@example("<script>alert(1)</script>")
@example("a|b")
@example(":smile: [x](y) {.cls} ==x== ~~y~~ $x$ \\n")
@example("1. x")
@example("https://example.com/a_b_c?d=e&f=g user@example.com #12 www.example.com")
@example("*args, **kwargs and __init__")
@PATIENT
def test_value_is_shown_as_it_is(tag: str, value: str) -> None:
    shown = shown_values.as_markdown(value)
    page = re.sub(r'<a class="headerlink".*?</a>', "", rendered(PLACES[tag].format(shown)))
    before, after = PLACES[tag].split("{}")
    expected = re.sub(r"^.*[\n ](?=\S* ?$)", "", before)
    (text,) = [each for each in texts(page, tag) if each.strip() and each != "x"][:1]
    assert expected.lstrip("*").strip() + " " * expected.endswith(" ") + value in text
    assert after


@pytest.mark.parametrize("value", ["- x", "# x", "1. x", "> x", "+ x", "    x", "---", "| x |", "x", "=== x", "[^1]: x"])
def test_value_at_the_start_of_a_line_is_no_markup(value: str) -> None:
    assert texts(rendered(shown_values.as_markdown(value)), "p") == [value]


@given(value=VALUES)
@PATIENT
def test_value_in_an_attribute_is_text(value: str) -> None:
    page = rendered(f'A <img alt="{shown_values.as_markdown(value, in_tag=True)}"> b')
    found = re.search(r'alt="([^"]*)"', page)
    assert found is not None
    assert html.unescape(found[1]) == value


@pytest.mark.parametrize("value", ["16,719", "87.7%", "0.90", "smworkshop-111122223333", "first", "準確率"])
def test_plain_value_stays_readable_in_the_woven_text(value: str) -> None:
    assert shown_values.as_markdown(value) == value
