"""Holds a translation's sections against those that they were made from: words differ, and nothing else does.

Sections in sync are compared as a whole. Of one that is STALE nobody knows which side is behind, and its readers are
told; one without a mark tells nobody anything, so at least its code has to be the source's. What a section has to
keep is in `outline.py`. Every difference is a problem at its line in the translation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from labguide import documents, lines
from labguide.l10n import addresses, codes
from labguide.l10n.model import Page, Section, Standing, State, Text
from labguide.l10n.outline import Reader, definitions
from labguide.l10n.parts import Key, Outline, Part
from labguide.model import Place, Project
from labguide.problems import Problems

KIND = "parity"

_SETTINGS = ("css", "deck", "edition", "kind", "lessons", "minutes", "notebook", "notesSeparator", "progress", "start")
_OF_DECKS = ("revealOptions", "separator", "theme", "transition", "verticalSeparator")
"""Keys of the front matter that say how a page is made and not what it says."""
_VALUE = re.compile(r"[^#]*#\w+")
"""A value's script and variable, without its format."""
_CODE = ("code block", "fence", "quote")
_EXACT = ("attribute", "anchor", "comment", "formula", "html", "image", "link", "source", "value")


@dataclass(frozen=True)
class _Pair:
    """Two sections that are compared, and in which languages they are."""

    source: Section
    translation: Section
    languages: tuple[str, str]
    problems: Problems

    def same_address(self, here: str, there: str) -> bool:
        """Whether two addresses mean the same page or picture, each in its language."""
        return addresses.same(here, there, *self.languages)

    def key(self, part: Part, language: str) -> Key:
        """What of a part is the same in both languages. Of a cell's output a script may have one in the language."""
        suffix = f"-{language.lower()}"
        if part.kind == "comment":
            within, of, said = part.key
            return within, of, tuple((name, addresses.neutral(value, language)) for name, value in said)
        if part.kind == "quote" and ":show: output" in part.body and str(part.key[-1]).endswith(suffix):
            return (*part.key[:-1], part.key[-1].removesuffix(suffix))
        return part.key

    def is_own_form(self, here: str, there: str) -> bool:
        """Whether a value is what a script has of another one for the language: `price_zh_tw:,` for `price:.2f`."""
        suffix = "_" + self.languages[1].lower().replace("-", "_")
        ours, theirs = _VALUE.match(here), _VALUE.match(there)
        return bool(ours and theirs and theirs[0] == ours[0] + suffix)


def check(project: Project, pages: Iterable[Page], problems: Problems) -> None:
    """Note every difference between a translation's sections and their sources: of those without a mark, in code.

    Raises CannotBuildError if the host's configuration cannot be used.
    """
    known: dict[str, Reader] = {}
    outlines: dict[tuple[str, int], Outline | None] = {}
    for page in pages:
        compared = [standing for standing in page.standings if standing.in_sync or _is_unmarked(standing)]
        added = [] if page.orphan else [each for each in page.standings if _is_added(each)]
        if (compared or added) and page.translation:
            readers = (_reader(project, page.source, known), _reader(project, page.translation, known))
            _check_settings(project, page, (readers[0].meta, readers[1].meta), problems)
            for standing in compared:
                _check(standing, page, readers, outlines, problems)
            _check_added(added, page, readers, problems)


def _is_unmarked(standing: Standing) -> bool:
    """Whether nothing says what a section was made from; a scaffold says that it is nobody's translation yet."""
    mark = standing.translation.mark if standing.translation else None
    return standing.state is State.UNSYNCED and standing.source is not None and not (mark and mark.todo)


def _is_added(standing: Standing) -> bool:
    """Whether a section was made from none of the source's; one that has a mark had one, which is gone."""
    return standing.state is State.ORPHAN and standing.translation is not None and standing.translation.mark is None


def _check_added(added: Sequence[Standing], page: Page, readers: tuple[Reader, Reader], problems: Problems) -> None:
    """The code of sections that the source does not have stands in one of its sections that nobody translated."""
    left = _code_of_missing(page, readers[0]) if added else []
    for standing in added:
        assert standing.translation
        outline = readers[1].outline(standing.translation.lines, standing.translation.place)
        for part in _code_of(outline) if outline else ():
            if (part.key, part.body) in left:
                left.remove((part.key, part.body))
            else:
                message = f"{part.name} stands in no section of {page.source.path}"
                problems.add(part.place, KIND, message, "take it out, or add it there first")


