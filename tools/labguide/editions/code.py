"""What an edition shows of code with solutions and hidden tests, and of what it left when it ran whole."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from labguide import exercises, lines
from labguide.editions.words import words_of
from labguide.model import Cell, Document, Edition, Line, Output, Project, RecordedCell, Recording, Script
from labguide.problems import Problems

_MARKDOWN = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")
_TAGS = re.compile(r"<[^>]*>")
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_LINE_OF_TRACEBACK = re.compile(r"^(?:\s*-+>)?\s*\d*\s*")
_TELLING = re.compile(r"[=(\[.:{]")
_LONG = 10
"""Characters from which a line of a solution is known again wherever it stands; shorter ones only in a traceback."""


def shown(script: Script, edition: Edition, language: str) -> Script:
    """A script as readers of a language see it; the very same if it has no exercise."""
    if not any(exercises.regions(cell) for cell in script.cells):
        return script
    return replace(script, cells=tuple(_cell(cell, edition, language) for cell in script.cells))


def _cell(cell: Cell, edition: Edition, language: str) -> Cell:
    if not exercises.regions(cell):
        return cell
    if edition == "instructor":
        return replace(cell, source=_marked(cell.source, language))
    source, numbers = exercises.with_gaps(cell.source, _gap(language))
    return replace(cell, source=source, lines=numbers)


def _gap(language: str) -> str:
    return f"...  # {words_of(language)['gap']}"


def _marked(source: str, language: str) -> str:
    """A source with marks that a reader understands; each line stays the line that it was."""
    text = lines.split(source)
    for region in exercises.find(text).regions:
        text[region.first], last = _marks(region, language)
        if exercises.is_mark(text[region.last]):
            text[region.last] = last
    return "\n".join(text)


def _marks(region: exercises.Region, language: str) -> tuple[str, str]:
    words, what = words_of(language), "solution" if region.solution else "hidden"
    return tuple(f"{region.indent}# {words[f'{what}_{side}']}" for side in ("begins", "ends"))  # type: ignore[return-value]


def recorded(recording: Recording, script: Script, edition: Edition, language: str, problems: Problems) -> Recording:
    """A recording as readers of a language see it: without what a solution shows, and without its lines."""
    with_regions = {cell.name: cell for cell in script.cells if exercises.regions(cell)}
    if not with_regions:
        return recording
    quoted = frozenset(_secret_lines(with_regions.values())) if edition == "student" else frozenset[str]()
    cells = tuple(_recorded(cell, with_regions, quoted, edition, language) for cell in recording.cells)
    places = {cell.name: cell.place for cell in script.cells}
    for cell in cells:
        if cell.name in places and any(_still_tells(output, quoted) for output in cell.outputs):
            message = f'what the cell "{cell.name}" shows has a line of a solution in it, which students would see'
            problems.add(places[cell.name], "solution-in-output", message, "let it show something else, or print it")
    return replace(recording, cells=cells)


def _still_tells(output: Output, quoted: frozenset[str]) -> bool:
    """Whether a rich output, such as code in colours, has a line of a solution between its tags."""
    told = {each for each in quoted if len(each) >= _LONG and _TELLING.search(each)}
    if not told:
        return False
    text = re.sub(r"\s+", " ", html.unescape(_TAGS.sub("", " ".join(_texts(output)))))
    return any(re.sub(r"\s+", " ", each) in text for each in told)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ():
        yield from _texts(each)


def _recorded(
    cell: RecordedCell, with_regions: Mapping[str, Cell], quoted: frozenset[str], edition: Edition, language: str
) -> RecordedCell:
    cut = cell.name in with_regions
    source = _cell(replace(with_regions[cell.name], source=cell.source), edition, language).source if cut else ""
    if cut and edition == "student":
        return replace(cell, source=source, outputs=())
    outputs = tuple(_without_lines(output, quoted, _gap(language)) for output in cell.outputs)
    return replace(cell, source=source if cut else cell.source, outputs=outputs)


def _secret_lines(cells: Iterable[Cell]) -> Iterator[str]:
    for cell in cells:
        text = lines.split(cell.source)
        for region in exercises.regions(cell):
            yield from (line.strip() for line in text[region.first : region.last + 1] if line.strip())


def _without_lines(output: Output, quoted: frozenset[str], gap: str) -> Output:
    """An output without marks, and without the lines of solutions that a traceback or a listing quotes."""
    made: Any = _replaced(dict(output), quoted, gap, in_traceback=False)
    return dict(made)


def _replaced(value: Any, quoted: frozenset[str], gap: str, *, in_traceback: bool) -> Any:
    if isinstance(value, str):
        return _text(value, quoted, gap, in_traceback=in_traceback)
    if isinstance(value, Mapping):
        return {
            name: _replaced(each, quoted, gap, in_traceback=in_traceback or name == "traceback")
            for name, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [_replaced(each, quoted, gap, in_traceback=in_traceback) for each in value]
    return value


def _text(text: str, quoted: frozenset[str], gap: str, *, in_traceback: bool) -> str:
    if not quoted and not exercises.may_have_marks(text):
        return text
    kept: list[str] = []
    for line in text.split("\n"):
        plain = _ANSI.sub("", line)
        code = _LINE_OF_TRACEBACK.sub("", plain).strip() if in_traceback else plain.strip()
        if exercises.is_mark(code):
            continue
        kept.append(_with_gap(plain, gap) if _tells(code, quoted, in_traceback=in_traceback) else line)
    return "\n".join(kept)


def _tells(code: str, quoted: frozenset[str], *, in_traceback: bool) -> bool:
    if in_traceback and code in quoted:
        return True
    return any(len(each) >= _LONG and _TELLING.search(each) and each in code for each in quoted)


def _with_gap(plain: str, gap: str) -> str:
    before = _LINE_OF_TRACEBACK.match(plain)
    return f"{before[0] if before else ''}{gap}"


def in_document(document: Document, project: Project) -> Document:
    """A document whose files of code, which it includes, are as the edition shows them."""
    first = document.body_line - 1
    included = {line.place.path for line in document.lines[first:] if line.depth} - {document.path}
    found = {path: exercises.find(text) for path in included if (text := _code_of(project.root / path))}
    if not any(each.regions for each in found.values()):
        return document
    body = _lines(document.lines[first:], found, project.edition, document.language)
    return replace(document, lines=(*document.lines[:first], *body))


def _code_of(path: Path) -> Sequence[str]:
    """The lines of a file of code; none if it is Markdown, or cannot be read."""
    if path.suffix.lower() in _MARKDOWN or not path.is_file():
        return ()
    try:
        return lines.split(lines.read(path))
    except (OSError, UnicodeDecodeError):
        return ()


def _lines(
    found: Sequence[Line], regions: Mapping[str, exercises.Found], edition: Edition, language: str
) -> Iterator[Line]:
    before: exercises.Region | None = None
    for line in found:
        number = line.place.line - 1
        region = regions[line.place.path].at(number) if line.depth and line.place.path in regions else None
        if region is None:
            yield line
        elif edition == "instructor":
            yield _instructors(line, region, number, language)
        elif region.solution and region is not before:
            yield replace(line, text=f"{_indent(line.text)}{_gap(language)}", offset=None)
        before = region


def _instructors(line: Line, region: exercises.Region, number: int, language: str) -> Line:
    if not exercises.is_mark(line.text):
        return line
    begins, ends = _marks(region, language)
    return replace(line, text=_indent(line.text) + (begins if number == region.first else ends).lstrip(), offset=None)


def _indent(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]
