"""What readers are told of a translation, below the headings of its sections."""

from __future__ import annotations

from collections.abc import Iterator

from labguide import l10n
from labguide.model import Place
from labguide.translating.status import Status
from labguide.weaving.notices import Notice, Notices


def notices(status: Status) -> Notices:
    """What stands below headings of translations, by the places of these: out of date, a draft, or not translated."""
    return {place: notice for page in status.pages for place, notice in _of(page)}


def _of(page: l10n.Page) -> Iterator[tuple[Place, Notice]]:
    """A draft of a whole page is told once, below its first heading."""
    standings = [standing for standing in page.standings if standing.translation]
    whole = all(standing.draft for standing in standings)
    first = page.translation.sections[0].place if page.translation and page.translation.sections else None
    for standing in standings:
        if standing.translation:
            place = standing.translation.place
            draft = "draft_page" if whole and place == first else "draft" if standing.draft and not whole else ""
            gone = _is_gone(standing, page)
            stale = "stale" if gone or standing.state is l10n.State.STALE else ""
            said = tuple(filter(None, (draft, stale, _todo(standing))))
            if said:
                yield place, Notice("" if gone else standing.key, page.source.language, said)


def _is_gone(standing: l10n.Standing, page: l10n.Page) -> bool:
    """Whether the original, which is still there, has no such section any more: then nobody holds it against one."""
    mark = standing.translation.mark if standing.translation else None
    return standing.state is l10n.State.ORPHAN and not page.orphan and bool(mark and not mark.todo)


def _todo(standing: l10n.Standing) -> str:
    """Whether the text is still the original's: then it cannot be out of date."""
    mark = standing.translation.mark if standing.translation else None
    return "todo" if mark and mark.todo else ""
