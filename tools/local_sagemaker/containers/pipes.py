"""Named pipes: a container reads ``train_0``, then ``train_1``, each of them an epoch, while the data comes from S3.

Source: developer guide, "How Amazon SageMaker Provides Training Information". The pipe of the next epoch is there as
soon as somebody reads the present one, so a reader never looks for it in vain.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..cloud.storage import NoSuchDataError

POLL = 0.02
"""Seconds between two looks for a reader."""


@dataclass
class Pipe:
    """A channel's pipes, at `path` and a number. `content` returns the pieces of an epoch.

    If they cannot be had because of what the job was given, that is the `error`.
    """

    path: Path
    content: Callable[[int], Iterator[bytes]]
    error: NoSuchDataError | None = None
    _over: threading.Event = field(default_factory=threading.Event)

    def open(self, when_wrong: Callable[[], None]) -> None:
        """Make the first epoch's pipe, and feed whoever reads until `close`; call `when_wrong` if there is an error."""
        self._make(0)
        threading.Thread(target=self._feed, args=[when_wrong], daemon=True).start()

    def close(self) -> None:
        """Feed nobody any more."""
        self._over.set()

    def _feed(self, when_wrong: Callable[[], None]) -> None:
        try:
            for epoch in itertools.count():
                self._write_epoch(epoch)
        except NoSuchDataError as error:
            self.error = error
            when_wrong()
        except _OverError:
            return

    def _write_epoch(self, epoch: int) -> None:
        with os.fdopen(self._reader(epoch), "wb", buffering=0) as pipe:
            self._make(epoch + 1)
            # A reader may stop before the end: the rest of the epoch is not for anybody.
            with contextlib.suppress(BrokenPipeError):
                self._write(pipe.write, epoch)
        self._at(epoch).unlink(missing_ok=True)

    def _write(self, write: Callable[[memoryview], int | None], epoch: int) -> None:
        for piece in self.content(epoch):
            left = memoryview(piece)
            while left:
                left = left[write(left) or 0 :]

    def _reader(self, epoch: int) -> int:
        """Wait for a reader; return where to write for it. Raises _OverError."""
        while not self._over.wait(POLL):
            with contextlib.suppress(OSError):  # nobody reads yet
                pipe = os.open(self._at(epoch), os.O_WRONLY | os.O_NONBLOCK)
                os.set_blocking(pipe, True)
                return pipe
        raise _OverError

    def _at(self, epoch: int) -> Path:
        return self.path.with_name(f"{self.path.name}_{epoch}")

    def _make(self, epoch: int) -> None:
        with contextlib.suppress(FileExistsError, FileNotFoundError):  # the folder goes with the job
            os.mkfifo(self._at(epoch))


class _OverError(Exception):
    """Nothing is to be written any more."""


@contextlib.contextmanager
def opened(pipes: Iterable[Pipe], when_wrong: Callable[[], None]) -> Iterator[list[Pipe]]:
    """Feed the readers of `pipes` while the ``with`` block runs; call `when_wrong` if one has an error."""
    fed = list(pipes)
    for pipe in fed:
        pipe.open(when_wrong)
    try:
        yield fed
    finally:
        for pipe in fed:
            pipe.close()
