"""Whatever a cell prints is known where a page shows it; whatever looks like a quote and was not printed is told."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown

from labguide import documents
from labguide.hosts import leftovers
from labguide.lines import placed
from labguide.model import Document, Line, Project, Woven
from labguide.problems import Problems
from labguide.weaving import outputs

MARKUP = st.sampled_from(
    [
        "{value}`a#b`",
        "```{cell} a#b",
        "```",
        '--8<-- "x"',
        "--8<--",
        "<pre>",
        "</pre>",
        "<b>",
        "&lt;",
        "&",
        "\t",
        "`",
        "\n",
    ]
)
PRINTED = st.lists(st.one_of(MARKUP, st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=8)))
NAME = st.text("abcdefghijkl-", min_size=1, max_size=8)

PAGE = "# Page\n\n```{cell} a#b\n```\n"


def placed_text(text: str) -> tuple[Line, ...]:
    return tuple(placed(text, "docs/page.md"))


def problems_of(document: str, woven: str) -> list[str]:
    """What is told of a page with this text and this woven text, rendered as sites render it."""
    project, problems = Project(Path("/nowhere")), Problems()
    page = documents.parse(documents.Written("docs/page.md", "lesson", "en", document, "page.md"), project, Problems())
    html = Markdown(extensions=["attr_list", "tables", "pymdownx.superfences", "pymdownx.highlight"]).convert(woven)
    leftovers.check(project, Woven(page, placed_text(woven)), html, problems)
    return [problem.kind for problem in problems]


@given(PRINTED, st.sampled_from(["", "    "]))
def test_what_a_cell_printed_is_known(printed: list[str], indent: str) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": "".join(printed)}
    block, _ = outputs.as_markdown([output], outputs.Look("recorded/a/b", "", "page.md", ' data-recorded="local, x"'))
    item = "- item\n\n" if indent else ""
    woven = f"# Page\n\n{item}" + "\n".join(f"{indent}{line}" for line in block) + "\n"
    assert problems_of(PAGE, woven) == []


@given(NAME, NAME, st.sampled_from(["{}", "- {}", "> {}", "| a |\n|---|\n| {} |", "**{}**", "### {}"]))
def test_value_that_nobody_replaced_is_told(script: str, name: str, around: str) -> None:
    text = f"# Page\n\n{around.format(f'{{value}}`{script}#{name}`')}\n"
    assert problems_of("# Page\n", text) == []  # a cell printed it
    page = Document("docs/page.md", "lesson", "en", placed_text(text), {}, 1, (), "page.md")
    problems = Problems()
    html = Markdown(extensions=["tables"]).convert(text)
    leftovers.check(Project(Path("/nowhere")), Woven(page, placed_text(text)), html, problems)
    assert [problem.kind for problem in problems] == ["unwoven-quote"]


@given(st.text(st.characters(categories=["L", "N"]), min_size=1))
def test_code_that_is_in_no_woven_text_is_told(code: str) -> None:
    page = Document("docs/page.md", "lesson", "en", placed_text("# Page\n"), {}, 1, (), "page.md")
    problems = Problems()
    leftovers.check(
        Project(Path("/nowhere")), Woven(page, placed_text("# Page\n")), f"<pre><code>x_{code}</code></pre>", problems
    )
    assert [problem.kind for problem in problems] == ["unwoven-code"]
