"""Where sections begin and what their keys are, held against what the renderer makes of the same text."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from labguide import blocks, documents
from labguide.l10n import sections
from labguide.l10n.model import Section, Text
from labguide.model import USUAL_DIALECT, DocumentKind, Project
from labguide.problems import Problems

KNOWN = sections.Known("en", USUAL_DIALECT)


def read(text: str, kind: DocumentKind = "lesson", language: str = "zh-TW") -> tuple[Text, list[str]]:
    problems = Problems()
    found = sections.read(sections.File("docs/a.md", kind, language, "a", text), KNOWN, problems)
    return found, [f"{problem.place.line} {problem.kind}" for problem in problems]


def keys(text: str, kind: DocumentKind = "lesson") -> list[str]:
    return [section.key for section in read(text, kind, "en")[0].sections]


def only(text: str, kind: DocumentKind = "lesson") -> Section:
    (section,) = read(text, kind)[0].sections
    return section


class _Headings(Treeprocessor):
    """The headings that stand in no list, quotation or box, as the renderer has them."""

    found: list[tuple[int, str]]

    def run(self, root: Element) -> None:
        self.found = []
        self._walk(root)

    def _walk(self, element: Element) -> None:
        for child in element:
            if re.fullmatch("h[1-6]", child.tag):
                self.found.append((int(child.tag[1]), child.get("id", "")))
            elif child.tag == "div" and "admonition" not in child.get("class", ""):
                self._walk(child)


def _renderer() -> tuple[Markdown, _Headings]:
    markdown = blocks.markdown_for(USUAL_DIALECT)
    headings = _Headings(markdown)
    markdown.treeprocessors.register(headings, "seen", -100)
    return markdown, headings


MARKDOWN, HEADINGS = _renderer()


def rendered(text: str) -> list[tuple[int, str]]:
    HEADINGS.found = []  # of an empty text it sees nothing
    MARKDOWN.reset()
    MARKDOWN.convert(text)
    return HEADINGS.found


LINES = st.sampled_from(
    [
        "",
        "",
        "text",
        "# One",
        "## Two {#two}",
        "## Two ##",
        "### `Three` & *more*: {#three .wide}",
        "#Four",
        "> # quoted",
        "- # item",
        "===",
        "---",
        "```",
        "```python",
        "~~~",
        "````",
        "    ```",
        "<div>",
        "</div>",
        "<div markdown>",
        "<!--",
        "-->",
        "<!-- en:0123456789ab -->",
        "- item",
        "!!! note",
        "    ## in a box",
        "| a | b |",
        "[^1]: # note",
        "&amp; # no",
    ]
)


@given(st.lists(LINES, max_size=9))
@settings(max_examples=400)
@example(["# One", "```", "# no", "```", "# One"])
@example(["<!--", "# no", "", "-->", "# One"])
@example(["text", "---", "", "text", "text", "---"])
def test_no_heading_of_the_renderer_is_hidden(lines: list[str]) -> None:
    text = "\n".join(["", *lines])  # nothing of it is front matter
    seen = [level for level, _ in rendered(text)]
    own = [section.level for section in read(text)[0].sections if section.level]
    assert _contains(own, seen)


def _contains(own: list[int], seen: list[int]) -> bool:
    """Whether the levels that were seen come one after the other among our own."""
    rest = iter(own)
    return all(level in rest for level in seen)


TITLES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x02\x03\\<&", exclude_categories=("Cc", "Cs")))


@given(st.lists(TITLES.map(str.strip).filter(bool), min_size=1, max_size=4))
@example(
    ["Say `this` & *that*", "Say this & that", ":smile: x", "a_b_c", "_a_ b", "C# {x}", "日本語", "a -- b", "[x](y)"]
)
def test_keys_are_the_ids_that_the_renderer_gives(titles: list[str]) -> None:
    text = "\n\n".join(f"## {title}" for title in titles)
    assert keys(text) == [key for _, key in rendered(text)]


@pytest.mark.parametrize(
    "text",
    [
        "# One\n\n```\n# no\n```\n",
        "# One\n\n~~~~\n# no\n~~~\n# no\n~~~~\n",
        "# One\n\n> # no\n",
        "# One\n\n- # no\n\n    # no\n",
        "# One\n\n<pre>\n# no\n\n# no\n</pre>\n",
        "# One\n\n<div>\n<div>\n# no\n</div>\n\n# no\n</div>\n",
        "# One\n\n<!--\n# no\n\n# no\n-->\n",
        "# One\n\n!!! note\n\n    # no\n",
        '# One\n\n=== "Tab"\n\n    ```\n    # no\n    ```\n',
        "---\n# no\n---\n# One\n",
        "title: A\n\n# One\n",
        "# One\n\n1. a\n   ```\n   # no\n   ```\n",
    ],
)
def test_what_only_looks_like_a_heading_begins_no_section(text: str) -> None:
    assert keys(text) == ["one"]


@pytest.mark.parametrize(
    "text",
    [
        "One\n===\n\nTwo\n---\n",
        "# One\n```\nnever closed\n\n# Two\n",
        "# One\n\n<div markdown>\n## Two\n</div>\n",
        "# One\n\n`<!--`\n\n# Two\n",
        "# One\n\n<div>never closed\n\n# Two\n",
        "# One\n<!-- closed --> <!-- never\n\n# Two\n",
        "# One\n\n- a\n- b\n# Two\n",
    ],
)
def test_headings_are_found_whatever_stands_above_them(text: str) -> None:
    assert keys(text) == ["one", "two"]


def test_a_deck_needs_a_blank_behind_the_signs_and_an_underline_of_hyphens_parts_its_slides() -> None:
    assert keys("# One\n\n#no\n\ntext\n---\n\n# Two\n", "deck") == ["one", "two"]


def test_a_deck_with_marks_of_its_own_is_parted_by_them() -> None:
    text = '---\nseparator: "\\n<!--s-->\\n"\n---\n# One\n\n<!--s-->\n\n# Two\n'
    (_, second) = read(text, "deck")[0].sections
    assert second.texts[0] == "<!--s-->"


@pytest.mark.parametrize(
    "heading",
    ["# T {#k}", "# T { #k }", "# T {: #k .a }", "# T {.a #k}", "# T {#k} #", '# T {id="k"}', "T {#k}\n==="],
)
def test_an_id_is_found_as_attr_list_finds_it(heading: str) -> None:
    section = only(f"{heading}\n")
    assert (section.key, section.title, section.pinned) == ("k", "T", True)


@pytest.mark.parametrize("heading", ["# T {.a}", "# T {x}", "# T { }", "# {}"])
def test_other_braces_are_no_id(heading: str) -> None:
    assert not only(f"{heading}\n").pinned


def test_an_id_that_stands_twice_is_told_and_both_sections_have_a_key() -> None:
    found, told = read("# A {#a}\n\n## B {#a}\n\n## C {#a_1}\n")
    assert ([section.key for section in found.sections], told) == (["a", "a_2", "a_1"], ["3 duplicate-id"])


@pytest.mark.parametrize("text", ["", "\n\n", "---\ntitle: A\n---\n", "text\n", "\ttab\n"])
def test_a_file_without_a_heading_is_one_section(text: str) -> None:
    assert (only(text).key, only(text).level) == ("", 0)


@given(st.lists(LINES, max_size=9), st.sampled_from(["lesson", "deck", "notebook"]))
def test_every_line_of_the_body_belongs_to_one_section(lines: list[str], kind: DocumentKind) -> None:
    text = "\n".join(["---", "x: y", "---", *lines])
    found = [line for section in read(text, kind)[0].sections for line in section.lines]
    written = text.split("\n")[3:]
    if written and written[-1] == "":
        written.pop()
    assert [(line.text, line.place.line) for line in found] == [(each, 4 + n) for n, each in enumerate(written)]


# ---- Marks ----


@pytest.mark.parametrize(
    "mark",
    [
        "<!-- en:0123456789ab -->",
        "<!--en:0123456789ab-->",
        "  <!--  en:0123456789ab   draft  -->  ",
        "<!-- en:0123456789ab quotes:ba9876543210 draft -->",
    ],
)
def test_a_mark_is_read_wherever_it_stands_in_its_section(mark: str) -> None:
    for text in (f"# A\n{mark}\n\ntext\n", f"# A\n\n{mark}\ntext\n", f"# A\n\ntext\n\n{mark}\n", f"{mark}\n# A\n"):
        found, told = read(text)
        assert (found.sections[0].mark.hash, told) == ("0123456789ab", [])  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    [
        "```\n<!-- en:0123456789ab -->\n```\n",
        "`<!-- en:0123456789ab -->` is a mark\n",
        "<!-- en: ask about this -->\n",
        "<!-- nb:added -->\n",
    ],
)
def test_what_is_shown_or_means_something_else_is_no_mark(text: str) -> None:
    found, told = read(f"# A\n\n{text}")
    assert (found.sections[0].mark, told) == (None, [])


@pytest.mark.parametrize(
    "mark",
    [
        "<!-- en:0123456789AB -->",
        "<!-- en: 0123456789ab -->",
        "<!-- en:0123456 -->",
        "<!-- en：0123456789ab -->",
        "<!-- EN:0123456789ab -->",
        "<!-- fr:0123456789ab -->",
        "<!-- en:0123456789ab sure -->",
        "text <!-- en:0123456789ab -->",
        "    <!-- en:0123456789ab -->",
        "> <!-- en:0123456789ab -->",
    ],
)
def test_what_was_meant_as_a_mark_is_told_at_its_line(mark: str) -> None:
    assert read(f"# A\n\n{mark}\n")[1] == ["3 bad-mark"]


def test_a_mark_in_a_source_is_told() -> None:
    assert read("# A\n<!-- en:0123456789ab -->\n", language="en")[1] == ["2 bad-mark"]


def test_one_mark_twice_is_one_mark() -> None:
    found, told = read("# A\n<!-- en:0123456789ab -->\n\n<!-- en:0123456789ab -->\n")
    assert (found.sections[0].mark.hash, told) == ("0123456789ab", [])  # type: ignore[union-attr]


# ---- Documents are read without marks ----


def parsed(text: str, kind: DocumentKind = "lesson", root: Path = Path("/nowhere")) -> str:
    return documents.parse(documents.Written("docs/a.md", kind, "zh-TW", text), Project(root), Problems()).text


@given(st.lists(LINES.filter(lambda line: "en:" not in line), max_size=8), st.integers(0, 8))
def test_a_document_with_a_mark_is_read_as_the_one_without_it(lines: list[str], at: int) -> None:
    mark = "<!-- zh-TW:0123456789ab quotes:0123456789ab todo -->"
    marked = [*lines[:at], mark, *lines[at:]]
    text = parsed("\n".join(["# T", *marked]))
    shown = "\n".join(text.split("\n"))
    assert mark not in shown or _is_hidden(lines, at)


def _is_hidden(lines: list[str], at: int) -> bool:
    """Whether a fence, a comment or raw HTML is open above a line."""
    opened = ("```", "~~~", "<div>", "<!--")
    return any(line.strip().startswith(opened) for line in lines[:at])


def test_a_mark_in_code_is_shown() -> None:
    assert "<!-- en:0123456789ab -->" in parsed("# A\n\n``` {.text .illustration}\n<!-- en:0123456789ab -->\n```\n")


def test_lines_keep_their_places_without_the_mark_above_them() -> None:
    written = documents.Written("docs/a.md", "lesson", "zh-TW", "# A\n<!-- en:0123456789ab -->\n\ntext\n")
    found = documents.parse(written, Project(Path("/nowhere")), Problems())
    assert [(line.text, line.place.line) for line in found.lines] == [("# A", 1), ("", 3), ("text", 4)]


@pytest.mark.timeout(60)  # it takes a moment; a pattern that tries every way to read a line would take hours
@pytest.mark.parametrize(
    "text",
    ["# a" + " " * 50_000 + "b", "# " + "# " * 50_000, "# a " + "{" * 50_000 + "}", "<!--" * 20_000, "| " * 50_000],
    ids=["blanks", "signs", "braces", "comments", "cells"],
)
def test_a_line_of_any_length_is_read_at_once(text: str) -> None:
    assert [section.hash for section in read(f"{text}\n")[0].sections]
