"""Japanese beside English and Chinese: what its readers find without a line of code for it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser import watch

OUTPUT = re.compile(r"\[0, 1, 4, 9, 16\]")


@pytest.fixture
def page(browser: Browser) -> Page:
    return browser.new_page(viewport={"width": 1280, "height": 720})


def test_workshop_is_built_without_a_problem(trilingual) -> None:
    assert list(trilingual.found) == []


def test_page_says_its_language(trilingual) -> None:
    assert re.search(r'<html lang="ja"', trilingual.page("ja/training/index.html"))


def test_labguides_own_words_are_in_the_language(trilingual) -> None:
    for word in ("記録された出力", "メモ", "パーマリンク"):
        assert word in trilingual.page("ja/training/index.html"), word


def test_every_language_shows_the_one_recording(trilingual) -> None:
    for folder in ("", "zh-TW/", "ja/"):
        assert OUTPUT.search(trilingual.page(f"{folder}training/index.html")), folder


def test_a_page_that_is_not_translated_says_so_in_the_readers_language(address: str, page: Page) -> None:
    page.goto(f"{address}/ja/costs/")
    expect(page.get_by_text("このページはまだ翻訳されていません")).to_be_visible()
    expect(page.locator('[lang="en"]').get_by_role("heading", name="What it costs")).to_be_visible()


def test_the_same_page_is_translated_for_another_language(address: str, page: Page) -> None:
    page.goto(f"{address}/zh-TW/costs/")
    expect(page.get_by_role("heading", name="費用")).to_be_visible()
    expect(page.get_by_text("尚未翻譯")).to_have_count(0)


def test_no_page_of_the_language_asks_another_host_or_complains(address: str, page: Page) -> None:
    complaints = watch(page)
    for path in ("", "training/", "costs/"):
        page.goto(f"{address}/ja/{path}")
        page.wait_for_load_state("networkidle")
    assert complaints == []


def test_letters_are_drawn_as_the_language_has_them(address: str, page: Page) -> None:
    families = {}
    for folder in ("zh-TW", "ja"):
        page.goto(f"{address}/{folder}/training/")
        families[folder] = page.evaluate("getComputedStyle(document.querySelector('article')).fontFamily")
    assert "Noto Sans JP" in families["ja"]
    assert "Noto Sans TC" in families["zh-TW"]
    assert "Noto Sans TC" not in families["ja"]


def test_a_line_break_in_a_sentence_makes_no_space(address: str, page: Page) -> None:
    page.goto(f"{address}/ja/training/")
    expect(page.get_by_text("データは保存用のバケットに入っています。訓練ジョブがそれを読み込みます。")).to_be_visible()


def test_switch_leads_from_a_page_to_itself(address: str, page: Page) -> None:
    page.goto(f"{address}/ja/training/")
    page.locator(".md-header .md-select").hover()
    page.locator(".md-header .md-select").get_by_role("link", name="繁體中文").click()
    expect(page).to_have_url(re.compile(f"^{address}/zh-TW/training/(#.*)?$"))


def test_deck_speaks_the_language(address: str, page: Page) -> None:
    complaints = watch(page)
    page.goto(f"{address}/slides/introduction.ja.html")
    page.wait_for_function("window.Reveal?.isReady()")
    assert page.evaluate("document.documentElement.lang") == "ja"
    expect(page.get_by_role("link", name="教材に戻る")).to_have_count(1)
    expect(page.locator("section.present").get_by_role("heading", name="はじめに")).to_be_visible()
    assert complaints == []


def test_a_deck_that_is_not_translated_stands_in_with_a_notice(trilingual) -> None:
    assert "以下顯示原文" in trilingual.page("zh-TW/index.html")
    assert "以下は原文です" not in trilingual.page("ja/index.html")


def test_notebook_has_the_prose_of_the_language_and_the_code_of_all(trilingual) -> None:
    cells = json.loads(trilingual.page("notebooks/squares.ja.ipynb"))["cells"]
    text = "".join("".join(cell["source"]) for cell in cells)
    assert "いちばん大きい数を見つけましょう。" in text
    assert "squares = [n * n for n in range(5)]" in text
    assert "ここにコードを書いてください" in text


def test_exercises_can_be_printed_in_the_language(trilingual) -> None:
    assert "練習問題" in trilingual.page("exercises.ja.html")


def test_time_tracker_speaks_the_language(trilingual, serve: Callable[[Path], str], page: Page) -> None:
    complaints = watch(page)
    page.goto(f"{serve(trilingual.instructor)}/plans/class-tracker.ja.html")
    expect(page.get_by_role("button", name="開始", exact=False).first).to_be_visible()
    expect(page.get_by_text("最初：あいさつ")).to_be_visible()
    assert complaints == []


@pytest.mark.parametrize(("term", "where"), [("エンドポイント", "training/"), ("バケット", "training/")])
def test_search_finds_a_term_in_the_middle_of_a_sentence(address: str, page: Page, term: str, where: str) -> None:
    page.goto(f"{address}/ja/")
    page.get_by_role("textbox", name="検索").fill(term)
    found = page.locator(".md-search-result__link").first
    expect(found).to_have_attribute("href", re.compile(rf"/ja/{where}"))
