"""Finds the blocks of code in a document as the renderer finds them: fences, indented code, and `<pre>` in raw HTML.

Whether a line begins a fence, continues a list or is code is decided by pymdownx.superfences and Python-Markdown
themselves, with the host's extensions, because every rule written a second time differs in some corner.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.util import ETX, STX
from pymdownx import superfences

from labguide.model import Dialect, Place
from labguide.problems import CannotBuildError

SNIPPETS = "pymdownx.snippets"
FENCES = "fenced_code_block"
"""The name of the preprocessor that finds fences, whichever extension brings it."""

_DIRECTIVE = re.compile(r"^\{[a-zA-Z][\w-]*\}[ \t]*\S.*$")
_PREFIX = re.compile(r"^[> \t]*")
_MAY_BE_CODE = re.compile(r"^[> ]* {4}[> ]*[^> ]")
_OPENS_FENCE = re.compile(r"^[> \t]*(`{3,}[^`]*|~{3,}.*)$")
_OPENS_COMMENT = re.compile(r"^ {0,3}<!--")
_INLINE_COMMENT = re.compile(r"<!--.*?-->")
_OPENS_HTML_CODE = re.compile(r"<(?P<tag>pre|xmp|listing|plaintext)\b|<(?P<code>code)\b(?!.*</code)", re.IGNORECASE)
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)")


@dataclass(frozen=True)
class Block:
    """Lines that show code; `first` and `last` are their numbers from 0, `indent` what stands before each."""

    first: int
    last: int
    indent: str


@dataclass(frozen=True)
class Fence(Block):
    """A fenced block; `info` is what follows its opening fence."""

    info: str
    language: str
    custom: bool
    """The host has a format of its own for it: a diagram, a formula."""


@dataclass(frozen=True)
class Blocks:
    """A document's blocks of code, and what is left of it."""

    fences: tuple[Fence, ...]
    others: tuple[Block, ...]
    """Indented code, and code in raw HTML."""
    broken: tuple[int, ...]
    """Lines that open a fence or an element that is never closed, or a fence that cannot be read."""
    prose: tuple[str, ...]
    """Every line as long as it is, with blanks where code and comments stand."""
    fault: str = ""
    """Why the renderer cannot read the lines; then nothing else is known."""


def find(lines: Sequence[str], first: int, dialect: Dialect) -> Blocks:
    """The blocks of a document's lines, from line `first` on, counted from 0.

    Raises CannotBuildError if the host's configuration cannot be used.
    """
    renderer = _renderer(dialect)
    body = [_normal(line, renderer.markdown.tab_length) for line in lines[first:]]
    try:
        fences, code, undone = renderer.blocks(body)
    except Exception as error:  # an extension raises what it likes on text that it did not expect
        _renderer.cache_clear()  # a parser that was interrupted still believes to be where it was, in a list perhaps
        return Blocks((), (), (), ("",) * len(lines), f"{type(error).__name__}: {error}")
    # Tabs are kept in prose, so that columns are those of the file.
    prose = [line if seen else "" for line, seen in zip(lines[first:], body, strict=True)]
    hidden = _comments(prose, fences)
    shown = [fence for fence in fences if not hidden.issuperset(range(fence.first, fence.last + 1))]
    _blank(prose, [*fences, *code])
    raw, open_ended = _html_code(prose)
    _blank(prose, raw)
    broken = [number for number, line in enumerate(prose) if number in open_ended or _OPENS_FENCE.match(line)]
    broken = sorted({*broken, *undone})
    _blank(prose, [Block(number, number, "") for number in broken])
    return Blocks(
        fences=tuple(_moved(fence, first) for fence in shown),
        others=tuple(sorted((_moved(block, first) for block in [*code, *raw]), key=lambda block: block.first)),
        broken=tuple(number + first for number in broken),
        prose=("",) * first + tuple(prose),
    )


def _normal(line: str, tab: int) -> str:
    """A line as Python-Markdown hands it to extensions, which mark places by control characters of their own."""
    text = line.replace(STX, "").replace(ETX, "").expandtabs(tab)
    return text if text.strip() else ""


def tab_length(dialect: Dialect) -> int:
    """How many columns a tab takes. Raises CannotBuildError if the host's configuration cannot be used."""
    return int(_renderer(dialect).markdown.tab_length)


def markdown_for(dialect: Dialect) -> Markdown:
    """A converter for a dialect that includes no files: labguide does that itself.

    Raises CannotBuildError if the host's configuration cannot be used.
    """
    extensions = [name for name in dialect.extensions if name != SNIPPETS]
    configs = {name: dict(dialect.configs[name]) for name in extensions if dialect.configs.get(name)}
    try:
        markdown = Markdown(extensions=extensions, extension_configs=configs)
    except Exception as error:  # an extension raises what it likes on options that it does not know
        message = f"`markdown_extensions` cannot be used: {error}"
        raise CannotBuildError.at(Place("mkdocs.yml"), "bad-config", message, "mend their names and options") from None
    if FENCES not in markdown.preprocessors or not isinstance(
        markdown.preprocessors[FENCES], superfences.SuperFencesBlockPreprocessor
    ):
        markdown.registerExtensions(["pymdownx.superfences"], {})
    return markdown


