"""Links and pictures of decks lead where they do on pages, and are checked as theirs are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from mkdocs_project import QUOTE, Built

DECK = "# Deck\n\n---\n\n## Train {#train}\n\n{links}\n"


def deck(*written: str) -> str:
    return DECK.replace("{links}", "\n\n".join(written))


def hrefs(html: str) -> list[str]:
    """The links and pictures of a deck's slides."""
    slides = html[html.index('<div class="slides">') :]
    return re.findall(r'(?:href|src|data-background-image)="([^"]*)"', slides)


@pytest.fixture
def workshop(tmp_path: Path) -> Built:
    workshop = Built(tmp_path, structure="suffix")
    workshop.write("docs/index.md", "# Home {#home}\n")
    workshop.write("docs/modules/one.md", "# One\n\n## Part {#part}\n")
    workshop.write("docs/modules/one.zh-TW.md", "# 一\n\n## 部分 {#part}\n")
    workshop.write("docs/pictures/a.svg", "<svg/>")
    workshop.write("slides/b.svg", "<svg/>")
    return workshop


def test_links_to_pages_are_those_of_the_site_in_the_language_of_the_deck(workshop: Built) -> None:
    links = deck("[a](../index.md) [b](../modules/one.md#part) ![c](../pictures/a.svg)", "![d](b.svg) [e](#/train)")
    workshop.write("slides/deck.md", links)
    workshop.write("slides/deck.zh-TW.md", links)
    assert workshop.build() == []
    assert hrefs(workshop.page("slides/deck.html")) == [
        "../",
        "../modules/one/#part",
        "../pictures/a.svg",
        "b.svg",
        "#/train",
    ]
    assert hrefs(workshop.page("slides/deck.zh-TW.html"))[:2] == ["../zh-TW/", "../zh-TW/modules/one/#part"]


def test_links_to_decks_lead_to_their_pages_in_the_same_language(workshop: Built) -> None:
    for suffix in ("", ".zh-TW"):
        workshop.write(f"slides/deck{suffix}.md", deck("[a](more/other.md#/train) [b](more/other.html)"))
        workshop.write(f"slides/more/other{suffix}.md", deck("[c](../deck.md)"))
    assert workshop.build() == []
    assert hrefs(workshop.page("slides/deck.html")) == ["more/other.html#/train", "more/other.html"]
    assert hrefs(workshop.page("slides/deck.zh-TW.html")) == ["more/other.zh-TW.html#/train", "more/other.zh-TW.html"]
    assert hrefs(workshop.page("slides/more/other.zh-TW.html")) == ["../deck.zh-TW.html"]


RIGHT = (
    "[x](../zh-TW/modules/one/)",
    "[x](../modules/one/#part)",
    "[x](#/0/1)",
    "[x](#/train/2)",
    "A note[^1].\n\n[^1]: With a [link](#/train).",
    '<img data-src="b.svg">',
    "<img src=b.svg>",
    "[x](https://example.org/nowhere.md)",
    "[x](mailto:ana@example.org)",
    "![x](data:image/gif;base64,R0lGODlhAQABAAAAACw=)",
    "`[x](nowhere.md)`",
    "~~~~{.text .illustration}\n[x](nowhere.md)\n~~~~",
    "[x](0.html#/train)",
)

DEAD = {
    "[x](nowhere.md)": "broken-link",
    "[x](../nowhere.md)": "broken-link",
    "[x](../docs/index.md)": "broken-link",
    "[x](../../README.md)": "broken-link",
    "[x](/index.html)": "broken-link",
    "[x]: ../nowhere.md\n\n[x]": "broken-link",
    "![x](nothing.png)": "broken-link",
    '<img src="nothing.png">': "broken-link",
    '<img data-src="nothing.png">': "broken-link",
    "<video poster='nothing.png'></video>": "broken-link",
    "<img alt=a src=nothing.png>": "broken-link",
    '<A HREF = "nowhere.md">x</A>': "broken-link",
    "[x](../modules/one/nowhere/)": "broken-link",
    "[x](../index.md#nowhere)": "broken-anchor",
    "[x](../modules/one/#nowhere)": "broken-anchor",
    "[x](#/nowhere)": "broken-anchor",
    "[x](#nowhere)": "broken-anchor",
    "[x](0.md#/nowhere)": "broken-anchor",
}


def test_right_links_are_no_problem(workshop: Built) -> None:
    for number, link in enumerate(RIGHT):
        workshop.write(f"slides/{number}.md", deck(link))
    assert workshop.build() == []


def test_each_dead_link_is_told_at_its_line(workshop: Built) -> None:
    for number, link in enumerate(DEAD):
        workshop.write(f"slides/{number}.md", deck("Some `x](nowhere.md)` text.", link))
    told = {re.sub(r":9:\d+ ", ":9 ", line) for line in workshop.build()}
    assert told == {f"slides/{number}.md:9 {kind}" for number, kind in enumerate(DEAD.values())}


def test_dead_background_picture_of_a_slide_is_told(workshop: Built) -> None:
    workshop.write("slides/deck.md", '# Deck\n\n---\n\n<!-- .slide: data-background-image="no.png" -->\n\nText\n')
    assert workshop.build() == ["slides/deck.md:5:37 broken-link"]


def test_pages_link_to_slides_that_exist(workshop: Built) -> None:
    workshop.write("slides/deck.md", deck(""))
    workshop.write("docs/a.md", "# A\n\n[good](slides/deck.html#/train)\n")
    workshop.write("docs/b.md", "# B\n\n[bad](slides/deck.html#/nowhere)\n")
    assert workshop.build() == ["docs/b.md:3:7 broken-anchor"]


def test_recorded_picture_is_found_from_a_deck_in_a_folder(workshop: Built) -> None:
    workshop.write(
        "snippets/first.py",
        '# %% name="greet"\nfrom IPython.display import SVG, display\n'
        "display(SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>'))\n",
    )
    workshop.write("slides/more/deck.md", f"# Deck\n\n---\n\n{QUOTE}")
    assert workshop.build() == []
    (picture,) = hrefs(workshop.page("slides/more/deck.html"))
    assert (workshop.root / "site" / "slides" / "more" / picture).is_file()


def test_decks_of_one_name_in_two_folders_are_two_decks(workshop: Built) -> None:
    for folder in ("a", "b"):
        workshop.write(f"slides/{folder}/intro.md", f"# Deck {folder}\n")
    workshop.write("slides/b/intro.zh-TW.md", "# 簡報\n")
    assert workshop.build() == []
    assert 'hreflang="zh-TW"' not in workshop.page("slides/a/intro.html")
    assert 'href="intro.zh-TW.html" hreflang="zh-TW"' in workshop.page("slides/b/intro.html")
    assert "Deck a" in workshop.page("slides/a/intro.html")


def test_files_beside_decks_are_published_but_not_what_editors_keep(workshop: Built) -> None:
    workshop.write("slides/deck.md", "# Deck\n")
    workshop.write("slides/data/x.csv", "1\n")
    workshop.write("slides/.idea/x.csv", "1\n")
    assert workshop.build() == []
    assert (workshop.root / "site" / "slides" / "data" / "x.csv").is_file()
    assert not (workshop.root / "site" / "slides" / ".idea").exists()


def test_deck_that_an_extension_cannot_render_is_told(tmp_path: Path) -> None:
    workshop = Built(tmp_path)
    workshop.write("slides/deck.md", '# Deck\n\n--8<-- "snippets/nothing.txt:nowhere"\n')
    assert [each.partition(" ")[0] for each in workshop.build()] == ["slides/deck.md:3"]
