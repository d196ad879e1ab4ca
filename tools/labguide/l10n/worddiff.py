"""What was taken out of a text and what was put in, word by word; of Chinese and Japanese, character by character."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_WIDE = "\u2e80-\u2fdf\u3005-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_WIDE}]|\n+[ \t]*|[ \t]+|[^\W_{_WIDE}]+(?:['’_-][^\W_{_WIDE}]+)*|.", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """A part of two texts."""

    kind: Literal["same", "old", "new"]
    text: str


def pieces(old: str, new: str) -> list[Piece]:
    """The two texts as what both have, only the old one, and only the new one; a line break is a blank as any other."""
    before, after = _tokens(old), _tokens(new)
    matcher = SequenceMatcher(None, [_like(token) for token in before], [_like(token) for token in after], False)
    return list(_joined(_pieces(matcher, before, after)))


def marked(old: str, new: str) -> str:
    """The same as a line of text: `Choose [-a-]{+your+} region.`"""
    signs = {"same": ("", ""), "old": ("[-", "-]"), "new": ("{+", "+}")}
    return "".join(f"{signs[each.kind][0]}{each.text}{signs[each.kind][1]}" for each in pieces(old, new))


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)


def _like(token: str) -> str:
    """What a token counts as: one break of a line is a blank, several part paragraphs."""
    if token.strip():
        return token
    return "\n\n" if token.count("\n") > 1 else " "


def _pieces(matcher: SequenceMatcher[str], before: list[str], after: list[str]) -> Iterator[Piece]:
    for what, start, stop, first, last in matcher.get_opcodes():
        if what == "equal":
            yield Piece("same", "".join(after[first:last]))
        else:
            yield Piece("old", "".join(before[start:stop]))
            yield Piece("new", "".join(after[first:last]))


def _joined(found: Iterator[Piece]) -> Iterator[Piece]:
    """Without empty pieces, and with changes that only a blank parts as one: three changed words are one change."""
    old, new, between = "", "", ""
    for piece in found:
        if piece.kind == "same" and (old or new) and piece.text == " ":
            between = piece.text
        elif piece.kind == "same":
            yield from _change(old, new, between)
            old = new = between = ""
            if piece.text:
                yield piece
        else:
            old, new = _grown(old, new, between, piece)
            between = between if not piece.text else ""
    yield from _change(old, new, between)


def _grown(old: str, new: str, between: str, piece: Piece) -> tuple[str, str]:
    if not piece.text:
        return old, new
    old, new = old + between, new + between
    return (old + piece.text, new) if piece.kind == "old" else (old, new + piece.text)


def _change(old: str, new: str, between: str) -> Iterator[Piece]:
    if old:
        yield Piece("old", old)
    if new:
        yield Piece("new", new)
    if between:
        yield Piece("same", between)
