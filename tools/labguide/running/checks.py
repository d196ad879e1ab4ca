"""Tries a check ahead of the step that it checks: it must fail there, and say what is missing.

So every check is known to tell a student who has skipped its step, and the page shows what it says. What it binds and
shows is forgotten; see `before`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from labguide import lines
from labguide.model import Cell, Output
from labguide.running.client import Client
from labguide.running.failures import Failure, told_error
from labguide.running.tracebacks import cell_line

SECONDS = 10.0
"""What a check may take where its step is missing: a student waits for it."""

_PATIENCE = 30.0
_ENDS = re.compile(r"[.!?。！？][\"'”’」』)）]*$")
_WRITE = 'write `assert found, "What is missing: how to do it."`'


async def tried(client: Client, index: int, check: Cell) -> str | Failure:
    """What a check says whose step has not been done; or what is wrong with it.

    `index` is the number of its cell. After a check that ends the kernel, nothing is known. Raises CellTimeoutError,
    DeadKernelError or TimeoutError.
    """
    await client.ask({"question": "remember"}, _PATIENCE)
    unseen = await client.execute_ahead(index)
    if client.ended_itself:
        return ""
    told = await client.ask({"question": "forget"}, _PATIENCE)
    return _fault(check, told, unseen.outputs) or str(told["says"])


def too_slow(check: Cell) -> Failure:
    """For a check that had not failed in time."""
    message = f'the check "{check.name}" took more than {SECONDS:g} seconds where {_missing(check)}'
    return Failure(check, check.place.line, "check-timeout", message, "let it look once, and not wait")


def _fault(check: Cell, told: Mapping[str, Any], outputs: list[Output]) -> Failure | None:
    shown: Output = next((each for each in reversed(outputs) if each["output_type"] == "error"), {})
    line = check.place.line + cell_line(shown.get("traceback", ())) - 1
    if not told["raised"]:
        message = f'the check "{check.name}" passes although {_missing(check)}'
        remedy = "let it look for what is made there, and `assert` that it is found"
        return Failure(check, line, "check-passes-unmet", message, remedy)
    if not told["fails"]:
        what = told_error(shown) if shown else str(told["raised"])
        message = f'in the check "{check.name}" a student would see {what}, where {_missing(check)}'
        remedy = f"let it use what stands before the step, and {_WRITE}"
        return Failure(check, line, "check-raises", message, remedy)
    fault = _fault_of_message(str(told["says"]))
    if fault:
        message = f'the check "{check.name}" {fault} where {_missing(check)}'
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
