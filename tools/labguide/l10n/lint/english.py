"""Whether a part of a translation was left in its source language."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from labguide.l10n.lint.reading import MASK, Passage

OTHER_SCRIPTS = ("zh", "ja", "ko", "ru", "uk", "bg", "el", "he", "ar", "fa", "hi", "th")
"""Languages that are not written in Latin letters: a paragraph in these alone was left as it was."""

_LETTER = re.compile(r"[^\W\d_a-zA-Z\u00c0-\u024f]")
_WORDS = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_SMALL = re.compile(r"\b[a-z][a-z'’]*\b")
_BEGINS = re.compile(r"^\s*(?:>\s*)*(?:#{1,6}\s|[-*+]\s|\d+[.)]\s|\||:\s)|^\s*$")
_BLANKS = re.compile(r"[\s*_]+")
_FEW = 4
"""Fewer words than these may be a name, or what a button says."""


def left(
    passages: Sequence[Passage], source: Iterable[Passage], language: str, keep: Collection[str]
) -> Iterator[Passage]:
    """The first passage of each paragraph that stands in the translation as it does in the source, or in its script."""
    known = {_plain(paragraph) for paragraph in paragraphs(source)}
    alone = language.partition("-")[0] in OTHER_SCRIPTS
    for paragraph in paragraphs(passages):
        text = _plain(paragraph)
        for name in keep:
            text = text.replace(name, "")
        if _is_english(text) and (text in known or (alone and not _LETTER.search(text))):
            yield paragraph[0]


def _is_english(text: str) -> bool:
    """Whether it has the words of a sentence: names have hardly one in small letters."""
    return len(_WORDS.findall(text)) >= _FEW and len(_SMALL.findall(text)) >= _FEW - 1


def paragraphs(passages: Iterable[Passage]) -> Iterator[list[Passage]]:
    """Passages that belong together: lines that follow each other, a list's entry, a heading, a row of a table."""
    found: list[Passage] = []
    for passage in passages:
        if passage.kind == "drawing":
            continue
        follows = found and passage.kind == "prose" and passage.place.line == found[-1].place.line + 1
        if found and (not follows or _BEGINS.match(passage.text)):
            yield found
            found = []
        if passage.text.strip(f" \t{MASK}"):
            found.append(passage)
    if found:
        yield found


def _plain(paragraph: Sequence[Passage]) -> str:
    joined = " ".join(passage.text for passage in paragraph).replace(MASK, " ")
    return _BLANKS.sub(" ", joined).strip(" #-+>|:\"'")
