"""What a translation may do to its source: change words, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from labguide import l10n
from labguide.l10n import parity
from labguide.model import USUAL_DIALECT, Dialect, Project
from labguide.problems import Problem, Problems

CELL = "```{cell} train#fit\n:show: code\n:title: Fit it\n```"
INDENTED = "\n".join(f"    {line}" for line in CELL.split("\n"))
CODE = "```python\nx = 1  # one\nprint(x)\n```"

Compare = Callable[..., list[Problem]]

DIALECT = Dialect(
    (*USUAL_DIALECT.extensions, "pymdownx.tasklist", "pymdownx.arithmatex"),
    {**USUAL_DIALECT.configs, "pymdownx.arithmatex": {"generic": True}},
)


@pytest.fixture
def compare(tmp_path: Path) -> Compare:
    """What is told of a translation of a page whose every section is in sync."""

    def compared(source: str, translation: str, *, folder: str = "docs", name: str = "page.md") -> list[Problem]:
        stem, _, ending = name.partition(".")
        write(tmp_path / folder / name, source)
        write(tmp_path / folder / f"{stem}.zh-TW.{'md' if ending == 'py' else ending}", translation)
        project = Project(tmp_path, ("en", "zh-TW"), dialect=DIALECT)
        sync(project)
        problems = Problems()
        pages = l10n.status(project, problems)
        assert all(standing.in_sync for page in pages for standing in page.standings), pages
        parity.check(project, pages, problems)
        return list(problems)

    return compared


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def sync(project: Project) -> None:
    """Give each section of each translation the mark of the source's section."""
    for page in l10n.status(project, Problems()):
        assert page.translation
        path = project.root / page.translation.path
        lines = path.read_text("utf-8").split("\n")
        pairs = [(each.source, each.translation) for each in page.standings if each.source and each.translation]
        for source, translation in sorted(pairs, key=lambda pair: -pair[1].place.line):
            lines.insert(translation.place.line if translation.level else 0, f"<!-- en:{source.hash} -->")
        path.write_text("\n".join(lines), "utf-8")


def page(body: str, title: str = "Title") -> str:
    return f"# {title} {{#top}}\n\n{body}\n"


def messages(found: list[Problem]) -> str:
    return "\n".join(map(str, found))


# ---- What is no difference ----

SAME = {
    "words": ("Some *words* here.", "這裡有**一些**文字。"),
    "paragraphs": ("One.\n\nTwo.", "一。二。"),
    "a quote with another title": (CELL, CELL.replace("Fit it", "訓練")),
    "comments in code": (CODE, CODE.replace("# one", "# 一")),
    "a comment on a line of its own": (CODE, CODE.replace("x = 1", "# 先設定\nx = 1")),
    "the title of a fence": ('```python title="A"\nx\n```', '```python title="甲"\nx\n```'),
    "words of a drawing": ("``` {.text .illustration}\na --> b\n```", "``` {.text .illustration}\n甲 --> 乙\n```"),
    "a picture of the language": ("![A](images/a.svg)", "![甲](images/a.zh-TW.svg)"),
    "a page of the language": ("[A](b.ipynb#c)", "[甲](b.zh-TW.ipynb#c)"),
    "another's page in the language": (
        "[A](https://docs.aws.amazon.com/a.html)",
        "[甲](https://docs.aws.amazon.com/zh_tw/a.html)",
    ),
    "a wiki of the language": ("[A](https://en.wikipedia.org/wiki/Mean)", "[甲](https://zh.wikipedia.org/wiki/平均)"),
    "the title of a box": ('!!! note "A"\n\n    B', '!!! note "甲"\n\n    乙'),
    "names of tabs": ('=== "A"\n\n    B\n\n=== "C"\n\n    D', '=== "甲"\n\n    乙\n\n=== "丙"\n\n    丁'),
    "order of a sentence": ("`a` before `b`", "`b` 之前是 `a`"),
    "order of what an entry says": ("- `a` before `b`\n- `c`", "- `b` 之前是 `a`\n- `c`"),
    "a name said in one entry for two": ("- `a` and `b`\n- `a` too", "- `a` 與 `b`\n- 它也是"),
    "a name said twice": ("`a` and what it does", "`a` 以及 `a` 做什麼"),
    "words in a formula": (r"\(x_{\text{max}}\)", r"\( x_{\text{最大}} \)"),
    "a reference far away": ("[A][r]\n\n[r]: b.md", "[甲](b.md)"),
    "a value without a blank before it": ("**Cost** {value}`a#b:.2f`", "**費用**{value}`a#b:.2f`"),
    "a value of the language": ("{value}`a#millions` million", "{value}`a#millions_zh_tw:,` 萬"),
    "an output of the language": (
        "```{cell} a#table\n:show: output\n```",
        "```{cell} a#table-zh-tw\n:show: output\n```",
    ),
    "a task": ("- [ ] A", "- [ ] 甲"),
    "signs of a list": ("* A\n* B", "- 甲\n- 乙"),
    "an author's comment": ("A", "<!-- 譯註 -->\n\n甲"),
    "ticks and tildes": ("```python\nx\n```", "~~~python\nx\n~~~"),
}


