"""The commands. A command is one file here and one line in `COMMANDS`."""

from __future__ import annotations

import logging

import click

from labguide import __version__
from labguide.cli.build import build
from labguide.cli.check import check
from labguide.cli.clean import clean
from labguide.cli.pdf import pdf_command as pdf
from labguide.cli.plan import plan_command as plan
from labguide.cli.policy import policy
from labguide.cli.present import present
from labguide.cli.run import run
from labguide.cli.sandbox import sandbox
from labguide.cli.schedule import schedule_command as schedule
from labguide.cli.serve import serve

COMMANDS = (build, serve, present, pdf, run, check, plan, policy, schedule, clean, sandbox)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """Lab guides, decks and notebooks whose code is always run."""
    _log_plainly()


for command in COMMANDS:
    cli.add_command(command)


def _log_plainly() -> None:
    """MkDocs' messages as they are: a problem's line begins with its path, so that editors can follow it."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    logging.getLogger("mkdocs").addHandler(handler)
    logging.getLogger("mkdocs").setLevel(logging.WARNING)
