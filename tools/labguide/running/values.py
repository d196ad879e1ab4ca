"""Picks the values out of a kernel's namespace that a sentence can show. Runs inside the kernel, after the last cell.

What decides is a value's real type, which an object cannot hide or fake; what a value is asked may raise all the same.
"""

from __future__ import annotations

import json
import math
import sys
import types
from collections.abc import Iterable, Mapping
from typing import Any

LIMIT = 4_000
"""Characters of JSON, and parts; a larger value is data, not a number for a sentence."""

_AS_PRINTED = {
    "datetime": ("date", "time", "timedelta"),
    "decimal": ("Decimal",),
    "fractions": ("Fraction",),
    "pathlib": ("PurePath",),
    "uuid": ("UUID",),
}
"""JSON has no such values; readers see the text that `print` shows: dates and times in the form of ISO 8601.

By their modules: where one was not imported, nothing of it can be there.
"""

_NOT_DATA = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType)
"""Nobody would quote these: that they are not kept needs no reason."""


class UnfitError(Exception):
    """A value is not for sentences; the text says why."""


def picked(names: Mapping[str, Any], hidden: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The variables that a script made: `kept`, those that JSON can hold, and `unkept`, why the others are not.

    `names` is the script's namespace, `hidden` are names in it that IPython put there.
    """
    hidden = frozenset(hidden)
    found: dict[str, dict[str, Any]] = {"kept": {}, "unkept": {}}
    for name, value in dict.items(dict(names)):
        if name.startswith("_") or name in hidden:
            continue
        try:
            found["kept"][name] = _small(value)
        except UnfitError as reason:
            if not issubclass(type(value), _NOT_DATA):
                found["unkept"][name] = str(reason)
    return found


def _small(value: Any) -> Any:
    """A JSON value for `value`. Raises UnfitError if there is none, or none that is small."""
    try:
        plain = _plain(value, _Budget())
        if len(json.dumps(plain, allow_nan=False)) <= LIMIT:
            return plain
    except UnfitError:
        raise
    except RecursionError:
        raise UnfitError("it is too deep, or holds itself") from None
    except BaseException as error:  # whatever a script's own class does when it is asked for its parts
        raise UnfitError(f"to read it raises {type(error).__name__}") from None
    raise UnfitError(f"it is longer than {LIMIT:,} characters")


class _Budget:
    """How many parts may still be looked at: what holds itself, or one part many times, has no end."""

    def __init__(self) -> None:
        self.left = LIMIT

    def spend(self) -> None:
        """Count one part."""
        self.left -= 1
        if self.left < 0:
            raise UnfitError(f"it has more than {LIMIT:,} parts, or holds itself")


def _plain(value: Any, budget: _Budget) -> Any:
    """A JSON value, made with the methods of the built-in types: a subclass may have others."""
    budget.spend()
    kind = type(value)
    if value is None or kind is bool:
        return value
    if issubclass(kind, str):
        return str.__str__(value)
    if issubclass(kind, int):
        return int.__int__(value)
    if issubclass(kind, float):
        number = float.__float__(value)
        return number if math.isfinite(number) else str(number)
    if issubclass(kind, dict):
        return {_key(key): _plain(item, budget) for key, item in dict.items(value)}
    if issubclass(kind, list | tuple):
        return [_plain(item, budget) for item in (list if issubclass(kind, list) else tuple).__iter__(value)]
    if any(issubclass(kind, known) for known in _known(_AS_PRINTED)):
        return str(value)
    return _of_numpy(value, budget)


def _known(kinds: Mapping[str, Iterable[str]]) -> list[type]:
    return [getattr(sys.modules[name], kind) for name in kinds if name in sys.modules for kind in kinds[name]]


def _key(key: Any) -> str:
    if not issubclass(type(key), str):
        raise UnfitError("not all its keys are text")
    return str.__str__(key)


def _of_numpy(value: Any, budget: _Budget) -> Any:
    """NumPy's numbers, and its small arrays as lists. A number of few bits is told by the digits that print shows."""
    numpy: Any = sys.modules.get("numpy")
    kind = type(value)
    if numpy is None or not issubclass(kind, numpy.generic | numpy.ndarray):
        raise UnfitError(f"a sentence cannot show a value of type {kind.__name__}")
    if kind is numpy.ndarray:
        if value.size > budget.left:
            raise UnfitError(f"it has more than {LIMIT:,} parts")
        return [_plain(item, budget) for item in value] if value.shape else _plain(value[()], budget)
    if issubclass(kind, numpy.bool_):
        return bool(value)
    if issubclass(kind, numpy.timedelta64 | numpy.datetime64):
        return str(value)
    if issubclass(kind, numpy.integer):
        return int(value)
    if issubclass(kind, numpy.float16 | numpy.float32):
        return _plain(float(str(value)), budget)
    raise UnfitError(f"a sentence cannot show a value of type {kind.__name__}")
