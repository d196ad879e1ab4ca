"""Decks for those who hear them, and for those who use keys: what browsers tell of slides, buttons and dialogs."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from showcase_deck import Showcase, shown


def test_deck_is_no_application_even_if_reveal_says_so_again(showcase: Showcase) -> None:
    page = showcase.show()
    expect(page.get_by_role("application")).to_have_count(0)
    page.evaluate("document.querySelector('.reveal').setAttribute('role', 'application')")
    expect(page.get_by_role("application")).to_have_count(0)
    expect(page.get_by_role("main")).to_have_count(1)


def test_slide_is_a_group_with_its_number_and_title(showcase: Showcase) -> None:
    page = showcase.show("#/tabs")
    slide = page.get_by_role("group", name=re.compile("^Slide 3 of 23: Tabs and a footnote$"))
    expect(slide).to_have_attribute("aria-roledescription", "slide")


def test_other_slides_are_heard_by_nobody(showcase: Showcase) -> None:
    heard = showcase.show("#/tabs").locator("body").aria_snapshot()
    assert "Tabs and a footnote" in heard
    assert "Formulas" not in heard
    assert "Boxes" not in heard


def test_change_of_slides_is_said_in_short(showcase: Showcase) -> None:
    page = showcase.show("#/boxes")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".deck-status")).to_have_text("Slide 3 of 23: Tabs and a footnote")
    expect(page.locator(".aria-status")).to_be_hidden()


def test_step_is_said(showcase: Showcase) -> None:
    page = showcase.show("#/steps")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".deck-status")).to_have_text("Lines 4")
    page = showcase.show("#/fragments")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".deck-status")).to_contain_text("Second")


def test_buttons_speak_the_language_of_the_deck(showcase: Showcase) -> None:
    showcase.publish("zh", "## 一\n\n---\n\n## 二\n", "zh-TW")
    page = showcase.show(name="zh")
    expect(page.get_by_role("button", name="下一張投影片")).to_be_enabled()
    page.keyboard.press("b")
    expect(page.get_by_role("button", name="繼續")).to_be_visible()
    page.keyboard.press("b")
    page.keyboard.press("g")
    expect(page.get_by_label("投影片的編號或名稱")).to_be_focused()


def test_button_is_pressed_by_space(showcase: Showcase) -> None:
    page = showcase.show("#/boxes")
    page.get_by_role("button", name="Next slide").focus()
    page.keyboard.press("Space")
    assert shown(page) == "tabs"


def test_what_is_wider_than_a_phone_is_scrolled_by_keys(showcase: Showcase) -> None:
    context = showcase.context(width=390, height=844)
    page = showcase.show(context=context, ready=False)
    code = page.locator("#long pre").first
    expect(code).to_have_attribute("tabindex", "0")
    code.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('#long pre').scrollLeft > 0")


def test_question_mark_lists_the_keys(showcase: Showcase) -> None:
    page = showcase.show()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_contain_text("Light or dark")
    page.keyboard.press("ArrowRight")
    assert shown(page) == "title"
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert not page.evaluate("Reveal.isOverview()")


def _search(page: Page, text: str) -> None:
    page.keyboard.press("Control+Shift+F")
    page.get_by_role("searchbox").fill(text)


def test_search_finds_text_on_slides_and_goes_there(showcase: Showcase) -> None:
    page = showcase.show()
    _search(page, "VALIDATION-auc")
    expect(page.get_by_role("status").filter(has_text="1 slide")).to_be_visible()
    page.keyboard.press("Enter")
    assert shown(page) == "long"
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_escape_ends_the_search(showcase: Showcase) -> None:
    page = showcase.show()
    _search(page, "moves")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert not page.evaluate("Reveal.isOverview() || CSS.highlights.size")


def test_search_is_walked_by_arrows(showcase: Showcase) -> None:
    page = showcase.show()
    _search(page, "moves")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert shown(page) == "moved"


def test_search_in_chinese_needs_no_blanks(showcase: Showcase) -> None:
    showcase.publish("found", "## 一\n\n---\n\n## 訓練 {#train}\n\n機器學習的端點\n", "zh-TW")
    page = showcase.show(name="found")
    _search(page, "學習")
    page.keyboard.press("Enter")
    assert shown(page) == "train"


def test_notes_are_not_found(showcase: Showcase) -> None:
    showcase.publish("notes", "## One\n\nNotes:\nhidden words\n")
    page = showcase.show(name="notes")
    _search(page, "hidden words")
    expect(page.get_by_text("Nothing found")).to_be_visible()
