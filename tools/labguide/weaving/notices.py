"""What readers are told of a section of a translation: that the original has changed, or that a machine wrote it."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote

from labguide.model import Document, Line, Place
from labguide.weaving.words import words_of

ORIGINAL = "labguide-original:"
"""So begins a link of a page to its original; where that is, the host knows."""

NOTE_CLASS = "translation-note"

_ATX = re.compile(r"[ \t>]*#{1,6}(?:[ \t]|$)")
_UNDERLINE = re.compile(r"[ \t]*(?:=+|-+)[ \t]*")


@dataclass(frozen=True)
class Notice:
    """What is told below one heading; `key` is its anchor, the same in every language, and `original` its language."""

    key: str
    original: str
    said: tuple[str, ...]
    """Names of sentences among this room's words: `stale`, `draft`, `draft_page`, `todo`."""


Notices = Mapping[Place, Notice]
"""Notices by the place of the section's heading."""


def untranslated(document: Document) -> tuple[str, ...]:
    """What stands on a page above a notebook that is not translated as the page is."""
    return _note(words_of(document.language)["notebook_untranslated"]), ""


def put(lines: list[list[Line]], document: Document, notices: Notices) -> None:
    """Add each notice below its heading, or where the section begins if it has none."""
    for number, line in enumerate(document.lines):
        notice = notices.get(line.place) if line.written else None
        if notice is None or number < document.body_line - 1:
            continue
        texts = [Line(text, line.place, offset=None, written=False) for text in _texts(notice, document, line.text)]
        blank = Line("", line.place, offset=None, written=False)
        last = _end_of_heading(document.lines, number, document.kind)
        if last is None:
            lines[number] = [*texts, blank, *lines[number]]
        else:
            lines[last] = [*lines[last], blank, *texts, blank]


def _end_of_heading(lines: Sequence[Line], number: int, kind: str) -> int | None:
    """The last line of the heading that begins in a line, with a deck's comments on it; None if none begins."""
    below = [line.text for line in lines[number + 1 :]]
    underlined = bool(below and lines[number].text.strip() and _UNDERLINE.fullmatch(below[0]))
    if _ATX.match(lines[number].text):
        last = number
    elif underlined and not (kind == "deck" and below[0].startswith("-")):
        last = number + 1
    else:
        return None
    while kind == "deck" and last + 1 < len(lines) and lines[last + 1].text.lstrip().startswith("<!--"):
        last += 1
    return last


def _texts(notice: Notice, document: Document, heading: str) -> list[str]:
    words = words_of(document.language)
    said = words["sentences"].join(words[name] for name in notice.said)
    indent = heading[: len(heading) - len(heading.lstrip(" \t>"))]
    if document.kind == "notebook":  # which is read alone, where no original lies beside it
        return [f"{indent}> {said}"]
    link = f'<a href="{html.escape(_address(notice, document))}" hreflang="{notice.original}">{words["original"]}</a>'
    return [indent + _note(f"{said} {link}")]


def _note(text: str) -> str:
    """A sentence that readers see and no search finds; right at any indentation."""
    return f'<span class="{NOTE_CLASS}" role="note" data-search-exclude>{text}</span>'


def _address(notice: Notice, document: Document) -> str:
    if document.kind == "deck":
        return f"{quote(PurePosixPath(document.name).name)}.html#/{quote(notice.key)}"
    return f"{ORIGINAL}#{quote(notice.key)}" if notice.key else ORIGINAL
