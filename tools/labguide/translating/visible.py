"""What the readers of an edition see of a text as it was written, of today or of then, line by line.

Readers' text is cut at the source (`editions`), and so is this, by the same rules. Where the rules look at finished
HTML only, nothing is shown rather than perhaps too much.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from labguide import decks, documents, editions, revealmd
from labguide.editions import pages
from labguide.l10n import Section, Text
from labguide.l10n.report import VisibleSection
from labguide.model import Document, Line, Place, Project, Script, Sources
from labguide.problems import Problems
from labguide.skimming import Kind
from labguide.weaving import notebooks

_COMMENT = re.compile(r"<!--(?!\s*\{?\s*\.(?:slide:|element\b)).*?-->")
_OF_DECKS = re.compile(r"<!--\s*\{?\s*\.(?:slide:|element\b)|\bdata-notes\b")
_NOTES_IN_HTML = re.compile(r"<aside\b|\bdata-notes\b", re.IGNORECASE)
_NOTES_IN_SCRIPT = re.compile(r"^# %%.*\bnotes\b", re.MULTILINE)


@dataclass(frozen=True, eq=False)
class ProjectView:
    """What the readers of a project's edition see of its texts; the `EditionView` of reports."""

    project: Project
    found: Sources
    """All that authors wrote."""

    @cached_property
    def _documents(self) -> Mapping[str, Document]:
        return {document.path: document for document in self.found.documents}

    @cached_property
    def _scripts(self) -> Mapping[str, Script]:
        return {script.path: script for script in self.found.scripts.values()}

    def visible(self, text: Text) -> list[VisibleSection]:
        """What they see of each section of a text of today that is published."""
        document = self._documents.get(text.path)
        return self._visible(text, document.meta if document else {}, self._spoken(text))

    def visible_then(self, text: Text, whole: str) -> list[VisibleSection] | None:
        """The same of a source as it once was; None if it was not for them, or nobody can tell what of it was."""
        if self.project.edition == "instructor":
            return self._visible(text, {}, frozenset())
        if text.path.endswith(".py"):
            return None if _NOTES_IN_SCRIPT.search(whole) else self._visible(text, {}, frozenset())
        written = documents.Written(text.path, text.kind, self.project.languages[0], whole)
        meta, _ = documents.meta_of(written, Problems())
        hidden = pages.hidden([replace(_document(text, ()), meta=meta)], Problems())
        return None if hidden else self._visible(text, meta, frozenset())

    def address(self, text: Text, key: str = "") -> str | None:
        """Where they read it, or one of its sections."""
        document = self._documents.get(text.path)
        if document is None or document.kind == "notebook":
            return None
        if document.kind == "deck":
            return f"{document.uri}#/{key}" if key else document.uri
        return f"labguide:{document.uri}#{key}" if key else f"labguide:{document.uri}"

    def home(self, language: str) -> str | None:
        """The guide's first page in a language, or else in the guide's own."""
        first = [document for document in self.found.documents if document.uri.startswith(("index.", "README."))]
        own = {document.language: f"labguide:{document.uri}" for document in first if document.kind == "lesson"}
        return own.get(language) or own.get(self.project.languages[0])

    def _spoken(self, text: Text) -> frozenset[Place]:
        """The lines of a notebook, or of its translation, that are there for who speaks."""
        document = self._documents.get(text.path)
        script = self._scripts.get(document.translates if document else text.path)
        return notebooks.spoken_places(document, script, Problems()) if script else frozenset()

    def _visible(self, text: Text, meta: Mapping[str, Any], spoken: frozenset[Place]) -> list[VisibleSection]:
        written = [_unmarked(section) for section in text.sections]
        flat = [line for lines in written for line in lines]
        shown = [line.text for line in flat]
        if self.project.edition == "student":
            shown = self._cut(replace(_document(text, flat), meta=meta), spoken)
        texts = iter(shown)
        return [
            _of_section(section, lines, [next(texts) for _ in lines])
            for section, lines in zip(text.sections, written, strict=True)
        ]

    def _cut(self, document: Document, spoken: frozenset[Place]) -> list[str]:
        """The text of each line as students see it; empty for one that they do not see."""
        if document.kind == "deck":
            return self._cut_deck(document)
        silent = tuple(replace(line, text="") if line.place in spoken else line for line in document.lines)
        cut = editions.of_document(replace(document, lines=silent), self.project, Problems())
        return [line.text for line in cut.lines]

    def _cut_deck(self, document: Document) -> list[str]:
        """A deck is cut in the site's dialect, in which a line may be another one, or several."""
        read = revealmd.read(document.lines, revealmd.marks_of(document.meta, revealmd.shared(self.project)))
        cut = editions.of_document(replace(document, lines=tuple(read)), self.project, Problems())
        left = decks.without_notes(cut.lines, 0, self.project.dialect)
        before, after = _by_place(read), _by_place(left)
        texts = [
            line.text if before[line.place] == after[line.place] else "\n".join(after[line.place])
            for line in document.lines
        ]
        return [""] * len(texts) if _NOTES_IN_HTML.search("\n".join(texts)) else texts


def _unmarked(section: Section) -> list[Line]:
    """The lines of a section without marks."""
    return [line for number, line in enumerate(section.lines) if number not in section.marks]


def _document(text: Text, lines: Sequence[Line]) -> Document:
    return Document(text.path, text.kind, text.language, tuple(lines), {}, 1, ())


def _by_place(lines: Sequence[Line]) -> Mapping[Place, list[str]]:
    found: dict[Place, list[str]] = defaultdict(list)
    for line in lines:
        if line.text.strip():
            found[line.place].append(line.text)
    return found


def _of_section(section: Section, written: Sequence[Line], shown: Sequence[str]) -> VisibleSection:
    pairs = list(zip(written, shown, strict=True))
    kinds = (kind for number, kind in enumerate(section.kinds) if number not in section.marks)
    hidden = (line.text for (line, text), kind in zip(pairs, kinds, strict=True) if _is_hidden(line.text, text, kind))
    front = [(line.place.line, line.text) for line in section.front]
    lines = [(line.place.line, text) for line, text in pairs if text.strip() or not line.text.strip()]
    headed = not section.heading or any(line.place == section.place and text.strip() for line, text in pairs)
    return VisibleSection((*front, (0, ""), *lines) if front else tuple(lines), tuple(hidden), headed)


def _is_hidden(written: str, shown: str, kind: Kind) -> bool:
    """Whether a line lost more than what its author said to other authors."""
    if kind is Kind.COMMENT and not _OF_DECKS.search(written):
        return False
    return _COMMENT.sub("", written).split() != _COMMENT.sub("", shown).split()
