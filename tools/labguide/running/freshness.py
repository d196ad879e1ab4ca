"""Decides what has to run: by content, never by time stamps.

A machine trusts only its own runs. `.labguide/ran.json` notes, for each backend and script, a hash of everything
the run depended on and a hash of the recording it agreed with. A script is fresh while both still hold. A failed
run is never noted, so it is tried again.
"""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from labguide import recordings
from labguide.backends import Backend
from labguide.cleaning import hiding, outputs, secrets, terminal
from labguide.model import Project, Script
from labguide.running import kernel, values

# labguide's own part in what is recorded: another kernel setting, value or replacement makes another recording.
_RECORDER = [inspect.getsource(module) for module in (kernel, values, hiding, outputs, secrets, terminal)]


def keys(project: Project, order: tuple[Script, ...], backend: Backend) -> dict[str, str]:
    """For each script a hash of what its outputs depend on: code, data, lock, backend, and all that ran before."""
    lock = _file_digest(project.root / "requirements.lock")
    ground = _digest([_RECORDER, lock, backend.name, sorted(backend.versions().items()), backend.digest()])
    found: dict[str, str] = {}
    for script in order:
        own = [[cell.name, cell.source, sorted(cell.tags)] for cell in script.code_cells]
        data = [[name, _file_digest(project.root / name)] for name in script.data]
        before = [found.get(name, "") for name in script.after]
        found[script.name] = _digest([ground, script.timeout, own, data, before])
    return found


def stale(project: Project, backend: str, found: Mapping[str, str]) -> frozenset[str]:
    """The names of the scripts that this machine has not run as they are now."""
    noted = _read(project).get(backend, {})
    return frozenset(
        name for name, key in found.items() if noted.get(name) != [key, recording_digest(project, backend, name)]
    )


def note(project: Project, backend: str, script: str, key: str) -> None:
    """Note that a run of this content agreed with the recording as it stands on disk now."""
    ledger = _read(project)
    ledger.setdefault(backend, {})[script] = [key, recording_digest(project, backend, script)]
    text = json.dumps(ledger, indent=1, sort_keys=True) + "\n"
    recordings.write_atomically(_path(project), text.encode())


def forget(project: Project, backend: str, scripts: Collection[str]) -> None:
    """Trust no earlier run of these scripts: what made them fresh is about to be done again."""
    ledger = _read(project)
    for script in scripts:
        ledger.get(backend, {}).pop(script, None)
    recordings.write_atomically(_path(project), (json.dumps(ledger, indent=1, sort_keys=True) + "\n").encode())


def recording_digest(project: Project, backend: str, script: str) -> str:
    """A hash of a recording's bytes; empty if there is none."""
    return _file_digest(recordings.path_of(project, backend, script))


def _path(project: Project) -> Path:
    return project.workdir / "ran.json"


def _read(project: Project) -> dict[str, dict[str, Any]]:
    try:
        ledger = json.loads(_path(project).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return ledger if isinstance(ledger, dict) else {}


def _file_digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
