"""The slides of decks, by what links say behind `#`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from labguide import decks
from labguide.decks.pacing import Timing
from labguide.model import Document, Project


@dataclass(frozen=True)
class _Read:
    timings: tuple[Timing, ...]
    addresses: Mapping[str, int]


class Slides:
    """The slides of a project's decks. Each deck is read when it is first asked for, and once."""

    def __init__(self, project: Project) -> None:
        self._dialect = project.dialect
        self._decks: dict[str, _Read] = {}

    def has(self, document: Document, anchor: str) -> bool:
        """Whether a deck has a slide there; of slides that come from a notebook only a host can know."""
        unknown = "notebook" in document.meta or not self._read(document).addresses
        return unknown or self.timing(document, anchor) is not None

    def timing(self, document: Document, anchor: str) -> Timing | None:
        """What the slide that an anchor leads to is meant to take: `/train`, `/3/1`. None if no slide is there."""
        read = self._read(document)
        name, *rest = anchor.removeprefix("/").split("/")
        below = read.addresses.get(f"{name}/{rest[0]}") if rest and name.isdigit() else None
        number = below or read.addresses.get(name or "0")
        return read.timings[number - 1] if number else None

    def _read(self, document: Document) -> _Read:
        if document.path not in self._decks:
            deck = decks.split(document.lines, self._dialect)
            read = _Read(decks.pacing.timings(deck), decks.addresses(deck, self._dialect))
            self._decks[document.path] = read
        return self._decks[document.path]