@lru_cache(maxsize=4)
def _renderer(dialect: Dialect) -> _Renderer:
    return _Renderer(markdown_for(dialect))


class _Renderer:
    """Python-Markdown as far as it finds blocks; what stands in them is not rendered."""

    def __init__(self, markdown: Markdown) -> None:
        self.markdown = markdown
        original = markdown.preprocessors[FENCES]
        self._fences = Fences(markdown, original)
        ordered = list(markdown.preprocessors)
        self._later = ordered[ordered.index(original) + 1 :]

    def blocks(self, lines: list[str]) -> tuple[list[Fence], list[Block], list[int]]:
        """The fences in these lines, the blocks of indented code, and where fences begin that are shown as text."""
        self.markdown.reset()
        rest = self._fences.run(list(lines))
        if not any(_MAY_BE_CODE.match(line) for text in rest for line in text.split("\n")):
            return [fence for _, fence in self._fences.found], [], []
        code, lost = _located(self._codes(rest), lines)
        taken = {number for block in code for number in range(block.first, block.last + 1)}
        kept, undone = self._fences.kept_and_undone()
        return kept, code, [*lost, *(fence.first for fence in undone if fence.first not in taken)]

    def _codes(self, lines: list[str]) -> Iterator[list[str]]:
        """The text of every block of indented code, as lines that are not blank, in the order of the document."""
        for preprocessor in self._later:
            lines = preprocessor.run(lines)
        root = self.markdown.parser.parseDocument(lines).getroot()
        assert root is not None
        yield from _texts(root)
        for extension in self.markdown.registeredExtensions:
            for text in getattr(extension, "footnotes", {}).values():
                note = Element("div")
                self.markdown.parser.parseChunk(note, text)
                yield from _texts(note)


class Fences(superfences.SuperFencesBlockPreprocessor):  # type: ignore[misc]
    """Superfences' own search, which notes where a fence stands and highlights nothing."""

    def __init__(self, markdown: Markdown, original: Any) -> None:
        super().__init__(markdown)
        self.config, self.extension = original.config, original.extension
        self.found: list[tuple[str, Fence]] = []
        """Fences by the names of their placeholders."""

    def kept_and_undone(self) -> tuple[list[Fence], list[Fence]]:
        """The fences that are still fences after parsing; beside indented code, superfences makes them text again."""
        known = self.extension.stash.stash
        kept = [fence for name, fence in self.found if name in known]
        return kept, [fence for name, fence in self.found if name not in known]

    def run(self, lines: list[str]) -> list[str]:
        """The lines with a placeholder for each fence."""
        self.found, self._lines = [], lines
        rest: list[str] = super().run(lines)
        return rest

    def shown(self, number: int) -> str:
        """The HTML for the fence that was found as number `number`, from 0."""
        return ""

    def handle_unrecognized(self, m: re.Match[str]) -> bool:
        """Take a quote for a fence, because weaving makes it one."""
        if _DIRECTIVE.match(m["unrecognized"].strip()):
            self.lang, self.formatter = "", None
            return True
        return bool(super().handle_unrecognized(m))

    def process_nested_block(self, ws: str, content: str, start: int, end: int) -> None:
        """Note a fence that has come to its end."""
        usual = self.extension.superfences[0]["formatter"]
        info = self._lines[start][len(self.ws) :].lstrip("`~").strip()
        custom = self.formatter not in (None, usual)
        fence = Fence(start, end - 1, self.ws, info, self.lang or "", custom)
        self.last = ws + content
        self._store("\n".join(self.code) + "\n", self.shown(len(self.found)), start, end)
        placeholder = self.stack[-1][0][len(self.ws) :]
        self.found.append((placeholder[1:-1], fence))
        self.clear()


def _texts(root: Element) -> Iterator[list[str]]:
    for pre in root.iter("pre"):
        text = "".join(pre.itertext()).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        if lines:
            yield lines


def _located(codes: Iterator[list[str]], lines: list[str]) -> tuple[list[Block], list[int]]:
    """Where code stands that Python-Markdown found: it keeps no line numbers, but the order and the text.

    An extension may change the text; then the second list has a line, so that there is a problem at least.
    """
    written = [number for number, line in enumerate(lines) if line.strip(" >")]
    blocks: list[Block] = []
    lost: list[int] = []
    start = 0
    for code in codes:
        found = _sequence(code, lines, written[start:]) or _sequence(code, lines, written)
        if found:
            start = written.index(found[-1]) + 1
            blocks.append(Block(found[0], found[-1], _indent_of_label(lines[found[0]], code[0])))
        else:
            lost.append(written[min(start, len(written) - 1)])
    return blocks, lost


