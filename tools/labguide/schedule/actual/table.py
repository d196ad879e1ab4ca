"""Planned against actual as text for a terminal."""

from __future__ import annotations

import statistics
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime

from labguide.schedule.actual.comparison import Comparison, Row
from labguide.schedule.actual.values import Actual
from labguide.schedule.tracker.words import Words, words_of

_SINGLE = 5
"""So many classes have a column each; of more the shortest and the longest time is told."""


def table(comparison: Comparison, language: str = "") -> str:
    """The comparison as text for a terminal, in a language; in the schedule's own if none is named.

    Empty if there is no class to compare with.
    """
    if not comparison.actuals:
        return ""
    words = words_of(language or comparison.schedule.language)
    lines = [words.actual["heading"].format(title=comparison.schedule.title), ""]
    lines += [_class_line(number, each, comparison, words) for number, each in enumerate(comparison.actuals, 1)]
    lines += ["", *_columns(_cells(comparison, words)), ""]
    lines += [*_remarks(comparison, words), words.actual["rule"]]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _class_line(number: int, one: Actual, comparison: Comparison, words: Words) -> str:
    """How punctual a class was: `1  2026-11-27 09:02  file.json: began 2 min late, ended on time`."""
    if one.began is None:
        return f"{number}  {one.source}: {words.actual['nothing']}"
    start = one.start or one.began
    return words.actual["class_line"].format(
        n=number,
        day=f"{one.began:%Y-%m-%d %H:%M}",
        source=one.source,
        began=_punctual("began", (one.began - start).total_seconds() / 60, words),
        ended=_end(number, one, start, comparison, words),
    )


def _end(number: int, one: Actual, start: datetime, comparison: Comparison, words: Words) -> str:
    """How punctually a class ended; of one that has left something out nobody knows whether it has ended."""
    held = [row.took[number - 1] is not None or row.skipped[number - 1] for row in comparison.rows if not row.gone]
    if one.ended is None:
        return words.actual["not_ended"]
    if not all(held):
        return words.actual["missing"].format(n=held.count(False))
    return _punctual("ended", (one.ended - start).total_seconds() / 60 - comparison.planned, words)


def _punctual(what: str, late: float, words: Words) -> str:
    minutes = int(abs(late))
    key = "on_time" if minutes == 0 else "late" if late > 0 else "early"
    return words.actual[f"{what}_{key}"].format(n=minutes)


def _cells(comparison: Comparison, words: Words) -> list[list[str]]:
    """The table: names of columns, a row for each activity, and totals."""
    several, count = len(comparison.actuals) > 1, len(comparison.actuals)
    names = [words.actual[name] for name in ("number", "activity", "planned")]
    if several:
        names += [str(number) for number in range(1, count + 1)] if count <= _SINGLE else [words.actual["range"]]
        names += [words.actual["median"], words.actual["mean"]]
    else:
        names.append(words.actual["took"])
    names += [words.actual["over"], words.actual["suggested"]]
    return [names, *(_row(row, several, words) for row in comparison.rows), _totals(comparison, several, words)]


def _row(row: Row, several: bool, words: Words) -> list[str]:
    title = words.actual["gone"].format(title=row.title) if row.gone else row.title
    took = [
        words.actual["skipped"] if skipped else _figure(minutes)
        for minutes, skipped in zip(row.took, row.skipped, strict=True)
    ]
    if len(took) > _SINGLE:
        took = [f"{_figure(min(row.known))}–{_figure(max(row.known))}" if row.known else ""]
    middle = [_figure(row.median), _figure(row.mean)] if several else []
    suggested = "" if row.gone else _figure(row.suggested)
    return [row.number, title, _figure(row.planned), *took, *middle, _signed(row.over), suggested]


def _totals(comparison: Comparison, several: bool, words: Words) -> list[str]:
    took = comparison.took
    middle = statistics.median(took)
    single = [_figure(each) for each in took]
    if len(took) > _SINGLE:
        single = [f"{_figure(min(took))}–{_figure(max(took))}"]
    rest = [_figure(middle), _figure(statistics.fmean(took))] if several else []
    over = _signed(sum(row.over or 0.0 for row in comparison.rows))
    return ["", words.actual["total"], _figure(comparison.planned), *single, *rest, over, _figure(comparison.suggested)]


def _figure(minutes: float | None) -> str:
    """Minutes with a tenth if they have one; empty if there are none."""
    return "" if minutes is None else f"{minutes:.1f}".removesuffix(".0")


def _signed(minutes: float | None) -> str:
    text = "" if minutes is None else f"{minutes:+.1f}".removesuffix(".0")
    return "0" if text in ("+0", "-0") else text


def _remarks(comparison: Comparison, words: Words) -> Iterator[str]:
    """What the figures do not say by themselves."""
    said, count = words.actual, len(comparison.actuals)
    for row in comparison.rows:
        if any(row.skipped):
            yield said["skipped_in"].format(title=row.title, n=sum(row.skipped), all=count)
        for one in comparison.actuals:
            taken = one.of(row.identity)
            then = taken.planned if taken else None
            if then is not None and row.planned is not None and then != row.planned:
                figures = {"then": _figure(then), "now": _figure(row.planned)}
                yield said["other_minutes"].format(title=row.title, source=one.source, **figures)
    target = comparison.schedule.target
    if target is not None and comparison.suggested != target:
        key = "left_over" if comparison.suggested < target else "too_long"
        yield said[key].format(n=_figure(abs(target - comparison.suggested)), target=_figure(target))


def _columns(cells: Sequence[Sequence[str]]) -> list[str]:
    """Cells below each other, text to the left and figures to the right, with a rule below names and above totals."""
    widths = [max(_width(row[column]) for row in cells) for column in range(len(cells[0]))]
    lines = ["  ".join(_padded(*each) for each in zip(row, widths, range(len(row)), strict=True)) for row in cells]
    rule = "  ".join("-" * width for width in widths)
    return [lines[0], rule, *lines[1:-1], rule, lines[-1]]


def _padded(cell: str, width: int, column: int) -> str:
    """A cell as wide as its column; the first two columns are text."""
    blanks = " " * (width - _width(cell))
    return cell + blanks if column < 2 else blanks + cell


def _width(text: str) -> int:
    """The columns that a text takes in a terminal: a Chinese character takes two, a combining one none."""
    return sum(0 if unicodedata.combining(sign) else 1 + (unicodedata.east_asian_width(sign) in "WF") for sign in text)
