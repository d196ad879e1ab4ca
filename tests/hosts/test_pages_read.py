"""Every page that MkDocs publishes was read, and nothing else was."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from mkdocs_project import QUOTE, Built

UNRUN = "```python\nprint(1)\n```\n"


@pytest.fixture
def workshop(tmp_path: Path) -> Built:
    return Built(tmp_path)


def test_lessons_may_lie_in_another_folder(tmp_path: Path) -> None:
    workshop = Built(tmp_path, more="docs_dir: guide\n")
    workshop.write("guide/index.md", f"# Home\n\n{QUOTE}")
    workshop.write("guide/unrun.md", UNRUN)
    assert workshop.build() == ["guide/unrun.md:1 unrun-code"]
    (tmp_path / "guide" / "unrun.md").unlink()
    assert workshop.build() == []
    assert "one hello" in workshop.page("index.html")


def test_linked_folder_is_read_under_the_name_of_the_link(workshop: Built) -> None:
    workshop.write("shared/part.md", f"# Part\n\n{QUOTE}")
    workshop.write("shared/unrun.md", UNRUN)
    (workshop.root / "docs" / "shared").symlink_to("../shared")
    assert workshop.build() == ["docs/shared/unrun.md:1 unrun-code"]
    (workshop.root / "shared" / "unrun.md").unlink()
    assert workshop.build() == []
    assert "one hello" in workshop.page("shared/part/index.html")


def test_every_extension_that_mkdocs_renders_is_read(workshop: Built) -> None:
    for extension in ("markdown", "mdown", "mkdn", "mkd"):
        workshop.write(f"docs/page-{extension}.{extension}", f"# Page\n\n{QUOTE}")
        workshop.write(f"slides/deck-{extension}.{extension}", f"# Deck\n\n{QUOTE}")
    assert workshop.build() == []
    assert "one hello" in workshop.page("page-mkd/index.html")
    assert "one hello" in workshop.page("slides/deck-mkd.html")


def test_extension_in_capitals_is_read_in_decks_and_told_of_pages(workshop: Built) -> None:
    workshop.write("slides/DECK.MD", f"# Deck\n\n{QUOTE}")
    workshop.write("docs/PAGE.MD", f"# Page\n\n{QUOTE}")
    assert workshop.build() == ["docs/PAGE.MD:1 unread-page"]
    (workshop.root / "docs" / "PAGE.MD").unlink()
    assert workshop.build() == []
    assert "one hello" in workshop.page("slides/DECK.html")
    assert not (workshop.root / "site" / "slides" / "DECK.MD").exists()


def test_folder_of_a_language_holds_its_pages(tmp_path: Path) -> None:
    workshop = Built(tmp_path, structure="folder")
    (tmp_path / "docs" / "index.md").unlink()
    for language in ("en", "zh-TW"):
        workshop.write(f"docs/{language}/index.md", "# Home\n")
        workshop.write(f"docs/{language}/page.md", "---\nnotebook: notebooks/count.py\n---\n# Page\n")
    workshop.write(
        "notebooks/count.py",
        '# %% [markdown] name="words"\n# Count to one.\n\n# %% name="count"\nfrom IPython.display import Markdown\n'
        'print("one")\n',
    )
    workshop.write("notebooks/count.zh-TW.md", "數到一。\n\n```{cell} count#count\n```\n")
    assert workshop.build() == []
    assert "Count to one." in workshop.page("page/index.html")
    assert "數到一。" in workshop.page("zh-TW/page/index.html")
    assert "one" in workshop.page("zh-TW/page/index.html")


PASSED_OVER = (
    "docs/.drafts/page.md",
    "docs/._index.md",
    "docs/templates/page.md",
    "docs/drafts/page.md",
    "docs/later/page.md",
    "slides/.deck.md",
    "slides/.venv/lib/deck.md",
    "slides/env/lib/deck.md",
    "notebooks/.ipynb_checkpoints/first.md",
    "notebooks/node_modules/x/readme.md",
)


def test_what_mkdocs_or_an_author_passes_over_is_not_reported(tmp_path: Path) -> None:
    workshop = Built(tmp_path, more="exclude_docs: /drafts/\ndraft_docs: /later/\n")
    for path in PASSED_OVER:
        workshop.write(path, UNRUN)
    workshop.write("slides/env/pyvenv.cfg", "")
    assert workshop.build() == []
    found = (tmp_path / "site").rglob("page*")
    assert [path for path in found if path.parent.name != "labguide"] == []


def test_code_that_tools_keep_for_themselves_is_not_executed(workshop: Built) -> None:
    for path in (".venv/lib", "env/lib", "__pycache__", ".ipynb_checkpoints", "node_modules"):
        trace = workshop.root / "trace"
        workshop.write(f"snippets/{path}/tool.py", f'# %% name="a"\nopen({str(trace)!r}, "w").close()\n')
    workshop.write("snippets/env/pyvenv.cfg", "")
    assert workshop.build() == []
    assert not (workshop.root / "trace").exists()


def test_lock_links_of_editors_and_folders_with_names_of_files_are_passed_over(workshop: Built) -> None:
    (workshop.root / "slides").mkdir()
    for folder in ("docs", "slides", "notebooks", "snippets"):
        (workshop.root / folder).mkdir(exist_ok=True)
        (workshop.root / folder / ".#index.md").symlink_to("ana@laptop.1234:5678")
        (workshop.root / folder / ".#first.py").symlink_to("ana@laptop.1234:5678")
        (workshop.root / folder / "release.md").mkdir()
        (workshop.root / folder / "release.py").mkdir()
    assert workshop.build() == []


def test_folder_that_links_to_itself_ends(workshop: Built) -> None:
    workshop.write("slides/deck.md", "# Deck\n")
    (workshop.root / "slides" / "again").symlink_to(".")
    assert workshop.build() == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_pipe_with_the_name_of_a_page_is_told(workshop: Built) -> None:
    os.mkfifo(workshop.root / "docs" / "page.md")
    assert workshop.build() == ["docs/page.md:1 unreadable"]


def test_link_to_nothing_is_told(workshop: Built) -> None:
    (workshop.root / "docs" / "page.md").symlink_to("nowhere.md")
    assert workshop.build() == ["docs/page.md:1 unreadable"]


def test_two_files_for_one_page_are_told_in_a_sentence(tmp_path: Path) -> None:
    workshop = Built(tmp_path, structure="suffix")
    workshop.write("docs/index.en.md", "# Home\n")
    with pytest.raises(Exception, match=r"mkdocs.yml:\d+: Conflicting files .*\[bad-config\]"):
        workshop.build()
