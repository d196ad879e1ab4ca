"""What showing one form of an output gives: lines of Markdown and files of the site, or the reason why it cannot be.

A recorded output comes in several forms (nbformat calls them MIME types); `outputs` chooses among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from labguide.model import Place
from labguide.problems import Problems
from labguide.weaving.words import words_of


@dataclass(frozen=True)
class Asset:
    """A file that an output needs, and where the site keeps it: `recorded/video-games/confusion-matrix-1.png`."""

    path: str
    content: bytes


@dataclass(frozen=True)
class Shown:
    """The Markdown of one output, and the files it refers to."""

    lines: list[str]
    assets: tuple[Asset, ...] = ()


@dataclass(frozen=True)
class Look:
    """How the outputs of one cell are shown."""

    stem: str
    """How the paths of its files begin."""
    alt: str
    """What its pictures show, for those who cannot see them."""
    page: str
    """The path of the document in the site, from which links are relative."""
    marks: str = ""
    """Attributes for every output, as `attr_list` writes them, with a space before each."""
    language: str = "en"
    """The language in which pages speak of outputs that are cut or offered as a file."""
    place: Place = field(default_factory=lambda: Place(""))
    """Where the outputs are quoted: problems are told there."""
    problems: Problems = field(default_factory=Problems)

    @property
    def words(self) -> Mapping[str, str]:
        """What pages say by themselves, in the page's language."""
        return words_of(self.language)


class CannotShowError(Exception):
    """Raised where a form cannot be shown on a page: what is wrong, and what its author can do."""

    def __init__(self, message: str, remedy: str, kind: str = "unshown-output") -> None:
        super().__init__(message)
        self.message, self.remedy, self.kind = message, remedy, kind
