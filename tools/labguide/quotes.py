"""Finds the quotes in a document's Markdown, and the code fences that are none.

A quote of a cell is a fenced block as in MyST, a value stands in a sentence as a MyST role:

    ```{cell} video-games#train
    :show: code
    ```

    The model is right in {value}`video-games#accuracy:.1%` of all cases.

Files are quoted by pymdownx.snippets' own line, `--8<-- "snippets/mnist.py:model"`. Fences are found at any
indentation, because they stand in tabs, lists and admonitions too. The Markdown itself is never changed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from labguide.model import CellQuote, FileQuote, Place, Quote, ValueQuote
from labguide.problems import Problems, did_you_mean

CELL_OPTIONS = ("show", "title", "alt", "hl_lines", "linenums", "lines")

_FENCE = re.compile(r"^(?P<indent>[ \t>]*)(?P<fence>`{3,}|~{3,})(?P<info>[^`]*)$")
_DIRECTIVE = re.compile(r"^\{(?P<name>[a-zA-Z][\w-]*)\}\s*(?P<argument>.*)$")
_OPTION = re.compile(r"^:(?P<key>[\w-]+):\s*(?P<value>.*)$")
_SNIPPET = re.compile(r"^\s*-+8<-+\s+(?P<quote>[\"'])(?P<target>.+?)(?P=quote)\s*$")
_SNIPPET_MARK = re.compile(r"-+8<-+\s+\[\s*start\s*:\s*(?P<name>[\w-]+)\s*\]")
_CODE_SPAN = re.compile(r"(?:\{(?P<role>[a-zA-Z][\w-]*)\})?(?<!`)(?P<ticks>`+)(?!`)(?P<body>.*?)(?<!`)(?P=ticks)(?!`)")
_ILLUSTRATION = re.compile(r"\{[^}]*\.illustration\b[^}]*\}")


@dataclass(frozen=True)
class Fence:
    """A fenced block: `start` and `end` are the lines of its two fences, from 1."""

    start: int
    end: int
    indent: str
    info: str
    body: tuple[str, ...]


def find(lines: Sequence[str], path: str, first: int, problems: Problems) -> tuple[Quote, ...]:
    """The quotes of a document, in order.

    `lines` are all of the file's lines; those before line `first` are front matter. What cannot be understood,
    and every code fence that is neither a quote nor marked `{.illustration}`, becomes a problem.
    """
    quotes: list[Quote] = []
    fenced: set[int] = set()
    for fence in fences(lines, first):
        fenced.update(range(fence.start, fence.end + 1))
        quotes.extend(_quotes_of_fence(fence, path, problems))
    for number, line in enumerate(lines, start=1):
        if number >= first and number not in fenced:
            quotes.extend(_quotes_of_line(line, Place(path, number), problems))
    return tuple(sorted(quotes, key=lambda quote: (quote.place, getattr(quote, "start", 0))))


def fences(lines: Sequence[str], first: int = 1) -> Iterator[Fence]:
    """The fenced blocks from line `first` on; one that is never closed runs to the end of the text."""
    number = first
    while number <= len(lines):
        opening = _FENCE.match(lines[number - 1])
        if opening is None:
            number += 1
            continue
        end = _closing_line(lines, number, opening["fence"])
        yield Fence(number, end, opening["indent"], opening["info"].strip(), tuple(lines[number : end - 1]))
        number = end + 1


def regions(text: str) -> tuple[str, ...]:
    """The regions that a file names for `--8<--`: `# --8<-- [start:model]`."""
    return tuple(match["name"] for match in _SNIPPET_MARK.finditer(text))


def _closing_line(lines: Sequence[str], start: int, fence: str) -> int:
    closing = re.compile(rf"^[ \t>]*{re.escape(fence[0])}{{{len(fence)},}}\s*$")
    for number in range(start + 1, len(lines) + 1):
        if closing.match(lines[number - 1]):
            return number
    return len(lines) + 1


def _quotes_of_fence(fence: Fence, path: str, problems: Problems) -> list[Quote]:
    place = Place(path, fence.start)
    directive = _DIRECTIVE.match(fence.info)
    if directive:
        return _quotes_of_directive(fence, directive["name"], directive["argument"], place, problems)
    if _ILLUSTRATION.search(fence.info):
        return []
    quoted = [_file_quote(line, Place(path, fence.start + n)) for n, line in enumerate(fence.body, start=1)]
    found = [quote for quote in quoted if quote]
    if not found or len(found) != sum(1 for line in fence.body if line.strip()):
        problems.add(
            place,
            "unrun-code",
            "this code was not run",
            "quote it from a script with ```{cell} script#cell, or mark the fence {.illustration}",
        )
    return list(found)


def _quotes_of_directive(fence: Fence, name: str, argument: str, place: Place, problems: Problems) -> list[Quote]:
    if name != "cell":
        problems.add(place, "unknown-directive", f'no block "{{{name}}}"', did_you_mean(name, ["cell"]))
        return []
    script, hash_mark, cell = argument.strip().partition("#")
    if not (script and hash_mark and cell):
        problems.add(place, "bad-quote", f'"{argument}" names no cell', "write ```{cell} script#cell")
        return []
    options = _options(fence, place, problems)
    return [
        CellQuote(
            place=place,
            end=fence.end,
            indent=fence.indent,
            script=script,
            cell=cell,
            show=_show(options, place, problems),
            options=options,
        )
    ]


def _options(fence: Fence, place: Place, problems: Problems) -> dict[str, str]:
    options: dict[str, str] = {}
    for offset, line in enumerate(fence.body, start=1):
        here = Place(place.path, place.line + offset)
        text = line.strip().lstrip(">").strip()
        option = _OPTION.match(text)
        if option is None:
            if text:
                problems.add(here, "bad-quote", f'"{text}" is no option', "a quote holds `:option: value` lines")
        elif option["key"] not in CELL_OPTIONS:
            remedy = did_you_mean(option["key"], CELL_OPTIONS)
            problems.add(here, "unknown-option", f'no option "{option["key"]}"', remedy)
        else:
            options[option["key"]] = option["value"].strip()
    return options


def _show(options: dict[str, str], place: Place, problems: Problems) -> frozenset[str]:
    shown = frozenset(part.strip() for part in options.get("show", "code, output").split(","))
    for word in sorted(shown - {"code", "output"}):
        problems.add(place, "bad-quote", f'cannot show "{word}"', "show `code`, `output` or both")
    return shown


def _quotes_of_line(line: str, place: Place, problems: Problems) -> Iterator[Quote]:
    quoted = _file_quote(line, place)
    if quoted:
        yield quoted
    for span in _CODE_SPAN.finditer(line):
        if span["role"] == "value":
            yield from _value_quote(span, place, problems)
        elif span["role"]:
            problems.add(place, "unknown-role", f'no role "{{{span["role"]}}}"', did_you_mean(span["role"], ["value"]))


def _value_quote(span: re.Match[str], place: Place, problems: Problems) -> Iterator[ValueQuote]:
    script, hash_mark, expression = span["body"].strip().partition("#")
    if script and hash_mark and expression:
        yield ValueQuote(place, span.start(), span.end(), script, expression)
    else:
        problems.add(place, "bad-quote", f'"{span["body"]}" names no value', "write {value}`script#variable:format`")


def _file_quote(line: str, place: Place) -> FileQuote | None:
    snippet = _SNIPPET.match(line)
    if snippet is None:
        return None
    path, _, region = snippet["target"].partition(":")
    return FileQuote(place, path, region)
