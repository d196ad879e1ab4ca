"""What the translators' page shows, as values: nothing here knows HTML.

Report              what there is to do in one language
└── Sheet           a page of the guide with something to do
    └── Item        one section, or the whole page
        ├── Box     what is to be copied: a mark, a section, a page
        └── Row     a paragraph of the English beside the same of the translation
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from labguide.l10n.model import Text
from labguide.l10n.report.rows import Row

_FEW = 12

Link = tuple[str, str]
"""What a reader sees of a link, and its address."""


@dataclass(frozen=True)
class VisibleSection:
    """What the readers of an edition see of a section: its lines as written, each with its number in the file."""

    lines: tuple[tuple[int, str], ...]
    """Without marks, and without what only instructors get."""
    hidden: tuple[str, ...] = ()
    """What they do not see, to be compared and never shown."""
    headed: bool = True
    """They see its heading, or it has none."""


class EditionView(Protocol):
    """What the readers of an edition see of texts."""

    def visible(self, text: Text) -> Sequence[VisibleSection]:
        """What they see of each section of a text as it is today."""

    def visible_then(self, text: Text, whole: str) -> Sequence[VisibleSection] | None:
        """The same of a source as it once was, `whole` with its front matter; None if it was not for them."""

    def address(self, text: Text, key: str = "") -> str | None:
        """Where they read it, or one of its sections, as a generated file links to it; None if nowhere."""


@dataclass(frozen=True)
class Box:
    """Text to copy."""

    label: str
    text: str
    long: bool = False


@dataclass(frozen=True)
class Item:
    """A section, or a whole page, that needs someone."""

    kind: str
    """A state, or `QUOTES` or `DRAFT` of a section that is in sync otherwise."""
    key: str
    title: str
    title_language: str
    flags: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    edit: tuple[Link, ...] = ()
    """Where the translation is edited, or made; none if nobody knows."""
    links: tuple[Link, ...] = ()
    """Where it is read."""
    boxes: tuple[Box, ...] = ()
    rows: tuple[Row, ...] = ()
    compared: bool = False
    """The English of then is in the rows too."""
    anchor: str = ""


@dataclass(frozen=True)
class Sheet:
    """A page of the guide with something to do; `path` is the translation's."""

    anchor: str
    title: str
    title_language: str
    path: str
    links: tuple[Link, ...]
    items: tuple[Item, ...]

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """How many items it has of each kind."""
        return tuple(Counter(item.kind for item in self.items).items())


@dataclass(frozen=True)
class Report:
    """What there is to do in one language."""

    sheets: tuple[Sheet, ...]
    open: int
    """Sections that need someone, each of a page that is not translated among them."""
    all: int
    cut: bool = field(default=False)
    """Something is not shown because it is for instructors only."""
    unknown: bool = field(default=False)
    """The old English of a section was not found."""

    @property
    def few(self) -> bool:
        """So few sections that all can be shown at once."""
        return sum(item.kind != "UNTRANSLATED" for sheet in self.sheets for item in sheet.items) <= _FEW

    @property
    def synced(self) -> int:
        """Sections that need nobody."""
        return self.all - self.open