def _code_of_missing(page: Page, reader: Reader) -> list[tuple[Key, Key]]:
    sections = [each.source for each in page.standings if each.state is State.MISSING and each.source]
    outlines = [reader.outline(section.lines, section.place) for section in sections]
    return [(part.key, part.body) for outline in outlines if outline for part in _code_of(outline)]


def _reader(project: Project, text: Text, known: dict[str, Reader]) -> Reader:
    """What reads a file; kept for a source, which has a translation in each language."""
    if text.path not in known:
        defined = definitions(line for section in text.sections for line in section.lines)
        meta = {} if text.path.endswith(".py") else _meta(project, text.path)
        known[text.path] = Reader(project, text.kind, meta, defined)
    return known[text.path]


def _meta(project: Project, path: str) -> Mapping[str, Any]:
    header, _ = documents.front_matter(lines.read(project.root / path))
    return documents.meta(header, path, Problems()) if header else {}


def _check_settings(
    project: Project, page: Page, metas: tuple[Mapping[str, Any], Mapping[str, Any]], problems: Problems
) -> None:
    """The settings of a page are the same in all its languages, if its first section is in sync."""
    assert page.translation
    source, translation = metas
    first = page.standings[0]
    if page.source.kind == "notebook" or not first.in_sync or first.source is not page.source.sections[0]:
        return
    for key in (*_SETTINGS, *_OF_DECKS):
        if not _same_setting(source.get(key), translation.get(key), page):
            said = f"`{key}: {source[key]}`" if key in source else f"no `{key}`"
            message = f"the front matter of {page.source.path} has {said}, this one has not"
            problems.add(_place_of(key, project, page.translation.path), KIND, message, "write the same here")


def _place_of(key: str, project: Project, path: str) -> Place:
    """The line of the front matter where a key stands; the file's first line if it has none of that name."""
    written = lines.placed(lines.read(project.root / path), path)
    return next((line.place for line in written if line.text.startswith(f"{key}:")), Place(path))


def _same_setting(source: Any, translation: Any, page: Page) -> bool:
    if isinstance(source, str) and isinstance(translation, str):
        return addresses.same(source, translation, page.source.language, page.language)
    if isinstance(source, list) and isinstance(translation, list) and len(source) == len(translation):
        return all(_same_setting(here, there, page) for here, there in zip(source, translation, strict=True))
    return bool(source == translation)


def _check(
    standing: Standing,
    page: Page,
    readers: tuple[Reader, Reader],
    outlines: dict[tuple[str, int], Outline | None],
    problems: Problems,
) -> None:
    assert standing.source
    assert standing.translation
    pair = _Pair(standing.source, standing.translation, (page.source.language, page.language), problems)
    key = (pair.source.path, pair.source.first)
    if key not in outlines:
        outlines[key] = readers[0].outline(pair.source.lines, pair.source.place)
    here, there = outlines[key], readers[1].outline(pair.translation.lines, pair.translation.place)
    if not here or not there:  # the build tells of a text that the renderer cannot read
        return
    if standing.in_sync:
        _compare_blocks(here.blocks, there.blocks, pair)
        _compare_prose(here, there, page, pair)
    else:
        _compare_code_alone(_code_of(here), _code_of(there), pair)


def _code_of(outline: Outline) -> list[Part]:
    """Its code, wherever it stands."""
    return [replace(part, key=((), *part.key[1:])) for part in outline.blocks if part.kind in _CODE]


def _compare_code_alone(here: Sequence[Part], there: Sequence[Part], pair: _Pair) -> None:
    """What code the translation shows is the source's; what it does not show yet is for its translator to add."""
    source, translation = pair.languages
    left = list(here)
    for other in there:
        same = [one for one in left if pair.key(one, source) == pair.key(other, translation)]
        if not same:
            _add(pair, other.place, f"{other.name} is not in {_source(pair)}", "take it out, or add it there first")
            continue
        one = next((each for each in same if each.body == other.body), same[0])
        left.remove(one)
        _compare_body(one, other, pair)


# ---- What has an order ----


