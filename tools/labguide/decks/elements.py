"""The elements of a slide's HTML: closed on their slide, and with what comments say of them.

In reveal.js each slide is HTML by itself, which a browser closes at its end; here all slides are one page.

Comments say something of the elements before them, `<!-- .element: class="fragment" -->`, as reveal.js reads it.

A comment belongs to the nearest element before it in the same parent, line breaks left out of account; if there is
none, to the parent. What it says of an attribute counts more than what was there.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""<!--(?P<comment>.*?)-->|<(?P<end>/?)(?P<tag>[a-zA-Z][\w:-]*)(?P<attributes>(?:[^"'<>]|"[^"]*"|'[^']*')*)>""",
    re.DOTALL,
)
_ELEMENT = re.compile(r"\.element\s*?(?P<attributes>.+?)$", re.MULTILINE)
_ATTRIBUTE = re.compile(r'(?P<name>[^"= ]+?)="(?P<value>[^"]+?)"|(?P<bare>data-[^"= ]+?)(?=[" ])')
_RAW = re.compile(r"<(script|style|textarea|template)\b[^>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_TEXT_ONLY = re.compile(
    r"<(?P<tag>iframe|noembed|noframes|noscript|script|style|textarea|title|xmp)\b[^>]*>(?:(?P<text>.*?)</(?P=tag)\s*>)?",
    re.DOTALL | re.IGNORECASE,
)
"""Elements that take in all that follows as text if they have no end."""
_CLOSED_BY_OTHERS = frozenset(
    ("p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup", "caption", "option", "optgroup")
)
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "param")
)


@dataclass
class _Element:
    """An element that has begun: its tag, which of the tokens begins it, and the last element that ended in it."""

    tag: str
    token: int
    last: int | None = None


@dataclass
class _Tokens:
    """HTML in pieces, every second one a tag or a comment."""

    pieces: list[str] = field(default_factory=list)
    open: list[_Element] = field(default_factory=list)
    of_slide: dict[str, str] = field(default_factory=dict)


def closed(content: str) -> str:
    """A slide's HTML in which every element ends, and nothing ends that has not begun."""
    content = _TEXT_ONLY.sub(lambda raw: raw[0] if raw["text"] is not None else f"{raw[0]}</{raw['tag']}>", content)
    pieces: list[str] = []
    begun: list[str] = []
    position = 0
    for found in _TOKEN.finditer(_raw_hidden(content)):
        pieces.append(content[position : found.start()])
        position = found.end()
        if found["comment"] is not None or _is_paired(found, begun):
            pieces.append(content[found.start() : position])
    pieces.append(content[position:])
    rest = (tag for tag in reversed(begun) if tag not in _CLOSED_BY_OTHERS)
    return "".join([*pieces, *(f"</{tag}>" for tag in rest)])


def _is_paired(found: re.Match[str], begun: list[str]) -> bool:
    """Whether a tag is to stay; `begun` are the elements around it."""
    tag = found["tag"].lower()
    if not found["end"]:
        if tag not in _VOID and not _is_closed(found, "svg" in begun or "math" in begun):
            begun.append(tag)
        return True
    if tag not in begun:
        return False
    while begun.pop() != tag:
        pass
    return True


def with_attributes(content: str) -> tuple[str, Mapping[str, str]]:
    """A slide's HTML with what its comments say of its elements, and what they say of the slide itself."""
    if ".element" not in content:
        return content, {}
    tokens = _Tokens(open=[_Element("", -1)])
    position = 0
    for found in _TOKEN.finditer(_raw_hidden(content)):
        tokens.pieces.append(content[position : found.start()])
        tokens.pieces.append(content[found.start() : found.end()])
        position = found.end()
        _read(found, tokens)
    return "".join([*tokens.pieces, content[position:]]), tokens.of_slide


def _raw_hidden(content: str) -> str:
    """The HTML, as long as it is, without what is text in scripts and styles."""
    return _RAW.sub(lambda raw: " " * len(raw[0]), content)


def _read(found: re.Match[str], tokens: _Tokens) -> None:
    here = len(tokens.pieces) - 1
    if found["comment"] is not None:
        said = _ELEMENT.search(found["comment"])
        if said:
            tokens.pieces[here] = ""
            _apply(_attributes(said["attributes"]), tokens)
        return
    tag = found["tag"].lower()
    if found["end"]:
        _close(tag, tokens)
    elif tag in _VOID or _is_closed(found, any(each.tag in ("svg", "math") for each in tokens.open)):
        if tag != "br":
            tokens.open[-1].last = here
    else:
        tokens.open.append(_Element(tag, here))


def _is_closed(found: re.Match[str], in_drawing: bool) -> bool:
    """Whether a tag closes its element itself; in HTML only those of drawings and formulas do."""
    return found["attributes"].endswith("/") and (in_drawing or found["tag"].lower() in ("svg", "math"))


def _close(tag: str, tokens: _Tokens) -> None:
    depth = next((index for index in range(len(tokens.open) - 1, 0, -1) if tokens.open[index].tag == tag), None)
    if depth is not None:
        ended = tokens.open[depth]
        del tokens.open[depth:]
        tokens.open[-1].last = ended.token


def _attributes(text: str) -> dict[str, str]:
    return {found["name"] or found["bare"]: found["value"] or "" for found in _ATTRIBUTE.finditer(text)}


def _apply(attributes: Mapping[str, str], tokens: _Tokens) -> None:
    parent = tokens.open[-1]
    target = parent.token if parent.last is None else parent.last
    if target < 0:
        tokens.of_slide.update(attributes)
        return
    for name, value in attributes.items():
        tokens.pieces[target] = _with(tokens.pieces[target], name, value)


def _with(tag: str, name: str, value: str) -> str:
    """A tag with an attribute, in place of the one of that name."""
    own = f' {name}="{html.escape(html.unescape(value))}"'
    known = re.compile(rf"""\s{re.escape(name)}(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?(?=[\s/>])""", re.IGNORECASE)
    if known.search(tag):
        return known.sub(lambda _: own, tag, count=1)
    end = len(tag) - (2 if tag.endswith("/>") else 1)
    return f"{tag[:end].rstrip()}{own}{tag[end:]}"
