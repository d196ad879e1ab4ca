"""Whole files as they were when translations were made from them, of many pages at once, found in git by a hash.

`history` reads one file's history, over renames. Here one walk finds the versions of all files that are asked for,
since a walk over thousands of commits takes half a second; only what is not found so is sought over renames.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from labguide.l10n import history
from labguide.l10n.model import Text


class OldFiles:
    """What files of a project said, by their paths from its root."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._files: dict[str, _Versions] = {}

    def read_ahead(self, paths: Iterable[str]) -> None:
        """Look for all versions of these files at once."""
        new = [path for path in paths if path not in self._files]
        if new:
            found = _walked(self._root, new)
            self._files.update({path: _Versions(self._root, path, found.get(path, [])) for path in new})

    def find(self, path: str, made_from: str) -> tuple[Text, str] | None:
        """The latest version of a file with a section of that hash, and its text with the front matter.

        None if it is not in the history.
        """
        self.read_ahead([path])
        return self._files[path].find(made_from)


class _Versions:
    """One file's: read as far as somebody asked for, the latest first."""

    def __init__(self, root: Path, path: str, blobs: list[str]) -> None:
        self._root, self._path = root, path
        self._known: dict[str, tuple[Text, str]] = {}
        self._coming = self._read(blobs)

    def find(self, made_from: str) -> tuple[Text, str] | None:
        while made_from not in self._known:
            version = next(self._coming, None)
            if version is None:
                return None
            for section in version[0].sections:
                self._known.setdefault(section.hash, version)
        return self._known[made_from]

    def _read(self, blobs: list[str]) -> Iterator[tuple[Text, str]]:
        yield from self._contents(blobs)
        log = history.log_of(self._root, self._path)
        followed = dict.fromkeys(blob for _, several in log for blob in reversed(several))
        yield from self._contents([blob for blob in followed if blob not in blobs])

    def _contents(self, blobs: list[str]) -> Iterator[tuple[Text, str]]:
        contents = history.contents_of(self._root, self._path, blobs)
        for content in (contents[blob] for blob in blobs if blob in contents):
            yield history.text_of(content, self._path), history.plain(content)


def _walked(root: Path, paths: list[str]) -> Mapping[str, list[str]]:
    """The blobs that files had, the latest first, on both sides of each commit; by their paths from the root."""
    own = [path for path in paths if (root / path).resolve() == root.resolve() / path]  # git follows no links
    how = ("-m", "--raw", "--no-abbrev", "--no-renames", "--relative", "-z", "--format=", "--", *own)
    parts = (history.git(root, "log", *how) or b"" if own else b"").decode("utf-8", "replace").split("\0")
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for change, path in pairwise(parts):
        if change.startswith(":"):
            _, _, old, new, _ = change.split(" ")
            found[path].update(dict.fromkeys(blob for blob in (new, old) if blob.strip("0")))
    return {path: list(blobs) for path, blobs in found.items()}


def of(root: Path) -> OldFiles:
    """The old files of a project, the same ones until there is another commit: a preview reads them once."""
    return _at(root, history.git(root, "rev-parse", "HEAD"))


@lru_cache(maxsize=1)
def _at(root: Path, _head: bytes | None) -> OldFiles:
    return OldFiles(root)
