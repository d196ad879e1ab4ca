"""The cells of a script: their names and tags from the markers, their code as it stands in the file."""

from __future__ import annotations

import dataclasses
import difflib
import functools
import re
import unicodedata
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from labguide.model import EXPECT_ERROR, Cell, Place
from labguide.problems import Problems, did_you_mean
from labguide.scripts.faults import CannotReadError
from labguide.scripts.marks import BLANK

_CUT_BY_SPLITLINES = "\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_FORMAT = {"extension": ".py", "format_name": "percent", "comment_magics": False}
_INACTIVE = "active-"
_KEYS = ("checks", "name", "tags")
_SAID_TWICE = re.compile(r"""\s(checks|name|tags)\s*=.*\s\1\s*=|["'][ \t]+["']""")
"""A second value of one name, or two texts without a comma, which Python would join."""
_NO_TITLE = re.compile(
    r"""\b(checks|name|tags)["']?\s*[:=]|\[\s*(markdown|md|raw)\b|^(markdown|md|raw)$""", re.IGNORECASE
)
"""What jupytext takes for a title, though its author meant something by it."""
BAD_CHECK = "bad-check"
SLIDE_TYPES = ("slide", "subslide", "fragment", "skip", "notes")
"""What a cell may be in a deck, beside `-`: a part of what comes before it."""
_WRITE_MARKER = 'write `# %% name="train" tags=["varies"]`'
_NAMES_ARE = "a name is up to 100 letters, digits, hyphens, dots and blanks"


@dataclass(frozen=True)
class _Marked:
    """One cell as it stands in the file: the line of its marker, and the lines below it."""

    number: int
    marker: str
    body: tuple[str, ...]


def read(found: Sequence[str], markers: Sequence[int], path: str, problems: Problems) -> tuple[Cell, ...]:
    """The cells that begin at these lines of a file. Raises CannotReadError for all that cannot be read."""
    marked = [*_marked(found, markers)]
    faults: list[tuple[int, str, str]] = []
    cells: list[Cell] = []
    for index, each in enumerate(marked, start=1):
        try:
            cells.append(_cell(each, index, path, problems))
        except CannotReadError as error:
            faults += error.faults
    if faults:
        raise CannotReadError(*faults)
    named = tuple(_named_once(cells, marked, path, problems))
    return tuple(_with_checks(named, [Place(path, each.number) for each in marked], path, problems))


def _cell(marked: _Marked, index: int, path: str, problems: Problems) -> Cell:
    read = _read_marker(marked)
    _check_kind(marked, read)
    start, end = _without_blank_ends(marked.body)
    tags = _tags(read.metadata.get("tags", ()), Place(path, marked.number), problems)
    source = "\n".join(marked.body[start:end])
    if read.cell_type == "markdown":
        source = _prose(marked)
    name = _name(marked, read.metadata, index)
    place = Place(path, marked.number + 1 + start)
    kind: Literal["code", "markdown"] = "markdown" if read.cell_type == "markdown" else "code"
    checks = _checks(marked, read.metadata)
    slide = _slide(read.metadata, Place(path, marked.number), problems)
    return Cell(name, kind, source, place, tags, named="name" in read.metadata, checks=checks, slide=slide)


def _without_blank_ends(body: Sequence[str]) -> tuple[int, int]:
    """The slice of a cell's lines from the first to the last that is not blank."""
    full = [index for index, line in enumerate(body) if not BLANK.match(line)]
    return (full[0], full[-1] + 1) if full else (len(body), len(body))


def _read_marker(marked: _Marked) -> Any:
    """What jupytext reads of a marker alone."""
    read = _cell_of(marked.marker)
    if read is None or _is_misread(marked.marker, read.metadata):
        message = f"the marker of this cell cannot be read: {marked.marker}"
        raise CannotReadError((marked.number, message, _WRITE_MARKER))
    return read


def _is_misread(marker: str, metadata: Mapping[str, Any]) -> bool:
    title = str(metadata.get("title", ""))
    wrong = "incorrectly_encoded_metadata" in metadata or _SAID_TWICE.search(marker) or _NO_TITLE.search(title)
    return bool(wrong)


