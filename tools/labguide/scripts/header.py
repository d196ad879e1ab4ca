"""The header of a script: YAML in comments, between two lines `# ---`, as jupytext writes it."""

from __future__ import annotations

import codecs
import difflib
import math
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from labguide import headers
from labguide.headers import Header
from labguide.model import Place, Project
from labguide.problems import Problems, did_you_mean
from labguide.scripts.faults import CannotReadError
from labguide.scripts.marks import BLANK

KEYS = ("after", "backends", "creates", "data", "limit", "minutes", "timeout")
BACKENDS = ("local", "aws")

_CODING = re.compile(r"[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)")
_RULE = re.compile(r"#\s?---\s*$")


def find(found: Sequence[str], first_marker: int) -> Header:
    """The header, between two lines `# ---`. Anything else before the first cell is a fault."""
    above = found[: first_marker - 1]
    number = _check_first_lines(above)
    header = Header({})
    if number < len(above) and _RULE.match(above[number]):
        end = next((index for index in range(number + 1, len(above)) if _RULE.match(above[index])), None)
        if end is None:
            raise CannotReadError((number + 1, "this header has no end", "close it with a line `# ---`"))
        header = headers.parse("\n".join(_uncommented(above, number + 1, end)), number + 2)
        number = end + 1
    for index in range(number, len(above)):
        if not BLANK.match(above[index]):
            message = "this stands before the first cell, where nothing is read"
            raise CannotReadError((index + 1, message, "write a line `# %%` above it, or `# %% [markdown]` for prose"))
    return header


def _check_first_lines(above: Sequence[str]) -> int:
    """How many lines at the top are for the system, for Python, or blank."""
    number = 1 if above and above[0].startswith("#!") else 0
    if number < len(above) and (coding := _CODING.match(above[number])):
        if not _is_utf8(coding[1]):
            message = f"this line says {coding[1]}, but scripts are read as UTF-8"
            raise CannotReadError((number + 1, message, "save the file as UTF-8 and take the line out"))
        number += 1
    while number < len(above) and BLANK.match(above[number]):
        number += 1
    return number


def _is_utf8(coding: str) -> bool:
    try:
        return codecs.lookup(coding).name in ("utf-8", "utf-8-sig", "ascii")
    except LookupError:
        return False


def _uncommented(above: Sequence[str], start: int, end: int) -> Iterator[str]:
    for index in range(start, end):
        if not above[index].startswith("#"):
            raise CannotReadError((index + 1, "a line of the header without `#`", "write `# ` before it"))
        yield above[index][1:].removeprefix(" ")


def checked(project: Project, header: Header, name: str, problems: Problems) -> Mapping[str, Any]:
    """What a header says under `jupyter: labguide:`; a wrong key there is told, and counts as not said.

    Raises CannotReadError if what stands around it would have to be passed over in silence.
    """
    faults = [(header.line(*keys), message, remedy) for keys, message, remedy in _faults_of_frame(header)]
    if faults:
        raise CannotReadError(*faults)
    wrong = {key: message for key, value in _own(header).items() if (message := _fault_of_key(key, value))}
    for key, message in wrong.items():
        place = Place(name, header.line("jupyter", "labguide", str(key)))
        problems.add(place, "bad-header", message, f"known under `labguide:` are {', '.join(KEYS)}")
    said = {key: value for key, value in _own(header).items() if key not in wrong}
    found = [path for path in said.get("data", ()) if _is_of_project(project, path)]
    for path in said.get("data", ()):
        if path not in found:
            place = Place(name, header.line("jupyter", "labguide", "data"))
            remedy = "give its path from the project's root"
            problems.add(place, "unknown-file", f'`data:` names no file of the project "{path}"', remedy)
    return {**said, "data": found}


def _is_of_project(project: Project, path: str) -> bool:
    """Whether a file is there that everyone has who has the project."""
    leads_out = Path(path).is_absolute() or os.pardir in Path(os.path.normpath(path)).parts
    return not leads_out and (project.root / path).exists()


def _own(header: Header) -> Mapping[Any, Any]:
    own: Mapping[Any, Any] | None = (header.values.get("jupyter") or {}).get("labguide")
    return own or {}


_Fault: TypeAlias = tuple[tuple[str, ...], str, str]


def _faults_of_frame(header: Header) -> Iterator[_Fault]:
    """For each fault around `labguide:` the keys that lead to it, what is wrong, and what to do."""
    values = header.values
    if not isinstance(values, dict):
        yield (), "the header is no mapping", "write `jupyter:` and below it what you mean"
        return
    yield from (_top_level(str(key)) for key in values if key != "jupyter")
    jupyter = values.get("jupyter") or {}
    if not isinstance(jupyter, dict):
        yield ("jupyter",), "`jupyter:` in the header is no mapping", "write `labguide:` below it, indented"
        return
    if not isinstance(jupyter.get("labguide") or {}, dict):
        yield (
            ("jupyter", "labguide"),
            "`labguide:` in the header is no mapping",
            f"known below it are {', '.join(KEYS)}",
        )
    for key in jupyter:
        if key != "labguide" and difflib.get_close_matches(str(key).lower(), ["labguide"], cutoff=0.7):
            yield ("jupyter", str(key)), f'the header has no key "{key}"', 'did you mean "labguide"?'
    yield from _faults_of_format(jupyter)


def _top_level(key: str) -> _Fault:
    if key == "labguide":
        return (key,), "`labguide:` stands at the top level of the header", "indent it below `jupyter:`"
    return (key,), f'"{key}" at the top level of the header is read by nobody', "take it out"


def _faults_of_format(jupyter: Mapping[str, Any]) -> Iterator[_Fault]:
    kernel = _at(jupyter, "kernelspec", "language")
    if isinstance(kernel, str) and kernel.lower() != "python":
        yield ("jupyter", "kernelspec", "language"), f"scripts are Python, and the header says {kernel}", "mend it"
    shape = _at(jupyter, "jupytext", "text_representation", "format_name")
    if isinstance(shape, str) and shape not in ("percent", "hydrogen"):
        keys = ("jupyter", "jupytext", "text_representation", "format_name")
        message = f"scripts are read in jupytext's format percent, and the header says {shape}"
        yield keys, message, "convert the file with `jupytext --to py:percent`"


def _at(values: Any, *keys: str) -> Any:
    for key in keys:
        values = values.get(key) if isinstance(values, dict) else None
    return values


def _fault_of_key(key: Any, value: Any) -> str:
    if key not in KEYS:
        return f'the header has no key "{key}"'
    if key in ("limit", "minutes", "timeout"):
        number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value > 0
        return "" if number else f"`{key}` is not a number of {'minutes' if key == 'minutes' else 'seconds'}"
    if not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
        return f"`{key}` is not a list of names"
    unknown = [item for item in value if item not in BACKENDS] if key == "backends" else []
    return f'`backends:` names no backend "{unknown[0]}"; {did_you_mean(unknown[0], BACKENDS)}' if unknown else ""
