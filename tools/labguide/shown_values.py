"""Values in sentences: how one is shown, and which cell it comes from."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from labguide.model import Cell, Script

_BLANKS = re.compile(r"^\s|\s$|\s\s|[^\S ]")


def show(expression: str, values: Mapping[str, Any]) -> str:
    """The text that a reader sees for a format field such as `accuracy:.1%`.

    Raises ValueError, KeyError, IndexError, AttributeError or TypeError if there is no such value or format.
    """
    return string.Formatter().vformat("{" + expression + "}", (), values)


def show_or_none(expression: str, values: Mapping[str, Any]) -> str | None:
    """The same, or None where it cannot be shown; weaving tells the author why."""
    try:
        return show(expression, values)
    except (ValueError, KeyError, IndexError, AttributeError, TypeError):
        return None


def as_markdown(text: str, *, in_tag: bool = False) -> str:
    """Markdown that shows a text as it is, in prose, headings, tables, raw HTML and, with `in_tag`, attributes.

    A character reference means one character and never markup, in each of these, whatever extensions there are.
    """
    escaped = "".join(_escaped(text, index) for index in range(len(text)))
    if in_tag or not _BLANKS.search(text):
        return escaped
    return f'<span style="white-space: pre-wrap">{escaped}</span>'


def _escaped(text: str, index: int) -> str:
    """One character, as it is only where it can mean nothing else: a letter, a digit, or what stands between two."""
    here, before, after = text[index], text[index - 1 : index], text[index + 1 : index + 2]
    between = before.isalnum() and after.isalnum()
    plain = here.isalnum() or here == " " or (here in ".,-" and between) or here == "%"
    return here if plain else f"&#x{ord(here):X};"


def is_set(script: Script, name: str) -> bool:
    """Whether a cell of a script is seen to set a variable."""
    return any(name in _names_set(cell.source) for cell in script.code_cells)


def home(script: Script, name: str) -> Cell | None:
    """The last cell that sets a variable; the script's last code cell if none is seen to do so.

    The tags of that cell hold for the value too, so that one tag says all about a number that varies.
    """
    setting = [cell for cell in script.code_cells if name in cell.source and name in _names_set(cell.source)]
    return next(reversed(setting or script.code_cells), None)


@lru_cache(maxsize=4096)
def _names_set(source: str) -> frozenset[str]:
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a line for IPython, such as `%pip install`
        return frozenset()
    stored = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    return frozenset(node.id for node in stored)
