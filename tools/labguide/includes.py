"""Puts the files that a document includes in its place, each line with the place where it was written.

The notation is that of pymdownx.snippets, whose own code says which file a path means and what is notation:

    --8<-- "snippets/part.md"           a file; `part.md:train` a section of it, `part.md:2:5,9` some lines
    --8<--                              several files, one a line
    snippets/part.md
    --8<--
    ;--8<-- "this is shown"

labguide includes before it looks for quotes, so that what is included is read as what includes it. Afterwards
nothing in a document is notation any more: `protect` keeps what a cell printed from being taken for it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pymdownx.snippets import SnippetExtension, SnippetPreprocessor

from labguide import lines
from labguide.blocks import SNIPPETS, tab_length
from labguide.model import Line, Place, Project
from labguide.problems import CannotBuildError, Problems, did_you_mean

_ALL = SnippetPreprocessor.RE_ALL_SNIPPETS
_SECTION = SnippetPreprocessor.RE_SNIPPET_SECTION
_FILE = SnippetPreprocessor.RE_SNIPPET_FILE
_LOST = re.compile(r"""^[>\s]*(?:(?:[-*+]|\d+[.)])[ \t]+)*[>\s]*-+8<-+[ \t]+(?:"[^"\n]+"|'[^'\n]+')[ \t]*$""")
"""An include behind the mark of a list or a quotation, or before blanks: pymdownx.snippets takes it for text."""
_NAMED = re.compile(r"-+8<-+[ \t]+\[[ \t]*start[ \t]*:[ \t]*(?P<name>[a-zA-Z][\w-]*)[ \t]*\]", re.IGNORECASE)


def expand(written: Sequence[Line], project: Project, problems: Problems) -> list[Line]:
    """The lines with all that they include. What cannot be included becomes a problem and stays as written.

    Raises CannotBuildError if the host's configuration cannot be used.
    """
    if SNIPPETS not in project.dialect.extensions:
        _tell_of_no_snippets(written, problems)
        return list(written)
    folder = (project.root / written[0].place.path).parent if written else project.root
    return list(_Includer(project, folder, problems).expanded(written, (), is_section=False))


def appended(project: Project, problems: Problems) -> list[Line]:
    """The lines of the files that the host appends to every page by itself."""
    names = dict(project.dialect.configs.get(SNIPPETS) or {}).get("auto_append", ())
    place = Place("mkdocs.yml")
    return expand([Line(f'--8<-- "{name}"', place, None) for name in names], project, problems)


def _tell_of_no_snippets(written: Sequence[Line], problems: Problems) -> None:
    for line in written:
        notation = _ALL.match(line.text)
        if notation and notation["inline_marker"] and not notation["escape"]:
            message = f"nothing is included here, because {SNIPPETS} is not among `markdown_extensions`"
            problems.add(line.place, "bad-include", message, "add it in mkdocs.yml")


def protect(text: str) -> str:
    """A line that the host will not take for an include, but show as it is."""
    notation = _ALL.match(text)
    if notation:
        return f"{notation['space']};{text[notation.end('space') :]}"
    section = _SECTION.match(text) if "8<-" in text else None
    if section:
        return f"{section['pre']};{text[section.end('pre') :]}"
    return text


@dataclass(frozen=True)
class _Target:
    """What an include names: a file, and a section or some lines of it."""

    path: str
    ranges: str
    section: str


