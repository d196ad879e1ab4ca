"""What tests ask about processes."""

from __future__ import annotations

import time
from collections.abc import Callable

import psutil


def runs(pid: int) -> bool:
    """Whether a process lives; one that its parent has not collected yet does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for what must happen soon; `seconds` is when to give up."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
