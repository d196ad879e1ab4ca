"""Reads scripts: Python files in jupytext's percent format, whose cells begin at lines such as `# %% name="train"`.

A code cell's source is what stands in the file between two such lines, character for character; only blank lines at
its ends are left away. jupytext reads what stands behind a marker, and the prose; it never sees code, because it
would uncomment whatever looks like a magic (`# rm -rf data`) and cut lines at form feeds and U+2028.

What looks like a cell and is not read is a problem at its line. A script with such a problem is no script for
running: its recording stays, and documents that quote it are not blamed for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from labguide import exercises, lines
from labguide.headers import HeaderError
from labguide.model import Cell, Place, Project, Script
from labguide.problems import Problem, Problems
from labguide.scripts import cells, header, marks
from labguide.scripts.faults import CannotReadError

UNREADABLE = "bad-script"
TYPED = "secret-in-source"
"""The kinds of the problems for which a script is left out: a recording would repeat a key that stands in it."""


def script_name(path: str) -> str:
    """The name by which documents quote a script: `snippets/create_bucket.py` is `create-bucket`."""
    return Path(path).stem.replace("_", "-")


def unreadable(problems: Iterable[Problem]) -> frozenset[str]:
    """The names of scripts that are there but are left out: it is told already, wherever they are named."""
    told = (problem.place.path for problem in problems if problem.kind in (UNREADABLE, TYPED))
    return frozenset(script_name(path) for path in told if path.endswith(".py"))


def read(project: Project, path: Path, name: str, problems: Problems) -> Script | None:
    """Read a Python file that may be a script; `name` is its path for problems.

    Returns None for a plain module, and for a script that cannot be read, with a problem.
    """
    try:
        return _script(project, path, name, problems)
    except HeaderError as error:
        problems.add(Place(name, error.line), UNREADABLE, f"the header cannot be read: {error}", "mend the YAML")
    except CannotReadError as error:
        for line, message, remedy in error.faults:
            problems.add(Place(name, line), UNREADABLE, message, remedy)
    return None


def _script(project: Project, path: Path, name: str, problems: Problems) -> Script | None:
    text = marks.text_of(path)
    if text is None:
        return None
    found = lines.split(text)
    markers = marks.find(found, text)
    if not markers:
        return None
    said = header.checked(project, header.find(found, markers[0]), name, problems)
    read = cells.read(found, markers, name, problems)
    exercises.check(read, problems)
    return _made(name, read, said)


def _made(name: str, read: tuple[Cell, ...], said: Mapping[str, Any]) -> Script:
    return Script(
        name=script_name(name),
        path=name,
        cells=read,
        after=tuple(said.get("after", ())),
        backends=tuple(said.get("backends", header.BACKENDS)),
        data=tuple(said.get("data", ())),
        timeout=float(said.get("timeout", 600)),
        limit=float(said.get("limit", 1800)),
        minutes=said.get("minutes"),
        creates=tuple(said.get("creates", ())),
    )
