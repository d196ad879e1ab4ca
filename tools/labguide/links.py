"""Where in the sources a link was written: hosts name a page and a target, and no line."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from labguide import blocks
from labguide.model import Dialect, Document, Line, Place, Woven

_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)")
_TARGETS = (
    re.compile(r"\]\(\s*<(?P<target>[^>]*)>"),  # [text](<target>)
    re.compile(r"\]\(\s*(?P<target>[^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*)"),  # [text](target "title")
    re.compile(r"^[\s>]*\[[^\]]+\]:\s*<?(?P<target>[^\s>]+)"),  # [name]: target
    re.compile(r"<(?P<target>[^\s<>]+)>"),  # <target>
    re.compile(r"""\s(?:href|src|poster|data-[\w-]+)=(["'])(?P<target>.*?)\1"""),
)


def place(woven: Woven, target: str, dialect: Dialect) -> Place:
    """Where `target` is linked to: in the document, in what it includes, or at the quote that shows it."""
    first = woven.document.body_line - 1
    return next(_links_to(target, woven.lines, first, dialect), Place(woven.document.path))


def is_written(document: Document, target: str, dialect: Dialect) -> bool:
    """Whether an author wrote the link, and not only a cell printed it."""
    return any(True for _ in _links_to(target, document.lines, document.body_line - 1, dialect))


def _links_to(target: str, lines: Sequence[Line], first: int, dialect: Dialect) -> Iterator[Place]:
    """The places of links to a target, in order, outside of code; those in HTML outputs come last."""
    texts = [line.text for line in lines]
    mentioning = [number for number, text in enumerate(texts) if target in html.unescape(text)]
    if not mentioning:
        return
    prose = blocks.find(texts, first, dialect).prose
    for shown in (prose, texts):
        for number in mentioning:
            text = _CODE_SPAN.sub(lambda span: " " * len(span[0]), shown[number])
            for form in _TARGETS:
                found = (match for match in form.finditer(text) if html.unescape(match["target"]) == target)
                yield from (lines[number].at(match.start("target")) for match in found)
