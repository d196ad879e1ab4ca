"""Decides which bytes of a recording stay when its script has run again."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from labguide import shown_values
from labguide.cleaning.sameness import Comparison, Rules, rules_of
from labguide.model import RecordedCell, Recording, Script, ValueQuote


def settle(old: Recording | None, new: Recording, script: Script, quoted: Collection[ValueQuote]) -> Recording:
    """The recording to keep: the old one, to the byte, if the new one means the same; else as much of it as does.

    `quoted` are the values that documents show: only these count, as they are shown, so that a script may keep a
    stopwatch in a variable without changing its recording at every run. What is kept of an earlier run keeps that
    run's date. See `sameness` for what means the same.
    """
    if old is None:
        return new
    kept = tuple(_kept(old.cell(cell.name), cell, rules_for(script, cell.name)) for cell in new.cells)
    changed = any(value_changed(quote, old, new, script) for quote in quoted) or not _calls(new) <= _calls(old)
    changed = changed or old.labels != new.labels
    if kept == old.cells and not changed:
        return old if old.unkept == new.unkept else dataclasses.replace(old, unkept=new.unkept)
    # What is equal is of this run too; what only means the same is still of the run that made it.
    pairs = zip(new.cells, kept, strict=True)
    cells = (cell if _shows(earlier) == _shows(cell) else earlier for cell, earlier in pairs)
    return dataclasses.replace(new, cells=tuple(cells))


def rules_for(script: Script, cell: str) -> Rules:
    """How strictly the outputs of a script's cell are compared."""
    return rules_of(next((each.tags for each in script.cells if each.name == cell), ()))


def value_changed(quote: ValueQuote, old: Recording, new: Recording, script: Script) -> bool:
    """Whether readers see another text for a quoted value. The tags of the cell that sets it hold for it."""
    before = shown_values.show_or_none(quote.expression, old.values)
    after = shown_values.show_or_none(quote.expression, new.values)
    if before is None or after is None:
        return before != after
    home = shown_values.home(script, quote.name)
    comparison = Comparison(rules_of(home.tags if home else ()), old.origin, new.origin)
    return not comparison.same_text(before, after)


def _kept(old: RecordedCell | None, new: RecordedCell, rules: Rules) -> RecordedCell:
    comparison = Comparison(rules, old.origin if old else new.origin, new.origin)
    if old and old.source == new.source and comparison.same_outputs(old.outputs, new.outputs):
        return old if comparison.same_text(old.check, new.check) else new
    return new


def _shows(cell: RecordedCell) -> tuple[object, ...]:
    return cell.outputs, cell.check


def _calls(recording: Recording) -> set[str]:
    """The distinct calls of a run. One that made fewer is no news: how often it had to look is chance.

    Nor is another word where a name may have one that was drawn by lot: a script that cleans up after others meets
    names that it did not make.
    """
    return {json.dumps(_without_drawn(call), sort_keys=True) for call in recording.provenance.get("calls", ())}


def _without_drawn(call: Mapping[str, Any]) -> Mapping[str, Any]:
    on = {parameter: _DRAWN.sub("*", str(name)) for parameter, name in call.get("on", {}).items()}
    return {**call, **({"on": on} if on else {})}


# Long words with a digit in them, or with a capital after a small letter.
_DRAWN = re.compile(
    r"(?<![0-9A-Za-z])(?:(?=[A-Za-z]*[0-9])[0-9A-Za-z]{8,}|(?=[A-Za-z]*[a-z][A-Z])[A-Za-z]{10})(?![0-9A-Za-z])"
)
