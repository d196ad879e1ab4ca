"""Work that waits for its turn."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from ..cloud import Cloud


@dataclass
class Queue:
    """Work of one kind, done in the order in which it came."""

    _waiting: deque[Callable[[], None]] = field(default_factory=deque)
    _running: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, cloud: Cloud, work: Callable[[], None], at_once: int) -> None:
        """Have `work` done when less than `at_once` of its kind is being done."""
        with self._lock:
            self._waiting.append(work)
            if self._running >= at_once:
                return
            self._running += 1
        cloud.start(lambda: self._go_on(cloud))

    def _go_on(self, cloud: Cloud) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._running -= 1
                    return
                work = self._waiting.popleft()
            try:
                work()
            except Exception:
                cloud.tell_bug()
