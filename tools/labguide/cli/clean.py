"""`labguide clean`: delete what runs on AWS left behind."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from labguide import workdir
from labguide.backends import aws
from labguide.cli import options
from labguide.console import console
from labguide.hosts import mkdocs
from labguide.problems import CannotBuildError


@click.command()
@options.project
@click.option("--sweep", is_flag=True, help="Look for tagged resources too, of runs whose ledger is lost.")
@click.option("--yes", is_flag=True, help="Delete what --sweep finds without asking.")
def clean(root: Path, sweep: bool, yes: bool) -> None:
    """Delete what runs on AWS left behind: all that stands in a ledger, however its run ended.

    It may be run again at any time, and deletes nothing that was there before a run.
    """
    project = mkdocs.open_project(root)
    with workdir.only_build(project, lambda: console.print("A build of this project is running; waiting for it.")):
        left = aws.clean(project.workdir / "ledger", aws.say)
        if sweep:
            left += aws.swept(lambda found: yes or _agrees(found), aws.say)
    if left:
        raise CannotBuildError(aws.told(left))
    console.print("Nothing is left.")


def _agrees(found: list[str]) -> bool:
    console.print("Tagged by labguide:")
    for each in found:
        _tell(each)
    if not sys.stdin.isatty():
        raise click.UsageError("nothing of this is deleted without consent; say --yes")
    return click.confirm("Delete all of this?", default=False, err=True, abort=True)


def _tell(text: str) -> None:
    console.print(f"  {text}", markup=False, soft_wrap=True)
