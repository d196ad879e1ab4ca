"""Brings CommonMark into the form that Python-Markdown reads, a slide at a time.

markdown-it finds lists, tables, fences and headings as CommonMark has them; what Python-Markdown would read as
something else is written anew: lists nested by two or three blanks get four, a list or table that follows text at
once gets a blank line before it, a fence gets the form that superfences knows. A list that is indented by fours
already stays as it is, and so does everything within admonitions and tabs, which is indented code to CommonMark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from labguide import lines as text_lines
from labguide.model import Line

if TYPE_CHECKING:  # read when the first deck is
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

INDENT = 4
"""By so many blanks Python-Markdown wants what belongs to an item of a list."""

_MAY_DIFFER = re.compile(
    r"^[ \t>]*(?:[-*+](?:[ \t]|$)|-+[ \t]*$|\d{1,9}[.)](?:[ \t]|$)|[`~]{3}|#|\|?[ \t]*:?-+:?[ \t]*\|)"
)
_PARTING = ("---", "----")
"""Lines that part slides, wherever they stand."""
_ITEM = re.compile(r"^(?P<before> *)(?P<mark>[-*+]|(?P<number>\d{1,9})[.)])(?P<blanks> *)(?P<rest>.*)$")
_QUOTED = re.compile(r"^ {0,3}> ?")
_STEPS = re.compile(r"[ \t]*\[[ \t]*(?:(?P<first>\d*):)?[ \t]*(?P<steps>[\s\d,|-]*)\]")
_FENCE = re.compile(r"^(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>.*?)[ \t]*$")
_READABLE = re.compile(
    r"(?:\.?[\w#.+-]+(?=\s|$))?"
    r"(?:\s*\{[^\n]*\}(?:[ \t]*\S.*)?|(?:\s*[a-zA-Z]\w*=(?P<quote>[\"']).*?(?P=quote)(?=\s|$))+)?\s*"
)
"""What superfences can read behind a fence; behind braces only weaving reads on."""
_TITLE_LINE = re.compile(r"^ {1,3}(?=#{1,6}(?:[ \t]|$))")


def normalised(found: Sequence[Line], *, in_item: bool = False) -> list[Line]:
    """A slide's lines in the form that Python-Markdown reads, or those of an item of a list."""
    if not any(_MAY_DIFFER.match(line.text) for line in found):
        return list(found)
    return _Text(list(_with_html_in_items(map(_detabbed, found))), list(found), in_item=in_item).written()


def _with_html_in_items(found: Iterable[Line]) -> Iterator[Line]:
    """The lines, with HTML that follows the text of an item at once indented as the item's own.

    To marked, which reveal.js has for CommonMark, it goes on in the item; else it would end the list.
    """
    column, fence = 0, ""
    for line in found:
        mark, item = _FENCE.match(line.text), _ITEM.match(line.text)
        if mark and (not fence or (mark["fence"].startswith(fence) and not mark["info"])):
            column, fence = 0, "" if fence else mark["fence"]
        elif fence:
            pass
        elif item and item["rest"]:
            column = item.start("rest")
        elif not line.text.strip() or line.text.startswith("#"):
            column = 0
        elif column and line.text.lstrip().startswith("<") and _blanks(line.text) < column:
            missing = column - _blanks(line.text)
            line = text_lines.shifted(line, f"{' ' * missing}{line.text}", -missing)
        yield line


def _detabbed(line: Line) -> Line:
    """A line whose indentation is blanks."""
    text = line.text
    rest = text.lstrip(" \t")
    lead = text[: len(text) - len(rest)]
    return replace(line, text=lead.expandtabs(INDENT) + rest) if "\t" in lead else line


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")
    return parser.disable(["inline", "text_join", "reference"], ignoreInvalid=True)


@dataclass(frozen=True)
class _Block:
    """A block of CommonMark: its kind, its lines from 0 (`stop` is the one after it), and what stands in it."""

    kind: str
    start: int
    stop: int
    token: Token
    inner: tuple[_Block, ...] = ()


_KINDS = frozenset(
    ("bullet_list_open", "ordered_list_open", "list_item_open", "blockquote_open", "table_open", "heading_open")
)
_WHOLE = frozenset(("fence", "html_block", "code_block", "paragraph_open", "hr"))


def _blocks(texts: Sequence[str]) -> tuple[_Block, ...]:
    tokens = iter(_parser().parse("\n".join(texts)))
    return tuple(_read(tokens, len(texts), ""))


