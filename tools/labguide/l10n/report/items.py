"""A section that needs someone: what happened to it, what to do, what to paste, and both languages side by side."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from labguide.l10n import editing
from labguide.l10n.model import Page, Section, Standing, State, Text
from labguide.l10n.report import edit_links
from labguide.l10n.report.model import Box, Item, Link, Seen
from labguide.l10n.report.rows import Block, Row, blocks, rows
from labguide.l10n.states import Quoted
from labguide.marks import Mark

Words = Mapping[str, Any]


@dataclass(frozen=True)
class Desk:
    """One page of the guide in one language, with all that is known of it."""

    page: Page
    words: Words
    edit_address: str
    address: Callable[[Text, str], str | None]
    """Where readers find a section of a text; None if nowhere."""
    seen: Mapping[int, Seen]
    """By the `id()` of a section of today."""
    old: Callable[[Mark], Seen | None]
    """The English that a mark speaks of."""
    quoted: Quoted

    def of(self, section: Section | None) -> Seen:
        """What readers see of a section."""
        return self.seen[id(section)] if section else Seen(())


def item(standing: Standing, desk: Desk) -> Item | None:
    """What is to do about a section; None if there is nothing, or if its readers do not see it."""
    kind = _kind(standing)
    if not kind or not _is_seen(standing, desk):
        return None
    shown = standing.translation or standing.source
    assert shown
    language = desk.page.language if standing.translation else desk.page.source.language
    begun = Item(
        kind,
        standing.key,
        title_of(shown),
        language,
        _flags(standing, kind),
        edit=_edit(desk),
        links=_links(standing, desk),
    )
    return _MAKERS[kind](standing, begun, desk)


def _kind(standing: Standing) -> str:
    if standing.state is not State.OK:
        return standing.state.value
    return "QUOTES" if standing.quotes_changed else "DRAFT" if standing.draft else ""


def _flags(standing: Standing, kind: str) -> tuple[str, ...]:
    flags = {"QUOTES": standing.quotes_changed, "DRAFT": standing.draft}
    return tuple(flag for flag, there in flags.items() if there and flag != kind)


def _is_seen(standing: Standing, desk: Desk) -> bool:
    """Whether the readers have the section at all: they see a heading of it, or text where there is none."""
    shown = desk.of(standing.source or standing.translation)
    return shown.headed and (bool(shown.lines) or not shown.hidden)


def title_of(section: Section) -> str:
    """The heading without what its author said to other authors."""
    return re.sub(r"\s*<!--.*?-->", "", section.title)


def _edit(desk: Desk) -> tuple[Link, ...]:
    translation = desk.page.translation
    address = edit_links.of(desk.edit_address, translation.path) if translation else None
    return ((desk.words["edit"], address),) if address else ()


def _links(standing: Standing, desk: Desk) -> tuple[Link, ...]:
    sides = {
        "see_translation": (desk.page.translation, standing.translation),
        "see_english": (desk.page.source, standing.source),
    }
    found = {name: desk.address(text, each.key) for name, (text, each) in sides.items() if text and each}
    return tuple((desk.words[name], address) for name, address in found.items() if address)


# ---- What to do, state by state ----


def _compare(standing: Standing, begun: Item, desk: Desk) -> Item:
    """English and translation side by side, and the mark that says that they agree."""
    source, translation = standing.source, standing.translation
    assert source
    assert translation
    new, said = desk.of(source), desk.of(translation)
    old = desk.old(translation.mark) if begun.kind == "STALE" and translation.mark else None
    side_by_side = rows(_english(old) if old else None, _english(new), blocks(said.lines))
    notices = desk.words["notices"]
    tasks = [_to_compare(begun.kind, side_by_side, translation, desk.words["tasks"])]
    boxes = [_mark_box(source, translation, desk)]
    if begun.kind == "STALE" and old is None:
        tasks.append(notices["old_unknown"])
    if new.hidden and (old is None or old.hidden != new.hidden):
        tasks, boxes = [notices["cut_section"]], []
    return replace(begun, tasks=tuple(tasks), boxes=tuple(boxes), rows=tuple(side_by_side), compared=old is not None)


def _to_compare(kind: str, side_by_side: Sequence[Row], translation: Section, tasks: Words) -> str:
    changed = [str(row.translation[0].line) for row in side_by_side if row.changed and row.translation]
    if kind == "STALE" and changed:
        return str(tasks["STALE_at"].format(lines=tasks["and"].join(changed)))
    return str(tasks[kind].format(line=translation.place.line))


def _missing(standing: Standing, begun: Item, desk: Desk) -> Item:
    source = standing.source
    assert source
    if desk.of(source).hidden:
        return replace(begun, tasks=(desk.words["notices"]["cut_section"],))
    before = _translated_before(standing, desk)
    tasks = desk.words["tasks"]
    task = tasks["MISSING_after"].format(line=_last(before)) if before else tasks["MISSING_first"]
    box = Box(
        desk.words["to_paste"], text_of(editing.scaffolded(desk.page, source, desk.quoted, todo=False)), long=True
    )
    return replace(begun, tasks=(task,), boxes=(box,))


def _orphan(standing: Standing, begun: Item, desk: Desk) -> Item:
    section = standing.translation
    assert section
    task = desk.words["tasks"]["ORPHAN"].format(line=_first(section), last=_last(section))
    said = rows(None, (), blocks(desk.of(section).lines))
    return replace(begun, tasks=(task,), rows=tuple(said))


def _renamed(standing: Standing, begun: Item, desk: Desk) -> Item:
    section = standing.translation
    assert section
    assert section.heading
    written = editing.pinned(section.texts[section.heading[0]], standing.key)
    task = desk.words["tasks"]["RENAMED"].format(line=section.place.line)
    return replace(begun, tasks=(task,), boxes=(Box(desk.words["to_paste"], written),))


def _order(standing: Standing, begun: Item, desk: Desk) -> Item:
    section, before = standing.translation, _translated_before(standing, desk)
    assert section
    said: dict[str, Any] = {"line": _first(section), "last": _last(section)}
    tasks = desk.words["tasks"]
    task = (
        tasks["ORDER_after"].format(before=title_of(before), **said) if before else tasks["ORDER_first"].format(**said)
    )
    return replace(begun, tasks=(task,))


_MAKERS: Mapping[str, Callable[[Standing, Item, Desk], Item]] = {
    "STALE": _compare,
    "UNSYNCED": _compare,
    "QUOTES": _compare,
    "DRAFT": _compare,
    "MISSING": _missing,
    "ORPHAN": _orphan,
    "RENAMED": _renamed,
    "ORDER": _order,
}


# ---- What to paste, and where ----


def _mark_box(source: Section, translation: Section, desk: Desk) -> Box:
    if translation.marks:
        label, line = "mark_replace", translation.lines[translation.marks[0]].place.line
    elif translation.heading:
        label, line = "mark_insert", translation.lines[translation.heading[1]].place.line
    else:
        label, line = "mark_first", translation.first
    return Box(desk.words[label].format(line=line), str(editing.mark_of(desk.page, source, desk.quoted)))


def text_of(lines: Sequence[str]) -> str:
    """Lines to paste, without the blank ones at their ends."""
    return "\n".join(lines).strip("\n")


def _english(seen: Seen) -> list[Block]:
    return blocks(seen.lines, flowing=True)


def _translated_before(standing: Standing, desk: Desk) -> Section | None:
    """The translation's section that the English has right before this one."""
    before: Section | None = None
    for other in desk.page.standings:
        if other is standing:
            return before
        if other.source and other.translation:
            before = other.translation
    return None


def _first(section: Section) -> int:
    return next((line.place.line for line in section.lines if line.text.strip()), section.place.line)


def _last(section: Section) -> int:
    return next((line.place.line for line in reversed(section.lines) if line.text.strip()), section.place.line)
