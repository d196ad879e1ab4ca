"""Lines of a text, as editors, Python and Markdown count them.

`str.splitlines` also cuts at form feeds, U+2028 and six more characters, so that a program whose text holds one of
them would be another program, and every later line would have a wrong number. Nothing here uses it.
"""

from __future__ import annotations

import dataclasses
import textwrap
from collections.abc import Iterable
from pathlib import Path

from labguide.model import Line, Place


def split(text: str) -> list[str]:
    """The lines of a text, parted by line feeds only; a line feed at the end ends the last line and begins none."""
    found = text.split("\n")
    return found[:-1] if found[-1] == "" else found


def first(text: str) -> str:
    """The first line of a text that says something, such as an error's message; empty if there is none."""
    return next((line.strip() for line in split(text) if line.strip()), "")


def read(path: Path) -> str:
    """A file's text without a byte order mark, with line feeds where it had CRLF or CR.

    Raises UnicodeDecodeError if it is not UTF-8, OSError if it cannot be read.
    """
    return path.read_text("utf-8-sig")


def placed(text: str, path: str) -> list[Line]:
    """The lines of a file's text, each with its place in it."""
    return [Line(line, Place(path, number)) for number, line in enumerate(split(text), start=1)]


def dedented(found: Iterable[Line]) -> list[Line]:
    """The lines without the indentation that all of them share; a blank line has none to share."""
    kept = list(found)
    shared = textwrap.dedent("\n".join(line.text for line in kept)).split("\n")
    return [shifted(line, text, len(line.text) - len(text)) for line, text in zip(kept, shared, strict=False)]


def indented(found: Iterable[Line], indent: str) -> list[Line]:
    """The lines with more indentation."""
    return [shifted(line, indent + line.text, -len(indent)) for line in found]


def shifted(line: Line, text: str, by: int) -> Line:
    """The line with another text, whose characters stand `by` columns further right in the file."""
    return dataclasses.replace(line, text=text, offset=None if line.offset is None else line.offset + by)
