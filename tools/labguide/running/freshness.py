"""Decides what has to run, by content, never by time stamps; and says of a recording whether it still holds.

A result depends on what the project's own files say, and on the machine: Python, packages, environment.

Of the first, a recording carries short hashes, by name, in `provenance["made_from"]`: the tags of the cells, each data
file, each module of the project that is imported, and the recordings of the scripts that ran before. So a clean clone
can say that a recording is stale, and of what, without running anything (`what_changed`). It names nothing of the
machine: a colleague with another patch of Python does not make a recording stale.

A machine trusts only its own runs. `.labguide/ran.json` notes, for each backend and script, a hash of all that the run
depended on, machine included, the recording it agreed with, and those of the scripts before it. A script is fresh while
all of that holds. A failed run is never noted, so it is tried again.
"""

from __future__ import annotations

import dataclasses
import json
import os
import platform
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import labguide
from labguide import cleaning, recordings
from labguide.backends import Backend
from labguide.model import Project, Recording, Script
from labguide.running import digests, environment, fonts, own_modules

MADE_FROM = "made_from"
"""The name of the hashes in a recording's provenance."""

_TAGS, _CHECKS, _LABELS = "tags", "checks", "labels"
_DATA, _MODULE, _AFTER = "data ", "module ", "after "

_LOCKS = ("requirements*.lock", "requirements*.txt", "*.lock", "pylock*.toml")

_RECORDER = (
    "running",
    "cleaning",
    "backends/hook.py",
    "backends/calls.py",
    "exercises.py",
    "recordings.py",
    "variables.py",
    "terminal.py",
)
"""labguide's own part in what is recorded: another kernel setting, value or replacement makes another recording."""

_OF_A_SESSION = frozenset(
    (
        *("PATH", "PWD", "SHELL", "TERM", "DISPLAY", "WAYLAND_DISPLAY", "VIRTUAL_ENV", "CONDA_PREFIX"),
        *("TMPDIR", "TMP", "TEMP", "LANG", "LANGUAGE", "SOURCE_DATE_EPOCH"),
    )
)
"""What differs between two terminals of one machine, and so must not make all scripts run again."""
_OF_SESSIONS = ("XDG_", "LC_", "LIFELINE")


@dataclass(frozen=True)
class Inputs:
    """What the outputs of a script depend on, as it stands now."""

    key: str
    """A hash of everything, the machine included."""
    made_from: Mapping[str, str]
    """Hashes, by name, of what is the same on every machine; the scripts before it are not yet among them."""
    after: tuple[Script, ...] = ()
    """The scripts before it."""


def keys(project: Project, order: tuple[Script, ...], backend: Backend) -> dict[str, Inputs]:
    """For each script what its outputs depend on: itself, what it names and imports, what ran before, this machine."""
    given = environment.given(project, os.environ)
    finder = own_modules.Finder(own_modules.places(given.get("PYTHONPATH", "")))
    ground = [_machine(), _environment(given), _project_locks(project), backend.name]
    ground += [sorted(backend.versions().items()), backend.digest(), _recorder()]
    files: dict[Path, str] = {}
    found: dict[str, Inputs] = {}
    named = {script.name: script for script in order}
    for script in order:
        own = [[cell.name, cell.source, sorted(cell.tags), cell.checks] for cell in script.code_cells]
        read = dict(_files(project, script, finder))
        for path in read.values():
            files.setdefault(path, digests.of_path(path))
        used = {name: files[path] for name, path in read.items()}
        before = [found[name].key for name in script.after if name in found]
        key = digests.of_value([ground, script.timeout, own, _labels(script), used, before])
        portable = {name: digests.short(each) for name, each in used.items() if _is_of_the_project(name)}
        after = tuple(named[name] for name in script.after if name in named)
        found[script.name] = Inputs(key, {**_marks(script), **portable}, after)
    return found


