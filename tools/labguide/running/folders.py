"""The private folders of a build, which are deleted when it ends, however it ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from lifeline import Lifeline

_LONGEST = 72
"""Bytes of a folder for sockets: with the names in it, a path may have 104 on macOS, and 108 on Linux."""

_SHORT = ("/run/user/{user}", "/dev/shm", "/tmp", "/var/tmp")  # noqa: S108  the folders made there are private


@dataclass(frozen=True)
class Folders:
    """For working folders, and for kernels' sockets, whose paths have to be short."""

    work: Path
    sockets: Path


@contextmanager
def private() -> Iterator[tuple[Folders, Lifeline]]:
    """The folders, and the lifeline that deletes them and ends what carries its mark."""
    with (
        TemporaryDirectory(prefix="labguide-") as folder,
        _for_sockets(Path(folder)) as sockets,
        Lifeline(Path(folder), sockets) as line,
    ):
        yield Folders(Path(folder), sockets), line


@contextmanager
def _for_sockets(folder: Path) -> Iterator[Path]:
    """`folder` itself, unless its path is too long (TMPDIR may be anything)."""
    short = [Path(each.format(user=os.getuid())) for each in _SHORT]
    usable = [each for each in short if each.is_dir() and os.access(each, os.W_OK | os.X_OK)]
    if len(os.fsencode(folder)) <= _LONGEST or not usable:
        yield folder
        return
    with TemporaryDirectory(prefix="labguide-", dir=usable[0]) as own:
        yield Path(own)
