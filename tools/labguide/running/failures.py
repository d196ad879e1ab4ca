"""Why a run ended early, or why its recording cannot be kept."""

from __future__ import annotations

from dataclasses import dataclass

from labguide import lines
from labguide.model import Cell, Output


@dataclass(frozen=True)
class Failure:
    """What is wrong with a cell. `line` is the line in the script's file, from 1."""

    cell: Cell
    line: int
    kind: str
    message: str
    remedy: str


def told_error(shown: Output) -> str:
    """The name of an exception, and the first line of its message if it has one.

    As the cell shows it: for one that is raised while a result is shown, the kernel's reply names none.
    """
    message = lines.first(str(shown["evalue"]))
    return f"{shown['ename']}: {message}" if message else str(shown["ename"])
