"""Reads all that authors wrote: scripts and documents, each with the lines they came from."""

from __future__ import annotations

from pathlib import Path

from labguide import documents, lines, scripts
from labguide.model import Document, DocumentKind, Place, Project, Script, Sources
from labguide.problems import Problems
from labguide.scripts import script_name

__all__ = ["files", "read", "relative", "script_name"]


def read(project: Project, problems: Problems) -> Sources:
    """Read every script and document of a project. What cannot be read becomes a problem and is left out."""
    found_scripts = [
        script
        for folder in (project.notebooks, project.snippets)
        for path in files(folder, "*.py")
        if (script := scripts.read(project, path, relative(project, path), problems))
    ]
    found = [
        document
        for kind, folder in _document_folders(project).items()
        for path in files(folder, "*.md")
        if (document := _document(project, path, kind, problems))
    ]
    documents.check_appended(project, problems)
    return Sources(_by_name(found_scripts, problems), tuple(found))


def relative(project: Project, path: Path) -> str:
    """A path as problems and recordings name it: from the project's root, with forward slashes."""
    return path.relative_to(project.root).as_posix()


def _document_folders(project: Project) -> dict[DocumentKind, Path]:
    return {"lesson": project.docs, "deck": project.slides, "notebook": project.notebooks}


def files(folder: Path, pattern: str) -> list[Path]:
    """The files below a folder that a project means by a pattern such as `*.py`, sorted."""
    return sorted(path for path in folder.rglob(pattern) if ".ipynb_checkpoints" not in path.parts)


def _read_text(project: Project, path: Path, problems: Problems) -> str | None:
    try:
        return lines.read(path)
    except UnicodeDecodeError:
        problems.add(Place(relative(project, path)), "unreadable", "this file is not UTF-8", "save it as UTF-8")
        return None


def _document(project: Project, path: Path, kind: DocumentKind, problems: Problems) -> Document | None:
    name, text = relative(project, path), _read_text(project, path, problems)
    if text is None:
        return None
    return documents.parse(documents.Written(name, kind, _language(path, project.languages), text), project, problems)


def _language(path: Path, languages: tuple[str, ...]) -> str:
    suffix = path.name.removesuffix(".md").rpartition(".")[2]
    return suffix if suffix in languages[1:] else languages[0]


def _by_name(found: list[Script], problems: Problems) -> dict[str, Script]:
    named: dict[str, Script] = {}
    for script in found:
        if script.name in named:
            other = named[script.name].path
            problems.add(
                Place(script.path),
                "duplicate-script",
                f'{other} has the name "{script.name}" too',
                "rename one",
            )
        named.setdefault(script.name, script)
    return named