@pytest.mark.parametrize("name", SAME)
def test_translation_may_differ_in(name: str, compare: Compare) -> None:
    source, translation = SAME[name]
    found = compare(page(source), page(translation))
    assert not found, messages(found)


# ---- What is one ----

DIFFERENT = {
    "a quote left out": (CELL, "文字", "`{cell} train#fit` of docs/page.md:3 is missing"),
    "a quote added": ("A", CELL, "`{cell} train#fit` is not in"),
    "another cell quoted": (CELL, CELL.replace("#fit", "#test"), "here stands the quote `{cell} train#test`"),
    "a quote that shows more": (CELL, CELL.replace(":show: code", ":show: code, output"), ":show: code"),
    "a quote without its title": (
        CELL,
        CELL.replace(":title: Fit it\n", ""),
        "has not what docs/page.md:3 has: :title:",
    ),
    "an option added": (CELL, CELL.replace(":show", ":lines: 1\n:show"), "has what docs/page.md:3 has not: :lines: 1"),
    "a quote in a comment": (CELL, f"<!--\n{CELL}\n-->", "is missing"),
    "a quote in indented text": (CELL, INDENTED, "is missing"),
    "a quote inside a longer fence": (CELL, f"````text\n{CELL}\n````", "is missing"),
    "two quotes swapped": (f"{CELL}\n\n```{{cell}} a#b\n```", f"```{{cell}} a#b\n```\n\n{CELL}", "`{cell} a#b`"),
    "code changed": (CODE, CODE.replace("print(x)", "print(y)"), "`print(y)` for `print(x)`"),
    "code dropped": (CODE, CODE.replace("print(x)\n", ""), "nothing more for `print(x)`"),
    "code added": (CODE, CODE.replace("print(x)", "print(x)\nexit()"), "`exit()` for nothing more"),
    "code commented out": (CODE, CODE.replace("print(x)", "# print(x)"), "nothing more for `print(x)`"),
    "a comment that runs": (CODE, CODE.replace("x = 1  # one", "x = 1  # 一\nexit()"), "`exit()` for `print(x)`"),
    "indentation": (CODE, CODE.replace("print(x)", "  print(x)"), "not that of"),
    "an annotation": ("```python\nx  # (1)!\n```\n\n1. A", "```python\nx\n```\n\n1. 甲", "`x` for `x (1)!`"),
    "tabs for blanks": ("```make\na:\n\tb\n```", "```make\na:\n    b\n```", "`b` is indented in another way"),
    "a text in code": ('```python\na = "b"\n```', '```python\na = "乙"\n```', "not that of"),
    "a first line that names a program": ("```sh\n#!/bin/sh\nx\n```", "```sh\n#!/bin/zsh\nx\n```", "`#!/bin/zsh`"),
    "a fence retagged": (CODE, CODE.replace("python", "text"), "here stands the fence `text`, but in docs/page.md:3"),
    "a fence retagged as a drawing": (
        CODE,
        CODE.replace("python", " {.python .illustration}"),
        "here stands the fence",
    ),
    "a fence retagged as a diagram": (CODE, CODE.replace("python", "mermaid"), "here stands the fence `mermaid`"),
    "commands in an illustration": (
        "``` {.shell .illustration}\naws a\n```",
        "``` {.shell .illustration}\naws b\n```",
        "`aws b` for `aws a`",
    ),
    "a fence as indented code": (CODE, "    x = 1\n    print(x)", "is missing here"),
    "a fence as raw HTML": (CODE, "<pre><code>x = 1\nprint(x)</code></pre>", "is missing here"),
    "indented code": ("A\n\n    x", "甲\n\n    y", "`y` for `x`"),
    "raw code": ("<pre>x</pre>", "<pre>y</pre>", "`y` for `x`"),
    "a program added": ("A", "<script>x()</script>", "a block of code is not in"),
    "code in a sentence changed": ("Run `a`.", "執行 `b`。", "the code `b` stands here, but in"),
    "code in a sentence dropped": ("Run `a`.", "執行。", "the code `a` of docs/page.md:3 is missing"),
    "code in raw HTML": ("Run `a`.", "執行 <code>b</code>。", "the code `b` stands here"),
    "two codes swapped": ("`a`, `a`, not `b`", "`b`、`b`，不是 `a`", "the code `b` stands here, but in docs"),
    "codes swapped between entries": (
        "- `a` makes it\n- `b` deletes it",
        "- `b` 建立\n- `a` 刪除",
        "the code `b` stands here, but in docs/page.md:3 the code `a`",
    ),
    "codes swapped between rows": (
        "|A|B|\n|-|-|\n|`a`|makes it|\n|`b`|deletes it|",
        "|甲|乙|\n|-|-|\n|`b`|建立|\n|`a`|刪除|",
        "the code `b` stands here, but in docs/page.md:5 the code `a`",
    ),
    "a key": ("<kbd>Enter</kbd>", "<kbd>Esc</kbd>", "`Esc` stands here"),
    "a value changed": ("{value}`a#b`", "{value}`a#c`", "the value `a#c` stands here"),
    "a value in another form": ("{value}`a#b:.1%`", "{value}`a#b`", "the value `a#b` stands here"),
    "a value as a number": ("{value}`a#b`", "42", "the value `a#b` of docs/page.md:3 is missing"),
    "a value as code": ("{value}`a#b`", "`a#b`", "the value `a#b` of docs/page.md:3 is missing"),
    "a link elsewhere": ("[A](b.md)", "[甲](c.md)", "a link to `c.md` stands here"),
    "a link to another part": ("[A](b.md#c)", "[甲](b.md#d)", "a link to `b.md#d` stands here"),
    "a link to another host": ("[A](https://a.com/)", "[甲](https://a.tw/)", "a link to `https://a.tw/`"),
    "a link dropped": ("[A](b.md)", "甲", "a link to `b.md` of docs/page.md:3 is missing"),
    "a picture dropped": ("![A](a.svg)", "甲", "the image `a.svg` of docs/page.md:3 is missing"),
    "another type of box": ("!!! note\n\n    A", "!!! warning\n\n    甲", "here stands the box `!!! warning`"),
    "a box that is open": ("??? note\n\n    A", "???+ note\n\n    甲", "here stands the box `???+ note`"),
    "a solution that leaves its box": (
        f"!!! solution\n\n{INDENTED}",
        f"!!! solution\n\n    答案\n\n{CELL}",
        "by itself, but docs/page.md:5 in `!!! solution`",
    ),
    "an item left out": ("- A\n- B", "- 甲", "the list has not what docs/page.md:3 has: 2 items"),
    "a list that is none": ("A\n\n- B\n- C", "甲\n- 乙\n- 丙", "the list of docs/page.md:5 is missing"),
    "numbers for bullets": (
        "- A\n- B",
        "1. 甲\n2. 乙",
        "here stands the numbered list, but in docs/page.md:3 the list",
    ),
    "a row left out": ("|a|b|\n|-|-|\n|c|d|\n|e|f|", "|a|b|\n|-|-|\n|c|d|", "3 rows of 2 columns"),
    "a column left out": ("|a|b|\n|-|-|\n|c|d|", "|a|\n|-|\n|c|", "2 rows of 2 columns"),
    "a tab left out": ('=== "A"\n\n    B\n\n=== "C"\n\n    D', '=== "A"\n\n    B', "the tab of docs/page.md"),
    "a quote in another tab": (
        f'=== "A"\n\n    B\n\n=== "C"\n\n    D\n\n{INDENTED}',
        f'=== "A"\n\n    B\n\n{INDENTED}\n\n=== "C"\n\n    D',
        "train#fit",
    ),
    "a formula": (r"\(x+1\)", r"\(x-1\)", "the formula"),
    "a task that is done": ("- [ ] A", "- [x] 甲", "checked"),
    "a class": ("[A](b.md){ .md-button }", "[甲](b.md)", "the class `md-button` of"),
    "text that is hidden": ("A", '<div style="display:none">甲</div>', "the element `<div>` stands here"),
    "a program from elsewhere": (
        "A",
        '甲\n\n<script src="https://a.tw/x.js"></script>',
        "`https://a.tw/x.js` in the element `<script>` stands here",
    ),
    "a frame of another page": (
        '<iframe src="https://a.com/"></iframe>',
        '<iframe src="https://a.tw/"></iframe>',
        "`https://a.tw/` in the element `<iframe>` stands here",
    ),
    "another film": (
        '<video controls><source src="a.mp4"></video>',
        '<video controls><source src="b.mp4"></video>',
        "`b.mp4` in the element `<source>` stands here",
    ),
    "a blank behind the sign that a line goes on": (
        "```bash\naws a \\\n  b\n```",
        "```bash\naws a \\ \n  b\n```",
        "not that of docs/page.md:3",
    ),
    "a wide blank in code": ("Run `aws a`.", "執行 `aws\u3000a`。", "the code `aws<U+3000>a` stands here"),
    "a blank in code that breaks no line": (
        "Run `aws a`.",
        "執行 `aws\u00a0a`。",
        "the code `aws<U+00A0>a` stands here",
    ),
    "a comment that a program reads": (
        "```bash\n#SBATCH --nodes=2\nx\n```",
        "```bash\n#SBATCH --nodes=4\nx\n```",
        "`#SBATCH --nodes=4` for `#SBATCH --nodes=2`",
    ),
    "an address in the line below": ("[A][r]\n\n[r]:\n    b.md", "[甲][r]\n\n[r]:\n    c.md", "a link to `c.md`"),
    "an id dropped": ("A\n{: #b }", "甲", "the id `b` of"),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_translation_may_not_differ_in(name: str, compare: Compare) -> None:
    source, translation, said = DIFFERENT[name]
    found = compare(page(source), page(translation))
    assert said in messages(found), messages(found)
    assert all(problem.kind == parity.KIND and problem.place.path == "docs/page.zh-TW.md" for problem in found)


# ---- What is compared ----


def test_section_out_of_sync_is_not_compared(tmp_path: Path) -> None:
    write(tmp_path / "docs/page.md", page(CELL))
    write(tmp_path / "docs/page.zh-TW.md", page("甲"))
    project = Project(tmp_path, ("en", "zh-TW"))
    sync(project)
    write(tmp_path / "docs/page.md", page(f"{CELL}\n\nMore."))
    problems = Problems()
    parity.check(project, l10n.status(project, problems), problems)
    assert not len(problems)


def unmarked(tmp_path: Path, translation: str) -> list[Problem]:
    """What is told of a translation that says of no section what it was made from."""
    write(tmp_path / "docs/page.md", page(f"Words.\n\n{CODE}\n\n- one\n- two"))
    write(tmp_path / "docs/page.zh-TW.md", page(translation))
    project, problems = Project(tmp_path, ("en", "zh-TW")), Problems()
    parity.check(project, l10n.status(project, problems), problems)
    return list(problems)


def test_section_without_a_mark_may_differ_in_anything_but_code(tmp_path: Path) -> None:
    assert not unmarked(tmp_path, f"甲\n\n{CODE}\n\n| 乙 |\n|---|\n| 丙 |")


@pytest.mark.parametrize("code", [CODE.replace("x = 1", "x = 2"), CODE.replace("python", "text"), f"{CODE}\n\n{CODE}"])
def test_section_without_a_mark_has_the_code_of_its_source(code: str, tmp_path: Path) -> None:
    assert unmarked(tmp_path, f"甲\n\n{code}\n\n- 一\n- 二")


def test_section_without_a_mark_may_lack_code(tmp_path: Path) -> None:
    assert not unmarked(tmp_path, "甲\n\n- 一\n- 二")


def test_section_with_a_mark_for_later_is_not_compared(tmp_path: Path) -> None:
    assert not unmarked(tmp_path, "<!-- en:000000000000 todo -->\n\n```sh\nother\n```")


def test_id_that_the_source_renamed_is_a_state_and_no_difference(tmp_path: Path) -> None:
    write(tmp_path / "docs/page.md", page(CELL))
    write(tmp_path / "docs/page.zh-TW.md", page(CELL))
    project = Project(tmp_path, ("en", "zh-TW"))
    sync(project)
    write(tmp_path / "docs/page.md", page(CELL).replace("#top", "#start"))
    problems = Problems()
    pages = l10n.status(project, problems)
    assert pages[0].standings[0].state == "RENAMED"
    parity.check(project, pages, problems)
    assert not len(problems), messages(list(problems))


def test_each_difference_is_told_at_its_line(compare: Compare) -> None:
    source = f"# A {{#a}}\n\nB\n\n## C {{#c}}\n\n- D\n\n{CODE}\n\nE `f`\n"
    found = compare(source, source.replace("print(x)", "print(y)").replace("`f`", "`g`"))
    assert [problem.place.line for problem in found] == [11, 16], messages(found)


@pytest.mark.parametrize(
    ("below", "translated", "said"),
    [
        ("[^1]: B", "[^1]: 乙", "the footnote `1` of docs/page.md:3 is missing"),
        ("[r]:\n    b.md", "[r]:\n    c.md", "a link to `c.md` stands here, but in docs/page.md:1"),
    ],
)
def test_what_another_section_defines_is_compared(below: str, translated: str, said: str, compare: Compare) -> None:
    source = f"# A {{#a}}\n\nB[^1] [B][r]\n\n## C {{#c}}\n\n{below}\n"
    translation = f"# 甲 {{#a}}\n\n乙[乙][r]\n\n## 丙 {{#c}}\n\n{translated}\n"
    assert said in messages(
        compare(source, translation.replace("乙[乙]", "乙[^1] [乙]") if "r" in below else translation)
    )


def test_level_of_a_heading_is_compared(compare: Compare) -> None:
    found = compare("# A {#a}\n\n## B {#b}\n\nC\n", "# 甲 {#a}\n\n### 乙 {#b}\n\n丙\n")
    assert "heading of level 3, but in docs/page.md:3 heading of level 2" in messages(found)


def test_included_text_is_compared_as_what_it_is(compare: Compare, tmp_path: Path) -> None:
    write(tmp_path / "part.md", "Run `a`.\n")
    write(tmp_path / "part.zh-TW.md", "執行 `b`。\n")
    include = '--8<-- "part.md"'
    assert not compare(page(include), page(include))
    found = compare(page(include), page(include.replace("part.md", "part.zh-TW.md")))
    assert "part.zh-TW.md:1: the code `b` stands here, but in" in messages(found)


def test_settings_in_front_matter_are_the_same(compare: Compare) -> None:
    source = "---\ntitle: A\nminutes: 60\nlessons: [a.md]\n---\n\n# B {#b}\n"
    same = "---\ntitle: 甲\nminutes: 60\nlessons: [a.zh-TW.md]\n---\n\n# 乙 {#b}\n"
    assert not compare(source, same)
    found = compare(source, same.replace("60", "90"))
    assert "page.zh-TW.md:3: the front matter of docs/page.md has `minutes: 60`, this one has not" in messages(found)


def test_setting_added_in_translation_is_told(compare: Compare) -> None:
    found = compare("# A {#a}\n", "---\nedition: instructor\n---\n\n# 甲 {#a}\n")
    assert "the front matter of docs/page.md has no `edition`" in messages(found)


# ---- Decks ----

DECK = """# A {#a}

B

Notes:
C

---

<!-- .slide: data-timing="60" data-background-image="images/a.svg" -->

## D {#d}

- E <!-- .element: class="fragment" -->
"""


def deck(compare: Compare, translation: str) -> str:
    return messages(compare(DECK, translation, folder="slides"))


def test_deck_may_differ_in_words_and_pictures(compare: Compare) -> None:
    translated = DECK.replace("B", "乙").replace("C", "丙").replace("a.svg", "a.zh-TW.svg").replace("E ", "戊 ")
    assert not deck(compare, translated)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("---\n\n<!--", "----\n\n<!--", "here stands the line `----`, but in slides/page.md:8 the line `---`"),
        ("Notes:\n", "", "the line `Notes:` of slides/page.md:5 is missing here"),
        ('"60"', '"90"', "the comment `.slide:`"),
        ('<!-- .element: class="fragment" -->', "", "the comment `.element:` of slides/page.md:14 is missing"),
        ("a.svg", "b.svg", "the comment `.slide:`"),
    ],
)
def test_deck_may_not_differ_in_how_it_is_shown(old: str, new: str, said: str, compare: Compare) -> None:
    assert said in deck(compare, DECK.replace(old, new))


