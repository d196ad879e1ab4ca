"""How the published workshop reads: code fits, colours are legible, wide tables can be reached and printed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from browser import watch

DESKTOP = {"width": 1280, "height": 800}
PAPER = {"width": 718, "height": 1000}  # A4 less Chromium's margins
LESSON = "modules/2-video-games.html"

# Shows what tabs and folded boxes hide.
_UNFOLD = """() => {
  document.querySelectorAll("details").forEach((it) => (it.open = true));
  document.head.append(Object.assign(document.createElement("style"), {
    textContent: ".md-typeset .tabbed-content > .tabbed-block { display: block !important; }",
  }));
}"""

# The widest a block of code may become: 88 columns in the place of what it shows.
_TOO_NARROW = """() => [...document.querySelectorAll(".highlight:not(.recorded-output) pre > code")].flatMap((code) => {
  code.textContent = "x".repeat(88);
  const over = code.scrollWidth - code.clientWidth;
  const around = code.closest("li, .tabbed-set, .admonition, details");
  return over > 0 ? [`${over} px: ${around?.outerHTML.slice(0, 60)}`] : [];
})"""

_PALE = """() => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const parsed = (text) => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = text;
    pen.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = pen.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };
  const over = (top, under) => [0, 1, 2].map((n) => top[n] * top[3] + under[n] * (1 - top[3]));
  const light = (colour) => {
    const linear = (part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    const [red, green, blue] = colour.map((part) => linear(part / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = (element) => {
    const above = element.parentElement ? ground(element.parentElement) : [255, 255, 255];
    return over(parsed(getComputedStyle(element).backgroundColor), above);
  };
  const found = new Set();
  for (const element of document.querySelectorAll(".md-typeset :is(code, code *, .recorded-html *)")) {
    const shown = [...element.childNodes].some((it) => it.nodeType === Node.TEXT_NODE && it.data.trim());
    if (shown && element.getClientRects().length) {
      const under = ground(element);
      const [one, two] = [light(over(parsed(getComputedStyle(element).color), under)), light(under)];
      const ratio = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
      if (ratio < 4.5) found.add(`${element.localName}.${element.className}: ${ratio.toFixed(2)}`);
    }
  }
  return [...found];
}"""

_BEYOND = """() => [...document.querySelectorAll(".recorded-html table")]
  .map((table) => Math.round(table.getBoundingClientRect().right - document.documentElement.clientWidth))
  .filter((over) => over > 0)"""


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport=DESKTOP)  # type: ignore[arg-type]
    complaints = watch(page)
    yield page
    assert complaints == []
    page.close()


def _lessons(site: Path) -> list[Path]:
    return [file for folder in (site, site / "zh-TW") for file in sorted((folder / "modules").glob("*.html"))]


def test_code_of_88_columns_needs_no_scrolling_wherever_a_lesson_shows_code(page: Page, site: Path) -> None:
    narrow = {}
    for lesson in _lessons(site):
        page.goto(lesson.as_uri())
        page.evaluate(_UNFOLD)
        narrow[lesson.name] = page.evaluate(_TOO_NARROW)
    assert not any(narrow.values()), narrow


def test_code_and_outputs_are_legible(browser: Browser, site: Path, scheme: Any) -> None:
    page = browser.new_page(viewport=DESKTOP, color_scheme=scheme)  # type: ignore[arg-type]
    pale = {}
    for lesson in [*_lessons(site), site / "cleanup.html", site / "about/how-it-works.html"]:
        page.goto(lesson.as_uri())
        page.evaluate(_UNFOLD)
        pale[lesson.name] = page.evaluate(_PALE)
    page.close()
    assert not any(pale.values()), pale


def test_wide_table_is_reached_and_scrolled_by_keyboard(page: Page, site: Path) -> None:
    page.goto((site / LESSON).as_uri())
    box = page.locator(".recorded-html[tabindex='0'][aria-label]").first
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 0")


def test_box_that_does_not_scroll_is_no_stop_of_the_keyboard(page: Page, site: Path) -> None:
    page.goto((site / LESSON).as_uri())
    stops = "[...document.querySelectorAll('.recorded-html[tabindex]')]"
    assert page.evaluate(f"{stops}.filter((it) => it.scrollWidth <= it.clientWidth).length") == 0


def test_paper_has_every_column_of_a_wide_table(page: Page, site: Path) -> None:
    page.set_viewport_size(PAPER)  # type: ignore[arg-type]
    page.emulate_media(media="print")
    page.goto((site / LESSON).as_uri())
    assert page.locator(".recorded-html table").count() > 0
    assert page.evaluate(_BEYOND) == []


def test_tab_that_was_chosen_in_one_language_is_the_chosen_one_in_all(page: Page, site: Path) -> None:
    chosen = (
        "[...document.querySelectorAll('.tabbed-set')].map((set) => set.querySelector(':checked + *, :checked') && "
    )
    chosen += "[...set.querySelectorAll(':scope > input')].findIndex((input) => input.checked))"
    zh = site / "zh-TW"
    page.goto((site / LESSON).as_uri())
    page.locator(".tabbed-labels label", has_text="In code").first.click()
    page.wait_for_timeout(100)
    page.goto((zh / LESSON).as_uri())
    assert page.locator(".tabbed-labels label", has_text="用程式碼").count() > 1
    assert set(page.evaluate(chosen)) == {1}
    page.locator(".tabbed-labels label", has_text="在主控台").first.click()
    page.wait_for_timeout(100)
    page.goto((site / LESSON).as_uri())
    assert set(page.evaluate(chosen)) == {0}
    page.goto((zh / LESSON).as_uri())
    assert set(page.evaluate(chosen)) == {0}


def test_language_switch_keeps_the_place(page: Page, site: Path) -> None:
    page.goto((site / LESSON).as_uri() + "#evaluate")
    page.locator(".md-select").first.hover()
    with page.expect_navigation():
        page.locator("a.md-select__link[hreflang='zh-TW']").click()
    assert page.url.endswith("/zh-TW/modules/2-video-games.html#evaluate")
