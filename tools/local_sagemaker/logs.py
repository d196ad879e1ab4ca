"""What a container prints goes to CloudWatch Logs while it runs."""

from __future__ import annotations

import contextlib
import queue
import re
import time
from typing import Any

from .cloud import Cloud
from .wire import AwsError, Caller

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
        self._delivered = queue.Queue[bool]()
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
        self._delivered.get()

    def _deliver(self) -> None:
        last = False
        while not last:
            events = [self._lines.get()]
            if events != [None]:
                time.sleep(INTERVAL if self._lines.empty() else 0)
            while not self._lines.empty():
                events.append(self._lines.get())
            last = None in events
            if ready := [event for event in events if event]:
                self._call("PutLogEvents", {**self._place, "logEvents": ready})
        self._delivered.put(True)

    def _call(self, operation: str, parameters: dict[str, Any]) -> None:
        # The group may be there already, or a client may have deleted it while the container runs.
        with contextlib.suppress(AwsError):
            self._cloud.floor.call(self._caller, f"Logs_20140328.{operation}", parameters)
