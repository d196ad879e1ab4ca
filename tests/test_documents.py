"""What labguide sees in a document is what the renderer shows of it: differential tests with the real extensions."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown import Markdown
from mkdocs.utils.meta import get_data
from pymdownx import superfences
from pymdownx.snippets import SnippetExtension, SnippetMissingError

from case_project import Workshop
from labguide import blocks, documents, includes, revealmd, shown_values, weaving
from labguide.lines import placed, split
from labguide.model import USUAL_DIALECT, CellQuote, Dialect, Document, Project, UnrunCode, UnrunRule
from labguide.problems import CannotBuildError, Problems

SITE = Dialect(
    (*USUAL_DIALECT.extensions, "pymdownx.emoji", "pymdownx.magiclink", "pymdownx.tilde", "pymdownx.caret"),
    USUAL_DIALECT.configs,
)
FEW = settings(max_examples=80)


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
        self._depth -= tag == self._tag and self._depth > 0

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
    st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("*_`~=^[](){}<>|#+-.!:$&;\\\"'/@% \n1a準"),
    min_size=1,
)
PLACES = {
    "p": "A {} b",
    "td": "| a | b |\n|---|---|\n| {} | x |",
    "h2": "## A {} b",
    "li": "- A {} b",
    "em": "An *a{}b* c",
    "a": "A [x {} y](z.md) b",
    "div": "<div>\nA {} b\n</div>",
    "dd": "term\n:   A {} b",
    "blockquote": "> A {} b",
}
EXAMPLES = (
    "2*3*4",
    "<script>alert(1)</script>",
    "a|b",
    ":smile: [x](y) {.cls} ==x== ~~y~~ $x$ \\n",
    "1. x",
    "https://example.com/a_b_c?d=e&f=g user@example.com #12 www.example.com",
    "*args, **kwargs and __init__",
)


@pytest.mark.parametrize("tag", PLACES)
@given(value=VALUES | st.sampled_from(EXAMPLES))
@FEW
def test_value_is_shown_as_it_is(tag: str, value: str) -> None:
    page = rendered(PLACES[tag].format(f"«{shown_values.as_markdown(value)}»"))
    assert f"«{value}»" in texts(page, tag)[0]


@given(value=VALUES | st.sampled_from(EXAMPLES))
@FEW
def test_value_that_stands_alone_is_shown_as_it_is(value: str) -> None:
    shown = shown_values.as_markdown(value)
    assert texts(rendered(shown), "p") == [value]
    assert texts(rendered(PLACES["td"].format(shown)), "td") == [value, "x"]


@pytest.mark.parametrize(
    "value", ["- x", "# x", "1. x", "> x", "+ x", "    x", "---", "| x |", "x", "=== x", "[^1]: x"]
)
def test_value_at_the_start_of_a_line_is_no_markup(value: str) -> None:
    assert texts(rendered(shown_values.as_markdown(value)), "p") == [value]


@given(value=VALUES)
@FEW
def test_value_in_an_attribute_is_text(value: str) -> None:
    page = rendered(f'A <img alt="{shown_values.as_markdown(value, in_tag=True)}"> b')
    found = re.search(r'alt="([^"]*)"', page)
    assert found is not None
    assert html.unescape(found[1]) == value


@pytest.mark.parametrize("value", ["16,719", "87.7%", "0.90", "smworkshop-111122223333", "first", "準確率"])
def test_plain_value_stays_readable_in_the_woven_text(value: str) -> None:
    assert shown_values.as_markdown(value) == value


# ---- Code is what the renderer shows as code ----

INDENTS = st.sampled_from(["", "", "", "    ", "    ", "        ", "  ", "> ", "> > ", ">     ", "\t"])
PIECES = st.sampled_from(
    [
        "",
        "word{}",
        "```",
        "```python",
        "~~~",
        "~~~~ rust",
        "``` {{.text .x}}",
        "- word{}",
        "1. word{}",
        '=== "Tab {}"',
        "!!! note",
        "<pre>",
        "</pre>",
        "<!--",
        "-->",
        "`word{}",
        "word{}`",
        "[^1]: word{}",
        "See[^1] word{}",
        ":   word{}",
        "<div>",
        "</div>",
        "# word{}",
        "word{} <pre>",
        "<code>",
        "</code>",
        "| a{} | b |",
        "|---|---|",
        "```python foo=bar",
        "```python title='x'",
        "*[HTML]: word{}",
        "``word{}``",
        '??? tip "x{}"',
        "",
    ]
)


@st.composite
def markdown_texts(draw: st.DrawFn) -> list[str]:
    found = draw(st.lists(st.tuples(INDENTS, PIECES), min_size=1, max_size=18))
    lines = [indent + piece.format(f"x{number}x") for number, (indent, piece) in enumerate(found)]
    return [line if line.strip() else "" for line in lines]  # as weaving leaves them


def _numbers(text: str) -> set[int]:
    return {int(number) for number in re.findall(r"wordx(\d+)x", text)}


@given(lines=markdown_texts())
@settings(max_examples=600)
def test_all_code_in_the_rendered_page_was_seen(lines: list[str]) -> None:
    found = blocks.find(lines, 0, USUAL_DIALECT)
    seen = {
        number
        for block in (*found.fences, *found.others)
        for number in range(block.first, block.last + 1)
        if "word" in lines[number]
    }
    shown = _numbers("".join(texts(rendered("\n".join(lines), USUAL_DIALECT), "pre")))
    assert shown <= seen or found.broken


@given(lines=markdown_texts())
@settings(max_examples=300)
def test_fence_is_code_in_the_rendered_page(lines: list[str]) -> None:
    found = blocks.find(lines, 0, USUAL_DIALECT)
    fenced = {
        number
        for fence in found.fences
        for number in range(fence.first + 1, fence.last)
        if "word" in lines[number] and not any("<!--" in line or "-->" in line or "pre>" in line for line in lines)
    }
    shown = _numbers("".join(texts(rendered("\n".join(lines), USUAL_DIALECT), "pre")))
    assert fenced <= shown


# ---- Includes are those of pymdownx.snippets ----

NAMES = ("a.md", "b.md", "c.md")
INCLUDE_LINES = st.sampled_from(
    [
        "",
        "text",
        "    text",
        "--8<--",
        '--8<-- "a.md"',
        '    --8<-- "b.md"',
        "-8<- 'c.md:2:3'",
        '--8<-- "b.md:-2"',
        '--8<-- "c.md:part"',
        ';--8<-- "a.md"',
        ";--8<--",
        "a.md",
        "b.md:1:2,3:3",
        "; a.md",
        "c.md:part",
        "    c.md",
        "--8<-- [start:part]",
        "# --8<-- [end:part]",
        ";--8<-- [start:x]",
        'x --8<-- "a.md"',
        '> --8<-- "a.md"',
        "",
    ]
)
FILES = st.lists(INCLUDE_LINES, max_size=6).map("\n".join)


def _project(folder: Path) -> Project:
    options = {"base_path": ["parts"], "dedent_subsections": True, "check_paths": True}
    return Project(folder, dialect=Dialect(USUAL_DIALECT.extensions, {"pymdownx.snippets": options}))


def _by_snippets(text: str, folder: Path) -> list[str] | None:
    """The lines that pymdownx.snippets makes of a text; None if something cannot be included."""
    options = {"base_path": [str(folder / "parts")], "dedent_subsections": True, "check_paths": True}
    markdown = Markdown(extensions=[SnippetExtension(**options)])
    try:
        found: list[str] = markdown.preprocessors["snippet"].run(text.split("\n"))
    except SnippetMissingError:
        return None
    return found


@given(text=st.lists(INCLUDE_LINES, min_size=1, max_size=8).map("\n".join), parts=st.tuples(FILES, FILES, FILES))
@FEW
def test_includes_are_those_of_the_extension(
    tmp_path_factory: pytest.TempPathFactory, text: str, parts: tuple[str, str, str]
) -> None:
    folder = tmp_path_factory.mktemp("project")
    (folder / "parts").mkdir()
    for name, part in zip(NAMES, parts, strict=True):
        (folder / "parts" / name).write_text(part, "utf-8")
    problems = Problems()
    mine = includes.expand([*placed(text + "\n", "docs/page.md")], _project(folder), problems)
    expected = _by_snippets(text, folder)
    if not len(problems):
        assert [line.text for line in mine] == expected


@given(text=st.lists(INCLUDE_LINES | st.text(st.sampled_from('-8<;" [start:x]a')), min_size=1).map("\n".join))
@FEW
def test_protected_text_is_shown_as_it_is(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    protected = [includes.protect(line) for line in split(text + "\n")]
    assert _by_snippets("\n".join(protected), tmp_path_factory.getbasetemp()) == split(text + "\n")


# ---- Documents ----


def _write(folder: Path, path: str, content: str | bytes) -> None:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())


def _parse(folder: Path, text: str, **project: object) -> tuple[Document, list[str]]:
    """A page `docs/page.md` with that text, and the problems that were found in it."""
    problems = Problems()
    written = documents.Written("docs/page.md", "lesson", "en", text, "page.md")
    found = documents.parse(written, Project(folder, **project), problems)  # type: ignore[arg-type]
    return found, [str(problem) for problem in problems]


def test_line_knows_its_file_line_and_column_behind_two_includes(tmp_path: Path) -> None:
    _write(tmp_path, "snippets/outer.md", '    text\n\n      --8<-- "snippets/inner.md:part"\n')
    _write(tmp_path, "snippets/inner.md", "x\n--8<-- [start:part]\n    one {value}`s#v`\n    two\n--8<-- [end:part]\n")
    found, _ = _parse(tmp_path, 'A list\n\n-   --8<-- is text\n\n    --8<-- "snippets/outer.md:3:3"\n')
    (quote,) = found.quotes
    assert str(quote.place) == "snippets/inner.md:3:9"
    assert found.lines[quote.first].text == "    one {value}`s#v`"
    assert found.files == {"docs/page.md", "snippets/inner.md"}


@pytest.mark.parametrize(
    ("content", "told"),
    [("中文".encode("big5"), '"snippets/part.md" is not UTF-8; save it as UTF-8 [unreadable]'), (b"\xef\xbb\xbfx", "")],
)
def test_included_file_in_another_encoding_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    _write(tmp_path, "snippets/part.md", content)
    found, problems = _parse(tmp_path, 'One\n\n--8<-- "snippets/part.md"\n')
    assert problems == ([f"docs/page.md:3: {told}"] if told else [])
    assert told or found.lines[2].text == "x"


def test_encoding_of_the_host_counts(tmp_path: Path) -> None:
    _write(tmp_path, "snippets/part.md", "中文".encode("big5"))
    dialect = Dialect(USUAL_DIALECT.extensions, {"pymdownx.snippets": {"encoding": "big5"}})
    found, problems = _parse(tmp_path, '--8<-- "snippets/part.md"\n', dialect=dialect)
    assert (found.text, problems) == ("中文\n", [])


def test_includes_need_no_current_folder_and_take_the_first_base_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("project/b/part.md", "project/c/part.md", "elsewhere/b/part.md"):
        _write(tmp_path, path, path)
    monkeypatch.chdir(tmp_path / "elsewhere")
    dialect = Dialect(USUAL_DIALECT.extensions, {"pymdownx.snippets": {"base_path": ["a", "b", "c"]}})
    found, _ = _parse(tmp_path / "project", '--8<-- "part.md"\n', dialect=dialect)
    assert found.text == "project/b/part.md\n"


def test_include_for_which_the_host_has_no_extension_is_told(tmp_path: Path) -> None:
    text = 'See\n\n--8<-- "no.md"\n'
    found, problems = _parse(tmp_path, text, dialect=Dialect(("pymdownx.superfences",)))
    assert found.text == text
    assert [problem.partition(",")[0] for problem in problems] == ["docs/page.md:3: nothing is included here"]


@pytest.mark.parametrize("line", ['- --8<-- "a.md"', '> --8<-- "a.md"', '1. --8<-- "a.md"', '--8<-- "a.md" '])
def test_include_that_does_not_stand_alone_is_told(line: str, tmp_path: Path) -> None:
    _, problems = _parse(tmp_path, f'x\n\n{line}\n\nIn `--8<-- "a.md"` it is code.\n')
    assert [problem.partition(",")[0] for problem in problems] == ["docs/page.md:3: this includes nothing"]


def test_file_that_is_appended_to_every_page_cannot_quote(tmp_path: Path) -> None:
    _write(tmp_path, "abbreviations.md", "*[HTML]: Hyper\n\n{value}`s#v`\n\n```python\n1\n```\n")
    options = {"auto_append": ["abbreviations.md"]}
    problems = Problems()
    dialect = Dialect(USUAL_DIALECT.extensions, {"pymdownx.snippets": options})
    documents.check_appended(Project(tmp_path, dialect=dialect), problems)
    assert [str(problem).partition(";")[0] for problem in problems] == [
        "abbreviations.md:3:1: a file that is appended to every page cannot quote or show code",
        "abbreviations.md:5: this code was not run",
    ]


def test_options_that_snippets_does_not_know_are_told_without_a_traceback(tmp_path: Path) -> None:
    dialect = Dialect(USUAL_DIALECT.extensions, {"pymdownx.snippets": {"base_pth": ["a"]}})
    with pytest.raises(CannotBuildError, match=r"^mkdocs\.yml:1: .*base_pth"):
        _parse(tmp_path, "x\n", dialect=dialect)


@pytest.mark.parametrize(
    ("text", "meta", "body_line"),
    [
        ("notebook: notebooks/x.py\ntitle: A\n    page\n\n# A\n", {"notebook": "notebooks/x.py", "title": "A page"}, 5),
        ("Title: A\n# A\n", {"title": "A"}, 2),
        ("# A\nkey: value\n", {}, 1),
        ("\nkey: value\n", {}, 1),
        ("---\ntitle: A\n---\nkey: value\n", {"title": "A"}, 4),
        ("", {}, 1),
    ],
)
def test_front_matter_is_that_of_mkdocs(text: str, meta: dict[str, str], body_line: int, tmp_path: Path) -> None:
    found, _ = _parse(tmp_path, text)
    assert (dict(found.meta), found.body_line) == (meta, body_line)
    rest, read = get_data(text)
    body = "\n".join(line.text for line in found.lines[body_line - 1 :])
    assert (read, rest.strip("\n")) == (meta, body.strip("\n"))


def test_quote_in_front_matter_is_told(tmp_path: Path) -> None:
    _, problems = _parse(tmp_path, "Result: {value}`s#v`\n\n# A\n")
    assert [problem.partition(";")[0] for problem in problems] == [
        "docs/page.md:1: this line is front matter, which quotes nothing"
    ]


@pytest.mark.parametrize(
    ("rules", "shown"),
    [
        ((), ["rust"]),
        ((UnrunRule(show=False, languages=("rust",)),), []),
        ((UnrunRule(show=True),), ["python", "rust", "", "indented"]),
        ((UnrunRule(show=True, languages=("Python",)),), ["python", "rust"]),
        ((UnrunRule(show=True, paths=("docs/**",)),), ["python", "rust", "", "indented"]),
        (
            (UnrunRule(show=False, paths=("slides/**",)), UnrunRule(show=True, languages=("python",))),
            ["python", "rust"],
        ),
    ],
)
def test_first_rule_that_fits_decides(rules: tuple[UnrunRule, ...], shown: list[str], tmp_path: Path) -> None:
    text = "```python\n1\n```\n\n```rust\n1\n```\n\n```\n1\n```\n\nA\n\n    indented\n"
    lines = {1: "python", 5: "rust", 9: "", 15: "indented"}
    found, problems = _parse(tmp_path, text, unrun=rules)
    assert [lines[quote.place.line] for quote in found.quotes] == shown
    assert len(problems) == len(lines) - len(shown)


def test_fence_that_the_host_draws_is_no_code(tmp_path: Path) -> None:
    drawn = {"name": "mermaid", "class": "mermaid", "format": superfences.fence_code_format}
    python = {"name": "python", "class": "python", "format": superfences.fence_code_format}
    dialect = Dialect(("pymdownx.superfences",), {"pymdownx.superfences": {"custom_fences": [drawn, python]}})
    found, problems = _parse(tmp_path, "```mermaid\ngraph\n```\n\n```python\n1\n```\n", dialect=dialect)
    assert found.quotes == ()
    assert [problem.partition(":")[2][:2] for problem in problems] == ["5:"]


@pytest.mark.parametrize("name", ["我的 腳本#步驟 一", "a#b {x}", "a#b"])
@pytest.mark.parametrize(
    "fence", ["```{cell} %s\n```", "~~~~ {cell} %s\n~~~~", "```{cell}%s\n```", "> ```{cell} %s\n> ```"]
)
def test_cell_is_quoted_by_any_name_in_any_fence(name: str, fence: str, tmp_path: Path) -> None:
    found, problems = _parse(tmp_path, fence % name)
    assert [f"{quote.script}#{quote.cell}" for quote in found.quotes if isinstance(quote, CellQuote)] == [name]
    assert problems == []


@pytest.mark.parametrize(
    "extensions", [("pymdownx.extra",), ("fenced_code",), (), ("pymdownx.superfences", "fenced_code")]
)
def test_fences_are_those_of_superfences_however_it_came(extensions: tuple[str, ...]) -> None:
    found = blocks.find(["- a", "", "    ```python", "    1", "    ```"], 0, Dialect(extensions))
    assert [(fence.first, fence.last, fence.language) for fence in found.fences] == [(2, 4, "python")]


def test_downloaded_notebook_shows_values(tmp_path: Path) -> None:
    files = Workshop(tmp_path, "places-in-a-notebook-page").build().files
    assert "It has 3 rows, and {value}" in files["notebooks/tour.ipynb"].decode()
    assert "共 3 列" in files["notebooks/tour-executed.zh-TW.ipynb"].decode()


@given(lines=st.lists(INDENTS.flatmap(lambda indent: st.text(max_size=12).map(lambda text: indent + text))))
@settings(max_examples=300)
def test_any_text_is_read_and_woven_without_a_traceback(lines: list[str]) -> None:
    project, problems = Project(Path("/nowhere")), Problems()
    found = documents.parse(
        documents.Written("docs/page.md", "lesson", "en", "\n".join(lines), "page.md"), project, problems
    )
    woven = weaving.weave(found, weaving.Recorded(project, {}, {}), problems)
    assert all(line.place.path == "docs/page.md" for line in woven.lines)


@pytest.mark.parametrize("text", ["- " * 500 + "x\n\n    code", "\x02wzxhzdk:0\x03\n\n    code", "<![x\n\n    code"])
def test_text_that_breaks_the_renderer_is_a_problem(text: str, tmp_path: Path) -> None:
    _, problems = _parse(tmp_path, text)
    assert problems


def test_text_that_breaks_the_renderer_leaves_the_next_page_as_it_is() -> None:
    page = ["- A list", "", "        code", "", "    its second paragraph"]
    before = blocks.find(page, 0, USUAL_DIALECT)
    assert blocks.find(["- " * 500 + "x", "", "    code"], 0, USUAL_DIALECT).fault
    assert blocks.find(page, 0, USUAL_DIALECT) == before


@given(lines=markdown_texts(), quoted=st.sampled_from(["{value}`s#v`", "```{cell} s#c\n```"]), at=st.integers(0, 18))
@settings(max_examples=300)
def test_quote_is_woven_or_hidden_or_a_problem(lines: list[str], quoted: str, at: int) -> None:
    """No quote that a reader sees stays as it is without a word."""
    text = "\n".join([*lines[:at], *quoted.split("\n"), *lines[at:]])
    project = Project(Path("/nowhere"), unrun=(UnrunRule(show=True),))
    problems = Problems()
    found = documents.parse(documents.Written("slides/a.md", "deck", "en", text, "slides/a.html"), project, problems)
    mark = "{value}" if "value" in quoted else "{cell}"
    seen = found.text.replace(mark, f"@{mark[1:]}")  # as a deck is rendered: in its own dialect, brought into form
    page = re.sub(r"(?s)<!--.*?-->", "", rendered(seen, revealmd.of_decks(USUAL_DIALECT)))
    quotes = [quote for quote in found.quotes if not isinstance(quote, UnrunCode)]
    code = "".join(texts(page, "pre")) + "".join(texts(page, "code"))
    shown = mark[1:] in re.sub(r"<[^>]*>", "", page).replace(f"@{mark[1:]}", mark[1:])
    assert quotes or len(problems) or not shown or mark[1:] in code


def test_mark_of_a_declared_number_begins_no_emphasis() -> None:
    """In Chinese, where no blanks part words, its asterisk would pair with the next one."""
    page = rendered(f"約 10{weaving._declared_mark('zh-TW')} 分鐘，看看還有誰在*訓練*前面舉手。")
    assert "<em>訓練</em>前面" in page
    assert ">*</abbr>" in html.unescape(page)
