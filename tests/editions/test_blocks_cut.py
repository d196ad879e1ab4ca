"""What of a document is the instructor's: blocks, comments, and what is nearly one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown import Markdown

from labguide import documents, editions
from labguide.model import DocumentKind, Edition, Project
from labguide.problems import Problems

EXTENSIONS = ["admonition", "pymdownx.details", "pymdownx.superfences", "pymdownx.tabbed", "def_list", "footnotes"]


def cut(text: str, edition: Edition = "student", kind: DocumentKind = "lesson") -> tuple[str, list[str]]:
    """What is left of a text, and what is wrong with it."""
    project, problems = Project(Path("/nowhere"), edition=edition), Problems()
    document = documents.parse(documents.Written("docs/a.md", kind, "en", text), project, Problems())
    made = editions.of_document(document, project, problems)
    assert [line.place for line in made.lines] == [line.place for line in document.lines]
    return made.text, [f"{problem.place.line} {problem.kind}" for problem in problems]


@pytest.mark.parametrize(
    "text",
    [
        "# A\n\n!!! instructor\n    SECRET\n\nopen\n",
        "# A\n\n!!! Instructor\n    SECRET\n\nopen\n",
        '# A\n\n!!! assistant "What to see"\n\n    SECRET\n\n    SECRET\n\nopen\n',
        "# A\n\n??? solution\n    SECRET\n\nopen\n",
        "# A\n\n???+ solution\n    SECRET\n\nopen\n",
        "# A\n\n!!!solution\n    SECRET\n\nopen\n",
        "# A\n\n!!! note solution\n    SECRET\n\nopen\n",
        "# A\n\n!!! solution inline end\n\tSECRET\n\nopen\n",
        "# A\nopen\n!!! instructor\n    SECRET\n",
        "1. open\n\n    !!! instructor\n        SECRET\n\n2. open\n",
        '=== "open"\n\n    !!! solution\n        SECRET\n\n    open\n',
        '!!! note\n    open\n\n    ??? solution "Answer"\n        SECRET\n\n        ```{.text .illustration}\n        SECRET\n        ```\n\n    open\n',  # noqa: E501
        "> open\n>\n> !!! instructor\n>     SECRET\n>\n> open\n",
        "term\n:   open\n\n    !!! instructor\n        SECRET\n\nopen\n",
        "[^1]: open\n\n    !!! instructor\n        SECRET\n\nopen[^1]\n",
        "open <!-- SECRET --> open\n",
        "<!-- SECRET\n\nSECRET -->\nopen\n",
        "1. open\n    <!-- SECRET\n    SECRET --> open\n",
        "<!-- en:SECRET -->\nopen\n",
        "<!-- .slide: SECRET -->\nopen\n",
        "<pre>\nopen <!-- SECRET -->\n</pre>\n",
        "`a` <!-- SECRET `b` SECRET --> open `c`\n",
    ],
)
def test_students_get_nothing_of_it_and_instructors_all(text: str) -> None:
    left, told = cut(text)
    assert "SECRET" not in left, left
    assert left.count("open") == text.count("open"), left
    assert told == []
    assert cut(text, "instructor")[0].count("SECRET") == text.count("SECRET")


@pytest.mark.parametrize(
    "text",
    [
        "# A\n\n```{.text .illustration}\n!!! instructor\n    shown\n```\n",
        "# A\n\n!!! note\n    shown\n",
        "`<!-- shown -->`\n",
        "```{.html .illustration}\n<!-- shown -->\n```\n",
        "A ``code ` <!-- shown --> `` here\n",
        "<!-- more -->\n",
    ],
)
def test_what_is_code_or_another_block_stays(text: str) -> None:
    assert cut(text) == (text, [])


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# A\n\n!!! instructors\n    x\n", 3),
        ("# A\n\n!!! instructor: ask them\n", 3),
        ("# A\n\n!! solution\n    x\n", 3),
        ("# A\n\n!!! solution-3\n    x\n", 3),
        ("# A\n\n!!! 解答\n    x\n", 3),
        ("# A\n\n！！！ solution\n    x\n", 3),
        ("# A\n\n/// solution\nx\n///\n", 3),
        ("# A\n\n::: instructor\nx\n:::\n", 3),
        ("# A\n\n> [!SOLUTION]\n> x\n", 3),
        ("- !!! solution\n\n        x\n", 1),
        ("# A\n\n!!! solution\n  two blanks\n", 4),
        ("# A\n\n!!! solution\n\nnothing in it\n", 3),
        ("# A\n\n!!! solution\n    x\ngoes on\n", 5),
    ],
)
def test_what_nearly_is_a_block_is_told_at_its_line(text: str, line: int) -> None:
    for edition in ("student", "instructor"):
        told = cut(text, edition)[1]  # type: ignore[arg-type]
        assert f"{line} unclear-block" in told, told


def test_a_comment_without_end_is_told() -> None:
    assert cut("a <!-- b\n\nc -->\n")[1] == ["1 open-comment"]


def test_blocks_get_titles_in_the_language_where_the_author_gives_none() -> None:
    text = cut('!!! instructor\n    a\n\n    ??? solution\n        b\n\n!!! assistant "Mine"\n    c\n', "instructor")[0]
    assert text == (
        '!!! instructor "For instructors"\n    a\n\n    ??? solution "Solution"\n        b\n\n'
        '!!! assistant "Mine"\n    c\n'
    )


def test_what_a_deck_reads_of_comments_stays() -> None:
    text = '<!-- .slide: class="a" data-notes="SECRET" id="b" -->\n# A\n\n- b <!-- .element: class="fragment" -->\n'
    assert cut(text, kind="deck")[0] == text.replace(' data-notes="SECRET"', "")


def test_without_the_extension_a_block_is_told() -> None:
    project, problems = Project(Path("/nowhere")), Problems()
    project = replace(project, dialect=replace(project.dialect, extensions=("attr_list",)))
    document = documents.parse(
        documents.Written("docs/a.md", "lesson", "en", "!!! solution\n    x\n"), project, Problems()
    )
    editions.of_document(document, project, problems)
    assert [problem.remedy for problem in problems] == ["add admonition to `markdown_extensions`"]


_PIECES = st.sampled_from(
    [
        "word",
        "- item",
        "1. item",
        "> quoted",
        '=== "tab"',
        "!!! note",
        "!!! solution",
        "??? instructor",
        "SECRET in a block",
        "```{.text .illustration}",
        "```",
        "# heading",
        "",
        "",
        "term\n:   meaning",
    ]
)


@given(st.lists(st.tuples(st.integers(0, 3), _PIECES), max_size=14))
@example([(0, "!!! solution"), (1, "- item"), (0, ""), (2, "SECRET in a block")])
@example([(0, "- item"), (1, "!!! solution"), (2, "SECRET in a block"), (0, "- item")])
def test_no_block_that_the_renderer_sees_is_left(pieces: list[tuple[int, str]]) -> None:
    text = "\n".join("    " * depth + piece if piece else "" for depth, piece in pieces) + "\n"
    left, _ = cut(text)
    rendered = Markdown(extensions=EXTENSIONS).convert(left)
    assert 'class="admonition solution' not in rendered
    assert '<details class="instructor' not in rendered
