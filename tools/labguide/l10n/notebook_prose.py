"""A script as its translation writes it: its prose, and a quote for each cell of code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from labguide import lines
from labguide.problems import Problems
from labguide.scripts import cells, faults, marks, script_name

_PROSE = re.compile(r"\[\s*(?:markdown|md)\s*\]")
_NAME = re.compile(r"""\sname\s*=\s*(?P<sign>["'])(?P<name>[^"'\\]+)(?P=sign)""")


def read(text: str, path: str, problems: Problems) -> tuple[list[str], list[int]]:
    """The lines of a script as Markdown, and the line of the file in which each stands.

    Nothing for a plain module, nor for a script that cannot be read; whoever reads scripts tells why.
    """
    found = lines.split(text)
    try:
        markers = marks.find(found, text)
        written = [each for part in _parts(found, markers, path) for each in part]
    except faults.CannotReadError:
        return [], []
    return [text for text, _ in written], [number for _, number in written]


def _parts(found: Sequence[str], markers: Sequence[int], path: str) -> Iterator[list[tuple[str, int]]]:
    """Each cell as lines, with a blank one behind it."""
    ends = [*markers[1:], len(found) + 1] if markers else []
    for index, (number, end) in enumerate(zip(markers, ends, strict=True), start=1):
        marker, body = found[number - 1], found[number : end - 1]
        if _PROSE.search(marker):
            yield [*_prose(marker, body, number, path), ("", end - 1)]
        else:
            named = _NAME.search(marker)
            name = named["name"] if named else f"cell-{index}"
            yield [(f"```{{cell}} {script_name(path)}#{name}", number), ("```", number), ("", end - 1)]


def _prose(marker: str, body: Sequence[str], number: int, path: str) -> list[tuple[str, int]]:
    """The text of a cell without its comment signs."""
    if all(not text.strip() or text.startswith("#") for text in body):
        texts = [text[2:] if text.startswith("# ") else text[1:] for text in body]
    else:  # as a string, perhaps; jupytext knows
        (cell,) = cells.read([marker, *body], [1], path, Problems())
        texts = lines.split(cell.source)
    last = next((offset for offset in reversed(range(len(texts))) if texts[offset].strip()), -1)
    return [(text, number + 1 + offset) for offset, text in enumerate(texts[: last + 1])]
