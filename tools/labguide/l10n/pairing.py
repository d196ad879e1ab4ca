"""Which file translates which: the host lists lessons and their languages; of decks and notebooks the names say it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from labguide import sources
from labguide.model import DocumentKind, PageFile, Project


@dataclass(frozen=True, order=True)
class Name:
    """What a source shares with its translations."""

    kind: DocumentKind
    name: str
    """Its path below its folder, without language and ending."""


@dataclass(frozen=True)
class Pair:
    """The files of one page: its source, and what translates it, by language. They are paths in the project."""

    name: Name
    source: str
    """Empty where only a translation is there."""
    translations: dict[str, str]


def pairs(project: Project) -> list[Pair]:
    """The pages of a project with their translations, lessons first, then decks and notebooks."""
    first = project.languages[0]
    found: dict[Name, dict[str, str]] = {}
    for kind, file in _files(project):
        found.setdefault(_name(kind, file), {}).setdefault(file.language, file.path)
    return [
        Pair(name, paths.get(first, ""), {language: path for language, path in paths.items() if language != first})
        for name, paths in found.items()
    ]


def expected(pair: Pair, language: str, project: Project) -> str:
    """Where a page's translation into a language stands, or where the host would look for it."""
    if language in pair.translations:
        return pair.translations[language]
    first = project.languages[0]
    if not pair.source:
        other, path = next(iter(pair.translations.items()))
        return _in_language(path, other, language, first)
    return _in_language(pair.source, first, language, first)


def _in_language(path: str, own: str, wanted: str, first: str) -> str:
    """The path of the same page in another language: by folder where its path has one of its own, else by suffix."""
    parts = PurePosixPath(path).parts
    if own in parts[:-1]:
        at = parts.index(own)
        return str(PurePosixPath(*parts[:at], wanted, *parts[at + 1 :]))
    suffix = ".md" if path.endswith(".py") else PurePosixPath(path).suffix
    stem = path.removesuffix(PurePosixPath(path).suffix).removesuffix(f".{own}")
    if wanted == first:
        return f"{stem}{suffix}"
    return f"{stem}.{wanted}{suffix}"


def _files(project: Project) -> Iterator[tuple[DocumentKind, PageFile]]:
    """All documents, and the scripts that notebooks are made of."""
    yield from sources.document_files(project)
    for path in sources.files(project.notebooks, "*.py"):
        name = project.relative(path)
        yield "notebook", PageFile(name, name, project.languages[0])


def _name(kind: DocumentKind, file: PageFile) -> Name:
    path = PurePosixPath(file.uri if kind == "lesson" else file.path)
    folder, *below = path.parts
    if kind == "lesson" and below and folder == file.language:
        return Name(kind, str(PurePosixPath(*below).with_suffix("")))
    return Name(kind, str(path.with_suffix("")).removesuffix(f".{file.language}"))
