"""Reads a file as its sections, as it stands: an include counts as it is written, and nothing is rendered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableSet, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from labguide import documents, lines, marks, revealmd, skimming
from labguide.l10n import hashing, notebook_prose
from labguide.l10n.model import Section, Text
from labguide.model import USUAL_DIALECT, Dialect, DocumentKind, Line, Place
from labguide.problems import Problems
from labguide.skimming import Heading, Kind

if TYPE_CHECKING:
    from markdown import Markdown

READ = ("title", "subtitle", "description")
"""The keys of a front matter that readers see."""
BAD_MARK = "bad-mark"

_READ = re.compile(rf"^(?:{'|'.join(READ)}):")
_MULTIMARKDOWN = re.compile(r"^ {0,3}[A-Za-z0-9_-]+:")
_OF_SLIDE = re.compile(r"^ {0,3}<!--\s*\.slide:.*-->\s*$")
_PLAIN = re.compile(r"^[^\W_](?:[^\W_]|[ .,;?!()/'’–—-]|:(?= |$))*$")
"""A title without any markup, of which the host's slug is known without rendering it."""


@dataclass(frozen=True)
class File:
    """A file of a page, as it was found."""

    path: str
    kind: DocumentKind
    language: str
    name: str
    text: str
    """With line feeds only."""


@dataclass(frozen=True)
class _Written:
    """The Markdown of a file: its lines without front matter, and where each stands."""

    texts: Sequence[str]
    numbers: Sequence[int]
    first: int = 1
    """Where its text begins, or would."""
    front: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Known:
    """What is known of a project where a file is read."""

    source_language: str
    dialect: Dialect = USUAL_DIALECT


def read(file: File, known: Known, problems: Problems) -> Text:
    """The sections of a file. A mark that cannot be used, or an id that stands twice, is a problem."""
    written = _script(file, problems) if file.path.endswith(".py") else _markdown(file)
    of = skimming.kinds(written.texts, file.kind)
    found = list(skimming.headings(written.texts, of, file.kind))
    starts = _starts(written, of, found, file)
    keys = _keys(found, written, file, known, problems)
    headed = [_Headed(*each) for each in zip(found, starts, keys, strict=True)]
    reader = _Reader(file, known, problems, written, of)
    return Text(file.path, file.kind, file.language, file.name, tuple(reader.sections(headed)))


# ---- Where sections begin ----


def _starts(written: _Written, of: Sequence[Kind], found: Sequence[Heading], file: File) -> list[int]:
    """The number of the first line of each section; what parts two slides belongs to the slide that it begins."""
    if file.kind != "deck":
        return [heading.first for heading in found]
    parts = _partings(file)
    starts: list[int] = []
    for heading in found:
        first = number = heading.first
        while number > 0 and _leads(written.texts[number - 1], of[number - 1], parts):
            number -= 1
            first = number if written.texts[number].strip() else first
        starts.append(first)
    return starts


def _leads(text: str, kind: Kind, parts: re.Pattern[str]) -> bool:
    """Whether a line above a heading belongs to it."""
    if kind is Kind.COMMENT:
        return bool(_OF_SLIDE.match(text)) or bool(parts.fullmatch(f"\n{text.rstrip()}\n"))
    return kind is Kind.TEXT and (not text.strip() or bool(parts.fullmatch(f"\n{text.rstrip()}\n")))


def _partings(file: File) -> re.Pattern[str]:
    """What parts the slides of a deck, as its front matter says."""
    header = "\n".join(documents.front_lines(lines.split(file.text))[0])
    if "eparator" not in header:
        return revealmd.MARKS.between
    return revealmd.marks_of(documents.meta(header, file.path, Problems()), {}).between


# ---- Keys ----


def _keys(
    found: Sequence[Heading], written: _Written, file: File, known: Known, problems: Problems
) -> Iterator[tuple[str, bool]]:
    """The key of each heading, and whether its author wrote it. No two of a file are the same."""
    pinned = [hashing.parted(heading.title)[1] for heading in found]
    used: set[str] = set(filter(None, pinned))
    seen: set[str] = set()
    for heading, own in zip(found, pinned, strict=True):
        if own and own in seen:
            place = Place(file.path, written.numbers[heading.first])
            problems.add(place, "duplicate-id", f'a second heading has the id "{own}"', "give it another one")
            yield _unique(own, used), True
        elif own:
            seen.add(own)
            yield own, True
        else:
            yield _unique(_slug(hashing.parted(heading.title)[0], file, known), used), False


def _unique(key: str, used: MutableSet[str]) -> str:
    from markdown.extensions import toc

    return str(toc.unique(key, used))


def _slug(title: str, file: File, known: Known) -> str:
    """The id that the host would give a heading; of a translation, which has no use for it, only nearly."""
    if _PLAIN.match(title) or file.language != known.source_language:
        from markdown.extensions import toc

        options = dict(known.dialect.configs.get("toc") or {})
        slugify = options.get("slugify", toc.slugify)
        return str(slugify(title, options.get("separator", "-")))
    return _rendered_slug(title, known.dialect)


@lru_cache(maxsize=4096)
def _rendered_slug(title: str, dialect: Dialect) -> str:
    found = re.search(r'<h1[^>]* id="([^"]*)"', _renderer(dialect).reset().convert(f"# {title}"))
    return "" if found is None or found[1] == "_1" else found[1]


