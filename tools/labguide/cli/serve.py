"""`labguide serve`: a preview that follows edits."""

from __future__ import annotations

import logging
from pathlib import Path

import click

from labguide.cli import options
from labguide.hosts import mkdocs
from labguide.model import Edition


@click.command()
@options.project
@options.edition
@click.option("--address", default="127.0.0.1:8000", show_default=True, help="Where the preview listens.")
def serve(root: Path, address: str, edition: Edition) -> None:
    """Preview the site and follow edits; problems are shown in the pages."""
    logging.getLogger("mkdocs").setLevel(logging.INFO)
    mkdocs.serve(root, address, edition)
