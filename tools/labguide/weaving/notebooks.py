"""Notebooks for readers: a script as a page, and as `.ipynb` files to download, in every language.

A translation (`notebooks/video-games.zh-TW.md`) has the prose in its language and quotes every code cell once, in
the script's order; the code itself is never copied.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from typing import Any

import nbformat

from labguide import quotes, sources
from labguide.model import Cell, CellQuote, Document, Place, Recording, Script, Sources
from labguide.problems import Problems, did_you_mean

_SYNC_MARK = re.compile(r"^<!-- en:[0-9a-f]{12} -->\n?", re.MULTILINE)
_HEADING_ID = re.compile(r"(?m)^(#+ .*?)[ \t]*\{#[\w-]+\}[ \t]*$")


def expand(document: Document, all_sources: Sources, problems: Problems) -> Document:
    """A page whose front matter says `notebook: notebooks/video-games.py`, with that notebook after its own text."""
    path = document.meta.get("notebook")
    if document.kind != "lesson" or path is None:
        return document
    known = {script.path: script for script in all_sources.scripts.values()}
    if path not in known:
        remedy = did_you_mean(str(path), known)
        problems.add(Place(document.path), "unknown-script", f'no script "{path}"', remedy)
        return document
    script = known[path]
    translation = translation_of(script, document.language, all_sources)
    body = _body(translation) if translation else _as_markdown(script)
    text = f"{document.text.rstrip()}\n\n{body}\n"
    found = quotes.find(text.splitlines(), document.path, document.body_line, Problems())
    return dataclasses.replace(document, text=text, quotes=found)


def translation_of(script: Script, language: str, all_sources: Sources) -> Document | None:
    """The translation of a script's prose into a language, if there is one."""
    path = f"{script.path.removesuffix('.py')}.{language}.md"
    return next((each for each in all_sources.documents if each.path == path), None)


def check_translation(document: Document, scripts: Mapping[str, Script], problems: Problems) -> None:
    """A translation must quote each code cell of its script once, in order: its notebook is to run like the other."""
    path = document.path.removesuffix(f".{document.language}.md") + ".py"
    name = sources.script_name(path)
    if document.kind != "notebook":
        return
    quoted = [quote for quote in document.quotes if isinstance(quote, CellQuote) and quote.script == name]
    if name not in scripts or scripts[name].path != path:
        if quoted:
            remedy = f"lay it beside {scripts[name].path}" if name in scripts else "give it the name of its script"
            problems.add(Place(document.path), "unknown-script", f"there is no {path} that this translates", remedy)
        return
    expected = [cell.name for cell in scripts[name].code_cells]
    for quote, cell in zip(quoted, expected, strict=False):
        if quote.cell != cell:
            message = f'here the script has cell "{cell}", not "{quote.cell}"'
            problems.add(quote.place, "cell-order", message, "quote each code cell once, in the script's order")
            return
    if len(quoted) != len(expected):
        message = f"{len(quoted)} cells quoted, but {scripts[name].path} has {len(expected)}"
        problems.add(Place(document.path), "cell-order", message, "quote each code cell once, in the script's order")


def downloads(all_sources: Sources, recordings: Mapping[str, Recording], languages: Iterable[str]) -> dict[str, bytes]:
    """The notebooks to download, by their path in the site.

    For `notebooks/video-games.py` these are `notebooks/video-games.ipynb`, cleared, and
    `notebooks/video-games-executed.ipynb`, with outputs, and the same with `.zh-TW` for a translation.
    """
    files: dict[str, bytes] = {}
    for script in all_sources.scripts.values():
        if not script.path.startswith("notebooks/"):
            continue
        stem = script.path.removesuffix(".py")
        for language in languages:
            cells, suffix = _localised(script, language, all_sources)
            files[f"{stem}{suffix}.ipynb"] = as_ipynb(cells, None)
            files[f"{stem}-executed{suffix}.ipynb"] = as_ipynb(cells, recordings.get(script.name))
    return files


def as_ipynb(cells: Iterable[Cell], recording: Recording | None) -> bytes:
    """A notebook file (nbformat 4) of these cells, with the outputs of `recording` if there is one."""
    counter = iter(range(1, 10_000))
    made = [_notebook_cell(cell, index, recording, counter) for index, cell in enumerate(cells, start=1)]
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    notebook = nbformat.v4.new_notebook(cells=made, metadata=metadata)
    nbformat.validate(notebook)
    return f"{nbformat.writes(notebook)}\n".encode()


def _notebook_cell(cell: Cell, index: int, recording: Recording | None, counter: Iterable[int]) -> Any:
    identity = f"cell-{index}"
    if cell.kind == "markdown":
        return nbformat.v4.new_markdown_cell(cell.source, id=identity)
    number = next(iter(counter))
    recorded = recording.cell(cell.name) if recording else None
    outputs = [nbformat.from_dict(dict(output)) for output in recorded.outputs] if recorded else []
    for output in outputs:
        if output["output_type"] == "execute_result":
            output["execution_count"] = number
    return nbformat.v4.new_code_cell(
        cell.source, id=identity, outputs=outputs, execution_count=number if recorded else None
    )


def _localised(script: Script, language: str, all_sources: Sources) -> tuple[list[Cell], str]:
    translation = translation_of(script, language, all_sources)
    if translation is None:
        return list(script.cells), ""
    return _translated_cells(translation, script), f".{language}"


def _translated_cells(translation: Document, script: Script) -> list[Cell]:
    """The translation's prose between its quotes as Markdown cells, the script's own cells for the quotes."""
    code = {cell.name: cell for cell in script.code_cells}
    lines = translation.text.splitlines()
    cells: list[Cell] = []
    start = translation.body_line
    for quote in translation.quotes:
        if isinstance(quote, CellQuote) and quote.cell in code:
            cells += _prose_cells(lines, start, quote.place.line, translation.path)
            cells.append(code[quote.cell])
            start = quote.end + 1
    return cells + _prose_cells(lines, start, len(lines) + 1, translation.path)


def _prose_cells(lines: list[str], start: int, stop: int, path: str) -> list[Cell]:
    text = _without_marks("\n".join(lines[start - 1 : stop - 1])).strip()
    return [Cell(f"line-{start}", "markdown", text, Place(path, start))] if text else []


def _without_marks(text: str) -> str:
    """Without what only labguide reads: translation marks and heading ids, which Jupyter would print."""
    return _HEADING_ID.sub(r"\1", _SYNC_MARK.sub("", text))


def _body(document: Document) -> str:
    return "\n".join(document.text.splitlines()[document.body_line - 1 :]).strip()


def _as_markdown(script: Script) -> str:
    return "\n\n".join(
        cell.source if cell.kind == "markdown" else f"```{{cell}} {script.name}#{cell.name}\n```"
        for cell in script.cells
    )
