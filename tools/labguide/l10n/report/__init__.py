"""The page of a target language for its translators: what needs someone, with all that a web editor does not show.

    Page ──▶ Report ──▶ one HTML page, which asks for nothing else

Who reads it needs no terminal and no installation: the English of then and now stands beside today's translation, with
the line numbers of its file, a link to where the file is edited, and the mark to paste.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labguide import html_pages, locales
from labguide.l10n.model import Page
from labguide.l10n.report.model import EditionView, Report, VisibleSection
from labguide.l10n.report.sheets import ReportContext, report
from labguide.model import DEFAULT_LANGUAGE

__all__ = [
    "EditionView",
    "Report",
    "ReportContext",
    "SiteContext",
    "VisibleSection",
    "name_of",
    "page",
    "report",
    "words_of",
]

_TEMPLATE = Path(__file__).with_name("page.html")
_LOCALES = locales.beside(__file__)


@dataclass(frozen=True)
class SiteContext:
    """The site that a report is of, and where else in it one may go, as links of a generated file."""

    name: str
    source_language: str
    language: str
    language_name: str
    """What the language calls itself."""
    home: str | None = None
    others: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """The same page of other languages: what these call themselves, and the address, by their tags."""


def words_of(language: str, source: str) -> dict[str, Any]:
    """What the page of a guide that is written in `source` says in a language; in English where that has no file."""
    found = _LOCALES.words(language)
    words: dict[str, Any] = _named(found["words"], found["languages"].get(source) or name_of(source))
    return words


def _named(words: Any, source: str) -> Any:
    """Words that name the guide's own language."""
    if isinstance(words, dict):
        return {name: _named(each, source) for name, each in words.items()}
    if isinstance(words, list):
        return [_named(each, source) for each in words]
    return words.replace("{source}", source)


def spoken_in(language: str) -> str:
    """The language that the page speaks to translators into a language: that one if it has words."""
    return language if _LOCALES.has(language) else DEFAULT_LANGUAGE


def name_of(language: str) -> str:
    """What a language calls itself; its tag where it has no file."""
    return _LOCALES.name(language)


def page(pages: Iterable[Page], context: ReportContext, site: SiteContext) -> str:
    """The HTML page of a language, of all its pages that the edition publishes."""
    made, words = report(pages, context), context.words
    return html_pages.self_contained(
        _TEMPLATE,
        {name: words[name] for name in ("copied", "not_copied")},
        report=made,
        spoken=spoken_in(site.language),
        site=site,
        words=words,
        notices=list(_notices(made, context)),
        counts=_counts(made, words),
    )


def _counts(made: Report, words: Mapping[str, Any]) -> list[tuple[str, int]]:
    """How many items there are of each kind, in the order in which the page names them."""
    found = Counter(item.kind for sheet in made.sheets for item in sheet.items)
    return [(kind, found[kind]) for kind in words["kinds"] if found[kind]]


def _notices(made: Report, context: ReportContext) -> Iterable[str]:
    notices = context.words["notices"]
    if made.sheets and not context.edit_address:
        yield notices["no_edit"]
    if made.unknown:
        yield notices["no_history"]
    if made.cut:
        yield notices["cut"]