@lru_cache(maxsize=4)
def _renderer(dialect: Dialect) -> Markdown:
    from labguide import blocks

    return blocks.markdown_for(dialect)


# ---- What stands in them ----


@dataclass(frozen=True)
class _Headed:
    """Where a section begins: its heading, the number of its first line, its key and whether its author wrote that."""

    heading: Heading
    start: int
    key: tuple[str, bool]


@dataclass(frozen=True)
class _Reader:
    """Makes sections of a file's lines."""

    file: File
    known: Known
    problems: Problems
    written: _Written
    of: Sequence[Kind]

    def sections(self, found: Sequence[_Headed]) -> Iterator[Section]:
        """The sections that begin there; what stands above the first heading is its section's."""
        end = len(self.written.texts)
        if not found:
            yield self._section(0, end)
            return
        ends = [*(each.start for each in found[1:]), end]
        for number, (each, stop) in enumerate(zip(found, ends, strict=True)):
            yield self._section(each.start if number else 0, stop, each)

    def _section(self, start: int, end: int, headed: _Headed | None = None) -> Section:
        numbers = self.written.numbers[start:end]
        first = numbers[0] if numbers else self.written.first
        found = {number - start: mark for number, mark in self._marks(start, end)}
        heading, (key, pinned) = (headed.heading, headed.key) if headed else (None, ("", False))
        return Section(
            key=key,
            level=heading.level if heading else 0,
            title=hashing.parted(heading.title)[0] if heading else "",
            path=self.file.path,
            first=first,
            texts=tuple(self.written.texts[start:end]),
            kinds=tuple(self.of[start:end]),
            place=self._place(heading.first) if heading else Place(self.file.path, first),
            pinned=pinned,
            heading=(heading.first - start, heading.last - start) if heading else None,
            mark=self._usable(start, found) if found else None,
            marks=tuple(found),
            front=() if start else self.written.front,
            numbers=tuple(numbers) if self.file.path.endswith(".py") else (),
        )

    def _marks(self, start: int, end: int) -> Iterator[tuple[int, marks.Mark]]:
        """The marks in these lines, by their numbers; what was meant as one and is none is told."""
        for number in range(start, end):
            text, kind = self.written.texts[number], self.of[number]
            if "<!--" not in text or kind is Kind.CODE:
                continue
            mark = marks.read(text) if kind is Kind.COMMENT else None
            if mark:
                yield number, mark
            elif marks.looks_like_one(text, self.known.source_language):
                remedy = f"write `<!-- {self.known.source_language}:` and the 12 characters, on a line of its own"
                self._tell(number, "this looks like the mark of a translation and is none", remedy)

    def _usable(self, start: int, found: Mapping[int, marks.Mark]) -> marks.Mark | None:
        """The mark that counts; None if there is none, or two that say different things."""
        usable = [mark for number, mark in found.items() if self._is_usable(mark, start + number)]
        if len(set(usable)) > 1:
            message = "this section has two marks that say different things"
            self._tell(start + max(found), message, "take one out, or sync the section")
            return None
        return usable[0] if usable else None

    def _is_usable(self, mark: marks.Mark, number: int) -> bool:
        own = self.known.source_language
        for word in mark.unknown:
            self._tell(number, f'a mark knows no "{word}"', "take it out; marks know quotes:, draft and todo")
        if self.file.language == own:
            self._tell(number, "a source is made from no other text", "take this mark out")
        elif mark.language != own:
            message = f'this mark speaks of "{mark.language}", but the source is in "{own}"'
            self._tell(number, message, "sync the section")
        return mark.language == own and self.file.language != own

    def _place(self, number: int) -> Place:
        return Place(self.file.path, self.written.numbers[number])

    def _tell(self, number: int, message: str, remedy: str) -> None:
        self.problems.add(self._place(number), BAD_MARK, message, remedy)


# ---- Files ----


def _markdown(file: File) -> _Written:
    found = lines.split(file.text)
    front, body = documents.front_lines(found) if file.kind != "lesson" or _has_yaml(found) else _multimarkdown(found)
    number = body - len(front) if _has_yaml(found) and front else 1
    shown = tuple(_readers_lines(front, file.path, 2 if _has_yaml(found) else number))
    return _Written(found[body:], range(body + 1, len(found) + 1), body + 1, shown)


def _has_yaml(found: Sequence[str]) -> bool:
    return bool(found) and found[0].rstrip() == "---"


def _multimarkdown(found: Sequence[str]) -> tuple[Sequence[str], int]:
    """The same as `front_lines` of a page that begins with `key: value`, as MkDocs reads it down to a blank line."""
    end = 0
    while end < len(found) and found[end].strip():
        if not _MULTIMARKDOWN.match(found[end]) and not (end and found[end].startswith(("    ", "\t"))):
            break
        end += 1
    return found[:end], min(end + (end < len(found) and end > 0 and not found[end].strip()), len(found))


def _readers_lines(front: Sequence[str], path: str, first: int) -> Iterator[Line]:
    """The lines of a front matter that readers see, with the lines that go on with them."""
    shown = False
    for number, text in enumerate(front, start=first):
        shown = bool(_READ.match(text)) or (shown and (text[:1].isspace() or not text.strip()))
        if shown and text.strip():
            yield Line(text, Place(path, number))


def _script(file: File, problems: Problems) -> _Written:
    texts, numbers = notebook_prose.read(file.text, file.path, problems)
    return _Written(texts, numbers)
