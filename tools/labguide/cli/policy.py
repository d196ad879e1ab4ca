"""`labguide policy`: the least permissions that scripts, and those who do the same by hand, need on AWS."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from labguide import plan, recordings, sources
from labguide.backends import aws
from labguide.cli import options
from labguide.hosts import mkdocs
from labguide.model import Project
from labguide.problems import CannotBuildError, Problems


@click.command()
@options.project
@click.option("--write", type=click.Path(dir_okay=False, path_type=Path), help="Write the policy to this file.")
@click.option(
    "--check", type=click.Path(dir_okay=False, path_type=Path), help="Change nothing; fail if this file says otherwise."
)
@click.option(
    "--declared",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What people need beside that, as YAML; if this is left out, the .yml of the same name beside the policy.",
)
@click.argument("scripts", nargs=-1)
def policy(root: Path, write: Path | None, check: Path | None, declared: Path | None, scripts: tuple[str, ...]) -> None:
    """Print the least IAM policy for what SCRIPTS (all if none is named) called when they were recorded.

    What people do by hand, in the console, is declared in a file beside the policy, with a reason.
    """
    file = check or write
    beside = file.with_suffix(".yml") if file else None
    document = _document(root, scripts, declared or (beside if beside and beside.is_file() else None))
    text = json.dumps(document, indent=2) + "\n"
    if file and aws.policy.size(document) > aws.policy.MOST:
        raise CannotBuildError(
            f"the policy has {aws.policy.size(document)} characters, but AWS takes {aws.policy.MOST} at most; "
            f"let patterns stand for recorded names, under `names:` in {declared or beside}"
        )
    if check:
        if not check.is_file() or check.read_text("utf-8") != text:
            raise CannotBuildError(
                f"{check} is not the policy of the recordings and of what is declared; "
                f"run `labguide policy --write {check}`"
            )
    elif write:
        recordings.write_atomically(write, text.encode())
    else:
        click.echo(text, nl=False)


def _document(root: Path, scripts: tuple[str, ...], declared: Path | None) -> dict[str, Any]:
    project = mkdocs.open_project(root)
    found = sources.read(project, Problems())
    options.check_names(scripts, found.scripts)
    wanted = [found.scripts[name] for name in scripts or sorted(found.scripts)]
    recorded = {script.name: plan.recorded(project, script, "aws") for script in wanted}
    missing = [name for name, recording in recorded.items() if recording is None]
    if missing:
        raise CannotBuildError(f"no recording knows the calls of {', '.join(missing)}; run `labguide run`")
    calls = [call for recording in recorded.values() if recording for call in recording.provenance["calls"]]
    return aws.policy.of(calls, _declared(project, declared) if declared else aws.declared.Declared())


def _declared(project: Project, path: Path) -> aws.declared.Declared:
    problems = Problems()
    found = aws.declared.read(project.relative(path.absolute()), path.read_text("utf-8"), problems)
    if len(problems):
        raise CannotBuildError("\n".join(map(str, problems)))
    return found