def stale(project: Project, backend: str, order: tuple[Script, ...], found: Mapping[str, Inputs]) -> frozenset[str]:
    """The names of the scripts that this machine has not run as they are now."""
    noted = _read(project).get(backend, {})
    recorded = {script.name: recording_digest(project, backend, script.name) for script in order}
    return frozenset(
        script.name
        for script in order
        if noted.get(script.name) != _note(found[script.name], script, recorded, project, backend)
    )


def note(project: Project, backend: str, script: Script, inputs: Inputs) -> None:
    """Note that a run of this content agreed with the recording as it stands on disk now."""
    ledger = _read(project)
    ledger.setdefault(backend, {})[script.name] = _note(inputs, script, {}, project, backend)
    _write(project, ledger)


def forget(project: Project, backend: str, scripts: Collection[str]) -> None:
    """Trust no earlier run of these scripts: what made them fresh is about to be done again."""
    ledger = _read(project)
    for script in scripts:
        ledger.get(backend, {}).pop(script, None)
    _write(project, ledger)


def recording_digest(project: Project, backend: str, script: str) -> str:
    """A hash of a recording's bytes; empty if there is none."""
    return digests.of_file(recordings.path_of(project, backend, script))


def made_from(project: Project, backend: str, inputs: Inputs) -> dict[str, str]:
    """What a run of a script was made from, for its recording, with what ran before as it is recorded now."""
    before = {
        f"{_AFTER}{each.name}": _recorded(recordings.load(project, backend, each.name), each) for each in inputs.after
    }
    return dict(sorted({**inputs.made_from, **before}.items()))


def bearing(recording: Recording, made_from: Mapping[str, str]) -> Recording:
    """A recording that says what it was made from; the very same object if it does already."""
    if recording.provenance.get(MADE_FROM) == made_from:
        return recording
    return dataclasses.replace(recording, provenance={**recording.provenance, MADE_FROM: dict(made_from)})


def what_changed(
    project: Project, script: Script, scripts: Mapping[str, Script], recorded: Mapping[str, Recording]
) -> list[str]:
    """What of the project's own files is another now than when a script was recorded, in words; empty if nothing is.

    `scripts` and `recorded` are all of the backend. The code of the cells is not looked at: a recording holds it.
    """
    was = recorded[script.name].provenance.get(MADE_FROM)
    now = {
        **_marks(script),
        **dict(_files_now(project, script, was or {})),
        **dict(_before_now(script, scripts, recorded, was or {})),
    }
    if was is None:
        return ["it does not say what it was made from"] if now else []
    return [_in_words(name, was, now) for name in sorted({*was, *now}) if was.get(name) != now.get(name)]


