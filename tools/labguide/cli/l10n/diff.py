"""`labguide l10n diff`: what changed in the source since a translation was made from it, beside the translation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from labguide.cli.l10n import asked
from labguide.cli.l10n.status import said
from labguide.l10n import editing, worddiff
from labguide.l10n.history import Past
from labguide.l10n.model import Page, Section, Standing, State
from labguide.l10n.states import Quoted
from labguide.problems import Problems

_COLOURS = {"same": None, "old": "red", "new": "green"}
_SIGNS = {"same": ("", ""), "old": ("[-", "-]"), "new": ("{+", "+}")}


@click.command()
@asked.project
@asked.language
@click.argument("page")
@click.argument("ids", nargs=-1, metavar="[ID]...")
def diff(root: Path, languages: tuple[str, ...], page: str, ids: tuple[str, ...]) -> None:
    """Show what changed in the source of PAGE since it was translated: [-old-]{+new+}, and today's translation below.

    PAGE is the path of either file. Without an ID, every section that is not OK is shown.
    """
    problems = Problems()
    project = asked.opened(root, languages)
    past, quoted = Past(project.root), asked.quoted(project)
    for each in asked.named(asked.pages(project, problems, languages), page, project.root):
        shown = [one for one in asked.sections(each, ids) if ids or one.state is not State.OK or one.quotes_changed]
        if not shown:
            click.echo(f"{each.expected}: every section is OK")
        for standing in shown:
            click.echo("\n".join(_shown(standing, each, past, quoted)))
    asked.told(problems)


def _shown(standing: Standing, page: Page, past: Past, quoted: Quoted) -> Iterator[str]:
    own = standing.translation or standing.source
    assert own
    yield click.style(f"{own.place}: {said(standing)}", bold=True)
    yield from _source(standing, page, past)
    if standing.translation:
        yield f"\n--- {page.language}, today"
        yield standing.translation.text.rstrip("\n")
    if standing.source and not standing.in_sync:
        mark = editing.mark_of(page, standing.source, quoted)
        yield f"\nWhen the translation says the same, this is its mark: {mark}"
    yield ""


def _source(standing: Standing, page: Page, past: Past) -> Iterator[str]:
    """The source's text, with what changed in it since, if that is known."""
    mark = standing.translation.mark if standing.translation else None
    old = past.old(page.source.path, mark.hash) if mark else None
    if standing.source is None:
        yield from _gone(page, old)
        return
    if mark is None or mark.hash == standing.source.hash:
        yield f"--- {page.source.language}, today"
        yield standing.source.text.rstrip("\n")
    elif old is None:
        why = past.missing or "its history does not have that text"
        yield f"--- {page.source.language}, today; what it was is not known: {why}"
        yield standing.source.text.rstrip("\n")
    else:
        yield f"--- {page.source.language}, what changed since {mark.hash}"
        yield _coloured(old, standing.source)


def _gone(page: Page, old: Section | None) -> Iterator[str]:
    if old:
        yield f"--- {page.source.language}, as it was"
        yield old.text.rstrip("\n")


def _coloured(old: Section, new: Section) -> str:
    found = worddiff.pieces(old.text.rstrip("\n"), new.text.rstrip("\n"))
    return "".join(
        click.style("".join((_SIGNS[each.kind][0], each.text, _SIGNS[each.kind][1])), _COLOURS[each.kind])
        for each in found
    )
