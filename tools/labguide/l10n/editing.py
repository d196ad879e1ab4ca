"""Rewrites translations: the marks of sections that are in sync, and a scaffold of what is not translated yet.

Every other byte of a file stays as it is: how its lines end, a byte order mark, the end without a line feed.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from labguide import recordings
from labguide.l10n import hashing
from labguide.l10n.history import Past
from labguide.l10n.model import Page, Section, Standing, State, Text
from labguide.l10n.states import Quoted
from labguide.marks import Mark
from labguide.model import Place
from labguide.problems import CannotBuildError
from labguide.skimming import Kind

_ENDING = re.compile(r"(\r\n|\r|\n)")
NOT_WRITTEN = (State.ORPHAN, State.MISSING, State.UNTRANSLATED)
"""The states of what nobody can sync, for one of the two is not there."""
_OF_MERGE = re.compile(r"<{7} |>{7} |\|{7} ")
_CLOSING = re.compile(r"[ \t]+#+[ \t]*$")


@dataclass(frozen=True)
class Refusal:
    """Why a section is not said to be in sync, and what to do."""

    why: str
    remedy: str


# ---- Whether a section may be said to be in sync ----


def refusal(standing: Standing, page: Page, past: Past, *, named: bool) -> Refusal | None:
    """Why a section cannot be synced without somebody who says that it was reviewed; None if it can be.

    `named`: somebody asked for this section, and not for all.
    """
    if conflict := of_merge(standing):
        return conflict
    if standing.state is State.ORPHAN:
        return Refusal("the source has no such section", "take it out, or give it the id of the section it translates")
    if standing.translation is None:
        return Refusal("it is not translated", f"`labguide l10n new {page.source.path} {page.language}` writes it down")
    mark = standing.translation.mark
    if mark and mark.todo:
        return _refusal_of_todo(standing, mark)
    if standing.state is State.STALE and not _was_revised(standing, page, past):
        why = "the source has changed, and the translation has not since"
        return Refusal(why, f"see `labguide l10n diff {page.source.path} {standing.key}`, then say --reviewed")
    if standing.draft and not named:
        return Refusal("it is a draft by a machine", "read it, then name it, or say --reviewed")
    return None


def of_merge(standing: Standing) -> Refusal | None:
    """Why a section cannot be synced, whoever reviewed it: a merge left what two people wrote side by side."""
    lines = standing.translation.lines if standing.translation else ()
    kinds = standing.translation.kinds if standing.translation else ()
    for line, kind in zip(lines, kinds, strict=True):
        if kind is not Kind.CODE and _OF_MERGE.match(line.text):
            return Refusal(f"line {line.place.line} is from a merge that is not finished", "choose what is to stand")
    return None


def _refusal_of_todo(standing: Standing, mark: Mark) -> Refusal | None:
    assert standing.source
    assert standing.translation
    if standing.translation.normalised == standing.source.normalised:
        return Refusal("it is still the source's text", "translate it; --reviewed if it is to stay as it is")
    if mark.hash != standing.source.hash:
        return Refusal("the source has changed since it was written down", "see what has changed, then say --reviewed")
    return None


def _was_revised(standing: Standing, page: Page, past: Past) -> bool:
    """Whether the translation is another one than before the commit that made the source's section what it is."""
    assert standing.source
    assert standing.translation
    made = past.made(page.source.path, standing.source.hash)
    before = past.before(made, page.expected) if made else past.latest(page.expected)
    if before is None:
        return False
    return all(section.normalised != standing.translation.normalised for section in before.sections)


# ---- Saying so ----


def sync(root: Path, page: Page, standings: Iterable[Standing], quoted: Quoted) -> int:
    """Write today's hash below the heading of each section, and its id where it has another.

    Returns for how many sections that was new; if for none, the file is left alone. Raises CannotBuildError, and writes
    nothing, if the file is not as it was read.
    """
    assert page.translation
    file, changed = _as_read(root, page.translation), 0
    wanted = sorted(standings, key=lambda each: each.translation.first if each.translation else 0, reverse=True)
    for standing in wanted:
        source, translation, before = standing.source, standing.translation, list(file.lines)
        if source and translation:
            file.mark(translation, mark_of(page, source, quoted))
            if translation.key != source.key and translation.heading:
                file.pin(translation, source.key)
            changed += file.lines != before
    if changed:
        file.write()
    return changed


def mark_of(page: Page, source: Section, quoted: Quoted, *, draft: bool = False, todo: bool = False) -> Mark:
    """The mark of what is made from a section of a page as it is today."""
    return Mark(page.source.language, source.hash, quoted(source), draft, todo)


# ---- What is not translated yet ----


def scaffold(root: Path, page: Page, quoted: Quoted) -> list[Section]:
    """Write down the source's text where its translation will stand: the whole page, or what is missing of it.

    Returns the sections that were written. Their marks say `todo`. Raises CannotBuildError, and writes nothing, if the
    translation is not as it was read.
    """
    missing = [each for each in page.standings if each.state in (State.MISSING, State.UNTRANSLATED)]
    if page.translation is None:
        _write_page(root, page, quoted)
    elif missing:
        _add(root, page, quoted)
    return [each.source for each in missing if each.source]


def _write_page(root: Path, page: Page, quoted: Quoted) -> None:
    source = _File(root / page.source.path)
    head = [] if page.source.path.endswith(".py") else source.lines[: page.source.sections[0].first - 1]
    ending = source.ending
    texts = [text for section in page.source.sections for text in scaffolded(page, section, quoted)]
    while texts and not texts[-1].strip():
        texts.pop()
    path = root / page.expected
    must_be_as_read(root, page)
    path.parent.mkdir(parents=True, exist_ok=True)
    made = "".join([*(f"{text}{end or ending}" for text, end in head), *(f"{text}{ending}" for text in texts)])
    recordings.write_atomically(path, made.encode())


