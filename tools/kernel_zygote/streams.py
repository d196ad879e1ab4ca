"""The standard streams of a kernel, of which its child processes' output is a part.

A kernel's file descriptors 1 and 2 are files, and so are those of all that it starts. Whatever is written there by
anything else than this Python (`os.system`, `os.write`, a C library, a forked child) is put into the stream before
the next thing that Python itself writes, and at the end of the cell: in the order in which it happened, once.
ipykernel's own way is a pipe and a thread, which come too late when a cell ends, and end with the kernel: the last
words of a dying one stay in a file.

A kernel is told to use this by its option `IPKernelApp.outstream_class`.
"""

from __future__ import annotations

import codecs
import contextvars
import os
import threading
from typing import Any

from ipykernel.iostream import OutStream

_NUMBERS = {"stdout": 1, "stderr": 2}


class FileStream(OutStream):
    """ipykernel's stream, joined with the file that its descriptor is."""

    def __init__(self, session: Any, pub_thread: Any, name: str, *arguments: Any, **more: Any) -> None:
        super().__init__(session, pub_thread, name, *arguments, **{**more, "watchfd": False})  # type: ignore[no-untyped-call]
        self._number = _NUMBERS[name]
        self._file = os.dup(self._number)  # one's own: a cell may close the descriptor, or point it elsewhere
        self._seen = self._size()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._taking = threading.RLock()
        # Where ipykernel sends its own log, if a stream has this.
        self._original_stdstream_copy = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)

    def fileno(self) -> int:
        """The descriptor, for those who hand the stream to a child process."""
        return self._number

    def write(self, string: str) -> int | None:  # type: ignore[override]
        """Write after what others have written; a forked child writes as they do."""
        if isinstance(string, str):
            if not string.isascii():
                string = string.encode(errors="backslashreplace").decode()  # half a character cannot be sent
            if os.getpid() != self._master_pid:
                os.write(self._number, string.encode())
                return len(string)
        self.take()
        written: int | None = super().write(string)
        return written

    def flush(self) -> None:
        """Send all that was written so far, by whomever."""
        if os.getpid() == self._master_pid:
            self.take()
            super().flush()  # type: ignore[no-untyped-call]

    def take(self) -> None:
        """Put into the stream what others than this Python have written to the file."""
        if self._size() == self._seen:
            return
        with self._taking:
            written = os.pread(self._file, self._size() - self._seen, self._seen)
            self._seen += len(written)
            text = self._decoder.decode(written)
            if text and not self.closed:
                # In a context of its own it belongs to the cell that runs now, whoever happens to look.
                contextvars.Context().run(super().write, text)

    def _size(self) -> int:
        """How much was written; all write at the end, so nobody minds where the file stands. Quicker than `fstat`."""
        return os.lseek(self._file, 0, os.SEEK_END)
