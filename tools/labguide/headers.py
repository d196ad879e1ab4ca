"""YAML headers of scripts and documents, with the line of everything in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml


class HeaderError(Exception):
    """A header cannot be read; `line` is the line of the file where reading ended."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Header:
    """What a header says, and where it says it."""

    values: Any
    first: int = 1
    """The line of the file where it begins."""
    lines: Mapping[tuple[str, ...], int] = field(default_factory=dict)

    def line(self, *keys: str) -> int:
        """The line of the file where a key stands, `line("jupyter", "labguide")` for one that is nested.

        Entries of a list are keys by their numbers, "0"; what is not there stands where the nearest key around it is.
        """
        known = (keys[:length] for length in range(len(keys), 0, -1))
        return next((self.lines[each] for each in known if each in self.lines), self.first)


class _Loader(yaml.SafeLoader):
    """YAML that knows no second key of one name; PyYAML would keep the last one and say nothing."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                if key.value in seen:
                    message = f'the key "{key.value}" stands here twice'
                    raise yaml.constructor.ConstructorError(None, None, message, key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep)


def parse(text: str, first: int) -> Header:
    """Read YAML that begins in line `first` of a file. Raises HeaderError."""
    loader = None
    try:
        loader = _Loader(text)  # it looks for forbidden characters at once
        node = loader.get_single_node()
        if node is None:
            return Header({}, first)
        return Header(loader.construct_document(node), first, dict(_lines(node, (), first)))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        position = getattr(error, "position", None)
        ahead = mark.line if mark else text.count("\n", 0, position)
        raise HeaderError(first + ahead, str(getattr(error, "problem", None) or error)) from None
    except (ValueError, RecursionError) as error:  # a day that no month has, or brackets by the thousand
        raise HeaderError(first, str(error)) from None
    finally:
        if loader:
            loader.dispose()


def _lines(node: yaml.Node, above: tuple[str, ...], first: int) -> Iterator[tuple[tuple[str, ...], int]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                here = (*above, str(key.value))
                yield here, first + key.start_mark.line
                yield from _lines(value, here, first)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            here = (*above, str(number))
            yield here, first + value.start_mark.line
            yield from _lines(value, here, first)
