"""Ctrl-C and what else ends a program, held while something is deleted that costs money.

The first signal of a run ends the run, and deletion begins. One more says that deletion goes on and what is left, so
that nobody ends it by impatience; only another one ends it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import Any

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, what ends a CI job, and a terminal that closes."""

_STDERR = 2


class Endings:
    """What the signals do. `left` says what is not deleted yet; it is called from a signal's handler."""

    def __init__(self, left: Callable[[], Sequence[str]]) -> None:
        self.forced = False
        """Whether the user wants the program to end whatever is left."""
        self._left = left
        self._holds = False
        self._told = False
        self._before: dict[signal.Signals, Any] = {}

    def listen(self) -> None:
        """Take the signals over. What this process was told to ignore stays ignored."""
        if threading.current_thread() is threading.main_thread():
            for each in ENDINGS:
                if signal.getsignal(each) is not signal.SIG_IGN:
                    self._before[each] = signal.signal(each, self._on_signal)

    def hold(self) -> None:
        """From now on no signal ends the program at once."""
        self._holds = True

    def restore(self) -> None:
        """Let the signals do what they did before."""
        for each, handler in self._before.items():
            signal.signal(each, handler or signal.SIG_DFL)
        self._before = {}

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if not self._holds:
            self._holds = True
            raise KeyboardInterrupt
        if not self._told:
            self._told = True
            say(f"still deleting {_named(self._left())}; another Ctrl-C ends that and leaves it, at your cost")
            return
        self.forced = True
        raise KeyboardInterrupt


@contextlib.contextmanager
def held(left: Callable[[], Sequence[str]]) -> Iterator[None]:
    """Hold the signals from the beginning, for a block that only deletes."""
    endings = Endings(left)
    endings.hold()
    endings.listen()
    try:
        yield
    finally:
        endings.restore()


def say(text: str) -> None:
    """Write a line to stderr: in a handler, where `print` may be at work already, and to a terminal that is gone."""
    with contextlib.suppress(OSError):
        os.write(_STDERR, f"  {text}\n".encode())


def _named(left: Sequence[str]) -> str:
    return ", ".join(left) or "what the run made"
