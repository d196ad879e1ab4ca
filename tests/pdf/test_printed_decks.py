"""Decks on paper: a page a slide, handouts with whole notes, bookmarks, fonts and links that are in the PDF."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from labguide import browser, pdf

A4 = pdf.SIZES["a4"]
WriteDeck = Callable[..., Path]

DECK = """\
---
title: A talk
---

# A talk {#title}

---

## Second slide {#second}

See [the third](#/third), [the page](../index.html) and [the docs](https://example.com/).

Notes:
Say *this* of the second.

---

## Third slide {#third}

- one {.fragment}
- two
"""


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def text_of(reader: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in reader.pages)


def titles(outline: list[Any]) -> Iterator[str]:
    for each in outline:
        if isinstance(each, list):
            yield from titles(each)
        else:
            yield each.title


def links(reader: PdfReader) -> list[dict[str, Any]]:
    return [link.get_object() for page in reader.pages for link in page.get("/Annots", []) or []]


def fonts(reader: PdfReader) -> Iterator[Any]:
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            yield from font.get_object().get("/DescendantFonts", [font])


def test_each_slide_is_a_page_of_its_size(page: browser.Page, write_deck: WriteDeck) -> None:
    reader = read(pdf.slides(page, write_deck(DECK)).content)
    assert [(round(each.mediabox.width), round(each.mediabox.height)) for each in reader.pages] == [(960, 540)] * 3


def test_all_fragments_are_there_and_no_notes(page: browser.Page, write_deck: WriteDeck) -> None:
    text = text_of(read(pdf.slides(page, write_deck(DECK)).content))
    assert "one" in text
    assert "of the second" not in text


def test_headings_are_bookmarks(page: browser.Page, write_deck: WriteDeck) -> None:
    long = DECK.replace("## Second slide", "## A second slide whose heading is so long that it takes two lines of it")
    reader = read(pdf.slides(page, write_deck(long)).content)
    second = "A second slide whose heading is so long that it takes two lines of it"
    assert list(titles(reader.outline)) == ["A talk", second, "Third slide"]


def test_pdf_has_title_language_and_tags(page: browser.Page, write_deck: WriteDeck) -> None:
    reader = read(pdf.slides(page, write_deck(DECK, "zh-TW")).content)
    root: Any = reader.trailer["/Root"]
    assert reader.metadata
    assert reader.metadata.title == "A talk"
    assert root["/Lang"] == "zh-TW"
    assert root["/MarkInfo"]["/Marked"]


def test_links_lead_to_slides_and_to_other_hosts_only(page: browser.Page, write_deck: WriteDeck) -> None:
    found = links(read(pdf.slides(page, write_deck(DECK)).content))
    assert [link["/A"]["/URI"] for link in found if "/A" in link] == ["https://example.com/"]
    assert sum("/Dest" in link for link in found) == 1


def test_fonts_are_embedded_and_chinese_is_text(page: browser.Page, write_deck: WriteDeck) -> None:
    deck = DECK.replace("Second slide", "第二張投影片").replace("- two", "- 儲存貯體與執行個體")
    reader = read(pdf.finished(pdf.slides(page, write_deck(deck, "zh-TW")).content, "2026-01-31"))
    assert "第二張投影片" in text_of(reader).replace(" ", "")
    assert "儲存貯體與執行個體" in text_of(reader).replace(" ", "")
    found = [font.get_object() for font in fonts(reader)]
    assert found
    for font in found:
        files = {"/FontFile", "/FontFile2", "/FontFile3"} & set(font.get("/FontDescriptor", {}))
        assert files or font["/Subtype"] == "/Type3"  # such a font has its glyphs in itself


def test_notes_of_five_sheets_are_whole(page: browser.Page, write_deck: WriteDeck) -> None:
    said = "\n\n".join(f"Sentence {number} of what has to be said, and nobody cuts it off." for number in range(200))
    deck = DECK.replace("Say *this* of the second.", said)
    reader = read(pdf.handout(page, write_deck(deck), A4).content)
    text = " ".join(text_of(reader).split())
    assert all(f"Sentence {number} of what" in text for number in range(200))
    assert len(reader.pages) >= 5
    assert "Third slide" in reader.pages[-1].extract_text()


def test_handout_is_on_paper_with_numbers(page: browser.Page, write_deck: WriteDeck) -> None:
    content = pdf.handout(page, write_deck(DECK), A4).content
    reader = read(content)
    first = reader.pages[0]
    assert (round(first.mediabox.width), round(first.mediabox.height)) in ((595, 842), (596, 842))
    assert f"1 / {len(reader.pages)}" in first.extract_text()
    assert pdf.page_count(content) == len(reader.pages)


def test_letter_is_another_paper(page: browser.Page, write_deck: WriteDeck) -> None:
    reader = read(pdf.handout(page, write_deck(DECK), pdf.SIZES["letter"]).content)
    assert round(reader.pages[0].mediabox.width) == 612


def test_slide_that_is_too_full_becomes_smaller_and_whole(page: browser.Page, write_deck: WriteDeck) -> None:
    deck = DECK.replace("- two", "\n".join(f"- bullet number {number}" for number in range(100)))
    printed = pdf.slides(page, write_deck(deck))
    lines = deck.splitlines()
    assert [line for line, _ in printed.shrunk] == [lines.index("## Third slide {#third}") + 1]
    assert all(0 < percent < 100 for _, percent in printed.shrunk)
    last = read(printed.content).pages[-1]
    heights: list[float] = []
    last.extract_text(
        visitor_text=lambda text, cm, tm, *_: heights.append(tm[5] * cm[3] + cm[5]) if "99" in text else None
    )
    assert "bullet number 99" in last.extract_text()
    assert heights
    assert all(height > 0 for height in heights)


def test_two_prints_are_the_same_bytes(page: browser.Page, write_deck: WriteDeck) -> None:
    one, other = (pdf.finished(pdf.handout(page, write_deck(DECK), A4).content, "2026-01-31") for _ in range(2))
    assert one == other
    assert b"D:20260131000000" in one


@pytest.mark.parametrize("zone", ["+00'00'", "-08'30'", "Z", ""])
def test_date_is_replaced_by_one_as_long(zone: str) -> None:
    before = f"<</CreationDate (D:20261127213306{zone})\n/ModDate (D:20261127213306{zone})>>".encode()
    after = pdf.finished(before, "2026-01-31")
    assert len(after) == len(before)
    assert after.count(b"D:20260131000000") == 2
    assert b"8" not in after
