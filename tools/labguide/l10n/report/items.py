"""A section that needs someone: what happened to it, what to do, what to paste, and both languages side by side."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from labguide.l10n import editing
from labguide.l10n.model import Page, Section, Standing, State, Text
from labguide.l10n.report import edit_links
from labguide.l10n.report.model import Box, Item, Link, VisibleSection
from labguide.l10n.report.rows import Block, Row, blocks, rows
from labguide.l10n.states import Quoted
from labguide.marks import Mark

Words = Mapping[str, Any]


@dataclass(frozen=True)
class PageView:
    """One page of the guide in one language, with all that is known of it."""

    page: Page
    words: Words
    edit_address: str
    address: Callable[[Text, str], str | None]
    """Where readers find a section of a text; None if nowhere."""
    visible: Mapping[int, VisibleSection]
    """By the `id()` of a section of today."""
    old: Callable[[Mark], VisibleSection | None]
    """The English that a mark speaks of."""
    quoted: Quoted

    def of(self, section: Section | None) -> VisibleSection:
        """What readers see of a section."""
        return self.visible[id(section)] if section else VisibleSection(())


def item(standing: Standing, view: PageView) -> Item | None:
    """What is to do about a section; None if there is nothing, or if its readers do not see it."""
    kind = _kind(standing)
    if not kind or not _is_visible(standing, view):
        return None
    shown = standing.translation or standing.source
    assert shown
    language = view.page.language if standing.translation else view.page.source.language
    begun = Item(
        kind,
        standing.key,
        title_of(shown),
        language,
        _flags(standing, kind),
        edit=_edit(view),
        links=_links(standing, view),
    )
    return _MAKERS[kind](standing, begun, view)


def _kind(standing: Standing) -> str:
    if standing.state is not State.OK:
        return standing.state.value
    return "QUOTES" if standing.quotes_changed else "DRAFT" if standing.draft else ""


def _flags(standing: Standing, kind: str) -> tuple[str, ...]:
    flags = {"QUOTES": standing.quotes_changed, "DRAFT": standing.draft}
    return tuple(flag for flag, there in flags.items() if there and flag != kind)


def _is_visible(standing: Standing, view: PageView) -> bool:
    """Whether the readers have the section at all: they see a heading of it, or text where there is none."""
    shown = view.of(standing.source or standing.translation)
    return shown.headed and (bool(shown.lines) or not shown.hidden)


def title_of(section: Section) -> str:
    """The heading without what its author said to other authors."""
    return re.sub(r"\s*<!--.*?-->", "", section.title)


def _edit(view: PageView) -> tuple[Link, ...]:
    translation = view.page.translation
    address = edit_links.of(view.edit_address, translation.path) if translation else None
    return ((view.words["edit"], address),) if address else ()


def _links(standing: Standing, view: PageView) -> tuple[Link, ...]:
    sides = {
        "see_translation": (view.page.translation, standing.translation),
        "see_english": (view.page.source, standing.source),
    }
    found = {name: view.address(text, each.key) for name, (text, each) in sides.items() if text and each}
    return tuple((view.words[name], address) for name, address in found.items() if address)


# ---- What to do, state by state ----


def _compare(standing: Standing, begun: Item, view: PageView) -> Item:
    """English and translation side by side, and the mark that says that they agree."""
    source, translation = standing.source, standing.translation
    assert source
    assert translation
    new, said = view.of(source), view.of(translation)
    old = view.old(translation.mark) if begun.kind == "STALE" and translation.mark else None
    side_by_side = rows(_english(old) if old else None, _english(new), blocks(said.lines))
    notices = view.words["notices"]
    tasks = [_to_compare(begun.kind, side_by_side, translation, view.words["tasks"])]
    boxes = [_mark_box(source, translation, view)]
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


def _missing(standing: Standing, begun: Item, view: PageView) -> Item:
    source = standing.source
    assert source
    if view.of(source).hidden:
        return replace(begun, tasks=(view.words["notices"]["cut_section"],))
    before = _translated_before(standing, view)
    tasks = view.words["tasks"]
    task = tasks["MISSING_after"].format(line=_last(before)) if before else tasks["MISSING_first"]
    box = Box(
        view.words["to_paste"], text_of(editing.scaffolded(view.page, source, view.quoted, todo=False)), long=True
    )
    return replace(begun, tasks=(task,), boxes=(box,))


def _orphan(standing: Standing, begun: Item, view: PageView) -> Item:
    section = standing.translation
    assert section
    task = view.words["tasks"]["ORPHAN"].format(line=_first(section), last=_last(section))
    said = rows(None, (), blocks(view.of(section).lines))
    return replace(begun, tasks=(task,), rows=tuple(said))


def _renamed(standing: Standing, begun: Item, view: PageView) -> Item:
    section = standing.translation
    assert section
    assert section.heading
    written = editing.pinned(section.texts[section.heading[0]], standing.key)
    task = view.words["tasks"]["RENAMED"].format(line=section.place.line)
    return replace(begun, tasks=(task,), boxes=(Box(view.words["to_paste"], written),))


def _order(standing: Standing, begun: Item, view: PageView) -> Item:
    section, before = standing.translation, _translated_before(standing, view)
    assert section
    said: dict[str, Any] = {"line": _first(section), "last": _last(section)}
    tasks = view.words["tasks"]
    task = (
        tasks["ORDER_after"].format(before=title_of(before), **said) if before else tasks["ORDER_first"].format(**said)
    )
    return replace(begun, tasks=(task,))


_MAKERS: Mapping[str, Callable[[Standing, Item, PageView], Item]] = {
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


def _mark_box(source: Section, translation: Section, view: PageView) -> Box:
    if translation.marks:
        label, line = "mark_replace", translation.lines[translation.marks[0]].place.line
    elif translation.heading:
        label, line = "mark_insert", translation.lines[translation.heading[1]].place.line
    else:
        label, line = "mark_first", translation.first
    return Box(view.words[label].format(line=line), str(editing.mark_of(view.page, source, view.quoted)))


def text_of(lines: Sequence[str]) -> str:
    """Lines to paste, without the blank ones at their ends."""
    return "\n".join(lines).strip("\n")


def _english(section: VisibleSection) -> list[Block]:
    return blocks(section.lines, flowing=True)


def _translated_before(standing: Standing, view: PageView) -> Section | None:
    """The translation's section that the English has right before this one."""
    before: Section | None = None
    for other in view.page.standings:
        if other is standing:
            return before
        if other.source and other.translation:
            before = other.translation
    return None


def _first(section: Section) -> int:
    return next((line.place.line for line in section.lines if line.text.strip()), section.place.line)


def _last(section: Section) -> int:
    return next((line.place.line for line in reversed(section.lines) if line.text.strip()), section.place.line)
