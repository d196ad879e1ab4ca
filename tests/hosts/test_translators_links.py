"""Where the translators' page of a built site leads, whatever addresses the host gives to pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from mkdocs_project import Built


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
