"""What MkDocs, its extensions and other plugins make of pages is held against what was woven."""

from __future__ import annotations

from pathlib import Path

import pytest
from mkdocs_project import QUOTE, Built

from labguide.problems import CannotBuildError

ADDED = {
    "prose": "More prose, `code` and `{value}`.",
    "known": '```python\nword = "hello"\nprint("one", word)\n```',
    "cell": QUOTE,
    "value": "It is {value}`first#word`.",
    "fence": "```python\nprint(2)\n```",
    "indented": "    print(2)",
    "pre": "<pre>print(2)</pre>",
}
"""What another plugin adds, by the name of the page that it adds it to."""

HOOK = """\
from mkdocs.structure.files import File

ADDED = {added!r}

def on_files(files, config):
    for name, text in ADDED.items():
        files.append(File.generated(config, f"made-{name}.md", content=f"# Made\\n\\n{text}\\n"))
    return files

def on_page_markdown(markdown, page, **_):
    return markdown + "\\n\\n" + ADDED.get(page.file.name, "")
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The kind of problem that is told of each page, if any."""
    workshop = Built(tmp_path_factory.mktemp("workshop"), more="hooks: [hook.py]\n")
    workshop.write("hook.py", HOOK.replace("{added!r}", repr(ADDED)))
    for name in ADDED:
        workshop.write(f"docs/{name}.md", f"# Page\n\n{QUOTE if name == 'known' else ''}")
    return dict(line.rsplit(" ", 1) for line in workshop.build())


def test_page_that_another_plugin_makes_must_not_quote_or_show_unknown_code(told: dict[str, str]) -> None:
    assert {place: kind for place, kind in told.items() if "made-" in place} == {
        "docs/made-cell.md:3": "unwoven-quote",
        "docs/made-value.md:3": "unwoven-quote",
        "docs/made-fence.md:1": "unwoven-code",
        "docs/made-indented.md:1": "unwoven-code",
        "docs/made-pre.md:1": "unwoven-code",
    }


def test_what_another_plugin_adds_to_a_page_must_not_quote_or_be_unknown_code(told: dict[str, str]) -> None:
    assert {place: kind for place, kind in told.items() if "made-" not in place} == {
        "docs/cell.md:1": "unwoven-quote",
        "docs/value.md:1": "unwoven-quote",
        "docs/fence.md:1": "unwoven-code",
        "docs/indented.md:1": "unwoven-code",
        "docs/pre.md:1": "unwoven-code",
    }


def test_recorded_output_may_look_like_a_quote(tmp_path: Path) -> None:
    workshop = Built(tmp_path)
    workshop.write(
        "snippets/odd.py",
        '# %% name="odd"\nfrom IPython.display import HTML, Markdown, display\n'
        'print("```{cell} a#b")\nprint("it is {value}`a#b`")\n'
        'display(HTML("<p>{value}<code>a#b</code> {cell} a#b</p><pre>x = 1</pre>"))\n'
        'display(Markdown("It is {value}`a#b`."))\n',
    )
    workshop.write("docs/index.md", "# Home\n\n```{cell} odd#odd\n```\n")
    workshop.write("slides/deck.md", "# Deck\n\n---\n\n```{cell} odd#odd\n```\n")
    assert workshop.build() == []


def test_page_may_tell_how_to_quote(tmp_path: Path) -> None:
    workshop = Built(tmp_path)
    workshop.write(
        "docs/index.md",
        '# Home\n\nWrite `{cell} script#cell` and ``{value}`script#name` `` or `--8<-- "file"`.\n\n'
        "````{.text .illustration}\n```{cell} script#cell\n```\n````\n",
    )
    assert workshop.build() == []


def test_quote_in_front_matter_is_told(tmp_path: Path) -> None:
    workshop = Built(tmp_path)
    for key in ("title", "description"):
        workshop.write(f"docs/{key}.md", f'---\n{key}: "It is {{value}}`first#word`"\n---\n# Page\n')
    assert workshop.build() == ["docs/description.md:2 front-matter", "docs/title.md:2 front-matter"]


