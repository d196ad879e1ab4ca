"""Reads all that authors wrote: scripts and documents, each with the lines they came from."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import jupytext
import yaml

from labguide import lines, quotes, sameness
from labguide.model import Cell, Document, DocumentKind, PageFile, Place, Project, Script, Sources
from labguide.problems import Problems

MARKDOWN = ("*.md", "*.markdown", "*.mdown", "*.mkdn", "*.mkd")
"""The files that are documents."""

HEADER_KEYS = ("after", "backends", "creates", "data", "limit", "minutes", "timeout")

_NOT_WRITTEN = ("__pycache__", "node_modules")
"""Folders that tools fill, beside those whose names begin with a dot."""

_CELL_MARKER = re.compile(r"^# %%( |$)")


def read(project: Project, problems: Problems) -> Sources:
    """Read every script and document of a project. What cannot be read becomes a problem and is left out."""
    scripts = [
        script
        for folder in (project.notebooks, project.snippets)
        for path in files(folder, "*.py")
        if _CELL_MARKER.search(_first_marker(path)) and (script := _script(project, path, problems))
    ]
    documents = [
        document for kind, file in _document_files(project) if (document := _document(project, file, kind, problems))
    ]
    return Sources(_by_name(scripts, problems), tuple(documents))


def relative(project: Project, path: Path) -> str:
    """A path as problems and recordings name it: from the project's root, with forward slashes."""
    return Path(os.path.relpath(path, project.root)).as_posix()


def script_name(path: str) -> str:
    """The name by which documents quote a script: `snippets/create_bucket.py` is `create-bucket`."""
    return Path(path).stem.replace("_", "-")


def front_matter(text: str) -> tuple[str, int]:
    """The YAML between the two `---` lines at the start, and the line where the body begins (1 without any)."""
    written = lines.split(text)
    if written and written[0].rstrip() == "---":
        for number, line in enumerate(written[1:], start=2):
            if line.rstrip() in ("---", "..."):
                return "\n".join(written[1 : number - 1]), number + 1
    return "", 1


def files(folder: Path, *patterns: str) -> list[Path]:
    """The files below a folder that authors wrote and whose names fit one of the patterns, sorted.

    Linked folders belong to it. What editors, tools and virtual environments keep for themselves does not: hidden
    files and folders, caches, installed packages; nor what is no file at all.
    """
    found = [path for path in _walk(folder, frozenset()) if any(path.match(pattern) for pattern in patterns)]
    return sorted(found)


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


def _document_files(project: Project) -> Iterator[tuple[DocumentKind, PageFile]]:
    lessons = project.pages if project.pages is not None else _lessons(project)
    yield from (("lesson", file) for file in lessons)
    for path in files(project.slides, *MARKDOWN):
        name = relative(project, path)
        yield "deck", PageFile(name, f"{name.removesuffix(path.suffix)}.html", _language(path, project.languages))
    for path in files(project.notebooks, *MARKDOWN):
        name = relative(project, path)
        yield "notebook", PageFile(name, name, _language(path, project.languages))


def _lessons(project: Project) -> Iterator[PageFile]:
    """The lessons where no host lists them."""
    for path in files(project.docs, *MARKDOWN):
        uri = path.relative_to(project.docs).as_posix()
        yield PageFile(relative(project, path), uri, _language(path, project.languages))


def _first_marker(path: Path) -> str:
    """The first cell marker of a Python file, or nothing: a file without cells is not a script."""
    lines = path.read_text("utf-8", errors="replace").splitlines()
    return next((line for line in lines if _CELL_MARKER.match(line)), "")


def _read_text(project: Project, path: Path, problems: Problems) -> str | None:
    place = Place(relative(project, path))
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


def _script(project: Project, path: Path, problems: Problems) -> Script | None:
    name, text = relative(project, path), _read_text(project, path, problems)
    if text is None:
        return None
    try:
        notebook = jupytext.reads(text, fmt="py:percent")
    except yaml.YAMLError as error:
        problems.add(Place(name, _yaml_line(error, 1)), "front-matter", _yaml_message(error), "mend the YAML header")
        return None
    header = _header(notebook.metadata.get("labguide", {}), Place(name), problems)
    _check_data(project, header, Place(name), problems)
    return Script(
        name=script_name(name),
        path=name,
        cells=_cells(notebook.cells, text.splitlines(), name, problems),
        after=tuple(header.get("after", ())),
        backends=tuple(header.get("backends", ("local", "aws"))),
        data=tuple(path for path in header.get("data", ()) if (project.root / path).is_file()),
        timeout=float(header.get("timeout", 600)),
        limit=float(header.get("limit", 1800)),
        minutes=header.get("minutes"),
        creates=tuple(header.get("creates", ())),
    )


