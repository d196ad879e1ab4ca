"""What of a file people read: its passages, with everything else masked and every column kept.

Code, links' targets, values, formulas, HTML and attributes are no language, and quotes are the script's. What stands
there becomes `MASK`, a character for each, so a column of a passage is one of the file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import yaml

from labguide import blocks, documents, lines, revealmd, skimming
from labguide.model import DocumentKind, Line, Place, Project
from labguide.quotes import is_illustration
from labguide.skimming import Kind

MASK = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands where something is that no language has: neither a blank nor a letter."""

READ_OF_HEAD = ("title", "subtitle", "description")
"""The keys of a front matter whose values people read, beside the labels of figures."""

PassageKind = Literal["prose", "label", "drawing"]


@dataclass(frozen=True)
class Passage:
    """A line, or a part of one, that people read. A `drawing` is what stands in a diagram or a picture of text."""

    place: Place
    """Where its first character stands."""
    text: str
    kind: PassageKind = "prose"

    def at(self, index: int) -> Place:
        """The place of a character of it."""
        return Place(self.place.path, self.place.line, self.place.column + index)


_MASKED = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:\{[a-zA-Z][\w-]*\})?(?<![`\\])(`+)(?!`).+?(?<!`)\1(?!`)",  # code, values
        r"\\\(.+?\\\)|\\\[.+?\\\]|\$\$.+?\$\$",  # formulas
        r"\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)|\]\[[^\]]*\]",  # where links lead
        r"\]\([^()\s]+(?=\s+[\"'])|(?<=[\"'])\)(?=[^\[(]*(?:\[|$))",  # ... with a title, which is read
        r"^\s*\[(?!\^)[^\]]+\]:\s*\S+|^\s*\[\^[^\]]+\]:|^\s*\*\[[^\]]+\]:|\[\^[^\]]+\]",  # definitions
        r"<?\b(?:https?|s3|mailto|arn):[^\s<>()（）「」，。、；！？]+>?|\b[\w.+-]+@[\w-]+\.[\w.]+",
        r"\{[ :]*(?:[#.][^{}]*|[^{}]*=[^{}]*)\}|\{\s*/\*.*?\*/\s*\}",  # attributes
        r"\{\w*(?::[^{}\s]*)?\}",  # what a program puts in
        r"&#?\w+;|:[a-z0-9_+-]+:",  # entities, emoji
        r"^\s*(?:!!!|\?\?\?\+?)\s+(?:failure|fail|missing|error|bug)\b[^\u3400-\u9fff]*$",  # a program's message
        r"^\s*;*-{2,}8<-{2,}.*$",  # includes
        r"^\s*(?:>\s*)*(?:!!!|\?\?\?\+?|===[!+]?)\s[^\"]*",  # the type of an admonition, a tab
        r"^\s*[Nn]otes?:\s*$",
    )
)
_TAG = re.compile(r"<(?:/?[a-zA-Z][^<>]*|!--.*?--)>")
_SAID_IN_TAG = re.compile(r"\b(?:alt|title|aria-label|data-notes)=\"([^\"]*)\"|\b(?:alt|title|aria-label)='([^']*)'")
_OPTION = re.compile(r"^[\s>]*:(?:title|alt):\s*")
_TITLE = re.compile(r"\btitle=\"([^\"]*)\"")


def of_markdown(text: str, path: str, kind: DocumentKind, project: Project) -> tuple[Passage, ...]:
    """The passages of a lesson, a deck or a notebook's translation; what it includes is read where it stands.

    Raises CannotBuildError if the host's configuration cannot be used.
    """
    header, body_line = documents.front_matter(text)
    head = of_yaml(header, path, 2, READ_OF_HEAD)
    return (*head, *of_lines(lines.placed(text, path), kind, project, body_line - 1))


def of_lines(found: Sequence[Line], kind: DocumentKind, project: Project, first: int = 0) -> tuple[Passage, ...]:
    """The passages of lines of Markdown, from number `first` on, counted from 0."""
    texts = [line.text for line in found]
    dialect = revealmd.of_decks(project.dialect) if kind == "deck" else project.dialect
    read = blocks.find(texts, first, dialect)
    code = [False] * first + [of is Kind.CODE for of in skimming.kinds(texts[first:], kind)]
    prose = [
        Passage(_beginning(line), "" if is_code else masked(text))
        for line, text, is_code in zip(found, read.prose, code, strict=True)  # a fence that the host cannot read is one
    ]
    return (*prose, *_of_fences(found, read.fences))


def _beginning(line: Line, column: int = 0) -> Place:
    return Place(line.place.path, line.place.line, column + 1)


def masked(line: str) -> str:
    """A line of Markdown with `MASK` where no language stands; as long as it was."""
    for pattern in _MASKED:
        line = pattern.sub(lambda found: MASK * len(found[0]), line)
    return _TAG.sub(_without_tag, line)


def _without_tag(tag: re.Match[str]) -> str:
    """The tag masked, but for what it says to readers."""
    kept = list(MASK * len(tag[0]))
    for said in _SAID_IN_TAG.finditer(tag[0]):
        start, stop = said.span(said.lastindex or 0)
        kept[start:stop] = tag[0][start:stop]
    return "".join(kept)


def _of_fences(found: Sequence[Line], fences: Sequence[blocks.Fence]) -> Iterator[Passage]:
    """Titles and descriptions of code and quotes, and the text of drawings."""
    for fence in fences:
        for title in _TITLE.finditer(found[fence.first].text):
            yield Passage(_beginning(found[fence.first], title.start(1)), title[1], "label")
        drawn = fence.custom or is_illustration(fence)
        for line in found[fence.first + 1 : fence.last]:
            option = _OPTION.match(line.text) if fence.info.startswith("{cell}") else None
            if option:
                yield Passage(_beginning(line, option.end()), line.text[option.end() :], "label")
            elif drawn:
                yield Passage(_beginning(line), line.text, "drawing")


def of_yaml(text: str, path: str, first: int, keys: Collection[str] = (), below: str = "") -> tuple[Passage, ...]:
    """The texts in YAML that begins in line `first`: of these `keys`, and of `labels`; all of them if none is named.

    `below` names a language: then only what stands in an entry of that `locale` is read. What is no YAML has none.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return ()  # reading the file itself tells it
    if root is None:
        return ()
    roots = list(_entries(root, below)) if below else [root]
    nodes = (node for each in roots for node in _texts(each, keys))
    return tuple(passage for node in nodes for passage in _of_scalar(node, path, first))


def _entries(node: yaml.Node, language: str) -> Iterator[yaml.Node]:
    """Mappings that say `locale: zh-TW`, wherever they stand."""
    if isinstance(node, yaml.MappingNode):
        said = {key.value: value.value for key, value in node.value if isinstance(value, yaml.ScalarNode)}
        if said.get("locale") == language:
            yield node
        else:
            for _, value in node.value:
                yield from _entries(value, language)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _entries(value, language)


def _texts(node: yaml.Node, keys: Collection[str]) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _texts(value, keys)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if not keys or key.value in keys or key.value == "labels":
                yield from _texts(value, ())


def _of_scalar(node: yaml.ScalarNode, path: str, first: int) -> Iterator[Passage]:
    """Each line of a text as it stands in the file, quotation marks and all."""
    start, stop = node.start_mark, node.end_mark
    written = (node.start_mark.buffer or "")[start.pointer : stop.pointer] if start.buffer else node.value
    for number, line in enumerate(written.rstrip("\0").split("\n")):
        column = start.column + 1 if number == 0 else 1
        yield Passage(Place(path, first + start.line + number, column), masked(line), "label")


def of_svg(text: str, path: str) -> tuple[Passage, ...]:
    """What a drawing says: the text between its tags."""
    found = lines.split(re.sub(r"<[^>]*>", lambda tag: re.sub(r"[^\n]", MASK, tag[0]), text))
    return tuple(Passage(Place(path, number, 1), line, "drawing") for number, line in enumerate(found, start=1))