def test_quoted_files_and_numbered_lines_are_known(tmp_path: Path) -> None:
    workshop = Built(tmp_path)
    workshop.write("snippets/conf.txt", "a = 1\nb = 2\n")
    quoted = '```text linenums="1"\n--8<-- "snippets/conf.txt"\n```\n'
    workshop.write(
        "docs/index.md", f"# Home\n\n{quoted}\n- in a list\n\n    > {QUOTE.replace(chr(10), chr(10) + '    > ')}"
    )
    workshop.write("slides/deck.md", f"# Deck\n\n---\n\n{quoted}")
    assert workshop.build() == []
    assert "a = 1" in workshop.page("slides/deck.html").replace("</span>", "").replace('<span class="n">', "")


def test_file_quote_that_no_extension_replaces_is_told(tmp_path: Path) -> None:
    workshop = Built(tmp_path)
    config = (tmp_path / "mkdocs.yml").read_text("utf-8").replace(", pymdownx.snippets", "")
    workshop.write("mkdocs.yml", config)
    workshop.write("snippets/conf.txt", "a = 1\n")
    workshop.write("docs/index.md", '# Home\n\n```text\n--8<-- "snippets/conf.txt"\n```\n')
    assert workshop.build() == ["docs/index.md:4 bad-include"]


def test_file_of_the_author_must_not_lie_where_a_deck_is_published(tmp_path: Path) -> None:
    workshop = Built(tmp_path)
    workshop.write("slides/deck.md", "# Deck\n")
    workshop.write("docs/slides/deck.html", "<p>mine</p>")
    assert workshop.build() == ["docs/slides/deck.html:1 duplicate-file"]


def test_published_site_stands_when_a_page_is_wrong(tmp_path: Path) -> None:
    workshop = Built(tmp_path)
    assert workshop.build() == []
    before = workshop.page("index.html")
    workshop.write("hook.py", HOOK.replace("{added!r}", repr({"value": ADDED["value"]})))
    workshop.write("mkdocs.yml", (tmp_path / "mkdocs.yml").read_text("utf-8") + "hooks: [hook.py]\n")
    assert workshop.build() == ["docs/made-value.md:3 unwoven-quote"]
    assert workshop.page("index.html") == before
    assert [path.name for path in tmp_path.glob(".site*")] == []


@pytest.mark.parametrize(
    ("hook", "told"),
    [
        ("def on_page_markdown(markdown, **_):\n    1 / 0\n", "docs/index.md:1 mkdocs"),
        ("def on_post_page(output, **_):\n    1 / 0\n", "docs/index.md:1 mkdocs"),
        ("def on_nav(nav, **_):\n    raise SystemExit(3)\n", "mkdocs.yml:1 mkdocs"),
    ],
    ids=["reading", "writing", "ending"],
)
def test_plugin_that_fails_is_a_problem_and_no_traceback(tmp_path: Path, hook: str, told: str) -> None:
    workshop = Built(tmp_path, more="hooks: [hook.py]\n")
    workshop.write("hook.py", hook)
    assert workshop.build() == [told]
    assert "ZeroDivisionError: division by zero" in workshop.found[0] or "SystemExit: 3" in workshop.found[0]


def test_hook_that_cannot_be_loaded_is_told_in_a_sentence(tmp_path: Path) -> None:
    workshop = Built(tmp_path, more="hooks: [hook.py]\n")
    workshop.write("hook.py", "def on_nav(:\n")
    with pytest.raises(CannotBuildError, match=r"mkdocs.yml:\d+: SyntaxError: .* \[bad-config\]"):
        workshop.build()


def test_quote_that_weaving_told_of_is_not_told_again(tmp_path: Path) -> None:
    workshop = Built(tmp_path)
    workshop.write("docs/index.md", "# Home\n\n```{cell} first#nothing\n```\n\n{value}`first#nothing`\n")
    workshop.write("slides/deck.md", "# Deck\n\n```{cell} first#nothing\n```\n\n{value}`first#nothing`\n")
    told = ["docs/index.md:3 unknown-cell", "docs/index.md:6:1 unknown-value"]
    assert workshop.check() == [*told, *(each.replace("docs/index", "slides/deck") for each in told)]


def test_full_disk_is_no_fault_of_a_page(tmp_path: Path) -> None:
    workshop = Built(tmp_path, more="hooks: [full.py]\n")
    workshop.write("full.py", "def on_page_content(*_, **__):\n    raise OSError(28, 'No space left on device')\n")
    with pytest.raises(OSError, match="No space left"):
        workshop.build()
    assert not (tmp_path / "site").exists()
