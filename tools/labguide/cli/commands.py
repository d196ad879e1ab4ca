"""The commands. A command is one file here and one line in `COMMANDS`."""

from __future__ import annotations

import importlib
import logging
from typing import Any

import click

from labguide import __version__

COMMANDS = {
    "build": "build",
    "serve": "serve",
    "present": "present",
    "pdf": "pdf_command",
    "run": "run",
    "check": "check",
    "plan": "plan_command",
    "policy": "policy",
    "schedule": "schedule_command",
    "l10n": "l10n",
    "clean": "clean",
    "sandbox": "sandbox",
}
"""By the name of its file, what a command is called in it."""


class _Commands(click.Group):
    """Reads the file of a command only when it is asked for, because all together take long to import."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found: Any = getattr(importlib.import_module(f"labguide.cli.{cmd_name}"), COMMANDS[cmd_name])
        return found if isinstance(found, click.Command) else None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """Lab guides, decks and notebooks whose code is always run."""
    _log_plainly()


def _log_plainly() -> None:
    """MkDocs' messages as they are: a problem's line begins with its path, so that editors can follow it."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    logging.getLogger("mkdocs").addHandler(handler)
    logging.getLogger("mkdocs").setLevel(logging.WARNING)
