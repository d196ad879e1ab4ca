"""What pages, decks and notebooks say of their language: built by real MkDocs, and looked at in a real browser."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from mkdocs_project import QUOTE, Built
from playwright.sync_api import Browser, expect

from browser import browser, serve, watch

__all__ = ["browser", "serve"]

ADDRESS = "https://example.org/course/"
MORE = f"site_url: {ADDRESS}\nuse_directory_urls: false\nnav: [index.md, one.md]\n"
WRONG = "<!-- en:000000000000 -->"
DRAFT = "<!-- en:000000000000 draft -->"
LONG = "Text.\n\n" * 60
PAGE = f"# Home {{#home}}\n\nHello.\n\n## Part {{#part}}\n\n{LONG}## End {{#end}}\n\n{LONG}"
PAGE_ZH = f"""\
# 首頁 {{#home}}

第一行
**第二行**。

!!! note
    甲

## 部分 {{#part}}
{WRONG}

{LONG}
## 結尾 {{#end}}

{LONG}
{QUOTE}
"""
DECK = "# Talk {#talk}\n\n---\n\n## Two {#two}\n\nText\n"
DECK_ZH = f"# 演講 {{#talk}}\n\n---\n\n## 二 {{#two}}\n{WRONG}\n\n文字\n換行\n"
SCRIPT = '# %% [markdown] name="words"\n# # Count\n#\n# One.\n\n# %% name="count"\nprint("one")\n'
SCRIPT_ZH = f"# 數 {{#count}}\n{DRAFT}\n\n一行\n又一行\n\n```{{cell}} count#count\n```\n"


def workshop(root: Path, theme: str = "") -> Built:
    made = Built(root, structure="suffix", more=MORE)
    if theme:
        config = (root / "mkdocs.yml").read_text("utf-8")
        made.write("mkdocs.yml", config.replace("{name: material, font: false}", f"{{name: {theme}}}"))
    for path, text in {
        "docs/index.md": PAGE,
        "docs/index.zh-TW.md": PAGE_ZH,
        "docs/one.md": "# One {#one}\n\nOnly in English.\n\n## Two {#two}\n",
        "slides/talk.md": DECK,
        "slides/talk.zh-TW.md": DECK_ZH,
        "notebooks/count.py": SCRIPT,
        "notebooks/count.zh-TW.md": SCRIPT_ZH,
    }.items():
        made.write(path, text)
    assert made.build() == []
    return made


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return workshop(tmp_path_factory.mktemp("languages"))


def links(page: str, relation: str) -> list[tuple[str, str]]:
    """The links of a page's head of one relation, as language and address."""
    head = page.partition("</head>")[0]
    found = (dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in re.findall(r"<link\b[^>]*>", head))
    return [(each.get("hreflang", ""), each["href"]) for each in found if relation in each["rel"].split()]


BOTH = [("en", f"{ADDRESS}index.html"), ("zh-TW", f"{ADDRESS}zh-TW/index.html"), ("x-default", f"{ADDRESS}index.html")]


@pytest.mark.parametrize("path", ["index.html", "zh-TW/index.html"])
def test_translated_page_names_all_its_languages_and_itself(built: Built, path: str) -> None:
    assert links(built.page(path), "alternate") == BOTH
    assert links(built.page(path), "canonical") == [("", f"{ADDRESS}{path}")]


def test_page_in_one_language_names_no_other(built: Built) -> None:
    assert links(built.page("one.html"), "alternate") == []
    assert links(built.page("one.html"), "canonical") == [("", f"{ADDRESS}one.html")]


def test_page_that_is_not_translated_says_so_and_names_the_original(built: Built) -> None:
    page = built.page("zh-TW/one.html")
    assert links(page, "canonical") == [("", f"{ADDRESS}one.html")]
    assert links(page, "alternate") == []
    assert '<html lang="zh-TW"' in page
    assert "本頁尚未翻譯，以下顯示原文（English）。" in page
    assert re.search(r'<div lang="en">\s*<h1 id="one">One', page)
    (list_of_headings,) = set(re.findall('<ul [^>]*data-md-component="toc"[^>]*>', page))
    assert ' lang="en"' in list_of_headings


def test_without_an_address_of_the_site_links_are_relative_and_no_sitemap_is_published(tmp_path: Path) -> None:
    made = Built(tmp_path, structure="suffix", more="use_directory_urls: false\n")
    made.write("docs/index.zh-TW.md", "# 首頁\n")
    made.write("docs/a/one.md", "# One\n")
    assert made.build() == []
    assert links(made.page("zh-TW/index.html"), "alternate")[0] == ("en", "../index.html")
    assert links(made.page("zh-TW/a/one.html"), "canonical") == [("", "../../a/one.html")]
    assert not (tmp_path / "site" / "sitemap.xml").exists()


