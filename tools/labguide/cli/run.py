"""`labguide run`: scripts only, without building pages."""

from __future__ import annotations

from pathlib import Path

import click

from labguide import mkdocs_plugin, running, sources, weaving, workdir
from labguide.backends import BACKENDS
from labguide.cli import options
from labguide.console import RichProgress
from labguide.model import Sources
from labguide.problems import CannotBuildError, Problems


@click.command()
@options.project
@options.backend
@options.force
@click.argument("scripts", nargs=-1)
def run(root: Path, backend: str, force: bool, scripts: tuple[str, ...]) -> None:
    """Run stale SCRIPTS (all if none is named) and update their recordings."""
    project, problems = mkdocs_plugin.open_project(root), Problems()
    found = sources.read(project, problems)
    _check_names(scripts, found)
    chosen = BACKENDS[backend](project)
    how = running.Options(force=force, only=scripts)
    quoted = weaving.quoted_values(found)
    with RichProgress() as progress, workdir.only_build(project, progress.waiting):
        try:
            running.run(project, found.scripts, quoted, chosen, how, progress, problems)
        finally:
            chosen.stop()
    _tell(problems)


def _check_names(names: tuple[str, ...], found: Sources) -> None:
    for name in names:
        if name not in found.scripts:
            raise click.UsageError(f'no script "{name}"; known are: {", ".join(sorted(found.scripts))}')


def _tell(problems: Problems) -> None:
    """Print the problems of scripts; those of documents are a build's concern."""
    of_scripts = [problem for problem in problems if problem.place.path.endswith(".py")]
    for problem in of_scripts:
        click.echo(str(problem), err=True)
    if of_scripts:
        raise CannotBuildError("the recordings of these scripts were not changed")
