"""Decks in a real browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from published_deck import DIALECT, Tour

from browser import overflowing_slides, watch
from labguide import decks

WALK = ["title", "list", "figure", "part", "code", "picture"]
PHONE = {"width": 390, "height": 844}


def _shown(page: Page) -> str:
    shown: str = page.evaluate("Reveal.getCurrentSlide().id")
    return shown


def test_arrow_keys_walk_the_deck(tour: Tour) -> None:
    page = tour.present()
    seen = [_shown(page)]
    for _ in WALK[1:]:
        page.keyboard.press("ArrowRight")
        seen.append(_shown(page))
    assert seen == WALK


def test_arrow_down_leads_to_the_slide_below(tour: Tour) -> None:
    page = tour.present("#/figure")
    page.keyboard.press("ArrowDown")
    assert _shown(page) == "table"


def test_nothing_goes_wrong_and_nothing_is_fetched_from_elsewhere(tour: Tour) -> None:
    page = tour.browser.new_page()
    complaints = watch(page)
    page.goto(f"{tour.address}/tour.html")
    page.wait_for_function("window.Reveal?.isReady()")
    for _ in range(8):
        page.keyboard.press("Space")
    assert _shown(page) == "picture"
    assert complaints == []


def test_address_names_the_slide(tour: Tour) -> None:
    page = tour.present("#/table")
    assert _shown(page) == "table"
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("#/part$"))


def test_link_between_slides_works(tour: Tour) -> None:
    page = tour.present("#/list")
    page.get_by_role("link", name="table").click()
    page.wait_for_function("Reveal.getCurrentSlide().id === 'table'")


def test_language_switch_keeps_the_slide(tour: Tour) -> None:
    page = tour.present()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.get_by_role("link", name="繁體中文").click()
    page.wait_for_function("window.Reveal?.isReady()")
    assert page.evaluate("document.documentElement.lang") == "zh-TW"
    assert _shown(page) == "figure"


def test_guide_is_a_tab_and_a_return_away(tour: Tour) -> None:
    page = tour.present()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_title("Guide")


def test_escape_shows_the_overview(tour: Tour) -> None:
    page = tour.present()
    page.keyboard.press("Escape")
    assert page.evaluate("Reveal.isOverview()")


def test_notes_are_not_on_the_slide(tour: Tour) -> None:
    expect(tour.present().get_by_text("Say hello.").first).to_be_hidden()


def test_everything_fits_on_its_slide(tour: Tour) -> None:
    assert overflowing_slides(tour.present()) == []


def test_long_code_shrinks_and_stays_readable(tour: Tour) -> None:
    page = tour.present("#/code")
    size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('#code pre code')).fontSize)")
    assert 14 <= size < 20


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("## Long {#long}\n\n" + "- A line\n" * 80, "too low"),
        ("## Wide {#wide}\n\n<p style='width: 1500px'>wide</p>\n", "too far right"),
        ("## Lost {#lost}\n\n![](lost.png)\n", "lost.png is not there"),
        ("## Code {#code}\n\n```python\n" + "pass\n" * 60 + "```\n", "too low"),
    ],
)
def test_slide_that_does_not_fit_is_reported(tour: Tour, body: str, fault: str) -> None:
    page = decks.render(f"# Fits\n\n---\n\n{body}", lang="en", assets="../assets/deck", dialect=DIALECT)
    (tour.folder / "faulty.html").write_text(page, "utf-8")
    window = tour.browser.new_page(viewport={"width": 1280, "height": 720})
    window.goto(f"{tour.address}/faulty.html")
    (reported,) = overflowing_slides(window)
    assert reported.startswith("#/")
    assert fault in reported


def test_title_and_section_slides_fill_windows_of_any_shape(tour: Tour) -> None:
    page = tour.visit(width=1024, height=768)
    page.wait_for_function("window.Reveal?.isReady()")
    ground = "getComputedStyle(document.querySelector('.slide-background.present')).backgroundColor"
    assert page.evaluate(ground) == page.evaluate("getComputedStyle(document.querySelector('.slide')).backgroundColor")


def test_printed_deck_has_a_page_for_each_slide(tour: Tour) -> None:
    page = tour.visit("?print-pdf")
    page.wait_for_selector(".pdf-page >> nth=6", state="attached")
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 7
    assert set(re.findall(rb"/MediaBox\s*\[([^\]]*)\]", pdf)) == {b"0 0 960 540"}


def test_upright_phone_reads_the_deck_as_a_page(tour: Tour) -> None:
    page = tour.visit("#/table", **PHONE)
    expect(page.get_by_role("heading", name="A table")).to_be_in_viewport()
    expect(page.get_by_role("heading", name="A list")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('#list li')).fontSize)") >= 16


def test_phone_on_its_side_presents_the_deck(tour: Tour) -> None:
    page = tour.visit(width=844, height=390)
    page.wait_for_function("window.Reveal?.isReady()")


def test_deck_can_be_read_without_scripts(tour: Tour) -> None:
    page = tour.browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{tour.address}/tour.html")
    expect(page.get_by_role("heading", name="A long piece of code")).to_be_visible()
    expect(page.get_by_text("Say hello.")).to_be_hidden()


def test_deck_opens_from_a_folder_without_a_server(tour: Tour, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(Path(tour.folder / "tour.html").as_uri())
    page.wait_for_function("window.Reveal?.isReady()")


def test_nothing_moves_for_readers_who_asked_for_less_motion(tour: Tour) -> None:
    page = tour.browser.new_context(reduced_motion="reduce").new_page()
    page.goto(f"{tour.address}/tour.html")
    page.wait_for_function("window.Reveal?.isReady()")
    moving = "[...document.querySelectorAll('*')].filter(it => parseFloat(getComputedStyle(it).transitionDuration) > 0"
    assert page.evaluate(f"{moving} && getComputedStyle(it).transitionProperty !== 'none').length") == 0
