"""Becomes the browser, with its two pipes where it expects them: it reads from 3 and writes to 4.

    python launch.py READS WRITES PROGRAM ARGUMENT...

A program of its own, because nothing else of the caller's may happen between fork and exec.
"""

from __future__ import annotations

import fcntl
import os
import sys

_ABOVE = 10
"""From here on, no number is in the way of 3 and 4."""


def _launch() -> None:
    given = [int(number) for number in sys.argv[1:3]]
    high = [fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, _ABOVE) for number in given]
    for number in given:
        os.close(number)
    for number, place in zip(high, (3, 4), strict=True):
        os.dup2(number, place)
    os.execv(sys.argv[3], sys.argv[3:])  # noqa: S606  no shell is wanted


if __name__ == "__main__":
    _launch()
