"""Reads a file as its sections, as it stands: an include counts as it is written, and nothing is rendered."""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableSet, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from labguide import lines, marks, revealmd, skimming
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
    keys = list(_keys(found, written, file, known, problems))
    return Text(
        file.path,
        file.kind,
        file.language,
        file.name,
        tuple(_sections(file, written, of, list(zip(found, starts, keys, strict=True)), known, problems)),
    )


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
    header = "\n".join(_front_of(lines.split(file.text))[0])
    if "eparator" not in header:
        return revealmd.MARKS.between
    from labguide import documents

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


def _sections(
    file: File,
    written: _Written,
    of: Sequence[Kind],
    found: Sequence[tuple[Heading, int, tuple[str, bool]]],
    known: Known,
    problems: Problems,
) -> Iterator[Section]:
    if not found:
        yield _section(file, written, of, (0, len(written.texts)), None, known, problems)
        return
    ends = [*(start for _, start, _ in found[1:]), len(written.texts)]
    for number, ((heading, start, key), end) in enumerate(zip(found, ends, strict=True)):
        yield _section(file, written, of, (start if number else 0, end), (heading, key), known, problems)


def _section(
    file: File,
    written: _Written,
    of: Sequence[Kind],
    span: tuple[int, int],
    headed: tuple[Heading, tuple[str, bool]] | None,
    known: Known,
    problems: Problems,
) -> Section:
    start, end = span
    texts, kinds = tuple(written.texts[start:end]), tuple(of[start:end])
    numbers = written.numbers[start:end]
    first = numbers[0] if numbers else (written.numbers[-1] + 1 if written.numbers else 1)
    mark, places = _mark(texts, kinds, numbers, file, known, problems)
    heading, (key, pinned) = headed or (None, ("", False))
    return Section(
        key=key,
        level=heading.level if heading else 0,
        title=hashing.parted(heading.title)[0] if heading else "",
        path=file.path,
        first=first,
        texts=texts,
        kinds=kinds,
        place=Place(file.path, written.numbers[heading.first] if heading else first),
        pinned=pinned,
        heading=(heading.first - start, heading.last - start) if heading else None,
        mark=mark,
        marks=places,
        front=written.front if start == 0 else (),
        numbers=tuple(numbers) if file.path.endswith(".py") else (),
    )


def _mark(
    texts: Sequence[str],
    kinds: Sequence[Kind],
    numbers: Sequence[int],
    file: File,
    known: Known,
    problems: Problems,
) -> tuple[marks.Mark | None, tuple[int, ...]]:
    """The mark of a section, and where marks stand; None if there is none that can be used."""
    found: dict[int, marks.Mark] = {}
    for number, text in enumerate(texts):
        if "<!--" not in text or kinds[number] is Kind.CODE:
            continue
        mark = marks.read(text) if kinds[number] is Kind.COMMENT else None
        if mark:
            found[number] = mark
        elif marks.looks_like_one(text, known.source_language):
            message = "this looks like the mark of a translation and is none"
            remedy = f"write `<!-- {known.source_language}:` and the 12 characters, on a line of its own"
            problems.add(Place(file.path, numbers[number]), BAD_MARK, message, remedy)
    usable = [
        mark
        for number, mark in found.items()
        if _is_usable(mark, Place(file.path, numbers[number]), file, known, problems)
    ]
    if len(set(usable)) > 1:
        message = "this section has two marks that say different things"
        problems.add(Place(file.path, numbers[max(found)]), BAD_MARK, message, "take one out, or sync the section")
        return None, tuple(found)
    return (usable[0] if usable else None), tuple(found)


def _is_usable(mark: marks.Mark, place: Place, file: File, known: Known, problems: Problems) -> bool:
    for word in mark.unknown:
        problems.add(place, BAD_MARK, f'a mark knows no "{word}"', "take it out; marks know quotes:, draft and todo")
    if file.language == known.source_language:
        problems.add(place, BAD_MARK, "a source is made from no other text", "take this mark out")
        return False
    if mark.language != known.source_language:
        message = f'this mark speaks of "{mark.language}", but the source is in "{known.source_language}"'
        problems.add(place, BAD_MARK, message, "sync the section")
        return False
    return True


# ---- Files ----


def _markdown(file: File) -> _Written:
    found = lines.split(file.text)
    front, body = _front_of(found) if file.kind != "lesson" or _has_yaml(found) else _multimarkdown(found)
    number = body - len(front) if _has_yaml(found) and front else 1
    shown = tuple(_readers_lines(front, file.path, 2 if _has_yaml(found) else number))
    return _Written(found[body:], range(body + 1, len(found) + 1), shown)


def _has_yaml(found: Sequence[str]) -> bool:
    return bool(found) and found[0].rstrip() == "---"


def _front_of(found: Sequence[str]) -> tuple[Sequence[str], int]:
    """The lines of a front matter, and the number of lines before the body."""
    if _has_yaml(found):
        for number, line in enumerate(found[1:], start=1):
            if line.rstrip() in ("---", "..."):
                return found[1:number], number + 1
    return (), 0


def _multimarkdown(found: Sequence[str]) -> tuple[Sequence[str], int]:
    """The same for a page that begins with `key: value` lines, as MkDocs reads them down to a blank line."""
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
