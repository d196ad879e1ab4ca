"""`labguide build`: the site, its decks and its notebooks."""

from __future__ import annotations

import time
from pathlib import Path

import click

from labguide import mkdocs_plugin, running
from labguide.cli import options
from labguide.console import RichProgress, summary


@click.command()
@options.project
@options.backend
@options.force
@click.option("--frozen", is_flag=True, help="Run nothing: build from the committed recordings.")
def build(root: Path, backend: str, force: bool, frozen: bool) -> None:
    """Run what is stale, then build the site, its decks and its notebooks."""
    if force and frozen:
        raise click.UsageError("--force runs everything and --frozen nothing: choose one")
    started = time.monotonic()
    with RichProgress() as progress:
        built = mkdocs_plugin.build(root, running.Options(force, frozen), progress, backend)
    summary(built.site, built.folder, time.monotonic() - started)
