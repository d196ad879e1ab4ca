"""The ignored folder `.labguide/`: one build at a time, and the swap of a finished site into its place."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from filelock import FileLock, Timeout

from labguide.model import Project

# From <fcntl.h> and <linux/fs.h>, and from <sys/stdio.h> of macOS.
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_RENAME_SWAP = 2
_NOT_HERE = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP)


def only_build(project: Project, on_wait: Callable[[], None]) -> AbstractContextManager[object]:
    """Hold the project for one build. If another holds it, call `on_wait` once and wait.

    The system frees the lock of a build that was killed.
    """
    project.workdir.mkdir(exist_ok=True)
    lock = FileLock(project.workdir / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        on_wait()
        lock.acquire()
    return lock


def only_translator(project: Project) -> AbstractContextManager[object]:
    """Hold the project's translations while they are read and rewritten; wait if another command holds them."""
    project.workdir.mkdir(exist_ok=True)
    return FileLock(project.workdir / "translations").acquire()


def recover(published: Path) -> None:
    """Put a site back that a killed build had moved aside. Only for who holds the project."""
    published = published.resolve()
    previous = _beside(published, "old")
    if previous.exists() and not published.exists():
        previous.replace(published)


class Stage:
    """A folder beside the published site, in which the next one is built, to take its place when it is whole."""

    def __init__(self, published: Path) -> None:
        self.published = published.resolve()  # a link stays, what it leads to is exchanged
        self.folder = _beside(self.published, "new")
        self._previous = _beside(self.published, "old")
        recover(self.published)
        self.discard()  # what a killed build may have left

    def publish(self) -> None:
        """Put the finished site in the place of the published one.

        At any moment there is the one or the other, whole. Where the system cannot exchange two folders, there is
        neither for an instant; if the build is killed in it, the next one begins with `recover`.
        """
        if not self.published.exists():
            self.folder.replace(self.published)
        elif not _exchange(self.folder, self.published):
            self._replace()
        self.discard()

    def discard(self) -> None:
        """Remove the stage, and the site that was replaced."""
        for folder in (self.folder, self._previous):
            shutil.rmtree(folder, ignore_errors=True)

    def _replace(self) -> None:
        self.published.replace(self._previous)
        try:
            self.folder.replace(self.published)
        except BaseException:
            self._previous.replace(self.published)
            raise


def _beside(published: Path, what: str) -> Path:
    return published.with_name(f".{published.name}.{what}")


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; whether system and file system can. Raises OSError if they refuse."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        paths = os.fsencode(one), os.fsencode(other)
        if sys.platform == "darwin":
            failed = libc.renamex_np(*paths, _RENAME_SWAP)
        else:
            failed = libc.renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE)
    except (AttributeError, TypeError, OSError):  # no such function, or no such library
        return False
    if not failed:
        return True
    number = ctypes.get_errno()
    if number in _NOT_HERE:
        return False
    raise OSError(number, os.strerror(number), str(one), None, str(other))
