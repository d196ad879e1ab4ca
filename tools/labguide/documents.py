"""Reads the text of a document: its front matter, what it includes, and its quotes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from labguide import headers, includes, lines, marks, quotes, revealmd
from labguide.model import Document, DocumentKind, Line, Place, Project
from labguide.problems import Problems

_MULTIMARKDOWN = re.compile(r"^ {0,3}(?P<key>[A-Za-z0-9_-]+):\s*(?P<value>.*)$")
_CONTINUED = re.compile(r"^(?: {4}|\t)\s*(?P<value>.*)$")


@dataclass(frozen=True)
class Written:
    """A Markdown file as it was found."""

    path: str
    kind: DocumentKind
    language: str
    text: str
    uri: str = ""
    """Where links in the site see it."""


def parse(written: Written, project: Project, problems: Problems) -> Document:
    """A document with all that it includes; what cannot be understood becomes a problem."""
    found = lines.placed(written.text, written.path)
    meta, body_line = meta_of(written, problems)
    _check_meta(found[: body_line - 1], problems)
    head, body = found[: body_line - 1], includes.expand(found[body_line - 1 :], project, problems)
    body = marks.strip(body, written.kind)
    if written.kind == "deck":
        body, project = _of_deck(written, head, body, meta, project, problems)
    whole = (*head, *body)
    quoted = quotes.find(whole, len(head), project, problems)
    return Document(written.path, written.kind, written.language, whole, meta, body_line, quoted, written.uri)


def _of_deck(
    written: Written,
    head: Sequence[Line],
    body: Sequence[Line],
    meta: Mapping[str, Any],
    project: Project,
    problems: Problems,
) -> tuple[list[Line], Project]:
    """The lines of a deck with the usual marks in the site's dialect, and the project with the dialect of decks."""
    shared = revealmd.shared(project)
    places = {key: _place_of(key, written, head) for key in revealmd.KEYS}
    revealmd.check_deck(meta, places, problems)
    _check_front_matter(head, body, meta, problems)
    marks = revealmd.marks_of(meta, shared)
    revealmd.tell(body, marks, problems)
    found = revealmd.read(body, marks)
    return found, replace(project, dialect=revealmd.of_decks(project.dialect))


def _check_front_matter(
    head: Sequence[Line], body: Sequence[Line], meta: Mapping[str, Any], problems: Problems
) -> None:
    """Tell of slides that would be taken for front matter, and of front matter that would be a slide."""
    if head and not meta and any(line.text.startswith("#") for line in head):
        message = "between these two `---` is front matter, so this slide is lost"
        problems.add(head[0].place, "front-matter", message, "take out the first `---`")
    if not head and len(body) > 1 and body[0].text.rstrip() == "---" and _MULTIMARKDOWN.match(body[1].text):
        message = "this front matter never ends, so it is a slide"
        problems.add(body[0].place, "front-matter", message, "write `---` below its last line")


def _place_of(key: str, written: Written, head: Sequence[Line]) -> Place:
    return next((line.place for line in head if line.text.startswith(f"{key}:")), Place(written.path))


def check_appended(project: Project, problems: Problems) -> None:
    """Files that the host appends to every page by itself (`auto_append`) are not woven, so they show no code."""
    found = includes.appended(project, problems)
    for quote in quotes.find(found, 0, project, problems):
        message = "a file that is appended to every page cannot quote or show code"
        problems.add(quote.place, "bad-include", message, "include it where it is needed")


def front_matter(text: str) -> tuple[str, int]:
    """The YAML between the two `---` lines at the start, and the line where the body begins (1 without any)."""
    header, above = front_lines(lines.split(text))
    return "\n".join(header), above + 1


def front_lines(found: Sequence[str]) -> tuple[Sequence[str], int]:
    """The lines of that YAML, and the number of lines above the body."""
    if found and found[0].rstrip() == "---":
        for number, line in enumerate(found[1:], start=1):
            if line.rstrip() in ("---", "..."):
                return found[1:number], number + 1
    return (), 0


def meta_of(written: Written, problems: Problems) -> tuple[Mapping[str, Any], int]:
    """What the front matter says, and the line where the body begins. Only pages may have it without YAML's lines."""
    header, body_line = front_matter(written.text)
    if body_line > 1 or written.kind != "lesson":
        return meta(header, written.path, problems), body_line
    return _multimarkdown(lines.split(written.text))


def meta(header: str, path: str, problems: Problems) -> Mapping[str, Any]:
    """What the YAML of a front matter says; nothing, and a problem, if it cannot be read."""
    try:
        found = headers.parse(header, 2).values
    except headers.HeaderError as error:
        message = f"front matter cannot be read: {error}"
        problems.add(Place(path, error.line), "front-matter", message, "mend the YAML at the top")
        return {}
    if isinstance(found, dict):
        return found
    problems.add(Place(path), "front-matter", "the front matter is no mapping", "write `key: value` lines")
    return {}


def _multimarkdown(found: Sequence[str]) -> tuple[Mapping[str, Any], int]:
    """The `key: value` lines at the top of a page without YAML, as MkDocs reads them, down to a blank line."""
    meta: dict[str, str] = {}
    key = ""
    for number, line in enumerate(found, start=1):
        begun, continued = _MULTIMARKDOWN.match(line), _CONTINUED.match(line)
        if not line.strip():
            return meta, number + 1 if meta else 1
        if begun:
            key = begun["key"].lower()
            meta[key] = f"{meta[key]} {begun['value'].strip()}" if key in meta else begun["value"].strip()
        elif continued and key:
            meta[key] += f" {continued['value'].strip()}"
        else:
            return meta, number if meta else 1
    return meta, len(found) + 1 if meta else 1


def _check_meta(head: Sequence[Line], problems: Problems) -> None:
    """A quote in front matter would stay as it is; in a first line such as `Result: {value}...` nobody would see it."""
    for line in head:
        if "{value}" in line.text or "{cell}" in line.text:
            message = "this line is front matter, which quotes nothing"
            problems.add(line.place, "front-matter", message, "begin the page with a heading or a blank line")