def test_sitemap_has_what_is_written_in_each_language_and_decks(built: Built) -> None:
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    tree = ElementTree.fromstring(built.page("sitemap.xml"))  # noqa: S314
    found = {
        url.findtext("s:loc", "", space).removeprefix(ADDRESS): [
            (each.get("hreflang"), str(each.get("href")).removeprefix(ADDRESS)) for each in url.findall("x:link", space)
        ]
        for url in tree
    }
    pages = [("en", "index.html"), ("zh-TW", "zh-TW/index.html"), ("x-default", "index.html")]
    slides = [("en", "slides/talk.html"), ("zh-TW", "slides/talk.zh-TW.html"), ("x-default", "slides/talk.html")]
    assert found == {
        "index.html": pages,
        "zh-TW/index.html": pages,
        "one.html": [],
        "slides/talk.html": slides,
        "slides/talk.zh-TW.html": slides,
    }


def test_section_whose_original_has_changed_says_so_once_and_leads_there(built: Built) -> None:
    page = built.page("zh-TW/index.html")
    assert page.count('class="translation-note"') == 1
    assert re.search(r'id="part">.*</h2>\s*<p><span class="translation-note".*href="\.\./index.html#part" hre', page)
    assert "translation-note" not in built.page("index.html")


def test_slide_whose_original_has_changed_leads_to_that_slide(built: Built) -> None:
    page = built.page("slides/talk.zh-TW.html")
    assert page.count('class="translation-note"') == 1
    assert 'href="talk.html#/two"' in page


def test_heading_alone_with_a_notice_still_opens_a_section(tmp_path: Path) -> None:
    made = Built(tmp_path, structure="suffix")
    made.write("slides/talk.md", "# Talk {#talk}\n")
    made.write("slides/talk.zh-TW.md", f"# 演講 {{#talk}}\n{WRONG}\n")
    assert made.build() == []
    assert re.search(
        r'<section class="section"[^>]*id="talk"|<section id="talk" class="section"',
        made.page("slides/talk.zh-TW.html"),
    )


def test_notebook_that_a_machine_translated_says_so(built: Built) -> None:
    notebook = built.page("notebooks/count.zh-TW.ipynb")
    assert "> 本頁譯文由機器翻譯，尚未經人工校訂。" in notebook
    assert "一行又一行" in notebook
    assert "en:0000" not in notebook


def test_page_of_a_notebook_that_is_not_translated_says_so(tmp_path: Path) -> None:
    made = Built(tmp_path, structure="suffix")
    made.write("notebooks/count.py", SCRIPT)
    for path, title in (("docs/index.md", "Home"), ("docs/index.zh-TW.md", "首頁")):
        made.write(path, f"---\nnotebook: notebooks/count.py\n---\n# {title}\n")
    assert made.build() == []
    assert "這本筆記本尚未翻譯，以下顯示原文。" in made.page("zh-TW/index.html")
    assert "not translated" not in made.page("index.html")


def test_lines_in_chinese_are_joined_on_pages_and_slides(built: Built) -> None:
    assert "第一行<strong>第二行</strong>。" in built.page("zh-TW/index.html")
    assert "文字換行" in built.page("slides/talk.zh-TW.html")


def test_notice_is_found_by_no_search(built: Built) -> None:
    for index in (built.root / "site").rglob("search*.json"):
        text = index.read_text("utf-8")
        assert "尚未翻譯" not in text
        assert "查看原文" not in text


@pytest.mark.parametrize("path", ["404.html", "zh-TW/404.html"])
def test_page_for_what_is_not_there_switches_between_the_first_pages(built: Built, path: str) -> None:
    links = re.findall(r'<a href="([^"]*)" hreflang="[^"]*" class="md-select__link"', built.page(path))
    assert links == ["/course/index.html", "/course/zh-TW/index.html"]


def test_each_language_has_its_page_for_what_is_not_there_and_the_root_the_guides_own(built: Built) -> None:
    assert '<html lang="en"' in built.page("404.html")
    assert '<html lang="zh-TW"' in built.page("zh-TW/404.html")
    assert '<a href="/course/zh-TW/index.html" hreflang="zh-TW"' in built.page("404.html")


