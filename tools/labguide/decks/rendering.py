"""Renders the Markdown of slides in the site's own dialect, so that a deck and a page show the same thing alike."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any

from markdown import Markdown

from labguide import revealmd
from labguide.decks.elements import closed, with_attributes
from labguide.decks.slides import Deck, Slide
from labguide.model import Dialect

# On a slide, links beside headings and before each line of code would only be in the way of the keyboard; and no
# script colours code in the browser.
_OVERRIDES: Mapping[str, Mapping[str, Any]] = {
    "toc": {"permalink": False, "anchorlink": False},
    "markdown.extensions.toc": {"permalink": False, "anchorlink": False},
    "pymdownx.highlight": {"use_pygments": True, "anchor_linenums": False},
}

_HEADING = re.compile(r"<h(?P<level>[1-6])(?P<attributes>[^>]*)>.*?</h(?P=level)>", re.DOTALL)
_NOT_SAID = re.compile(r'<!--.*?-->|<p><span class="translation-note".*?</p>', re.DOTALL)
"""What stands on a slide beside what its author says there."""
_HEADING_ID = re.compile(r' id="(?P<id>[^"]+)"')
_TAG = re.compile(r"""<[a-zA-Z](?:[^"'<>]|"[^"]*"|'[^']*')*>""")
_LINK = re.compile(
    r"""(?P<before>\s(?:href|src|data-src|poster)\s*=\s*)(?:(?P<quote>["'])(?P<target>.*?)(?P=quote)|(?P<bare>[^\s"'<>]+))""",
    re.DOTALL | re.IGNORECASE,
)
_LINKING = ("data-background-image", "data-background-video", "data-background-iframe")
"""Attributes of a slide that name files."""
_FILE = re.compile(r"\.(?:apng|avif|bmp|gif|jpe?g|mp4|png|svg|webm|webp)(?:[?#]|$)", re.IGNORECASE)
_LINE = r"[^\W\d_](?:(?!www\.|  )[^\W_]|[ ,;.?!()](?!\n|\Z| [ \n])|[,;.?!)](?=\n|\Z))*"
_PLAIN = re.compile(rf"{_LINE}(?:\n{{1,3}}{_LINE})*")
"""Text without a sign that could be markup: most notes. Nothing has to be looked for in it."""
_KNOWN = re.compile(
    r"(?:markdown\.extensions\.)?(?:abbr|admonition|attr_list|def_list|fenced_code|footnotes|md_in_html|meta|sane_lists"
    r"|tables|toc)|(?:pymdownx\.)(?:arithmatex|betterem|caret|details|emoji|highlight|inlinehilite|keys|magiclink|mark"
    r"|saneheaders|snippets|superfences|tabbed|tasklist|tilde)"
)
"""Extensions that do nothing to such text."""
_NAME = re.compile(r"""\s(?:id|name)=["']([^"']+)["']""")
_REFERENCE = re.compile(
    r"""(?P<before>\s(?:(?:id|name|for|aria-(?:controls|describedby|labelledby))=["']|(?:xlink:)?href=["']\#))"""
    r"""(?P<name>[^"']+)"""
)
_STEPPED = re.compile(
    r"<div(?P<attributes>(?=[^>]*\sdata-line-numbers=)[^>]*)>"
    r"(?P<before>(?:<span class=\"filename\">[^\n]*?</span>)?<pre[^>]*>(?:<span></span>)?)"
    r"<code>(?P<code>.*?)</code></pre>",
    re.DOTALL,
)
_STEPS = re.compile(r'\sdata-(?:line-numbers|ln-start-from)="[^"]*"')


Address = Callable[[str], str]
"""Tells where a link or a picture that an author wrote is found in the site."""


def as_written(target: str) -> str:
    """The address of a link where nobody knows better."""
    return target


@dataclass(frozen=True)
class RenderedSlide:
    """A slide as HTML: its content, its notes, and the attributes of its `<section>`."""

    content: str
    notes: str
    attributes: Mapping[str, str]


def rendered(deck: Deck, dialect: Dialect, address: Address = as_written) -> list[list[RenderedSlide]]:
    """The stacks of a deck as HTML. No id occurs twice in the whole deck.

    A slide stands on its own: what it refers to by name (a footnote, a link's address) is defined in it.
    """
    convert = _Converter(dialect, address)
    names = _Names()
    return [[_rendered(slide, convert, names) for slide in stack] for stack in deck.stacks]


class _Names:
    """Renames what was named on an earlier slide: ids, and the names that tie radio buttons together."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def unique(self, text: str) -> str:
        """The same HTML with every taken name, and every reference to it, renamed."""
        here = {name for tag in _TAG.findall(text) for name in _NAME.findall(tag)}
        new = {name: self._free(name, here) for name in sorted(here & self._taken)}
        self._taken |= here.difference(new).union(new.values())
        return _TAG.sub(lambda tag: _REFERENCE.sub(lambda found: _renamed(found, new), tag[0]), text)

    def _free(self, name: str, here: set[str]) -> str:
        candidates = (f"{name}-{number}" for number in count(2))
        return next(each for each in candidates if each not in self._taken and each not in here)


def _renamed(found: re.Match[str], new: Mapping[str, str]) -> str:
    return found["before"] + new.get(found["name"], found["name"])


class _Converter:
    """Converts one text after the other; nothing that one defines is known to the next."""

    def __init__(self, dialect: Dialect, address: Address) -> None:
        self.address = address
        self._knows_plain = all(_KNOWN.fullmatch(name) for name in dialect.extensions)
        self._markdown = _markdown(revealmd.of_decks(dialect))

    def __call__(self, text: str) -> str:
        if not text.strip():
            return ""
        if self._knows_plain and _PLAIN.fullmatch(text):
            return "\n".join(f"<p>{paragraph}</p>" for paragraph in re.split(r"\n\n+", text))
        self._markdown.reset()
        return self._with_addresses(text)

    def _with_addresses(self, text: str) -> str:
        html = self._markdown.convert(text)
        if "<" in text:
            html = closed(html)
        return _TAG.sub(lambda tag: _LINK.sub(self._addressed, tag[0]), html)

    def _addressed(self, link: re.Match[str]) -> str:
        quote = link["quote"] or '"'
        written = html.unescape(link["target"] if link["quote"] else link["bare"])
        found = self.address(written)
        return link[0] if found == written else f"{link['before']}{quote}{html.escape(found)}{quote}"


@lru_cache(maxsize=4)
def _markdown(dialect: Dialect) -> Markdown:
    """One converter for all decks of a site, because making it takes as long as many slides."""
    return revealmd.converter(dialect, _OVERRIDES)


def _with_steps(content: str) -> str:
    """Code whose lines are shown step by step: each is an element, and the code says which come when."""
    if "data-line-numbers=" not in content:
        return content
    return _STEPPED.sub(lambda found: _stepped(found) or found[0], content)


def _stepped(found: re.Match[str]) -> str:
    steps = _STEPS.findall(found["attributes"])
    rest = _STEPS.sub("", found["attributes"])
    lines = found["code"].removesuffix("\n").split("\n")
    shown = "\n".join(f'<span class="line">{line}</span>' for line in lines)
    return f"<div{rest}>{found['before']}<code{''.join(steps)}>{shown}\n</code></pre>"


def _rendered(slide: Slide, convert: _Converter, names: _Names) -> RenderedSlide:
    content, said = with_attributes(_with_steps(names.unique(convert(slide.markdown))))
    attributes = {
        name: convert.address(value) if name in _LINKING or _is_picture(name, value) else value
        for name, value in {**slide.attributes, **said}.items()
    }
    opens_section = _opens_section(content)
    content, heading_id = _without_heading_id(content)
    if heading_id:
        attributes.setdefault("id", heading_id)
    if opens_section and "class" not in attributes:
        attributes["class"] = "section"
    return RenderedSlide(content, names.unique(convert(slide.notes)), attributes)


def _is_picture(name: str, value: str) -> bool:
    """Whether an attribute is a background that is a file, and no colour."""
    return name == "data-background" and _FILE.search(value) is not None


def _opens_section(content: str) -> bool:
    heading = _HEADING.fullmatch(_NOT_SAID.sub("", content).strip())
    return heading is not None and heading["level"] == "1"


def _without_heading_id(content: str) -> tuple[str, str]:
    """The content without the id of its first heading, which becomes the slide's own, and so its address.

    An id that Python-Markdown made up where it found no Latin letter (`_1`) says nothing: the slide gets none.
    """
    heading = _HEADING.search(content)
    found = _HEADING_ID.search(heading["attributes"]) if heading else None
    if heading is None or found is None:
        return content, ""
    start = heading.start("attributes")
    name = found["id"]
    stripped = content[: start + found.start()] + content[start + found.end() :]
    return stripped, "" if name.startswith("_") else name
