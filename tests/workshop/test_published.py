"""The published workshop in a real browser, as students and instructors see it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Page

from browser import overflowing_slides, watch
from labguide import decks

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGES = [
    page.relative_to(DOCS).with_suffix(".html").as_posix()
    for page in sorted(DOCS.rglob("*.md"))
    if not page.name.endswith(".zh-TW.md") and page.parent.name != "plans"  # lesson plans are the instructor's
]
LANGUAGES = {"en": "", "zh-TW": "zh-TW/"}
DECKS = {"en": "slides/sagemaker-introduction.html", "zh-TW": "slides/sagemaker-introduction.zh-TW.html"}
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def address(site: Path, serve: Callable[[Path], str]) -> str:
    return serve(site)


def _open(browser: Browser, url: str, size: dict[str, int]) -> tuple[Page, list[str]]:
    page = browser.new_page(viewport={"width": size["width"], "height": size["height"]})
    complaints = watch(page)
    page.goto(url, wait_until="networkidle")
    return page, complaints


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_page_opens_without_a_complaint_and_without_sideways_scrolling(
    browser: Browser, address: str, language: str, path: str, size: dict[str, int]
) -> None:
    page, complaints = _open(browser, f"{address}/{LANGUAGES[language]}{path}", size)
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.lang") == language
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert complaints == []
    page.close()


def test_language_switch_keeps_the_page(browser: Browser, address: str) -> None:
    page, complaints = _open(browser, f"{address}/modules/2-video-games.html", DESKTOP)
    for language, path in (("zh-TW", "/zh-TW/modules/2-video-games.html"), ("en", "/modules/2-video-games.html")):
        page.get_by_role("button", name="language").or_(page.get_by_label("選擇語言")).first.hover()
        page.locator(f"a.md-select__link[hreflang='{language}']").click()
        page.wait_for_url(f"{address}{path}*")
    assert complaints == []
    page.close()


@pytest.mark.parametrize(("language", "word"), [("en", "endpoint"), ("zh-TW", "儲存貯體")])
def test_search_finds_a_word(browser: Browser, address: str, language: str, word: str) -> None:
    page, complaints = _open(browser, f"{address}/{LANGUAGES[language]}", DESKTOP)
    page.locator(".md-search__input").click()
    page.locator(".md-search__input").type(word, delay=20)
    page.keyboard.press("End")  # an input method ends with a key; the search listens for one
    page.locator(".md-search-result__item").first.wait_for()
    assert complaints == []
    page.close()


@pytest.mark.parametrize("language", DECKS)
def test_arrow_keys_walk_the_deck_to_its_end(browser: Browser, address: str, language: str) -> None:
    page, complaints = _open(browser, f"{address}/{DECKS[language]}", {"width": 1280, "height": 720})
    page.wait_for_function("window.Reveal?.isReady()")
    slides = page.evaluate("Reveal.getTotalSlides()")
    assert slides >= 10
    for _ in range(slides * 2):
        page.keyboard.press("Space")
    on_last = "Reveal.getCurrentSlide() === Reveal.getSlides().at(-1)"
    assert page.evaluate(on_last)
    page.keyboard.press("ArrowLeft")
    assert not page.evaluate(on_last)
    assert complaints == []
    page.close()


@pytest.mark.parametrize("language", DECKS)
def test_no_slide_overflows(browser: Browser, address: str, language: str) -> None:
    page, _ = _open(browser, f"{address}/{DECKS[language]}", {"width": 1280, "height": 720})
    assert overflowing_slides(page) == []
    page.close()


@pytest.mark.parametrize("source", sorted((DOCS.parent / "slides").glob("*.md")), ids=lambda source: source.name)
def test_every_slide_has_notes_and_a_time(source: Path) -> None:
    deck = decks.split(source.read_text("utf-8"))
    slides = [slide for stack in deck.stacks for slide in stack]
    assert all(slide.notes.strip() for slide in slides)
    assert sum(int(slide.attributes["data-timing"]) for slide in slides) == deck.meta["minutes"] * 60


def test_notebooks_have_the_same_code_in_every_language(site: Path) -> None:
    names = ("video-games", "video-games-executed", "video-games.zh-TW", "video-games-executed.zh-TW")
    notebooks = [nbformat.read(site / "notebooks" / f"{name}.ipynb", as_version=4) for name in names]
    code = [[cell.source for cell in notebook.cells if cell.cell_type == "code"] for notebook in notebooks]
    assert code[0]
    assert all(_without_gaps(cells) == _without_gaps(code[0]) for cells in code)


def _without_gaps(cells: list[str]) -> list[str]:
    """The code without the words of a gap, which are in each reader's language."""
    return [re.sub(r"\.\.\.  # .*", "...", cell) for cell in cells]


def test_cleared_notebook_has_no_outputs_and_the_executed_one_has(site: Path) -> None:
    cleared = nbformat.read(site / "notebooks" / "video-games.ipynb", as_version=4)
    executed = nbformat.read(site / "notebooks" / "video-games-executed.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in cleared.cells)
    assert any("image/png" in output.get("data", {}) for cell in executed.cells for output in cell.get("outputs", ()))