def _read(tokens: Iterator[Token], end: int, until: str) -> Iterator[_Block]:
    """The blocks up to the token that closes the one around them."""
    for token in tokens:
        if token.type == until:
            return
        if token.type not in _KINDS and token.type not in _WHOLE:
            continue
        start, stop = token.map or (0, end)
        inner = tuple(_read(tokens, end, token.type.replace("_open", "_close"))) if token.nesting == 1 else ()
        yield _Block(token.type.removesuffix("_open"), start, stop, token, inner)


class _Text:
    """Lines that are read as CommonMark; `original` are the same before tabs were taken out."""

    def __init__(self, found: list[Line], original: list[Line], *, in_item: bool) -> None:
        self._lines, self._original, self._in_item = found, original, in_item
        self._texts = [line.text for line in found]

    def written(self) -> list[Line]:
        """The lines in the form of Python-Markdown."""
        blocks = _blocks(self._texts)
        result: list[Line] = []
        number = 0
        for index, block in enumerate(blocks):
            result += self._original[number : block.start]
            before = blocks[index - 1] if index else None
            if before and self._touch(before, block):
                result.append(self._blank(block.start))
            result += self._block(block)
            number = block.stop
        return [*result, *self._original[number:]]

    def _touch(self, before: _Block, block: _Block) -> bool:
        """Whether a block follows another at once, and Python-Markdown would take the two for one."""
        if block.start == 0 or not self._texts[block.start - 1].strip() or before.stop > block.start:
            return False
        if before.kind in ("bullet_list", "ordered_list", "table"):
            return block.kind != "heading"
        if "fence" in (before.kind, block.kind):
            return not self._in_item
        # In an item the blank line is not needed, and would make paragraphs of its lines.
        is_list = block.kind in ("bullet_list", "ordered_list") and not self._in_item
        return before.kind == "paragraph" and (is_list or block.kind == "table")

    def _blank(self, number: int) -> Line:
        return Line("", self._lines[number].place, offset=None, written=False)

    def _block(self, block: _Block) -> list[Line]:
        lines = self._lines[block.start : block.stop]
        match block.kind:
            case "bullet_list" | "ordered_list":
                if not _is_canonical(block, self._texts, 0):
                    return self._list(block)
            case "heading":
                first = lines[0]
                if found := _TITLE_LINE.match(first.text):
                    return [text_lines.shifted(first, first.text[found.end() :], found.end()), *lines[1:]]
                if lines[-1].text in _PARTING:
                    return _underlined(lines)
            case "hr" if lines[0].text in _PARTING:
                return [replace(lines[0], text="***", offset=None)]
            case "fence":
                return _fence(block, lines, self._original[block.start : block.stop])
            case "blockquote":
                return self._quotation(block)
            case "paragraph" | "table" | "html_block" if self._in_item:
                return [_outdented(line, _blanks(lines[0].text)) for line in lines]
            case _:
                pass
        return self._original[block.start : block.stop]

    def _quotation(self, block: _Block) -> list[Line]:
        """A quotation whose content is written anew, if it must be."""
        lines = self._lines[block.start : block.stop]
        marks = [_QUOTED.match(line.text) for line in lines]
        if not all(marks):
            return self._original[block.start : block.stop]
        inner = [
            text_lines.shifted(line, line.text[mark.end() :], mark.end())
            for line, mark in zip(lines, marks, strict=True)
            if mark
        ]
        new = normalised(inner)
        if new == inner:
            return self._original[block.start : block.stop]
        return [text_lines.shifted(line, f"> {line.text}".rstrip(), -2) for line in new]

    def _list(self, block: _Block) -> list[Line]:
        """A list with what belongs to each item indented by four."""
        result: list[Line] = []
        for item, after in zip(block.inner, [*block.inner[1:], None], strict=True):
            result += _item(self._lines[item.start : item.stop])
            if after and _runs_on(item, self._texts):
                result.append(self._blank(after.start))
        return [*result, *self._lines[block.inner[-1].stop : block.stop]] if block.inner else result


def _underlined(lines: Sequence[Line]) -> list[Line]:
    """A heading above a line of hyphens, which would part slides, as one of level 2."""
    title = " ".join(line.text.strip() for line in lines[:-1])
    return [replace(lines[0], text=f"## {title}", offset=None)]


def _item(lines: Sequence[Line]) -> list[Line]:
    first = lines[0]
    found = _ITEM.match(first.text)
    if found is None:
        return list(lines)
    blanks = len(found["blanks"])
    taken = blanks if 1 <= blanks <= INDENT and found["rest"] else 1
    column = len(found["before"]) + len(found["mark"]) + taken
    inner = [text_lines.shifted(first, first.text[column:], column), *(_outdented(line, column) for line in lines[1:])]
    new = normalised(inner, in_item=True)
    mark = f"{found['number']}." if found["number"] else found["mark"]
    head = text_lines.shifted(new[0], f"{mark} {new[0].text.lstrip()}", -len(mark) - 1)
    return [head, *(_indented(line) for line in new[1:])]


