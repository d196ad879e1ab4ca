"""What is known of each deck that is shown, and who is told of it."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Message = Mapping[str, Any]

_MOST = 64
"""Windows that may listen at once; each one has a thread."""
_WAITING = 256
"""Messages that may wait for a window; one that reads none is let go."""


@dataclass(eq=False)
class Listener:
    """A window that is told what happens; `role` is `deck` or `speaker`."""

    deck: str
    role: str
    _waiting: queue.Queue[Message | None] = field(default_factory=lambda: queue.Queue(_WAITING))

    def tell(self, message: Message | None) -> bool:
        """Leave a message, or None as the end; False if the window reads too slowly."""
        try:
            self._waiting.put_nowait(message)
        except queue.Full:
            return False
        return True

    def messages(self, patience: float) -> Iterator[Message]:
        """The messages as they come, and an empty one after each `patience` seconds without any, until the end."""
        while True:
            try:
                message = self._waiting.get(timeout=patience)
            except queue.Empty:
                message = {}
            if message is None:
                return
            yield message


@dataclass
class _Shown:
    """One deck as it is shown: where it is, and its timer with the moment that it was told at."""

    where: Message | None = None
    clock: Message | None = None
    told: float = 0.0


class Presentation:
    """Passes messages on among the windows of each deck, and tells a new window what the others know."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._listeners: list[Listener] = []
        self._decks: dict[str, _Shown] = {}
        self._ended = False

    def join(self, deck: str, role: str) -> Listener | None:
        """A window begins to listen; None if there are too many."""
        with self._lock:
            if len(self._listeners) >= _MOST or self._ended:
                return None
            listener = Listener(deck, role)
            shown = self._decks.get(deck, _Shown())
            for message in (shown.where, self._clock(shown)):
                if message:
                    listener.tell(message)
            self._listeners.append(listener)
            self._count(deck)
        return listener

    def leave(self, listener: Listener) -> None:
        """A window is gone."""
        with self._lock:
            if listener in self._listeners:
                self._listeners.remove(listener)
                self._count(listener.deck)

    def say(self, message: Message) -> None:
        """Pass a message on to every window of its deck; the one that sent it knows it by `from`."""
        with self._lock:
            self._note(message)
            self._tell(message["deck"], message)

    def end(self) -> None:
        """Let all windows go."""
        with self._lock:
            self._ended = True
            for listener in self._listeners:
                listener.tell(None)

    def _note(self, message: Message) -> None:
        shown = self._decks.setdefault(message["deck"], _Shown()) if message["kind"] in ("where", "clock") else _Shown()
        if message["kind"] == "clock":
            shown.clock, shown.told = message, self._now()
        elif message["kind"] == "where":
            before, shown.where = shown.where, message
            clock = self._clock(shown)
            if clock and before and (before["h"], before["v"]) != (message["h"], message["v"]):
                shown.clock, shown.told = {**clock, "entered": clock["elapsed"]}, self._now()

    def _clock(self, shown: _Shown) -> Message | None:
        """The timer as it is now. Devices have clocks of their own, so its seconds are told and no moment."""
        if shown.clock is None or not shown.clock["running"]:
            return shown.clock
        return {**shown.clock, "elapsed": shown.clock["elapsed"] + self._now() - shown.told}

    def _count(self, deck: str) -> None:
        """Tell every window of a deck how many show it to an audience."""
        count = sum(1 for each in self._listeners if each.deck == deck and each.role == "deck")
        known = deck in self._decks and self._decks[deck].where is not None
        self._tell(deck, {"kind": "decks", "count": count, "known": known, "deck": deck, "from": ""})

    def _tell(self, deck: str, message: Message) -> None:
        for listener in list(self._listeners):
            if listener.deck == deck and not listener.tell(message):
                self._listeners.remove(listener)
