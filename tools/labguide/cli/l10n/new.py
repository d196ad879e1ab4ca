"""`labguide l10n new`: a translation to begin with, or what an existing one lacks."""

from __future__ import annotations

from pathlib import Path

import click

from labguide import workdir
from labguide.cli.l10n import asked
from labguide.l10n import editing
from labguide.problems import Problems


@click.command()
@asked.project
@click.argument("page")
@click.argument("language")
def new(root: Path, page: str, language: str) -> None:
    """Write the source of PAGE where its translation into LANGUAGE will stand, with ids and marks.

    Of a page that is translated in part, only what is missing is written, each section at its place. Until a section
    is synced, its mark says `todo`.
    """
    problems = Problems()
    project = asked.opened(root, (language,))
    with workdir.only_translator(project):
        (found,) = asked.named(asked.pages(project, problems, (language,)), page, project.root)
        if found.orphan:
            raise click.UsageError(f"{found.expected} has no source")
        written = editing.scaffold(project.root, found, asked.quoted(project))
    asked.told(problems)
    if not written:
        click.echo(f"{found.expected}: nothing is missing")
        return
    click.echo(f"{found.expected}: {len(written)} section{'s' if len(written) != 1 else ''} to translate")
    click.echo(f"Translate them, then run: labguide l10n sync {found.expected} ID…")
