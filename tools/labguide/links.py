"""Where in the sources a link was written: hosts name a page and a target, and no line."""

from __future__ import annotations

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


def place(woven: Woven, target: str, dialect: Dialect) -> Place:
    """Where `target` is linked to: in the document, in what it includes, or at the quote that shows it."""
    first = woven.document.body_line - 1
    written = _links_to(target, woven.lines, _prose(woven.lines, first, dialect))
    shown = _links_to(target, woven.lines, [line.text for line in woven.lines])  # in an output that is HTML, say
    return next(written, None) or next(shown, Place(woven.document.path))


def is_written(document: Document, target: str, dialect: Dialect) -> bool:
    """Whether a document's own text links to a target, and not only what was recorded."""
    prose = _prose(document.lines, document.body_line - 1, dialect)
    return next(_links_to(target, document.lines, prose), None) is not None


def _prose(lines: Sequence[Line], first: int, dialect: Dialect) -> Sequence[str]:
    """The texts of the lines, with nothing for those of code; a comment may hold a slide's background."""
    texts = [line.text for line in lines]
    found = blocks.find(texts, first, dialect)
    code = {number for block in (*found.fences, *found.others) for number in range(block.first, block.last + 1)}
    return [text if number not in code else "" for number, text in enumerate(texts)]


def _links_to(target: str, lines: Sequence[Line], texts: Sequence[str]) -> Iterator[Place]:
    """The places of links to a target; `texts` are those of the lines, with blanks for what is not to be read."""
    for line, text in zip(lines, texts, strict=True):
        without_code = blocks.without_spans(text)
        for form in _TARGETS:
            found = (match for match in form.finditer(without_code) if html.unescape(match["target"]) == target)
            yield from (line.at(match.start("target")) for match in found)
