"""`labguide check`: would a build still show what the recordings say?"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from labguide import cleaning, fit, l10n, recordings, site, sources, workdir
from labguide.backends import BACKENDS
from labguide.cli import options
from labguide.comparing import reports
from labguide.console import RichProgress, console
from labguide.hosts import mkdocs
from labguide.l10n import lint, parity
from labguide.model import Project
from labguide.problems import Problems


@click.command()
@options.project
@click.option("--static", is_flag=True, help="Run nothing: check documents against the committed recordings.")
@click.option("--update", is_flag=True, help="Accept what drifted: write the new recordings.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list of findings instead of text.")
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), help="Write JUnit XML to this file.")
@click.option("--fit", "fits", is_flag=True, help="Look in a real browser whether slides fit and can be read.")
@click.argument("scripts", nargs=-1)
def check(
    root: Path,
    static: bool,
    update: bool,
    as_json: bool,
    junit: Path | None,
    fits: bool,
    scripts: tuple[str, ...],
) -> None:
    """Run SCRIPTS afresh (all if none is named), compare them with their recordings, and check all documents.

    Changes nothing, unless told to --update. Exit status: 0 clean, 1 something was found, 2 wrong use.
    """
    if static and (update or scripts):
        raise click.UsageError("--static runs nothing: it goes with neither --update nor names of scripts")
    executable = options.browser() if fits else None  # sooner than any script runs
    project = mkdocs.open_project(root)
    unread = Problems()
    options.check_names(scripts, sources.read(project, unread).scripts, unread)
    found = _check(project, site.CheckOptions(scripts, static, update), executable)
    if junit:
        recordings.write_atomically(junit, reports.as_junit(found))
    click.echo(reports.as_json(found.findings) if as_json else reports.as_text(found.findings), nl=False)
    accepted = found.acceptable if update else ()
    cells = sum(1 for verdict in found.verdicts if not verdict.skipped)
    told = f", {len(accepted)} of them accepted" if update else ""
    console.print(f"{cells} cells checked, {len(found.findings)} findings{told}")
    sys.exit(1 if len(found.findings) > len(accepted) else 0)


def _check(project: Project, how: site.CheckOptions, executable: Path | None) -> reports.Report:
    problems = Problems()
    backend = BACKENDS["local"](project)
    with RichProgress() as progress, workdir.only_build(project, progress.waiting):
        try:
            checked = site.check(project, backend, how, progress, problems)
        finally:
            backend.stop()
        if len(project.languages) > 1:
            pages = l10n.status(project, problems)
            parity.check(project, pages, problems)
            for problem in lint.check(project, pages).errors:
                problems.include(problem)
        with TemporaryDirectory(prefix="labguide-") as folder:
            for edition, woven in checked.sites:
                mkdocs.render(edition, woven, Path(folder) / edition.edition, problems)
                if executable and edition.edition == "instructor":  # its slides have all that the students' have
                    fit.check(woven.decks, Path(folder) / edition.edition, executable, problems)
    return reports.report(problems, checked.verdicts, cleaning.caller_secrets(os.environ))