class _Includer:
    """Includes files into one document."""

    def __init__(self, project: Project, folder: Path, problems: Problems) -> None:
        self._project, self._problems = project, problems
        self._tab_length = tab_length(project.dialect)
        self._config = _config(project, folder)
        self._host = SnippetPreprocessor(self._config, _Tabs(self._tab_length))

    def expanded(self, written: Sequence[Line], above: tuple[str, ...], *, is_section: bool) -> Iterator[Line]:
        """These lines; `above` are the files that include them, outermost first."""
        block = False
        for line in written:
            notation = _ALL.match(line.text)
            if notation is None:
                if block:
                    yield from self._block_line(line, above)
                else:
                    self._tell_lost(line)
                    yield from _plain(line, is_section=is_section)
            elif notation["escape"]:
                yield _unescaped(line, notation.start("escape"))
            elif not notation["inline_marker"]:
                block = not block
            elif not block:
                yield from self._included(notation["snippet"][1:-1], notation["space"], line, above)
        if block:
            self._add(written[-1], "bad-include", "a block of includes is never closed", "close it by a line --8<--")

    def _tell_lost(self, line: Line) -> None:
        if _LOST.match(line.text):
            message = "this includes nothing, because it does not stand alone in its line"
            self._add(line, "bad-include", message, "indent it under the line before, without blanks at its end")

    def _block_line(self, line: Line, above: tuple[str, ...]) -> Iterator[Line]:
        target = line.text.strip()
        if not target:
            yield replace(line, text="")
            return
        yield from self._included(target, line.text[: len(line.text) - len(line.text.lstrip(" \t"))], line, above)

    def _included(self, named: str, indent: str, line: Line, above: tuple[str, ...]) -> Iterator[Line]:
        if named.strip().startswith(";"):  # a comment in the list of includes
            return
        target = _target(named.strip())
        file, content = self._find(target, line, above) or ("", None)
        chosen = content and self._chosen(target, content, line)
        if chosen is None:
            yield replace(line, depth=line.depth + 1)  # stays as written
            return
        inner = self.expanded(chosen, (*above, file), is_section=bool(target.section))
        space = indent.expandtabs(self._tab_length)
        yield from lines.indented((replace(each, depth=line.depth + 1) for each in inner), space)

    def _find(self, target: _Target, line: Line, above: tuple[str, ...]) -> tuple[str, list[Line]] | None:
        """The file that an include names, as it is known in `above`, and its lines."""
        if target.path.lower().startswith(("https://", "http://")):
            return self._download(target.path, line)
        path = self._host.get_snippet_path(target.path) if target.path else None
        if path is None:
            self._missing(target.path, line)
            return None
        file = os.path.realpath(path)
        if file in (*above, str((self._project.root / line.place.path).resolve())):
            self._add(line, "circular-include", f'"{target.path}" includes itself', "take one of the includes out")
            return None
        content = self._read(Path(path), target.path, line)
        return None if content is None else (file, content)

    def _missing(self, path: str, line: Line) -> None:
        folder = self._project.snippets
        seen = (
            each for each in folder.rglob("[!.]*") if not any(part[0] == "." for part in each.relative_to(folder).parts)
        )
        known = [self._project.relative(each) for each in seen if each.is_file()]
        self._add(line, "unknown-file", f'no file "{path}"', did_you_mean(path, known))

    def _read(self, path: Path, named: str, line: Line) -> list[Line] | None:
        try:
            text = path.read_text(self._config["encoding"]).removeprefix("\ufeff")
        except UnicodeDecodeError:
            encoding = str(self._config["encoding"]).upper()
            self._add(line, "unreadable", f'"{named}" is not {encoding}', f"save it as {encoding}")
        except OSError as error:
            self._add(line, "unreadable", f'"{named}" cannot be read: {error.strerror}', "name a file")
        else:
            return _of_file(text.split("\n") if text else [], self._project.relative(path))
        return None

    def _download(self, url: str, line: Line) -> tuple[str, list[Line]] | None:
        if not self._config["url_download"]:
            remedy = "save it in the project, or set `url_download` of pymdownx.snippets"
            self._add(line, "unknown-file", f'"{url}" is not downloaded', remedy)
            return None
        try:
            return url, _of_file(self._host.download(url), url)
        except Exception as error:  # whatever a server, a network or a decoder comes up with
            self._add(line, "unreadable", f'"{url}" cannot be downloaded: {error}', "save it in the project")
            return None

    def _chosen(self, target: _Target, content: list[Line], line: Line) -> list[Line] | None:
        """The section or the lines that an include asks for; None, and a problem, if there are none."""
        if not (target.section or target.ranges):
            return content
        chosen = _section(target.section, content) if target.section else _ranges(target.ranges, content)
        if not chosen:
            self._tell_not_chosen(target, content, line)
            return None
        return lines.dedented(chosen) if self._config["dedent_subsections"] else chosen

    def _tell_not_chosen(self, target: _Target, content: list[Line], line: Line) -> None:
        known = list(regions(content))
        if target.section in known:
            message = f'the region "{target.section}" of {target.path} is empty'
            self._add(line, "unknown-region", message, "write something between its marks")
        elif target.section:
            message = f'no region "{target.section}" in {target.path}'
            self._add(line, "unknown-region", message, did_you_mean(target.section, known))
        else:
            message = f'{target.path} has no lines "{target.ranges.removeprefix(":")}"'
            self._add(line, "unknown-region", message, f"it has lines 1-{len(content)}")

    def _add(self, line: Line, kind: str, message: str, remedy: str) -> None:
        self._problems.add(line.place, kind, message, remedy)


