"""Notebooks for readers: a script as a page, and as `.ipynb` files to download, in every language.

A translation (`notebooks/video-games.zh-TW.md`) has the prose in its language and quotes every code cell once, in
the script's order; the code itself is never copied.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from labguide import editions, includes, quotes, revealmd
from labguide.lines import split
from labguide.model import Cell, CellQuote, Dialect, Document, Line, Place, Project, Recording, Script, Sources
from labguide.problems import Problems, did_you_mean
from labguide.scripts import script_name
from labguide.weaving import Recorded, languages, notices, slideshow, typesetting, with_values

_HEADING_ID = re.compile(r"(?m)^(#+ .*?)[ \t]*\{#[\w-]+\}[ \t]*$")


def expand(document: Document, all_sources: Sources, project: Project, problems: Problems) -> Document:
    """A page or deck whose front matter says `notebook: notebooks/video-games.py`, with that notebook after it."""
    path = document.meta.get("notebook")
    if document.kind == "notebook" or path is None:
        return document
    known = {script.path: script for script in all_sources.scripts.values()}
    if path not in known:
        if not problems.at(str(path)):  # one that cannot be read has been told already
            remedy = did_you_mean(str(path), known)
            problems.add(document.place_of("notebook"), "unknown-script", f'no script "{path}"', remedy)
        return document
    script = known[path]
    translation = translation_of(script, document.language, all_sources)
    if document.kind == "deck":
        return _as_deck(document, script, translation, project, problems)
    if translation:
        body = _body(_unspoken(translation, script, project, problems))
    else:
        body = tuple(includes.expand(_as_lines(_unspoken_cells(script, project)), project, problems))
        if body and document.language != project.languages[0]:
            body = (*(Line(text, body[0].place, None, written=False) for text in notices.untranslated(document)), *body)
    lines = (*_stripped(document.lines), Line("", body[0].place, written=False), *body) if body else document.lines
    found = quotes.find(lines, document.body_line - 1, project, problems)
    return editions.of_document(dataclasses.replace(document, lines=lines, quotes=found), project, problems)


def _as_deck(
    document: Document, script: Script, translation: Document | None, project: Project, problems: Problems
) -> Document:
    """A deck with the slides of a notebook after its own."""
    texts = slideshow.translated(script, translation, problems) if translation else None
    if texts is None:
        texts = [_cell_lines(cell, script) for cell in script.cells]
    lines = slideshow.as_lines(script, [includes.expand(text, project, problems) for text in texts])
    own = _stripped(document.lines[document.body_line - 1 :])
    if own and lines:
        place = lines[0].place
        lines = [*own, *(Line(text, place, None) for text in ("", "---", "")), *lines]
    whole = (*document.lines[: document.body_line - 1], *(lines or own))
    of_decks = dataclasses.replace(project, dialect=revealmd.of_decks(project.dialect))
    found = quotes.find(whole, document.body_line - 1, of_decks, problems)
    return editions.of_document(dataclasses.replace(document, lines=whole, quotes=found), project, problems)


def translation_of(script: Script, language: str, all_sources: Sources) -> Document | None:
    """The translation of a script's prose into a language, if there is one."""
    found = (each for each in all_sources.documents if each.language == language and each.translates == script.path)
    return next(found, None)


def check_translation(document: Document, scripts: Mapping[str, Script], problems: Problems) -> None:
    """A translation must quote each code cell of its script once, in order: its notebook is to run like the other."""
    path = document.translates
    if not path:
        return
    name = script_name(path)
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


