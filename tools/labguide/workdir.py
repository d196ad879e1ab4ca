"""The ignored folder `.labguide/`: one build at a time, and the swap of a finished site into its place."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from filelock import FileLock, Timeout

from labguide.model import Project


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


class Stage:
    """A folder beside the published site, in which the next one is built, to take its place when it is whole."""

    def __init__(self, published: Path) -> None:
        self.published = published
        self.folder = published.with_name(f".{published.name}.new")
        self._previous = published.with_name(f".{published.name}.old")
        self.discard()  # what a killed build may have left

    def publish(self) -> None:
        """Put the finished site in the place of the published one; a reader finds the one or the other, whole."""
        if self.published.exists():
            self.published.replace(self._previous)
        self.folder.replace(self.published)
        self.discard()

    def discard(self) -> None:
        """Remove the stage, and the site that was replaced."""
        for folder in (self.folder, self._previous):
            shutil.rmtree(folder, ignore_errors=True)