def _compare_blocks(here: Sequence[Part], there: Sequence[Part], pair: _Pair) -> None:
    ours, theirs = (
        [(part.kind, pair.key(part, language)) for part in parts]
        for parts, language in zip((here, there), pair.languages, strict=True)
    )
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    for what, first, last, begin, end in matcher.get_opcodes():
        if what == "equal":
            for one, other in zip(here[first:last], there[begin:end], strict=True):
                _compare_body(one, other, pair)
        else:
            _tell(here[first:last], there[begin:end], _place_after(there, begin, pair), pair)


def _place_after(there: Sequence[Part], number: int, pair: _Pair) -> Place:
    """Where something is missing: at the part before it, else at the heading."""
    return there[number - 1].place if number else pair.translation.place


def _tell(here: Sequence[Part], there: Sequence[Part], place: Place, pair: _Pair) -> None:
    """What stands in one of two sections only; parts of one kind were mostly meant to be the same."""
    left = list(there)
    for one in here:
        other = next((each for each in left if each.kind == one.kind), None)
        if other is None:
            _add(pair, place, f"{one.name} of {one.place} is missing here", "put it in as it stands there")
            continue
        left.remove(other)
        _tell_changed(one, other, pair)
    for other in left:
        _add(pair, other.place, f"{other.name} is not in {_source(pair)}", "take it out, or add it there first")


def _tell_changed(one: Part, other: Part, pair: _Pair) -> None:
    if one.key[1:] == other.key[1:]:
        message = f"{other.name} stands {_within(other)}, but {one.place} {_within(one)}"
        _add(pair, other.place, message, "move it, or mend the indentation")
    else:
        _add(pair, other.place, f"here stands {other.name}, but in {one.place} {one.name}", "write the same here")


def _within(part: Part) -> str:
    return f"in `{' · '.join(part.key[0])}`" if part.key[0] else "by itself"


def _compare_body(one: Part, other: Part, pair: _Pair) -> None:
    if one.body == other.body:
        return
    if one.kind in ("fence", "code block"):
        _tell_code(one, other, pair)
        return
    for text in _missing(one.body, other.body):
        _add(pair, other.place, f"{other.name} has not what {one.place} has: {text}", "make it the same")
    for text in _missing(other.body, one.body):
        if one.kind == "quote":
            _add(pair, other.place, f"{other.name} has what {one.place} has not: {text}", "make it the same")


def _tell_code(one: Part, other: Part, pair: _Pair) -> None:
    """The first line in which two blocks of code differ."""
    numbers = range(min(len(one.body), len(other.body)))
    at = next((number for number in numbers if one.body[number] != other.body[number]), len(numbers))
    ours, theirs = _line(one, at), _line(other, at)
    what = f"{theirs} for {ours}" if ours != theirs else f"{ours} is indented in another way"
    message = f"this code is not that of {one.place}: {what}"
    _add(pair, other.place, message, "copy the code; only comments are translated")


def _line(part: Part, number: int) -> str:
    if number >= len(part.body):
        return "nothing more"
    code = codes.visible(part.body[number].strip(" \t"))
    return f"`{code}`"


def _missing(here: Iterable[Any], there: Iterable[Any]) -> Iterator[Any]:
    return (Counter(here) - Counter(there)).elements()


# ---- What has none ----


def _compare_prose(here: Outline, there: Outline, page: Page, pair: _Pair) -> None:
    """What stands in sentences: of a page section by section, of a notebook cell by cell."""
    cells = _cells(here)
    if page.source.kind != "notebook" or cells != _cells(there):
        _compare_inline(here.inline, there.inline, pair)
        return
    for number in range(len(cells) + 1):
        _compare_inline(_of_cell(here, number), _of_cell(there, number), pair)
        ours, theirs = here.prose.get(number), there.prose.get(number)
        if ours and not theirs:
            place = _place_after(_quotes(there), number, pair)
            _add(pair, place, f"the text of {ours} is missing below this", "translate it too")
        elif theirs and not ours:
            message = f"this text stands in no cell of {pair.source.path} in the section at {pair.source.place}"
            _add(pair, theirs, message, "take it out, or write it there first")


def _of_cell(outline: Outline, number: int) -> list[Part]:
    return [part for part in outline.inline if part.cell == number]


