"""The DevTools protocol over a pipe: each message is JSON, and a zero byte ends it.

https://chromedevtools.github.io/devtools-protocol/ names the commands; Chromium's own `--remote-debugging-pipe` is
the pipe.
"""

from __future__ import annotations

import json
import os
import select
import time
from collections.abc import Callable, Mapping
from typing import Any

from labguide.problems import CannotBuildError

LIMIT = 60.0
"""Seconds that a command may take, if nobody says otherwise."""

_PIECE = 1 << 16


class BrowserError(CannotBuildError):
    """The browser ended, refused something or took too long; the text is for the user."""


class Pipe:
    """Sends commands to a browser and waits for what it answers. Not for several threads at once."""

    def __init__(self, reads: int, writes: int, last_words: Callable[[], str]) -> None:
        self._reads, self._writes, self._last_words = reads, writes, last_words
        self._number = 0
        self._begun = bytearray()
        self._whole: list[bytes] = []
        self._events: list[Mapping[str, Any]] = []
        os.set_blocking(writes, False)

    def call(
        self, method: str, params: Mapping[str, Any] | None = None, *, session: str = "", seconds: float = LIMIT
    ) -> Mapping[str, Any]:
        """What the browser answers to a command. Raises `BrowserError` if it refuses, ends, or takes longer."""
        self._number += 1
        number, until = self._number, time.monotonic() + seconds
        message = {"id": number, "method": method, "params": params or {}}
        self._send({**message, "sessionId": session} if session else message, until)
        while True:
            answer = self._receive(until, method)
            if answer.get("id") == number:
                break
            self._note(answer)
        if "error" in answer:
            raise BrowserError(f"the browser refused {method}: {answer['error'].get('message', '')}")
        result: Mapping[str, Any] = answer["result"]
        return result

    def wait(self, event: str, session: str, what: str, seconds: float = LIMIT) -> None:
        """Wait until the browser has told of an event; `what` says for people what does not happen if it does not."""
        until = time.monotonic() + seconds
        while True:
            for told in self._events:
                if told["method"] == event and told.get("sessionId") == session:
                    self._events.remove(told)
                    return
            self._note(self._receive(until, what))

    def forget(self, session: str) -> None:
        """Forget the events of a page that has not been waited for."""
        self._events = [told for told in self._events if told.get("sessionId") != session]

    def end(self, seconds: float) -> None:
        """Wait until the browser has closed its end. Raises `BrowserError` if it does not in that time."""
        until = time.monotonic() + seconds
        while self._read(until, "its end"):
            pass

    def close(self) -> None:
        """Close this end."""
        os.close(self._reads)
        os.close(self._writes)

    def _note(self, told: Mapping[str, Any]) -> None:
        if told.get("method") == "Inspector.targetCrashed":
            raise BrowserError("the browser could not show a page: it crashed, perhaps for want of memory")
        if "method" in told:
            self._events.append(told)

    def _send(self, message: Mapping[str, Any], until: float) -> None:
        rest = memoryview(json.dumps(message).encode() + b"\0")
        while rest:
            if not select.select([], [self._writes], [], max(0.0, until - time.monotonic()))[1]:
                raise _too_long(str(message["method"]))
            try:
                rest = rest[os.write(self._writes, rest[:_PIECE]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise self._ended() from None

    def _receive(self, until: float, what: str) -> Mapping[str, Any]:
        while not self._whole:
            if not self._read(until, what):
                raise self._ended()
        message: Mapping[str, Any] = json.loads(self._whole.pop(0))
        return message

    def _read(self, until: float, what: str) -> bool:
        """Take what has come; whether the browser's end is still open."""
        if not select.select([self._reads], [], [], max(0.0, until - time.monotonic()))[0]:
            raise _too_long(what)
        piece = os.read(self._reads, _PIECE)
        *whole, rest = piece.split(b"\0")
        for each in whole:
            self._whole.append(bytes(self._begun + each))
            self._begun.clear()
        self._begun += rest
        return bool(piece)

    def _ended(self) -> BrowserError:
        words = self._last_words()
        return BrowserError(f"the browser ended by itself{': ' if words else ''}{words}")


def _too_long(what: str) -> BrowserError:
    return BrowserError(f"the browser took too long, and was ended: {what}")
