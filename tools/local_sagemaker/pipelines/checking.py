"""What a definition may not be: members that are missing or of the wrong kind, references that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from . import durations, references

KINDS: dict[str, type] = {
    "Name": str,
    "Type": str,
    "Arguments": dict,
    "DependsOn": list,
    "RetryPolicies": list,
    "CacheConfig": dict,
    "PropertyFiles": list,
    "OutputParameters": list,
}
"""The kinds of a step's members."""

REQUIRED = {
    "Condition": ("Arguments",),
    "Lambda": ("FunctionArn",),
    "Callback": ("SqsQueueUrl",),
}
"""Members that steps of a type must have besides their name and type."""

OF_ELEMENTS = {
    "DependsOn": ("Step",),
    "RetryPolicies": ("ExceptionType",),
    "PropertyFiles": ("PropertyFileName", "OutputName", "FilePath"),
    "OutputParameters": ("OutputName", "OutputType"),
}
"""Members of what a step's lists hold, unless that is a name."""

NAME = re.compile(r"[A-Za-z0-9\-_]{1,64}")
WORDS: dict[type, str] = {dict: "Object", list: "Array", str: "String"}


class WrongDefinitionError(Exception):
    """A definition that cannot be one; says why."""


def check_step(given: Any) -> None:
    """Raise WrongDefinitionError if `given` cannot be a step."""
    _check_kind(given, dict)
    for name, kind in KINDS.items():
        if given.get(name) is not None:
            _check_kind(given[name], kind)
    if not NAME.fullmatch(str(given.get("Name") or "-")):
        raise WrongDefinitionError(f"The step name '{given['Name']}' does not match {NAME.pattern}.")
    _check_members(given, ("Name", "Type", *REQUIRED.get(str(given.get("Type")), ())))
    for name, members in OF_ELEMENTS.items():
        for element in given.get(name) or []:
            if not (name == "DependsOn" and isinstance(element, str)):
                _check_kind(element, dict)
                _check_members(element, members)
    if given["Type"] == "Condition":
        _check_members(given["Arguments"], ("Conditions",))
        _check_kind(given["Arguments"]["Conditions"], list)
    _check_time((given.get("CacheConfig") or {}).get("ExpireAfter"))


def check_experiment(given: Any) -> None:
    """Raise WrongDefinitionError if `given` cannot name an experiment and a trial."""
    _check_kind(given, dict)


def check_references(value: Any) -> None:
    """Raise WrongDefinitionError if a reference in `value` cannot be read."""
    for each in _objects(value):
        if set(each) == {references.GET}:
            _check_kind(each[references.GET], str)
            references.parts_of(each[references.GET])
        elif set(each) == {references.JOIN}:
            _check_kind(each[references.JOIN], dict)
            _check_kind(each[references.JOIN].get("Values", []), list)
        elif set(each) == {references.JSON_GET}:
            _check_json_get(each[references.JSON_GET])


def _check_json_get(given: Any) -> None:
    _check_kind(given, dict)
    _check_members(given, ("Path",))
    if "PropertyFile" not in given:
        _check_members(given, ("S3Uri",))
        return
    path = given["PropertyFile"].get(references.GET) if isinstance(given["PropertyFile"], dict) else None
    parts = references.parts_of(path) if isinstance(path, str) else []
    if len(parts) != 4 or (parts[0], parts[2]) != ("Steps", "PropertyFiles"):
        raise WrongDefinitionError("A PropertyFile must be a reference to Steps.<step>.PropertyFiles.<file>.")


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every object in `value`, which may be nested deeply."""
    left = [value]
    while left:
        each = left.pop()
        if isinstance(each, dict):
            yield each
            left.extend(each.values())
        elif isinstance(each, list):
            left.extend(each)


def _check_kind(value: Any, kind: type) -> None:
    if not isinstance(value, kind):
        raise WrongDefinitionError(f"Expecting start of Json {WORDS[kind]}.")


def _check_members(given: Mapping[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        if given.get(name) is None:
            raise WrongDefinitionError(f"Missing member '{name}'.")


def _check_time(duration: Any) -> None:
    try:
        durations.seconds_of(duration or "")
    except (ValueError, AttributeError) as error:
        raise WrongDefinitionError(f"ExpireAfter: {error}.") from error