@pytest.mark.parametrize("theme", ["readthedocs", "mkdocs"])
def test_theme_without_templates_of_ours_says_the_same_and_what_it_lacks_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, theme: str
) -> None:
    with caplog.at_level(logging.WARNING):
        made = workshop(tmp_path, theme)
    assert [each.message for each in caplog.records if f"the theme {theme}" in each.message]
    page = made.page("zh-TW/one.html")
    assert links(page, "canonical") == [("", f"{ADDRESS}one.html")]
    assert "本頁尚未翻譯" in page
    assert '<html lang="zh-TW"' in page
    assert links(made.page("zh-TW/index.html"), "alternate") == BOTH
    assert '<a href="../index.html" hreflang="en" lang="en">English</a>' in made.page("zh-TW/index.html")
    assert 'href="../index.html#part"' in made.page("zh-TW/index.html")


@pytest.mark.parametrize("theme", ["name: material, font: false, language: zh-TW", "name: readthedocs, locale: zh_TW"])
def test_guide_in_one_language_speaks_that_of_its_theme(tmp_path: Path, theme: str) -> None:
    built = Built(tmp_path)
    built.write(
        "mkdocs.yml", (tmp_path / "mkdocs.yml").read_text("utf-8").replace("name: material, font: false", theme)
    )
    built.write("docs/index.md", "# 首頁\n\n!!! note\n    甲\n\n```{deck} talk\n```\n")
    built.write("slides/talk.md", "# 演講\n")
    assert built.build() == [], built.found
    page = built.page("index.html")
    assert re.findall('<p class="admonition-title">(.*)</p>', page) == ["備註"]
    assert "1 張投影片" in page
    assert [re.findall('<html[^>]* lang="([^"]*)"', each) for each in (page, built.page("slides/talk.html"))] == [
        ["zh-TW"]
    ] * 2


def test_toggles_and_footer_speak_the_language_of_the_page(tmp_path: Path) -> None:
    made = Built(tmp_path, structure="suffix")
    palette = "palette: [{scheme: default, toggle: {icon: material/weather-night, name: Switch to dark mode}}]"
    config = (tmp_path / "mkdocs.yml").read_text("utf-8")
    made.write("mkdocs.yml", config.replace("font: false}", f"font: false, {palette}}}"))
    made.write("docs/index.zh-TW.md", "# 首頁\n")
    assert made.build() == []
    assert 'title="Switch to dark mode"' in made.page("index.html")
    chinese = made.page("zh-TW/index.html")
    assert 'title="切換到深色模式"' in chinese
    assert "Made with" not in chinese


# A browser that is open lets no other test run an event loop: what needs one comes last.


def test_page_for_what_is_not_there_speaks_the_language_of_the_address(built: Built, browser: Browser) -> None:
    page = browser.new_page()
    text = built.page("404.html").replace('src="/course/', f'src="{built.root.as_uri()}/site/')
    page.route("http://labguide.test/**", lambda route: route.fulfill(body=text, content_type="text/html"))
    page.goto("http://labguide.test/zh-TW/lost.html")
    expect(page.locator("article p[lang=zh-TW]")).to_be_visible()
    expect(page.locator("article p[lang=en]")).to_be_hidden()
    expect(page.locator("html")).to_have_attribute("lang", "zh-TW")
    page.goto("http://labguide.test/lost.html")
    expect(page.locator("article p[lang]:visible")).to_have_count(2)
    page.close()


@pytest.mark.parametrize("served", [True, False], ids=["from a server", "from the disk"])
def test_switch_keeps_the_page_and_the_heading(
    built: Built, browser: Browser, serve: Callable[[Path], str], served: bool
) -> None:
    folder = built.root / "site"
    root = serve(folder) if served else folder.as_uri()
    page = browser.new_page()
    complaints = watch(page)
    page.goto(f"{root}/index.html#end")
    page.get_by_role("button", name="Select language").hover()
    page.get_by_role("link", name="繁體中文").click()
    page.wait_for_url("**/zh-TW/index.html#end")
    expect(page.get_by_role("heading", name="結尾")).to_be_in_viewport()
    page.goto(f"{root}/zh-TW/index.html")
    page.locator("#part").evaluate("(heading) => heading.scrollIntoView({ behavior: 'instant' })")
    page.get_by_role("button", name="選擇語言").focus()
    page.get_by_role("link", name="English").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/index.html#part")
    assert complaints == []
    page.close()


def test_switch_opens_where_a_reader_has_scrolled_to_from_the_place_of_the_address(
    built: Built, browser: Browser
) -> None:
    page = browser.new_page()
    page.goto(f"{(built.root / 'site').as_uri()}/zh-TW/index.html#part")
    page.locator("#end").evaluate("(heading) => heading.scrollIntoView({ behavior: 'instant' })")
    page.get_by_role("button", name="選擇語言").focus()
    page.get_by_role("link", name="English").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/site/index.html#end")
    page.close()
