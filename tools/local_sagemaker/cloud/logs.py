"""What a container prints goes to CloudWatch Logs while it runs."""

from __future__ import annotations

import contextlib
import queue
import re
import threading
import time
from typing import Any

from ..wire import AwsError, Caller
from . import Cloud

INTERVAL = 0.25
"""Seconds between two deliveries."""

MAX_LINE = 200_000
"""Characters of one event; CloudWatch takes 256 KB."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class LogStream:
    """One stream of a log group, filled by a thread of its own.

    Control characters arrive as SageMaker's log agent writes them, octal: a tab is ``#011``.
    """

    def __init__(self, cloud: Cloud, caller: Caller, group: str, stream: str) -> None:
        self._cloud, self._caller = cloud, caller
        self._place = {"logGroupName": group, "logStreamName": stream}
        self._lines: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._delivered = threading.Event()
        self._call("CreateLogGroup", {"logGroupName": group})
        self._call("CreateLogStream", self._place)
        cloud.start(self._deliver)

    def write(self, line: str) -> None:
        """Add one line."""
        message = _CONTROL.sub(lambda match: f"#{ord(match[0]):03o}", line.rstrip("\n"))[:MAX_LINE]
        if message:
            self._lines.put({"timestamp": int(time.time() * 1000), "message": message})

    def close(self) -> None:
        """Deliver what is left; return when clients can read it."""
        self._lines.put(None)
        self._delivered.wait()

    def _deliver(self) -> None:
        open_ = True
        while open_:
            batch = self._next_batch()
            open_ = batch[-1] is not None
            if events := [event for event in batch if event]:
                self._call("PutLogEvents", {**self._place, "logEvents": events})
        self._delivered.set()

    def _next_batch(self) -> list[dict[str, Any] | None]:
        """Return the lines of the next `INTERVAL`; None, the end, is the last one if it is there."""
        batch = [self._lines.get()]
        deadline = time.monotonic() + INTERVAL
        while batch[-1] is not None and (left := deadline - time.monotonic()) > 0:
            with contextlib.suppress(queue.Empty):
                batch.append(self._lines.get(timeout=left))
        return batch

    def _call(self, operation: str, parameters: dict[str, Any]) -> None:
        # The group may be there already, or a client may have deleted it while the container runs.
        with contextlib.suppress(AwsError):
            self._cloud.floor.call(self._caller, f"Logs_20140328.{operation}", parameters)
