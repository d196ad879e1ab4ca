"""What is wrong with a workshop's sources, gathered over a whole build and told in one line each."""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from labguide.model import Place


@dataclass(frozen=True, order=True)
class Problem:
    """One thing an author has to mend. Prints as `path:line: what is wrong; what to do [kind]`."""

    place: Place
    message: str
    remedy: str
    kind: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}; {self.remedy} [{self.kind}]"


class Problems:
    """The problems of one build: steps add to it, the host prints it, sorted by place and each once."""

    def __init__(self) -> None:
        self._found: set[Problem] = set()

    def add(self, place: Place, kind: str, message: str, remedy: str) -> None:
        """Note one problem; line breaks in it become spaces, because a problem is one line."""
        self._found.add(Problem(place, one_line(message), one_line(remedy), kind))

    @property
    def count(self) -> str:
        """How many there are, in words: `1 problem`."""
        return f"{len(self)} problem{'s' if len(self) != 1 else ''}"

    def include(self, problem: Problem) -> None:
        """Note a problem that exists already."""
        self.add(problem.place, problem.kind, problem.message, problem.remedy)

    def at(self, path: str) -> list[Problem]:
        """The problems of one file, sorted by line."""
        return [problem for problem in self if problem.place.path == path]

    def of_scripts(self) -> list[Problem]:
        """The problems of scripts, sorted by place; those of documents are a build's concern."""
        return [problem for problem in self if problem.place.path.endswith(".py")]

    def __iter__(self) -> Iterator[Problem]:
        return iter(sorted(self._found))

    def __len__(self) -> int:
        return len(self._found)


class CannotBuildError(Exception):
    """Raised by a host when a build found problems, or could not begin; its text is for the user."""

    @classmethod
    def at(cls, place: Place, kind: str, message: str, remedy: str) -> CannotBuildError:
        """For a fault with a place, worded as a problem is."""
        return cls(str(Problem(place, one_line(message), one_line(remedy), kind)))


_MOST = 40
"""How many names one line may list."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The remedy for an unknown word: the nearest known one, else those that are known, or how many more there are."""
    known = sorted(known)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f'did you mean "{close[0]}"?'
    more = f" and {len(known) - _MOST} more" if len(known) > _MOST else ""
    return f"known are: {', '.join(known[:_MOST])}{more}" if known else "none is known"


def one_line(text: str) -> str:
    """A text with a space for each line break and run of blanks."""
    return " ".join(text.split())


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE})


def concerns_all(error: BaseException) -> bool:
    """Whether no source is at fault: nothing can be built at all, or a disk or a table of the system is full."""
    return isinstance(error, CannotBuildError) or (isinstance(error, OSError) and error.errno in _FULL)
