"""`labguide l10n lint`: the words of translations, held against the glossary and Taiwan's usage."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from labguide.cli.l10n import asked
from labguide.l10n.lint import Findings, check, check_files
from labguide.model import Project
from labguide.problems import Problem, Problems

FORMAT = "labguide-l10n-lint-1"
"""What the JSON calls itself."""


@click.command()
@asked.project
@asked.language
@click.option("--json", "as_json", is_flag=True, help="For programs: every finding with its place.")
@click.option("--errors", "only_errors", is_flag=True, help="Leave out hints, which may be wrong.")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def lint(root: Path, languages: tuple[str, ...], as_json: bool, only_errors: bool, files: tuple[Path, ...]) -> None:
    """Tell words that are wrong in a translation, and hints at what may be; in all of them if no FILE is named.

    Errors are usage from elsewhere, simplified characters and what the glossary forbids. Hints are other usage, what
    it avoids, terms that are missing, what was left in the source's language, half-width punctuation. A FILE may be
    anywhere: Markdown, YAML or SVG. Exit status 1 if there is an error; a hint is none.
    """
    problems = Problems()
    project = asked.opened(root, languages)
    if files:
        found = check_files(project, (path.absolute() for path in files), _only(project, languages))
    else:
        found = check(project, asked.pages(project, problems, languages), languages)
    hints = Problems() if only_errors else found.hints
    if as_json:
        click.echo(json.dumps(_as_json(Findings(found.errors, hints)), indent=2, ensure_ascii=False))
    else:
        _tell(found.errors, hints)
        asked.told(problems)
    sys.exit(1 if len(found.errors) else 0)


def _only(project: Project, languages: tuple[str, ...]) -> str:
    """The language of files that were named. Raises `click.UsageError` if it may be several."""
    known = languages or project.languages[1:]
    if len(known) != 1:
        raise click.UsageError(f"say which --language the files are in; known are: {', '.join(project.languages[1:])}")
    return known[0]


def _tell(errors: Problems, hints: Problems) -> None:
    every = [*((problem, "") for problem in errors), *((problem, "hint: ") for problem in hints)]
    for problem, sort in sorted(every):
        click.echo(f"{problem.place}: {sort}{problem.message}; {problem.remedy} [{problem.kind}]")
    click.echo(f"{_counted(len(errors), 'error')}, {_counted(len(hints), 'hint')}", err=True)


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _as_json(found: Findings) -> dict[str, object]:
    every = [*(_finding(each, "error") for each in found.errors), *(_finding(each, "hint") for each in found.hints)]
    return {"format": FORMAT, "findings": every}


def _finding(problem: Problem, severity: str) -> dict[str, object]:
    return {
        "severity": severity,
        "kind": problem.kind,
        "path": problem.place.path,
        "line": problem.place.line,
        "column": problem.place.column or None,
        "message": problem.message,
        "remedy": problem.remedy,
    }
