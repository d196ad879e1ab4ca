"""What must not be in a finished page: quotes that nobody replaced, and code that nobody wove.

A host hands over the HTML that it made of a document. Whatever an extension or another plugin brought in, it shows
here: text that looks like a quote, and blocks of code that stand in no woven text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from labguide import blocks, editions, lines, quotes
from labguide.model import Document, Place, Project, UnrunCode, Woven
from labguide.problems import Problems

_PRE = re.compile(r"<pre\b[^>]*>(?P<content>.*?)</pre\s*>", re.DOTALL | re.IGNORECASE)
_LINE_NUMBERS = re.compile(r'<td class="linenos">.*?</td>|<span class="linenos[^>]*>.*?</span>', re.DOTALL)
_CODE = re.compile(r"<code\b[^>]*>.*?</code\s*>", re.DOTALL | re.IGNORECASE)
_HIDDEN = re.compile(r"<!--.*?-->|<(script|style|template)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z](?:[^\"'<>]|\"[^\"]*\"|'[^']*')*>")

_VALUE = re.compile(r"\{value\}\s*<code\b[^>]*>(?P<quoted>.*?)</code>", re.DOTALL)
_RAW_VALUE = re.compile(r"\{value\}`+(?P<quoted>[^`<]*)`+")
_CELL = re.compile(r"\{cell\}\s+(?P<quoted>[^\s<`]+#[^\s<`]+)")
_FILE = re.compile(r"-+8(?:&lt;|<)-+(?:[ \t]+(?:&quot;|[\"'])(?P<quoted>[^\n<]+?)(?:&quot;|[\"'])|[ \t]*(?=[\n<]))")
_ONLY_FILES = re.compile(r"""(?:\s*-+8<-+ ["'][^\n]+["']\s*)+""")
_QUOTE_IN_TEXT = re.compile(r"(?<!`)\{value\}`|`{3,}\s*\{cell\}|-+8<-+ [\"']")

_BLOCK = re.compile(r"""<(?:div|details)\b[^>]*\bclass=["'](?P<classes>[^"']*)["']""")
_BLOCK_AS_TEXT = re.compile(r"(?:!!!|\?\?\?\+?) ?(?P<type>instructor|assistant|solution)\b", re.IGNORECASE)

_SHOWN = 60
"""So many characters of a block are told."""


@dataclass(frozen=True)
class _Leftover:
    """What looks like a quote, as its author wrote it, and the part of it by which it is found in a text."""

    written: str
    key: str


def check(project: Project, woven: Woven, content: str, problems: Problems) -> None:
    """Note what stands in `content`, the HTML of a document, but was not woven."""
    shown = _HIDDEN.sub("", content)
    for leftover in _leftovers(shown):
        if not _is_meant(project, leftover, woven):
            _tell(woven.document, leftover, problems)
    _check_edition(project, woven.document, shown, problems)
    known = _Known(woven)
    for block in _blocks(shown):
        if not known.has(block):
            problems.add(
                Place(woven.document.path),
                "unwoven-code",
                f"the page shows code that labguide never read: {_short(block)}",
                "quote it from a script, or take away what puts it there: an extension, or another plugin",
            )


def _check_edition(project: Project, document: Document, shown: str, problems: Problems) -> None:
    """Note a block for instructors that students would see, and one that the renderer took for text."""
    remedy = "indent it as what stands around it, below a blank line"
    for block in _BLOCK.finditer(shown) if project.edition == "student" else ():
        types = set(editions.TYPES) & set(block["classes"].split())
        if types:
            message = f'the page shows a block "{min(types)}", which is for instructors'
            problems.add(Place(document.path), "unclear-block", message, remedy)
    for text in _BLOCK_AS_TEXT.finditer(_TAG.sub("", _CODE.sub("", _PRE.sub("", shown)))):
        written = next((line.place for line in document.lines if text[0] in line.text), Place(document.path))
        message = f'the renderer takes this for text, and not for a block "{text["type"]}"'
        problems.add(written, "unclear-block", message, remedy)


@dataclass(frozen=True)
class Foreign:
    """A page that labguide did not read; `origin` says who made it: `the plugin gen-files made`."""

    path: str
    origin: str
    text: str
    content: str


def check_foreign(project: Project, page: Foreign, pages: Iterable[Woven], problems: Problems) -> None:
    """Note quotes in a page that labguide did not read, and code that no woven page has."""
    remedy = "write the page as a file in the folder of lessons"
    unread = f"labguide never read this page, which {page.origin}, but it"
    for number, line in enumerate(lines.split(page.text), start=1):
        if _QUOTE_IN_TEXT.search(line):
            message = f"{unread} quotes: {line.strip()[:_SHOWN]}"
            problems.add(Place(page.path, number), "unwoven-quote", message, remedy)
    known = [_Known(woven) for woven in pages]
    for block in _blocks(_HIDDEN.sub("", page.content)):
        if not any(each.has(block) for each in known):
            problems.add(Place(page.path), "unwoven-code", f"{unread} shows code: {_short(block)}", remedy)


def check_text(place: Place, text: str, problems: Problems) -> None:
    """Note a quote in a text that is shown as it is: a title, a description."""
    if _QUOTE_IN_TEXT.search(text):
        problems.add(place, "unwoven-quote", f"no quote is replaced here: {text}", "write the words themselves")


def _short(block: str) -> str:
    return " ".join(block.split())[:_SHOWN]


def _blocks(content: str) -> Iterator[str]:
    """The texts of the blocks of code."""
    for block in _PRE.finditer(_LINE_NUMBERS.sub("", content) if "<pre" in content else ""):
        text = html.unescape(_TAG.sub("", block["content"]))
        if text.strip():
            yield text


def _leftovers(content: str) -> Iterator[_Leftover]:
    if not any(mark in content for mark in ("{value}", "{cell}", "-8&lt;-", "-8<-")):
        return
    for block in _blocks(content):
        if _ONLY_FILES.fullmatch(block):
            yield _Leftover(block.strip(), block.strip())
    prose = _PRE.sub("", content)
    plain = _CODE.sub("", prose)
    for match in (*_VALUE.finditer(prose), *_RAW_VALUE.finditer(plain)):
        written = f"{{value}}`{html.unescape(_TAG.sub('', match['quoted']))}`"
        yield _Leftover(written, written)
    for match in _CELL.finditer(prose):
        key = f"{{cell}} {html.unescape(match['quoted'])}"
        yield _Leftover(f"```{key}", key)
    for match in _FILE.finditer(plain):
        yield _Leftover(html.unescape(match[0]), html.unescape(match["quoted"] or "8<"))


def _is_meant(project: Project, leftover: _Leftover, woven: Woven) -> bool:
    """Whether it is known: a cell printed it, weaving told of it, or the author wrote it as inline code.

    What a document includes was put in by labguide, so that an include in woven text is one that is to be seen.
    """
    written = woven.document.text
    known = _lines_with(leftover, woven.document) <= _quoting(woven.document)
    if leftover.key not in written or not leftover.key.startswith("{") or known:
        return leftover.key in woven.text
    fenced = re.compile(rf"`{{3,}}\s*{re.escape(leftover.key)}")
    return leftover.key.startswith("{cell}") and not fenced.search(_without_illustrations(project, woven.document))


def _without_illustrations(project: Project, document: Document) -> str:
    written = [line.text for line in document.lines]
    fences = blocks.find(written, document.body_line - 1, project.dialect).fences
    marked = (fence for fence in fences if quotes.is_illustration(fence))
    shown = {number for fence in marked for number in range(fence.first, fence.last + 1)}
    return "\n".join(line for number, line in enumerate(written) if number not in shown)


def _lines_with(leftover: _Leftover, document: Document) -> set[int]:
    return {number for number, line in enumerate(document.lines) if leftover.key in line.text}


def _quoting(document: Document) -> set[int]:
    """The lines with quotes that weaving found: each was replaced, or is a problem already."""
    return {quote.first for quote in document.quotes if not isinstance(quote, UnrunCode)}


def _tell(document: Document, leftover: _Leftover, problems: Problems) -> None:
    number = min(_lines_with(leftover, document) - _quoting(document), default=None)
    problems.add(
        Place(document.path) if number is None else document.lines[number].place,
        "unwoven-quote",
        f"this quote was not replaced: {leftover.written}",
        "mend what stands before it, such as a fence that is not closed, or what includes it",
    )


class _Known:
    """All that a page may show as code: what was woven, with the files that it includes.

    Texts are compared by their letters and digits: Markdown changes spaces, quotation marks and indentation.
    """

    def __init__(self, woven: Woven) -> None:
        self._texts: list[Callable[[], str]] = [
            lambda: _letters(woven.text),
            lambda: _letters(html.unescape(_TAG.sub("", woven.text))),
        ]
        self._read: list[str] = []

    def has(self, block: str) -> bool:
        """Whether a block stands in one of the texts, which are read only if the ones before do not have it."""
        letters = _letters(block)
        if any(letters in text for text in self._read):
            return True
        while self._texts:
            self._read.append(self._texts.pop(0)())
            if letters in self._read[-1]:
                return True
        return False


def _letters(text: str) -> str:
    return "".join(re.findall(r"\w+", text))
