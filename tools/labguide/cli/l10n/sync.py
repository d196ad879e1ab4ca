"""`labguide l10n sync`: a person says that sections of a translation say what the source says today."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from labguide import workdir
from labguide.cli.l10n import asked
from labguide.l10n import editing
from labguide.l10n.history import Past
from labguide.l10n.model import Page, Standing
from labguide.model import Project
from labguide.problems import Problems


@click.command()
@asked.project
@asked.language
@click.option("--all", "every", is_flag=True, help="Every section of PAGE; of all pages if none is named.")
@click.option("--reviewed", is_flag=True, help="Somebody held the translation against the source as it is today.")
@click.argument("page", default="")
@click.argument("ids", nargs=-1, metavar="[ID]...")
def sync(root: Path, languages: tuple[str, ...], every: bool, reviewed: bool, page: str, ids: tuple[str, ...]) -> None:
    """Say that the sections ID of PAGE are in sync with the source: write its hash below their headings.

    A section whose source changed and whose translation did not since is refused, unless it was --reviewed.
    Exit status 1 if a section was refused.
    """
    if bool(ids) == every:
        raise click.UsageError("name the sections of the page by their ids, or say --all")
    problems = Problems()
    project = asked.opened(root, languages)
    past = Past(project.root)
    with workdir.only_translator(project):
        found = asked.pages(project, problems, languages)
        chosen = asked.named(found, page, project.root) if page else [each for each in found if each.translation]
        refused = sum(
            _sync(each, asked.sections(each, ids), project, past, reviewed, named=bool(ids)) for each in chosen
        )
    asked.told(problems)
    sys.exit(1 if refused else 0)


def _sync(
    page: Page, standings: Sequence[Standing], project: Project, past: Past, reviewed: bool, *, named: bool
) -> int:
    """Sync what can be synced of a page, and tell of the rest; how many sections were refused."""
    right: list[Standing] = []
    refused = 0
    for standing in standings:
        why = editing.refusal(standing, page, past, named=named)
        if why and (not reviewed or standing.state in editing.NOT_WRITTEN or editing.of_merge(standing)):
            own = standing.translation or standing.source
            assert own
            click.echo(f"{own.place}: #{standing.key} is not synced: {why.why}; {why.remedy}", err=True)
            refused += 1
        else:
            right.append(standing)
    changed = editing.sync(project.root, page, right, asked.quoted(project)) if page.translation and right else 0
    if changed:
        click.echo(f"{page.expected}: {changed} section{'s' if changed != 1 else ''} synced")
    return refused
