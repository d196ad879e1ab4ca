"""Line breaks between wide characters, titles of notes: what is put right in finished HTML and in notebooks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labguide import blocks
from labguide.model import USUAL_DIALECT
from labguide.weaving import typesetting
from labguide.weaving.typesetting import typeset, without_breaks

CONVERTER = blocks.markdown_for(USUAL_DIALECT)

WORDS = [
    "資料",
    "，繼續",
    "。",
    "「說明」",
    "かな",
    "한국어",
    "word",
    "12",
    "**粗體**",
    "`程式`",
    "[連結](a.md)",
    "é",
    "？",
    "…",
]
STARTS = [
    "",
    "",
    "",
    "",
    "# ",
    "- ",
    "1. ",
    "> ",
    "    ",
    "| ",
    "!!! note\n    ",
    "```\n",
    "```",
    "[^1]: ",
    ": ",
    '=== "頁籤"\n    ',
]
TEXT = st.lists(st.sampled_from(WORDS), min_size=0, max_size=4).map("".join)
LINES = st.lists(st.builds("{}{}".format, st.sampled_from(STARTS), TEXT), max_size=9).map("\n".join)


def rendered(text: str) -> str:
    CONVERTER.reset()
    return CONVERTER.convert(text)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("甲\n乙", "甲乙"),
        ("甲。\n「乙」", "甲。「乙」"),
        ("甲 \n  乙", "甲乙"),
        ("かな\nカナ", "かなカナ"),
        ("甲\nword", "甲\nword"),
        ("word\n甲", "word\n甲"),
        ("한국어\n말", "한국어\n말"),
        ("甲\n말", "甲\n말"),
        ("甲\n<strong>乙</strong>", "甲<strong>乙</strong>"),
        ("<em>甲</em>\n乙", "<em>甲</em>乙"),
        ('<a href="x">甲\n</a><em>乙</em>', '<a href="x">甲</a><em>乙</em>'),
        ("甲\n<code>乙</code>", "甲\n<code>乙</code>"),
        ("<pre><code>甲\n乙</code></pre>", "<pre><code>甲\n乙</code></pre>"),
        ("<script>甲\n乙</script>", "<script>甲\n乙</script>"),
        ("<p>甲</p>\n<p>乙</p>", "<p>甲</p>\n<p>乙</p>"),
        ("甲<br>\n乙", "甲<br>\n乙"),
        ("🎉\n🎉", "🎉\n🎉"),
    ],
)
def test_break_is_a_space_unless_both_neighbours_are_wide(written: str, shown: str) -> None:
    assert without_breaks(written) == shown


@given(LINES)
@settings(max_examples=400)
def test_once_is_enough_and_no_letter_is_lost(text: str) -> None:
    content = rendered(text)
    made = without_breaks(content)
    assert without_breaks(made) == made
    assert "".join(made.split()) == "".join(content.split())


@given(LINES)
@settings(max_examples=800)
def test_joined_lines_of_a_notebook_mean_what_they_did(text: str) -> None:
    joined = "\n".join(typesetting.joined(text.split("\n"), USUAL_DIALECT))
    assert without_breaks(rendered(joined)) == without_breaks(rendered(text))


def test_paragraph_of_a_notebook_is_one_line() -> None:
    texts = ["## 標題", "第一行，", "第二行", "and more,", "第四行", "", "```", "甲", "乙", "```"]
    kept = ["## 標題", "第一行，第二行", "and more,", "第四行", "", "```", "甲", "乙", "```"]
    assert typesetting.joined(texts, USUAL_DIALECT) == kept


@pytest.mark.parametrize("sign", ["!!!", "???"])
def test_note_without_a_title_has_one_in_the_language_of_the_page(sign: str) -> None:
    content = rendered(f'{sign} warning inline end\n    甲\n\n{sign} tip "自訂"\n    乙\n\n{sign} own\n    丙\n')
    made = typeset(content, "zh-TW")
    assert ">警告<" in made
    assert ">自訂<" in made
    assert ">Own<" in made
    assert typeset(content, "en") == content


def test_note_without_any_title_gets_none() -> None:
    content = rendered('!!! note ""\n    甲\n')
    assert typeset(content, "zh-TW") == content


def test_way_back_from_a_footnote_is_in_the_language_of_the_page() -> None:
    made = typeset(rendered("甲[^1]\n\n[^1]: 乙\n"), "zh-TW")
    assert 'title="回到正文中的註腳 1"' in made