@functools.cache
def _cell_of(marker: str) -> Any:
    """A cell without a body; None if the marker cannot be read."""
    if any(character in marker for character in _CUT_BY_SPLITLINES):
        return None
    try:
        return _by_jupytext(marker)
    except Exception:  # metadata of another type than jupytext expects raises whatever it comes to
        return None


def _by_jupytext(text: str) -> Any:
    import jupytext  # here, because a site of decks has no script and it takes long to import

    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a wrong escape in a marker is a wrong marker
        (cell,) = jupytext.reads(text, fmt=dict(_FORMAT)).cells
    return cell


def _check_kind(marked: _Marked, read: Any) -> None:
    """What would not run as it stands is no code cell, and what is prose stands in a Markdown cell."""
    tags = read.metadata.get("tags", ())
    control = read.metadata.get("run_control")
    frozen = isinstance(control, dict) and control.get("frozen")
    if read.source:  # jupytext has put a magic there, such as %%bash
        language = read.source.strip().lstrip("%")
        remedy = f"take `language=` off and write `%%{language}` as the cell's first line"
        raise CannotReadError((marked.number, f"a cell in {language} stands here as comments", remedy))
    if frozen or "active" in read.metadata or any(str(tag).startswith(_INACTIVE) for tag in _listed(tags)):
        message = "this cell is active in some formats only, but every cell of a script runs"
        raise CannotReadError((marked.number, message, "take the mark off, or the cell out"))
    if read.cell_type == "raw":
        raise CannotReadError((marked.number, "raw cells are not read", "write `[markdown]`, or take the cell out"))
    _check_keys(marked, read.metadata)


def _check_keys(marked: _Marked, metadata: Mapping[str, Any]) -> None:
    for key, value in metadata.items():
        meant = difflib.get_close_matches(key.lower(), _KEYS, n=1, cutoff=0.75)
        if key not in _KEYS and (meant or value is None):
            raise CannotReadError((marked.number, f'cells have no "{key}"', did_you_mean(key.lower(), _KEYS)))
    if not all(isinstance(tag, str) for tag in _listed(metadata.get("tags", ()))):
        raise CannotReadError((marked.number, "`tags` is no list of words", 'write `tags=["varies"]`'))


def _listed(tags: Any) -> Iterable[Any]:
    """Tags, or something that is no tag if they are no list."""
    return tags if isinstance(tags, list | tuple) else (None,)


def _name(marked: _Marked, metadata: Mapping[str, Any], index: int) -> str:
    name = metadata.get("name", f"cell-{index}")
    if not isinstance(name, str):
        raise CannotReadError((marked.number, "`name` is no text", 'write `name="train"`'))
    if not name or name != name.strip() or len(name) > 100 or not name.isprintable() or set(name) & set("/\\`"):
        message = f"a cell cannot be called {name!r}"
        raise CannotReadError((marked.number, message, _NAMES_ARE))
    return name


def _checks(marked: _Marked, metadata: Mapping[str, Any]) -> tuple[str, ...]:
    """The names in `checks="upload, convert"`."""
    said = metadata.get("checks", "")
    names = tuple(name.strip() for name in said.split(",")) if isinstance(said, str) else ("",)
    if "checks" in metadata and not all(names):
        raise CannotReadError((marked.number, "`checks` names no cell", 'write `checks="create"`, `checks="a, b"`'))
    return names if "checks" in metadata else ()


def _slide(metadata: Mapping[str, Any], place: Place, problems: Problems) -> str:
    """What `slideshow={"slide_type": "slide"}` says; `-` says nothing."""
    said = metadata.get("slideshow", {})
    kind = said.get("slide_type", "") if isinstance(said, dict) else said
    if kind in ("", "-"):
        return ""
    if not isinstance(said, dict) or kind not in SLIDE_TYPES:
        known = ", ".join(SLIDE_TYPES)
        problems.add(place, "bad-slide-type", f"`slideshow` says {kind!r}", f"slides know {known}")
        return ""
    return str(kind)


