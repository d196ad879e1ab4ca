"""Each language of a guide has a search of its own; its author has nothing to set for that."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from mkdocs_project import Built

from labguide.hosts.mkdocs.search import is_joined

FILES = "use_directory_urls: false\n"
PAGES = {
    "docs/index.md": "# Home\n\nStart here.\n",
    "docs/index.zh-TW.md": "# 首頁\n\n從這裡開始。\n\n## 儲存貯體 {#bucket}\n\n建立儲存貯體。\n",
    "docs/deep/only.md": "# Only in English\n\n## Part\n\nAn endpoint.\n",
}
OURS = "assets/labguide/search/worker.js"


def written(root: Path, pages: dict[str, str] = PAGES, **options: str) -> Built:
    built = Built(root, **options)
    for path, text in pages.items():
        built.write(path, text)
    assert built.build() == [], built.found
    return built


def index(built: Built, folder: str = "") -> Any:
    return json.loads(built.page(f"{folder}search/search_index.json"))


def docs(built: Built, folder: str = "") -> dict[str, dict[str, Any]]:
    return {entry["location"]: entry for entry in index(built, folder)["docs"]}


def said(built: Built, path: str) -> Any:
    found = re.search(r'<script id="__config" type="application/json">(.*?)</script>', built.page(path))
    assert found
    return json.loads(found[1])


@pytest.mark.parametrize("structure", ["suffix", "folder"])
def test_each_language_finds_its_own_pages(tmp_path: Path, structure: str) -> None:
    built = Built(tmp_path, structure=structure, more=FILES)
    (tmp_path / "docs/index.md").unlink()
    pages = (
        ("docs/index.md", "docs/index.zh-TW.md")
        if structure == "suffix"
        else ("docs/en/index.md", "docs/zh-TW/index.md")
    )
    for path, text in zip(pages, ("# Home\n", "# 首頁\n"), strict=True):
        built.write(path, text)
    assert built.build() == []
    assert docs(built)["index.html"]["title"] == "Home"
    assert docs(built, "zh-TW/")["index.html"]["title"] == "首頁"
    assert not any("首頁" in entry["title"] for entry in docs(built).values())


def test_what_english_finds_is_what_a_guide_in_english_alone_finds(tmp_path: Path) -> None:
    both = written(tmp_path / "both", structure="suffix", more=FILES)
    english = {path: text for path, text in PAGES.items() if ".zh-TW" not in path}
    alone = written(tmp_path / "alone", english, more=FILES)
    assert index(both)["docs"] == index(alone)["docs"]
    assert index(both)["config"]["lang"] == ["en"]


def test_page_that_is_not_translated_is_marked_in_the_index_of_the_language_that_shows_it(tmp_path: Path) -> None:
    built = written(tmp_path, structure="suffix", more=FILES)
    marked = {where for where, entry in docs(built, "zh-TW/").items() if entry.get("fallback")}
    assert marked == {"deep/only.html", "deep/only.html#part"}
    assert not any("fallback" in entry for entry in docs(built).values())


@pytest.mark.parametrize("more", [FILES, ""], ids=["files", "folders"])
def test_pages_ask_for_the_index_of_their_language(tmp_path: Path, more: str) -> None:
    built = written(tmp_path, structure="suffix", more=more)
    page = "zh-TW/deep/only.html" if more else "zh-TW/deep/only/index.html"
    up = "../.." if more else "../../.."
    assert (said(built, page)["base"], said(built, page)["search"]) == (f"{up}/zh-TW/", f"{up}/{OURS}")
    assert said(built, "index.html")["base"] == "."
    assert said(built, "index.html")["search"] == OURS
    assert (tmp_path / "site" / OURS).is_file()
    assert (tmp_path / "site" / index(built, "zh-TW/")["config"]["labguide"]["theme"]).is_file()


def test_every_index_can_be_loaded_without_a_server(tmp_path: Path) -> None:
    built = written(tmp_path, structure="suffix", more=FILES)
    for folder in ("", "zh-TW/"):
        script = built.page(f"{folder}search/search_index.js")
        assert json.loads(script.removeprefix("var __index = ")) == index(built, folder)


def test_what_an_author_sets_counts_where_the_theme_searches(tmp_path: Path) -> None:
    built = Built(tmp_path, structure="suffix")
    config = (tmp_path / "mkdocs.yml").read_text("utf-8")
    built.write("mkdocs.yml", config.replace("  - search\n", "  - search: {separator: '[\\s/]+'}\n"))
    built.write("docs/index.zh-TW.md", "# 首頁\n")
    assert built.build() == []
    assert index(built)["config"]["separator"] == r"[\s/]+"
    assert index(built, "zh-TW/")["config"]["separator"] == r"[\s\-]+"


def test_guide_in_chinese_alone_finds_terms_too(tmp_path: Path) -> None:
    built = Built(tmp_path)
    config = (tmp_path / "mkdocs.yml").read_text("utf-8")
    built.write("mkdocs.yml", config.replace("font: false", "font: false, language: zh-TW"))
    assert built.build() == []
    assert said(built, "index.html")["search"] == OURS
    assert index(built)["config"]["labguide"]["joined"] is True


def test_guide_in_english_alone_is_searched_by_the_theme(tmp_path: Path) -> None:
    built = written(tmp_path, {"docs/index.md": "# Home\n"})
    assert index(built)["config"]["pipeline"] == ["stopWordFilter"]
    assert "labguide" not in said(built, "index.html")["search"]
    assert not (tmp_path / "site" / OURS).exists()


def test_guide_with_a_choice_of_versions_keeps_one_index(tmp_path: Path) -> None:
    built = written(tmp_path, structure="suffix", more=f"{FILES}extra: {{version: {{provider: mike}}}}\n")
    assert {"index.html", "zh-TW/index.html"} <= set(docs(built))
    assert said(built, "zh-TW/index.html")["base"] == ".."


@pytest.mark.parametrize("theme", ["mkdocs", "readthedocs"])
def test_other_themes_keep_one_index(tmp_path: Path, theme: str) -> None:
    built = Built(tmp_path, structure="suffix", more=FILES)
    config = (tmp_path / "mkdocs.yml").read_text("utf-8").replace("zh-TW", "de")
    built.write("mkdocs.yml", config.replace("{name: material, font: false}", theme))
    built.write("docs/index.de.md", "# Anfang\n")
    built.build()
    assert {"index.html", "de/index.html"} <= set(docs(built))
    assert not (tmp_path / "site" / "de" / "search").exists()


def test_indexes_are_the_same_in_each_build(tmp_path: Path) -> None:
    first, second = (written(tmp_path / name, structure="suffix", more=FILES) for name in ("first", "second"))
    for folder in ("", "zh-TW/"):
        assert first.page(f"{folder}search/search_index.js") == second.page(f"{folder}search/search_index.js")


@pytest.mark.parametrize(
    ("language", "joined"),
    [("zh-TW", True), ("zh_Hant", True), ("ja", True), ("ko", True), ("en", False), ("de-AT", False), ("kok", False)],
)
def test_languages_that_no_blanks_part(language: str, joined: bool) -> None:
    assert is_joined(language) == joined
