"""What readers find, in Chromium: on a site from a server, and on one that was opened from the disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from mkdocs_project import Built
from playwright.sync_api import Browser, Page

from browser import browser, serve, watch

__all__ = ["browser", "serve"]

CHINESE = """\
# 儲存資料

要訓練模型，先建立一個 S3 儲存貯體，把資料放進去。型別是 `ml.m5.large`，Amazon SageMaker 會用到。

## 刪除儲存貯體 {#delete}

使用者要先清空才能刪除，端點也是。

## 其他文字 {#others}

ＡＷＳ 的資料在機器学習と呼ばれます。데이터학습을 시작합니다. การเรียนรู้ของเครื่อง

以 k-means 分群。
"""
SOURCE = {
    "docs/index.md": "# Home\n\nStart here.\n\n```{deck} deck\n```\n",
    "docs/data.md": "# Storing data\n\nMake a bucket, delete the endpoint.\n\n## Bucket {#bucket}\n\nEmpty.\n",
    "docs/only.md": "# SageMaker only\n\n## SageMaker part {#part}\n\nSageMaker has no Chinese. ml.m5.large, bucket\n",
}
TRANSLATED = {
    "docs/index.md": "# 首頁\n\n從這裡開始。存貯與貯體無關，這裡只有使用。\n\n```{deck} deck\n```\n",
    "docs/data.md": CHINESE,
}
DECKS = {
    "slides/deck.md": "# Deck\n\n---\n\n## Trees\n\nText.\n",
    "slides/deck.zh-TW.md": "# 簡報\n\n---\n\n## 決策樹\n\n文字。\n",
}
MORE = "use_directory_urls: false\n"
FEATURES = "font: false, features: [search.highlight, search.suggest]"
NAMES = """() => [...document.querySelectorAll(".md-search-result__item")].map((item) =>
  [...item.querySelectorAll("a")].map(({ href }) => href.split("?")[0].split("/").pop() + new URL(href).hash))"""
ANSWERED = "document.querySelector('.md-search-result__meta').textContent.match(/\\d|No match|沒有/)"

Open = Callable[[str], Page]


def _site(root: Path, pages: dict[str, str]) -> Path:
    built = Built(root, structure="suffix", more=MORE)
    config = (root / "mkdocs.yml").read_text("utf-8").replace("font: false", FEATURES)
    if "docs/index.en.md" in pages:
        config = config.replace("English, default: true}", "English}").replace("繁體中文}", "繁體中文, default: true}")
    built.write("mkdocs.yml", config)
    for path, text in pages.items():
        built.write(path, text)
    assert built.build() == [], built.found
    return root / "site"


@pytest.fixture(scope="module", autouse=True)  # before there is a browser
def sites(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A guide in English that is translated in part, and the same pages in a guide that is written in Chinese."""
    translated = {path.replace(".md", ".zh-TW.md"): text for path, text in TRANSLATED.items()}
    back = {path.replace(".md", ".en.md"): text for path, text in SOURCE.items() if path != "docs/only.md"}
    decks = {"slides/deck.md": "# 簡報\n", "slides/deck.en.md": "# Deck\n"}
    own = {**TRANSLATED, "docs/only.md": "# Bucket 的頁面\n\nbucket bucket bucket endpoint\n"}
    return (
        _site(tmp_path_factory.mktemp("site"), {**SOURCE, **translated, **DECKS}),
        _site(tmp_path_factory.mktemp("turned"), {**own, **back, **decks}),
    )


@pytest.fixture(scope="module", params=["server", "disk"])
def address(request: pytest.FixtureRequest, sites: tuple[Path, Path], serve: Callable[[Path], str]) -> str:
    return serve(sites[0]) if request.param == "server" else sites[0].as_uri()


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Open]:
    """Opens a page of the site with its search; nothing may go wrong on it."""
    pages: list[tuple[Page, list[str]]] = []

    def opened(path: str) -> Page:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        pages.append((page, watch(page)))
        page.goto(f"{address}/{path}")
        page.locator(".md-search__input").click()
        return page

    yield opened
    for page, complaints in pages:
        assert complaints == []
        page.close()


def found(page: Page, query: str) -> list[list[str]]:
    """What a query finds: the pages, best first, each with the links to it and to its sections."""
    page.locator(".md-search__input").fill("")
    page.wait_for_function(f"!{ANSWERED}")
    page.locator(".md-search__input").fill(query)
    page.wait_for_function(ANSWERED)
    names: list[list[str]] = page.evaluate(NAMES)
    return names


def first(page: Page, query: str) -> list[str]:
    """The pages that a query finds, best first."""
    return [links[0].partition("#")[0] for links in found(page, query)]


@pytest.mark.parametrize("query", ["儲存貯體", "使用者", "端點", "用者要先清"])
def test_term_is_found_in_the_middle_of_a_sentence_and_nowhere_else(opened: Open, query: str) -> None:
    assert first(opened("zh-TW/index.html"), query) == ["data.html"]


