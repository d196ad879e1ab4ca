"""What moto keeps, on disk: requests that change something are written down, and made again at the next start.

A request is written down before moto is asked, with the moment it happens in, so that nothing that was answered is lost
if the server is killed (a crash of the whole machine may lose the last moments), and that making it again comes to the
same ids and times. One that moto refuses is taken back. What has no effect any more leaves the journal now and then:
see effects.py.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from werkzeug.wrappers import Request, Response

from ..wire import AwsError, Caller, reads
from . import moment
from .effects import lasting
from .entries import Bodies, Entry

ROOM = 8 * 1024**2
"""Bytes that the journal may grow, beyond twice what it had, before it is looked through."""


class Journal:
    """The state of moto in `folder`. One request at a time: the caller sees to it."""

    def __init__(self, folder: Path) -> None:
        moment.install()
        self.path = folder / "requests.jsonl"
        self.bodies = Bodies(folder / "bodies")
        self._seen: set[Caller] = set()
        self._limit = ROOM
        self.path.touch()
        self._file = os.open(self.path, os.O_RDWR)

    def wants(self, request: Request, caller: Caller, operation: str) -> bool:
        """Return whether `request` is to be written down: it may change something.

        The first one of an account to a service may: it makes what every account has, such as a network.
        """
        # A REST request, "s3 PUT /bucket/key", does not name its operation.
        reading = request.method in ("GET", "HEAD") or (" " not in operation and reads(operation))
        return caller not in self._seen or not reading

    def entry_of(self, request: Request, caller: Caller) -> Entry:
        """Return what will be written of `request`, and read its body. Raises AwsError if the disk is full."""
        with refusing(self.path.parent):
            return Entry.take(request, caller, self.bodies)

    def keep(self, entry: Entry, do: Callable[[Entry], Response]) -> Response:
        """Write `entry` down, `do` it and return the answer. Raises AwsError if the disk is full."""
        with refusing(self.path.parent):
            end = self._append(entry)
        try:
            with moment.standing(entry.moment):
                response = do(entry)
        except BaseException:
            os.ftruncate(self._file, end)
            raise
        if response.status_code >= 300:
            os.ftruncate(self._file, end)
        else:
            self._seen.add(entry.caller)
        return response

    def replay(self, do: Callable[[Entry], Response]) -> None:
        """Do again what brings everything back, and tell of what cannot be."""
        for number, line in enumerate(self._shorten(), 1):
            try:
                entry = Entry.read(line)
            except ValueError as error:
                self._tell(number, f"the line is damaged, so what it made is missing; repair or delete it ({error})")
                continue
            self._seen.add(entry.caller)
            if problem := _again(entry, do):
                self._tell(number, f"{entry.path} cannot be done again, so what it made is missing ({problem})")

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def _shorten(self) -> list[str]:
        """Write the journal anew without what has no effect any more, if there is any; return its lines."""
        lines = self._whole_lines()
        kept = [line for line, lasts in zip(lines, lasting(map(_entry, lines)), strict=True) if lasts]
        if len(kept) < len(lines) and self._write_anew(kept):
            self.bodies.keep_only(entry.file for line in kept if (entry := _entry(line)))
        self._limit = 2 * self.path.stat().st_size + ROOM
        return kept

    def _write_anew(self, lines: list[str]) -> bool:
        """Make `lines` the journal; return whether there was room for that. If not, it stays as it was."""
        part = self.path.with_suffix(".part")
        try:
            part.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        except OSError:
            part.unlink(missing_ok=True)
            return False
        part.replace(self.path)
        os.close(self._file)
        self._file = os.open(self.path, os.O_RDWR)
        return True

    def _whole_lines(self) -> list[str]:
        *lines, rest = self.path.read_bytes().split(b"\n")
        if rest:
            # The server was killed while it wrote.
            self._tell(len(lines) + 1, "the last request was written in part and is left out; nobody had its answer")
            os.ftruncate(self._file, self.path.stat().st_size - len(rest))
        return [line.decode(errors="replace") for line in lines]

    def _append(self, entry: Entry) -> int:
        """Write an entry at the end, all of it or nothing; return where it begins. Raises OSError."""
        if os.fstat(self._file).st_size > self._limit:
            self._shorten()
        end, line = os.lseek(self._file, 0, os.SEEK_END), entry.line().encode()
        try:
            while line:
                line = line[os.write(self._file, line) :]
        except OSError:
            os.ftruncate(self._file, end)
            raise
        return end

    def _tell(self, number: int, problem: str) -> None:
        print(f"{self.path}:{number}: {problem} [state]", file=sys.stderr)


@contextlib.contextmanager
def refusing(folder: Path) -> Iterator[None]:
    """Answer a request that cannot be kept in `folder`: raise AwsError. Clients try again; there may be room then."""
    try:
        yield
    except ConnectionError:
        raise
    except OSError as error:
        problem = f"The state folder {folder} cannot be written: {error.strerror}."
        raise AwsError("ServiceUnavailable", problem, 503) from error


def _entry(line: str) -> Entry | None:
    try:
        return Entry.read(line)
    except ValueError:
        return None


def _again(entry: Entry, do: Callable[[Entry], Response]) -> str:
    """Do an entry again; return what went wrong, or an empty string."""
    try:
        with moment.standing(entry.moment):
            status = do(entry).status_code
    except Exception as error:
        return repr(error)
    return f"status {status}" if status >= 300 else ""
