"""A notebook as a deck: its cells say which of them begin slides, as Jupyter and nbconvert have it.

    # %% [markdown] slideshow={"slide_type": "slide"}

A cell that says nothing belongs to what comes before it; the first one that is shown begins a slide in any case. A
fragment reaches to the next cell that says something. Notes are the speaker's, wherever they stand on a slide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from labguide import revealmd
from labguide.model import Cell, CellQuote, Document, Line, Place, Script
from labguide.problems import Problems
from labguide.scripts import script_name

_HIDDEN = ("notes", "skip")
_BEGINS = {"slide": "---", "subslide": "----"}


@dataclass
class _Slide:
    """The slide that is being written: its lines, its notes, and whether a fragment is open."""

    lines: list[Line] = field(default_factory=list)
    notes: list[Line] = field(default_factory=list)
    in_fragment: bool = False


def as_lines(script: Script, texts: Sequence[Sequence[Line]]) -> list[Line]:
    """A notebook's slides as the lines of a deck; `texts` are those of its cells, in order."""
    result: list[Line] = []
    slide = _Slide()
    for cell, kind, text in zip(script.cells, _kinds(script.cells), texts, strict=True):
        if kind in _BEGINS and (result or slide.lines):
            result += [*_ended(slide, cell.place), *_mark(_BEGINS[kind], cell.place)]
            slide = _Slide()
        _add(slide, kind, text, cell)
    last = script.cells[-1].place if script.cells else Place(script.path)
    return [*result, *_ended(slide, last)]


def _kinds(cells: Sequence[Cell]) -> Iterator[str]:
    """What each cell is in the deck."""
    first = next((number for number, cell in enumerate(cells) if cell.slide not in _HIDDEN), None)
    return ("slide" if number == first else cell.slide for number, cell in enumerate(cells))


def _add(slide: _Slide, kind: str, text: Sequence[Line], cell: Cell) -> None:
    if kind == "skip":
        return
    lines = [*(_as_text(text) if cell.kind == "markdown" else text), _unwritten("", cell.place)]
    if kind == "notes":
        slide.notes += lines
        return
    if kind == "fragment":
        slide.lines += _end_of_fragment(slide, cell.place)
        slide.lines += _unwritten_all(('<div class="fragment" markdown="1">', ""), cell.place)
        slide.in_fragment = True
    slide.lines += lines


def _as_text(text: Sequence[Line]) -> list[Line]:
    """A cell's text in the form of decks. No line of it begins notes: it is the type of a cell that says so."""
    lines = revealmd.normalised(text)
    shown = revealmd.visible(lines, revealmd.MARKS)
    begins = [revealmd.MARKS.notes.match(each) for each in shown]
    return [
        replace(line, text=line.text.replace(":", "&#58;", 1), offset=None) if is_mark else line
        for line, is_mark in zip(lines, begins, strict=True)
    ]


def _ended(slide: _Slide, place: Place) -> list[Line]:
    notes = [*_mark("Notes:", slide.notes[0].place), *slide.notes] if slide.notes else []
    return [*slide.lines, *_end_of_fragment(slide, place), *notes]


def _end_of_fragment(slide: _Slide, place: Place) -> list[Line]:
    return _unwritten_all(("</div>", ""), place) if slide.in_fragment else []


def _mark(text: str, place: Place) -> list[Line]:
    """A line that parts slides or begins notes, between blank ones: it counts as an author's."""
    return [_unwritten("", place), Line(text, place, None), _unwritten("", place)]


def _unwritten(text: str, place: Place) -> Line:
    return Line(text, place, None, written=False)


def _unwritten_all(texts: Sequence[str], place: Place) -> list[Line]:
    return [_unwritten(text, place) for text in texts]


def translated(script: Script, translation: Document, problems: Problems) -> list[list[Line]] | None:
    """The lines of a translation, cell by cell of its script; None, and a problem, if they cannot be told apart."""
    texts: list[list[Line]] = []
    start = translation.body_line - 1
    quoted = [
        quote
        for quote in translation.quotes
        if isinstance(quote, CellQuote) and quote.script == script_name(script.path)
    ]
    prose: list[Cell] = []
    for cell in script.cells:
        if cell.kind == "markdown":
            prose.append(cell)
            continue
        quote = next((each for each in quoted if each.cell == cell.name), None)
        if quote is None:  # told where translations are held against their scripts
            return None
        texts += _parted(translation.lines[start : quote.first], prose, problems)
        texts.append([replace(line, written=False) for line in translation.lines[quote.first : quote.last + 1]])
        start, prose = quote.last + 1, []
    return [*texts, *_parted(translation.lines[start:], prose, problems)]


def _parted(lines: Sequence[Line], cells: Sequence[Cell], problems: Problems) -> list[list[Line]]:
    """Text between two cells of code, a part for each cell of text; a part begins at a heading."""
    unwritten = [replace(line, written=False) for line in lines]
    if len(cells) < 2:
        return [unwritten] if cells else []
    heads = [number for number, line in enumerate(lines) if line.text.startswith("#")]
    starts = [0, *(number for number in heads if any(line.text.strip() for line in lines[:number]))]
    if len(starts) != len(cells):
        place = next((line.place for line in lines if line.text.strip()), cells[0].place)
        message = f"here the script has {len(cells)} cells of text, and this text has {len(starts)} parts"
        problems.add(place, "cell-order", message, "begin the text of each cell with a heading, here and in the script")
        return [unwritten, *([] for _ in cells[1:])]
    return [unwritten[start:stop] for start, stop in zip(starts, [*starts[1:], len(lines)], strict=True)]