def _sequence(code: list[str], lines: list[str], written: list[int]) -> list[int]:
    """The numbers of the lines that end as the lines of code do, if possible without another between them."""
    firsts = [at for at, number in enumerate(written) if _MAY_BE_CODE.match(lines[number])]
    tries = (
        _matched(code, lines, written[at : at + length] if length else written[at:])
        for length in (len(code), 0)
        for at in firsts
    )
    return next((found for found in tries if found), [])


def _matched(code: list[str], lines: list[str], candidates: list[int]) -> list[int]:
    """The numbers of the lines, from the first candidate on, that end as the lines of code do; none if one is absent.

    Python-Markdown takes out lines between them that define something, such as an abbreviation.
    """
    rest = iter(candidates)
    found = [next((number for number in rest if lines[number].rstrip().endswith(text)), -1) for text in code]
    return found if found[0] == candidates[0] and -1 not in found else []


def _indent_of_label(line: str, code: str) -> str:
    """What stands before a paragraph beside this line of indented code."""
    before = line.rstrip().removesuffix(code)
    return before[: max(0, len(before) - 4)]


def _comments(prose: list[str], fences: Sequence[Fence]) -> frozenset[int]:
    """Blank what stands in HTML comments, which no reader sees; the numbers of lines that are nothing else."""
    inside = {number: fence.last for fence in fences for number in range(fence.first, fence.last + 1)}
    hidden: set[int] = set()
    number = 0
    while number < len(prose):
        if number in inside:
            number = inside[number] + 1
            continue
        end = _comment_end(prose, number, inside) if _OPENS_COMMENT.match(prose[number]) else number
        for each in range(number, end + 1):
            prose[each] = _without_comment(prose[each], opened=each > number, closed=each < end)
        hidden.update(range(number + 1, end))
        number = end + 1
    return frozenset(hidden)


def _comment_end(prose: list[str], start: int, fenced: dict[int, int]) -> int:
    """The line in which a comment ends; its own if it never does, because then it is shown."""
    numbers = (number for number in range(start, len(prose)) if number not in fenced and "-->" in prose[number])
    return next(numbers, start)


def _without_comment(line: str, *, opened: bool, closed: bool) -> str:
    """The line with blanks for comments; `opened` before it, `closed` after it."""
    if opened and closed:
        return " " * len(line)
    if opened:
        end = line.index("-->") + 3
        line = " " * end + line[end:]
    if closed:
        start = line.rindex("<!--")
        line = line[:start] + " " * (len(line) - start)
    return _outside_code(line)


def without_code_spans(line: str) -> str:
    """The line as long as it is, with blanks for the code in it."""
    return _CODE_SPAN.sub(lambda span: " " * len(span[0]), line)


def _outside_code(line: str) -> str:
    """The line with blanks for the comments that begin and end in it, but for those inside code spans."""
    spans = [span.span() for span in _CODE_SPAN.finditer(line)]

    def blank(found: re.Match[str]) -> str:
        within = any(start <= found.start() < stop for start, stop in spans)
        return found[0] if within else " " * len(found[0])

    return _INLINE_COMMENT.sub(blank, line)


def _html_code(prose: list[str]) -> tuple[list[Block], list[int]]:
    """Elements of raw HTML that show code, and the lines where one begins that never ends."""
    found: list[Block] = []
    open_ended: list[int] = []
    number = 0
    while number < len(prose):
        opening = _OPENS_HTML_CODE.search(without_code_spans(prose[number]))
        if opening:
            last = _html_end(prose, number, opening)
            if last is None:
                open_ended.append(number)
            else:
                found.append(Block(number, last, _indent(prose[number])))
                number = last
        number += 1
    return found, open_ended


def _html_end(prose: list[str], start: int, opening: re.Match[str]) -> int | None:
    """The line that ends an element; elements of its kind within it have ends of their own."""
    tag = re.compile(rf"<(?P<end>/?){opening['tag'] or opening['code']}\b", re.IGNORECASE)
    depth = 0
    for number in range(start, len(prose)):
        for found in tag.finditer(prose[number], opening.start() if number == start else 0):
            depth += -1 if found["end"] else 1
            if depth == 0:
                return number
    return None


def _indent(line: str) -> str:
    prefix = _PREFIX.match(line)
    return prefix[0] if prefix else ""


def _blank(prose: list[str], blocks: Sequence[Block]) -> None:
    for block in blocks:
        for number in range(block.first, block.last + 1):
            prose[number] = ""


def _moved(block: Any, by: int) -> Any:
    return dataclasses.replace(block, first=block.first + by, last=block.last + by)
