"""The translators' page in a real browser, opened from the disk, with nothing else beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from translated import PAGE, TRANSLATION, Guide
from translator import Sheet

from browser import watch

LONG = "a-very-long-name-without-any-place-to-break-it/" * 4


@pytest.fixture
def page(browser: Browser, buckets: Guide, tmp_path: Path) -> Iterator[Page]:
    """The page of a guide with a stale section, one without a mark, and one that is missing."""
    buckets.edit(PAGE, "It costs money.", f"It costs much: `{LONG}`.")
    buckets.edit(PAGE, "It is empty.", "It is empty.\n\n## Name it {#name}\n\nIt needs one.")
    translation = buckets.read(TRANSLATION)
    mark = buckets.standing("create").translation
    assert mark
    buckets.write(TRANSLATION, translation.replace(f"{mark.mark}\n", "", 1))
    path = tmp_path / "translations.zh-TW.html"
    path.write_text(Sheet(buckets).html, "utf-8")
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    opened = context.new_page()
    complaints = watch(opened)
    opened.goto(path.as_uri())
    yield opened
    context.close()
    assert complaints == []


def _copied(page: Page) -> str:
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def test_the_mark_is_copied_by_keyboard(page: Page) -> None:
    item = page.locator(".item[data-kind=STALE]")
    item.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("已複製")
    assert _copied(page) == item.locator("pre").inner_text()


def test_a_section_is_copied_line_by_line(page: Page) -> None:
    item = page.locator(".item[data-kind=MISSING]")
    item.get_by_role("button").click()
    expect(page.get_by_role("status")).to_have_text("已複製")
    assert _copied(page).split("\n")[0] == "## Name it {#name}"
    assert _copied(page).split("\n")[3] == "It needs one."


def test_without_a_clipboard_the_text_is_copied_all_the_same(page: Page) -> None:
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true })")
    page.locator(".item[data-kind=STALE]").get_by_role("button").click()
    expect(page.get_by_role("status")).to_have_text("已複製")


def test_what_the_reader_does_not_want_to_see_is_not_shown(page: Page) -> None:
    page.locator(".filter input[value=STALE]").uncheck()
    expect(page.locator(".item:visible")).to_have_count(2)
    for kind in ("MISSING", "UNSYNCED"):
        page.locator(f".filter input[value={kind}]").uncheck()
    expect(page.locator(".sheet:visible")).to_have_count(0)
    page.locator(".filter input[value=UNSYNCED]").check()
    expect(page.locator(".item:visible")).to_have_count(1)


def test_a_link_to_a_section_opens_it(page: Page) -> None:
    item = page.locator(".item[data-kind=STALE]")
    item.locator("summary").click()
    assert item.get_attribute("open") is None
    page.evaluate("location.hash = document.querySelector('.item[data-kind=STALE]').id")
    expect(item.locator(".row").first).to_be_visible()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_wider_than_the_window(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_english_says_that_it_is_english(page: Page) -> None:
    languages = page.locator(".english").evaluate_all(
        "all => [...new Set(all.map(each => each.closest('[lang]').lang))]"
    )
    assert languages == ["en"]
    assert page.locator("html").get_attribute("lang") == "zh-TW"


def test_on_paper_all_sections_are_open(page: Page) -> None:
    page.locator(".item[data-kind=STALE] summary").click()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".item:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".item:not([open])").count() == 1
