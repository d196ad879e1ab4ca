"""The JSONPath of batch transform's filters: ``$``, ``$.name``, ``$['a','b']``, ``$[-1]``, ``$[1:]``, ``$[0,2]``.

As documented in "Associate Prediction Results with Input Records"; a CSV record is an array of its cells.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Step = Callable[[Any], Any]

_STEP = re.compile(r"\.(?P<name>\w+)|\[(?P<inside>[^\]]*)\]")
_SLICE = re.compile(r"(-?\d*):(-?\d*)")
_NAMES = re.compile(r"""\s*(?:'([^']*)'|"([^"]*)")\s*""")


class BadPathError(Exception):
    """A path that is not one, or that finds nothing."""


def select(path: str, value: Any) -> Any:
    """Return what `path` finds in `value`: one name or index gives a value, several an object or array.

    Raises BadPathError.
    """
    for step in _steps(path):
        try:
            value = step(value)
        except (LookupError, TypeError) as error:
            raise BadPathError(f"The path {path} finds nothing") from error
    return value


def _steps(path: str) -> list[Step]:
    if not path.startswith("$"):
        raise BadPathError(f"The path {path} does not begin with $")
    steps, end = [], 1
    for match in _STEP.finditer(path, 1):
        if match.start() != end:
            break
        steps.append(_names([match["name"]]) if match["name"] else _bracket(match["inside"], path))
        end = match.end()
    if end != len(path):
        raise BadPathError(f"The path {path} cannot be read after {path[:end]}")
    return steps


def _bracket(inside: str, path: str) -> Step:
    if inside.strip() == "*":
        return lambda value: list(value.values()) if isinstance(value, dict) else list(value)
    if match := _SLICE.fullmatch(inside.replace(" ", "")):
        chosen = slice(*(int(each) if each else None for each in match.groups()))
        return lambda value: value[chosen]
    parts = inside.split(",")
    if all(re.fullmatch(r"\s*-?\d+\s*", part) for part in parts):
        return _indexes([int(part) for part in parts])
    if all(named := [_NAMES.fullmatch(part) for part in parts]):
        return _names([str(match[1] or match[2]) for match in named if match])
    raise BadPathError(f"The path {path} cannot be read: [{inside}]")


def _names(names: list[str]) -> Step:
    if len(names) == 1:
        return lambda value: value[names[0]]
    return lambda value: {name: value[name] for name in names}


def _indexes(indexes: list[int]) -> Step:
    if len(indexes) == 1:
        return lambda value: value[indexes[0]]
    return lambda value: [value[index] for index in indexes]