def _quotes(outline: Outline) -> list[Part]:
    return [part for part in outline.blocks if part.kind == "quote"]


def _cells(outline: Outline) -> list[Key]:
    return [part.key for part in _quotes(outline)]


def _compare_inline(here: Sequence[Part], there: Sequence[Part], pair: _Pair) -> None:
    for kind in _EXACT:
        missing, added = _differing(_of_kind(here, kind), _of_kind(there, kind))
        if kind in ("attribute", "html", "image", "link", "source", "value"):
            missing, added = _without_same(missing, added, pair)
        _tell_inline(missing, () if kind == "anchor" else added, here, there, pair)
    _compare_code(_of_kind(here, "code"), _of_kind(there, "code"), pair)


def _of_kind(parts: Sequence[Part], kind: str) -> list[Part]:
    return [part for part in parts if part.kind == kind]


def _differing(here: Sequence[Part], there: Sequence[Part]) -> tuple[list[Part], list[Part]]:
    """The parts that one side has more often than the other."""
    return _more(here, there), _more(there, here)


def _more(here: Sequence[Part], there: Sequence[Part]) -> list[Part]:
    left = Counter(part.key for part in there)
    found = []
    for part in here:
        left[part.key] -= 1
        if left[part.key] < 0:
            found.append(part)
    return found


def _without_same(missing: Sequence[Part], added: Sequence[Part], pair: _Pair) -> tuple[list[Part], list[Part]]:
    """The parts without those that are the same but for the language in their address."""
    left, lost = list(added), []
    for part in missing:
        other = next((each for each in left if _same_but_language(part, each, pair)), None)
        if other is None:
            lost.append(part)
        else:
            left.remove(other)
    return lost, left


def _same_but_language(here: Part, there: Part, pair: _Pair) -> bool:
    if here.kind == "value":
        return pair.is_own_form(str(here.key[0]), str(there.key[0]))
    return here.key[:-1] == there.key[:-1] and pair.same_address(str(here.key[-1]), str(there.key[-1]))


def _compare_code(here: Sequence[Part], there: Sequence[Part], pair: _Pair) -> None:
    """A sentence may name a thing once more, or once less, where another language has a pronoun; not swap two."""
    missing, added = _without_same(*_differing(here, there), pair)
    ours, theirs = {part.key for part in here}, {part.key for part in there}
    strict = bool(missing and added)
    if not missing and not added:
        _compare_rows(here, there, pair)
    _tell_inline(
        [part for part in missing if strict or part.key not in theirs],
        [part for part in added if strict or part.key not in ours],
        here,
        there,
        pair,
    )


def _compare_rows(here: Sequence[Part], there: Sequence[Part], pair: _Pair) -> None:
    """No two codes may be swapped between entries of a list, or rows of a table: each says what its code does."""
    for row in dict.fromkeys(part.row for part in here if part.row):
        ours, theirs = ([part for part in parts if part.row == row] for parts in (here, there))
        missing, added = _without_same(*_differing(ours, theirs), pair)
        if missing and added:
            _tell_inline(missing[:1], added[:1], ours, theirs, pair)


def _tell_inline(
    missing: Iterable[Part], added: Iterable[Part], here: Sequence[Part], there: Sequence[Part], pair: _Pair
) -> None:
    missing, added = list(missing), list(added)
    if len(missing) == len(added) == 1:  # mostly one was meant to be the other
        message = f"{added[0].name} stands here, but in {missing[0].place} {missing[0].name}"
        _add(pair, added[0].place, message, "write the same here")
        return
    for part in missing:
        often = "stands here less often" if _is_among(part, there) else "is missing in this section"
        message = f"{part.name} of {part.place} {often}"
        _add(pair, pair.translation.place, message, "write it as it stands there")
    for part in added:
        often = "more often than" if _is_among(part, here) else "and not"
        message = f"{part.name} stands here {often} in {_source(pair)}"
        _add(pair, part.place, message, "write what stands there")


def _is_among(part: Part, others: Iterable[Part]) -> bool:
    return any((other.kind, other.key) == (part.kind, part.key) for other in others)


def _source(pair: _Pair) -> str:
    return f"the section at {pair.source.place}"


def _add(pair: _Pair, place: Place, message: str, remedy: str) -> None:
    pair.problems.add(place, KIND, message, remedy)
