"""Reads and writes recordings: notebooks (nbformat 4) under `recordings/<backend>/`, one for each script.

A recording holds code cells only; the prose stays in the script, so that a prose edit leaves it alone. A run that
means the same as the recording leaves the file's bytes alone too: see `settle`.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import tempfile
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import nbformat

from labguide import redaction, sameness, shown_values
from labguide.model import Output, Project, RecordedCell, Recording, Script, ValueQuote

# Pictures are base64 in a notebook: nothing private to find in it, and a rule might hit by chance.
_BINARY = ("image/png", "image/jpeg", "application/pdf")


def path_of(project: Project, backend: str, script: str) -> Path:
    """Where the recording of a script stands."""
    return project.recordings / backend / f"{script}.ipynb"


def load(project: Project, backend: str, script: str) -> Recording | None:
    """The committed recording of a script, or None if there is none that can be read."""
    try:
        notebook = nbformat.read(path_of(project, backend, script), as_version=4)
    except (OSError, ValueError, nbformat.ValidationError):
        return None
    about = notebook.metadata.get("labguide", {})
    cells = tuple(
        RecordedCell(cell.metadata.get("name", ""), cell.source, tuple(cell.outputs)) for cell in notebook.cells
    )
    return Recording(script, backend, cells, about.get("values", {}), about.get("provenance", {}))


def load_all(project: Project, backend: str, scripts: Iterable[str]) -> dict[str, Recording]:
    """The recordings of all these scripts that have one."""
    found = ((name, load(project, backend, name)) for name in scripts)
    return {name: recording for name, recording in found if recording}


def save(project: Project, recording: Recording) -> Path:
    """Write a recording, whole or not at all; returns its path. Raises OSError if the disk refuses."""
    path = path_of(project, recording.backend, recording.script)
    write_atomically(path, _as_text(recording).encode())
    return path


def clean_outputs(outputs: Iterable[Output], secrets: Collection[str]) -> tuple[Output, ...]:
    """A cell's outputs, joined where a stream came in pieces, without what is private or varies."""
    return tuple(_clean_output(output, list(secrets)) for output in _join_streams(outputs))


def settle(old: Recording | None, new: Recording, script: Script, quoted: Collection[ValueQuote]) -> Recording:
    """The recording to keep: the old one, to the byte, if the new one means the same; else as much of it as does.

    `quoted` are the values that documents show: only these count, as they are shown, so that a script may keep a
    stopwatch in a variable without changing its recording at every run. See `sameness` for what means the same.
    """
    if old is None:
        return new
    cells = tuple(_settled(old.cell(cell.name), cell, rules_for(script, cell.name)) for cell in new.cells)
    changed = any(value_changed(quote, old, new, script) for quote in quoted) or not _calls(new) <= _calls(old)
    if cells == old.cells and not changed:
        return old
    return dataclasses.replace(new, cells=cells)


def _calls(recording: Recording) -> set[str]:
    """The distinct calls of a run. One that made fewer is no news: how often it had to look is chance."""
    return {json.dumps(call, sort_keys=True) for call in recording.provenance.get("calls", ())}


def rules_for(script: Script, cell: str) -> sameness.Rules:
    """How strictly the outputs of a script's cell are compared."""
    return sameness.rules_of(next((each.tags for each in script.cells if each.name == cell), ()))


def value_changed(quote: ValueQuote, old: Recording, new: Recording, script: Script) -> bool:
    """Whether readers see another text for a quoted value. The tags of the cell that sets it hold for it."""
    before = shown_values.show_or_none(quote.expression, old.values)
    after = shown_values.show_or_none(quote.expression, new.values)
    if before is None or after is None:
        return before != after
    home = shown_values.home(script, quote.name)
    return not sameness.same_text(before, after, sameness.rules_of(home.tags if home else ()))


def is_of(recording: Recording, script: Script) -> bool:
    """Whether the recording is of the code that the script has now."""
    return [(cell.name, cell.source) for cell in recording.cells] == [
        (cell.name, cell.source) for cell in script.code_cells
    ]


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that a reader, or a crash at any moment, finds the old bytes or the new ones."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _settled(old: RecordedCell | None, new: RecordedCell, rules: sameness.Rules) -> RecordedCell:
    if old and old.source == new.source and sameness.same_outputs(old.outputs, new.outputs, rules):
        return old
    return new


def _as_text(recording: Recording) -> str:
    cells = [
        {
            "cell_type": "code",
            "execution_count": number,
            "id": _cell_id(cell.name),
            "metadata": {"name": cell.name},
            "outputs": [dict(output) for output in cell.outputs],
            "source": cell.source,
        }
        for number, cell in enumerate(recording.cells, start=1)
    ]
    about = {"values": dict(recording.values), "provenance": dict(recording.provenance)}
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "labguide": about,
    }
    # `nbformat.v4.new_code_cell` and the like would validate each part, and each of them again.
    notebook = nbformat.from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells})
    nbformat.validate(notebook)
    return f"{nbformat.v4.writes(notebook)}\n"


def _cell_id(name: str) -> str:
    """The notebook format allows only these characters in an id, and 64 of them."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", name)[:64]


def _join_streams(outputs: Iterable[Output]) -> list[dict[str, Any]]:
    """Whether a print arrives in one message or in three is chance; a reader sees one text either way."""
    joined: list[dict[str, Any]] = []
    for output in outputs:
        last = joined[-1] if joined else {}
        if output["output_type"] == "stream" and last.get("name") == output.get("name"):
            last["text"] += output["text"]
        else:
            joined.append(dict(output))
    return joined


def _clean_output(output: Mapping[str, Any], secrets: list[str]) -> Output:
    cleaned: dict[str, Any] = {}
    for key, value in output.items():
        if key in ("data", "metadata"):
            cleaned[key] = {
                mime: content if mime in _BINARY else redaction.clean(content, secrets)
                for mime, content in value.items()
            }
        elif key == "execution_count":
            continue
        else:
            cleaned[key] = redaction.clean(value, secrets)
    if output["output_type"] == "execute_result":
        cleaned["execution_count"] = None
    return cleaned
