"""What those who ask for runs are told: meanwhile, and of each run at its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from labguide.model import Cell, Recording, Script
from labguide.problems import Problem


class Progress(Protocol):
    """Is told what happens while scripts run; a host shows it."""

    def waiting(self) -> None:
        """Another build of this project is running; this one begins when that has ended."""

    def begin(self, scripts: int, reused: int) -> None:
        """So many scripts will run, so many need not."""

    def cell(self, script: Script, cell: Cell, number: int) -> None:
        """A script begins its code cell of that number, from 1."""

    def done(self, script: Script, ok: bool, seconds: float) -> None:
        """A script has ended."""

    def skipped(self, script: Script) -> None:
        """A script is not tried, because one that it comes after has failed."""


@dataclass(frozen=True)
class Outcome:
    """What became of one run: its recording, as far as it came, and why that cannot be kept, if it cannot."""

    recording: Recording
    problems: Mapping[str, Problem] = field(default_factory=dict)
    """What is wrong, by the name of the cell: with checks, and with the cell that ended the run early."""