def _header(header: Any, place: Place, problems: Problems) -> Mapping[str, Any]:
    """What a script's header says under `jupyter: labguide:`, checked."""
    wrong = _header_fault(header)
    if wrong:
        problems.add(place, "bad-header", wrong, f"known under `labguide:` are {', '.join(HEADER_KEYS)}")
        return {}
    checked: Mapping[str, Any] = header
    return checked


def _check_data(project: Project, header: Mapping[str, Any], place: Place, problems: Problems) -> None:
    for path in header.get("data", ()):
        if not (project.root / path).is_file():
            problems.add(
                place, "unknown-file", f'`data:` names no file "{path}"', "give its path from the project's root"
            )


def _header_fault(header: Any) -> str:
    if not isinstance(header, dict):
        return "`labguide:` in the header is no mapping"
    for key, value in header.items():
        if key not in HEADER_KEYS:
            return f'the header has no key "{key}"'
        if key in ("limit", "minutes", "timeout"):
            if isinstance(value, bool) or not isinstance(value, int | float):
                return f"`{key}` is not a number of {'minutes' if key == 'minutes' else 'seconds'}"
        elif not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
            return f"`{key}` is not a list of names"
    return ""


def _cells(notebook_cells: Iterable[Any], lines: list[str], path: str, problems: Problems) -> tuple[Cell, ...]:
    """Pair each cell that jupytext read with the line it starts at; jupytext itself keeps no line numbers."""
    markers = [number for number, line in enumerate(lines, start=1) if _CELL_MARKER.match(line)]
    read = list(notebook_cells)
    if len(markers) != len(read):
        problems.add(
            Place(path),
            "bad-script",
            f"{len(markers)} cell markers but {len(read)} cells",
            "start the first cell right after the header, and write no `# %%` inside a string",
        )
        return ()
    cells: list[Cell] = []
    for index, (marker, cell) in enumerate(zip(markers, read, strict=True), start=1):
        place = Place(path, _first_source_line(lines, marker))
        name = cell.metadata.get("name", f"cell-{index}")
        if any(name == other.name for other in cells):
            problems.add(Place(path, marker), "duplicate-cell", f'a second cell "{name}"', "give it another name")
            name = f"{name}-{index}"
        kind: Any = "code" if cell.cell_type == "code" else "markdown"
        tags = _tags(cell.metadata.get("tags", ()), Place(path, marker), problems)
        cells.append(Cell(name, kind, cell.source, place, tags))
    return tuple(cells)


def _tags(tags: Iterable[str], place: Place, problems: Problems) -> frozenset[str]:
    known = frozenset(tags)
    try:
        sameness.rules_of(known)
    except ValueError as error:
        problems.add(place, "bad-tag", f"the tolerance cannot be read: {error}", "write a tag such as tolerance-1e-3")
        return frozenset(tag for tag in known if not tag.startswith(sameness.TOLERANCE))
    return known


def _first_source_line(lines: list[str], marker: int) -> int:
    number = marker + 1
    while number <= len(lines) and not lines[number - 1].strip():
        number += 1
    return number


def _document(project: Project, file: PageFile, kind: DocumentKind, problems: Problems) -> Document | None:
    name, text = file.path, _read_text(project, project.root / file.path, problems)
    if text is None:
        return None
    header, body_line = front_matter(text)
    meta = _meta(header, name, problems)
    found = quotes.find(lines.split(text), name, body_line, problems)
    return Document(name, kind, file.language, text, meta, body_line, found, file.uri)


def _meta(header: str, path: str, problems: Problems) -> Mapping[str, Any]:
    try:
        meta = yaml.safe_load(header) or {}
    except yaml.YAMLError as error:
        problems.add(
            Place(path, _yaml_line(error, 2)),
            "front-matter",
            _yaml_message(error),
            "mend the YAML at the top",
        )
        return {}
    if isinstance(meta, dict):
        return meta
    problems.add(Place(path), "front-matter", "the front matter is no mapping", "write `key: value` lines")
    return {}


def _language(path: Path, languages: tuple[str, ...]) -> str:
    suffix = path.with_suffix("").suffix.removeprefix(".")
    return suffix if suffix in languages[1:] else languages[0]


def _by_name(scripts: list[Script], problems: Problems) -> dict[str, Script]:
    named: dict[str, Script] = {}
    for script in scripts:
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


def _yaml_line(error: yaml.YAMLError, first: int) -> int:
    mark = getattr(error, "problem_mark", None)
    return first + mark.line if mark else first


def _yaml_message(error: yaml.YAMLError) -> str:
    return f"front matter cannot be read: {getattr(error, 'problem', None) or error}"
