"""What a definition's values refer to: parameters, outputs of steps, variables of the execution, and functions of them.

``{"Get": "Parameters.X"}``, ``{"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}``, ``{"Get": "Execution.X"}``,
``{"Std:Join": {"On": "/", "Values": […]}}`` and ``{"Std:JsonGet": {"PropertyFile" or "S3Uri": …, "Path": …}}``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

GET = "Get"
JOIN = "Std:Join"
JSON_GET = "Std:JsonGet"

_PART = re.compile(r"""\.?(?P<name>[^.\[\]]+)|\[(?P<index>\d+)\]|\[['"](?P<key>[^'"]*)['"]\]""")


class UnresolvedError(Exception):
    """A reference to something that is not there."""


@dataclass(frozen=True)
class Scope:
    """What references find: `values` by their first words, ``Parameters``, ``Steps`` and ``Execution``.

    `read_file` returns what is at a JSON path in a file of S3, given the file's address or a reference to a property
    file, and the path.
    """

    values: Mapping[str, Any]
    read_file: Callable[[str, str], Any]


def resolve(value: Any, scope: Scope) -> Any:
    """Return `value` with every reference in it replaced. Raises UnresolvedError."""
    if isinstance(value, list):
        return [resolve(each, scope) for each in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {GET}:
        return find(scope.values, value[GET])
    if set(value) == {JOIN}:
        parts = resolve(value[JOIN].get("Values", []), scope)
        return str(value[JOIN].get("On", "")).join(text_of(each) for each in parts)
    if set(value) == {JSON_GET}:
        return _read_file(value[JSON_GET], scope)
    return {name: resolve(each, scope) for name, each in value.items()}


def _read_file(given: Mapping[str, Any], scope: Scope) -> Any:
    source = given["PropertyFile"][GET] if "PropertyFile" in given else resolve(given["S3Uri"], scope)
    return scope.read_file(source, given["Path"])


def find(values: Any, path: str) -> Any:
    """Return what `path` finds, such as ``Steps.Train.FinalMetricDataList['auc'].Value``. Raises UnresolvedError.

    A list may be asked for the element of a name: the one that calls itself so, in its OutputName, ChannelName, ….
    """
    found = values
    for part in _parts(path):
        found = _member(found, part, path)
    return found


def parts_of(path: str) -> list[str]:
    """Return the parts of a path; ``Steps.Train.Outputs['x']`` has four."""
    return [str(part) for part in _parts(path)]


def _parts(path: str) -> Iterator[str | int]:
    end = 0
    for match in _PART.finditer(path):
        if match.start() != end:
            break
        yield int(match["index"]) if match["index"] else match["name"] or match["key"]
        end = match.end()
    if end != len(path):
        raise UnresolvedError(f"The reference {path} cannot be read")


def _member(value: Any, part: str | int, path: str) -> Any:
    try:
        if isinstance(value, list) and isinstance(part, str):
            return next(each for each in value if _is_called(each, part))
        return value[part]
    except (LookupError, TypeError, StopIteration) as error:
        raise UnresolvedError(f"{path} is undefined") from error


def _is_called(value: Any, name: str) -> bool:
    return isinstance(value, Mapping) and any(
        member.endswith("Name") and called == name for member, called in value.items()
    )


def text_of(value: Any) -> str:
    """Return a value as it is joined into a text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def steps_in(value: Any) -> set[str]:
    """Return the names of the steps that `value` refers to."""
    return {words[1] for words in _references_in(value) if words[0] == "Steps" and len(words) > 1}


def parameters_in(value: Any) -> set[str]:
    """Return the names of the parameters that `value` refers to."""
    return {words[1] for words in _references_in(value) if words[0] == "Parameters" and len(words) > 1}


def _references_in(value: Any) -> Iterator[list[str]]:
    if isinstance(value, list):
        for each in value:
            yield from _references_in(each)
    elif isinstance(value, dict):
        if set(value) == {GET} and isinstance(value[GET], str):
            yield parts_of(value[GET])
        for each in value.values():
            yield from _references_in(each)
