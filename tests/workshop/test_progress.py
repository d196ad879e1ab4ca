"""A student ticks off what is done: kept in the browser, shown in the navigation, saved as a file and loaded again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from browser import watch

STORE = "labguide.progress.sagemaker-workshop"
FIRST, SECOND = "modules/1-notebook-instance.html", "modules/2-video-games.html"
BOX = ".labguide-progress input[type=checkbox]"
MARKS = ".labguide-progress__mark"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, accept_downloads=True)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    complaints = watch(page)
    yield page
    assert complaints == []


def visit(page: Page, site: Path, path: str) -> None:
    page.goto((site / path).as_uri())


def stored(page: Page) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(page.evaluate(f"localStorage.getItem('{STORE}')"))
    return found


def test_finished_page_is_marked_in_the_navigation_of_every_language(page: Page, site: Path) -> None:
    visit(page, site, FIRST)
    assert page.locator(MARKS).count() == 0
    page.get_by_label("I have finished this page").check()
    for path, text in ((SECOND, "1 of "), (f"zh-TW/{SECOND}", "已完成 1 頁")):
        visit(page, site, path)
        assert page.locator(MARKS).count() == 1
        assert page.locator(f"a[href$='1-notebook-instance.html'] > {MARKS}").count() == 1
        assert text in page.locator(".labguide-progress__summary").inner_text()
        assert not page.locator(BOX).first.is_checked()
    visit(page, site, f"zh-TW/{FIRST}")
    page.get_by_label("我已完成本頁").uncheck()
    visit(page, site, FIRST)
    assert page.locator(MARKS).count() == 0


def test_box_is_ticked_by_keyboard_and_the_change_is_told(page: Page, site: Path) -> None:
    visit(page, site, FIRST)
    page.locator(BOX).focus()
    page.keyboard.press("Space")
    assert page.get_by_role("status").filter(has_text="1 of").count() == 1
    assert page.get_by_role("img", name="finished").count() == 1


def test_saved_file_is_loaded_in_another_browser(page: Page, browser: Browser, site: Path, tmp_path: Path) -> None:
    visit(page, site, FIRST)
    page.locator(BOX).check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a file").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert json.loads(file.read_text("utf-8")) == stored(page)

    other = browser.new_page()
    visit(other, site, f"zh-TW/{SECOND}")
    other.locator(BOX).check()
    other.locator(".labguide-progress input[type=file]").set_input_files(file)
    other.get_by_text("已載入，新增 1 項").wait_for()
    assert set(stored(other)["pages"]) == {"modules/1-notebook-instance", "modules/2-video-games"}
    other.close()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("not JSON", "holds no progress"),
        ('{"pages": 3}', "holds no progress"),
        ('{"course": "cooking", "pages": {"a": "2026-01-01"}, "tasks": {}}', "another course: cooking"),
    ],
)
def test_file_that_is_none_of_this_course_changes_nothing(
    page: Page, site: Path, tmp_path: Path, content: str, told: str
) -> None:
    visit(page, site, FIRST)
    page.locator(BOX).check()
    before = stored(page)
    (tmp_path / "x.json").write_text(content, "utf-8")
    page.locator(".labguide-progress input[type=file]").set_input_files(tmp_path / "x.json")
    page.get_by_text(told).wait_for()
    assert stored(page) == before


def test_page_that_is_not_there_any_more_is_kept_and_told(page: Page, site: Path) -> None:
    visit(page, site, FIRST)
    kept = json.dumps({"course": "sagemaker-workshop", "pages": {"modules/old-name": "2026-01-01"}, "tasks": {}})
    page.evaluate("([store, kept]) => localStorage.setItem(store, kept)", [STORE, kept])
    page.reload()
    page.locator(BOX).check()
    assert page.get_by_text("not in this guide any more, or under another name: modules/old-name").is_visible()
    assert "modules/old-name" in stored(page)["pages"]


def test_browser_that_keeps_nothing_says_so(page: Page, site: Path) -> None:
    page.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }")
    visit(page, site, FIRST)
    page.locator(BOX).check()
    assert page.get_by_text("This browser keeps nothing").is_visible()


def test_two_windows_agree(page: Page, context: BrowserContext, site: Path) -> None:
    visit(page, site, FIRST)
    other = context.new_page()
    visit(other, site, SECOND)
    page.locator(BOX).check()
    other.locator(MARKS).first.wait_for()


def test_without_scripts_nothing_of_it_is_shown(browser: Browser, site: Path) -> None:
    page = browser.new_page(java_script_enabled=False)
    visit(page, site, FIRST)
    assert page.locator(".labguide-progress, .labguide-progress__summary").count() == 0
    page.close()
