"""The Markdown that stands for a quoted cell: its code as a fence, then its recorded outputs."""

from __future__ import annotations

import textwrap

from labguide.model import CellQuote, Recording, Script
from labguide.problems import Problems, did_you_mean
from labguide.weaving import outputs, provenance
from labguide.weaving.outputs import Asset

RECORDED = "recorded"
"""The site's folder of what was recorded: pictures, figures, the whole of what pages show a part of."""


def block(
    quote: CellQuote, script: Script, recording: Recording | None, page: str, language: str, problems: Problems
) -> tuple[list[str] | None, list[Asset]]:
    """The lines for a quote, without its indentation, and the files they refer to; no lines if it is wrong.

    `page` is the path of the document in the site, from which links to files are relative; `language` is its own.
    """
    cell = next((cell for cell in script.code_cells if cell.name == quote.cell), None)
    if cell is None:
        remedy = did_you_mean(quote.cell, [cell.name for cell in script.code_cells])
        problems.add(quote.place, "unknown-cell", f'no cell "{quote.cell}" in {script.path}', remedy)
        return None, []
    code = _code(quote, cell.source, problems) if "code" in quote.show else []
    recorded = recording.cell(quote.cell) if recording and "output" in quote.show else None
    if recording is None or recorded is None:
        return code, []
    stem = f"{RECORDED}/{quote.script}/{quote.cell}"
    marks = provenance.marks(recording, recorded, cell)
    look = outputs.Look(stem, quote.options.get("alt", ""), page, marks, language, quote.place, problems)
    shown, pictures = outputs.as_markdown(recorded.outputs, look)
    return [*code, *([""] if code and shown else []), *shown], pictures


def _code(quote: CellQuote, source: str, problems: Problems) -> list[str]:
    lines = source.splitlines()
    if "lines" in quote.options:
        lines = _chosen_lines(quote, lines, problems)
    attributes = [f'{key}="{quote.options[key]}"' for key in ("title", "hl_lines", "linenums") if key in quote.options]
    fence = outputs.fence_for(lines)
    return [" ".join([f"{fence}python", *attributes]), *lines, fence]


def _chosen_lines(quote: CellQuote, lines: list[str], problems: Problems) -> list[str]:
    """The lines that the option `:lines: 2-5, 9` asks for, from 1, both ends included, without common indentation."""
    chosen: list[str] = []
    for part in quote.options["lines"].split(","):
        first, dash, last = part.strip().partition("-")
        try:
            start, stop = int(first), int(last) if dash else int(first)
        except ValueError:
            start, stop = 0, 0
        if not 1 <= start <= stop <= len(lines):
            message = f'the cell has no lines "{part.strip()}"'
            problems.add(quote.place, "bad-quote", message, f"it has lines 1-{len(lines)}")
            return lines
        chosen += lines[start - 1 : stop]
    return textwrap.dedent("\n".join(chosen)).splitlines()
