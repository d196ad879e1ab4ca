"""Finds what scripts import, so that it can be imported once for all of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from labguide.model import Script

# What these touch decides how a module is imported, so they have to run first.
_BEFORE_IMPORTS = re.compile(r"\b(environ|putenv|unsetenv|sys\.(path|modules|meta_path|argv))\b|^%(set_)?env\b", re.M)


# What every kernel imports before the first cell: see `labguide.backends.hook`.
_OF_THE_PRELUDE = "from botocore import register_initializer"


def common(scripts: Iterable[Script]) -> tuple[str, ...]:
    """The import statements at the top level of the scripts' code cells, each once, in the order they first occur."""
    found: dict[str, None] = {_OF_THE_PRELUDE: None}
    for script in scripts:
        own = {path.rpartition("/")[2].partition(".")[0] for path in script.data}
        for cell in script.code_cells:
            found.update(dict.fromkeys(line for line in _statements(cell.source) if _package(line) not in own))
    return tuple(found)


def may_be_done_ahead(script: Script) -> bool:
    """Whether a script's imports do not depend on what its own cells do to the environment or the import system."""
    return not any(_BEFORE_IMPORTS.search(cell.source) for cell in script.code_cells)


def _statements(source: str) -> list[str]:
    """A statement for each module or name source of a cell: `import a, b` makes two."""
    try:
        body = ast.parse(source).body
    except SyntaxError:  # IPython's own syntax: what such a cell imports is imported in the kernel
        return []
    found: list[ast.stmt] = []
    for node in body:
        if isinstance(node, ast.Import):
            found += [ast.Import([alias]) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module != "__future__":
            found.append(node)
    return [ast.unparse(node) for node in found]


def _package(statement: str) -> str:
    return statement.split()[1].partition(".")[0]
