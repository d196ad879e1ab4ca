"""The published workshop as somebody reads it who has only the folder: opened from the disk, without a server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Page

from browser import watch

FIRST = {"en": "index.html", "zh-TW": "zh-TW/index.html"}
DECKS = {"en": "slides/sagemaker-introduction.html", "zh-TW": "slides/sagemaker-introduction.zh-TW.html"}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in which nothing may go wrong."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    complaints = watch(page)
    yield page
    assert complaints == []
    page.close()


def follow(page: Page, selector: str) -> str:
    """Click on a link and return where it leads, without what stands behind `#`."""
    with page.expect_navigation():
        page.locator(selector).first.click()
    return page.url.partition("#")[0]


def _hrefs(file: Path) -> Iterator[str]:
    """What a page links to in the site, as paths relative to its folder."""
    for href in re.findall(r'<a\b[^>]*\shref="?([^">\s]+)', file.read_text("utf-8")):
        parts = urlsplit(href)
        if not parts.scheme and not parts.netloc and parts.path:
            yield unquote(parts.path)


@pytest.mark.parametrize("language", FIRST)
def test_modules_and_back(page: Page, site: Path, language: str) -> None:
    first = site / FIRST[language]
    page.goto(first.as_uri())
    module = follow(page, ".md-nav--primary a[href$='2-video-games.html']")
    assert module == (first.parent / "modules/2-video-games.html").as_uri()
    assert follow(page, "a.md-logo >> visible=true") == first.as_uri()


@pytest.mark.parametrize("language", DECKS)
def test_deck_and_back(page: Page, site: Path, language: str) -> None:
    first, deck = site / FIRST[language], site / DECKS[language]
    page.goto(first.as_uri())
    assert follow(page, f".md-content a[href*='{deck.name}']") == deck.as_uri()
    assert follow(page, ".deck-links a") == first.as_uri()


def test_language_switch_keeps_the_page(page: Page, site: Path) -> None:
    page.goto((site / "modules/2-video-games.html").as_uri())
    for language, folder in (("zh-TW", "zh-TW/"), ("en", "")):
        page.locator(".md-select").first.hover()
        there = follow(page, f"a.md-select__link[hreflang='{language}']")
        assert there == (site / f"{folder}modules/2-video-games.html").as_uri()


@pytest.mark.parametrize("letter", ["c", "m"])
def test_one_letter_finds_words_that_begin_with_it(page: Page, site: Path, letter: str) -> None:
    page.goto((site / FIRST["en"]).as_uri())
    page.locator(".md-search__input").click()
    page.locator(".md-search__input").type(letter)
    page.locator(".md-search-result__item").first.wait_for()


@pytest.mark.parametrize(("language", "word"), [("en", "ModelTrainer"), ("zh-TW", "儲存貯體")])
def test_search_finds_a_word_and_leads_there(page: Page, site: Path, language: str, word: str) -> None:
    page.goto((site / FIRST[language]).as_uri())
    page.locator(".md-search__input").click()
    page.locator(".md-search__input").type(word, delay=20)
    page.keyboard.press("End")
    page.locator(".md-search-result__item").first.wait_for()
    found = follow(page, ".md-search-result__link").partition("?")[0]
    assert found.startswith((site / FIRST[language]).parent.as_uri())
    assert found.endswith(".html")


def test_every_link_of_the_site_leads_to_a_file(site: Path) -> None:
    """No link names a folder: a server would show its index, a disk shows a listing."""
    dead = [
        f"{file.relative_to(site)}: {href}"
        for file in sorted(site.rglob("*.html"))
        if file.name != "404.html"
        for href in _hrefs(file)
        if not (file.parent / href).is_file()
    ]
    assert dead == []


def test_page_prints_whole(page: Page, site: Path) -> None:
    page.goto((site / "modules/2-video-games.html").as_uri())
    assert len(page.pdf()) > 10_000