def _files_now(project: Project, script: Script, was: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Which modules are imported the recording knows; to find them anew would need the machine that made it."""
    names = [f"{_DATA}{path}" for path in script.data] + [name for name in was if name.startswith(_MODULE)]
    for name in filter(_is_of_the_project, names):
        if digest := digests.of_path(project.root / _path_in(name)):
            yield name, digests.short(digest)


def _before_now(
    script: Script, scripts: Mapping[str, Script], recorded: Mapping[str, Recording], was: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """A script before it that cannot be read now has been told already, and is taken to be as it was."""
    for before in script.after:
        name = f"{_AFTER}{before}"
        if before in scripts:
            yield name, _recorded(recorded.get(before), scripts[before])
        elif name in was:
            yield name, was[name]


def _in_words(name: str, was: Mapping[str, str], now: Mapping[str, str]) -> str:
    path = _path_in(name)
    if name == _LABELS:
        return "the labels of its figures changed"
    if name in (_TAGS, _CHECKS):
        return f"the {name} of its cells changed"
    if name.startswith(_AFTER):
        if name in was and name in now:
            return f'"{path}", which it comes after, was recorded anew'
        return f'it {"comes after" if name in now else "no longer comes after"} "{path}"'
    if name in was and name in now:
        return f"{path}, which it {'imports' if name.startswith(_MODULE) else 'reads'}, changed"
    return f"it {'reads' if name in now else 'no longer finds'} {path}"


def _is_of_the_project(name: str) -> bool:
    """What lies outside, by its whole path, is the machine's own affair."""
    return not Path(_path_in(name)).is_absolute()


def _path_in(name: str) -> str:
    """The path or script in the name of a hash: `data/table.csv` of `data data/table.csv`."""
    return name.partition(" ")[2]


def _marks(script: Script) -> dict[str, str]:
    """Hashes of what stands in the markers of cells beside their names, and of the labels of figures."""
    tags = {cell.name: sorted(cell.tags) for cell in script.code_cells if cell.tags}
    checks = {cell.name: list(cell.checks) for cell in script.code_cells if cell.checks}
    marks = {_TAGS: tags, _CHECKS: checks, _LABELS: _labels(script)}
    return {name: digests.short(said) for name, said in marks.items() if said}


def _labels(script: Script) -> list[list[str]]:
    return sorted([label.language, label.text, label.said] for label in script.labels)


def _files(project: Project, script: Script, finder: own_modules.Finder) -> Iterator[tuple[str, Path]]:
    """The files and folders that a script reads and imports; those outside the project by their whole path."""
    data = [project.root / name for name in script.data]
    yield from ((f"{_DATA}{name}", path) for name, path in zip(script.data, data, strict=True))
    sources = (cell.source for cell in script.code_cells)
    modules = (path for path in data if path.is_dir() or path.suffix == ".py")
    for path in finder.imported_by(sources, modules):
        inside = path.is_relative_to(project.root)
        yield f"{_MODULE}{path.relative_to(project.root).as_posix() if inside else path}", path


def _recorded(recording: Recording | None, script: Script) -> str:
    """A hash of what a later script may have seen: what was recorded, but for what varies each time, and from what."""
    if recording is None:
        return ""
    varying = {cell.name for cell in script.code_cells if cleaning.rules_of(cell.tags).varies}
    cells = [
        [cell.name, cell.source, [] if cell.name in varying else [*map(dict, cell.outputs)]] for cell in recording.cells
    ]
    return digests.short([cells, recording.provenance.get(MADE_FROM, {})])


def _machine() -> list[object]:
    python = [platform.python_implementation(), platform.python_version(), sys.platform, platform.machine()]
    return [python, sorted(_distributions()), fonts.cjk_family()]


def _distributions() -> Iterator[str]:
    """Name and version of all that is installed, as its folders' names have them: to read each would take long.

    What was installed from a folder or a repository has a note of that, which changes though its version does not.
    """
    for place in map(Path, sys.path):
        for entry in place.glob("*-info") if place.is_dir() else ():
            source = entry / "direct_url.json"
            yield f"{entry.name} {digests.of_file(source)}" if source.exists() else entry.name


def _environment(given: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(
        (name, value)
        for name, value in given.items()
        if name not in _OF_A_SESSION and not name.startswith(_OF_SESSIONS)
    )


def _project_locks(project: Project) -> list[list[str]]:
    paths = sorted({path for pattern in _LOCKS for path in project.root.glob(pattern)})
    return [[path.name, digests.of_file(path)] for path in paths]


def _recorder() -> list[str]:
    home = Path(labguide.__file__).parent
    return [digests.of_path(home / name) for name in _RECORDER]


def _note(inputs: Inputs, script: Script, known: Mapping[str, str], project: Project, backend: str) -> list[str]:
    """What is noted of a run: its inputs, and the recordings of the script and of those before it."""
    names = (script.name, *script.after)
    return [inputs.key, *(known.get(name) or recording_digest(project, backend, name) for name in names)]


def _path(project: Project) -> Path:
    return project.workdir / "ran.json"


def _read(project: Project) -> dict[str, dict[str, Any]]:
    try:
        ledger = json.loads(_path(project).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return ledger if isinstance(ledger, dict) else {}


def _write(project: Project, ledger: Mapping[str, Any]) -> None:
    recordings.write_atomically(_path(project), (json.dumps(ledger, indent=1, sort_keys=True) + "\n").encode())
