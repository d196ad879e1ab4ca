"""`labguide sandbox`: the local SageMaker for a student without an account."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click


@click.command()
@click.option("--port", default=0, help="The port to listen on; 0 takes a free one.")
@click.option("--state", type=click.Path(path_type=Path), help="Keep everything in this folder for the next start.")
@click.option(
    "--notebooks",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The folder that new notebook instances get a copy of.",
)
def sandbox(port: int, state: Path | None, notebooks: Path | None) -> None:
    """Start the local SageMaker and print what to paste into a shell; Ctrl-C stops it and all it started."""
    arguments = ["--port", str(port)]
    for name, value in (("--state", state), ("--notebooks", notebooks)):
        arguments += [name, str(value)] if value else []
    # This process becomes the server, so that Ctrl-C and kill reach it without a middleman.
    os.execv(sys.executable, [sys.executable, "-m", "local_sagemaker", *arguments])  # noqa: S606
