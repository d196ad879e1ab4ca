"""The command line. Exit status: 0 clean, 1 something is wrong with the sources, 2 wrong use."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from pathlib import Path

import click

from labguide import __version__, mkdocs_plugin, running, sources, weaving, workdir
from labguide.backends import BACKENDS
from labguide.console import RichProgress, summary
from labguide.problems import CannotBuildError, Problems

_project = click.option(
    "--project",
    "root",
    default=".",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The workshop's folder, with its mkdocs.yml.",
)
_backend = click.option("--backend", type=click.Choice(sorted(BACKENDS)), default="local", show_default=True)
_force = click.option("--force", is_flag=True, help="Run every script, fresh or not.")
_frozen = click.option("--frozen", is_flag=True, help="Run nothing: build from the committed recordings.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """Lab guides, decks and notebooks whose code is always run."""


@cli.command()
@_project
@_backend
@_force
@_frozen
def build(root: Path, backend: str, force: bool, frozen: bool) -> None:
    """Run what is stale, then build the site, its decks and its notebooks."""
    if force and frozen:
        raise click.UsageError("--force runs everything and --frozen nothing: choose one")
    started = time.monotonic()
    with RichProgress() as progress:
        built = mkdocs_plugin.build(root.resolve(), running.Options(force, frozen), progress, backend)
    summary(built.site, built.folder, time.monotonic() - started)


@cli.command()
@_project
@click.option("--address", default="127.0.0.1:8000", show_default=True, help="Where the preview listens.")
def serve(root: Path, address: str) -> None:
    """Preview the site and follow edits; problems are shown in the pages."""
    logging.getLogger("mkdocs").setLevel(logging.INFO)
    mkdocs_plugin.serve(root.resolve(), address)


@cli.command()
@_project
@_backend
@_force
@click.argument("scripts", nargs=-1)
def run(root: Path, backend: str, force: bool, scripts: tuple[str, ...]) -> None:
    """Run stale SCRIPTS (all if none is named) and update their recordings."""
    project, problems = mkdocs_plugin.open_project(root.resolve()), Problems()
    found = sources.read(project, problems)
    for name in scripts:
        if name not in found.scripts:
            raise click.UsageError(f'no script "{name}"; known are: {", ".join(sorted(found.scripts))}')
    chosen = BACKENDS[backend]()
    with RichProgress() as progress, workdir.only_build(project, progress.waiting):
        try:
            running.run(
                project,
                found.scripts,
                weaving.quoted_values(found),
                chosen,
                running.Options(force=force, only=scripts),
                progress,
                problems,
            )
        finally:
            chosen.stop()
    runs_only = [problem for problem in problems if problem.place.path.endswith(".py")]
    for problem in runs_only:
        click.echo(str(problem), err=True)
    if runs_only:
        raise CannotBuildError("the recordings of these scripts were not changed")


@cli.command()
@click.option("--port", default=0, help="The port to listen on; 0 takes a free one.")
def sandbox(port: int) -> None:
    """Start the local SageMaker and print what to paste into a shell; Ctrl-C stops it and all it started."""
    sys.exit(subprocess.call([sys.executable, "-m", "local_sagemaker", "--port", str(port)]))


def main() -> None:
    """Run the command line; every expected fault ends in a sentence, never in a traceback."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    logging.getLogger("mkdocs").addHandler(handler)
    logging.getLogger("mkdocs").setLevel(logging.WARNING)
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (KeyboardInterrupt, click.Abort):
        click.echo("stopped; finished recordings are kept", err=True)
        sys.exit(130)
    except CannotBuildError as error:
        click.echo(f"labguide: {error}", err=True)
        sys.exit(1)
    except OSError as error:
        click.echo(f"labguide: {error.strerror}: {error.filename or ''}; nothing was published", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
