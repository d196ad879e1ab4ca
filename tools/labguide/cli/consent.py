"""Asks before anything runs on a real backend."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import click

from labguide.backends import Backend


@dataclass(frozen=True)
class Consent:
    """What the caller said on the command line: `--yes`, and `--max-usd` in dollars."""

    yes: bool = False
    max_usd: float | None = None


def ask(backend: Backend, consent: Consent) -> None:
    """Let a real backend run if the caller agrees.

    Raises `click.UsageError` if not, or if there is nobody to ask.
    """
    if not backend.real or backend.consent:
        return
    if consent.yes:
        backend.consent = True
    elif not sys.stdin.isatty():
        raise click.UsageError(f"nothing runs on {backend.name} without consent; look at the plan, then say --yes")
    else:
        backend.consent = click.confirm(f"Run this on {backend.name}?", default=False, err=True)
        if not backend.consent:
            raise click.UsageError("nothing was run")
