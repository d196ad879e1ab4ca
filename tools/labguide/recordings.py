"""Reads and writes recordings: notebooks (nbformat 4) under `recordings/<backend>/`, one for each script.

A recording holds code cells only; the prose stays in the script, so that a prose edit leaves it alone. A run that
means the same as the recording leaves the file's bytes alone too: see `cleaning.settle`.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from labguide.model import Origin, Project, RecordedCell, Recording, Script


def path_of(project: Project, backend: str, script: str) -> Path:
    """Where the recording of a script stands."""
    return project.recordings / backend / f"{script}.ipynb"


def load(project: Project, backend: str, script: str) -> Recording | None:
    """The committed recording of a script, or None if there is none that can be read."""
    path = path_of(project, backend, script)
    if not path.exists():
        return None
    import nbformat  # here, because a site of decks has no recording and it takes long to import

    faults: dict[str, Exception] = {}
    try:
        notebook = nbformat.read(path, as_version=4, capture_validation_error=faults)
        return None if faults else _recording(script, backend, notebook)
    except (OSError, ValueError, AttributeError, KeyError, TypeError, nbformat.ValidationError):
        return None  # a merge that was not finished, or edited by hand


def _recording(script: str, backend: str, notebook: Any) -> Recording:
    about = notebook.metadata.get("labguide", {})
    provenance = about.get("provenance", {})
    origin = _origin(provenance)
    cells = tuple(_cell(cell, origin) for cell in notebook.cells)
    values, unkept = dict(about.get("values", {})), dict(about.get("unkept", {}))
    labels = {language: tuple(said) for language, said in about.get("labels", {}).items()}
    return Recording(script, backend, cells, values, _without_origin(provenance), origin, unkept, labels)


def load_all(project: Project, backend: str, scripts: Iterable[str]) -> dict[str, Recording]:
    """The recordings of all these scripts that have one."""
    found = ((name, load(project, backend, name)) for name in scripts)
    return {name: recording for name, recording in found if recording}


def orphans(project: Project, scripts: Collection[str]) -> list[str]:
    """The recordings, as paths in the project, of scripts that are not among these: renamed ones, say."""
    found = (path for path in project.recordings.glob("*/*.ipynb") if path.stem not in scripts)
    return sorted(path.relative_to(project.root).as_posix() for path in found)


def save(project: Project, recording: Recording) -> Path:
    """Write a recording, whole or not at all; returns its path. Raises OSError if the disk refuses."""
    path = path_of(project, recording.backend, recording.script)
    write_atomically(path, _as_text(recording).encode())
    return path


def is_of(recording: Recording, script: Script) -> bool:
    """Whether the recording is of the code that the script has now."""
    return [(cell.name, cell.source) for cell in recording.cells] == [
        (cell.name, cell.source) for cell in script.code_cells
    ]


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that a reader, or a crash at any moment, finds the old bytes or the new ones.

    Who may read a file that is there already stays as it is.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o644
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _as_text(recording: Recording) -> str:
    import nbformat

    cells = [
        {
            "cell_type": "code",
            "execution_count": number,
            "id": _cell_id(cell.name),
            "metadata": _cell_metadata(cell, recording.origin),
            "outputs": [dict(output) for output in cell.outputs],
            "source": cell.source,
        }
        for number, cell in enumerate(recording.cells, start=1)
    ]
    provenance = {**recording.provenance, **_origin_as_json(recording.origin)}
    labels = {"labels": {name: list(said) for name, said in recording.labels.items()}} if recording.labels else {}
    about = {"values": dict(recording.values), "unkept": dict(recording.unkept), "provenance": provenance, **labels}
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "labguide": about,
    }
    # `nbformat.v4.new_code_cell` and the like would validate each part, and each of them again.
    notebook = nbformat.from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells})
    nbformat.validate(notebook)
    return f"{nbformat.v4.writes(notebook)}\n"


def _cell(cell: Any, origin: Origin) -> RecordedCell:
    kept = cell.metadata.get("origin")
    about = cell.metadata
    origin = _origin(kept) if kept else origin
    return RecordedCell(about.get("name", ""), cell.source, tuple(cell.outputs), origin, about.get("check", ""))


def _cell_metadata(cell: RecordedCell, origin: Origin) -> dict[str, Any]:
    """A cell's name, what it says as a check and, if its outputs were kept from an earlier run, that run."""
    kept = {"origin": _origin_as_json(cell.origin)} if cell.origin != origin else {}
    return {"name": cell.name, **({"check": cell.check} if cell.check else {}), **kept}


_OF_ORIGIN = ("recorded", "began", "ended", "made", "moments")


def _origin(written: Mapping[str, Any]) -> Origin:
    return Origin(
        recorded=written.get("recorded", ""),
        began=_epoch(written.get("began", "")),
        ended=_epoch(written.get("ended", "")),
        made=tuple(written.get("made", ())),
        moments=tuple(written.get("moments", ())),
    )


def _origin_as_json(origin: Origin) -> dict[str, Any]:
    times = {"began": _iso(origin.began), "ended": _iso(origin.ended)} if origin.ended else {}
    found = {"recorded": origin.recorded, **times, "made": list(origin.made), "moments": list(origin.moments)}
    return {name: value for name, value in found.items() if value}


def _without_origin(provenance: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in provenance.items() if name not in _OF_ORIGIN}


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")


def _epoch(text: str) -> float:
    return datetime.fromisoformat(text).timestamp() if text else 0.0


def _cell_id(name: str) -> str:
    """The notebook format allows only these characters in an id, and 64 of them; other names get a hash to differ."""
    allowed = re.sub(r"[^A-Za-z0-9_-]", "-", name)
    if allowed == name and len(name) <= 64:
        return name
    return f"{allowed[:51]}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"
