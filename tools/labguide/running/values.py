"""Picks the simple values out of a kernel's namespace. Runs inside the kernel, after a script's last cell."""

from __future__ import annotations

import json
import math
from typing import Any

LIMIT = 1_000
"""Characters of JSON; a larger value is data, not a number for a sentence."""


def simple(shell: Any) -> dict[str, Any]:
    """The variables that a script made and that JSON can hold, by name. `shell` is IPython's InteractiveShell."""
    names = (name for name in shell.user_ns if not name.startswith("_") and name not in shell.user_ns_hidden)
    found = {name: _plain(shell.user_ns[name]) for name in names}
    return {name: value for name, value in found.items() if value is not _NOT_SIMPLE and _is_small(value)}


_NOT_SIMPLE = object()


def _plain(value: Any) -> Any:
    """A JSON value for `value`, or `_NOT_SIMPLE`."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else _NOT_SIMPLE
    if type(value).__module__ == "numpy" and getattr(value, "shape", None) == ():
        return _plain(value.item())
    if isinstance(value, dict):
        return _plain_dict(value)
    if isinstance(value, list | tuple):
        items = [_plain(item) for item in value[:LIMIT]]
        return _NOT_SIMPLE if any(item is _NOT_SIMPLE for item in items) else items
    return _NOT_SIMPLE


def _plain_dict(value: dict[Any, Any]) -> Any:
    items = {key: _plain(item) for key, item in value.items() if isinstance(key, str)}
    whole = len(items) == len(value) and all(item is not _NOT_SIMPLE for item in items.values())
    return items if whole else _NOT_SIMPLE


def _is_small(value: Any) -> bool:
    try:
        return len(json.dumps(value, allow_nan=False)) <= LIMIT
    except ValueError:
        return False
