"""Decks that other people wrote for reveal-md: where their slides and notes begin, and what they are made of."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from published_deck import DIALECT

from labguide import decks, documents
from labguide.model import Document, Project, UnrunRule
from labguide.problems import Problems


def _document(tmp_path: Path, text: str, problems: Problems | None = None) -> Document:
    """A deck as it is read for a site, where code that nobody ran may be shown."""
    project = Project(tmp_path, dialect=DIALECT, unrun=(UnrunRule(True),))
    written = documents.Written("slides/deck.md", "deck", "en", text, "slides/deck.html")
    return documents.parse(written, project, Problems() if problems is None else problems)


def _told(tmp_path: Path, text: str) -> list[str]:
    problems = Problems()
    _document(tmp_path, text, problems)
    return [f"{each.place.line} {each.kind}" for each in problems]


def _shape(text: str) -> list[list[str]]:
    return [[slide.markdown.strip() for slide in stack] for stack in decks.split(text).stacks]


def _html(text: str) -> str:
    page = decks.render(text, lang="en", assets="assets", dialect=DIALECT)
    return page.partition('<div class="slides">')[2].partition("</main>")[0]


@pytest.mark.parametrize(
    ("header", "body", "shape"),
    [
        ("separator: <!--s-->\nverticalSeparator: <!--v-->", "a\n<!--v-->\nb\n<!--s-->\nc", [["a", "b"], ["c"]]),
        (r"separator: '^\r?\n---\r?\n$'", "a\n\n---\n\nb\n---\nc", [["a"], ["## b\nc"]]),
        (r"separator: '\n\n\n'", "a\n\n\n\nb\n\n***\n\nc", [["a"], ["b\n\n***\n\nc"]]),
        ('separator: "\\n===\\n"', "a\n===\nb\n\n---\n\nc", [["a"], ["b\n\n***\n\nc"]]),
        (r"separator: ^---$", "a\n\n---\nb", [["a"], ["b"]]),
        (r"separator: (?<mark>--s--)", "a --s-- b", [["a"], ["b"]]),
        ("title: T", "a\n---v\nb\n---\nc\n+++\nd", [["a", "b"], ["c", "d"]]),
    ],
)
def test_marks_that_a_deck_names_part_its_slides(header: str, body: str, shape: list[list[str]]) -> None:
    assert _shape(f"---\n{header}\n---\n{body}\n") == shape


def test_second_rule_at_once_is_text_as_in_reveal() -> None:
    assert _shape("a\n---\n---\nb\n") == [["a"], ["***\nb"]]


def test_fence_that_is_never_closed_ends_with_its_slide() -> None:
    shape = _shape("```js\none\n\n---\n\n```python\ntwo\n```\n")
    assert [slide.splitlines()[0] for stack in shape for slide in stack] == ["```js", "```python"]


def test_fence_that_is_closed_hides_what_parts_slides() -> None:
    shape = _shape("```yaml\na: 1\n\n---\n\nb: 2\n```\n\n---\n\n```js\nc\n```\n")
    assert len(shape) == 2


def test_fence_that_is_forgotten_hides_no_later_slide() -> None:
    shape = _shape("```rust\none\n\n---\n\n# Two\n\n---\n\n```\nthree\n```\n")
    assert [stack[0].splitlines()[0] for stack in shape] == ["```rust", "# Two", "```"]


@pytest.mark.parametrize("marker", ["???", "^speaker:"])
def test_notes_begin_where_a_deck_says(marker: str) -> None:
    pattern = "notesSeparator: '\\?\\?\\?'" if marker == "???" else f"notesSeparator: '{marker}'"
    word = marker.lstrip("^")
    ((slide,),) = decks.split(f"---\n{pattern}\n---\nNote: seen\n\n{word}\nsaid\n").stacks
    assert slide.notes == "said"
    assert "Note" in slide.markdown


def test_notes_that_are_written_as_html_are_notes() -> None:
    ((slide,),) = decks.split('# A\n\n<aside class="notes">\n\nsay *this*\n\n</aside>\n\nb\n').stacks
    assert slide.notes == "say *this*"
    assert "aside" not in slide.markdown


def test_pattern_that_python_does_not_know_is_told(tmp_path: Path) -> None:
    assert _told(tmp_path, "---\ntitle: T\nseparator: '(?<=a+)b'\n---\na\n") == ["3 bad-separator"]
    assert _told(tmp_path, "---\nverticalSeparator: 'x*'\n---\na\n") == ["2 bad-separator"]


def test_scripts_are_refused_with_what_to_write_instead(tmp_path: Path) -> None:
    problems = Problems()
    _document(tmp_path, "---\nscripts: [a.js]\n---\n# A\n", problems)
    (problem,) = problems
    assert (problem.place.line, problem.kind) == (2, "refused-setting")
    assert "mermaid" in problem.remedy


@pytest.mark.parametrize(
    "asked",
    ["css: https://example.org/a.css", "css: [a.css, //example.org/b.css]", "revealOptions: {plugins: [RevealZoom]}"],
)
def test_what_a_deck_would_load_from_elsewhere_is_refused(tmp_path: Path, asked: str) -> None:
    assert _told(tmp_path, f"---\n{asked}\n---\n# A\n") == ["2 refused-setting"]


def test_project_may_name_the_marks_of_all_its_decks(tmp_path: Path) -> None:
    (tmp_path / "reveal-md.json").write_text('{"separator": "\\n---\\n", "verticalSeparator": "\\n--\\n"}')
    document = _document(tmp_path, "a\n--\nb\n---\nc\n")
    assert [[slide.markdown for slide in stack] for stack in decks.split(document.lines).stacks] == [["a", "b"], ["c"]]


def test_lines_of_a_deck_that_was_read_keep_their_places(tmp_path: Path) -> None:
    text = "---\nseparator: <!--s-->\n---\ntext\n- a\n  - b\n\n<!--s-->\n# Two\n\nNote: x\n"
    document = _document(tmp_path, text)
    places = {line.text.strip(): line.place.line for line in document.lines if line.text.strip()}
    assert (places["text"], places["- b"], places["---"], places["# Two"], places["Note: x"]) == (4, 6, 8, 9, 11)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("text\n- a\n  - b\n    - c\n", "<p>text</p><ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li></ul>"),
        ("1) a\n   * b\n", "<ol><li>a<ul><li>b</li></ul></li></ol>"),
        ("- a\n\n  more\n- b\n", "<ul><li><p>a</p><p>more</p></li><li><p>b</p></li></ul>"),
        ("> q\n\n> r\n", "<blockquote><p>q</p></blockquote><blockquote><p>r</p></blockquote>"),
        ("http://a.test/b\n", '<p><a href="http://a.test/b">http://a.test/b</a></p>'),
        ("~~x~~ :tada:\n", "<p><del>x</del>🎉</p>"),
        ("<div>\n\n*a*\n\n</div>\n", "<div><p><em>a</em></p></div>"),
        ("<div>\n*a*\n</div>\n", "<div>*a*</div>"),
        ("<my-box wide>\n\n- a\n\n</my-box>\n", "<my-box wide><ul><li>a</li></ul></my-box>"),
        (
            "- a\n\n    <!-- c -->\n    | b |\n    |---|\n    | d |\n",
            "<ul><li><p>a</p><!-- c --><table><thead><tr><th>b</th></tr></thead>"
            "<tbody><tr><td>d</td></tr></tbody></table></li></ul>",
        ),
        ('<div markdown="1">\n*a*\n</div>\n', "<div><p><em>a</em></p></div>"),
        ("$x_1$ and `$$y_2$$` for US$5 or US$6\n", r"<p>\(x_1\) and \[y_2\] for US$5 or US$6</p>"),
        ("\\\\(x\\\\)\n", r"<p>\(x\)</p>"),
        ("```mermaid\nA-->B\n```\n", '<pre class="mermaid">A--&gt;B</pre>'),
        ("<div><b>\n\na\n", "<div><b><p>a</p></b></div>"),
        ("a\n\n</div></section>\n", "<p>a</p>"),
        ("a\n\n<iframe src=x>\n", "<p>a</p><iframe src=x></iframe>"),
    ],
)
def test_text_of_others_becomes_what_it_is_in_reveal(text: str, expected: str) -> None:
    slide = _html(f"{text}\n---\n\n# Next\n").partition('<div class="slide">')[2].partition("\n</div>\n</section>")[0]
    bare = re.sub(r"</?span[^>]*>", "", slide)
    assert re.sub(r">\s+|\s+(?=<)", lambda found: found[0].strip(), bare.strip()) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('# A <!-- .element: class="fragment" -->', '<h1 class="fragment">'),
        ('- a <!-- .element: class="fragment" data-x="1" -->', '<li class="fragment" data-x="1">'),
        ('- a\n- b\n<!-- .element: class="c" -->\n- d', '<li class="c">b'),
        ('b\n\n<!-- .element: style="a" -->', '<p style="a">'),
        ('b **c** <!-- .element: class="d" -->', '<strong class="d">'),
        ('![p](p.png)<!-- .element: class="r-stretch" -->', 'src="p.png" class="r-stretch"/>'),
        ('<p class="old">x</p>\n<!-- .element: class="new" -->', '<p class="new">x</p>'),
        ('a<br><!-- .element: class="e" -->', '<p class="e">'),
    ],
)
def test_comment_says_something_of_the_element_before_it(text: str, expected: str) -> None:
    page = _html(f"first\n\n{text}\n")
    assert expected in page
    assert "<!--" not in page


def test_comment_of_a_slide_may_stand_anywhere_on_it() -> None:
    assert '<section class="wide" id="a"' in _html('## A\n\n<!-- .slide: class="wide" -->\n\nb\n')
    assert '<section data-line="1">' in _html('`<!-- .slide: class="wide" -->`\n')


@pytest.mark.parametrize(
    ("info", "attributes"),
    [
        ("js [1-2|3]", 'data-line-numbers="1-2|3"'),
        ("js[1|2]", 'data-line-numbers="1|2"'),
        ("{.js .illustration} [1,3|2]", 'data-line-numbers="1,3|2"'),
        ("js [25: 1|2]", 'data-line-numbers="1|2" data-ln-start-from="25"'),
    ],
)
def test_lines_of_code_are_shown_step_by_step(info: str, attributes: str) -> None:
    page = _html(f"```{info}\na = 1\nb = 2\nc = 3\n```\n")
    assert f"<code {attributes}>" in page
    assert page.count('<span class="line">') == 3


def test_words_behind_a_language_do_not_break_a_fence(tmp_path: Path) -> None:
    assert _told(tmp_path, "```java Main.java\nint a;\n```\n\n```scala mdoc:reset\nx\n```\n") == []
    assert _html("```java Main.java\nint a;\n```\n").count("<pre>") == 1


def test_deck_of_300_slides_and_a_slide_of_40_bullets_are_whole() -> None:
    text = "\n---\n".join(f"## S{number}\n- a\n  - b" for number in range(300))
    bullets = "\n".join(f"* bullet {number}" for number in range(40))
    page = _html(f"{text}\n---\n{bullets}\n")
    assert (page.count("<section"), page.count("<li>")) == (301, 640)


@pytest.mark.parametrize(
    "slide",
    [
        "layout: center\n---\n\n# A",
        "class: middle, inverse\n\n# A",
        "src: ./pages/a.md\n---",
        "# A\n\n::right::\n\nb",
        "# A\n\n<v-clicks>\n\n- b\n\n</v-clicks>",
        "![bg left:40%](a.png)\n\n# A",
        "<!-- _class: lead -->\n# A",
        "# A\n\n???\n\nsaid",
        "# A\n\n.left[\nb\n]",
        "# A\n\n{%youtube abc %}",
        "# A\n\n:::info\nb\n:::",
    ],
)
def test_what_other_programs_read_is_told(slide: str, tmp_path: Path) -> None:
    assert [each.split()[1] for each in _told(tmp_path, f"# One\n\n---\n{slide}\n")] == ["other-dialect"]


@pytest.mark.parametrize("setting", ["headingDivider: 2", "slideOptions:\n  theme: white", "src: ./a.md"])
def test_settings_of_other_programs_are_told(setting: str, tmp_path: Path) -> None:
    assert _told(tmp_path, f"---\n{setting}\n---\n# A\n") == ["2 refused-setting"]


def test_what_other_programs_read_is_not_told_in_code(tmp_path: Path) -> None:
    assert _told(tmp_path, "# A\n\n```text\n::right::\n???\n```\n\n`<v-click>` and `![bg](a.png)`\n") == []


def test_mark_that_a_deck_names_for_its_notes_is_no_other_program_s(tmp_path: Path) -> None:
    assert _told(tmp_path, "---\nnotesSeparator: '^\\?\\?\\?'\n---\n# A\n\n???\nsaid\n") == []


@pytest.mark.parametrize(
    "line",
    [
        '<script src="https://example.com/a.js"></script>',
        "<link rel=stylesheet href=//example.com/a.css>",
        '<style>@import url("https://example.com/a.css");</style>',
    ],
)
def test_scripts_and_styles_of_other_hosts_are_told(line: str, tmp_path: Path) -> None:
    assert _told(tmp_path, f"# A\n\n{line}\n") == ["3 other-dialect"]


def test_slide_that_is_lost_as_front_matter_is_told(tmp_path: Path) -> None:
    assert _told(tmp_path, "---\n\n# A\n\n---\n\n# B\n") == ["1 front-matter"]


def test_front_matter_that_never_ends_is_told(tmp_path: Path) -> None:
    assert _told(tmp_path, "---\ntitle: T\n\n# A\n") == ["1 front-matter"]
