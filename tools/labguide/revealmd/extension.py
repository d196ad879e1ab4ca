"""What Python-Markdown needs to read decks of others: raw HTML as CommonMark has it, and formulas.

In CommonMark a block of raw HTML ends at the next blank line, so that Markdown may stand within a `<div>`. An element
that says `markdown` is left to md_in_html, with all that stands in it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.util import AtomicString

from labguide.revealmd import commonmark

_BEGINS_HTML = re.compile(r"^[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*<[a-zA-Z/!?]", re.MULTILINE)
_TWO_QUOTATIONS = re.compile(r"^ {0,3}>.*\n(?:[ \t]*\n)+ {0,3}>", re.MULTILINE)
_IN_HTML = re.compile(r"<(?P<tag>[a-zA-Z][\w-]*)\b[^>]*\smarkdown\b[^>]*>")
_MARK = "\x02deckhtml:{}\x03"
_FOUND = re.compile(r"<p>\x02deckhtml:(\d+)\x03</p>|\x02deckhtml:(\d+)\x03")
_DOLLARS = r"(?<![\\$\w])\$(?![\s$])(?P<formula>(?:\\.|[^\\$\n])+?)(?<!\s)\$(?![\w$])"
_IN_CODE = r"(?<!`)`(?P<formula>\$\$[^`]+\$\$|\\\[[^`]+\\\]|\\\([^`]+\\\))`(?!`)"
_ESCAPED = r"\\\\(?P<open>[(\[])(?P<formula>.+?)\\\\[)\]]"


def diagram(source: str, *_: Any, **__: Any) -> str:
    """A fence ```mermaid as the element that a deck's script draws."""
    return f'<pre class="mermaid">{html.escape(source)}</pre>'


class DeckExtension(Extension):
    """Raw HTML as in CommonMark, and formulas between single dollars, in code, or behind two backslashes."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (Python-Markdown's name)
        """Register what reads them."""
        raw = _Html(md)
        md.registerExtension(self)
        md.preprocessors.register(raw, "deck_html", 21)  # after fences are found, before raw HTML is
        md.postprocessors.register(_HtmlBack(raw, md), "deck_html", 31)  # before what stands in it is put back
        md.inlinePatterns.register(_Formula(_IN_CODE, md), "deck_formula_in_code", 191)  # before code
        md.inlinePatterns.register(_Formula(_ESCAPED, md), "deck_formula_escaped", 190.5)  # before escapes
        md.inlinePatterns.register(_Formula(_DOLLARS, md), "deck_formula", 179)  # after escapes
        self._raw = raw

    def reset(self) -> None:
        """Forget the HTML of the text before."""
        self._raw.stash.clear()


class _Html(Preprocessor):
    """Takes blocks of raw HTML out, each by itself."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.stash: list[str] = []

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        if not (_BEGINS_HTML.search(text) or _TWO_QUOTATIONS.search(text)):
            return lines
        kept = set(_left_to_others(lines))
        result = list(lines)
        for token in reversed(commonmark.tokens_of(text)):
            start, stop = token.map or (0, 0)
            if token.type == "html_block" and kept.isdisjoint(range(start, stop)):
                parted = start > 0 and not lines[start - 1].strip()
                result[start:stop] = self._token(token, lines[start], parted=parted)
            elif token.type == "blockquote_open" and token.level == 0 and _follows_quotation(lines, start):
                result[start:start] = ["", self._stashed(""), ""]
        return result

    def _stashed(self, content: str) -> str:
        """What stands for some HTML, or parts two quotations."""
        self.stash.append(content)
        return _MARK.format(len(self.stash) - 1)

    def _token(self, token: Any, first: str, *, parted: bool) -> list[str]:
        """What stands for a block: alone in a paragraph, but for one that follows an item's text at once."""
        mark = f"{_before(first)}{self._stashed(token.content.rstrip(chr(10)))}"
        if token.level:
            return [mark, ""] if parted else [mark]
        return ["", mark, ""]


def _follows_quotation(lines: list[str], start: int) -> bool:
    """Whether only blank lines part a quotation from the one before it, which are two in CommonMark."""
    before = next((line for line in reversed(lines[:start]) if line.strip()), "")
    return start > 0 and not lines[start - 1].strip() and before.lstrip().startswith(">")


def _before(line: str) -> str:
    """What stands before the HTML in its first line: the mark of an item, or of a quotation."""
    return line[: line.index("<")]


def _left_to_others(lines: list[str]) -> Iterator[int]:
    """The numbers of the lines of elements that say `markdown`, to their ends."""
    end = -1
    for number, line in enumerate(lines):
        opening = _IN_HTML.search(line) if number > end else None
        if opening:
            end = _end_of_element(lines, number, opening)
        if number <= end:
            yield number


def _end_of_element(lines: list[str], start: int, opening: re.Match[str]) -> int:
    depth = 0
    for number in range(start, len(lines)):
        for found in re.finditer(rf"<(?P<end>/?){re.escape(opening['tag'])}\b", lines[number]):
            depth += -1 if found["end"] else 1
        if depth <= 0:
            return number
    return len(lines) - 1


class _HtmlBack(Postprocessor):
    """Puts raw HTML back, without the paragraph around it."""

    def __init__(self, raw: _Html, md: Markdown) -> None:
        super().__init__(md)
        self._raw = raw

    def run(self, text: str) -> str:
        return _FOUND.sub(lambda found: self._raw.stash[int(found[1] or found[2])], text) if self._raw.stash else text


class _Formula(InlineProcessor):
    """A formula as pymdownx.arithmatex leaves it for a script."""

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Any, int, int]:  # type: ignore[override]  # noqa: N802
        element = Element("span", {"class": "arithmatex"})
        formula = m["formula"]
        display = m.groupdict().get("open") == "["
        if formula.startswith(("$$", "\\[", "\\(")):
            display = not formula.startswith("\\(")
            formula = formula[2:-2]
        opening, closing = ("\\[", "\\]") if display else ("\\(", "\\)")
        element.text = AtomicString(f"{opening}{formula}{closing}")
        return element, m.start(0), m.end(0)