def test_pages_in_another_language_are_found_last(opened: Open) -> None:
    assert first(opened("zh-TW/index.html"), "SageMaker") == ["data.html", "only.html"]


def test_english_finds_no_page_in_chinese(opened: Open) -> None:
    page = opened("index.html")
    assert first(page, "sagemaker") == ["only.html"]
    assert found(page, "儲存") == []


@pytest.mark.parametrize(
    "query",
    [
        *("S3儲存貯體", "ml.m5.large 模型", "aws", "ＳａｇｅＭａｋｅｒ 模型", "sage 模型", '"清空才能刪除"', "貯"),
        *("器学習", "학습", "เรียน", "k-means", "k-means 分群"),
    ],
)
def test_forms_of_what_is_looked_for(opened: Open, query: str) -> None:
    assert first(opened("zh-TW/index.html"), query)[0] == "data.html"


def test_no_sign_in_a_query_ends_the_search(opened: Open) -> None:
    page = opened("zh-TW/index.html")
    signs = [chr(code) for code in range(33, 127) if not chr(code).isalnum()]
    assert [sign for sign in signs if "data.html" not in first(page, f"儲存{sign}貯體 SageMaker")] == []


def test_words_that_are_nowhere_together_find_the_page_with_most_of_them(opened: Open) -> None:
    assert first(opened("zh-TW/index.html"), "使用者 模型 開始") == ["data.html", "index.html"]


def test_section_with_all_words_comes_before_one_with_a_word_in_its_title(opened: Open) -> None:
    page = opened("zh-TW/index.html")
    assert found(page, "儲存貯體 模型")[0][0] == "data.html"
    assert page.locator(".md-search-result__item > a").first.locator("mark").all_inner_texts() == ["模型", "儲存貯體"]


def test_run_that_is_nowhere_finds_what_has_most_of_it(opened: Open) -> None:
    assert first(opened("zh-TW/index.html"), "使用者先清空才能") == ["data.html"]


@pytest.mark.parametrize("query", ['"清空能刪除"', "儲存 -端點 -模型", "不存在的詞"])
def test_what_is_asked_for_exactly_or_excluded(opened: Open, query: str) -> None:
    assert "data.html" not in first(opened("zh-TW/index.html"), query)


def test_section_is_marked_in_the_list_and_on_its_page(opened: Open) -> None:
    page = opened("zh-TW/index.html")
    assert "data.html#delete" in found(page, "儲存貯體")[0]
    link = page.locator("a[href*='#delete']")
    assert link.locator("h2").inner_html() == "刪除<mark>儲存貯體</mark>"
    with page.expect_navigation():
        link.click()
    page.wait_for_function("document.querySelectorAll('mark[data-md-highlight]').length")
    assert set(page.locator("mark[data-md-highlight]").all_inner_texts()) == {"儲存貯體"}


def test_text_in_the_list_is_what_stands_around_a_term(opened: Open) -> None:
    page = opened("zh-TW/index.html")
    found(page, "ml.m5.large")
    text = page.locator(".md-search-result__item p").first.inner_html()
    assert text.endswith("型別是 <code><mark>ml.m5.large</mark></code>，Amazon SageMaker 會用到。")


def test_search_says_which_words_a_page_lacks(opened: Open) -> None:
    page = opened("zh-TW/index.html")
    found(page, "端點 從這裡")
    assert page.locator(".md-search-result__terms del").all_inner_texts() == ["端點", "從這裡"]


def test_search_suggests_how_a_word_goes_on(opened: Open) -> None:
    page = opened("zh-TW/index.html")
    found(page, "刪除儲")
    page.keyboard.press("End")
    page.wait_for_function(
        "document.querySelector('[data-md-component=search-suggest]').textContent === '刪除儲存貯體'"
    )


def test_enter_opens_what_stands_first(opened: Open) -> None:
    page = opened("zh-TW/index.html")
    found(page, "SageMaker")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "data.html" in page.url


@pytest.mark.parametrize(("path", "query"), [("zh-TW/index.html", "策樹"), ("index.html", "trees")])
def test_slide_is_found_on_the_page_with_its_card(opened: Open, path: str, query: str) -> None:
    assert first(opened(path), query) == ["index.html"]


@pytest.mark.parametrize("disk", [False, True], ids=["server", "disk"])
def test_theme_searches_where_blanks_part_the_words_and_other_languages_come_last(
    browser: Browser, sites: tuple[Path, Path], serve: Callable[[Path], str], disk: bool
) -> None:
    page = browser.new_page()
    complaints = watch(page)
    page.goto(f"{sites[1].as_uri() if disk else serve(sites[1])}/en/index.html")
    page.locator(".md-search__input").click()
    assert first(page, "bucket") == ["data.html", "only.html"]
    assert first(page, "endp") == ["data.html", "only.html"]
    assert complaints == []
    page.close()
