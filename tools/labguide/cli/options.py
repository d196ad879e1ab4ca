"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

from labguide.backends import BACKENDS

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
