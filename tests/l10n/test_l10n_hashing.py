"""What of a section counts as a change, for all texts."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from labguide.l10n import sections
from labguide.l10n.model import Section
from labguide.model import DocumentKind
from labguide.problems import Problems

KNOWN = sections.Known("en")


def only(text: str, kind: DocumentKind = "lesson") -> Section:
    found = sections.read(sections.File("docs/a.md", kind, "en", "a", text), KNOWN, Problems()).sections
    assert len(found) == 1
    return found[0]


def same(one: str, other: str, kind: DocumentKind = "lesson") -> bool:
    return only(one, kind).hash == only(other, kind).hash


WORDS = st.lists(
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "M")), min_size=1, max_size=8),
    min_size=1,
    max_size=12,
)
BLANKS = st.sampled_from([" ", "  ", "\n", " \n", "  \n"])


def is_text(text: str) -> bool:
    """Whether a text is one paragraph, however it is broken: nothing in it opens a heading, code, HTML or a list."""
    opens = (r"(?:^|\s)(?:[#>|=-]|[-*+]|\d+[.)]|!!!|\?\?\?|:)", "`", "~~~", "<", r"\[", r"\{", r"(?:^|\s)[=-]+(?:\s|$)")
    return not any(re.search(pattern, text) for pattern in opens)


@given(WORDS, st.data())
@example(["a", "1986.", "b"], None)
def test_a_reflowed_paragraph_has_the_hash_that_it_had(words: list[str], data: st.DataObject | None) -> None:
    assume(is_text(" ".join(words)))
    blanks = [data.draw(BLANKS) if data else "\n" for _ in words]
    reflowed = "".join(word + blank for word, blank in zip(words, blanks, strict=True))
    assert same(f"# T\n\n{' '.join(words)}\n", f"# T\n\n{reflowed}\n")


@given(WORDS, WORDS)
def test_other_words_have_another_hash(one: list[str], other: list[str]) -> None:
    texts = [" ".join(words) for words in (one, other)]
    assume(all(map(is_text, texts)) and texts[0].split() != texts[1].split())
    assert not same(*(f"# T\n\n{text}\n" for text in texts))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("# T {#a}\n", "# T {#b}\n"),
        ("# T {#a}\n", "# T\n"),
        ("# T\n", "T\n=\n"),
        ("# T\n", "#  T  ##\n"),
        ("# T {#a .wide}\n", "# T {.wide}\n"),
        ("# T\n\na\n\n\n\nb\n", "# T\na\n\nb"),
        ("# T\n\n- a b\n  c\n- d\n", "# T\n\n* a\n    b c\n* d\n"),
        ("# T\n\na - b\n", "# T\n\na\n- b\n"),
        ("# T\n\n> a b\n> c\n", "# T\n\n> a\n> b c\n"),
        ("# T\n\n> a\nb\n", "# T\n\n> a\n> b\n"),
        ("# T\n\n| a | b |\n|---|:--|\n| c | d |\n", "# T\n\n|a   |b|\n| - | :------ |\n|  c|d   |\n"),
        ("# T\n\na <!-- why --> b\n", "# T\n\na b\n"),
        ("# T\n\na\n<!-- why -->\nb\n", "# T\n\na\nb\n"),
        ("# T\n\na\n\n<!-- why\n\n# not\n-->\n\nb\n", "# T\n\na\n\nb\n"),
        ("# T\n\n!!! note\n    a\n    b\n", "# T\n\n!!! note\n\n    a b\n"),
        ("# T\n\n- a\n\n    ```\n    x\n      y\n    ```\n", "# T\n\n- a\n\n  ```\n  x\n    y\n  ```\n"),
        ("# T\n\n```\nx\n```\n", "# T\n\n```   \nx   \n```\n"),
        ("---\ntitle: A b\n---\n# T\n", "---\nminutes: 3\ntitle: 'A b'\n---\n# T\n"),
        ("---\ndescription: A\n  b\n---\n# T\n", "---\ndescription: >-\n  A b\n---\n# T\n"),
    ],
)
def test_how_a_text_is_written_does_not_count(one: str, other: str) -> None:
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("# T\n", "## T\n"),
        ("# T\n", "# T {.wide}\n"),
        ("# T\n\na\nb\n", "# T\n\na\n\nb\n"),
        ("# T\n\n- a\n- b\n", "# T\n\n- a - b\n"),
        ("# T\n\n1. a\n", "# T\n\n- a\n"),
        ("# T\n\n`<!-- a -->`\n", "# T\n\n`<!-- b -->`\n"),
        ("# T\n\n```\nx\n```\n", "# T\n\n```\n x\n```\n"),
        ("# T\n\n```\nx\ny\n```\n", "# T\n\n```\nx y\n```\n"),
        ("# T\n\n```\n<!-- x -->\n```\n", "# T\n\n```\n```\n"),
        ("# T\n\n```python\nx\n```\n", "# T\n\n```text\nx\n```\n"),
        ("# T\n\n```{cell} a#b\n```\n", "# T\n\n```{cell} a#c\n```\n"),
        ("# T\n\n```{cell} a#b\n```\n", "# T\n\n```{cell} a#b\n:show: code\n```\n"),
        ("# T\n\n{value}`a#b`\n", "# T\n\n{value}`a#c`\n"),
        ("# T\n\n| a | b |\n|---|---|\n", "# T\n\n| a | b |\n|---|--:|\n"),
        ("# T\n\n![a](b.png)\n", "# T\n\n![a](c.png)\n"),
        ("# T\n\n!!! note\n\n    a\n", "# T\n\n!!! warning\n\n    a\n"),
        ("---\ntitle: A\n---\n# T\n", "---\ntitle: B\n---\n# T\n"),
        ("---\nsubtitle: A\n---\n# T\n", "# T\n"),
    ],
)
def test_what_a_reader_or_a_machine_would_see_counts(one: str, other: str) -> None:
    assert not same(one, other)


def test_the_attributes_of_a_slide_count_in_a_deck() -> None:
    slide = '<!-- .slide: class="{}" -->\n\n# T\n'
    assert not same(slide.format("a"), slide.format("b"), "deck")


def test_the_hash_of_today_is_the_hash_of_tomorrow() -> None:
    """Marks are committed: another normalisation would make every translation stale."""
    text = (
        "---\ntitle: A guide\ndescription: >-\n  In two\n  lines\n---\n\n<!-- why -->\n# T *x* {#t .wide}\n\n"
        "One\ntwo.\n\n"
        "- a\n    - b\n\n1. c\n\n> q\n> r\n\n| a | b |\n|:--|---|\n| `c` | d |\n\n!!! note\n\n    e\n\n"
        "```{cell} a#b\n:show: code\n```\n\n```bash\nls  -l\n```\n"
    )
    assert only(text).hash == "6e92756f9adb"
