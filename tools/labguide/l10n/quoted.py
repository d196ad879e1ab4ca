"""What a section quotes, as a hash: a translation may be out of date though no word of its source has changed.

Counted are the code and the recorded output of quoted cells, quoted values as readers see them, and included files. A
cell tagged `varies` counts by its code only, and so do the values that it sets. What no run leaves, such as a price,
counts by how it is named. Files are read as they were committed, so every clone says the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from labguide import includes, lines, recordings, scripts, shown_values, sources
from labguide.l10n.model import Section
from labguide.marks import LENGTH
from labguide.model import VARIES, Cell, Place, Project, Script
from labguide.problems import Problems
from labguide.scripts import faults, marks

_BACKEND = "local"
"""The one whose recordings readers see unless somebody asks for another."""
_QUOTE = re.compile(r"^[> \t]*(?P<fence>`{3,}|~{3,})[ \t]*\{cell\}[ \t]*(?P<script>[^#\s]+)#(?P<cell>.+?)[ \t]*$")
_SHOW = re.compile(r"^[> \t]*:show:[ \t]*(?P<shown>.*)$")
_VALUE = re.compile(r"\{value\}`\s*(?P<script>[^`#]+)#(?P<expression>[^`]+?)\s*`")
_NAME = re.compile(r"""\sname\s*=\s*(?P<sign>["'])(?P<name>[^"']+)(?P=sign)""")
_TAGS = re.compile(r"\stags\s*=\s*\[(?P<tags>[^\]]*)\]")
_IS_PROSE = re.compile(r"\[\s*(?:markdown|md)\s*\]")
_OF_LANGUAGE = ";language="


@dataclass(frozen=True)
class _Recorded:
    """What of a recording counts: outputs by the cell's name, and values."""

    outputs: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)


class Quoted:
    """Says what sections quote today. Reads every script and recording once, and only if a section quotes it."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._scripts: dict[str, Script | None] = {}
        self._recorded: dict[str, _Recorded] = {}

    def __call__(self, section: Section) -> str:
        """The hash of what a section quotes; empty if it quotes nothing."""
        if not any("{cell}" in text or "{value}" in text or "8<" in text for text in section.texts):
            return ""
        found = [*self._quoted(section)]
        return sha256("\n".join(found).encode()).hexdigest()[:LENGTH] if found else ""

    def _quoted(self, section: Section) -> Iterator[str]:
        texts: Sequence[str] = section.texts
        if any("8<" in text for text in texts):
            found = includes.expand(section.lines, self._project, Problems())
            yield from (line.text.rstrip() for line in found if line.depth and line.text.strip())
            texts = [line.text for line in found]
        for number, text in enumerate(texts):
            quote = _QUOTE.match(text) if "{cell}" in text else None
            if quote:
                yield self._cell(quote["script"], quote["cell"], _shown(texts[number + 1 :], quote["fence"]))
            for value in _VALUE.finditer(text) if "{value}" in text else ():
                yield self._value(value["script"].strip(), value["expression"])

    def _cell(self, name: str, cell_name: str, shown: str) -> str:
        """What a quote of a cell shows."""
        script = self._script(name)
        cell = next((each for each in script.cells if each.name == cell_name), None) if script else None
        if cell is None:
            return f"{name}#{cell_name}"
        code = cell.source if "code" in shown else ""
        is_code_only = shown.strip() == "code"
        output = self._recording(name).outputs.get(cell_name) if not (is_code_only or _varies(cell)) else None
        return json.dumps([name, cell_name, code, output], sort_keys=True, ensure_ascii=False)

    def _value(self, name: str, expression: str) -> str:
        """What a value in a sentence shows."""
        script = self._script(name)
        variable = re.split(r"[.\[:!]", expression, maxsplit=1)[0]
        home = shown_values.home(script, variable) if script else None
        if home is None or _varies(home):
            return f"{name}#{expression}"
        return f"{name}#{expression} {shown_values.show_or_none(expression, self._recording(name).values)}"

    def _script(self, name: str) -> Script | None:
        if name not in self._scripts:
            path = self._paths.get(name)
            self._scripts[name] = _skimmed(path, self._project.relative(path)) if path else None
        return self._scripts[name]

    @cached_property
    def _paths(self) -> Mapping[str, Path]:
        """The scripts by their names."""
        folders = (self._project.snippets, self._project.notebooks)
        return {scripts.script_name(path.name): path for each in folders for path in sources.files(each, "*.py")}

    def _recording(self, name: str) -> _Recorded:
        if name not in self._recorded:
            self._recorded[name] = _read(recordings.path_of(self._project, _BACKEND, name))
        return self._recorded[name]


def _shown(body: Sequence[str], fence: str) -> str:
    """What a quote says it shows."""
    for text in body:
        if text.lstrip("> \t").startswith(fence):
            break
        if said := _SHOW.match(text):
            return said["shown"]
    return "code, output"


def _varies(cell: Cell) -> bool:
    return VARIES in cell.tags


def _skimmed(path: Path, name: str) -> Script | None:
    """A script as far as its code counts; None if it cannot be read, which the reader of all scripts tells.

    jupytext, which reads markers for all else, takes longer to import than this command may take.
    """
    try:
        text = marks.text_of(path) or ""
        found = lines.split(text)
        markers = marks.find(found, text)
    except faults.CannotReadError:
        return None
    ends = [*markers[1:], len(found) + 1] if markers else []  # none in a plain module
    cells = [
        _cell(found[start - 1], found[start : end - 1], number)
        for number, (start, end) in enumerate(zip(markers, ends, strict=True), start=1)
    ]
    return Script(scripts.script_name(name), name, tuple(cells))


def _cell(marker: str, body: Sequence[str], number: int) -> Cell:
    named, tagged = _NAME.search(marker), _TAGS.search(marker)
    tags = frozenset(re.findall(r"[\w-]+", tagged["tags"])) if tagged else frozenset[str]()
    source = "\n".join(text.rstrip() for text in body).strip("\n")
    kind: Literal["code", "markdown"] = "markdown" if _IS_PROSE.search(marker) else "code"
    return Cell(named["name"] if named else f"cell-{number}", kind, source, Place("", number), tags)


def _read(path: Path) -> _Recorded:
    """What a recording has that readers see; nothing if there is none that can be read."""
    try:
        notebook = json.loads(path.read_text("utf-8"))
        outputs = {cell["metadata"]["name"]: _outputs(cell) for cell in notebook["cells"]}
        return _Recorded(outputs, notebook["metadata"]["labguide"]["values"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return _Recorded()


def _outputs(cell: Mapping[str, Any]) -> Any:
    """A cell's outputs as the source's readers see them, and what it says as a check."""
    return [[_plain(output) for output in cell["outputs"]], cell["metadata"].get("check", "")]


def _plain(output: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in output.items() if key not in ("execution_count", "metadata")}
    if "data" in output:
        kept["data"] = {mime: each for mime, each in output["data"].items() if _OF_LANGUAGE not in mime}
    return kept
