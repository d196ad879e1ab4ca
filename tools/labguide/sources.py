"""Reads all that authors wrote: scripts and documents, each with the lines they came from."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from labguide import documents, headers, labels, lines, revealmd, scripts
from labguide.model import Document, DocumentKind, PageFile, Place, Project, Script, Sources
from labguide.problems import Problems
from labguide.scripts.cells import folded

MARKDOWN = ("*.md", "*.markdown", "*.mdown", "*.mkdn", "*.mkd")
"""The files that are documents."""

_NOT_WRITTEN = ("__pycache__", "node_modules")
"""Folders that tools fill, beside those whose names begin with a dot."""


def read(project: Project, problems: Problems) -> Sources:
    """Read every script and document of a project. What cannot be read becomes a problem and is left out."""
    found_scripts = [
        script
        for folder in (project.notebooks, project.snippets)
        for path in files(folder, "*.py")
        if (script := scripts.read(project, path, project.relative(path), problems))
    ]
    found = [
        document for kind, file in document_files(project) if (document := _document(project, file, kind, problems))
    ]
    documents.check_appended(project, problems)
    revealmd.settings(project, problems)
    for document in found:
        _tell_secrets(document.text, (line.place for line in document.lines), problems)
    fit = [script for script in found_scripts if not _has_secret(script, problems)]
    return Sources(_by_name(labels.with_labels(project, fit, found, problems), problems), tuple(found))


def files(folder: Path, *patterns: str) -> list[Path]:
    """The files below a folder that authors wrote and whose names fit one of the patterns, sorted.

    Linked folders belong to it. What editors, tools and virtual environments keep for themselves does not: hidden
    files and folders, caches, installed packages; nor what is no file at all.
    """
    return sorted(path for path in _walk(folder, frozenset()) if _fits(path, *patterns))


def is_markdown(path: Path) -> bool:
    """Whether a file is a document by its name; `README.MD` is one too."""
    return _fits(path, *MARKDOWN)


def _fits(path: Path, *patterns: str) -> bool:
    return any(fnmatchcase(path.name.lower(), pattern) for pattern in patterns)


def _walk(folder: Path, above: frozenset[Path]) -> Iterator[Path]:
    """`above` are the folders on the way here, by their real paths, so that a link to one of them ends."""
    real = folder.resolve()
    if real in above or not folder.is_dir() or (above and (folder / "pyvenv.cfg").exists()):
        return
    for path in folder.iterdir():
        if path.name.startswith(".") or path.name in _NOT_WRITTEN:
            continue
        if path.is_dir():
            yield from _walk(path, above | {real})
        elif path.is_file():
            yield path


def _has_secret(script: Script, problems: Problems) -> bool:
    """Whether a key stands in a script, and so would in its recording."""
    found = False
    for cell in script.cells:
        places = (Place(cell.place.path, line) for line in itertools.count(cell.place.line))
        found |= _tell_secrets(cell.source, places, problems)
    return found


def _tell_secrets(text: str, places: Iterable[Place], problems: Problems) -> bool:
    """Tell of keys that an author typed: what stands in a source is in its history, and nothing can hide it there."""
    from labguide import cleaning  # here, because whoever only asks about translations has no use for it

    found = sorted({text.count("\n", 0, each.start) for each in cleaning.sure(text)})
    of_lines = list(itertools.islice(places, found[-1] + 1)) if found else []
    for line in found:
        remedy = "take it out, have its issuer revoke it, and read the next one from the environment"
        problems.add(of_lines[line], scripts.TYPED, "a key or token stands here", remedy)
    return bool(found)


def document_files(project: Project) -> Iterator[tuple[DocumentKind, PageFile]]:
    """The files of all documents: lessons as the host lists them, then decks and translations of notebooks."""
    lessons = project.pages if project.pages is not None else _lessons(project)
    yield from (("lesson", file) for file in lessons)
    slides = files(project.slides, *MARKDOWN)
    others = any(not _is_readme(path) for path in slides)
    for path in slides:
        name = project.relative(path)
        if _is_deck(path, by_default=not (others and _is_readme(path))):
            yield "deck", PageFile(name, f"{name.removesuffix(path.suffix)}.html", _language(path, project.languages))
    for path in files(project.notebooks, *MARKDOWN):
        name = project.relative(path)
        yield "notebook", PageFile(name, name, _language(path, project.languages))


def _is_readme(path: Path) -> bool:
    return path.name.partition(".")[0].lower() == "readme"


def _is_deck(path: Path, *, by_default: bool) -> bool:
    """Whether a file below `slides/` is a deck: its front matter may say `deck: false`, or true.

    A README is none by itself, if there is a deck beside: it tells people of them.
    """
    try:
        header, _ = documents.front_matter(lines.read(path))
        said = headers.parse(header, 2).values
    except (OSError, UnicodeDecodeError, headers.HeaderError):
        return by_default
    said = said.get("deck") if isinstance(said, dict) else None
    return said if isinstance(said, bool) else by_default


def _lessons(project: Project) -> Iterator[PageFile]:
    """The lessons where no host lists them."""
    for path in files(project.docs, *MARKDOWN):
        uri = path.relative_to(project.docs).as_posix()
        yield PageFile(project.relative(path), uri, _language(path, project.languages))


def _read_text(project: Project, path: Path, problems: Problems) -> str | None:
    place = Place(project.relative(path))
    if path.exists() and not path.is_file():  # reading a pipe would wait for ever
        problems.add(place, "unreadable", "this is no file", "put a file here, or nothing")
        return None
    try:
        return lines.read(path)
    except UnicodeDecodeError:
        problems.add(place, "unreadable", "this file is not UTF-8", "save it as UTF-8")
    except OSError as error:
        problems.add(place, "unreadable", f"this file cannot be read: {error.strerror}", "mend it, or take it away")
    return None


def _document(project: Project, file: PageFile, kind: DocumentKind, problems: Problems) -> Document | None:
    text = _read_text(project, project.root / file.path, problems)
    if text is None:
        return None
    written = documents.Written(file.path, kind, file.language, text, file.uri)
    return documents.parse(written, project, problems)


def _language(path: Path, languages: tuple[str, ...]) -> str:
    suffix = path.with_suffix("").suffix.removeprefix(".")
    return suffix if suffix in languages[1:] else languages[0]


def _by_name(found: list[Script], problems: Problems) -> dict[str, Script]:
    """The scripts by their names, of which recordings have theirs, on systems that know no case too."""
    first: dict[str, Script] = {}
    for script in found:
        other = first.setdefault(folded(script.name), script)
        if other is not script:
            message = f'{other.path} has the name "{script.name}" too'
            problems.add(Place(script.path), "duplicate-script", message, "rename one")
    return {script.name: script for script in first.values()}
