"""`labguide sandbox`: the local SageMaker for a student without an account."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from labguide import sources
from labguide.backends.local import Sandbox
from labguide.cli import options, preparing
from labguide.hosts import mkdocs
from labguide.problems import Problems


@click.command()
@options.project
@click.option("--port", default=0, help="The port to listen on; 0 takes a free one.")
@click.option("--state", type=click.Path(path_type=Path), help="Keep everything in this folder for the next start.")
@click.option(
    "--notebooks",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The folder that new notebook instances get a copy of.",
)
@click.option(
    "--from",
    "what",
    metavar="WHAT",
    help="Begin where a lesson does, with all done that comes before: a page, by a part of its name, or a script.",
)
def sandbox(root: Path, port: int, state: Path | None, notebooks: Path | None, what: str | None) -> None:
    """Start the local SageMaker and print what to paste into a shell; Ctrl-C stops it and all it started."""
    arguments = ["--port", str(port)]
    for name, value in (("--state", state), ("--notebooks", notebooks)):
        arguments += [name, str(value)] if value else []
    if what is not None:
        _begin_at(root, what, Sandbox(arguments), state)
        return
    # This process becomes the server, so that Ctrl-C and kill reach it without a middleman.
    os.execv(sys.executable, [sys.executable, "-m", "local_sagemaker", *arguments])  # noqa: S606


def _begin_at(root: Path, what: str, server: Sandbox, state: Path | None) -> None:
    """Start the server, do what comes before, and let it go on until Ctrl-C. However this process ends, so does it."""
    project, problems = mkdocs.open_project(root), Problems()
    told, scripts = preparing.before(what, sources.read(project, problems), problems)
    preparing.tell(problems.of_scripts(), "these scripts cannot be put in order, so nothing was started")
    ready = False
    try:
        server.start()
        preparing.prepare(project, told, scripts, server, state)
        ready = True
        click.echo(server.lines, nl=False)
        status = server.wait()
    except KeyboardInterrupt:
        status = 0 if ready else 130
    finally:
        server.stop()
    sys.exit(status)
