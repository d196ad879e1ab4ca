"""`labguide l10n status`: how each section of each page stands in each language."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from labguide.cli.l10n import asked
from labguide.l10n.model import Page, Section, Standing, State
from labguide.model import Project
from labguide.problems import Problems

FORMAT = "labguide-l10n-1"
"""What the JSON calls itself."""

_WHAT = {
    State.STALE: "the source has changed since",
    State.MISSING: "not translated yet",
    State.ORPHAN: "the source has no such section any more",
    State.RENAMED: "the source calls it #{key} now",
    State.ORDER: "stands at another place in the source",
    State.UNSYNCED: "nobody says which text it was made from",
}


@click.command()
@asked.project
@asked.language
@click.option("--json", "as_json", is_flag=True, help="For programs: every section, and the problems too.")
@click.option("--strict", is_flag=True, help="Exit with status 1 unless every section is OK.")
@click.option("--parity", "holds", is_flag=True, help="Hold code, links and the like against the source: slower.")
def status(root: Path, languages: tuple[str, ...], as_json: bool, strict: bool, holds: bool) -> None:
    """Print how translations stand: a line for each page and language, and one for each section that is not OK."""
    problems = Problems()
    project = asked.opened(root, languages)
    pages = asked.pages(project, problems, languages)
    if holds:
        _hold(project, pages, problems)
    if as_json:
        answer = {
            "format": FORMAT,
            "source": project.languages[0],
            "languages": list(languages or project.languages[1:]),
            "pages": [_as_json(page) for page in pages],
            "problems": [str(problem) for problem in problems],
        }
        click.echo(json.dumps(answer, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(_table(pages)))
        asked.told(problems)
    bad = len(problems) or any(not _is_right(each) for page in pages for each in page.standings)
    sys.exit(1 if strict and bad else 0)


def _hold(project: Project, pages: Sequence[Page], problems: Problems) -> None:
    from labguide.l10n import parity  # here, because it needs the renderer, which takes long to import

    parity.check(project, pages, problems)


def _is_right(standing: Standing) -> bool:
    return standing.state is State.OK and not standing.quotes_changed and not standing.draft


# ---- For people ----


def _table(pages: Sequence[Page]) -> Iterator[str]:
    if not pages:
        yield "Nothing to translate: there is one language, or no page."
        return
    rows = [("language", "sections", "page", ""), *(_row(page) for page in pages)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row, page in zip(rows, (None, *pages), strict=True):
        yield "  ".join([*(cell.ljust(width) for cell, width in zip(row[:3], widths, strict=True)), row[3]]).rstrip()
        if page:
            yield from _sections(page)
    yield ""
    yield from _sums(pages)


def _row(page: Page) -> tuple[str, str, str, str]:
    return page.language, str(len(page.standings)), page.expected, summary(page.standings)


def summary(standings: Sequence[Standing]) -> str:
    """How many sections have which state: `12 OK, 2 STALE, 1 draft`."""
    counts = {str(state): sum(each.state is state for each in standings) for state in State}
    counts["quotes changed"] = sum(each.quotes_changed for each in standings)
    counts["draft"] = sum(each.draft for each in standings)
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count)


def _sections(page: Page) -> Iterator[str]:
    if page.made_earlier:
        yield f"  {page.made_earlier} was made from it: give it the name {page.expected}"
    for standing in page.standings:
        if standing.state is not State.UNTRANSLATED and not _is_right(standing):
            section = standing.translation or standing.source
            assert section
            yield f"  {section.place}: {said(standing)}"


def said(standing: Standing) -> str:
    """A section's state, its id and what that means."""
    what = _WHAT.get(standing.state, "").format(key=standing.key)
    if standing.translation and standing.translation.mark and standing.translation.mark.todo:
        what = "not translated yet"
    softer = (
        "what it quotes has changed" if standing.quotes_changed else "",
        "a draft by a machine" if standing.draft else "",
    )
    own = standing.translation.key if standing.translation and standing.state is State.RENAMED else standing.key
    more = "; ".join(filter(None, (what, *softer)))
    return f"{standing.state} #{own}: {more}"


def _sums(pages: Sequence[Page]) -> Iterator[str]:
    for language in dict.fromkeys(page.language for page in pages):
        standings = [each for page in pages if page.language == language for each in page.standings]
        yield f"{language}: {len(standings)} sections: {summary(standings)}"


# ---- For programs ----


def _as_json(page: Page) -> dict[str, Any]:
    return {
        "language": page.language,
        "kind": page.source.kind,
        "source": None if page.orphan else page.source.path,
        "translation": page.translation.path if page.translation else None,
        "expected": page.expected,
        "sections": [_section(each) for each in page.standings],
    }


def _section(standing: Standing) -> dict[str, Any]:
    mark = standing.translation.mark if standing.translation else None
    return {
        "id": standing.key,
        "state": str(standing.state),
        "quotes_changed": standing.quotes_changed,
        "draft": standing.draft,
        "made_from": mark.hash if mark else None,
        "hash": standing.source.hash if standing.source else None,
        "source": _where(standing.source),
        "translation": _where(standing.translation),
    }


def _where(section: Section | None) -> dict[str, Any] | None:
    if section is None:
        return None
    return {"id": section.key, "line": section.place.line, "level": section.level, "title": section.title}
