"""What mkdocs.yml says to labguide itself, checked, with the line of whatever is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from labguide import lines
from labguide.model import Place, UnrunRule
from labguide.problems import CannotBuildError, did_you_mean

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RULE_KEYS = ("languages", "paths", "show")


def line_of(path: Path, *keys: str | int) -> int:
    """The line of a key in a YAML file; of the nearest known key around it if it is not there itself."""
    try:
        node = yaml.compose(lines.read(path), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return 1
    line = 1
    for key in keys:
        found = next((each for each in _children(node) if each[0] == key), None)
        if found is None:
            break
        _, node, line = found
    return line


def _children(node: yaml.Node | None) -> Iterator[tuple[str | int, yaml.Node | None, int]]:
    """What is below a node: by its key, by its index, or by its name in a list of names with options."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key.value, value, key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield index, value, value.start_mark.line + 1
            if isinstance(value, yaml.ScalarNode):
                yield value.value, None, value.start_mark.line + 1
            else:
                yield from _children(value) if isinstance(value, yaml.MappingNode) else ()


def environment(config: Path, value: Any) -> tuple[str, ...]:
    """The option `environment: [NAME, …]`: variables that kernels get."""
    place = (config, "plugins", "labguide", "environment")
    if not isinstance(value, list):
        raise _wrong(*place, message="`environment` is no list", remedy="write `environment: [NAME]`")
    for index, name in enumerate(value):
        if not isinstance(name, str) or not _VARIABLE.fullmatch(name):
            message = f'"{name}" in `environment` is no name of a variable'
            raise _wrong(*place, index, message=message, remedy="write its name only; its value stays where it is")
    return tuple(value)


def unrun(config: Path, value: Any) -> tuple[UnrunRule, ...]:
    """The option `unrun_code:`, a list of rules: `{languages: [rust], paths: ["slides/**"], show: true}`."""
    place = (config, "plugins", "labguide", "unrun_code")
    if not isinstance(value, list):
        raise _wrong(
            *place, message="`unrun_code` is no list of rules", remedy="write `- {languages: [rust], show: true}`"
        )
    return tuple(_rule(rule, *place, index) for index, rule in enumerate(value))


def progress(config: Path, value: Any) -> bool | str:
    """The option `progress: true`, or a name for the course that stays when the site gets another one."""
    if isinstance(value, bool | str) or value is None:
        return value or False
    message = "`progress` is neither true nor a name"
    raise _wrong(config, "plugins", "labguide", "progress", message=message, remedy="write `progress: true`")


def _rule(rule: Any, config: Path, *keys: str | int) -> UnrunRule:
    if not isinstance(rule, Mapping):
        message = f"a rule of `unrun_code` is no mapping: {rule}"
        raise _wrong(config, *keys, message=message, remedy="write `{languages: [rust], show: true}`")
    for key in rule:
        if key not in _RULE_KEYS:
            message = f'a rule of `unrun_code` has no key "{key}"'
            raise _wrong(config, *keys, str(key), message=message, remedy=did_you_mean(str(key), _RULE_KEYS))
    if not isinstance(rule.get("show"), bool):
        message = "a rule of `unrun_code` does not say whether the code is shown"
        raise _wrong(config, *keys, "show", message=message, remedy="add `show: true` or `show: false`")
    return UnrunRule(rule["show"], *(_names(rule, key, config, *keys) for key in ("languages", "paths")))


def _names(rule: Mapping[str, Any], key: str, config: Path, *keys: str | int) -> tuple[str, ...]:
    value = rule.get(key, [])
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        message = f"`{key}` in a rule of `unrun_code` is no list of texts"
        raise _wrong(config, *keys, key, message=message, remedy=f'write `{key}: ["…"]`')
    return tuple(value)


def _wrong(config: Path, *keys: str | int, message: str, remedy: str) -> CannotBuildError:
    return CannotBuildError.at(Place(config.name, line_of(config, *keys)), "bad-config", message, remedy)
