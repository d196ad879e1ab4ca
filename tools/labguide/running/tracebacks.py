"""Finds, in the traceback that IPython prints, the line of the cell that raised."""

from __future__ import annotations

import re
from collections.abc import Sequence

from labguide import lines

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_FRAME = re.compile(r"^(?:Cell In\[\d+\], line (?P<line>\d+)|\s*File .*ipykernel_\d+.*?:(?P<other>\d+))")
_SYNTAX = re.compile(r"^\s*Cell In\[\d+\],? line (?P<line>\d+)")


def cell_line(traceback: Sequence[str]) -> int:
    """The line, from 1, of the outermost frame in the cell itself; 1 if the traceback names none."""
    for block in traceback:
        for line in lines.split(_COLOUR.sub("", block)):
            frame = _FRAME.match(line) or _SYNTAX.match(line)
            if frame:
                return int(next(group for group in frame.groups() if group))
    return 1
