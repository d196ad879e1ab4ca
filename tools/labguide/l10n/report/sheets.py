"""What there is to do in one language, page by page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from labguide.l10n import editing
from labguide.l10n.model import Page, State, Text
from labguide.l10n.report import edit_links
from labguide.l10n.report.items import PageView, Words, item, text_of, title_of
from labguide.l10n.report.model import Box, EditionView, Item, Link, Report, Sheet, VisibleSection
from labguide.l10n.states import Quoted
from labguide.marks import Mark


@dataclass(frozen=True)
class ReportContext:
    """What all pages of a report are made with."""

    edition: EditionView
    words: Words
    edit_address: str
    old_source: Callable[[Text, str], tuple[Text, str] | None]
    """A source as it was when one of its sections had a hash, and its file's text; None if nobody knows."""
    quoted: Quoted
    front_matter: Callable[[Text], str]
    """The front matter of a source, with the lines around it; empty if it has none."""


def report(pages: Iterable[Page], context: ReportContext) -> Report:
    """What there is to do on pages of one language."""
    pages = tuple(pages)
    found = [(view, list(_items(view, context))) for view in (_view(page, context) for page in pages if _is_open(page))]
    names = _Anchors()
    sheets = tuple(_sheet(view, items, context, names) for view, items in found if items)
    return Report(
        sheets,
        open=sum(_open(view, items) for view, items in found),
        all=sum(len(page.source.sections) for page in pages),
        unknown=any(each.kind == State.STALE and not each.compared for _, items in found for each in items),
        cut=any(view.of(standing.source).hidden for view, _ in found for standing in view.page.standings),
    )


def _is_open(page: Page) -> bool:
    return any(each.state is not State.OK or each.quotes_changed or each.draft for each in page.standings)


def _view(page: Page, context: ReportContext) -> PageView:
    visible: dict[int, VisibleSection] = {}
    for text in filter(None, (page.source, page.translation)):
        visible |= {
            id(section): each for section, each in zip(text.sections, context.edition.visible(text), strict=True)
        }
    old, edition = _OldSections(page, context), context.edition
    return PageView(page, context.words, context.edit_address, edition.address, visible, old, context.quoted)


class _OldSections:
    """What readers see of the English that a mark speaks of; None if nobody knows."""

    def __init__(self, page: Page, context: ReportContext) -> None:
        self._page, self._context = page, context
        self._visible: dict[int, Sequence[VisibleSection] | None] = {}

    def __call__(self, mark: Mark) -> VisibleSection | None:
        then = self._context.old_source(self._page.source, mark.hash)
        if then is None:
            return None
        text, whole = then
        if id(text) not in self._visible:
            self._visible[id(text)] = self._context.edition.visible_then(text, whole)
        pairs = zip(self._visible[id(text)] or (), text.sections, strict=False)
        return next((visible for visible, section in pairs if section.hash == mark.hash), None)


def _items(view: PageView, context: ReportContext) -> Iterator[Item]:
    if view.page.translation is None:
        yield _untranslated(view, context)
    elif view.page.orphan:
        yield _gone(view, view.page.translation)
    else:
        yield from filter(None, (item(standing, view) for standing in view.page.standings))


def _open(view: PageView, items: list[Item]) -> int:
    """How many sections of a page need someone."""
    if view.page.translation is None:
        return sum(view.of(section).headed for section in view.page.source.sections)
    return sum(each.kind not in ("ORPHAN",) for each in items)


def _untranslated(view: PageView, context: ReportContext) -> Item:
    page, words = view.page, context.words
    begun = Item(State.UNTRANSLATED.value, "", words["whole_page"], "")
    if any(view.of(section).hidden for section in page.source.sections):
        return replace(begun, tasks=(words["notices"]["cut_page"],))
    address = edit_links.of_new(context.edit_address, page.expected)
    links: tuple[Link, ...] = ((words["create"], address),) if address else ()
    task = words["tasks"]["UNTRANSLATED"].format(path=page.expected)
    parts = (text_of(editing.scaffolded(page, section, context.quoted)) for section in page.source.sections)
    text = "\n\n".join(filter(None, (context.front_matter(page.source), *parts)))
    return replace(begun, tasks=(task,), edit=links, boxes=(Box(words["to_paste"], text, long=True),))


def _gone(view: PageView, translation: Text) -> Item:
    address = edit_links.of(view.edit_address, translation.path)
    links: tuple[Link, ...] = ((view.words["edit"], address),) if address else ()
    task = view.words["tasks"]["ORPHAN_page"].format(path=translation.path)
    return Item(State.ORPHAN.value, "", view.words["whole_file"], "", tasks=(task,), edit=links)


def _sheet(view: PageView, items: list[Item], context: ReportContext, names: _Anchors) -> Sheet:
    page, words = view.page, context.words
    told = page.translation or page.source
    anchor = names.of(f"{page.source.kind}-{page.source.name}")
    addresses = {
        words["see_translation"]: context.edition.address(page.translation) if page.translation else None,
        words["see_english"]: context.edition.address(page.source),
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