def downloads(all_sources: Sources, recorded: Recorded, language: str, problems: Problems) -> dict[str, bytes]:
    """The notebooks to download in a language, by their path in the site.

    For `notebooks/video-games.py` these are `notebooks/video-games.ipynb`, cleared, and
    `notebooks/video-games-executed.ipynb`, with outputs, and the same with `.zh-TW` for a translation.
    """
    files: dict[str, bytes] = {}
    for script in all_sources.scripts.values():
        translation = translation_of(script, language, all_sources)
        is_one = script.path.startswith("notebooks/")
        if not is_one or (translation is None and language != recorded.project.languages[0]):
            continue
        stem = script.path.removesuffix(".py")
        cells, suffix = _localised(script, translation, recorded, problems)
        recording = recorded.recordings.get(script.name)
        files[f"{stem}{suffix}.ipynb"] = as_ipynb(cells, None)
        files[f"{stem}-executed{suffix}.ipynb"] = as_ipynb(cells, recording, suffix.removeprefix("."))
    return files


def as_ipynb(cells: Iterable[Cell], recording: Recording | None, language: str = "") -> bytes:
    """A notebook file (nbformat 4) of these cells, with the outputs of `recording`, in a language, if there is one.

    The cells keep their tags: without `raises-exception`, Run All would stop where the page shows an error on purpose.
    """
    import nbformat  # here and below, because a site of decks has no notebook and it takes long to import

    cells = [cell for cell in cells if cell.source or not cell.lines]  # hidden tests may be all that a cell has
    counter = count(1)
    made = [_notebook_cell(cell, index, (recording, language), counter) for index, cell in enumerate(cells, start=1)]
    metadata = {
        **_title(cells),
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    notebook = nbformat.v4.new_notebook(cells=made, metadata=metadata)
    nbformat.validate(notebook)
    return f"{nbformat.writes(notebook)}\n".encode()


def _title(cells: Iterable[Cell]) -> dict[str, str]:
    """The first heading, by which viewers of notebooks call the file."""
    prose = "\n".join(cell.source for cell in cells if cell.kind == "markdown")
    heading = re.search(r"^# +(.+?) *$", prose, re.MULTILINE)
    return {"title": heading[1]} if heading else {}


def _notebook_cell(cell: Cell, index: int, shown: tuple[Recording | None, str], counter: Iterator[int]) -> Any:
    import nbformat

    identity = f"cell-{index}"
    metadata: dict[str, Any] = {"tags": sorted(cell.tags)} if cell.tags else {}
    if cell.slide:
        metadata["slideshow"] = {"slide_type": cell.slide}
    if cell.kind == "markdown":
        return nbformat.v4.new_markdown_cell(cell.source, id=identity, metadata=metadata)
    number = next(counter)
    recording, language = shown
    recorded = recording.cell(cell.name) if recording else None
    found = languages.chosen(recorded.outputs, language) if recorded else ()
    outputs = [nbformat.from_dict(dict(output)) for output in found]
    for output in outputs:
        if output["output_type"] == "execute_result":
            output["execution_count"] = number
    return nbformat.v4.new_code_cell(
        cell.source,
        id=identity,
        metadata=metadata,
        outputs=outputs,
        execution_count=number if recorded else None,
    )


def _localised(
    script: Script, translation: Document | None, recorded: Recorded, problems: Problems
) -> tuple[list[Cell], str]:
    if translation is None:
        own, cells = recorded.project.languages[0], _unspoken_cells(script, recorded.project).cells
        return [_readable(cell, own, recorded, problems) for cell in cells], ""
    translation = _unspoken(translation, script, recorded.project, problems)
    return _translated_cells(translation, script, recorded, problems), f".{translation.language}"


def _is_spoken(cell: Cell) -> bool:
    """Whether a cell is what a speaker says beside a slide of the notebook's deck."""
    return cell.kind == "markdown" and cell.slide == "notes"


def _unspoken_cells(script: Script, project: Project) -> Script:
    """A notebook as students read it: without the text that is there for who speaks."""
    if project.edition == "instructor" or not any(map(_is_spoken, script.cells)):
        return script
    return dataclasses.replace(script, cells=tuple(cell for cell in script.cells if not _is_spoken(cell)))


def _unspoken(translation: Document, script: Script, project: Project, problems: Problems) -> Document:
    """The same of a translation, whose parts are told apart as for a deck."""
    if project.edition == "instructor" or not any(map(_is_spoken, script.cells)):
        return translation
    places = spoken_places(translation, script, problems)
    lines = tuple(dataclasses.replace(line, text="") if line.place in places else line for line in translation.lines)
    found = quotes.find(lines, translation.body_line - 1, project, Problems())
    return dataclasses.replace(translation, lines=lines, quotes=found)


def spoken_places(translation: Document | None, script: Script, problems: Problems) -> frozenset[Place]:
    """The lines of a notebook, or of its translation, that are there for who speaks."""
    texts = slideshow.translated(script, translation, problems) if translation else map(_text_lines, script.cells)
    pairs = zip(script.cells, texts or (), strict=False)
    return frozenset(line.place for cell, text in pairs if _is_spoken(cell) for line in text)


def _readable(cell: Cell, language: str, recorded: Recorded, problems: Problems) -> Cell:
    """A cell of a script as a downloaded notebook has it: its text shows values and includes, as a page does."""
    if cell.kind == "code":
        return cell
    lines = tuple(includes.expand(_text_lines(cell), recorded.project, problems))
    found = quotes.find(lines, 0, recorded.project, problems)
    document = Document(cell.place.path, "notebook", language, lines, {}, 1, found)
    document = editions.of_document(document, recorded.project, problems)
    shown = [line.text for several in with_values(document, recorded, problems) for line in several]
    return dataclasses.replace(cell, source="\n".join(typesetting.joined(shown, recorded.project.dialect)))


def _translated_cells(translation: Document, script: Script, recorded: Recorded, problems: Problems) -> list[Cell]:
    """The translation's prose between its quotes as Markdown cells, the script's own cells for the quotes."""
    code = {cell.name: cell for cell in script.code_cells}
    lines = with_values(translation, recorded, problems)
    cells: list[Cell] = []
    start = translation.body_line - 1
    for quote in translation.quotes:
        if isinstance(quote, CellQuote) and quote.cell in code:
            cells += _prose_cells(lines[start : quote.first], recorded.project.dialect)
            cells.append(code[quote.cell])
            start = quote.last + 1
    return cells + _prose_cells(lines[start:], recorded.project.dialect)


def _prose_cells(lines: Iterable[Iterable[Line]], dialect: Dialect) -> list[Cell]:
    flat = [line for several in lines for line in several]
    texts = typesetting.joined([line.text for line in flat], dialect)
    text = _without_ids("\n".join(texts)).strip()
    return [Cell(f"line-{flat[0].place.line}", "markdown", text, flat[0].place)] if text else []


def _without_ids(text: str) -> str:
    """Without the headings' ids, which Jupyter would print."""
    return _HEADING_ID.sub(r"\1", text)


def _body(document: Document) -> tuple[Line, ...]:
    return _stripped(document.lines[document.body_line - 1 :])


def _stripped(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines without the blank ones at both ends."""
    written = [number for number, line in enumerate(lines) if line.text.strip()]
    return tuple(lines[written[0] : written[-1] + 1]) if written else ()


def _as_lines(script: Script) -> list[Line]:
    """A script as Markdown: its text, and a quote for each cell of code."""
    found: list[Line] = []
    for cell in script.cells:
        found += _cell_lines(cell, script)
        found.append(Line("", cell.place, None, written=False))
    return list(_stripped(found))


def _cell_lines(cell: Cell, script: Script) -> list[Line]:
    """A cell as Markdown: its text, or a quote for its code."""
    if cell.kind != "code":
        return _text_lines(cell)
    texts = [f"```{{cell}} {script.name}#{cell.name}", "```"]
    return [Line(text, cell.place, None, written=False) for text in texts]


def _text_lines(cell: Cell) -> list[Line]:
    """The lines of a cell's text. Its columns in the script are not known, for a comment may begin in two ways."""
    path, first = cell.place.path, cell.place.line
    return [Line(text, Place(path, first + number), None) for number, text in enumerate(split(cell.source))]
