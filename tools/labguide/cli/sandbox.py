"""`labguide sandbox`: the local SageMaker for a student without an account."""

from __future__ import annotations

import os
import sys

import click


@click.command()
@click.option("--port", default=0, help="The port to listen on; 0 takes a free one.")
def sandbox(port: int) -> None:
    """Start the local SageMaker and print what to paste into a shell; Ctrl-C stops it and all it started."""
    # This process becomes the server, so that Ctrl-C and kill reach it without a middleman.
    os.execv(sys.executable, [sys.executable, "-m", "local_sagemaker", "--port", str(port)])  # noqa: S606
