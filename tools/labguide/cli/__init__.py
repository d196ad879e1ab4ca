"""The command line. A command is one file here and one line in `COMMANDS`.

Exit status: 0 clean, 1 something is wrong with the sources, 2 wrong use, 130 stopped with Ctrl-C.
"""

from __future__ import annotations

import logging
import sys

import click

from labguide import __version__
from labguide.cli.build import build
from labguide.cli.check import check
from labguide.cli.clean import clean
from labguide.cli.plan import plan_command as plan
from labguide.cli.policy import policy
from labguide.cli.run import run
from labguide.cli.sandbox import sandbox
from labguide.cli.serve import serve
from labguide.problems import CannotBuildError

COMMANDS = (build, serve, run, check, plan, policy, clean, sandbox)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """Lab guides, decks and notebooks whose code is always run."""


for command in COMMANDS:
    cli.add_command(command)


def main() -> None:
    """Run the command line; every expected fault ends in a sentence, never in a traceback."""
    _log_plainly()
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
        where = [error.filename2 or error.filename] if error.filename2 or error.filename else []
        click.echo(f"labguide: {': '.join([error.strerror or str(error), *where])}; nothing was published", err=True)
        sys.exit(1)


def _log_plainly() -> None:
    """MkDocs' messages as they are: a problem's line begins with its path, so that editors can follow it."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    logging.getLogger("mkdocs").addHandler(handler)
    logging.getLogger("mkdocs").setLevel(logging.WARNING)
