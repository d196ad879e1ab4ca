"""Where in the sources a link was written: hosts name a page and a target, and no line."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

from labguide import lines, quotes, sources
from labguide.model import Document, FileQuote, Place, Project, Woven

_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)")
_TARGETS = (
    re.compile(r"\]\(\s*<(?P<target>[^>]*)>"),  # [text](<target>)
    re.compile(r"\]\(\s*(?P<target>[^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*)"),  # [text](target "title")
    re.compile(r"^[\s>]*\[[^\]]+\]:\s*<?(?P<target>[^\s>]+)"),  # [name]: target
    re.compile(r"<(?P<target>[^\s<>]+)>"),  # <target>
    re.compile(r"""\s(?:href|src|poster|data-[\w-]+)=(["'])(?P<target>.*?)\1"""),
)


def place(project: Project, woven: Woven, target: str) -> Place:
    """The line that links to `target`: of the document, of what it includes, or of the quote that shows it."""
    for path in _written_in(project, woven.document):
        number = _line_of(project.root / path, target)
        if number:
            return Place(path, number)
    return Place(woven.document.path, _quoting_line(woven, target))


def is_written(document: Document, target: str) -> bool:
    """Whether a document's own text links to a target, and not only what was recorded."""
    return any(target in _targets(line) for _, line in _prose(lines.split(document.text)))


def _written_in(project: Project, document: Document) -> Iterator[str]:
    """The files whose text a document shows."""
    yield document.path
    notebook = document.meta.get("notebook")
    if isinstance(notebook, str):
        yield f"{notebook.removesuffix('.py')}.{document.language}.md"
        yield notebook
    yield from (quote.path for quote in document.quotes if isinstance(quote, FileQuote))


def _quoting_line(woven: Woven, target: str) -> int:
    """The line of a document in whose place weaving put a link; the first if none did."""
    before, after = lines.split(woven.document.text), lines.split(woven.text)
    shown = next((index for index, line in enumerate(after) if target in _targets(line)), None)
    for _, start, _, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if shown is not None and first <= shown < last:
            return start + 1
    return 1


def _line_of(path: Path, target: str) -> int | None:
    try:
        written = lines.split(lines.read(path))
    except (OSError, UnicodeDecodeError):
        return None
    _, first = sources.front_matter("\n".join(written))
    return next((number for number, line in _prose(written, first) if target in _targets(line)), None)


def _prose(written: list[str], first: int = 1) -> Iterator[tuple[int, str]]:
    """The lines outside of fences, with their numbers and without their code."""
    fenced = {number for fence in quotes.fences(written, first) for number in range(fence.start, fence.end + 1)}
    for number, line in enumerate(written, start=1):
        if number >= first and number not in fenced:
            yield number, _CODE_SPAN.sub("", line)


def _targets(line: str) -> set[str]:
    return {html.unescape(match["target"]) for form in _TARGETS for match in form.finditer(line)}
