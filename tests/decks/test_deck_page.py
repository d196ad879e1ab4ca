"""The HTML page of a deck."""

from __future__ import annotations

import re

import pytest
from published_deck import DIALECT

from labguide import decks
from labguide.decks.page import locale
from labguide.model import Dialect

HEADER = "---\ntitle: A & B\nminutes: {minutes}\n---\n"


def _page(body: str = "# One", minutes: object = 1.5, **options: object) -> str:
    arguments = {"lang": "en", "assets": "../assets/deck", "dialect": DIALECT, **options}
    return decks.render(HEADER.format(minutes=minutes) + body, **arguments)  # type: ignore[arg-type]


def test_same_text_gives_the_same_page() -> None:
    body = "# A\n\nText[^1]\n\n[^1]: Note\n\n---\n\n# A\n"
    assert _page(body) == _page(body)


def test_page_is_in_the_language_of_its_deck() -> None:
    assert '<html lang="zh-TW">' in _page(lang="zh-TW")
    assert "錄製的輸出" in _page(lang="zh-TW")


def test_deck_in_a_language_without_words_of_its_own_speaks_english() -> None:
    page = _page(lang="fr", home="../")
    assert '<html lang="fr">' in page
    assert "Back to the guide" in page


def test_other_languages_are_named_in_themselves() -> None:
    page = _page(alternates={"zh-TW": "one.zh-TW.html", "fr": "one.fr.html"})
    assert re.search(r'<a href="one.zh-TW.html"[^>]* lang="zh-TW"[^>]*>繁體中文</a>', page)
    assert re.search(r'<a href="one.fr.html"[^>]*>fr</a>', page)


def test_deck_that_stands_alone_links_nowhere() -> None:
    assert "<nav" not in _page()


def test_title_is_text_and_never_markup() -> None:
    assert "<title>A &amp; B</title>" in _page()


@pytest.mark.parametrize(("minutes", "expected"), [(40, ' data-seconds="2400"'), (1.5, ' data-seconds="90"')])
def test_length_of_the_talk_is_given_in_seconds(minutes: float, expected: str) -> None:
    assert expected in _page(minutes=minutes)


@pytest.mark.parametrize("minutes", ["soon", "true", -3, "[]"])
def test_length_that_is_no_number_is_left_out(minutes: object) -> None:
    assert "data-seconds" not in _page(minutes=minutes)


def test_page_refers_to_nothing_but_published_assets() -> None:
    page = _page()
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page)
    published = {f"../assets/deck/{name}" for name in decks.asset_files()}
    assert set(addresses) - {"data:,"} <= published
    assert len(addresses) > 4


def test_styles_load_nothing_from_elsewhere() -> None:
    for name, content in decks.asset_files().items():
        if name.endswith(".css"):
            assert not re.search(rb"@import|url\((?![\"']?data:)", content), name


def test_licence_of_reveal_is_published_with_it() -> None:
    assert b"Hakim El Hattab" in decks.asset_files()["reveal/LICENSE"]


def test_slide_takes_the_id_of_its_first_heading() -> None:
    page = _page("## Train it {#train}\n\n### Then {#then}\n")
    assert '<section id="train" ' in page
    assert page.count('id="train"') == 1
    assert '<h3 id="then">' in page


def test_heading_without_latin_letters_gives_no_id() -> None:
    assert '<section data-line="5">' in _page("## 訓練")


def test_permalinks_of_pages_are_not_on_slides() -> None:
    assert "headerlink" not in _page("## Train it")


def test_code_is_coloured_even_where_pages_leave_that_to_a_script() -> None:
    dialect = Dialect(DIALECT.extensions, {"pymdownx.highlight": {"use_pygments": False}})
    assert '<span class="k">def</span>' in _page("```python\ndef f(): pass\n```", dialect=dialect)


def test_dialect_without_extensions_renders_plain_markdown() -> None:
    assert "<p>One</p>" in _page("One", dialect=Dialect())


def test_no_id_occurs_twice_in_a_deck() -> None:
    slide = '## Same {#same}\n\n=== "A"\n    ```python\n    1\n    ```\n\n=== "B"\n    x[^n]\n\n[^n]: Note\n\n'
    page = _page(f"{slide}---\n\n{slide}---\n\n{slide}Notes:\n{slide}")
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) >= 20
    assert sorted(ids) == sorted(set(ids))


def test_references_follow_the_ids_they_refer_to() -> None:
    slide = '=== "A"\n    x[^n]\n\n[^n]: Note\n\n'
    page = _page(f"{slide}---\n\n{slide}")
    ids = set(re.findall(r'\sid="([^"]+)"', page))
    assert set(re.findall(r'\s(?:for="|href="#)([^"]+)"', page)) <= ids
    groups = re.findall(r'<input[^>]* name="([^"]+)"', page)
    assert len(set(groups)) == len(groups) == 2


def test_style_sheets_of_an_author_are_those_beside_the_deck() -> None:
    page = decks.render(
        "---\ncss: [own.css, 'https://example.org/a.css', '//example.org/b.css']\n---\n# One\n",
        lang="en",
        assets="../assets/deck",
        dialect=DIALECT,
    )
    assert '<link rel="stylesheet" href="own.css">' in page
    assert "example.org" not in page


def test_options_that_would_break_the_page_are_left_out() -> None:
    page = decks.render(
        "---\nrevealOptions: {loop: true, embedded: true, view: scroll}\n---\n# One\n",
        lang="en",
        assets="../assets/deck",
        dialect=DIALECT,
    )
    assert '"options": {"loop": true}' in page


def test_each_slide_says_at_which_line_it_starts() -> None:
    page = _page("# One\n\n---\n\n# Two\n\n----\n\n# Three\n")
    assert re.findall(r'<section[^>]* data-line="(\d+)"', page) == ["5", "9", "13"]


def test_foot_is_there_only_if_there_is_something_to_say() -> None:
    assert "deck-foot" not in _page()
    assert "<span>A &amp; B</span>" in _page(brand=decks.Brand("A & B"))


def test_words_of_a_deck_cannot_end_its_script() -> None:
    page = decks.render("---\nrevealOptions: {x: '</script>'}\n---\n# One\n", lang="en", assets="a", dialect=DIALECT)
    assert "'</script>'" not in page
    assert "\\u003c/script" in page


def test_every_language_has_every_word() -> None:
    assert set(locale("en")) == set(locale("zh-TW"))
