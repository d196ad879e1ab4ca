"""`labguide l10n`: how translations stand, what has changed, and what a translator does about it.

A subcommand is one file here and one line in `COMMANDS`.
"""

from __future__ import annotations

import importlib
from typing import Any

import click

COMMANDS = {
    "status": "status",
    "diff": "diff",
    "sync": "sync",
    "new": "new",
    "lint": "lint",
    "draft": "draft",
}
"""By the name of its file, what a subcommand is called in it."""


class _Commands(click.Group):
    """Reads the file of a subcommand only when it is asked for: `status` is to answer at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found: Any = getattr(importlib.import_module(f"labguide.cli.l10n.{cmd_name}"), COMMANDS[cmd_name])
        return found if isinstance(found, click.Command) else None


@click.group(cls=_Commands)
def l10n() -> None:
    """Translations: which text each section was made from, and what changed since."""
