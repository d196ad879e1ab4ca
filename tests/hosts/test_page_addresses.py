"""Addresses of pages end in a folder or in a file, as the project says; files can be read without a server."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from mkdocs_project import Built

AS_FILES = "use_directory_urls: false\n"


def workshop(tmp_path: Path, *, more: str = "", plugins: str = "") -> Built:
    built = Built(tmp_path, structure="suffix", more=more, plugins=plugins)
    built.write("docs/index.md", "# Home\n\n[a deck](slides/deck.html)\n")
    built.write("docs/one.md", "# One\n")
    for suffix in ("", ".zh-TW"):
        built.write(f"slides/deck{suffix}.md", "# Deck\n\n---\n\n[one](../one.md)\n")
    return built


@pytest.mark.parametrize(
    ("more", "home", "one"),
    [("", "../", "../one/"), (AS_FILES, "../index.html", "../one.html")],
    ids=["folders", "files"],
)
def test_deck_leads_back_to_the_first_page_of_its_language(tmp_path: Path, more: str, home: str, one: str) -> None:
    built = workshop(tmp_path, more=more)
    assert built.build() == []
    for deck, language in (("deck.html", ""), ("deck.zh-TW.html", "zh-TW/")):
        page = built.page(f"slides/{deck}")
        assert f'<a href="{home.replace("../", f"../{language}")}"><span aria-hidden="true">←</span>' in page
        assert f'href="{one.replace("../", f"../{language}")}"' in page


def test_deck_of_a_guide_without_a_first_page_leads_nowhere(tmp_path: Path) -> None:
    built = Built(tmp_path)
    built.write("docs/one.md", "# One\n")
    (tmp_path / "docs/index.md").unlink()
    built.write("slides/deck.md", "# Deck\n")
    assert built.build() == []
    assert "←" not in built.page("slides/deck.html")


def test_index_of_the_search_can_be_loaded_without_a_server(tmp_path: Path) -> None:
    built = workshop(tmp_path, more=AS_FILES)
    assert built.build() == []
    index, script = (built.page(f"search/search_index.{kind}") for kind in ("json", "js"))
    assert json.loads(script.removeprefix("var __index = ")) == json.loads(index)
    assert {entry["location"] for entry in json.loads(index)["docs"]} == {"index.html", "one.html"}


@pytest.mark.parametrize("plugins", ["", "  - offline\n"], ids=["alone", "with Material's plugin"])
def test_search_needs_no_script_of_another_host(tmp_path: Path, plugins: str) -> None:
    built = workshop(tmp_path, plugins=plugins)
    assert built.build() == []
    page = built.page("one.html" if plugins else "one/index.html")
    assert re.findall(r'<script src="([^"]*worker[^"]*)"', page) == [
        ("" if plugins else "../") + "assets/labguide/iframe-worker.js"
    ]
