"""The Markdown that stands for a quoted cell: its code as a fence, then its recorded outputs."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence

from labguide import shown_values
from labguide.lines import split
from labguide.model import Cell, CellQuote, Document, Recording, Script
from labguide.problems import Problems, did_you_mean, one_line
from labguide.quotes import OUTPUT_CLASS
from labguide.weaving import outputs, provenance
from labguide.weaving.outputs import Asset
from labguide.weaving.words import words_of

RECORDED = "recorded"
"""The site's folder of what was recorded: pictures, figures, the whole of what pages show a part of."""

CHECK_CLASS = "check-says"
"""Marks what a check says where its step is missing."""

_NUMBERS = {
    "hl_lines": re.compile(r"\d+(-\d+)?( +\d+(-\d+)?)*"),
    "linenums": re.compile(r"\d+( +\d+){0,2}"),
}
"""What the renderer understands; it takes a fence with anything else for text."""
_STEPS = re.compile(r"(?:\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*)?(?:\|(?:\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*)?)*")
"""Lines that a deck shows one after the other, as reveal.js has them; nothing between two bars means all."""


def block(
    quote: CellQuote, script: Script, recording: Recording | None, document: Document, problems: Problems
) -> tuple[list[str] | None, list[Asset]]:
    """The lines for a quote, without its indentation, and the files they refer to; no lines if it is wrong."""
    cell = _cell(quote, script, problems)
    if cell is None:
        return None, []
    code = _code(quote, cell, problems) if "code" in quote.show else []
    code = _stepped_code(quote, code, document, problems)
    recorded = recording.cell(quote.cell) if recording else None
    if recording is None or recorded is None:
        return code, []
    stem = f"{RECORDED}/{quote.script}/{quote.cell}"
    marks = provenance.marks(recording, recorded, cell, document.language)
    alt = quote.options.get("alt", "")
    look = outputs.Look(stem, alt, document.uri, marks, document.language, quote.place, problems)
    seen = recorded.outputs if "output" in quote.show else ()
    shown, assets = outputs.as_markdown(seen, look)
    shown = _stepped_output(quote, shown, document, problems)
    parts = [part for part in (code, shown, _check(recorded.check, quote, document)) if part]
    return [line for number, part in enumerate(parts) for line in ([""] if number else []) + part], assets


def _stepped_code(quote: CellQuote, code: list[str], document: Document, problems: Problems) -> list[str]:
    """The code with the steps in which a deck shows its lines: `:steps: 1-3|5`."""
    steps = quote.options.get("steps")
    if steps is None or not code:
        return code
    if not _steps_fit(quote, "steps", len(code) - 2, document, problems):
        return code
    fence, _, rest = code[0].partition("python")
    return [f'{fence}{{.python{rest} data-line-numbers="{_plain(steps)}"}}', *code[1:]]


def _stepped_output(quote: CellQuote, shown: list[str], document: Document, problems: Problems) -> list[str]:
    """The outputs with the steps in which a deck shows the lines of their first text.

    They are those of `:output_steps:`, or of `:steps:` where a quote shows no code.
    """
    key = "output_steps" if "output_steps" in quote.options or "code" in quote.show else "steps"
    if key not in quote.options:
        return shown
    first = next((number for number, line in enumerate(shown) if f" .{OUTPUT_CLASS}" in line), None)
    if first is None:
        message = f"`:{key}:` names lines, but this output has no text"
        problems.add(quote.place, "bad-quote", message, "take it out")
        return shown
    fence = shown[first].partition(" ")[0]
    last = shown.index(fence, first + 1)
    if not _steps_fit(quote, key, last - first - 1, document, problems):
        return shown
    opening = f'{shown[first].rstrip().removesuffix("}")} data-line-numbers="{_plain(quote.options[key])}"}}'
    return [*shown[:first], opening, *shown[first + 1 :]]


def _steps_fit(quote: CellQuote, key: str, count: int, document: Document, problems: Problems) -> bool:
    """Whether steps can be shown; why not is a problem."""
    said = _plain(quote.options[key])
    readable = _STEPS.fullmatch(said) is not None
    ranges = [[int(each) for each in part.split("-")] for part in re.split(r"[|,]", said) if part] if readable else []
    if document.kind != "deck":
        message, remedy = f"a page shows all lines at once, and no `:{key}:`", "mark lines with `:hl_lines: 3 5-6`"
    elif not readable:
        message, remedy = f"`:{key}: {said}` cannot be read", "write lines, and `|` between two steps: 1-3|5,7"
    elif any(not 1 <= each[0] <= each[-1] <= count for each in ranges):
        message, remedy = f"`:{key}: {said}` names a line that is not shown", f"lines 1-{count} are"
    else:
        return True
    problems.add(quote.place, "bad-quote", message, remedy)
    return False


def _plain(steps: str) -> str:
    return "".join(steps.split())


def _check(said: str, quote: CellQuote, document: Document) -> list[str]:
    """What a check says to a student who has not done its step: below its output on a page, in a deck if asked for.

    It stands in a paragraph, because that is right at any indentation.
    """
    asked = "check" in quote.show or ("output" in quote.show and document.kind != "deck")
    if not said or not asked:
        return []
    text = shown_values.as_markdown(one_line(said))
    return [f'<span class="{CHECK_CLASS}">{words_of(document.language)["check"].format(said=text)}</span>']


