"""The words of translations, as frozen values.

    Page                a source and its translation into one language
    ├── Text            a file of either: a lesson, a deck, or a script and what is written beside it
    │   └── Section     a heading with what stands below it, up to the next heading; identified by its key
    │       └── Mark    which text of the source it was made from
    └── Standing        how one section stands: `State`, and two softer signals

Nothing here reads a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from labguide.l10n import hashing
from labguide.marks import Mark
from labguide.model import DocumentKind, Line, Place
from labguide.skimming import Kind


class State(StrEnum):
    """How a section of a translation stands."""

    OK = "OK"
    """It was made from the source's section as it is today."""
    STALE = "STALE"
    """The source's section has changed since."""
    MISSING = "MISSING"
    """The translation of the page has no such section."""
    ORPHAN = "ORPHAN"
    """The source has no such section."""
    RENAMED = "RENAMED"
    """The source's section has another id now."""
    ORDER = "ORDER"
    """It is made from today's text, and stands at another place than in the source."""
    UNSYNCED = "UNSYNCED"
    """It does not say what it was made from."""
    UNTRANSLATED = "UNTRANSLATED"
    """There is no translation of the page."""


@dataclass(frozen=True)
class Section:
    """A heading with what stands below it up to the next heading of any level.

    What stands above a file's first heading belongs to that one's section; a file without a heading is one section.
    """

    key: str
    """Its heading's id, else the one that the host gives it; empty where there is no heading."""
    level: int
    """1 to 6; 0 without a heading."""
    title: str
    """Its heading's Markdown, without id and classes."""
    path: str
    first: int
    """The line of the file, from 1, at which `texts` begin."""
    texts: tuple[str, ...]
    """Its lines as written, without front matter, with its mark."""
    kinds: tuple[Kind, ...]
    """What each of these lines is."""
    place: Place
    """Its heading; the file's first line of text where there is none."""
    pinned: bool = False
    """Its author wrote the id."""
    heading: tuple[int, int] | None = None
    """The numbers of its heading's first and last line among `texts`, from 0."""
    mark: Mark | None = None
    marks: tuple[int, ...] = ()
    """Where marks stand among `texts`, from 0: more than one if somebody left a second one."""
    front: tuple[Line, ...] = ()
    """Of a file's first section: the lines of the front matter that readers see, `title`, `subtitle`, `description`."""
    numbers: tuple[int, ...] = ()
    """The lines of the file that `texts` stand in, where they do not follow each other: in a script."""

    @property
    def lines(self) -> tuple[Line, ...]:
        """Its lines as written, each with its place."""
        numbers = self.numbers or range(self.first, self.first + len(self.texts))
        return tuple(Line(text, Place(self.path, number)) for text, number in zip(self.texts, numbers, strict=True))

    @property
    def text(self) -> str:
        """Its text as readers of a report see it: what of the front matter counts, and its lines without marks."""
        own = [text for number, text in enumerate(self.texts) if number not in self.marks]
        return "\n".join([*(line.text for line in self.front), *own]).strip("\n") + "\n"

    @cached_property
    def normalised(self) -> str:
        """What of it counts as a change."""
        front = hashing.front([line.text for line in self.front])
        body = list(self.texts)
        heading = ""
        if self.heading:
            start, end = self.heading
            heading = hashing.heading(self.level, body[start])
            body[start : end + 1] = [""] * (end + 1 - start)
        kinds = list(self.kinds)
        return "\n".join(filter(None, [front, heading, hashing.normalised(body, kinds)]))

    @cached_property
    def hash(self) -> str:
        """What a mark says of it: 12 hexadecimal digits."""
        return hashing.of(self.normalised)


@dataclass(frozen=True)
class Text:
    """One file of a page: the source, or a translation of it."""

    path: str
    kind: DocumentKind
    language: str
    name: str
    """What it shares with its translations, and with nothing else of its kind: `modules/2-video-games`."""
    sections: tuple[Section, ...]

    def section(self, key: str) -> Section | None:
        """The section of that key, if there is one."""
        return next((section for section in self.sections if section.key == key), None)


@dataclass(frozen=True)
class Standing:
    """How one section stands in one language."""

    state: State
    source: Section | None
    """None for an ORPHAN."""
    translation: Section | None
    """None for what is MISSING or UNTRANSLATED."""
    quotes_changed: bool = False
    """What it quotes, code or its recorded output, has changed since, while its sentences have not."""
    draft: bool = False
    """A machine wrote it, and no person has synced it."""

    @property
    def key(self) -> str:
        """The id of the section: the source's, where there is one."""
        found = self.source or self.translation
        return found.key if found else ""

    @property
    def in_sync(self) -> bool:
        """Whether the two sections say the same, as far as marks tell."""
        return self.state in (State.OK, State.ORDER, State.RENAMED)


@dataclass(frozen=True)
class Page:
    """A source and its translation into one language."""

    source: Text
    """Without any section if there is no such file: the translation is an orphan."""
    translation: Text | None
    language: str
    standings: tuple[Standing, ...]
    """In the source's order; an orphan stands behind the section that it follows in the translation."""
    expected: str = ""
    """Where the translation stands, or would stand."""
    made_earlier: str = ""
    """Of a page without a translation: one that was made from it before the source got another name."""

    @property
    def orphan(self) -> bool:
        """Whether there is no source."""
        return not self.source.sections

    def count(self, state: State) -> int:
        """How many sections have a state."""
        return sum(standing.state is state for standing in self.standings)