def _outdented(line: Line, column: int) -> Line:
    """A line of an item without the item's indentation, as far as it has it."""
    blanks = min(len(line.text) - len(line.text.lstrip(" ")), column)
    return text_lines.shifted(line, line.text[blanks:], blanks)


def _indented(line: Line) -> Line:
    return text_lines.shifted(line, f"{' ' * INDENT}{line.text}", -INDENT) if line.text.strip() else line


def _is_canonical(block: _Block, texts: Sequence[str], depth: int) -> bool:
    """Whether Python-Markdown reads a list as CommonMark does: all in it is indented by fours."""
    for item in block.inner:
        found = _ITEM.match(texts[item.start])
        if _runs_on(item, texts) and item is not block.inner[-1]:
            return False
        if found is None or len(found["before"]) != INDENT * depth or ")" in found["mark"]:
            return False
        if not all(_fits(each, item, texts, depth + 1) for each in item.inner):
            return False
    return True


def _runs_on(item: _Block, texts: Sequence[str]) -> bool:
    """Whether Python-Markdown takes what follows an item at once for text of its last paragraph."""
    lines = texts[item.start : item.stop]
    return bool(lines[-1].strip()) and not all(line.strip() for line in lines)


def _fits(block: _Block, item: _Block, texts: Sequence[str], depth: int) -> bool:
    if block.kind in ("bullet_list", "ordered_list"):
        return block.start != item.start and _is_canonical(block, texts, depth)
    if block.start == item.start:
        return block.kind not in ("fence", "heading", "table")
    if block.kind == "table":
        return _blanks(texts[block.start]) == INDENT * depth and not texts[block.start - 1].strip()
    if block.kind == "fence":
        return _blanks(texts[block.start]) == INDENT * depth == _blanks(texts[block.stop - 1])
    return _blanks(texts[block.start]) >= INDENT * depth


def _blanks(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def _fence(block: _Block, lines: list[Line], original: list[Line]) -> list[Line]:
    """A fence in the form that superfences reads, with all its lines indented as its first one."""
    opening = _FENCE.match(lines[0].text)
    if opening is None:
        return original
    info = _info(opening["info"])
    indent, fence = opening["indent"], opening["fence"]
    closing = _FENCE.match(lines[-1].text) if len(lines) > 1 else None
    is_closed = closing is not None and not closing["info"] and closing["fence"].startswith(fence)
    body = lines[1:-1] if is_closed else lines[1:]
    head = original[0] if info == opening["info"] else replace(lines[0], text=f"{indent}{fence}{info}", offset=None)
    inside = [_at_least(line, own, indent) for line, own in zip(body, original[1:], strict=False)]
    if is_closed and lines[-1].text.rstrip() == f"{indent}{fence}":
        return [head, *inside, original[-1]]
    end = replace(lines[-1], text=f"{indent}{fence}", offset=None, written=is_closed)
    return [head, *inside, end]


def _at_least(line: Line, original: Line, indent: str) -> Line:
    """A line of code that is indented as its fence is, for CommonMark takes off only as much as there is."""
    if not line.text.strip() or line.text.startswith(indent):
        return original
    missing = len(indent) - _blanks(line.text)
    return text_lines.shifted(line, f"{' ' * missing}{line.text}", -missing)


def _info(info: str) -> str:
    """What stands behind a fence, as superfences reads it: steps as an attribute, without words that say nothing."""
    steps = _STEPS.search(info)
    rest = f"{info[: steps.start()]} {info[steps.end() :]}".strip() if steps else info
    if not _READABLE.fullmatch(rest):
        rest = rest.split()[0] if rest else ""
        rest = rest if _READABLE.fullmatch(rest) else ""
    return _with_steps(rest, steps) if steps else rest


def _with_steps(info: str, steps: re.Match[str]) -> str:
    attributes = f'data-line-numbers="{"".join(steps["steps"].split())}"'
    if steps["first"]:
        attributes += f' data-ln-start-from="{steps["first"]}"'
    if info.startswith("{") and info.endswith("}"):
        return f" {info[:-1].rstrip()} {attributes}}}"
    language, _, options = info.partition(" ")
    own = f".{language.removeprefix('.')} " if language else ""
    return f" {{{own}{f'{options.strip()} ' if options.strip() else ''}{attributes}}}"


def tokens_of(text: str) -> list[Any]:
    """The blocks of a text as markdown-it has them, for who needs its raw HTML."""
    return list(_parser().parse(text))
