"""Decks on pages, in a real site: cards, and the boxes between lessons and decks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, expect

from browser import browser, serve, watch
from labguide.cli.commands import cli

__all__ = ["browser", "serve"]

MKDOCS = """\
site_name: Lab
use_directory_urls: {directories}
theme: {{name: material, font: false}}
plugins:
  - search
  - i18n:
      docs_structure: suffix
      languages:
        - {{locale: en, name: English, default: true}}
        - {{locale: zh-TW, name: 繁體中文}}
  - labguide
markdown_extensions: [attr_list, admonition, pymdownx.superfences, pymdownx.highlight]
"""
DECK = """\
---
title: Trees & forests
subtitle: How <they> grow
minutes: 40
lessons: [lessons/first.md]
---

# Trees & forests {#title}

---

## A `leaf` falls {#leaf}

----

<p>No heading</p>

---

<!-- .slide: data-visibility="hidden" -->

## Hidden {#hidden}

---

## Quokka
"""
PAGES = {
    "docs/index.md": "# Lab\n\n!!! tip\n\n    ```{deck} trees\n    ```\n\n- In a list\n\n"
    "    ```{deck} deep/roots\n    ```\n",
    "docs/index.zh-TW.md": "# 實作\n\n```{deck} trees\n```\n\n```{deck} deep/roots\n```\n",
    "docs/lessons/first.md": "---\ntitle: The first\n---\n\n# First *lesson* {#first}\n\nText.\n",
    "docs/lessons/first.zh-TW.md": "# 第一課 {#first}\n\n文字。\n",
    "docs/lessons/second.md": "# Second\n\nText.\n",
    "slides/trees.md": DECK,
    "slides/trees.zh-TW.md": "---\ntitle: 樹\nlessons: [lessons/first.md]\n---\n\n# 樹\n\n---\n\n## 葉子 {#leaf}\n",
    "slides/deep/roots.md": "---\nlessons: [lessons/first.md, lessons/second.md]\n---\n\n# Roots\n",
}


_DECKS_OF_FIRST = (("deep/roots", "Roots"), ("trees", "Trees &amp; forests"))


def _write(root: Path, pages: dict[str, str], directories: bool = False) -> None:
    files = {**pages, "mkdocs.yml": MKDOCS.format(directories=str(directories).lower())}
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")


def _build(root: Path) -> str:
    result = CliRunner().invoke(cli, ["build", "--frozen", "--project", str(root)])
    return f"{result.stderr}{result.exception or ''}"


@pytest.fixture(scope="module", params=[False, True], ids=["files", "directories"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("lab")
    _write(root, PAGES, request.param)
    _build(root)
    assert (root / "site" / "index.html").is_file()
    return root / "site"


@pytest.fixture
def faulty(tmp_path: Path) -> Callable[[str, str], str]:
    """What a build says of the project with one file changed."""

    def build(path: str, text: str) -> str:
        _write(tmp_path, {**PAGES, path: text})
        return _build(tmp_path)

    return build


def _page(site: Path, name: str) -> str:
    found = [each for each in (site / f"{name}.html", site / name / "index.html") if each.is_file()]
    return found[0].read_text("utf-8")


def _card(page: str, number: int = 0) -> str:
    return page.split('<div class="deck-card">')[number + 1]


def test_card_tells_of_the_deck(site: Path) -> None:
    card = _card(_page(site, "index"))
    assert 'class="deck-card__title"><a href="slides/trees.html">Trees &amp; forests</a>' in card
    assert "How &lt;they&gt; grow" in card
    assert "4 slides · 40 minutes" in card
    assert 'title="First slide of “Trees &amp; forests”"' in card
    assert 'loading="lazy"' in card


def test_card_lists_the_slides_that_are_shown_with_their_addresses(site: Path) -> None:
    listed = re.findall(r'<li><a href="([^"]+)">([^<]+)</a></li>', _card(_page(site, "index")).split("</ol>")[0])
    assert listed == [
        ("slides/trees.html#/title", "Trees &amp; forests"),
        ("slides/trees.html#/leaf", "A leaf falls"),
        ("slides/trees.html#/1/1", "Slide 3"),
        ("slides/trees.html#/quokka", "Quokka"),
    ]


def test_card_is_in_the_language_of_its_page(site: Path) -> None:
    page = (site / "zh-TW" / "index.html").read_text("utf-8")
    assert '<a href="../slides/trees.zh-TW.html">樹</a>' in _card(page)
    assert "2 張投影片" in _card(page)


def test_deck_that_is_not_translated_is_shown_in_its_own_language_with_a_notice(site: Path) -> None:
    card = _card((site / "zh-TW" / "index.html").read_text("utf-8"), 1)
    assert 'lang="en"><a href="../slides/deep/roots.html">Roots</a>' in card
    assert "這份投影片尚未翻譯，以下顯示原文。" in card


def test_search_finds_a_slide(site: Path) -> None:
    index = json.loads((site / "search" / "search_index.json").read_text("utf-8"))
    assert any("Quokka" in entry["text"] for entry in index["docs"])


def test_lesson_leads_to_its_decks_below_its_title(site: Path) -> None:
    page = _page(site, "lessons/first")
    up = "../" * (2 if (site / "lessons/first/index.html").is_file() else 1)
    links = (f'<a href="{up}slides/{name}.html">{title}</a>' for name, title in _DECKS_OF_FIRST)
    box = f"Slides: {' · '.join(links)}"
    assert box in page
    assert page.index("</h1>") < page.index(box) < page.index("Text.")


def test_lesson_in_another_language_leads_to_the_deck_in_it(site: Path) -> None:
    page = _page(site / "zh-TW", "lessons/first")
    assert re.search(r'投影片： <a href="[./]+slides/deep/roots.html" lang="en" hreflang="en">Roots</a>', page)
    assert re.search(r'<a href="[./]+slides/trees.zh-TW.html">樹</a>', page)


def test_deck_leads_to_its_lesson(site: Path) -> None:
    deck = (site / "slides" / "trees.html").read_text("utf-8")
    assert re.search(r'<a href="\.\./lessons/first(/|\.html)"><span>Lesson:</span> The first</a>', deck)
    deck = (site / "slides" / "trees.zh-TW.html").read_text("utf-8")
    assert re.search(r'<a href="\.\./zh-TW/lessons/first(/|\.html)"><span>課程：</span> 第一課</a>', deck)


def test_deck_of_several_lessons_lists_them(site: Path) -> None:
    deck = (site / "slides" / "deep" / "roots.html").read_text("utf-8")
    listed = re.findall(r'<li><a href="\.\./\.\./lessons/\w+(?:/|\.html)">([^<]+)</a></li>', deck)
    assert listed == ["The first", "Second"]


def test_nothing_is_left_of_the_addresses_within_the_site(site: Path) -> None:
    assert not [path for path in site.rglob("*.html") if "labguide:" in path.read_text("utf-8")]


def test_card_shows_the_first_slide_and_leads_to_the_others(site: Path, browser: Browser) -> None:
    if not (site / "lessons/first.html").is_file():
        pytest.skip("only a site of files can be read from the disk")
    with browser.new_context() as context:
        page = context.new_page()
        complaints = watch(page)
        page.goto((site / "index.html").as_uri())
        card = page.locator(".deck-card").first
        frame = card.frame_locator("iframe")
        expect(frame.get_by_role("heading", name="Trees & forests")).to_be_visible()
        expect(frame.locator(".controls, .progress, .slide-number")).to_have_count(3)
        assert frame.locator(":is(.controls, .progress, .slide-number):visible").count() == 0
        card.get_by_text("All slides").click()
        card.get_by_role("link", name="A leaf falls").click()
        page.wait_for_function("window.Reveal?.isReady() && Reveal.getCurrentSlide().id === 'leaf'")
        assert [each for each in complaints if "ERR_FILE_NOT_FOUND" not in each] == []


# ---- What is wrong ----


def test_unknown_deck_is_a_problem_at_its_line(faulty: Callable[[str, str], str]) -> None:
    told = faulty("docs/lessons/second.md", "# Second\n\nText.\n\n```{deck} treees\n```\n")
    assert 'docs/lessons/second.md:5: no deck "treees" in slides/; did you mean "trees"? [unknown-deck]' in told


def test_unknown_lesson_is_a_problem_at_its_line(faulty: Callable[[str, str], str]) -> None:
    told = faulty("slides/deep/roots.md", "---\nlessons:\n  - lessons/first.md\n  - lessons/secnd.md\n---\n\n# Roots\n")
    assert 'slides/deep/roots.md:4: no lesson "lessons/secnd.md"; did you mean "lessons/second.md"?' in told


@pytest.mark.parametrize("said", ["7", "{a: b}", "[1, 2]"])
def test_lessons_that_are_no_list_are_a_problem(faulty: Callable[[str, str], str], said: str) -> None:
    told = faulty("slides/deep/roots.md", f"---\nlessons: {said}\n---\n\n# Roots\n")
    assert "slides/deep/roots.md:2: `lessons` is no list of pages" in told


def test_text_in_a_card_is_a_problem(faulty: Callable[[str, str], str]) -> None:
    told = faulty("docs/lessons/second.md", "# Second\n\n```{deck} trees\nLook!\n```\n")
    assert "docs/lessons/second.md:4: a deck's card holds no text" in told


def test_card_in_a_deck_is_a_problem(faulty: Callable[[str, str], str]) -> None:
    told = faulty("slides/deep/roots.md", "# Roots\n\n```{deck} trees\n```\n")
    assert "slides/deep/roots.md:3: a deck cannot show a card" in told


def test_deck_without_a_card_where_others_have_one_is_a_problem(faulty: Callable[[str, str], str]) -> None:
    told = faulty("slides/hidden.md", "# Hidden\n")
    assert "slides/hidden.md:1: no page shows the card of this deck; write ```{deck} hidden on a page" in told


def test_deck_that_wants_no_card_needs_none(faulty: Callable[[str, str], str]) -> None:
    assert "deck-without-card" not in faulty("slides/hidden.md", "---\ncard: false\n---\n\n# Hidden\n")


def test_fence_that_only_labguide_writes_is_refused(faulty: Callable[[str, str], str]) -> None:
    assert "only labguide marks a fence" in faulty("docs/lessons/second.md", "# Second\n\n```deck-card\n<b>\n```\n")
