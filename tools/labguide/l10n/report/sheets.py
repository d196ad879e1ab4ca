"""What there is to do in one language, page by page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from labguide.l10n import editing
from labguide.l10n.model import Page, State, Text
from labguide.l10n.report import edit_links
from labguide.l10n.report.items import Desk, Words, item, text_of, title_of
from labguide.l10n.report.model import Box, Eyes, Item, Link, Report, Seen, Sheet
from labguide.l10n.states import Quoted
from labguide.marks import Mark


@dataclass(frozen=True)
class Office:
    """What all pages of a report are made with."""

    eyes: Eyes
    words: Words
    edit_address: str
    then: Callable[[Text, str], tuple[Text, str] | None]
    """A source as it was when one of its sections had a hash, and its file's text; None if nobody knows."""
    quoted: Quoted
    head: Callable[[Text], str]
    """The front matter of a source, with the lines around it; empty if it has none."""


def report(pages: Iterable[Page], office: Office) -> Report:
    """What there is to do on pages of one language."""
    pages = tuple(pages)
    found = [(desk, list(_items(desk, office))) for desk in (_desk(page, office) for page in pages if _is_open(page))]
    names = _Anchors()
    sheets = tuple(_sheet(desk, items, office, names) for desk, items in found if items)
    return Report(
        sheets,
        open=sum(_open(desk, items) for desk, items in found),
        all=sum(len(page.source.sections) for page in pages),
        unknown=any(each.kind == State.STALE and not each.compared for _, items in found for each in items),
        cut=any(desk.of(standing.source).hidden for desk, _ in found for standing in desk.page.standings),
    )


def _is_open(page: Page) -> bool:
    return any(each.state is not State.OK or each.quotes_changed or each.draft for each in page.standings)


def _desk(page: Page, office: Office) -> Desk:
    seen: dict[int, Seen] = {}
    for text in filter(None, (page.source, page.translation)):
        seen |= {id(section): each for section, each in zip(text.sections, office.eyes.see(text), strict=True)}
    return Desk(page, office.words, office.edit_address, office.eyes.address, seen, _Then(page, office), office.quoted)


class _Then:
    """What readers see of the English that a mark speaks of; None if nobody knows."""

    def __init__(self, page: Page, office: Office) -> None:
        self._page, self._office = page, office
        self._seen: dict[int, Sequence[Seen] | None] = {}

    def __call__(self, mark: Mark) -> Seen | None:
        then = self._office.then(self._page.source, mark.hash)
        if then is None:
            return None
        text, whole = then
        if id(text) not in self._seen:
            self._seen[id(text)] = self._office.eyes.see_old(text, whole)
        pairs = zip(self._seen[id(text)] or (), text.sections, strict=False)
        return next((seen for seen, section in pairs if section.hash == mark.hash), None)


def _items(desk: Desk, office: Office) -> Iterator[Item]:
    if desk.page.translation is None:
        yield _untranslated(desk, office)
    elif desk.page.orphan:
        yield _gone(desk, desk.page.translation)
    else:
        yield from filter(None, (item(standing, desk) for standing in desk.page.standings))


def _open(desk: Desk, items: list[Item]) -> int:
    """How many sections of a page need someone."""
    if desk.page.translation is None:
        return sum(desk.of(section).headed for section in desk.page.source.sections)
    return sum(each.kind not in ("ORPHAN",) for each in items)


def _untranslated(desk: Desk, office: Office) -> Item:
    page, words = desk.page, office.words
    begun = Item(State.UNTRANSLATED.value, "", words["whole_page"], "")
    if any(desk.of(section).hidden for section in page.source.sections):
        return replace(begun, tasks=(words["notices"]["cut_page"],))
    address = edit_links.of_new(office.edit_address, page.expected)
    links: tuple[Link, ...] = ((words["create"], address),) if address else ()
    task = words["tasks"]["UNTRANSLATED"].format(path=page.expected)
    parts = (text_of(editing.scaffolded(page, section, office.quoted)) for section in page.source.sections)
    text = "\n\n".join(filter(None, (office.head(page.source), *parts)))
    return replace(begun, tasks=(task,), edit=links, boxes=(Box(words["to_paste"], text, long=True),))


def _gone(desk: Desk, translation: Text) -> Item:
    address = edit_links.of(desk.edit_address, translation.path)
    links: tuple[Link, ...] = ((desk.words["edit"], address),) if address else ()
    task = desk.words["tasks"]["ORPHAN_page"].format(path=translation.path)
    return Item(State.ORPHAN.value, "", desk.words["whole_file"], "", tasks=(task,), edit=links)


def _sheet(desk: Desk, items: list[Item], office: Office, names: _Anchors) -> Sheet:
    page, words = desk.page, office.words
    told = page.translation or page.source
    anchor = names.of(f"{page.source.kind}-{page.source.name}")
    addresses = {
        words["see_translation"]: office.eyes.address(page.translation) if page.translation else None,
        words["see_english"]: office.eyes.address(page.source),
    }
    links = tuple((label, address) for label, address in addresses.items() if address)
    placed = tuple(replace(each, anchor=names.of(f"{anchor}-{each.key}".rstrip("-"))) for each in items)
    return Sheet(anchor, _title(told), told.language, page.expected, links, placed)


def _title(text: Text) -> str:
    """What a page calls itself: its first heading, else what its front matter says, else its file."""
    for section in text.sections[:1]:
        said = [line.text.partition(":")[2].strip(" \"'") for line in section.front if line.text.startswith("title:")]
        return title_of(section) or next(iter(said), text.path)
    return text.path


class _Anchors:
    """Ids of a page's elements, each once."""

    def __init__(self) -> None:
        self._used: set[str] = set()

    def of(self, text: str) -> str:
        """An id like a text."""
        wanted = re.sub(r"[^\w-]+", "-", text).strip("-")
        found, number = wanted, 1
        while found in self._used:
            number += 1
            found = f"{wanted}-{number}"
        self._used.add(found)
        return found
