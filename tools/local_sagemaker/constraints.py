"""What SageMaker refuses before it looks at anything else: a request that breaks the constraints of its own model.

Members that must be there, enumerations, lengths, ranges and patterns are those of botocore's service model; the words
are AWS's. Patterns are Java's; the few that Python does not know are not held.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sized
from functools import cache
from typing import Any

from . import service_models
from .wire import AwsError, validation_error

TYPES: Mapping[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float, str),
}
"""The types of JSON in which a shape's values come."""


def check(operation: str, parameters: Mapping[str, Any]) -> None:
    """Raise AwsError if the request to an operation, such as ``CreateModel``, breaks a constraint or has other types.

    An operation that AWS does not have has no constraints.
    """
    shape = service_models.request_shape(operation)
    found = list(_violations(shape, parameters, "")) if shape else []
    if found:
        errors = "1 validation error" if len(found) == 1 else f"{len(found)} validation errors"
        raise validation_error(f"{errors} detected: {'; '.join(found)}")


def _violations(shape: str, value: Any, path: str) -> Iterator[str]:
    told = service_models.shape(shape)
    kind = told["type"]
    if not isinstance(value, TYPES.get(kind, (object,))) or (isinstance(value, bool) and kind != "boolean"):
        raise AwsError("SerializationException", f"The value at '{path}' is not of the type {kind}.")
    if broken := _broken(told, value):
        shown = f"'{value}' " if isinstance(value, str | int | float) else ""
        yield f"Value {shown}at '{path}' failed to satisfy constraint: {broken}"
    yield from _WITHIN.get(kind, _nothing)(told, value, path)


def _broken(told: Mapping[str, Any], value: Any) -> str:
    """Return the constraint that a value breaks, or an empty string."""
    if value_set := told.get("enum"):
        return "" if value in value_set else f"Member must satisfy enum value set: [{', '.join(value_set)}]"
    size, what = (len(value), "length") if isinstance(value, Sized) else (value, "value")
    if "max" in told and size > told["max"]:
        return f"Member must have {what} less than or equal to {told['max']}"
    if "min" in told and size < told["min"]:
        return f"Member must have {what} greater than or equal to {told['min']}"
    if "pattern" in told and not _matches(told["pattern"], value):
        return f"Member must satisfy regular expression pattern: {told['pattern']}"
    return ""


def _matches(pattern: str, value: str) -> bool:
    compiled = _compiled(pattern)
    return compiled is None or bool(compiled.fullmatch(value))


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except re.error:
        return None


def _of_structure(told: Mapping[str, Any], value: Mapping[str, Any], path: str) -> Iterator[str]:
    for name in told.get("required", []):
        if value.get(name) is None:
            yield f"Value null at '{_below(path, name)}' failed to satisfy constraint: Member must not be null"
    for name, member in told["members"].items():
        if value.get(name) is not None:
            yield from _violations(member["shape"], value[name], _below(path, name))


def _of_list(told: Mapping[str, Any], value: list[Any], path: str) -> Iterator[str]:
    for number, each in enumerate(value, start=1):
        yield from _violations(told["member"]["shape"], each, f"{path}.{number}.member")


def _of_map(told: Mapping[str, Any], value: Mapping[str, Any], path: str) -> Iterator[str]:
    for key, each in value.items():
        yield from _violations(told["value"]["shape"], each, f"{path}.{key}.member")


def _nothing(told: Mapping[str, Any], value: Any, path: str) -> Iterator[str]:
    return iter(())


def _below(path: str, name: str) -> str:
    """Return the path of a member, whose name AWS tells with a small first letter."""
    own = name[:1].lower() + name[1:]
    return f"{path}.{own}" if path else own


_WITHIN: Mapping[str, Callable[[Mapping[str, Any], Any, str], Iterator[str]]] = {
    "structure": _of_structure,
    "list": _of_list,
    "map": _of_map,
}
"""What is within a value, by the type of its shape."""
