"""What of a section counts as a change that a translator has to follow, and its hash.

Where lines are broken does not count, nor blanks, nor bullets' signs, nor how a table is laid out, nor comments that
an author wrote to authors, nor a heading's id. Code counts character by character; what is quoted or included counts
by how it is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import sha256

from labguide.marks import LENGTH
from labguide.skimming import Kind

_PREFIX = re.compile(r"^[ \t]*(?:>[ \t]?)*")
_ITEM = re.compile(r"^(?P<indent>[> \t]*)(?P<sign>[-*+]|\d{1,9}[.)])[ \t]+")
_ALONE = re.compile(r"^[> \t]*(?:!!!|\?\?\?\+?|===[+!]?)[ \t]+\S|^[> \t]*\|")
"""Lines that nobody breaks or joins: titles of boxes and tabs, rows of tables."""
_RULE_OF_TABLE = re.compile(r"^\|?(?:[ \t]*:?-+:?[ \t]*\|)+(?:[ \t]*:?-+:?[ \t]*)?$")
_COMMENT = re.compile(r"<!--(?P<text>.*?)-->", re.DOTALL)
_CODE_SPAN = re.compile(r"(?<![`\\])(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_OF_DECKS = re.compile(r"\s*\{?\s*\.(?:slide:|element\b)")


def of(text: str) -> str:
    """The hash of a normalised text."""
    return sha256(text.encode()).hexdigest()[:LENGTH]


def normalised(texts: Sequence[str], kinds: Sequence[Kind]) -> str:
    """A text as it counts: one line for each paragraph, item of a list and row of a table, and code as it stands."""
    return "\n".join(_parts(texts, kinds))


def _parts(texts: Sequence[str], kinds: Sequence[Kind]) -> Iterator[str]:
    paragraph: list[str] = []
    number = 0
    while number < len(texts):
        kind, end = kinds[number], number + 1
        if kind is Kind.CODE or kind is Kind.COMMENT:
            end = next((each for each in range(end, len(texts)) if kinds[each] is not kind), len(texts))
        if kind is Kind.COMMENT:
            paragraph += _kept(texts[number:end])
        elif kind is not Kind.CODE and texts[number].strip("> \t\r"):
            paragraph.append(texts[number])
        else:
            yield from _paragraph(paragraph)
            paragraph = []
            yield from _code(texts[number:end]) if kind is Kind.CODE else ()
        number = end
    yield from _paragraph(paragraph)


def _kept(texts: Sequence[str]) -> list[str]:
    """What is left of lines with comments."""
    text = _without_comments("\n".join(texts))
    return [text] if text.strip() else []


def _paragraph(found: Sequence[str]) -> Iterator[str]:
    """The lines of a paragraph, joined as far as it may be broken anywhere."""
    joined: list[str] = []
    is_list = bool(found and _ITEM.match(found[0]))
    broken = True
    """A new line begins whatever comes."""
    for text in found:
        alone = _ALONE.match(text)
        if broken or alone or (is_list and _ITEM.match(text)):
            joined.append(text)
        else:
            joined[-1] = f"{joined[-1]}\n{_PREFIX.sub('', text)}"
        broken = bool(alone)
    for text in joined:
        line = _line(_without_comments(text) if "<!--" in text else text)
        if line:
            yield line


def _line(text: str) -> str:
    """A paragraph on one line, with its signs as nobody chooses them."""
    item = _ITEM.match(text)
    if item:
        sign = "-" if item["sign"] in "-*+" else item["sign"]
        text = f"{'>' * item['indent'].count('>')}{sign} {text[item.end() :]}"
    text = " ".join(text.split())
    if text.startswith("|") or text.endswith("|"):
        return _row(text)
    return text


def _row(text: str) -> str:
    """A row of a table without what only lays it out."""
    if _RULE_OF_TABLE.match(text):
        text = re.sub(r"-+", "-", text.replace(" ", ""))
    return re.sub(r"(?<!\\) ?\| ?", "|", text)


def _code(texts: Sequence[str]) -> Iterator[str]:
    """Lines of code behind the indentation of their fence."""
    indent = len(texts[0]) - len(texts[0].lstrip("> \t"))
    for text in texts:
        yield (text[indent:] if not text[:indent].strip("> \t") else text).rstrip()


def _without_comments(text: str) -> str:
    spans = [span.span() for span in _CODE_SPAN.finditer(text)]

    def kept(comment: re.Match[str]) -> str:
        in_code = any(start < comment.start() < end for start, end in spans)
        return comment[0] if in_code or _OF_DECKS.match(comment["text"]) else ""

    end = text.rfind("-->") + len("-->")
    return _COMMENT.sub(kept, text[:end]) + text[end:] if end >= len("-->") else text


# ---- Headings and front matter ----

ATTRIBUTES = re.compile(r"(?:^|[ \t]+)\{:?[ \t]*(?P<attributes>[^}\n]+?)[ \t]*\}[ \t]*$")
"""What stands in braces behind a heading."""
_ID = re.compile(r"""(?:^|(?<=\s))(?:#(?P<short>[^\s}]+)|id=["']?(?P<long>[^\s"'}]+)["']?)""")
_HASHES = re.compile(r"^#{1,6}|[ \t]#+[ \t]*$")
_KEY = re.compile(r"^[\w-]+:[ \t]*")


@lru_cache(maxsize=4096)
def parted(title: str) -> tuple[str, str, str]:
    """A heading's title, the id in the braces behind it, and what else stands in them; empty where nothing does."""
    found = ATTRIBUTES.search(title) if title.endswith("}") else None
    if found is None:
        return title, "", ""
    named = _ID.search(found["attributes"])
    rest = " ".join(_ID.sub("", found["attributes"]).split())
    if named is None and not _OTHER_ATTRIBUTES.search(rest):
        return title, "", ""
    return title[: found.start()].rstrip(" \t#") if found.start() else "", _named(named), rest


_OTHER_ATTRIBUTES = re.compile(r"^\.[\w-]|^[\w-]+=")


def _named(found: re.Match[str] | None) -> str:
    return (found["short"] or found["long"]) if found else ""


def heading(level: int, written: str) -> str:
    """A heading as it counts: its level, its text, and classes, but no id."""
    title, _, rest = parted(_HASHES.sub("", written.strip()).strip())
    return " ".join(filter(None, ["#" * level, *title.split(), f"{{{rest}}}" if rest else ""]))


def front(found: Sequence[str]) -> str:
    """The readers' lines of a front matter as they count: without quotation marks, wherever they are broken."""
    joined: list[str] = []
    for text in found:
        if text[:1].isspace() or not joined:
            joined[-1:] = [" ".join([*joined[-1:], text])]
        else:
            joined.append(text)
    return "\n".join(_value(text) for text in joined)


def _value(text: str) -> str:
    found = _KEY.match(text)
    key, value = (found[0].strip(), text[found.end() :]) if found else ("", text)
    value = " ".join(value.split())
    value = re.sub(r"^[>|][+-]? ", "", value)
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    return f"{key} {value}".strip()
