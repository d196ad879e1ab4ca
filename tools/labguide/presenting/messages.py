"""What windows may say to each other; anything else is refused, because it is passed on to all of them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

_MOST = 100_000
"""No deck has so many slides, and no talk so many seconds."""


def read(body: bytes) -> Mapping[str, Any] | None:
    """A message with the fields that its kind has, and no others; None if it is no message."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or str(found.get("kind")) not in KINDS:
        return None
    fields = {**_ALL, **KINDS[found["kind"]]}
    if any(not is_valid(found.get(name)) for name, is_valid in fields.items()):
        return None
    return {"kind": found["kind"], **{name: found[name] for name in fields if name in found}}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_place(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST


def _is_fragment(value: Any) -> bool:
    """None is a slide without fragments, -1 one of which none is shown."""
    return value is None or value == -1 or _is_place(value)


def _is_seconds(value: Any) -> bool:
    return _is_number(value) and 0 <= value < _MOST


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 300


def _is_move(value: Any) -> bool:
    return value in ("next", "prev")


Check = Callable[[Any], bool]

_ALL: Mapping[str, Check] = {"deck": _is_name, "from": _is_name}
_SLIDE: Mapping[str, Check] = {"h": _is_place, "v": _is_place, "f": _is_fragment}
KINDS: Mapping[str, Mapping[str, Check]] = {
    "where": {**_SLIDE, "black": _is_flag},
    "go": _SLIDE,
    "move": {"how": _is_move},
    "black": {},
    "clock": {"elapsed": _is_seconds, "running": _is_flag, "entered": _is_seconds},
    "hello": {},
}
