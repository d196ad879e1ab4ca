"""What readers are told of where an output comes from: on each output in short, at the end of a page in full."""

from __future__ import annotations

import html
from collections.abc import Iterable

from labguide.model import Cell, CellQuote, Document, RecordedCell, Recording
from labguide.weaving.words import words_of

STALE_CLASS = "recorded-stale"
"""Marks an output whose cell has other code now than when it was recorded."""


def marks(recording: Recording, recorded: RecordedCell, cell: Cell, language: str) -> str:
    """The attributes of one output, as `attr_list` writes them: where and when, and whether it is out of date."""
    words = words_of(language)
    date = _date(words, recorded.origin.recorded)
    stale = f" .{STALE_CLASS}" if recorded.source != cell.source else ""
    return f'{stale} data-recorded="{words["mark"].format(backend=_backend(words, recording), date=date)}"'


def closing(document: Document, recordings: Iterable[Recording]) -> str:
    """A line for the end of a page: each script it shows output of, with date, backend and versions."""
    shown = {quote.script for quote in document.quotes if isinstance(quote, CellQuote) and "output" in quote.show}
    used = [recording for recording in recordings if recording.script in shown]
    if document.kind != "lesson" or not used:
        return ""
    words = words_of(document.language)
    text = words["with"].format(scripts=words["separator"].join(_sentence(words, each) for each in used))
    return f'\n<p class="recorded-with">{html.escape(text, quote=False)}</p>\n'


def _sentence(words: dict[str, str], recording: Recording) -> str:
    versions = recording.provenance.get("versions", {})
    return words["script"].format(
        script=recording.script,
        date=_date(words, recording.origin.recorded),
        backend=_backend(words, recording),
        versions=", ".join(f"{name} {version}" for name, version in sorted(versions.items())),
    )


def _backend(words: dict[str, str], recording: Recording) -> str:
    return words.get(f"backend_{recording.backend}", recording.backend)


def _date(words: dict[str, str], recorded: str) -> str:
    """A day such as `2026-01-31` as readers of a language write it."""
    parts = recorded.split("-")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return recorded
    year, month, day = map(int, parts)
    return words["date"].format(year=year, month=month, day=day)
