"""How each section of a translation stands against its source, from the files as they are today."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from labguide.l10n.model import Page, Section, Standing, State, Text

_END = "\0"

Quoted = Callable[[Section], str]
"""The hash of what a section of a source quotes; empty if it quotes nothing, or nobody knows."""


def page(source: Text, translation: Text | None, language: str, expected: str, quoted: Quoted) -> Page:
    """A page in one language."""
    if translation is None:
        standings = tuple(Standing(State.UNTRANSLATED, section, None) for section in source.sections)
    else:
        standings = tuple(_standings(source, translation, quoted))
    return Page(source, translation, language, standings, expected)


def with_earlier(pages: Sequence[Page]) -> tuple[Page, ...]:
    """The pages, where those without a translation know one that lost its source and was made from them."""
    orphans = [(page, _made_from(page)) for page in pages if page.orphan]
    return tuple(_with_earlier(page, orphans) for page in pages) if orphans else tuple(pages)


def _with_earlier(page: Page, orphans: Sequence[tuple[Page, frozenset[str]]]) -> Page:
    if page.translation or page.orphan:
        return page
    own = {section.hash for section in page.source.sections}
    of_language = [(other, made) for other, made in orphans if other.language == page.language]
    found = (other for other, made in of_language if made and len(made & own) * 2 >= len(made))
    earlier = next(found, None)
    return replace(page, made_earlier=earlier.expected) if earlier else page


def _made_from(page: Page) -> frozenset[str]:
    """The hashes that the marks of a translation have."""
    sections = page.translation.sections if page.translation else ()
    return frozenset(section.mark.hash for section in sections if section.mark)


def _standings(source: Text, translation: Text, quoted: Quoted) -> list[Standing]:
    pairs = _paired(source, translation)
    moved = _moved([pairs[section.key] for section in source.sections if section.key in pairs], translation)
    renamed = {key for key, section in pairs.items() if section.key != key}
    found = [_standing(section, pairs.get(section.key), moved, renamed, quoted) for section in source.sections]
    return _with_orphans(found, translation, {section.key for section in pairs.values()})


def _paired(source: Text, translation: Text) -> Mapping[str, Section]:
    """The translation's section for each key of the source that has one.

    By id and by the text that it was made from, by either, and where the source's headings have no ids of their own,
    by its place between two others. Ids that the host counts (`check_2`) mean less than the text.
    """
    if _has_no_names(source, translation):
        return {each.key: other for each, other in zip(source.sections, translation.sections, strict=True)}
    found: dict[str, Section] = {}
    left = {section.key: section for section in translation.sections}
    for fits in (_by_both, _by_text_unless_pinned, _by_key, _by_text):
        for section in source.sections:
            other = None if section.key in found else fits(section, left)
            if other:
                found[section.key] = left.pop(other.key)
    _pair_gaps(found, source, translation)
    return found


def _has_no_names(source: Text, translation: Text) -> bool:
    """Whether nothing but their order tells which section is which, and that does."""
    named = any(section.pinned for section in source.sections) or any(section.mark for section in translation.sections)
    return not named and [each.level for each in source.sections] == [each.level for each in translation.sections]


def _by_both(section: Section, left: Mapping[str, Section]) -> Section | None:
    other = left.get(section.key)
    return other if other and other.mark and other.mark.hash == section.hash else None


def _by_text_unless_pinned(section: Section, left: Mapping[str, Section]) -> Section | None:
    return None if section.pinned else _by_text(section, left)


def _by_key(section: Section, left: Mapping[str, Section]) -> Section | None:
    return left.get(section.key)


def _by_text(section: Section, left: Mapping[str, Section]) -> Section | None:
    return next((other for other in left.values() if other.mark and other.mark.hash == section.hash), None)


def _pair_gaps(found: dict[str, Section], source: Text, translation: Text) -> None:
    """Pair what stands between the same two neighbours, if its headings are of the same levels one by one."""
    if all(section.key in found or section.pinned for section in source.sections):
        return
    taken = {section.key: key for key, section in found.items()}
    theirs = _gaps([(taken.get(section.key), section) for section in translation.sections])
    own = _gaps([(section.key if section.key in found else None, section) for section in source.sections])
    for neighbours, gap in own.items():
        other = theirs.get(neighbours, [])
        unnamed = not any(section.pinned for section in gap)
        if unnamed and [section.level for section in gap] == [section.level for section in other]:
            found.update((section.key, each) for section, each in zip(gap, other, strict=True))


def _gaps(marked: Sequence[tuple[str | None, Section]]) -> dict[tuple[str, str], list[Section]]:
    """The sections without a partner, by the keys of the nearest ones around them that have one."""
    gaps: dict[tuple[str, str], list[Section]] = {}
    before, gap = "", list[Section]()
    for key, section in [*marked, (_END, marked[-1][1])] if marked else ():
        if key is None:
            gap.append(section)
        else:
            gaps[before, key] = gap
            before, gap = key, []
    return gaps


def _moved(in_source_order: Sequence[Section], translation: Text) -> frozenset[str]:
    """The keys of the fewest sections that would have to move for the translation to have the source's order."""
    at = {section.key: number for number, section in enumerate(translation.sections)}
    tails: list[int] = []
    last: list[int] = []
    before: list[int] = [-1] * len(in_source_order)
    positions = [at[section.key] for section in in_source_order]
    for number, position in enumerate(positions):
        length = bisect_left(tails, position)
        tails[length : length + 1] = [position]
        last[length : length + 1] = [number]
        before[number] = last[length - 1] if length else -1
    kept, number = set(), last[-1] if last else -1
    while number >= 0:
        kept.add(number)
        number = before[number]
    return frozenset(section.key for number, section in enumerate(in_source_order) if number not in kept)


def _standing(
    source: Section, translation: Section | None, moved: frozenset[str], renamed: set[str], quoted: Quoted
) -> Standing:
    if translation is None:
        return Standing(State.MISSING, source, None)
    mark = translation.mark
    if mark is None or mark.todo:
        return Standing(State.UNSYNCED, source, translation)
    state = State.OK
    if mark.hash != source.hash:
        state = State.STALE
    elif source.key in renamed and translation.pinned:
        state = State.RENAMED
    elif translation.key in moved:
        state = State.ORDER
    now = quoted(source) if mark.quotes else ""
    return Standing(state, source, translation, bool(now) and now != mark.quotes, mark.draft)


def _with_orphans(found: Sequence[Standing], translation: Text, paired: set[str]) -> list[Standing]:
    """The standings with those of sections that the source does not have."""
    standings = list(found)
    before: Section | None = None
    for section in translation.sections:
        if section.key not in paired:
            mark = section.mark
            orphan = Standing(State.ORPHAN, None, section, draft=bool(mark and mark.draft))
            standings.insert(_behind(standings, before), orphan)
        before = section
    return standings


def _behind(standings: Sequence[Standing], before: Section | None) -> int:
    """The place behind a section of the translation; the first one behind none."""
    numbers = (number for number, standing in enumerate(standings, start=1) if standing.translation is before)
    return 0 if before is None else next(numbers, len(standings))
