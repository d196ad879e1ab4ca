"""Finds the blocks that only instructors see: admonitions and details of three types.

    !!! instructor "What they ask"
        Why not a larger machine?

    ??? solution
        ...

What is code is left alone. What nearly is such a block, and so would stay in the student's edition, is told.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from labguide import blocks
from labguide.model import Dialect, Line
from labguide.problems import Problems

TYPES = ("instructor", "assistant", "solution")

_OPENS = re.compile(
    r'(?P<before>[ \t>]*)(?P<sign>!!!|\?\?\?\+?)[ ]?(?P<types>[\w-]+(?: +[\w-]+)*)(?P<title> +".*")?[ \t]*'
)
_LOOKS = re.compile(
    r"[ \t>]*(?P<marks>(?:(?:[-*+]|\d+[.)]|:|\[\^[^\]]+\]:)[ \t]+)*)"
    r"(?P<sign>!{2,}|\?{2,}\+?|！{2,}|？{2,}|/{3,}|:{3,}|\\?\[!)[ \t]*(?P<said>[^\n]*)"
)
_TYPE_OF_BLOCK = re.compile(r"[ \t]+type:[ \t]*[\"']?(?P<said>[\w-]+)")
_MEANT = {
    "講師": "instructor",
    "講師專用": "instructor",
    "助教": "assistant",
    "助教提示": "assistant",
    "解答": "solution",
}
_EXTENSIONS = {"!": "admonition", "?": "pymdownx.details"}
_STRUCTURE = re.compile(r"[-*+>|<#`~=:!?/]|\d+[.)]|\[\^|\*\[|\{:")
"""How a line begins that starts something of its own, and is no lost line of the block above it."""


@dataclass(frozen=True)
class Found:
    """A block: the numbers of its first and last line, from 0, and of lines that open others in it."""

    first: int
    last: int
    type: str
    inner: tuple[int, ...] = ()


def find(lines: Sequence[Line], first: int, dialect: Dialect, problems: Problems) -> list[Found]:
    """The blocks in a document's lines from number `first` on. One within another is not named."""
    texts = [line.text for line in lines]
    if not any(map(_may_be, texts[first:])) or not any(_opens(text) or _near(text) for text in texts[first:]):
        return []  # to find out what of them is code is costly, and most documents have none at all
    prose, tab = blocks.find(texts, first, dialect).prose, blocks.tab_length(dialect)
    found: list[Found] = []
    number = first
    while number < len(lines):
        opens = _opens(prose[number])
        if opens is None:
            _tell_near(prose[number], lines[number], problems)
            number += 1
            continue
        last = _end(texts, number, tab)
        inner = tuple(each for each in range(number + 1, last + 1) if _opens(prose[each]))
        block = Found(number, last, opens[1], inner)
        _tell_lost(block, opens[0], lines, prose, dialect, problems)
        found.append(block)
        number = block.last + 1
    return found


def titled(text: str, titles: Mapping[str, str]) -> str:
    """The first line of a block with the title of its type, where its author gave none."""
    opens = _opens(text)
    return text if opens is None or opens[0]["title"] else f'{text.rstrip()} "{titles[opens[1]]}"'


def _may_be(text: str) -> bool:
    return any(sign in text for sign in ("!!", "??", "！！", "？？", "///", ":::", "[!"))


def _opens(text: str) -> tuple[re.Match[str], str] | None:
    """The match of a line that opens a block, and the type of the block."""
    opens = _OPENS.fullmatch(text)
    types = opens["types"].lower().split() if opens else []
    chosen = next((each for each in types if each in TYPES), None)
    return (opens, chosen) if opens and chosen else None


def _end(texts: Sequence[str], start: int, tab: int) -> int:
    """The last line of a block: what follows belongs to it as far as it is indented."""
    depth, column = _indent(texts[start], tab)
    last = start
    for number in range(start + 1, len(texts)):
        if not texts[number].strip(" \t>"):
            continue
        here = _indent(texts[number], tab)
        if here[0] != depth or here[1] < column + tab:
            break
        last = number
    return last


def _indent(text: str, tab: int) -> tuple[int, int]:
    """In how many quotations a line stands, and how many blanks follow before its text."""
    text = text.expandtabs(tab)
    lead = text[: len(text) - len(text.lstrip(" >"))]
    quotations, mark, blanks = lead.rpartition(">")
    return (quotations + mark).count(">"), len(blanks.removeprefix(" ")) if mark else len(blanks)


def _tell_near(text: str, line: Line, problems: Problems) -> None:
    """Tell of a line that its author may have meant to open a block, but that opens none for the renderer."""
    meant = _near(text)
    if meant is None:
        return
    message = f"this opens no block for instructors, so students would see what follows: {text.strip()[:60]}"
    remedy = f'write `!!! {meant}` or `!!! {meant} "Title"` in a line of its own'
    problems.add(line.place, "unclear-block", message, remedy)


def _near(text: str) -> str | None:
    """The type of the block that a line was perhaps meant to open."""
    looks = _LOOKS.fullmatch(text) or _TYPE_OF_BLOCK.match(text)
    words = re.findall(r"[\w-]+", looks["said"].partition('"')[0])[:3] if looks else ()
    return next((type_ for word in words if (type_ := _meant(word))), None)


def _meant(word: str) -> str | None:
    """The type that a word stands for, well or badly written."""
    plain = word.lower().replace("_", "-")
    parts = [plain, *plain.split("-")]
    near = (difflib.get_close_matches(part, TYPES, n=1, cutoff=0.82) for part in parts)
    return _MEANT.get(word) or next((found[0] for found in near if found), None)


def _tell_lost(
    block: Found,
    opens: re.Match[str],
    lines: Sequence[Line],
    prose: Sequence[str],
    dialect: Dialect,
    problems: Problems,
) -> None:
    """Tell of a block that the renderer would not take for one, and of lines below it that were meant to be in it."""
    sign, tab = opens["sign"][0], blocks.tab_length(dialect)
    place = lines[block.first].place
    if not any(_is_named(name, _EXTENSIONS[sign]) for name in dialect.extensions):
        message = f"`{opens['sign']}` opens no block here"
        problems.add(place, "unclear-block", message, f"add {_EXTENSIONS[sign]} to `markdown_extensions`")
    for number in _lost(block, [line.text for line in lines], prose, tab):
        message = f'this stands outside of the block "{block.type}" above it, so students would see it'
        problems.add(lines[number].place, "unclear-block", message, f"indent it by {tab} blanks, or part the two")
    if block.last == block.first:
        message = f'this block "{block.type}" holds nothing'
        problems.add(place, "unclear-block", message, f"indent its text by {tab} blanks more than this line")


def _is_named(name: str, extension: str) -> bool:
    return name.partition(":")[0].rpartition(".")[2] == extension.rpartition(".")[2]


def _lost(block: Found, texts: Sequence[str], prose: Sequence[str], tab: int) -> Iterator[int]:
    """Lines right below a block, or a little indented, that begin nothing of their own."""
    number = next((each for each in range(block.last + 1, len(texts)) if texts[each].strip(" \t>")), None)
    if number is None or not prose[number].strip(" \t>") or _STRUCTURE.match(texts[number].strip(" \t>")):
        return
    depth, column = _indent(texts[block.first], tab)
    here = _indent(texts[number], tab)
    follows = number == block.last + 1 and block.last > block.first
    if here[0] == depth and (column < here[1] < column + tab or follows):
        yield number
