"""`labguide build`: the site, its decks and its notebooks."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import click

from labguide import cleaning, running, site, sources
from labguide.backends import BACKENDS
from labguide.cli import consent, options
from labguide.console import RichProgress, summary, tell_languages
from labguide.hosts import mkdocs
from labguide.model import Edition
from labguide.problems import Problems


@click.command()
@options.project
@options.backend
@options.force
@options.yes
@options.max_usd
@options.cluster
@options.edition
@click.option("--frozen", is_flag=True, help="Run nothing: build from the committed recordings.")
def build(
    root: Path,
    backend: str,
    force: bool,
    yes: bool,
    max_usd: float | None,
    cluster: str,
    edition: Edition,
    frozen: bool,
) -> None:
    """Run what is stale, then build the site, its decks and its notebooks."""
    if force and frozen:
        raise click.UsageError("--force runs everything and --frozen nothing: choose one")
    project = mkdocs.open_project(root, edition)
    chosen, how = BACKENDS[backend](project), running.Options(force, frozen, cluster=cluster)
    if chosen.real and not frozen:
        scripts = sources.read(project, Problems()).scripts
        consent.ask(project, scripts, chosen, how, consent.Consent(yes, max_usd))
    started, problems = time.monotonic(), Problems()
    try:
        with RichProgress() as progress, site.built(project, chosen, how, progress, problems) as woven:
            site.publish(woven, partial(mkdocs.render, project), project.site, problems)
    finally:
        for problem in problems:
            click.echo(cleaning.told(str(problem)), err=True)
    summary(woven, project.site, time.monotonic() - started)
    tell_languages(project.languages)
