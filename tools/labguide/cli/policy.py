"""`labguide policy`: the least permissions that scripts need on AWS."""

from __future__ import annotations

import json
from pathlib import Path

import click

from labguide import plan, recordings, sources
from labguide.backends import aws
from labguide.cli import options
from labguide.hosts import mkdocs
from labguide.problems import CannotBuildError, Problems


@click.command()
@options.project
@click.option("--write", type=click.Path(dir_okay=False, path_type=Path), help="Write the policy to this file.")
@click.option(
    "--check", type=click.Path(dir_okay=False, path_type=Path), help="Change nothing; fail if this file says otherwise."
)
@click.argument("scripts", nargs=-1)
def policy(root: Path, write: Path | None, check: Path | None, scripts: tuple[str, ...]) -> None:
    """Print the least IAM policy for what SCRIPTS (all if none is named) called when they were recorded."""
    text = _text(root, scripts)
    if check:
        if not check.is_file() or check.read_text("utf-8") != text:
            raise CannotBuildError(
                f"{check} is not the policy of the recordings; run `labguide policy --write {check}`"
            )
    elif write:
        recordings.write_atomically(write, text.encode())
    else:
        click.echo(text, nl=False)


def _text(root: Path, scripts: tuple[str, ...]) -> str:
    project = mkdocs.open_project(root)
    found = sources.read(project, Problems())
    options.check_names(scripts, found.scripts)
    wanted = [found.scripts[name] for name in scripts or sorted(found.scripts)]
    recorded = {script.name: plan.recorded(project, script, "aws") for script in wanted}
    missing = [name for name, recording in recorded.items() if recording is None]
    if missing:
        raise CannotBuildError(f"no recording knows the calls of {', '.join(missing)}; run `labguide run`")
    calls = [call for recording in recorded.values() if recording for call in recording.provenance["calls"]]
    return json.dumps(aws.policy.of(calls), indent=2) + "\n"
