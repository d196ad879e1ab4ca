"""Finds the quotes in a document's Markdown, and the code in it that is none.

A quote of a cell is a fenced block as in MyST, a value stands in a sentence as a MyST role:

    ```{cell} video-games#train
    :show: code
    ```

    The model is right in {value}`video-games#accuracy:.1%` of all cases.

A deck's card is a block too, ```{deck} introduction. A file that is no script is shown by a fence that holds nothing
but includes, `--8<-- "snippets/mnist.py:model"`. What counts as code is decided in `blocks.py`, what happens to code
that nobody ran in `policy.py`. The Markdown itself is never changed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from labguide import blocks, policy
from labguide.blocks import Block, Fence
from labguide.model import CellQuote, DeckQuote, Line, Place, Project, Quote, UnrunCode, ValueQuote
from labguide.problems import Problems, did_you_mean

CELL_OPTIONS = ("show", "title", "alt", "hl_lines", "linenums", "lines", "steps", "output_steps")

HTML_FENCE = "recorded-html"
"""The fence that holds a cell's HTML output. Hosts render it as it stands, at any indentation, where raw HTML in
Markdown would break on a blank line or inside a tab."""
OUTPUT_CLASS = "recorded-output"
DECK_FENCE = "deck-card"
"""The fence that holds what a page tells of a deck, as HTML. In it, hosts replace `labguide:slides/x.html`, a path in
the site, by where that is from the page."""
OWN_FENCES = (HTML_FENCE, OUTPUT_CLASS, DECK_FENCE)
"""What weaving marks recorded outputs and decks with; an author who wrote it would show something as if it were one."""

_DIRECTIVE = re.compile(r"^\{(?P<name>[a-zA-Z][\w-]*)\}\s*(?P<argument>.*)$")
_OPTION = re.compile(r"^:(?P<key>[\w-]+):\s*(?P<value>.*)$")
_CODE_SPAN = re.compile(
    r"(?:\{(?P<role>[a-zA-Z][\w-]*)\})?(?<![`\\])(?P<ticks>`+)(?!`)(?P<body>.+?)(?<!`)(?P=ticks)(?!`)", re.DOTALL
)
_LOST_ROLE = re.compile(r"[{｛]\s*(?P<name>value|cell)\s*[}｝]")
_ILLUSTRATION = re.compile(r"\{[^}]*\.illustration\b[^}]*\}")
_REMEDY = "quote it from a script with ```{cell} script#cell, or mark the fence {.illustration}"
_BLOCK_REMEDY = "quote it from a script with ```{cell} script#cell, or write it as a fence {.text .illustration}"


def find(lines: Sequence[Line], first: int, project: Project, problems: Problems) -> tuple[Quote, ...]:
    """The quotes of a document, in order.

    Lines before number `first`, from 0, are front matter. What cannot be understood, and code that is neither a quote
    nor an illustration nor allowed by the project, becomes a problem. Raises CannotBuildError if the host's
    configuration cannot be used.
    """
    found = blocks.find([line.text for line in lines], first, project.dialect)
    if found.fault:
        message = f"Python-Markdown cannot read this text: {found.fault}"
        problems.add(lines[min(first, len(lines) - 1)].place, "unreadable", message, "make it simpler")
    for number in found.broken[:1]:  # what follows it is mostly its consequence
        message = "this block of code is never closed at its own indentation, or its first line cannot be read"
        problems.add(lines[number].place, "broken-fence", message, "close it, and indent its lines alike")
    quotes = [
        *(quote for fence in found.fences for quote in _quotes_of_fence(fence, lines, project, problems)),
        *(quote for block in found.others for quote in _quotes_of_block(block, lines, project, problems)),
        *_quotes_in_prose(found.prose, lines, problems),
    ]
    return tuple(sorted(quotes, key=lambda quote: (quote.first, getattr(quote, "start", 0))))


def _quotes_of_fence(fence: Fence, lines: Sequence[Line], project: Project, problems: Problems) -> Iterator[Quote]:
    place = lines[fence.first].place
    directive = _DIRECTIVE.match(fence.info)
    if directive:
        yield from _quotes_of_directive(fence, directive, lines, problems)
    elif any(f".{name}" in fence.info or fence.language == name for name in OWN_FENCES):
        message = f"only labguide marks a fence with {' or '.join(OWN_FENCES)}"
        problems.add(place, "bad-quote", message, "quote a cell with ```{cell} script#cell")
    elif not (is_illustration(fence) or _is_file(fence, lines) or _is_drawn(fence)):
        yield from _unrun(fence, fence.language, lines, project, _REMEDY, problems)


def _quotes_of_block(block: Block, lines: Sequence[Line], project: Project, problems: Problems) -> Iterator[Quote]:
    yield from _unrun(block, "", lines, project, _BLOCK_REMEDY, problems)


def _unrun(
    block: Block, language: str, lines: Sequence[Line], project: Project, remedy: str, problems: Problems
) -> Iterator[Quote]:
    place = lines[block.first].place
    if policy.shows(project, language, {lines[0].place.path, place.path}):
        yield UnrunCode(place, block.first, block.indent)
    else:
        problems.add(place, "unrun-code", "this code was not run", remedy)


def is_illustration(fence: Fence) -> bool:
    """Whether an author has marked a fence as code that is not meant to run."""
    return _ILLUSTRATION.search(fence.info) is not None


def _is_file(fence: Fence, lines: Sequence[Line]) -> bool:
    """Whether all that a fence holds was included into it."""
    body = [line for line in lines[fence.first + 1 : fence.last] if line.text.strip(" \t>")]
    return bool(body) and all(line.depth > lines[fence.first].depth for line in body)


def _is_drawn(fence: Fence) -> bool:
    """Whether the host makes a diagram, a formula or the like of a fence; then it is no code."""
    return fence.custom and not policy.could_run(fence.language)


def _quotes_of_directive(
    fence: Fence, directive: re.Match[str], lines: Sequence[Line], problems: Problems
) -> Iterator[Quote]:
    place, name, argument = lines[fence.first].place, directive["name"], directive["argument"].strip()
    script, hash_mark, cell = argument.partition("#")
    if name == "deck":
        for line in lines[fence.first + 1 : fence.last]:
            if line.text.strip(" \t>"):
                problems.add(line.place, "bad-quote", "a deck's card holds no text", "leave the block empty")
        yield DeckQuote(place, fence.first, fence.last, fence.indent, argument)
    elif name != "cell":
        problems.add(place, "unknown-directive", f'no block "{{{name}}}"', did_you_mean(name, ["cell", "deck"]))
    elif not (script and hash_mark and cell):
        problems.add(place, "bad-quote", f'"{argument}" names no cell', "write ```{cell} script#cell")
    else:
        options = _options(lines[fence.first + 1 : fence.last], problems)
        shown = _show(options, place, problems)
        yield CellQuote(place, fence.first, fence.last, fence.indent, script, cell, shown, options)


def _options(body: Sequence[Line], problems: Problems) -> dict[str, str]:
    options: dict[str, str] = {}
    for line in body:
        text = line.text.strip().lstrip(">").strip()
        option = _OPTION.match(text)
        if option is None:
            if text:
                message = f'"{text}" is no option'
                problems.add(line.place, "bad-quote", message, "a quote holds `:option: value` lines")
        elif option["key"] not in CELL_OPTIONS:
            remedy = did_you_mean(option["key"], CELL_OPTIONS)
            problems.add(line.place, "unknown-option", f'no option "{option["key"]}"', remedy)
        elif option["key"] in options:
            problems.add(line.place, "bad-quote", f'a second option "{option["key"]}"', "write it once")
        else:
            options[option["key"]] = option["value"].strip()
    return options


def _show(options: dict[str, str], place: Place, problems: Problems) -> frozenset[str]:
    shown = frozenset(part.strip() for part in options.get("show", "code, output").split(","))
    for word in sorted(shown - {"code", "output", "check"}):
        remedy = "show `code`, `output` or both, or what a `check` says"
        problems.add(place, "bad-quote", f'cannot show "{word}"', remedy)
    return shown


def _quotes_in_prose(prose: Sequence[str], lines: Sequence[Line], problems: Problems) -> Iterator[Quote]:
    start = 0
    for number, text in enumerate([*prose, ""]):
        if not text.strip():
            if number > start:
                yield from _Paragraph(prose[start:number], lines, start, problems).quotes()
            start = number + 1


class _Paragraph:
    """Lines of prose that follow each other; a code span may begin in one and end in another."""

    def __init__(self, texts: Sequence[str], lines: Sequence[Line], first: int, problems: Problems) -> None:
        self._text, self._lines, self._first, self._problems = "\n".join(texts), lines, first, problems

    def quotes(self) -> Iterator[Quote]:
        """The values that the paragraph shows; what looks like one and is none becomes a problem."""
        end = 0
        for span in _CODE_SPAN.finditer(self._text):
            self._tell_lost(end, span.start())
            end = span.end()
            if span["role"]:
                yield from self._of_role(span)
            elif "\n" in span["body"]:
                self._tell_swallowed(span)
        self._tell_lost(end, len(self._text))

    def _of_role(self, span: re.Match[str]) -> Iterator[Quote]:
        number, start = self._position(span.start())
        place = self._lines[number].at(start)
        script, hash_mark, expression = span["body"].strip().partition("#")
        if span["role"] != "value":
            remedy = did_you_mean(span["role"], ["value"])
            self._problems.add(place, "unknown-role", f'no role "{{{span["role"]}}}"', remedy)
        elif not (script and hash_mark and expression) or "\n" in span["body"]:
            remedy = "write {value}`script#variable:format` in one line"
            self._problems.add(place, "bad-quote", f'"{span["body"]}" names no value', remedy)
        else:
            yield ValueQuote(place, number, start, start + len(span[0]), script, expression)

    def _tell_lost(self, start: int, stop: int) -> None:
        for lost in _LOST_ROLE.finditer(self._text, start, stop):
            number, column = self._position(lost.start())
            message = f"no backticks follow this {{{lost['name']}}}, so it would be shown as it is"
            remedy = "write {value}`script#variable:format` in a sentence, or a fence ```{cell} script#cell"
            self._problems.add(self._lines[number].at(column), "bad-quote", message, remedy)

    def _tell_swallowed(self, span: re.Match[str]) -> None:
        """A code span over the end of a line is mostly a backtick that nobody meant; it would hide a quote."""
        for hidden in _LOST_ROLE.finditer(self._text, span.start(), span.end()):
            number, column = self._position(hidden.start())
            opening = self._lines[self._position(span.start())[0]].place
            message = f"this stands inside code that a backtick in line {opening.line} opens"
            self._problems.add(self._lines[number].at(column), "bad-quote", message, "close the code in its own line")

    def _position(self, index: int) -> tuple[int, int]:
        """The document's line, and the column in it, of a character of the paragraph; both from 0."""
        before = self._text[:index]
        return self._first + before.count("\n"), index - (before.rfind("\n") + 1)