@dataclass(frozen=True)
class _Tabs:
    """All that pymdownx.snippets asks of a converter."""

    tab_length: int


def regions(content: Sequence[Line]) -> Iterator[str]:
    """The sections that a file names: `# --8<-- [start:model]`."""
    for line in content:
        if found := _NAMED.search(line.text):
            yield found["name"]


def _config(project: Project, folder: Path) -> dict[str, Any]:
    """The host's options of pymdownx.snippets; paths are relative to the project, wherever the build was begun."""
    given = dict(project.dialect.configs.get(SNIPPETS) or {})
    try:
        config: dict[str, Any] = SnippetExtension(**given).getConfigs()
    except Exception as error:  # on an option that it does not know
        message = f"{SNIPPETS} cannot be used: {error}"
        raise CannotBuildError.at(Place("mkdocs.yml"), "bad-config", message, "mend its options") from None
    bases = config["base_path"]
    bases = [bases] if isinstance(bases, str | os.PathLike) else bases
    return {**config, "base_path": [str(project.root / _path_of(base, folder)) for base in bases]}


def _path_of(base: str | os.PathLike[str], folder: Path) -> str:
    try:
        return os.fspath(base)
    except RuntimeError:  # MkDocs' `!relative` means the folder of the page that is being rendered
        return str(folder)


def _target(named: str) -> _Target:
    parts = _FILE.match(named)
    assert parts is not None
    return _Target(parts[1].strip(), parts[2] or "", (parts[3] or "").removeprefix(":"))


def _of_file(content: Sequence[str], path: str) -> list[Line]:
    return [Line(text, Place(path, number)) for number, text in enumerate(content, start=1)]


def _plain(line: Line, *, is_section: bool) -> Iterator[Line]:
    """A line that includes nothing; the marks of sections are left out."""
    mark = None if is_section or "8<-" not in line.text else _SECTION.match(line.text)
    if mark is None:
        yield line
    elif mark["escape"]:
        yield _unescaped(line, mark.start("escape"))


def _unescaped(line: Line, at: int) -> Line:
    """Without the semicolon that says: this is shown."""
    return replace(line, text=line.text[:at] + line.text[at + 1 :], offset=None)


def _section(name: str, content: Sequence[Line]) -> list[Line]:
    """The lines between the marks of a section, without the marks of others in it."""
    chosen: list[Line] = []
    begun = False
    for line in content:
        mark = _SECTION.match(line.text) if "8<-" in line.text else None
        if mark is None or mark["escape"]:
            if begun:
                chosen.append(_unescaped(line, mark.start("escape")) if mark else line)
        elif mark["name"] == name and mark["type"].lower() == "end":
            break
        elif mark["name"] == name:
            begun = True
    return chosen


def _ranges(ranges: str, content: Sequence[Line]) -> list[Line]:
    """The lines that `:2:5,9` asks for: from the second to the fifth, and from the ninth to the end."""
    return [line for each in ranges[1:].split(",") for line in content[_slice(each, len(content))]]


def _slice(written: str, total: int) -> slice:
    start, _, stop = written.partition(":")
    return slice(_bound(start, total, -1), _bound(stop, total, 0))


def _bound(number: str, total: int, shift: int) -> int | None:
    if not number or number == "-":
        return None
    value = int(number)
    return max(0, min(total, total + value + 1 + shift)) if value < 0 else max(0, value + shift)
