"""Tries a check ahead of the step that it checks: it must fail there, and say what is missing.

So every check is known to tell a student who has skipped its step, and the page shows what it says. What it binds and
shows is forgotten; see `before`. The check of an exercise is tried once more, after the exercise with a gap in place of
its solution: that is what a student has who runs the cell as it came.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labguide import exercises, lines
from labguide.model import Cell, Output
from labguide.running.client import Client
from labguide.running.failures import Failure, told_error
from labguide.running.tracebacks import cell_line

SECONDS = 10.0
"""What a check may take where its step is missing: a student waits for it."""

_PATIENCE = 30.0
_ENDS = re.compile(r"[.!?。！？][\"'”’」』)）]*$")
_WRITE = 'write `assert found, "What is missing: how to do it."`'


@dataclass(frozen=True)
class Trial:
    """A check, the number of its cell, and the exercise whose gap runs before it, with its number, if one does."""

    check: Cell
    index: int
    exercise: tuple[Cell, int] | None = None

    @property
    def source(self) -> str:
        """The check as a student has it."""
        return exercises.with_gaps(self.check.source)[0]

    @property
    def where(self) -> str:
        """What is missing where the check is tried, in words."""
        if self.exercise:
            return f'"{self.exercise[0].name}" has a gap in place of its solution'
        return _missing(self.check)


async def tried(client: Client, trial: Trial) -> str | Failure:
    """What a check says whose step has not been done; or what is wrong with it.

    After a check that ends the kernel, nothing is known. Raises CellTimeoutError, DeadKernelError or TimeoutError.
    """
    await client.ask({"question": "remember"}, _PATIENCE)
    if trial.exercise:
        cell, number = trial.exercise
        await client.execute_ahead(number, exercises.with_gaps(cell.source)[0])
    unseen = None if client.ended_itself else await client.execute_ahead(trial.index, trial.source)
    if unseen is None or client.ended_itself:
        return ""
    told = await client.ask({"question": "forget"}, _PATIENCE)
    return _fault(trial, told, unseen.outputs) or str(told["says"])


def too_slow(trial: Trial) -> Failure:
    """For a check that had not failed in time."""
    check = trial.check
    message = f'the check "{check.name}" took more than {SECONDS:g} seconds where {trial.where}'
    return Failure(check, check.place.line, "check-timeout", message, "let it look once, and not wait")


def _line(check: Cell, outputs: Sequence[Output]) -> int:
    """The line of the script where a check failed, though a student's form of it has fewer lines."""
    shown: Output = next((each for each in reversed(outputs) if each["output_type"] == "error"), {})
    at = cell_line(shown.get("traceback", ())) - 1
    _, numbers = exercises.with_gaps(check.source)
    return check.place.line + (numbers.index(at) if at in numbers else at)


def _fault(trial: Trial, told: Mapping[str, Any], outputs: list[Output]) -> Failure | None:
    check = trial.check
    shown: Output = next((each for each in reversed(outputs) if each["output_type"] == "error"), {})
    line = _line(check, outputs)
    if not told["raised"]:
        message = f'the check "{check.name}" passes although {trial.where}'
        remedy = "let it look for what is made there, and `assert` that it is found"
        return Failure(check, line, "check-passes-unmet", message, remedy)
    if not told["fails"]:
        what = told_error(shown) if shown else str(told["raised"])
        message = f'in the check "{check.name}" a student would see {what}, where {trial.where}'
        remedy = f"let it use what stands before the step, and {_WRITE}"
        return Failure(check, line, "check-raises", message, remedy)
    fault = _fault_of_message(str(told["says"]))
    if fault:
        message = f'the check "{check.name}" {fault} where {trial.where}'
        return Failure(check, line, "check-message", message, _WRITE)
    return None


def _fault_of_message(says: str) -> str:
    if not says.strip():
        return "says nothing"
    if len(lines.split(says.strip())) > 1:
        return "says several lines"
    return "" if _ENDS.search(says.strip()) else f'does not say a sentence, but "{says.strip()}",'


def _missing(check: Cell) -> str:
    named = [f'"{name}"' for name in check.checks]
    listed = " and ".join(filter(None, (", ".join(named[:-1]), named[-1])))
    return f"{listed} {'have' if len(named) > 1 else 'has'} not run yet"
