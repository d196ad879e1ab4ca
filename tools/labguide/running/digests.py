"""Hashes of files and folders, by content: time stamps say nothing after a `git clone`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_SHORT = 16
"""Digits of a hash that a recording names: enough for chance, and short to read in a diff."""

_MADE = (".pyc", ".pyo", ".pyd", ".so", ".o", ".dll", ".dylib")


def of_value(value: Any) -> str:
    """A hash of what JSON can hold."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def short(value: Any) -> str:
    """The same, for a recording."""
    return of_value(value)[:_SHORT]


def of_file(path: Path) -> str:
    """A hash of a file's bytes; empty if there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def of_path(path: Path) -> str:
    """A hash of a file, or of a folder: its files' names and bytes; empty if there is neither.

    What machines make of the sources by themselves does not count, nor do hidden files.
    """
    if not path.is_dir():
        return of_file(path)
    return of_value([[each.relative_to(path).as_posix(), of_file(each)] for each in files_of(path)])


def files_of(folder: Path) -> Iterator[Path]:
    """The files of a folder that count, and that a script gets of its data, sorted."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") or part == "__pycache__" for part in path.relative_to(folder).parts)
        if not hidden and path.suffix not in _MADE and path.is_file():
            yield path
