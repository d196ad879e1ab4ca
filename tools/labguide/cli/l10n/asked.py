"""What the subcommands share: the project, its pages as they stand, and the sections that somebody asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

import click

from labguide import l10n
from labguide.l10n.model import Page, Standing
from labguide.l10n.quoted import Quoted
from labguide.model import Project
from labguide.problems import Problems, did_you_mean

project = click.option(
    "--project",
    "root",
    default=".",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    callback=lambda _context, _option, path: path.resolve(),
    help="The workshop's folder, with its mkdocs.yml.",
)
language = click.option(
    "--language", "languages", multiple=True, metavar="TAG", help="Only this language, as mkdocs.yml has it."
)


def opened(root: Path, languages: Sequence[str]) -> Project:
    """The project in a folder. Raises `click.UsageError` if it has none of these languages."""
    from labguide.hosts import mkdocs

    found = mkdocs.open_project(root)
    others = found.languages[1:]
    for each in languages:
        if each not in others:
            raise click.UsageError(f'no translations into "{each}"; {did_you_mean(each, others)}')
    return found


def pages(project: Project, problems: Problems, languages: Sequence[str]) -> tuple[Page, ...]:
    """The pages as they stand, in these languages or in all."""
    return l10n.status(project, problems, tuple(languages))


def named(found: Iterable[Page], name: str, root: Path) -> list[Page]:
    """The page that somebody named, in each language: by the path of either file, or without folders and endings.

    Raises `click.UsageError` if there is none, or several.
    """
    every = list(found)
    path = _in_project(name, root)
    of_translation = [page for page in every if page.translation and page.expected == path]
    chosen = of_translation or [page for page in every if path == page.source.path]
    chosen = chosen or [page for page in every if name in (page.source.name, PurePosixPath(page.source.name).name)]
    if not chosen:
        known = {page.source.path for page in every}
        raise click.UsageError(f'no page "{name}"; {did_you_mean(name, known)}')
    sources = sorted({page.source.path for page in chosen})
    if len(sources) > 1:
        raise click.UsageError(f'"{name}" may be {" or ".join(sources)}; write the whole path')
    return chosen


def _in_project(name: str, root: Path) -> str:
    """A path as the project has it, whether it was written from here or from the project's folder."""
    here = Path(name).absolute()
    inside = here.exists() and here.is_relative_to(root)
    return here.relative_to(root).as_posix() if inside else PurePosixPath(name).as_posix()


def sections(page: Page, keys: Sequence[str]) -> list[Standing]:
    """The sections that somebody named by their ids, all if none. Raises `click.UsageError` if one is not there."""
    known = {each.key: each for each in page.standings}
    known |= {each.translation.key: each for each in page.standings if each.translation and each.state == "RENAMED"}
    wanted = [key.removeprefix("#") for key in keys]
    for key in wanted:
        if key not in known:
            raise click.UsageError(f'no section "{key}" in {page.source.path}; {did_you_mean(key, known)}')
    return [known[key] for key in wanted] or list(page.standings)


def quoted(project: Project) -> Quoted:
    """Says what sections quote today."""
    return Quoted(project)


def told(problems: Problems) -> None:
    """Print what is wrong with marks and ids to stderr, a line each."""
    for problem in problems:
        click.echo(str(problem), err=True)
