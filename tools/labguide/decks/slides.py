"""Splits a deck's Markdown into slides, each with the line it starts at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import yaml

from labguide.quotes import fences
from labguide.sources import front_matter

BESIDE, BELOW = "---", "----"
"""The lines that separate slides: the next one stands beside this one, or below it."""

_ATTRIBUTES = re.compile(r"^<!--\s*\.slide:\s*(?P<attributes>.*?)\s*-->\s*$")
_NOTES = re.compile(r"^notes?:[ \t]*(?P<text>.*)$", re.IGNORECASE)


@dataclass(frozen=True)
class Slide:
    """One slide as its author wrote it.

    `line` is the line of the file where it starts, from 1; `attributes` are those of its `.slide:` comment.
    """

    line: int
    markdown: str
    notes: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Deck:
    """A deck: its front matter, and its slides from left to right, each stack from top to bottom."""

    meta: Mapping[str, Any]
    stacks: tuple[tuple[Slide, ...], ...]


def split(text: str) -> Deck:
    """Split a deck into slides. A slide without any text is left out.

    Front matter that cannot be read counts as empty: who reads the sources has reported it.
    """
    lines = text.splitlines()
    header, first = front_matter(text)
    shielded = _shielded(lines, first)
    stacks: list[list[Slide]] = [[]]
    start = first
    for number in [*_separators(lines, first, shielded), len(lines) + 1]:
        stacks[-1] += _slides(lines, start, number, shielded)
        if number <= len(lines) and lines[number - 1].rstrip() == BESIDE:
            stacks.append([])
        start = number + 1
    return Deck(_meta(header), tuple(tuple(stack) for stack in stacks if stack))


def slide_count(text: str) -> int:
    """How many slides a deck has."""
    return sum(len(stack) for stack in split(text).stacks)


def _meta(header: str) -> Mapping[str, Any]:
    try:
        meta = yaml.safe_load(header)
    except yaml.YAMLError:
        return {}
    return meta if isinstance(meta, dict) else {}


def _shielded(lines: Sequence[str], first: int) -> frozenset[int]:
    """The lines inside fences and comments, where nothing separates slides."""
    found: set[int] = set()
    for fence in fences(lines, first):
        found.update(range(fence.start, fence.end + 1))
    inside = False
    for number in range(first, len(lines) + 1):
        line = lines[number - 1]
        if number not in found:
            inside = inside or line.lstrip().startswith("<!--")
            if inside:
                found.add(number)
                inside = "-->" not in line
    return frozenset(found)


def _separators(lines: Sequence[str], first: int, shielded: frozenset[int]) -> Iterator[int]:
    """The numbers of the separating lines. Under text, `---` makes a heading: it separates between blank lines only."""
    for number in range(first, len(lines) + 1):
        if number in shielded or lines[number - 1].rstrip() not in (BESIDE, BELOW):
            continue
        before = lines[number - 2] if number > first else ""
        after = lines[number] if number < len(lines) else ""
        if not before.strip() and not after.strip():
            yield number


def _slides(lines: Sequence[str], start: int, stop: int, shielded: frozenset[int]) -> list[Slide]:
    """The slide in these lines, unless they are blank; `stop` is the line after its last."""
    written = [number for number in range(start, stop) if lines[number - 1].strip()]
    if not written:
        return []
    line = body = written[0]
    attributes: Mapping[str, str] = {}
    if match := _ATTRIBUTES.match(lines[line - 1]):
        attributes, body = _parse_attributes(match["attributes"]), line + 1
    notes = next((n for n in written if n >= body and n not in shielded and _NOTES.match(lines[n - 1])), stop)
    return [Slide(line, _text(lines, body, notes), _notes(lines, notes, stop), attributes)]


def _notes(lines: Sequence[str], start: int, stop: int) -> str:
    if start >= stop:
        return ""
    marker = _NOTES.match(lines[start - 1])
    return f"{marker['text'] if marker else ''}\n{_text(lines, start + 1, stop)}".strip()


def _text(lines: Sequence[str], start: int, stop: int) -> str:
    return "\n".join(lines[start - 1 : stop - 1]).strip("\n")


def _parse_attributes(source: str) -> Mapping[str, str]:
    parser = _AttributeParser()
    parser.feed(f"<section {source}>")
    return parser.attributes


class _AttributeParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.attributes: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes = {name: value or "" for name, value in attrs}