def test_deck_with_marks_of_its_own_is_read_as_it_is_shown(compare: Compare) -> None:
    own = "---\nseparator: '\\n===\\n'\nnotesSeparator: '^SAY'\n---\n# A {#a}\n\nSAY\nB\n\n===\n\n## C {#c}\n"
    assert not messages(compare(own, own.replace("B", "乙"), folder="slides"))
    found = messages(compare(own, own.replace("SAY\n", ""), folder="slides"))
    assert "the line `Notes:` of slides/page.md:7 is missing" in found


# ---- Notebooks ----

SCRIPT = """# %% [markdown]
# # A {#a}
#
# Uses `x`.

# %% name="one"
x = 1

# %% [markdown]
# Then `y`.

# %% name="two"
y = 2
"""
TRANSLATED = """# 甲 {#a}

用 `x`。

```{cell} page#one
```

接著 `y`。

```{cell} page#two
```
"""


def notebook(compare: Compare, translation: str) -> str:
    return messages(compare(SCRIPT, translation, folder="notebooks", name="page.py"))


def test_notebook_may_differ_in_words(compare: Compare) -> None:
    assert not notebook(compare, TRANSLATED)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("```{cell} page#one\n```\n", "", "the quote `{cell} page#one` of notebooks/page.py:6 is missing"),
        ("接著 `y`。\n", "", "page.zh-TW.md:6: the text of notebooks/page.py:10 is missing below this"),
        ("`y`", "`x`", "the code `x` stands here, but in"),
    ],
)
def test_notebook_is_compared_cell_by_cell(old: str, new: str, said: str, compare: Compare) -> None:
    assert said in notebook(compare, TRANSLATED.replace(old, new))


