"""Keeps IPython from cutting lines inside strings. The kernel gets this source as text, so it needs no labguide.

IPython cuts a cell with `str.splitlines` before it looks for magics, so at U+2028 and the like too; it then warns on
the page about lines of its own making. A cell with such characters that is Python as it stands needs no look.
"""

import ast
from typing import Any

CUTTING = "\x1c\x1d\x1e\x85\u2028\u2029"


def leave_alone(shell: Any) -> None:
    """Have a shell run such cells as they are."""
    manager = shell.input_transformer_manager
    look_for_magics = manager.transform_cell
    manager.transform_cell = lambda cell: cell if _is_python(cell) else look_for_magics(cell)


def _is_python(cell: str) -> bool:
    if not any(character in cell for character in CUTTING):
        return False
    try:
        ast.parse(cell)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True
