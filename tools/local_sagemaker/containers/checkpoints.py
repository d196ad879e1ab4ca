"""Checkpoints: what a job finds in a folder of its own at the start, and what of it goes to S3 while it runs."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..cloud import Cloud, storage
from ..wire import Caller

INTERVAL = 2.0
"""Seconds between two looks for new checkpoints."""


@dataclass
class Checkpoints:
    """The folder at `local` on this machine and the place in S3 that it is kept equal to."""

    cloud: Cloud
    caller: Caller
    uri: str
    local: Path
    _sent: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def fetch(self) -> None:
        """Download what an earlier job has left, if anything."""
        self.local.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(storage.NoSuchDataError):
            storage.download_prefix(self.cloud, self.caller, self.uri.rstrip("/") + "/", self.local)
        self._sent = {file: _version(file) for file in self._files()}

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """Upload what appears while the block runs, and the rest at its end."""
        ended = threading.Event()
        sender = threading.Thread(target=self._send_until, args=[ended], daemon=True)
        sender.start()
        try:
            yield
        finally:
            ended.set()
            sender.join()
            self._send()

    def _send_until(self, ended: threading.Event) -> None:
        while not ended.wait(INTERVAL):
            # A file may vanish while it is read: the next look, or the one at the end, decides.
            with contextlib.suppress(OSError, storage.NoSuchDataError):
                self._send()

    def _send(self) -> None:
        for file in self._files():
            if self._sent.get(file) != (version := _version(file)):
                storage.upload(self.cloud, self.caller, file, f"{self.uri.rstrip('/')}/{file.relative_to(self.local)}")
                self._sent[file] = version

    def _files(self) -> list[Path]:
        return [path for path in self.local.rglob("*") if path.is_file()]


def _version(file: Path) -> tuple[int, int]:
    told = file.stat()
    return told.st_mtime_ns, told.st_size
