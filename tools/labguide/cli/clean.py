"""`labguide clean`: delete what runs on AWS left behind."""

from __future__ import annotations

from pathlib import Path

import click

from labguide import mkdocs_plugin, workdir
from labguide.backends import aws
from labguide.cli import options
from labguide.console import console
from labguide.problems import CannotBuildError


@click.command()
@options.project
def clean(root: Path) -> None:
    """Delete what runs on AWS left behind: all that stands in a ledger, however its run ended.

    It may be run again at any time, and deletes nothing that was there before a run.
    """
    project = mkdocs_plugin.open_project(root)
    with workdir.only_build(project, lambda: console.print("A build of this project is running; waiting for it.")):
        left = aws.clean(project.workdir / "ledger", lambda text: console.print(f"  {text}", markup=False))
    if left:
        raise CannotBuildError(aws.told(left))
    console.print("Nothing is left.")
