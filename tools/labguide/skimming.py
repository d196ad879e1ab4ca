"""Skims Markdown for what is no text: code in fences, comments, raw HTML. Headings and marks stand in text only.

A quick look at each line, where `blocks` asks the renderer itself: thousands of files are skimmed within a second.
Where the two could differ, a line counts as text, so nothing is hidden from a translator that readers see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from labguide.model import DocumentKind

_OPENS_FENCE = re.compile(r"^(?:[> \t]|[-*+][ \t]|\d+[.)][ \t])*(?P<fence>`{3,}(?=[^`]*$)|~{3,})")
_CLOSES_FENCE = re.compile(r"^[> \t]*(?P<fence>`{3,}|~{3,})[ \t]*$")
_OPENS_HTML = re.compile(r"^ {0,3}<(?P<tag>[a-zA-Z][a-zA-Z0-9]*)\b(?P<attributes>[^>]*)")
_IS_MARKDOWN = re.compile(r"""\bmarkdown(?!\s*=\s*["']?0)(?=[\s=]|$)""")
_UNDERLINE = re.compile(r"^(?:=+|-+)[ \t]*$")
_RULE = re.compile(r"^ {0,3}(?:(?:-[ ]*){3,}|(?:\*[ ]*){3,}|(?:_[ ]*){3,})$")
_RAW = frozenset({"pre", "script", "style", "textarea"})
"""Elements that only their end tag ends, in any Markdown."""
_BLOCKS = re.compile(
    r"(?:address|article|aside|blockquote|canvas|center|details|div|dl|fieldset|figure|footer|form|header|iframe|main"
    r"|math|menu|nav|noscript|object|ol|output|pre|script|section|style|svg|table|textarea|ul|video)"
)
"""Elements whose content is raw HTML, unless their author says `markdown`."""


class Kind(Enum):
    """What a line is."""

    TEXT = "text"
    CODE = "code"
    COMMENT = "comment"
    HTML = "html"


@dataclass(frozen=True)
class Heading:
    """A heading in the lines of a file; `first` and `last` are the numbers of its lines, from 0."""

    first: int
    last: int
    level: int
    title: str
    """As written, with what stands in braces behind it."""


def kinds(texts: Sequence[str], kind: DocumentKind = "lesson") -> list[Kind]:
    """What each line of a Markdown text is, of one without front matter."""
    found = [Kind.TEXT] * len(texts)
    number = 0
    while number < len(texts):
        text, end = texts[number], number
        if "<" in text or "```" in text or "~~~" in text:
            what, end = _begins(texts, number, kind)
            found[number:end] = [what] * (end - number)
        number = max(end, number + 1)
    return found


def headings(texts: Sequence[str], of: Sequence[Kind], kind: DocumentKind = "lesson") -> Iterator[Heading]:
    """The headings that begin their lines, in order; those within lists, quotations and boxes are part of them."""
    free, underline = True, -1
    """Nothing stands above the line in its paragraph, so it may be underlined."""
    for number, text in enumerate(texts):
        if not text or of[number] is not Kind.TEXT or text.isspace() or number == underline:
            free = True
        elif text[0] == "#" and (found := _hashed(number, text, kind)):
            yield found
            free = True
        elif free and texts[number + 1 : number + 2] and _is_underlined(texts, of, number, kind):
            underline = number + 1
            yield Heading(number, underline, 1 if texts[underline][0] == "=" else 2, text.strip())
        else:
            free = text[0] in " <-*_" and _ends_paragraph(text, free)


def _ends_paragraph(text: str, free: bool) -> bool:
    """Whether text begins below a line: one of indented code, a rule, or a tag."""
    return (free and text.startswith("    ")) or text.startswith("<") or bool(_RULE.match(text))


def _hashed(number: int, text: str, kind: DocumentKind) -> Heading | None:
    """The heading that a line with signs before it is.

    Python-Markdown asks for no blank behind the signs; a deck is CommonMark, and so is a notebook in Jupyter.
    """
    level = min(len(text) - len(text.lstrip("#")), 6)
    title = text[level:].rstrip(" \t")
    if kind != "lesson" and title and title[0] not in " \t":
        return None
    shown = title.rstrip("#")
    escaped = shown != title and (len(shown) - len(shown.rstrip("\\"))) % 2
    return Heading(number, number, level, (f"{shown}#" if escaped else shown).strip())


def _is_underlined(texts: Sequence[str], of: Sequence[Kind], number: int, kind: DocumentKind) -> bool:
    text, below = texts[number], texts[number + 1]
    if below[:1] not in ("=", "-") or of[number + 1] is not Kind.TEXT or not _UNDERLINE.match(below):
        return False
    parts_slides = kind == "deck" and below[0] == "-"
    return not parts_slides and not text.startswith(("    ", "\t"))


def _begins(texts: Sequence[str], number: int, kind: DocumentKind) -> tuple[Kind, int]:
    """What begins in a line, and the line after its end."""
    text = texts[number]
    if ("```" in text or "~~~" in text) and (opening := _OPENS_FENCE.match(text)):
        end = _fence_end(texts, number, opening, kind)
        return (Kind.CODE, end) if end > number else (Kind.TEXT, number + 1)
    if "<" not in text:
        return Kind.TEXT, number + 1
    if text.lstrip(" ").startswith("<!--") and (end := _comment_end(texts, number)) > number:
        return Kind.COMMENT, end
    opening = _OPENS_HTML.match(text)
    end = _html_end(texts, number, opening, kind) if opening else number
    return (Kind.HTML, end) if end > number else (Kind.TEXT, number + 1)


def _fence_end(texts: Sequence[str], start: int, opening: re.Match[str], kind: DocumentKind) -> int:
    """The line after a fence; its own if it is never closed, for then it is shown as text.

    Superfences asks for just as many signs at the end as at the beginning, below each other, and for no line between
    them that stands further left; CommonMark, as decks are read, and a fence behind the mark of a list, for less.
    """
    before, fence = opening[0][: opening.start("fence")].expandtabs(4), opening["fence"]
    if kind == "deck" or before.strip("> "):
        closings = ((number, _CLOSES_FENCE.match(texts[number])) for number in range(start + 1, len(texts)))
        return next((number + 1 for number, end in closings if end and end["fence"].startswith(fence)), start)
    for number in range(start + 1, len(texts)):
        text = texts[number].expandtabs(4)
        if text.strip() and text[: len(before)].strip("> "):
            return start
        if text[len(before) :].rstrip() == fence:
            return number + 1
    return start


def _comment_end(texts: Sequence[str], start: int) -> int:
    """The line after a comment that begins a line; its own if it never ends, for then readers see it."""
    if "-->" in texts[start]:
        return start + 1
    return next((number + 1 for number in range(start + 1, len(texts)) if "-->" in texts[number]), start)


def _html_end(texts: Sequence[str], start: int, opening: re.Match[str], kind: DocumentKind) -> int:
    """The line after an element of raw HTML; its own if what stands in it is Markdown, or it never ends."""
    tag = opening["tag"].lower()
    if not _BLOCKS.fullmatch(tag) or _IS_MARKDOWN.search(opening["attributes"]):
        return start
    if kind != "lesson" and tag not in _RAW:
        return next((number for number in range(start, len(texts)) if not texts[number].strip()), len(texts))
    if not any(f"</{tag}" in text.lower() for text in reversed(texts[start:])):
        return start
    tags, depth = re.compile(rf"<(?P<end>/?){tag}\b[^>]*?(?P<empty>/?)>?", re.IGNORECASE), 0
    for number in range(start, len(texts)):
        for found in tags.finditer(texts[number]):
            depth += -1 if found["end"] else 1
            if depth == 0:
                return number + 1
    return start
