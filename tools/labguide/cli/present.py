"""`labguide present`: the instructor edition, with decks that a second window or a phone controls."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from urllib.parse import quote

import click
import segno

from labguide import presenting
from labguide.cli import options
from labguide.decks import presenter
from labguide.hosts import mkdocs
from labguide.model import Project
from labguide.problems import CannotBuildError, did_you_mean


@click.command()
@click.argument("deck", default="")
@options.project
@click.option("--language", help="The language of the deck; by default the guide's first one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen: `0.0.0.0` lets a phone in.")
@click.option("--port", default=8123, show_default=True, help="The port to listen on; 0 takes a free one.")
def present(deck: str, root: Path, language: str | None, host: str, port: int) -> None:
    """Serve the instructor edition so that a second window, or a phone, controls DECK; Ctrl-C ends it.

    Only this computer can come in, unless --host is given: then whoever has the token in the printed address. Nothing
    is encrypted, so use a network that you trust.
    """
    project = mkdocs.open_project(root, "instructor")
    chosen = _chosen(project, deck, language or project.languages[0])
    try:
        at = presenting.listening(host, port)
    except OSError as error:
        why = error.strerror or str(error)
        raise click.UsageError(f"cannot listen on {host}, port {port}: {why}; name others") from None
    token = "" if presenting.is_loopback(host) else presenting.new_token()
    door = presenting.Door(host, at.getsockname()[1], token)
    _tell(chosen, door)
    presenting.serve(project.site, door, at)
    click.echo("\nended")


def _chosen(project: Project, name: str, language: str) -> list[str]:
    """The decks to tell of, by their paths in the site: the one of that name, or all."""
    found = _published(project)
    if not found:
        shown = project.relative(project.site)
        message = f"{shown}/ has no decks to present; run `labguide build --edition instructor` first"
        raise CannotBuildError(message)
    if language not in project.languages:
        raise click.UsageError(f'no language "{language}"; known are: {", ".join(project.languages)}')
    names = {_name(path, project): path for path in found}
    if not name:
        return [_in_language(path, found, language, project) for path in names.values()]
    fitting = [path for each, path in names.items() if name in (each, PurePosixPath(each).name)]
    if len(fitting) != 1:
        known = did_you_mean(name, names) if not fitting else f"known are: {', '.join(sorted(names))}"
        raise click.UsageError(f'{"no" if not fitting else "more than one"} deck "{name}"; {known}')
    return [_in_language(fitting[0], found, language, project)]


def _published(project: Project) -> list[str]:
    """The decks of the finished edition that have a speaker's view, by their paths in the site."""
    folder = project.site / project.relative(project.slides)
    pages = (path for path in sorted(folder.rglob("*.html")) if presenter.is_in(path.read_bytes()))
    return [path.relative_to(project.site).as_posix() for path in pages]


def _name(path: str, project: Project) -> str:
    """A deck's name without folder, ending and language."""
    stem = PurePosixPath(path).relative_to(project.relative(project.slides)).as_posix().removesuffix(".html")
    suffix = next((f".{each}" for each in project.languages if stem.endswith(f".{each}")), "")
    return stem.removesuffix(suffix)


def _in_language(path: str, found: Iterable[str], language: str, project: Project) -> str:
    """The deck in a language, if there is one; else as it is."""
    name = _name(path, project)
    of_it = {
        each: each.removesuffix(".html").endswith(f".{language}") for each in found if _name(each, project) == name
    }
    translated = next((each for each, is_it in of_it.items() if is_it), None)
    untranslated = f"{project.relative(project.slides)}/{name}.html"
    return translated or (untranslated if untranslated in of_it else path)


def _tell(chosen: list[str], door: presenting.Door) -> None:
    address = f"http://{_reachable(door.host)}:{door.port}"
    for path in chosen:
        click.echo(f"{path}\n  audience  {_address(address, path, '', door)}")
        speaker = _address(address, path, "speaker", door)
        click.echo(f"  speaker   {speaker}")
    if door.token and len(chosen) == 1:
        click.echo("\nThe speaker's view on a phone in the same network:\n")
        segno.make_qr(speaker, error="l").terminal(compact=True)
    click.echo("Ctrl-C ends it.")


def _address(address: str, path: str, query: str, door: presenting.Door) -> str:
    said = "&".join(part for part in (query, f"token={door.token}" if door.token else "") if part)
    return f"{address}/{quote(path)}{f'?{said}' if said else ''}"


def _reachable(host: str) -> str:
    """An address of this computer that others can use; nothing is sent to find it."""
    if host not in ("0.0.0.0", "::"):  # noqa: S104
        return f"[{host}]" if ":" in host else host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address for documentation; it only chooses the way there
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])
