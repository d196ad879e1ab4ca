"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import get_args

import click

from labguide import browser as browsers
from labguide.backends import BACKENDS
from labguide.model import Edition
from labguide.problems import Problem
from labguide.scripts import unreadable

project = click.option(
    "--project",
    "root",
    default=".",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    callback=lambda _context, _option, path: path.resolve(),
    help="The workshop's folder, with its mkdocs.yml.",
)
backend = click.option(
    "--backend", type=click.Choice(sorted(BACKENDS)), default="local", show_default=True, help="Where code runs."
)
force = click.option("--force", is_flag=True, help="Run every script, fresh or not.")
yes = click.option("--yes", is_flag=True, help="Agree to what a run on real AWS will do and cost.")
max_usd = click.option("--max-usd", type=float, help="Refuse a run on real AWS that may cost more dollars than this.")
edition = click.option(
    "--edition",
    type=click.Choice(get_args(Edition)),
    default="student",
    show_default=True,
    help="Whom the site is for; the instructor's has notes, plans and solutions too, in a folder of its own.",
)
cluster = click.option(
    "--cluster",
    default="",
    metavar="ADDRESS",
    help="Send runs to this Dask scheduler. Its workers must be on this computer, where the local SageMaker listens.",
)


def check_names(names: Iterable[str], known: Iterable[str], problems: Iterable[Problem] = ()) -> None:
    """Raise `click.UsageError` if one of the scripts that a user named does not exist.

    One that stands among the `problems` as unreadable does exist.
    """
    scripts = sorted({*known, *unreadable(problems)})
    for name in names:
        if name not in scripts:
            raise click.UsageError(f'no script "{name}"; known are: {", ".join(scripts)}')


class MissingError(click.ClickException):
    """This computer lacks something that a command needs: no source is at fault."""

    exit_code = 2


def browser() -> Path:
    """The browser that a command needs. Raises `MissingError` if there is none."""
    try:
        return browsers.find()
    except browsers.NoBrowserError as error:
        raise MissingError(str(error)) from None