def _cell(quote: CellQuote, script: Script, problems: Problems) -> Cell | None:
    """The cell that is quoted. One without a name is not: it would be another after the next edit."""
    found = next((cell for cell in script.cells if cell.name == quote.cell), None)
    if found is None:
        remedy = did_you_mean(quote.cell, [cell.name for cell in script.code_cells if cell.named])
        problems.add(quote.place, "unknown-cell", f'no cell "{quote.cell}" in {script.path}', remedy)
    elif found.kind == "markdown":
        message = f'"{quote.cell}" in {script.path} is text, and runs nothing'
        problems.add(quote.place, "unknown-cell", message, "quote a cell of code")
        return None
    elif not found.named and quote.place.path != script.path:  # a page that shows its whole notebook quotes in order
        message = f'"{quote.cell}" is no name but a position in {script.path}'
        remedy = f'give the cell a name at {found.place}: # %% name="..."'
        problems.add(quote.place, "unnamed-cell", message, remedy)
        return None
    return found


def _code(quote: CellQuote, cell: Cell, problems: Problems) -> list[str]:
    asked = _asked_lines(quote, cell, problems)
    chosen = _chosen_lines(asked, cell)
    lines = [text for text, _ in chosen]
    if "lines" in quote.options:
        lines = textwrap.dedent("\n".join(lines)).split("\n")
    if not chosen and cell.lines:  # all of it is a hidden test
        return []
    fence = outputs.fence_for(lines)
    options = _attributes(quote, asked, [written for _, written in chosen], problems)
    return [" ".join([f"{fence}python", *options]), *lines, fence]


def _chosen_lines(asked: Sequence[int], cell: Cell) -> list[tuple[str, frozenset[int]]]:
    """The lines that are shown, each with the lines of the cell that it stands for, as these were written, from 0."""
    text = split(cell.source)
    if not cell.lines:
        return [(text[number], frozenset((number,))) for number in asked]
    stands_for: dict[int, set[int]] = {}
    for number in asked:
        if cell.lines[number] >= 0:
            stands_for.setdefault(cell.lines[number], set()).add(number)
    return [(text[number], frozenset(written)) for number, written in stands_for.items()]


def _attributes(
    quote: CellQuote, asked: Sequence[int], chosen: Sequence[frozenset[int]], problems: Problems
) -> Iterator[str]:
    """The options that the renderer understands, as it understands them; what it does not is a problem.

    `asked` are the lines of the cell that are to be shown, `chosen` the lines that are, by the ones they stand for.
    """
    for key in ("title", "hl_lines", "linenums"):
        value = quote.options.get(key)
        if value is None:
            continue
        fault = _fault(key, value, len(asked))
        if key == "hl_lines" and not fault:
            value = _moved(value, asked, chosen)
            if not value:
                continue
        if fault:
            problems.add(quote.place, "bad-quote", f"`:{key}: {value}` {fault[0]}", fault[1])
        else:
            mark = "'" if '"' in value else '"'
            yield f"{key}={mark}{value}{mark}"


def _fault(key: str, value: str, count: int) -> tuple[str, str] | None:
    """Why a value of an option cannot be used, and what to do."""
    if key == "title":
        both = '"' in value and "'" in value
        return ("has quotation marks of both kinds", "use one kind") if both else None
    if not _NUMBERS[key].fullmatch(value):
        return "cannot be read", "write line numbers: 2 4-6" if key == "hl_lines" else "write the first number: 1"
    ranges = [[int(number) for number in each.split("-")] for each in value.split()] if key == "hl_lines" else []
    outside = any(not 1 <= each[0] <= each[-1] <= count for each in ranges)
    return ("names a line that is not shown", f"lines 1-{count} are") if outside else None


def _moved(value: str, asked: Sequence[int], chosen: Sequence[frozenset[int]]) -> str:
    """The numbers of lines to be marked, where some lines stand for others."""
    if len(asked) == len(chosen):
        return value
    ranges = [[int(number) for number in each.split("-")] for each in value.split()]
    marked = {asked[number - 1] for each in ranges for number in range(each[0], each[-1] + 1)}
    return " ".join(str(number) for number, written in enumerate(chosen, start=1) if marked & written)


def _asked_lines(quote: CellQuote, cell: Cell, problems: Problems) -> Sequence[int]:
    """The lines, from 0, that the option `:lines: 2-5, 9` asks for: of the cell as written, both ends included."""
    count = len(cell.lines or split(cell.source))
    chosen: list[int] = []
    for part in quote.options["lines"].split(",") if "lines" in quote.options else ():
        first, dash, last = part.strip().partition("-")
        try:
            start, stop = int(first), int(last) if dash else int(first)
        except ValueError:
            start, stop = 0, 0
        if not 1 <= start <= stop <= count:
            message = f'the cell has no lines "{part.strip()}"'
            problems.add(quote.place, "bad-quote", message, f"it has lines 1-{count}")
            return range(count)
        chosen += range(start - 1, stop)
    return chosen if "lines" in quote.options else range(count)
