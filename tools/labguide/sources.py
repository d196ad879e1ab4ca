"""Reads all that authors wrote: scripts and documents, each with the lines they came from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from labguide import headers, quotes, scripts
from labguide.model import Document, DocumentKind, Place, Project, Script, Sources
from labguide.problems import Problems
from labguide.scripts import script_name

__all__ = ["files", "front_matter", "read", "relative", "script_name"]


def read(project: Project, problems: Problems) -> Sources:
    """Read every script and document of a project. What cannot be read becomes a problem and is left out."""
    found = [
        script
        for folder in (project.notebooks, project.snippets)
        for path in files(folder, "*.py")
        if (script := scripts.read(project, path, relative(project, path), problems))
    ]
    documents = [
        document
        for kind, folder in _document_folders(project).items()
        for path in files(folder, "*.md")
        if (document := _document(project, path, kind, problems))
    ]
    return Sources(_by_name(found, problems), tuple(documents))


def relative(project: Project, path: Path) -> str:
    """A path as problems and recordings name it: from the project's root, with forward slashes."""
    return path.relative_to(project.root).as_posix()


def front_matter(text: str) -> tuple[str, int]:
    """The YAML between the two `---` lines at the start, and the line where the body begins (1 without any)."""
    lines = text.splitlines()
    if lines and lines[0].rstrip() == "---":
        for number, line in enumerate(lines[1:], start=2):
            if line.rstrip() in ("---", "..."):
                return "\n".join(lines[1 : number - 1]), number + 1
    return "", 1


def _document_folders(project: Project) -> dict[DocumentKind, Path]:
    return {"lesson": project.docs, "deck": project.slides, "notebook": project.notebooks}


def files(folder: Path, pattern: str) -> list[Path]:
    """The files below a folder that a project means by a pattern such as `*.py`, sorted."""
    return sorted(path for path in folder.rglob(pattern) if ".ipynb_checkpoints" not in path.parts)


def _read_text(project: Project, path: Path, problems: Problems) -> str | None:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        problems.add(Place(relative(project, path)), "unreadable", "this file is not UTF-8", "save it as UTF-8")
        return None


def _document(project: Project, path: Path, kind: DocumentKind, problems: Problems) -> Document | None:
    name, text = relative(project, path), _read_text(project, path, problems)
    if text is None:
        return None
    header, body_line = front_matter(text)
    meta = _meta(header, name, problems)
    found = quotes.find(text.splitlines(), name, body_line, problems)
    return Document(name, kind, _language(path, project.languages), text, meta, body_line, found)


def _meta(header: str, path: str, problems: Problems) -> Mapping[str, object]:
    try:
        meta = headers.parse(header, 2).values
    except headers.HeaderError as error:
        message = f"front matter cannot be read: {error}"
        problems.add(Place(path, error.line), "front-matter", message, "mend the YAML at the top")
        return {}
    if isinstance(meta, dict):
        return meta
    problems.add(Place(path), "front-matter", "the front matter is no mapping", "write `key: value` lines")
    return {}


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
