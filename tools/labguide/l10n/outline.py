"""What a translation has to keep of a section, as the renderer sees it: quotes, code, links, lists, tables and more.

The section is rendered with the host's own Markdown, and the outline is read from its HTML: whatever an author writes,
a page is held against its source by what readers get. Only fences are read as they are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from labguide import blocks, includes, revealmd
from labguide.blocks import FENCES, Fences
from labguide.l10n import parts
from labguide.model import Dialect, Line, Place, Project
from labguide.problems import Problems

_NOT_NEEDED = frozenset(("highlight", "inlinehilite", "codehilite", "toc", "abbr", "smarty", "smartsymbols", "meta"))
"""Extensions that take time, or make something of a text that its translation need not have."""
_OF_TABS = ("fenced_raw_block", "pymdownx-pre-norm-ws", "pymdownx-post-norm-ws")
"""What superfences does to keep tabs in code: it would find each fence twice. Code is read as it is written."""
_COLOURS = ("indent-highlight",)
_DEFINITION = re.compile(r"^ {0,3}\[[^\]^]+\]:[ \t]*(?P<address>\S?)")
_PARTING = ("---", "----")


@dataclass(frozen=True)
class Reader:
    """How the files of one kind are read. Keeps what is the same for all their sections."""

    project: Project
    kind: str
    meta: Mapping[str, Any] = field(default_factory=dict)
    """The front matter of the file; of a deck it may say what parts slides."""
    definitions: tuple[str, ...] = ()
    """Lines elsewhere in the file that say where links lead."""

    def outline(self, lines: Sequence[Line], place: Place) -> parts.Outline | None:
        """The outline of a section that begins at a place; None if the renderer cannot read it.

        Raises CannotBuildError if the host's configuration cannot be used.
        """
        written = [*lines]
        if any("8<" in line.text for line in written):  # what is wrong with an include is told where pages are read
            written = includes.expand(written, self.project, Problems())
        if self.kind == "deck":
            written = _parted(revealmd.read(written, revealmd.marks_of(self.meta, revealmd.shared(self.project))))
        dialect = self.project.dialect
        renderer = _renderer(revealmd.of_decks(dialect) if self.kind == "deck" else dialect)
        try:
            content = renderer.html([*(_masked(line.text) for line in written), "", *self.definitions])
        except Exception:  # an extension raises what it likes; the build tells of a text that it cannot read
            _renderer.cache_clear()
            return None
        return parts.read(content, [*renderer.fences], written, place)


def definitions(lines: Iterable[Line]) -> tuple[str, ...]:
    """The lines that say where links lead, `[name]: address`: they count in the whole file."""
    found: list[str] = []
    goes_on = False
    for line in lines:
        begins = _DEFINITION.match(line.text)
        if begins or goes_on:  # the address may stand in the line below
            found.append(line.text)
        goes_on = bool(begins and not begins["address"])
    return tuple(found)


def _masked(text: str) -> str:
    return text.replace("{value}`", f"{parts.VALUE}`")


def _parted(lines: Sequence[Line]) -> list[Line]:
    """The lines of a deck with elements for what parts its slides and begins its notes."""
    shown = revealmd.visible(lines, revealmd.MARKS)
    found: list[Line] = []
    for line, text in zip(lines, shown, strict=True):
        notes = revealmd.MARKS.notes.match(text)
        if text.strip() in _PARTING or (notes and notes.group()):
            mark = text.strip() if text.strip() in _PARTING else "Notes:"
            rest = line.text[notes.end() :] if notes else ""
            texts = ("", f'<hr data-mark="{mark}">', "", rest.strip())
            found += [Line(each, line.place, None) for each in texts]
        else:
            found.append(line)
    return found


class _Located(Fences):
    """Superfences' own search for fences, which leaves an element where each stands."""

    def shown(self, number: int) -> str:
        """An element that says which fence it is."""
        return f'<pre data-fence="{number}"></pre>'


class _Renderer:
    """The host's Markdown, as far as it makes parts."""

    def __init__(self, dialect: Dialect) -> None:
        kept = tuple(name for name in dialect.extensions if name.rpartition(".")[2] not in _NOT_NEEDED)
        self._markdown = blocks.markdown_for(Dialect(kept, dialect.configs))
        original = self._markdown.preprocessors[FENCES]
        self._fences = _Located(self._markdown, original)
        self._markdown.preprocessors.register(self._fences, FENCES, _priority(self._markdown.preprocessors, FENCES))
        for registry, names in ((self._markdown.preprocessors, _OF_TABS), (self._markdown.treeprocessors, _COLOURS)):
            for name in names:
                registry.deregister(name, strict=False)

    def html(self, lines: Sequence[str]) -> str:
        """What the renderer makes of these lines."""
        self._markdown.reset()
        self._fences.found = []
        return self._markdown.convert("\n".join(lines))

    @property
    def fences(self) -> Iterator[blocks.Fence]:
        """The fences that were found, in the order of their elements' numbers."""
        return (fence for _, fence in self._fences.found)


@lru_cache(maxsize=4)
def _renderer(dialect: Dialect) -> _Renderer:
    return _Renderer(dialect)


def _priority(registry: Any, name: str) -> float:
    return next(float(item.priority) for item in registry._priority if item.name == name)
