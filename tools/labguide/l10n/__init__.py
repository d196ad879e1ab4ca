"""Translations: which text of the source each section was made from, and how it stands today.

    file ──read──▶ Text ──paired──▶ Page ──▶ Standing of each section

A section of a translation has a mark that says the hash of the source's section. Nothing else is kept: whoever moves
a section or renames a file takes the mark along, and a merge of two translators' work has nothing more to merge.
"""

from __future__ import annotations

from collections.abc import Iterator

from labguide import lines
from labguide.l10n import pairing, sections, states
from labguide.l10n.model import Page, Section, Standing, State, Text
from labguide.l10n.quoted import Quoted
from labguide.model import Place, Project
from labguide.problems import Problems
from labguide.skimming import Kind

__all__ = ["Page", "Section", "Standing", "State", "Text", "status", "text_of"]


def status(
    project: Project, problems: Problems, languages: tuple[str, ...] = (), quoted: states.Quoted | None = None
) -> tuple[Page, ...]:
    """How every page stands in every language but the source's, or in some of them.

    Reads the files itself, and no git. `quoted` says what a section quotes today; by itself it reads the scripts and
    recordings that sections quote.
    """
    quoted = quoted or Quoted(project)
    wanted = languages or project.languages[1:]
    found = [page for pair in pairing.pairs(project) for page in _pages(pair, wanted, project, problems, quoted)]
    return states.with_earlier(found)


def _pages(
    pair: pairing.Pair, languages: tuple[str, ...], project: Project, problems: Problems, quoted: states.Quoted
) -> Iterator[Page]:
    first = project.languages[0]
    source = text_of(pair, pair.source, first, project, problems) if pair.source else None
    if pair.source and not source:
        return
    for language in languages:
        path = pair.translations.get(language, "")
        if source and not _is_read(source):
            continue
        if not source and not path:
            continue
        own = source or Text(pairing.expected(pair, first, project), pair.name.kind, first, pair.name.name, ())
        translation = text_of(pair, path, language, project, problems) if path else None
        yield states.page(own, translation, language, pairing.expected(pair, language, project), quoted)


def _is_read(source: Text) -> bool:
    """Whether there is anything to translate: not in a script without a word of prose, nor in an empty file."""
    ignored = Kind.CODE if source.path.endswith(".py") else None
    return any(
        section.front
        or any(text.strip() and kind is not ignored for text, kind in zip(section.texts, section.kinds, strict=True))
        for section in source.sections
    )


def text_of(pair: pairing.Pair, path: str, language: str, project: Project, problems: Problems) -> Text | None:
    """A file of a page as its sections; None if it cannot be read, which the reader of all documents tells."""
    try:
        text = lines.read(project.root / path)
    except (OSError, UnicodeDecodeError):
        problems.add(Place(path), "unreadable", "this file cannot be read", "save it as UTF-8")
        return None
    known = sections.Known(project.languages[0], project.dialect)
    return sections.read(sections.File(path, pair.name.kind, language, pair.name.name, text), known, problems)
