"""What runs, told line by line to a person who looks at the server's terminal."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from .cloud import Cloud, Key

INTERVAL = 0.2
"""Seconds between two looks."""

KINDS = {
    "notebook-instance": "notebook instance",
    "training-job": "training job",
    "processing-job": "processing job",
    "transform-job": "transform job",
    "hyper-parameter-tuning-job": "tuning job",
    "pipeline-execution": "pipeline execution",
    "endpoint": "endpoint",
}
RUNNING = frozenset({"InProgress", "Stopping", "Creating", "Updating", "InService", "Pending", "Executing"})
"""In these statuses something is there to be ended."""


@dataclass
class Watch:
    """Tells each change of a job, an endpoint or a notebook instance, once, through `tell`."""

    cloud: Cloud
    tell: Callable[[str], None]
    _seen: dict[tuple[str, Key], str] = field(default_factory=dict)
    _enough: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Tell what changes from now on, and what is there already."""
        threading.Thread(target=self._go_on, daemon=True).start()

    def stop(self) -> list[str]:
        """Tell no more; return what still runs."""
        self._enough.set()
        now = self._now()
        return [f"{KINDS[kind]} {key.name}" for (kind, key), status in now.items() if status in RUNNING]

    def _go_on(self) -> None:
        while not self._enough.wait(INTERVAL):
            self.look()

    def look(self) -> None:
        """Tell what has changed since the last look."""
        now = self._now()
        for identity, status in now.items():
            if self._seen.get(identity) != status:
                self._tell(identity, status)
        for identity in self._seen.keys() - now.keys():
            self._tell(identity, "deleted")
        self._seen = now

    def _tell(self, identity: tuple[str, Key], status: str) -> None:
        kind, key = identity
        reason = getattr(self.cloud.shelf(kind).find(key), "failure_reason", "")
        told = f"{status}: {reason}" if reason and status == "Failed" else status
        self.tell(f"{time.strftime('%H:%M:%S')}  {KINDS[kind]} {key.name}: {told}")

    def _now(self) -> dict[tuple[str, Key], str]:
        return {(kind, key): thing.status.value for kind in KINDS for key, thing in self.cloud.shelf(kind).items()}
