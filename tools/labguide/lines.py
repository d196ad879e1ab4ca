"""Lines of a text, as editors, Python and Markdown count them.

`str.splitlines` also cuts at form feeds, U+2028 and six more characters, so that a program whose text holds one of
them would be another program, and every later line would have a wrong number. Nothing here uses it.
"""

from __future__ import annotations

from pathlib import Path


def split(text: str) -> list[str]:
    """The lines of a text, parted by line feeds only; a line feed at the end ends the last line and begins none."""
    found = text.split("\n")
    return found[:-1] if found[-1] == "" else found


def read(path: Path) -> str:
    """A file's text without a byte order mark, with line feeds where it had CRLF or CR.

    Raises UnicodeDecodeError if it is not UTF-8, OSError if it cannot be read.
    """
    return path.read_text("utf-8-sig")