def test_text_below_a_cell_that_has_none_is_told(compare: Compare) -> None:
    assert "this text stands in no cell" in notebook(compare, f"{TRANSLATED}\n還有。\n")


@pytest.mark.parametrize(("code", "told"), [(CODE, False), (CODE.replace("x = 1", "x = 2"), True), (CELL, True)])
def test_section_that_was_added_has_no_code_of_its_own(code: str, told: bool, tmp_path: Path) -> None:
    write(tmp_path / "docs/page.md", f"{page('Words.')}\n## More {{#more}}\n\n{CODE}\n")
    write(tmp_path / "docs/page.zh-TW.md", f"{page('字。')}\n## 另外 {{#other}}\n\n{code}\n")
    project, problems = Project(tmp_path, ("en", "zh-TW")), Problems()
    parity.check(project, l10n.status(project, problems), problems)
    assert ("page.zh-TW.md:7: the" in messages(list(problems))) is told
    assert len(problems) == told


def test_section_whose_original_was_deleted_may_keep_its_code(tmp_path: Path) -> None:
    write(tmp_path / "docs/page.md", f"{page('Words.')}\n## More {{#more}}\n\n{CODE}\n")
    write(tmp_path / "docs/page.zh-TW.md", f"{page('字。')}\n## 另外 {{#more}}\n\n{CODE}\n")
    project, problems = Project(tmp_path, ("en", "zh-TW")), Problems()
    sync(project)
    write(tmp_path / "docs/page.md", page("Words."))
    parity.check(project, l10n.status(project, problems), problems)
    assert not len(problems)
