"""Asks before anything runs on a real backend: shows the plan, holds it against the limit, and waits for a yes."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass

import click

from labguide import plan, running
from labguide.backends import Backend, aws
from labguide.console import print_plan
from labguide.model import Project, Script
from labguide.problems import Problems


@dataclass(frozen=True)
class Consent:
    """What the caller said on the command line: `--yes`, and `--max-usd` in dollars."""

    yes: bool = False
    max_usd: float | None = None


def ask(
    project: Project, scripts: Mapping[str, Script], backend: Backend, how: running.Options, consent: Consent
) -> None:
    """Let a real backend run if the caller agrees.

    Raises `click.UsageError` if not, if there is nobody to ask, or if the run may cost more than its limit.
    """
    if not backend.real:
        return
    made = plan.make(project, scripts, backend, how, Problems())
    if made.steps:
        print_plan(made, aws.prices())
    _check_limit(made, consent.max_usd)
    backend.consent = backend.consent or consent.yes or _answer(backend, made)


def _check_limit(made: plan.Plan, max_usd: float | None) -> None:
    if max_usd is None:
        return
    if made.usd_at_most is None:
        unknown = ", ".join(made.unpriced)
        raise click.UsageError(f"what {unknown} costs is not known, so --max-usd cannot be kept; nothing was run")
    if made.usd_at_most > max_usd:
        raise click.UsageError(
            f"this may cost ${made.usd_at_most:.2f}, more than --max-usd {max_usd:g}; nothing was run"
        )


def _answer(backend: Backend, made: plan.Plan) -> bool:
    if not made.steps:
        return True
    if not sys.stdin.isatty():
        raise click.UsageError(f"nothing runs on {backend.name} without consent; look at the plan, then say --yes")
    if not click.confirm(f"Run this on {backend.name}?", default=False, err=True):
        raise click.UsageError("nothing was run")
    return True
