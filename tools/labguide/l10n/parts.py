"""The parts of a section that its translation has to have too, read from the HTML that the renderer makes of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any

from labguide import blocks
from labguide.l10n import codes
from labguide.model import Line, Place

Key = tuple[Any, ...]

_DIRECTIVE = re.compile(r"^\{(?P<name>[a-zA-Z][\w-]*)\}\s*(?P<argument>.*)$")
_OPTION = re.compile(r"^:(?P<key>[\w-]+):\s*(?P<value>.*)$")
_TITLE = re.compile(r"""\btitle=(?:"[^"]*"|'[^']*'|\S+)""")
_OF_SLIDE = re.compile(r"^\s*\.(?P<of>slide|element)\s*:?\s*(?P<attributes>.*?)\s*$", re.DOTALL)
_ATTRIBUTE = re.compile(r"""([\w:-]+)(?:=("[^"]*"|'[^']*'|\S+))?""")
VALUE = "\ue0f0"
"""Stands for the role of a value, which an extension would take for an attribute of what stands before it."""
_WORDS = frozenset(("title", "alt", "aria-label", "placeholder", "lang", "dir", "id", "href", "src", "data-md-state"))
"""Attributes that are words of a language, or that are compared in another way."""
_PLAIN = frozenset(
    ("p", "em", "strong", "b", "i", "u", "s", "del", "ins", "mark", "sub", "sup", "abbr", "br", "li", "dt", "dd")
) | frozenset(("thead", "tbody", "tfoot", "tr", "td", "th", "colgroup", "summary", "pre", "code", "label", "hr"))
"""Elements that are no part by themselves: a translation may stress other words."""
_VOID = frozenset(("area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
_PICTURES = frozenset(("svg", "math"))
_MACHINERY = re.compile(
    r"^(admonition|admonition-title|details|tabbed-.*|task-list.*|clickable-.*|headerlink|footnote.*|arithmatex"
    r"|twemoji|emojione|gemoji|magiclink.*|critic|md-.*-icon)$"
)
_CODE = ("code", "kbd", "samp", "tt")
_BLOCKS_OF_CODE = ("pre", "xmp", "listing", "script", "style")
_BLANKS = re.compile(r"[ \t\n]+")
"""A shell reads wide blanks, and those that break no line, as letters."""
_UNKNOWN_NOTE = re.compile(r"\[\^([^\]\s]+)\]")
"""A footnote that stands in another section, so that here it is text."""
_HEADING = re.compile("h[1-6]")
_NO_PROSE = re.compile("svg|math|h[1-6]")
_COUNTING = ("ul", "ol", "dl", "table")
_CONTAINERS = {"ul": "list", "ol": "list", "dl": "list", "table": "table", "blockquote": "quotation", "details": "box"}
_LABELS = {"ul": "list", "ol": "numbered list", "dl": "list of terms"}
_BOXES = {"admonition": "box", "tabbed-set": "tabs", "tabbed-block": "tab"}


@dataclass(frozen=True)
class Part:
    """One thing that a translation has to have too, if its source has it."""

    kind: str
    key: Key
    """What is equal in both languages."""
    name: str
    """What a message calls it."""
    place: Place
    cell: int = 0
    """How many quotes stand before it."""
    body: Key = ()
    """What is compared once both are known to be the same part: the code of a fence, the options of a quote."""
    row: Key = ()
    """The entry of a list or the row of a table that it stands in."""


@dataclass(frozen=True)
class Outline:
    """The parts of a section: `blocks` in order, the others counted, whatever order a language puts them in."""

    blocks: tuple[Part, ...]
    inline: tuple[Part, ...]
    prose: Mapping[int, Place]
    """Where the text begins that stands behind so many quotes; headings are none."""


def read(content: str, fences: Sequence[blocks.Fence], lines: Sequence[Line], place: Place) -> Outline:
    """The parts in the HTML of some lines.

    `fences` are those that were found in them; in the HTML each is an element `data-fence` with its number. `place`
    is where the section begins.
    """
    reader = _Html(fences, lines, place)
    reader.feed(content)
    reader.close()
    reader.end_all()
    return Outline(tuple(reader.blocks), tuple(reader.inline), reader.prose)


@dataclass
class _Open:
    """An element that has begun; `part` is the number of its block, `counted` what stands in it."""

    tag: str
    label: str = ""
    part: int | None = None
    code: str = ""
    """What its text is, if it is code: `code`, `value`, `formula`, `block`."""
    since: int = 0
    """The line after which it began, as far as that is known."""
    notes: bool = False
    """What stands in it are footnotes, which the renderer puts there."""
    texts: list[str] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)


class _Html(HTMLParser):
    """Reads the parts from HTML."""

    def __init__(self, fences: Sequence[blocks.Fence], lines: Sequence[Line], place: Place) -> None:
        super().__init__(convert_charrefs=True)
        self._fences, self._lines = fences, lines
        self._finder = _Finder(lines, place)
        self._open: list[_Open] = []
        self._last = ""
        self._cells = 0
        self.blocks: list[Part] = []
        self.inline: list[Part] = []
        self.prose: dict[int, Place] = {}

    # What the parser calls.

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        said = {name: value or "" for name, value in attrs}
        if any(each.tag in _PICTURES for each in self._open):
            self._begin(tag, _Open(tag))
            return
        begun = self._of_tag(tag, said)
        self._last = ""
        self._attributes(tag, said)
        self._from_elsewhere(tag, said)
        self._begin(tag, begun)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element that has no content."""
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """An element ends, and all that has begun in it."""
        if any(each.tag == tag for each in self._open):
            while self._open and self._end(self._open.pop()) != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Some text."""
        for each in self._open:
            each.texts.append(data)
        self._last = data
        if not any(each.code for each in self._open):
            for note in _UNKNOWN_NOTE.findall(data):
                self._inline("link", (f"#fn:{note}",), f"the footnote `{note}`", f"[^{note}]")
        if data.strip() and not any(each.code or _NO_PROSE.fullmatch(each.tag) for each in self._open):
            self.prose.setdefault(self._cells, self._finder.at(data.strip()))

    def handle_comment(self, data: str) -> None:
        """A comment; those of reveal.js say something of slides and elements."""
        said = _OF_SLIDE.match(data)
        if said:
            key = tuple(sorted(_of_comment(said["attributes"])))
            self._add("comment", (said["of"], key), f"the comment `.{said['of']}:`", f".{said['of']}")

    def end_all(self) -> None:
        """The end of the section."""
        while self._open:
            self._end(self._open.pop())

    # What an element is.

    def _begin(self, tag: str, begun: _Open) -> None:
        if tag not in _VOID:
            self._open.append(begun)

    def _of_tag(self, tag: str, said: Mapping[str, str]) -> _Open:
        classes = said.get("class", "").split()
        if "data-fence" in said:
            self._fence(self._fences[int(said["data-fence"])])
        elif tag == "hr" and not any(each.notes for each in self._open):
            mark = said.get("data-mark", "")
            self._add("mark", (mark,), f"the line `{mark}`" if mark else "a line across the page", mark or "---")
        elif tag in _BLOCKS_OF_CODE or (tag in _CODE and not any(each.code for each in self._open)):
            inline = "value" if self._last.endswith(VALUE) else "code"
            return _Open(tag, code=inline if tag in _CODE else "block")
        elif "arithmatex" in classes:
            return _Open(tag, code="formula")
        elif kind := _CONTAINERS.get(tag) or next((_BOXES[each] for each in classes if each in _BOXES), ""):
            return self._container(tag, kind, classes, opened="open" in said)
        elif tag == "li" and self._open:
            return _Open(tag, f"item {self._open[-1].counted['li'] + 1}")
        elif tag in ("a", "img"):
            self._address(tag, said)
        elif _HEADING.fullmatch(tag):
            self._heading(tag)
        elif tag not in _PLAIN and not _is_machinery(classes, said):
            self._inline("html", (tag,), f"the element `<{tag}>`", f"<{tag}")
        return _Open(tag, notes="footnote" in classes)

    def _container(self, tag: str, kind: str, classes: Sequence[str], *, opened: bool) -> _Open:
        label = _LABELS.get(tag, kind)
        if kind == "box":
            types = " ".join(each for each in classes if each != "admonition")
            label = f"{'!!!' if tag != 'details' else '???+' if opened else '???'} {types}"
        self.blocks.append(Part(kind, (self._path(), label), label, self._finder.heading))
        return _Open(tag, label, len(self.blocks) - 1, since=self._finder.since)

    def _heading(self, tag: str) -> None:
        if any(part.kind == "heading" for part in self.blocks) or self._path():
            self._add("heading", (tag,), f"a heading of level {tag[1]}", "#" * int(tag[1]))
        else:
            self.blocks.append(Part("heading", ((), tag), f"heading of level {tag[1]}", self._finder.heading))

    def _address(self, tag: str, said: Mapping[str, str]) -> None:
        address = said.get("src" if tag == "img" else "href", "")
        if tag == "img":
            self._inline("image", (address,), f"the image `{address}`", address)
            if said.get("alt", "").strip():
                self._inline("attribute", ("alt", ""), "a description of an image", address)
        elif address.startswith("#fn:"):
            self._inline("link", (address,), f"the footnote `{address.removeprefix('#fn:')}`", address[4:])
        elif address and not address.startswith("#fnref"):
            self._inline("link", (address,), f"a link to `{address}`", address)

    def _from_elsewhere(self, tag: str, said: Mapping[str, str]) -> None:
        """What an element shows or runs: a program, a film, a frame. Links and images are told as such."""
        for name in () if tag in ("a", "img") else ("src", "href"):
            if address := said.get(name):
                self._inline("source", (tag, address), f"`{address}` in the element `<{tag}>`", address)

    def _attributes(self, tag: str, said: Mapping[str, str]) -> None:
        for name, value in said.items():
            if name in _WORDS or name.startswith("data-fence") or name == "data-mark":
                continue
            if name == "class":
                self._classes(tag, value.split())
            elif not (_is_generated(said) or (tag in ("td", "th") and name == "style")):
                self._inline("attribute", (name, value), f'the attribute `{name}="{value}"`', value or name)
        is_own = _HEADING.fullmatch(tag) and not self._path()  # by its id a section has been found
        if said.get("id") and not (is_own or _is_generated(said)):
            self._inline("anchor", (said["id"],), f"the id `{said['id']}`", said["id"])

    def _classes(self, tag: str, classes: Sequence[str]) -> None:
        boxes = "admonition" in classes or tag == "details"
        for each in classes:
            if not (boxes or _MACHINERY.match(each)):
                self._inline("attribute", ("class", each), f"the class `{each}`", each)

    # What ends.

    def _end(self, ended: _Open) -> str:
        text = "".join(ended.texts)
        if ended.code == "block":
            body = tuple(line.rstrip() for line in text.strip("\n").split("\n"))
            if text.strip():
                self._add("code block", (ended.tag,), "a block of code", text.strip().split("\n")[0], body)
        elif ended.code:
            self._code(ended.code, text)
        elif ended.part is not None:
            self._close(ended)
        self._count(ended.tag)
        return ended.tag

    def _count(self, tag: str) -> None:
        """Note for the list or table around it that an element ended."""
        for each in reversed(self._open):
            each.counted[tag] += 1
            if each.tag in _COUNTING:
                return

    def _code(self, kind: str, text: str) -> None:
        shown = " ".join(_BLANKS.split(text.replace(VALUE, "{value}").strip(" \t\n")))
        key = (codes.formula(text) if kind == "formula" else shown,)
        self._inline(
            kind, key, f"the {kind} `{codes.visible(shown)}`", shown.strip("\\()[] ") if kind == "formula" else shown
        )

    def _close(self, ended: _Open) -> None:
        """What is known of a block only at its end: how much stands in it, and where it began."""
        assert ended.part is not None
        part = self.blocks[ended.part]
        first = next((each.strip() for each in ended.texts if each.strip()), "")
        place = self._finder.after(ended.since, ended.label if part.kind == "box" else first)
        size = _size(part.kind, ended)
        name = f"the box `{ended.label}`" if part.kind == "box" else f"the {ended.label}"
        self.blocks[ended.part] = replace(part, place=place, body=size, name=name)

    def _fence(self, fence: blocks.Fence) -> None:
        directive = _DIRECTIVE.match(fence.info)
        body = self._lines[fence.first + 1 : fence.last]
        place = self._lines[fence.first].place
        self._cells += directive is not None
        if directive:
            key: Key = (self._path(), directive["name"], " ".join(directive["argument"].split()))
            shown = _options(body)
        else:
            key = (self._path(), _tag(fence.info))
            texts = [line.text.removeprefix(fence.indent) for line in body]
            shown = () if codes.is_drawn(fence) else codes.without_comments(texts, fence.language)
        name = f"the quote `{fence.info}`" if directive else f"the fence `{fence.info or '```'}`"
        self.blocks.append(Part("quote" if directive else "fence", key, name, place, body=shown))
        self._finder.move(place)

    # Parts.

    def _path(self) -> tuple[str, ...]:
        """The blocks around a place, from the outermost."""
        return tuple(each.label for each in self._open if each.label)

    def _add(self, kind: str, key: Key, name: str, hint: str, body: Key = ()) -> None:
        self.blocks.append(Part(kind, (self._path(), *key), name, self._finder.at(hint, since=True), body=body))

    def _inline(self, kind: str, key: Key, name: str, hint: str) -> None:
        place = self._finder.of_code(hint) if kind in ("code", "value") else self._finder.at(hint)
        self.inline.append(Part(kind, key, name, place, self._cells, row=self._row()))

    def _row(self) -> Key:
        """The entry of a list or the row of a table at a place; empty outside of both."""
        begun = (each.counted["tr"] for each in self._open if each.tag == "table")
        rows = [f"row {number}" for number in begun]
        path = (*self._path(), *rows)
        return path if rows or any(label.startswith("item ") for label in path) else ()


class _Finder:
    """Finds the lines that the renderer does not tell, by their texts."""

    def __init__(self, lines: Sequence[Line], heading: Place) -> None:
        self._lines, self.heading = lines, heading
        self.since = 0
        """The number of the line that the last block stands in, from 0."""

    def move(self, place: Place) -> None:
        """What is sought next stands after a place."""
        numbers = (number for number, line in enumerate(self._lines) if line.place == place)
        self.since = next(numbers, self.since)

    def at(self, text: str, *, since: bool = False) -> Place:
        """The place of the first line that has a text, if possible after the block before; else of the heading."""
        found = self._number(text, self.since)
        if since and found is not None:
            self.since = max(found, self.since)
        return self._place(found)

    def of_code(self, text: str) -> Place:
        """The same of code in a sentence, which may be a short word."""
        quoted = self._number(f"`{text}`", self.since)
        return self.at(text) if quoted is None else self._place(quoted)

    def after(self, since: int, text: str) -> Place:
        """The same of a block that began after a line."""
        return self._place(self._number(text, since))

    def _number(self, text: str, since: int) -> int | None:
        sought = text.strip().split("\n")[0].strip()
        numbers = [number for number, line in enumerate(self._lines) if sought and sought in line.text]
        return next((number for number in numbers if number >= since), next(iter(numbers), None))

    def _place(self, number: int | None) -> Place:
        return self.heading if number is None else self._lines[number].place


def _size(kind: str, ended: _Open) -> Key:
    """How much stands in a block, as messages tell it."""
    counted = ended.counted
    if kind == "list":
        return tuple(f"{counted[tag]} {name}" for tag, name in (("li", "items"), ("dt", "terms")) if counted[tag])
    if kind == "table":
        rows = counted["tr"]
        return (f"{rows} rows of {(counted['th'] + counted['td']) / max(rows, 1):g} columns",)
    return ()


def _options(body: Sequence[Line]) -> Key:
    """The options of a quote: titles and descriptions are words, so only that there is one counts."""
    found = (_OPTION.match(line.text.strip().lstrip(">").strip()) for line in body)
    said = {option["key"]: " ".join(option["value"].split()) for option in found if option}
    return tuple(f":{key}:" if key in ("title", "alt") else f":{key}: {value}" for key, value in sorted(said.items()))


def _tag(info: str) -> str:
    """What follows the ticks of a fence, without its title's words."""
    return " ".join(_TITLE.sub("title=", info).split())


def _of_comment(attributes: str) -> Iterator[tuple[str, str]]:
    """The attributes in a comment of reveal.js that are no words."""
    for name, value in _ATTRIBUTE.findall(attributes):
        if name not in _WORDS:
            yield name, value.strip("\"'")


def _is_generated(said: Mapping[str, str]) -> bool:
    """Whether the renderer made an element by itself, with a number or a name of its own."""
    own = ("__tabbed", "__codelineno", "fn:", "fnref")
    return any(said.get(name, "").startswith(own) for name in ("id", "name", "for")) or "data-tabs" in said


def _is_machinery(classes: Sequence[str], said: Mapping[str, str]) -> bool:
    return _is_generated(said) or (bool(classes) and all(_MACHINERY.match(each) for each in classes))
