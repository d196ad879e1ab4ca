"""Where the translators' page of a built site leads, whatever addresses the host gives to pages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from mkdocs_project import Built

from labguide import l10n

EXERCISE = """\
# %% name="greet" tags=["unchecked"]
### BEGIN SOLUTION
print("hello")
### END SOLUTION
"""


@pytest.mark.parametrize(
    ("urls", "links"),
    [
        ("true", ["zh-TW/a/#a", "a/#a"]),
        ("false", ["zh-TW/a.html#a", "a.html#a"]),
    ],
)
def test_a_section_is_linked_on_its_page_in_both_languages(tmp_path: Path, urls: str, links: list[str]) -> None:
    built = Built(tmp_path, structure="suffix", more=f"use_directory_urls: {urls}\n")
    built.write("docs/a.md", "# A {#a}\n\nWords.\n")
    built.write("docs/a.zh-TW.md", "# 甲 {#a}\n\n字。\n")
    assert built.build() == []
    page = (tmp_path / "site/translations.zh-TW.html").read_text("utf-8")
    (item,) = re.findall(r'<details class="item" data-kind="UNSYNCED".*?</details>', page, re.DOTALL)
    assert re.findall(r'<a href="([^"]*)"', item) == links


def test_a_guide_in_chinese_speaks_of_no_english_original(tmp_path: Path) -> None:
    built = Built(tmp_path, structure="suffix")
    built.write(
        "mkdocs.yml",
        (tmp_path / "mkdocs.yml")
        .read_text("utf-8")
        .replace(", default: true", "")
        .replace("繁體中文}", "繁體中文, default: true}"),
    )
    built.write("docs/index.md", "# 首頁 {#home}\n\n從這裡開始。\n\n```{deck} deck\n```\n")
    built.write("docs/index.en.md", "# Home {#home}\n<!-- zh-TW:111111111111 -->\n\nStart.\n\n```{deck} deck\n```\n")
    built.write("slides/deck.md", "# 簡介 {#deck}\n")
    assert built.build() == [], built.found
    shown = built.page("translations.en.html")
    assert "Chinese changed" in shown
    said = re.sub(r"<(style|script).*?</\1>|<[^>]*>", "", shown, flags=re.DOTALL)
    assert "English" not in said.replace("Translation into English", "")
    assert "English" not in built.page("en/index.html").partition("deck-card__notice")[2].partition("</p>")[0]


def test_one_build_asks_once_how_translations_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, status = [], l10n.status

    def counted(*given: Any, **options: Any) -> tuple[l10n.Page, ...]:
        asked.append(given)
        return status(*given, **options)

    monkeypatch.setattr(l10n, "status", counted)
    built = Built(tmp_path, structure="suffix")
    built.edition = "instructor"
    built.write("snippets/first.py", EXERCISE)
    built.write("docs/a.md", "# A {#a}\n\n```{cell} first#greet\n```\n")
    assert built.build() == []
    assert (tmp_path / "site-instructor/exercises.html").is_file()
    assert len(asked) == 1
