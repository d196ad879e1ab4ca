"""MkDocs started without `labguide build`: the plugin takes the same steps around MkDocs' own."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import ClassVar

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort
from mkdocs_project import QUOTE, Built

UNRUN = "```python\nprint(1)\n```\n"


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Built:
    """A workshop that was built once; from then on nothing is run."""
    workshop = Built(tmp_path, structure="suffix", more="draft_docs: later.md\nstrict: false\n")
    workshop.write("docs/index.md", f"# Home\n\n{QUOTE}")
    workshop.write("docs/later.md", f"# Later\n\n{QUOTE}")
    workshop.write("slides/deck.md", f"# Deck\n\n---\n\n[home](../index.md)\n\n{QUOTE}")
    assert workshop.build() == []
    monkeypatch.setenv("LABGUIDE_FROZEN", "1")
    return workshop


def run_mkdocs(workshop: Built, *, command: str = "build", strict: bool = False) -> None:
    config = load_config(str(workshop.root / "mkdocs.yml"), strict=strict)
    if command == "serve":
        config.site_dir = str(workshop.root / "preview")
    config.plugins.on_startup(command=command, dirty=False)
    try:
        build(config, serve_url="http://127.0.0.1:1/" if command == "serve" else None)
    finally:
        config.plugins.on_shutdown()


def contents(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_site_is_the_same(workshop: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    workshop.build()
    before = contents(workshop.root / "site")
    run_mkdocs(workshop)
    assert contents(workshop.root / "site") == before
    run_mkdocs(workshop, strict=True)
    assert contents(workshop.root / "site") == before


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("docs/page.md", UNRUN, "docs/page.md:1: this code was not run"),
        ("docs/page.md", "# A\n\n{value}`first#nothing`\n", "docs/page.md:3:1: no value"),
        ("slides/deck.md", "# Deck\n\n[x](nowhere.md)\n", "slides/deck.md:3:5: a link 'nowhere.md'"),
        ("docs/page.md", "# A\n\n[x](slides/deck.html#/nowhere)\n", "docs/page.md:3:5: a link"),
    ],
    ids=["before rendering", "while weaving", "in a deck", "after the last language"],
)
def test_problem_ends_the_build_and_the_site_stands(
    workshop: Built, caplog: pytest.LogCaptureFixture, path: str, text: str, told: str
) -> None:
    before = contents(workshop.root / "site")
    workshop.write(path, text)
    with caplog.at_level(logging.ERROR, "mkdocs"), pytest.raises(Abort):
        run_mkdocs(workshop)
    assert told in caplog.text
    assert contents(workshop.root / "site") == before
    assert list(workshop.root.glob(".site*")) == []


def test_warning_of_mkdocs_ends_a_strict_build_only(workshop: Built) -> None:
    before = contents(workshop.root / "site")
    workshop.write("docs/page.md", "# A\n\n[x](nowhere.md)\n")
    with pytest.raises(Abort):
        run_mkdocs(workshop, strict=True)
    assert contents(workshop.root / "site") == before
    run_mkdocs(workshop)
    assert "nowhere.md" in workshop.page("page/index.html")


def test_preview_shows_drafts_and_problems_and_leaves_the_site_alone(workshop: Built) -> None:
    before = contents(workshop.root / "site")
    workshop.write("docs/page.md", UNRUN)
    workshop.write("slides/deck.md", "# Deck\n\n[x](nowhere.md)\n")
    run_mkdocs(workshop, command="serve")
    preview = workshop.root / "preview"
    assert "one hello" in (preview / "later" / "index.html").read_text("utf-8")
    assert "docs/page.md:1: this code was not run" in (preview / "page" / "index.html").read_text("utf-8")
    assert contents(workshop.root / "site") == before


def test_build_after_one_that_failed_is_right(workshop: Built) -> None:
    workshop.write("docs/page.md", UNRUN)
    with pytest.raises(Abort):
        run_mkdocs(workshop)
    workshop.write("docs/page.md", "# Mended\n")
    run_mkdocs(workshop)
    assert "Mended" in workshop.page("page/index.html")


def test_preview_follows_edits_of_decks_notebooks_and_snippets(workshop: Built) -> None:
    class Server:
        watched: ClassVar[list[str]] = []

        def watch(self, folder: str) -> None:
            self.watched.append(Path(folder).name)

    config = load_config(str(workshop.root / "mkdocs.yml"))
    config.plugins.on_serve(Server(), config=config, builder=None)
    assert Server.watched == ["slides", "snippets"]
