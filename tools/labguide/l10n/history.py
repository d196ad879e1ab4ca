"""The source's text as it was when a translation was made from it, found in git by its hash.

A file's history is read once, over renames. Where there is no git, or a clone has only the last commits, nothing is
found, and whoever asks shows the whole text as it is today.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from labguide.l10n import sections
from labguide.l10n.model import Section, Text
from labguide.model import DocumentKind
from labguide.problems import Problems

_CHANGE = re.compile(r"^:+(?:\d{6} )+(?P<blobs>(?:[0-9a-f]{40,64} )+)", re.MULTILINE)
_COMMIT = "commit "
_NONE = re.compile(r"^0+$")


@dataclass(frozen=True)
class Version:
    """A file as it stood after a commit."""

    commit: str
    text: Text


class Past:
    """What files of a project said, by their paths from its root."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._files: dict[str, _History] = {}

    def section(self, path: str, found: str) -> str | None:
        """A source's section whose hash was this, as it was written; None if it is not in the history."""
        section = self.old(path, found)
        return section.text if section else None

    def old(self, path: str, found: str) -> Section | None:
        """The same with its lines."""
        return self._history(path).by_hash.get(found)

    def versions(self, path: str) -> Sequence[Version]:
        """A file as it stood after each commit that changed it, the latest one first; empty without a history."""
        return self._history(path).versions

    def made(self, path: str, found: str) -> str:
        """The commit since which a file has had a section of this hash; empty if its last version has none."""
        commit = ""
        for version in self.versions(path):
            if not any(section.hash == found for section in version.text.sections):
                break
            commit = version.commit
        return commit

    def latest(self, path: str) -> Text | None:
        """A file as it was committed last."""
        return next((version.text for version in self.versions(path)), None)

    def before(self, commit: str, path: str) -> Text | None:
        """A file as it stood before a commit; None if it had another name then, or was not there."""
        return self._history(path).at(f"{commit}^")

    @cached_property
    def missing(self) -> str:
        """Why there is no history, or less than all; empty if all is there."""
        said = git(self._root, "rev-parse", "--is-shallow-repository")
        if said is None:
            return "there is no git history here"
        return "this clone has only the last commits" if said.strip() == b"true" else ""

    def _history(self, path: str) -> _History:
        if path not in self._files:
            self._files[path] = _History(self._root, path)
        return self._files[path]


class _History:
    """One file's."""

    def __init__(self, root: Path, path: str) -> None:
        self._root, self._path = root, path

    @cached_property
    def by_hash(self) -> dict[str, Section]:
        """Every section that the file ever had."""
        found: dict[str, Section] = {}
        for text in map(self._text, reversed(self._contents)):
            found.update((section.hash, section) for section in text.sections)
        return found

    @cached_property
    def versions(self) -> list[Version]:
        return [
            Version(commit, self._text(content))
            for commit, blobs in self._log
            for content in map(self._content, blobs[-1:])
            if content is not None
        ]

    def at(self, commit: str) -> Text | None:
        """The file as it stood at a commit."""
        file = (self._root / self._path).resolve()
        content = git(file.parent, "show", f"{commit}:./{file.name}") if file.parent.is_dir() else None
        return None if content is None else self._text(content)

    @property
    def _contents(self) -> list[bytes]:
        """What the file held, the latest first: after each commit, merges too."""
        blobs = dict.fromkeys(blob for _, blobs in self._log for blob in blobs[-1:])
        return [content for content in map(self._content, blobs) if content is not None]

    def _content(self, blob: str) -> bytes | None:
        return self._blobs.get(blob)

    @cached_property
    def _log(self) -> list[tuple[str, list[str]]]:
        return log_of(self._root, self._path)

    @cached_property
    def _blobs(self) -> dict[str, bytes]:
        return contents_of(self._root, self._path, [blob for _, blobs in self._log for blob in blobs])

    def _text(self, content: bytes) -> Text:
        return text_of(content, self._path)


def log_of(root: Path, path: str) -> list[tuple[str, list[str]]]:
    """The commits that changed a file, over renames, and the blobs that each names: the old ones, and the new one."""
    # The file itself may be linked from elsewhere; git knows it where it really is.
    file = (root / path).resolve()
    if not file.parent.is_dir():
        return []
    how = ("--follow", "-m", "--raw", "--no-abbrev", f"--format={_COMMIT}%H", "--", file.name)
    said = git(file.parent, "log", *how)
    parts = (said or b"").decode("utf-8", "replace").split(f"{_COMMIT}")[1:]
    return [(part[: part.find("\n")].strip(), _blobs(part)) for part in parts]


def contents_of(root: Path, path: str, blobs: Sequence[str]) -> dict[str, bytes]:
    """What a file held, by blob."""
    wanted = list(dict.fromkeys(blobs))
    if not wanted:
        return {}
    folder, given = (root / path).resolve().parent, "".join(f"{blob}\n" for blob in wanted)
    return dict(_batch(git(folder, "cat-file", "--batch", given=given.encode()) or b""))


def text_of(content: bytes, path: str) -> Text:
    """What a file held, as sections."""
    return sections.read(sections.File(path, kind_of(path), "", "", plain(content)), _ANY, Problems())


def plain(content: bytes) -> str:
    """What a file held, as `lines.read` reads files."""
    return content.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")


_ANY = sections.Known(source_language="*")
"""Of an old text only hashes, keys that authors wrote and marks count, which need no project."""


def kind_of(path: str) -> DocumentKind:
    """What a document of that path is."""
    folder = path.partition("/")[0]
    return "deck" if folder == "slides" else "notebook" if folder == "notebooks" else "lesson"


def _blobs(change: str) -> list[str]:
    found = (match["blobs"].split() for match in _CHANGE.finditer(change))
    return [blob for blobs in found for blob in blobs if not _NONE.match(blob)]


def _batch(said: bytes) -> Iterator[tuple[str, bytes]]:
    """The blobs in what `git cat-file --batch` prints."""
    position = 0
    while position < len(said):
        end = said.index(b"\n", position)
        blob, kind, *size = said[position:end].decode().split()
        position = end + 1
        if kind == "blob":
            yield blob, said[position : position + int(size[0])]
            position += int(size[0]) + 1
        elif size:
            position += int(size[0]) + 1


def git(folder: Path, *arguments: str, given: bytes = b"") -> bytes | None:
    """What git prints; None if it is not there, or is of no use here."""
    own = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
    try:
        return subprocess.run(
            ["git", "-C", str(folder), *arguments],
            input=given,
            capture_output=True,
            check=True,
            env={**own, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None


_OF_A_HOOK = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
"""What git tells its hooks, which may be of another repository."""
