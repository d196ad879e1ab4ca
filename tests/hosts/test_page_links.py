"""A page's dead link is told at the line that has it, wherever else its target is mentioned."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from mkdocs_project import Built

MENTIONED = """\
---
description: gone.md
---
# Page

```{cell} print#gone
```

In code, `[x](gone.md)`, and gone.md in prose.

~~~ {.text .illustration}
[x](gone.md)
~~~

"""
LINE = MENTIONED.count("\n") + 1


@pytest.fixture
def workshop(tmp_path: Path) -> Built:
    workshop = Built(tmp_path)
    workshop.write("snippets/print.py", '# %% name="gone"\nprint("[x](gone.md)")\n')
    return workshop


def test_dead_link_is_told_at_the_line_that_has_it(workshop: Built) -> None:
    written = {
        "a": ("[x](gone.md)", "broken-link"),
        "b": ("[x](<gone.md> 'a title')", "broken-link"),
        "c": ("[x]: gone.md\n\n[x]", "broken-link"),
        "d": ("- [a long\n  text](gone.md)", "broken-link"),
        "e": ("![x](gone.md){ width=3 }", "broken-link"),
        "f": ("[x](index.md#gone)", "broken-anchor"),
        "g": ("[x](wiki_(gone).md)", "broken-link"),
    }
    for name, (text, _) in written.items():
        workshop.write(f"docs/{name}.md", MENTIONED + text + "\n")
    expected = [f"docs/{name}.md:{LINE + (name == 'd')} {kind}" for name, (_, kind) in written.items()]
    assert [re.sub(r":\d+ ", " ", told) for told in workshop.build()] == expected


def test_dead_link_in_a_notebook_is_told_in_the_notebook(tmp_path: Path) -> None:
    workshop = Built(tmp_path, structure="suffix")
    workshop.write("docs/page.md", "---\nnotebook: notebooks/count.py\n---\n# Page\n")
    workshop.write("notebooks/count.py", '# %% [markdown] name="a"\n# See [x](gone.md).\n\n# %% name="b"\nprint(1)\n')
    workshop.write("docs/page.zh-TW.md", "---\nnotebook: notebooks/count.py\n---\n# 頁\n")
    workshop.write("notebooks/count.zh-TW.md", "\n\n看[甲](nowhere.md)。\n\n```{cell} count#b\n```\n")
    assert workshop.build() == ["notebooks/count.py:2 broken-link", "notebooks/count.zh-TW.md:3:6 broken-link"]


def test_dead_link_in_an_included_file_is_told_there(workshop: Built) -> None:
    workshop.write("snippets/part.md", "Some prose.\n\nSee [x](gone.md).\n")
    workshop.write("docs/page.md", '# Page\n\n--8<-- "snippets/part.md"\n')
    assert workshop.build() == ["snippets/part.md:3:9 broken-link"]


def test_link_to_a_draft_is_dead(tmp_path: Path) -> None:
    workshop = Built(tmp_path, more="draft_docs: later.md\n")
    workshop.write("docs/later.md", "# Later\n")
    workshop.write("docs/page.md", "# Page\n\n[soon](later.md)\n")
    workshop.write("slides/deck.md", "# Deck\n\n[soon](../later.md)\n")
    assert workshop.build() == ["docs/page.md:3:8 broken-link", "slides/deck.md:3:8 broken-link"]


def test_two_decks_or_a_deck_and_a_file_must_not_be_one(tmp_path: Path) -> None:
    workshop = Built(tmp_path)
    workshop.write("slides/a.md", "# Deck\n")
    workshop.write("slides/a.markdown", "# Deck\n")
    workshop.write("slides/b.md", "# Deck\n")
    workshop.write("slides/b.html", "<p>mine</p>")
    assert workshop.build() == ["slides/a.md:1 duplicate-file", "slides/b.md:1 duplicate-file"]


def test_translation_in_another_folder_than_its_script_is_told(tmp_path: Path) -> None:
    workshop = Built(tmp_path, structure="suffix")
    workshop.write("notebooks/a/count.py", '# %% name="b"\nprint(1)\n')
    workshop.write("notebooks/b/count.zh-TW.md", "數\n\n```{cell} count#b\n```\n")
    assert workshop.build() == ["notebooks/b/count.zh-TW.md:1 unknown-script"]


def test_dead_link_that_a_cell_printed_is_told_at_its_quote(tmp_path: Path) -> None:
    workshop = Built(tmp_path)
    cell = '# %% name="a"\nfrom IPython.display import Markdown, display\ndisplay(Markdown("See [x](gone.md)."))\n'
    workshop.write("snippets/odd.py", cell)
    workshop.write("docs/page.md", "# Page\n\nSome prose.\n\n```{cell} odd#a\n:show: output\n```\n\nMore.\n")
    assert workshop.build() == ["docs/page.md:5 unshown-output"]