def scaffolded(page: Page, section: Section, quoted: Quoted, *, todo: bool = True) -> list[str]:
    """The lines of a section of the source with its id, and a mark that says `todo` unless it is not to."""
    texts = list(section.texts)
    mark = str(mark_of(page, section, quoted, todo=todo))
    if section.heading is None:
        return [mark, "", *texts]
    first, last = section.heading
    if not section.pinned:
        texts[first] = pinned(texts[first], section.key)
    return [*texts[: last + 1], mark, *texts[last + 1 :]]


def _add(root: Path, page: Page, quoted: Quoted) -> None:
    """Put in what is missing, each section behind the one that it follows in the source."""
    assert page.translation
    file = _as_read(root, page.translation)
    follows = list(_places(page, len(file.lines)))
    for number, section in reversed(follows):
        texts = scaffolded(page, section, quoted)
        while texts and not texts[-1].strip():
            texts.pop()
        file.insert(number, texts)
    file.write()


def _places(page: Page, end: int) -> Iterator[tuple[int, Section]]:
    """The number of the line, from 0, before which each missing section goes."""
    number: int | None = None
    for standing in page.standings:
        if standing.translation:
            number = standing.translation.first - 1 + len(standing.translation.texts)
        elif standing.source:
            first = page.translation.sections[0].first - 1 if page.translation else 0
            yield min(first if number is None else number, end), standing.source


def must_be_as_read(root: Path, page: Page) -> None:
    """Raises CannotBuildError if somebody has changed the translation of a page, or made one, since it was read."""
    if page.translation:
        _as_read(root, page.translation)
    elif (root / page.expected).exists():
        message = "this file is there already, and could not be read as a translation"
        raise CannotBuildError.at(Place(page.expected), "file-exists", message, "save it as UTF-8, or move it away")


def replace_lines(path: Path, changes: Iterable[tuple[int, int, Sequence[str]]]) -> None:
    """Put other lines in the place of some: from this line of the file on, so many, and what stands there instead."""
    file = _File(path)
    for first, count, texts in sorted(changes, key=lambda change: change[0], reverse=True):
        file.replace(first - 1, count, texts)
    file.write()


# ---- Files ----


def _as_read(root: Path, text: Text) -> _File:
    """A file that nobody has changed since its sections were read. Raises CannotBuildError if somebody has."""
    file = _File(root / text.path)
    read = [line for section in text.sections for line in section.texts]
    if [line for line, _ in file.lines[text.sections[0].first - 1 :]] != read:
        raise _changed(text.path)
    return file


def _changed(path: str) -> CannotBuildError:
    message = "this file was changed while it was worked on, and nothing was written"
    return CannotBuildError.at(Place(path), "changed-meanwhile", message, "run it again")


class _File:
    """A file as lines, each with its ending."""

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()  # a link stays one
        content = self._path.read_bytes()
        self._bom = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
        parts = _ENDING.split(content.removeprefix(codecs.BOM_UTF8).decode())
        self.lines = list(zip(parts[::2], [*parts[1::2], ""], strict=True))
        if self.lines[-1] == ("", ""):
            self.lines.pop()
        self.ending = parts[1] if len(parts) > 1 else "\n"

    def mark(self, section: Section, mark: Mark) -> None:
        """Put a mark below a section's heading, in the place of all that stand in it."""
        at = [section.first - 1 + number for number in section.marks]
        if at:
            self.lines[at[0]] = (str(mark), self.lines[at[0]][1])
            for number in reversed(at[1:]):
                del self.lines[number]
            return
        below = section.first + section.heading[1] if section.heading else section.first - 1
        self._insert_lines(below, [str(mark)] if section.heading else [str(mark), ""])

    def pin(self, section: Section, key: str) -> None:
        """Give a heading its id."""
        assert section.heading
        number = section.first - 1 + section.heading[0]
        self.lines[number] = (pinned(self.lines[number][0], key), self.lines[number][1])

    def insert(self, number: int, texts: Sequence[str]) -> None:
        """Put in lines, with a blank one before them and one behind."""
        before = number > 0 and self.lines[number - 1][0].strip()
        behind = number < len(self.lines)
        self._insert_lines(number, [*([""] if before else []), *texts, *([""] if behind else [])])

    def replace(self, number: int, count: int, texts: Sequence[str]) -> None:
        """Put in lines in the place of others."""
        self.lines[number : number + count] = [(text, self.ending) for text in texts]

    def _insert_lines(self, number: int, texts: Sequence[str]) -> None:
        if number and number == len(self.lines) and not self.lines[-1][1]:
            self.lines[-1] = (self.lines[-1][0], self.ending)
        self.lines[number:number] = [(text, self.ending) for text in texts]

    def write(self) -> None:
        """Write the file as it is now."""
        text = "".join(f"{text}{ending}" for text, ending in self.lines)
        recordings.write_atomically(self._path, self._bom + text.encode())


def pinned(heading: str, key: str) -> str:
    """A heading's line with an id, in the place of the one that it has."""
    title, own, _ = hashing.parted(heading.rstrip())
    if own:
        start = heading.rfind("{")
        return heading[:start] + re.sub(
            rf"#{re.escape(own)}|id=[\"']?{re.escape(own)}[\"']?", f"#{key}", heading[start:]
        )
    found = hashing.ATTRIBUTES.search(heading.rstrip()) if title != heading.rstrip() else None
    if found:
        return f"{heading[: found.start()]} {{#{key} {found['attributes']}}}"
    return f"{_CLOSING.sub('', heading.rstrip())} {{#{key}}}"
