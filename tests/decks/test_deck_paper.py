"""Decks on paper: a handout by the browser's print command, and slides on pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page
from showcase_deck import Showcase

SHEET: dict[str, Any] = {"format": "A4", "print_background": True}


def _pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.fixture
def handout(showcase: Showcase) -> Page:
    """The deck as a handout, as a browser lays it out for paper."""
    page = showcase.show(context=showcase.context("dark", 794, 1123))
    page.emulate_media(media="print")
    page.wait_for_function("document.body.classList.contains('on-paper')")
    return page


def test_handout_flows_from_sheet_to_sheet(showcase: Showcase) -> None:
    assert _pages(showcase.show().pdf(**SHEET)) <= 8  # of 23 slides


def test_handout_is_light_and_the_slide_show_goes_on_as_it_was(showcase: Showcase) -> None:
    page = showcase.show("#/steps", context=showcase.context("dark"))
    page.keyboard.press("ArrowRight")
    page.pdf(**SHEET)
    page.wait_for_function("document.documentElement.dataset.mdColorScheme === 'slate'")
    assert page.evaluate("document.querySelector('.deck').className.includes('reveal')")
    assert page.evaluate("[...document.querySelectorAll('#steps .pointed')].map((it) => it.textContent[0])") == ["#"]


def test_first_line_of_code_on_a_handout_begins_where_the_others_do(handout: Page) -> None:
    lines = "[...document.querySelectorAll('#steps .highlight .code-line')]"
    lefts = handout.evaluate(f"{lines}.map((it) => it.getBoundingClientRect().left)")
    assert len(set(lefts)) == 1
    assert handout.evaluate("getComputedStyle(document.querySelector('#long pre code')).paddingLeft") == "0px"


def test_numbers_of_lists_are_whole_on_a_handout(handout: Page) -> None:
    left = handout.evaluate("document.querySelector('#tabs ol li').getBoundingClientRect().left")
    assert left >= 20


def test_handout_shows_what_is_folded_or_comes_later(handout: Page) -> None:
    for text in ("What was hidden.", "create()", "Third", "Second"):
        assert handout.get_by_text(text, exact=True).first.is_visible(), text


def test_handout_has_nothing_that_only_a_screen_needs(handout: Page) -> None:
    hidden = "[...document.querySelectorAll('.deck-links, .controls, .progress, .slide-number, .speaker-notes')]"
    assert handout.evaluate(f"{hidden}.every((it) => !it.checkVisibility())")


def test_nothing_is_wider_than_the_sheet(handout: Page) -> None:
    assert handout.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_slides_on_pages_have_the_foot_and_are_light(showcase: Showcase) -> None:
    page = showcase.show("?print-pdf", context=showcase.context("dark"))
    page.wait_for_selector(".pdf-page >> nth=22", state="attached")
    page.wait_for_function("document.querySelectorAll('.pdf-page > .deck-foot').length === 23")
    assert page.evaluate("document.documentElement.dataset.mdColorScheme") == "default"
    assert _pages(page.pdf(prefer_css_page_size=True, print_background=True)) == 23


def test_page_of_a_slide_with_steps_shows_all_lines_alike(showcase: Showcase) -> None:
    page = showcase.show("?print-pdf")
    page.wait_for_selector(".pdf-page >> nth=22", state="attached")
    page.wait_for_function("document.querySelectorAll('.pdf-page > .deck-foot').length === 23")
    assert page.evaluate("document.querySelectorAll('.code-line.quiet').length") == 0


def test_each_step_may_have_a_page(showcase: Showcase) -> None:
    text = '## A\n\n<pre><code data-line-numbers="1|2">one\ntwo\n</code></pre>\n'
    showcase.publish("apart", f"---\nrevealOptions: {{pdfSeparateFragments: true}}\n---\n{text}")
    page = showcase.show("?print-pdf", name="apart")
    page.wait_for_function("document.querySelectorAll('.pdf-page > .deck-foot').length === 2")
    pointed = "[...document.querySelectorAll('.pdf-page')].map((it) => it.querySelector('.pointed').textContent.trim())"
    assert page.evaluate(pointed) == ["one", "two"]
