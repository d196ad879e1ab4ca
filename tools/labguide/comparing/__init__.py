"""The step from a fresh run to its verdict: each cell held against the committed recording. Changes nothing.

What counts as a difference is decided in the room `cleaning`, for recordings and for checks alike.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from labguide import cleaning, lines, shown_values
from labguide.cleaning import Comparison, Shown, pictures
from labguide.model import (
    Cell,
    CellQuote,
    Document,
    Place,
    RecordedCell,
    Recording,
    Script,
    ValueQuote,
)
from labguide.problems import Problem

CONTEXT = 2
"""Lines that a diff shows around a change."""


@dataclass(frozen=True)
class Finding:
    """Something that an author has to look at: a problem and, for what drifted, how and where readers see it."""

    problem: Problem
    diff: tuple[str, ...] = ()
    """Lines of a unified diff, from what was recorded to what a cell shows now."""
    quoted: tuple[Place, ...] = ()
    """Where documents show it."""


@dataclass(frozen=True)
class Verdict:
    """What became of one cell of a fresh run: the same as recorded, drifted, failed, or not reached."""

    script: Script
    cell: Cell
    seconds: float = 0.0
    failure: Problem | None = None
    traceback: tuple[str, ...] = ()
    skipped: str = ""
    """Why the cell did not run; empty if it did."""
    drifts: tuple[Finding, ...] = ()
    """How its output, or a value that it sets, differs from the recording."""


def judge(
    script: Script,
    old: Recording | None,
    new: Recording | None,
    failures: Mapping[str, Problem],
    documents: Iterable[Document],
) -> tuple[Verdict, ...]:
    """A verdict for each code cell of a script.

    `old` is the committed recording; `new` is what the fresh run left as far as it came, or None if it was not
    tried; `failures` are what is wrong, by the name of the cell: the last one may have ended the run early.
    """
    documents = tuple(documents)
    verdicts = [_verdict(script, cell, new, failures) for cell in script.code_cells]
    if new is None:
        return tuple(verdicts)
    drifts = list(_drifts(script, old, new, failures, documents))
    return tuple(
        dataclasses.replace(verdict, drifts=tuple(drift for name, drift in drifts if name == verdict.cell.name))
        for verdict in verdicts
    )


def _verdict(script: Script, cell: Cell, new: Recording | None, failures: Mapping[str, Problem]) -> Verdict:
    if new is None:
        return Verdict(script, cell, skipped="its script was not run; see what is wrong with those it comes after")
    ran = new.cell(cell.name)
    seconds = float(new.provenance.get("seconds", {}).get(cell.name, 0))
    if cell.name in failures:
        return Verdict(script, cell, seconds, failures[cell.name], _traceback(ran) if ran else ())
    if ran is None:
        return Verdict(script, cell, skipped=f'the cell "{[*failures][-1]}" failed')
    return Verdict(script, cell, seconds)


def _traceback(cell: RecordedCell) -> tuple[str, ...]:
    error = next((output for output in reversed(cell.outputs) if output["output_type"] == "error"), None)
    return tuple(lines.split("\n".join(error["traceback"]))) if error else ()


def _drifts(
    script: Script,
    old: Recording | None,
    new: Recording,
    failures: Mapping[str, Problem],
    documents: Sequence[Document],
) -> Iterator[tuple[str, Finding]]:
    """Drifts by the name of the cell they are told at; those of the whole script at its first cell."""
    first = script.code_cells[0].name
    if old is None:
        remedy = f"run `labguide run {script.name}` and commit the recording"
        yield first, Finding(Problem(Place(script.path), "this script was never recorded", remedy, "no-recording"))
        return
    gone = [cell.name for cell in old.cells if all(cell.name != known.name for known in script.code_cells)]
    for name in gone:
        message = f'the recording has a cell "{name}" that the script has not'
        yield first, Finding(Problem(Place(script.path), message, _accept(script), "stale-recording"))
    for cell in script.code_cells:
        now = new.cell(cell.name)
        if now and cell.name not in failures:
            yield from ((cell.name, drift) for drift in _of_cell(script, cell, old.cell(cell.name), now, documents))
    if not failures:
        yield from _of_values(script, old, new, documents)


def _of_cell(
    script: Script, cell: Cell, old: RecordedCell | None, new: RecordedCell, documents: Sequence[Document]
) -> Iterator[Finding]:
    quoted = quotes_of(script, cell, documents)
    if old is None:
        message = f'the cell "{cell.name}" is not in the recording'
        yield Finding(Problem(cell.place, message, _accept(script), "stale-recording"), quoted=quoted)
    elif not (comparison := _comparison(cell, old, new)).same_outputs(old.outputs, new.outputs):
        diff = _diff(cell.name, *_sides(old, new, comparison))
        problem = Problem(cell.place, _what_changed(cell, old, new), _mend(script), "drift")
        yield Finding(problem, diff, quoted)
    elif old.source != new.source:
        message = f'the recording of the cell "{cell.name}" is of other code, though its output is the same'
        yield Finding(Problem(cell.place, message, _accept(script), "stale-recording"), quoted=quoted)
    if old and not _comparison(cell, old, new).same_text(old.check, new.check):
        diff = _diff(f"{cell.name}, where its step is missing", lines.split(old.check), lines.split(new.check))
        message = f'what the check "{cell.name}" says where its step is missing changed'
        yield Finding(Problem(cell.place, message, _mend(script), "drift"), diff, quoted)


def _comparison(cell: Cell, old: RecordedCell, new: RecordedCell) -> Comparison:
    return Comparison(cleaning.rules_of(cell.tags), old.origin, new.origin)


def _of_values(
    script: Script, old: Recording, new: Recording, documents: Sequence[Document]
) -> Iterator[tuple[str, Finding]]:
    quotes = [
        quote
        for document in documents
        for quote in document.quotes
        if isinstance(quote, ValueQuote) and quote.script == script.name
    ]
    told = set()
    for quote in quotes:
        home = shown_values.home(script, quote.name)
        if home is None or quote.expression in told or not cleaning.value_changed(quote, old, new, script):
            continue
        told.add(quote.expression)
        before, after = (shown_values.show_or_none(quote.expression, each.values) for each in (old, new))
        places = tuple(other.place for other in quotes if other.expression == quote.expression)
        diff = _diff(quote.expression, (before or "(no such value)",), (after or "(no such value)",))
        message = f'the value "{quote.expression}" changed'
        yield home.name, Finding(Problem(home.place, message, _mend(script), "drift"), diff, places)


def quotes_of(script: Script, cell: Cell, documents: Iterable[Document]) -> tuple[Place, ...]:
    """Where documents show the output of a cell, sorted."""
    return tuple(sorted(place for document in documents for place in _quotes_in(document, script, cell)))


def _quotes_in(document: Document, script: Script, cell: Cell) -> Iterator[Place]:
    for quote in document.quotes:
        match quote:
            case CellQuote(script=script.name, cell=cell.name) if "output" in quote.show:
                yield quote.place
    if document.kind == "lesson" and document.meta.get("notebook") == script.path:
        yield document.place_of("notebook")


def _what_changed(cell: Cell, old: RecordedCell, new: RecordedCell) -> str:
    before, after = cleaning.shown(old.outputs), cleaning.shown(new.outputs)
    if not after:
        return f'the cell "{cell.name}" shows nothing any more'
    if not before:
        return f'the cell "{cell.name}" shows something where it showed nothing'
    kinds, now = (", ".join(each.mime for each in side) for side in (before, after))
    if kinds != now:
        return f'the cell "{cell.name}" shows {now} where it showed {kinds}'
    return f'the output of the cell "{cell.name}" changed' + (
        ", and so did its code" if old.source != new.source else ""
    )


def _sides(old: RecordedCell, new: RecordedCell, comparison: Comparison) -> tuple[list[str], list[str]]:
    """The lines of both sides of a diff; what means the same on both is worded the same."""
    before, after = cleaning.shown(old.outputs), cleaning.shown(new.outputs)
    if [each.mime for each in before] != [each.mime for each in after]:
        return _lines(_told(each) for each in before), _lines(_told(each) for each in after)
    pairs = [_pair(one, other, comparison) for one, other in zip(before, after, strict=True)]
    return _lines(one for one, _ in pairs), _lines(other for _, other in pairs)


def _pair(old: Shown, new: Shown, comparison: Comparison) -> tuple[Shown, Shown]:
    """Both sides as a diff tells them: as a person reads them, and in full where that is the same."""
    if old.content and new.content:
        same = comparison.same(old, new)
        how = old.text if same else "; ".join(filter(None, (new.text, pictures.difference(old.content, new.content))))
        return old, dataclasses.replace(new, text=how)
    if comparison.same_text(old.readable, new.readable):
        return old, dataclasses.replace(new, text=comparison.adopt(old.text, new.text))
    return _told(old), dataclasses.replace(new, text=comparison.adopt(old.readable, new.readable))


def _told(shown: Shown) -> Shown:
    return dataclasses.replace(shown, text=shown.readable or shown.text)


def _lines(shown: Iterable[Shown]) -> list[str]:
    return [line for each in shown for line in (f"[{each.mime}]", *lines.split(each.text))]


def _diff(name: str, old: Sequence[str], new: Sequence[str]) -> tuple[str, ...]:
    return tuple(difflib.unified_diff(old, new, f"{name}, recorded", f"{name}, now", n=CONTEXT, lineterm=""))


def _accept(script: Script) -> str:
    return f"accept it with `labguide check --update {script.name}`"


def _mend(script: Script) -> str:
    return f"mend the cell, or {_accept(script)}"
