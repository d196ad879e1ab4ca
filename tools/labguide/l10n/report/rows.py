"""English and translation side by side: paragraph by paragraph where the two have as many, else each as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from labguide import skimming
from labguide.l10n.worddiff import Piece, pieces
from labguide.skimming import Kind

_OF_DECKS = re.compile(r"\s*<!--\s*\{?\s*\.(?:slide:|element\b)")
"""Comments that say something to a deck; all others are for authors."""
_BEGINS = re.compile(r"[> \t]*(?:(?:[-*+]|\d+[.)])[ \t]|[|#:<]|!!!|\?\?\?|===|---|```|~~~|\[\^)|$")
"""How a line begins that goes on with no other one."""
_ALONE = re.compile(
    r"[> \t]*(?:[|#<]|!!!|\?\?\?|===|---|```|~~~|notes?:|title:|subtitle:|description:)|.*(?:  |\\)$", re.IGNORECASE
)
"""A line that no other one goes on with."""


@dataclass(frozen=True)
class Block:
    """Lines up to a blank one, or a fence, and the number of the first."""

    text: str
    line: int


@dataclass(frozen=True)
class Row:
    """A paragraph of the English beside the same of the translation; or all of both, if they do not match."""

    english: tuple[Piece, ...]
    translation: tuple[Block, ...]
    changed: bool


def blocks(lines: Sequence[tuple[int, str]], *, flowing: bool = False) -> list[Block]:
    """The headings, paragraphs, lists, tables and fences of a text, whose lines come with their numbers.

    `flowing`: lines of a paragraph are joined, for where they are broken says nothing.
    """
    found: list[list[tuple[int, str, Kind]]] = [[]]
    for (number, text), kind in zip(lines, skimming.kinds([text for _, text in lines]), strict=True):
        is_heading = kind is Kind.TEXT and text.startswith("#")
        if kind is Kind.COMMENT and not _OF_DECKS.match(text):
            continue
        if is_heading or (kind is Kind.TEXT and not text.strip()):
            found.append([])
        if text.strip() or kind is not Kind.TEXT:
            found[-1].append((number, text, kind))
        if is_heading:
            found.append([])
    return [Block("\n".join(_texts(each, flowing=flowing)), each[0][0]) for each in found if each]


def _texts(block: Sequence[tuple[int, str, Kind]], *, flowing: bool) -> list[str]:
    found: list[str] = []
    for _, text, kind in block:
        goes_on = flowing and found and kind is Kind.TEXT and not _BEGINS.match(text) and not _ALONE.match(found[-1])
        if goes_on:
            found[-1] = f"{found[-1].rstrip()} {text.strip()}"
        else:
            found.append(text)
    return found


def rows(old: Sequence[Block] | None, new: Sequence[Block], translation: Sequence[Block]) -> list[Row]:
    """The rows to show; `old` is the English that the translation was made from, None if it is not known."""
    if old is None:
        return _plain(new, translation)
    pairs = list(_pairs(old, new))
    if len(translation) not in (len(old), len(new)):
        return _whole([(_words(old, before), _words(new, after)) for before, after in pairs], translation)
    side = 0 if len(translation) == len(old) else 1
    return [_row(_words(old, pair[0]), _words(new, pair[1]), _said(translation, pair[side])) for pair in pairs]


def _pairs(old: Sequence[Block], new: Sequence[Block]) -> Iterator[tuple[int | None, int | None]]:
    """Which paragraph became which: None where one was taken out or put in."""
    before, after = ([_flat(block.text) for block in side] for side in (old, new))
    for kind, start, stop, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "replace":
            yield from _alike(before, after, range(start, stop), range(first, last))
        else:
            yield from zip_longest(range(start, stop), range(first, last))


def _alike(
    before: Sequence[str], after: Sequence[str], gone: Sequence[int], came: Sequence[int]
) -> Iterator[tuple[int | None, int | None]]:
    """The same among paragraphs that all changed: the one that is most like another became that one."""
    if not gone or not came or len(gone) == len(came):
        yield from zip_longest(gone, came)
        return
    likeness = {(a, b): _likeness(before[a], after[b]) for a in gone for b in came}
    a, b = max(likeness, key=lambda pair: (likeness[pair], -pair[0], -pair[1]))
    if likeness[a, b] < _LIKE:
        yield from ((each, None) for each in gone)
        yield from ((None, each) for each in came)
        return
    yield from _alike(before, after, range(gone[0], a), range(came[0], b))
    yield a, b
    yield from _alike(before, after, range(a + 1, gone[-1] + 1), range(b + 1, came[-1] + 1))


_LIKE = 0.6
"""How alike two paragraphs are, of 1, if one became the other."""


def _likeness(before: str, after: str) -> float:
    return SequenceMatcher(None, before, after, autojunk=False).quick_ratio()


def _flat(text: str) -> str:
    return " ".join(text.split())


def _words(side: Sequence[Block], number: int | None) -> str | None:
    return None if number is None else side[number].text


def _said(translation: Sequence[Block], number: int | None) -> Block | None:
    return None if number is None else translation[number]


def _row(old: str | None, new: str | None, translation: Block | None) -> Row:
    changed = _flat(old or "") != _flat(new or "")
    english = _compared(old, new) if changed else (Piece("same", new or ""),)
    return Row(english, (translation,) if translation else (), changed)


def _compared(old: str | None, new: str | None) -> tuple[Piece, ...]:
    return tuple(pieces(old or "", new or ""))


def _whole(pairs: Sequence[tuple[str | None, str | None]], translation: Sequence[Block]) -> list[Row]:
    """Each side by itself, where nobody can know which paragraph of the translation is which of the English."""
    found = [_row(old, new, None) for old, new in pairs]
    english = _joined([each.english for each in found])
    return [Row(english, tuple(translation), changed=False)]


def _joined(several: Sequence[tuple[Piece, ...]]) -> tuple[Piece, ...]:
    found: list[Piece] = []
    for each in several:
        found += [*([Piece("same", "\n\n")] if found else []), *each]
    return tuple(found)


def _plain(new: Sequence[Block], translation: Sequence[Block]) -> list[Row]:
    if len(new) != len(translation):
        return _whole([(block.text, block.text) for block in new], translation)
    return [
        Row((Piece("same", block.text),), (said,), changed=False) for block, said in zip(new, translation, strict=True)
    ]