def _with_checks(cells: Sequence[Cell], markers: Sequence[Place], path: str, problems: Problems) -> Iterator[Cell]:
    """The cells, each with those of its `checks` that it can check; the others are told."""
    for number, (cell, place) in enumerate(zip(cells, markers, strict=True)):
        faults = [_fault_of_check(cell, name, cells, number, path) for name in cell.checks]
        for message, remedy in filter(None, [_fault_of_cell(cell), *faults]):
            problems.add(place, BAD_CHECK, message, remedy)
        right = (name for name, fault in zip(cell.checks, faults, strict=True) if fault is None)
        yield dataclasses.replace(cell, checks=() if _fault_of_cell(cell) else tuple(dict.fromkeys(right)))


def _fault_of_cell(cell: Cell) -> tuple[str, str] | None:
    """Why a cell can be no check at all, and what to do."""
    if cell.checks and cell.kind != "code":
        return f'"{cell.name}" is text, and checks nothing', "take `checks=` off, or write code"
    if cell.checks and EXPECT_ERROR in cell.tags:
        return f'the check "{cell.name}" is to pass at its own place', f"take the tag {EXPECT_ERROR} off"
    return None


def _fault_of_check(cell: Cell, name: str, cells: Sequence[Cell], number: int, path: str) -> tuple[str, str] | None:
    """Why one of the names in a cell's `checks` is of no use, and what to do."""
    named = next((index for index, each in enumerate(cells) if each.name == name), None)
    before = [each.name for each in cells[:number] if each.kind == "code" and each.named]
    if cell.checks.count(name) > 1:
        return f'`checks` names "{name}" twice', "write it once"
    if named is None:
        return f'`checks` names no cell "{name}" of {path}', did_you_mean(name, before)
    if named == number:
        return f'the cell "{name}" cannot check itself', "name the cell whose work it checks"
    if cells[named].kind != "code":
        return f'"{name}" is text, and does nothing that could be checked', did_you_mean(name, before)
    if not cells[named].named:
        return f'"{name}" is no name but a position', f'give the cell a name at {cells[named].place}: # %% name="..."'
    if named > number:
        return f'the cell "{name}" comes after its check "{cell.name}"', "put the check below it"
    return None


def _named_once(cells: Iterable[Cell], marked: Iterable[_Marked], path: str, problems: Problems) -> Iterator[Cell]:
    """The cells, each with a name of its own; names become those of files, on systems that know no case too."""
    known: dict[str, str] = {}
    for index, (cell, each) in enumerate(zip(cells, marked, strict=True), start=1):
        name = cell.name
        if folded(name) in known:
            message = f'a second cell "{name}"' + ("" if name in known.values() else ", but for its case")
            problems.add(Place(path, each.number), "duplicate-cell", message, "give it another name")
            name = f"{name}-{index}"
        known[folded(name)] = name
        yield dataclasses.replace(cell, name=name)


def folded(name: str) -> str:
    """A name as file systems without case compare it."""
    return unicodedata.normalize("NFC", name).casefold()


def _tags(tags: Iterable[str], place: Place, problems: Problems) -> frozenset[str]:
    from labguide import cleaning  # here, because whoever only asks about translations has no use for it

    known = frozenset(tags)
    try:
        cleaning.rules_of(known)
    except ValueError as error:
        problems.add(place, "bad-tag", f"the tolerance cannot be read: {error}", "write a tag such as tolerance-1e-3")
        return frozenset(tag for tag in known if not tag.startswith(cleaning.TOLERANCE))
    return known


def _prose(marked: _Marked) -> str:
    """A Markdown cell's text without its comment signs, which jupytext knows to take off."""
    body = "\n".join(marked.body)
    aside, back = _stand_ins(body)
    return str(_by_jupytext(f"{marked.marker}\n{body.translate(aside)}").source).translate(back)


def _stand_ins(text: str) -> tuple[dict[int, int], dict[int, int]]:
    """Tables that replace what jupytext would take for the end of a line or a marker, and put it back."""
    unused = (number for number in range(0xF0000, 0xFFFFE) if chr(number) not in text)
    aside = dict(zip(map(ord, f"%{_CUT_BY_SPLITLINES}"), unused, strict=False))
    return aside, {other: own for own, other in aside.items()}


def _marked(found: Sequence[str], markers: Sequence[int]) -> Iterator[_Marked]:
    for number, end in zip(markers, [*markers[1:], len(found) + 1], strict=True):
        yield _Marked(number, found[number - 1], tuple(found[number : end - 1]))
