"""`labguide plan`: what a run would do, before it does it."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import click

from labguide import cleaning, plan, running, sources
from labguide.backends import BACKENDS, aws
from labguide.cli import options
from labguide.console import answers, print_plan
from labguide.hosts import mkdocs
from labguide.problems import CannotBuildError, Problems


@click.command("plan")
@options.project
@options.backend
@options.force
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.argument("scripts", nargs=-1)
def plan_command(root: Path, backend: str, force: bool, as_json: bool, scripts: tuple[str, ...]) -> None:
    """Say which SCRIPTS would run and in which order, what they create, how long it takes and what it costs at most."""
    project, problems = mkdocs.open_project(root), Problems()
    found = sources.read(project, problems)
    options.check_names(scripts, found.scripts, problems)
    how = running.Options(force=force, only=scripts)
    made = plan.make(project, found.scripts, BACKENDS[backend](project), how, problems)
    if as_json:
        click.echo(json.dumps(as_data(made), indent=2))
    else:
        print_plan(made, aws.prices() if backend == "aws" else None, answers)
    for problem in problems.of_scripts():
        click.echo(cleaning.told(str(problem)), err=True)
    if problems.of_scripts():
        raise CannotBuildError("mend these headers")


def as_data(made: plan.Plan) -> dict[str, object]:
    """A plan for other programs: times in seconds, money in US dollars, null for what is not known."""
    table = aws.prices()
    return {
        **dataclasses.asdict(made),
        "seconds": made.seconds,
        "usd": made.usd,
        "usd_at_most": made.usd_at_most,
        "quotas": dict(made.quotas),
        "unpriced": list(made.unpriced),
        "prices": {"source": table.source, "region": table.region, "date": table.date},
    }
