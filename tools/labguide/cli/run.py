"""`labguide run`: scripts only, without building pages."""

from __future__ import annotations

from pathlib import Path

import click

from labguide import cleaning, running, sources, weaving, workdir
from labguide.backends import BACKENDS
from labguide.cli import consent, options
from labguide.console import RichProgress
from labguide.hosts import mkdocs
from labguide.problems import CannotBuildError, Problems


@click.command()
@options.project
@options.backend
@options.force
@options.yes
@options.max_usd
@options.cluster
@click.argument("scripts", nargs=-1)
def run(
    root: Path, backend: str, force: bool, yes: bool, max_usd: float | None, cluster: str, scripts: tuple[str, ...]
) -> None:
    """Run stale SCRIPTS (all if none is named) and update their recordings."""
    project, problems = mkdocs.open_project(root), Problems()
    found = sources.read(project, problems)
    options.check_names(scripts, found.scripts, problems)
    chosen = BACKENDS[backend](project)
    how = running.Options(force=force, only=scripts, cluster=cluster)
    consent.ask(project, found.scripts, chosen, how, consent.Consent(yes, max_usd))
    quoted = weaving.quoted_values(found)
    with RichProgress() as progress, workdir.only_build(project, progress.waiting):
        try:
            running.run(project, found.scripts, quoted, chosen, how, progress, problems)
        finally:
            try:
                _tell(problems)
            finally:  # though nobody reads what is told, what the run made is deleted
                chosen.stop()
    _fail_if_any(problems)


def _tell(problems: Problems) -> None:
    for problem in problems.of_scripts():
        click.echo(cleaning.told(str(problem)), err=True)


def _fail_if_any(problems: Problems) -> None:
    if problems.of_scripts():
        raise CannotBuildError("the recordings of these scripts were not changed")
