"""Where cells begin: at lines `# %%`, unless such a line stands inside a string or in a fence of prose.

What other editors and older notebooks write there looks like the beginning of a cell, and is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from labguide import lines
from labguide.scripts.faults import CannotReadError

MARKER = re.compile(r"# %%( |$)")
BLANK = re.compile(r"[ \t\f]*$")
_LOOKS_LIKE_MARKER = re.compile(
    r"""\s*[#＃]\s*(?:
        [%％]{2,}\s*(?:$|\[|[\w-]+=)  # as other editors write it, and Chinese keyboards
      | [%％]{2,}\s
      | <(?:code|markdown)cell>\s*$
      | In\[[\d\ ]*\]:?\s*$
      | COMMAND\ -{5,}\s*$  # Databricks
    )""",
    re.VERBOSE,
)
"""A commented `%%time` does not: it is a comment."""
_OTHER_FORMAT = re.compile(r"\s*#\s*%%|# \+\s*$|# \+ (?:\[|\{|[\w-]+=)|# jupyter:\s*$")
"""What a Python file without any marker has when it is a script after all: VS Code's cells, jupytext's light format."""
_STRINGS = re.compile(
    r"""
    \#[^\n]*
    | (?P<string>
        \"\"\" (?:[^"\\]|\\.|"(?!""))* \"\"\"
      | ''' (?:[^'\\]|\\.|'(?!''))* '''
      | " (?:[^"\\\n]|\\.)* "
      | ' (?:[^'\\\n]|\\.)* '
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_PROSE_FENCE = re.compile(r"# ?(?P<fence>`{3,}|~{3,})")


def text_of(path: Path) -> str | None:
    """The text of a Python file; None if it is not UTF-8 and does not look like a script either."""
    try:
        return lines.read(path)
    except UnicodeDecodeError as error:
        content = path.read_bytes()
        looks = content.decode("utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "latin-1", "replace")
        if not any(MARKER.match(line) or _OTHER_FORMAT.match(line) for line in lines.split(looks)):
            return None
        line = content.count(b"\n", 0, error.start) + 1
        raise CannotReadError((line, "this file is not UTF-8", "save it as UTF-8")) from None
    except IsADirectoryError:
        return None
    except OSError as error:
        raise CannotReadError((1, f"this file cannot be read: {error.strerror}", "see to its permissions")) from None


def find(found: Sequence[str], text: str) -> list[int]:
    """The numbers of the lines at which cells begin; none for a plain module.

    Raises CannotReadError for every other line that looks like one.
    """
    hidden = frozenset((*_in_strings(text), *_in_prose_fences(found)))
    markers = [number for number, line in enumerate(found, 1) if MARKER.match(line) and number not in hidden]
    check = _check_lookalikes if markers else _check_plain_module
    check(found, hidden)
    if markers and "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise CannotReadError((line, "a NUL character stands here, which Python refuses", "take it out"))
    return markers


def _in_strings(text: str) -> Iterator[int]:
    """The lines that begin inside a string, where no cell begins whatever they look like.

    A string that is never closed hides nothing: it is the fault of its own cell alone.
    """
    line, position = 1, 0
    for token in _STRINGS.finditer(text):
        if token["string"] and "\n" in token["string"]:
            line += text.count("\n", position, token.start())
            last = line + token["string"].count("\n")
            yield from range(line + 1, last + 1)
            line, position = last, token.end()


def _in_prose_fences(found: Sequence[str]) -> Iterator[int]:
    """The lines of fences in prose, where no cell begins either: Mermaid, for one, has comments such as `%% note`."""
    prose, number = False, 0
    while number < len(found):
        line = found[number]
        number += 1
        if MARKER.match(line):
            prose = "[markdown]" in line or "[md]" in line
        opening = _PROSE_FENCE.match(line) if prose else None
        if opening and (end := _end_of_fence(found, number, opening["fence"])):
            yield from range(number + 1, end + 1)
            number = end


def _end_of_fence(found: Sequence[str], start: int, fence: str) -> int:
    """The line, from 1, that closes a fence of prose; 0 if none does before the comment ends."""
    for number in range(start, len(found)):
        if not found[number].startswith("#"):
            return 0
        if re.match(rf"# ?{fence[0]}{{{len(fence)},}}\s*$", found[number]):
            return number + 1
    return 0


def _check_plain_module(found: Sequence[str], hidden: frozenset[int]) -> None:
    for number, line in enumerate(found, start=1):
        if number not in hidden and (_OTHER_FORMAT.match(line) or _LOOKS_LIKE_MARKER.match(line)):
            message = f"this looks like a script, but no cell begins with `# %%`: {line.strip()[:60]}"
            raise CannotReadError((number, message, "begin each cell with a line `# %%`"))


def _check_lookalikes(found: Sequence[str], hidden: frozenset[int]) -> None:
    faults = [
        (number, f"this looks like the marker of a cell, but is not: {line.strip()[:60]}", "write `# %%` and a blank")
        for number, line in enumerate(found, start=1)
        if number not in hidden and _LOOKS_LIKE_MARKER.match(line) and not MARKER.match(line)
    ]
    if faults:
        raise CannotReadError(*faults)
