"""Environments with the same packages have them on the disk once: their files are hard links to each other's.

Nobody changes a file of an environment that is ready: pip replaces files, it does not write into them. What pip noted
of two installations, paths and hashes, says which files are the same.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from pathlib import Path

RECORD = "RECORD"


def share(target: Path, others: Iterable[Path]) -> None:
    """Let an environment have the files that it has in common with others only once.

    Where the file system cannot, or another environment goes away meanwhile, it keeps its own.
    """
    sources = [site for other in others for site in _packages(other)]
    for site in _packages(target):
        for record in site.glob(f"*.dist-info/{RECORD}"):
            _share_package(record, [each / record.relative_to(site) for each in sources if each.name == site.name])


def _packages(environment: Path) -> list[Path]:
    return list(environment.glob("lib/python*/site-packages"))


def _share_package(record: Path, others: Iterable[Path]) -> None:
    mine = _noted(record)
    for other in others:
        if record.parts[-4:] == other.parts[-4:] and other.is_file():
            here, there, theirs = record.parents[1], other.parents[1], _noted(other)
            same = [path for path, digest in mine.items() if digest and digest == theirs.get(path)]
            linked = {path for path in same if _link(there / path, here / path)}
            for path in mine:
                # Bytecode belongs to its source's time, which is now that of the other environment.
                if _source(path) in linked:
                    _link(there / path, here / path)
            return


def _source(path: str) -> str:
    """Return what bytecode is made from, or nothing for another file."""
    place = Path(path)
    return f"{place.parent.parent / place.name.partition('.')[0]}.py" if place.suffix == ".pyc" else ""


def _noted(record: Path) -> dict[str, str]:
    """Return the hashes of a package's files in its site-packages, by path; empty where none was noted."""
    with record.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.reader(file) if len(row) == 3]
    within = {path: digest for path, digest, _ in rows if ".." not in Path(path).parts}
    return {path: digest for path, digest in within.items() if not Path(path).is_absolute()}


def _link(theirs: Path, mine: Path) -> bool:
    """Return whether two files are one now."""
    temporary = mine.with_name(f"{mine.name}.link")
    try:
        if not theirs.samefile(mine):
            os.link(theirs, temporary)
            temporary.replace(mine)
    except OSError:
        temporary.unlink(missing_ok=True)
        return False
    return True
