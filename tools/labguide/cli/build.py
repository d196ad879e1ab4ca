"""`labguide build`: the site, its decks and its notebooks."""

from __future__ import annotations

import time
from pathlib import Path

import click

from labguide import mkdocs_plugin, running, sources
from labguide.backends import BACKENDS
from labguide.cli import consent, options
from labguide.console import RichProgress, summary
from labguide.model import Project
from labguide.problems import Problems


@click.command()
@options.project
@options.backend
@options.force
@options.yes
@options.max_usd
@options.cluster
@click.option("--frozen", is_flag=True, help="Run nothing: build from the committed recordings.")
def build(root: Path, backend: str, force: bool, yes: bool, max_usd: float | None, cluster: str, frozen: bool) -> None:
    """Run what is stale, then build the site, its decks and its notebooks."""
    if force and frozen:
        raise click.UsageError("--force runs everything and --frozen nothing: choose one")
    chosen, how = BACKENDS[backend](Project(root)), running.Options(force, frozen, cluster=cluster)
    if chosen.real and not frozen:
        project = mkdocs_plugin.open_project(root)
        scripts = sources.read(project, Problems()).scripts
        consent.ask(project, scripts, chosen, how, consent.Consent(yes, max_usd))
    started = time.monotonic()
    with RichProgress() as progress:
        built = mkdocs_plugin.build(root, how, progress, chosen)
    summary(built.site, built.folder, time.monotonic() - started)
