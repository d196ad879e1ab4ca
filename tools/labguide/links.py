"""Where in the sources a link was written: hosts name a page and a target, and no line."""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Iterator, Sequence

from labguide import blocks
from labguide.model import Dialect, Document, Line, Place, Woven

_TARGETS = (
    re.compile(r"\]\(\s*<(?P<target>[^>]*)>"),  # [text](<target>)
    re.compile(r"\]\(\s*(?P<target>[^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*)"),  # [text](target "title")
    re.compile(r"^[\s>]*\[[^\]]+\]:\s*<?(?P<target>[^\s>]+)"),  # [name]: target
    re.compile(r"<(?P<target>[^\s<>]+)>"),  # <target>
    re.compile(r"""\s(?:href|src|poster|data-[\w-]+)\s*=\s*(["'])(?P<target>.*?)\1""", re.IGNORECASE),
    re.compile(r"""\s(?:href|src|poster|data-[\w-]+)\s*=\s*(?P<target>[^\s"'<>]+)""", re.IGNORECASE),
)
_MAY_LINK = re.compile(r"\][(:]|[<=]")
"""What each of these forms has."""


def place(woven: Woven, target: str, dialect: Dialect) -> Place:
    """Where `target` is linked to: in the document, in what it includes, or at the quote that shows it."""
    first = woven.document.body_line - 1
    written = _links_to(target, woven.lines, _prose(woven.lines, first, dialect))
    shown = _links_to(target, woven.lines, [line.text for line in woven.lines])  # in an output that is HTML, say
    return next(written, None) or next(shown, Place(woven.document.path))


def written(document: Document, dialect: Dialect) -> frozenset[str]:
    """The targets that a document's own text links to, and not only what was recorded."""
    prose = _prose(document.lines, document.body_line - 1, dialect)
    return frozenset(target for text in prose for target, _ in _links(text))


@functools.lru_cache(maxsize=16)
def _prose(lines: tuple[Line, ...], first: int, dialect: Dialect) -> Sequence[str]:
    """The texts of the lines, with nothing for those of code; a comment may hold a slide's background.

    Kept for the next link of the same deck, because finding code takes long.
    """
    texts = [line.text for line in lines]
    found = blocks.find(texts, first, dialect)
    code = {number for block in (*found.fences, *found.others) for number in range(block.first, block.last + 1)}
    return [text if number not in code else "" for number, text in enumerate(texts)]


def _links_to(target: str, lines: Sequence[Line], texts: Sequence[str]) -> Iterator[Place]:
    """The places of links to a target; `texts` are those of the lines, with blanks for what is not to be read."""
    for line, text in zip(lines, texts, strict=True):
        yield from (line.at(start) for found, start in _links(text) if found == target)


def _links(text: str) -> Iterator[tuple[str, int]]:
    """The targets of the links in a line, each with its column from 0."""
    if _MAY_LINK.search(text):
        seen = blocks.without_code_spans(text)
        for form in _TARGETS:
            yield from ((html.unescape(match["target"]), match.start("target")) for match in form.finditer(seen))
