"""`labguide pdf`: decks, handouts and the guide on paper."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import click

from labguide import browser, cleaning, pdf, recordings, running, site
from labguide.assembly import Site
from labguide.backends import BACKENDS
from labguide.cli import options
from labguide.console import RichProgress, console
from labguide.hosts import mkdocs
from labguide.model import Edition, Project, Woven
from labguide.problems import Problems, did_you_mean
from labguide.running import fonts
from labguide.weaving.words import words_of

_WRITTEN_WITH_CHARACTERS = ("zh", "ja", "ko")
_FONT_REMEDY = "install one, such as Noto Sans CJK (Debian and Ubuntu: `apt install fonts-noto-cjk`)"


@dataclass(frozen=True)
class Wanted:
    """What is to be printed: decks by name (None for all, empty for none), in which languages, on which paper."""

    decks: tuple[str, ...] | None
    guide: bool
    notes: bool
    languages: tuple[str, ...]
    size: pdf.Size


@dataclass(frozen=True)
class Sheet:
    """One PDF: its path in the folder, what it shows, and, of a deck, the slides that became smaller."""

    path: str
    source: str
    content: bytes
    shrunk: tuple[tuple[int, int], ...] = ()


@click.command("pdf")
@options.project
@options.edition
@click.option("--deck", "decks", multiple=True, metavar="NAME", help="Print this deck only; may be said several times.")
@click.option("--guide", is_flag=True, help="Print the lab guide only.")
@click.option("--notes", is_flag=True, help="Print handouts: each slide with all its notes, for the instructor.")
@click.option("--language", "languages", multiple=True, metavar="L", help="Print this language only.")
@click.option("--paper", type=click.Choice(list(pdf.SIZES), case_sensitive=False), default="a4", show_default=True)
@click.option("--frozen", is_flag=True, help="Run nothing: print what the committed recordings say.")
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), help="The folder to write into.")
def pdf_command(
    root: Path,
    edition: Edition,
    decks: tuple[str, ...],
    guide: bool,
    notes: bool,
    languages: tuple[str, ...],
    paper: str,
    frozen: bool,
    output: Path | None,
) -> None:
    """Print decks and the lab guide as PDF: all of them, in all languages, unless told otherwise.

    Into pdf/, or pdf-instructor/ for what students do not get. Needs a Chromium; LABGUIDE_BROWSER may name it.
    """
    executable = options.browser()
    project = mkdocs.open_project(root, "instructor" if notes else edition)
    chosen = decks if decks or guide else None
    wanted = Wanted(chosen, guide or not (decks or notes), notes, languages or project.languages, pdf.SIZES[paper])
    _check(project, wanted, output)
    folder, started = output or project.root / _folder(project), time.monotonic()
    sheets = _print(project, wanted, executable, frozen)
    for sheet in sheets:
        recordings.write_atomically(folder / sheet.path, sheet.content)
        _tell(folder, sheet)
    console.print(f"{len(sheets)} PDFs; {time.monotonic() - started:.1f} s")


def _folder(project: Project) -> str:
    return "pdf" if project.edition == "student" else f"pdf-{project.edition}"


def _check(project: Project, wanted: Wanted, output: Path | None) -> None:
    """Raise `click.UsageError` for what cannot be meant, and `MissingError` if letters are missing."""
    for language in wanted.languages:
        if language not in project.languages:
            known = did_you_mean(language, project.languages)
            raise click.UsageError(f'the workshop is not written in "{language}"; {known}')
    students = project.root / project.site_dir
    if output and project.edition != "student" and output.resolve().is_relative_to(students.resolve()):
        raise click.UsageError(f"{output} lies in the students' site, and what is printed is not for students")
    if not fonts.cjk_family() and any(each.startswith(_WRITTEN_WITH_CHARACTERS) for each in wanted.languages):
        raise options.MissingError(f"this computer has no font for Chinese, Japanese and Korean; {_FONT_REMEDY}")


def _print(project: Project, wanted: Wanted, executable: Path, frozen: bool) -> list[Sheet]:
    """Build what is needed, as `labguide build` does, into a folder that is thrown away; print what lies there."""
    problems, printing = Problems(), mkdocs.Printing()
    how = running.Options(frozen=frozen)
    project.workdir.mkdir(exist_ok=True)
    try:
        with (
            TemporaryDirectory(prefix="print-", dir=project.workdir) as temporary,
            RichProgress() as progress,
            site.built(project, BACKENDS["local"](project), how, progress, problems) as woven,
        ):
            _check_decks(woven.decks, wanted)
            folder = Path(temporary) / "site"
            site.publish(woven, partial(mkdocs.render, project, printing=printing), folder, problems)
            with browser.started(executable) as chromium, chromium.page() as page:
                sheets = [*_decks(page, woven.decks, wanted, folder), *_guides(page, printing.books(), wanted, folder)]
    finally:
        for problem in problems:
            click.echo(cleaning.told(str(problem)), err=True)
    day = _day(woven)
    return [Sheet(each.path, each.source, pdf.finished(each.content, day), each.shrunk) for each in sheets]


def _check_decks(decks: Mapping[str, Woven], wanted: Wanted) -> None:
    names = sorted({_name(woven) for woven in decks.values()})
    for name in wanted.decks or ():
        if name not in names:
            raise click.UsageError(f'no deck "{name}"; {did_you_mean(name, names)}')


def _decks(page: browser.Page, decks: Mapping[str, Woven], wanted: Wanted, folder: Path) -> Iterator[Sheet]:
    for path, woven in sorted(decks.items()):
        document = woven.document
        if document.language not in wanted.languages or _name(woven) not in (wanted.decks or _all(wanted, woven)):
            continue
        file = PurePosixPath(path)
        if wanted.notes:
            printed = pdf.handout(page, folder / path, wanted.size)
            stem, dot, language = file.stem.partition(f".{document.language}")
            file = file.with_name(f"{stem}-notes{dot}{language}.pdf")
        else:
            printed, file = pdf.slides(page, folder / path), file.with_suffix(".pdf")
        yield Sheet(file.as_posix(), document.path, printed.content, printed.shrunk)


def _all(wanted: Wanted, woven: Woven) -> Sequence[str]:
    return [_name(woven)] if wanted.decks is None else []


def _guides(page: browser.Page, books: Mapping[str, pdf.Book], wanted: Wanted, folder: Path) -> Iterator[Sheet]:
    first = next(iter(books), "")
    for language, book in books.items():
        if wanted.guide and language in wanted.languages and book.chapters:
            words = {"contents": words_of(language)["contents"]}
            name = "guide.pdf" if language == first else f"guide.{language}.pdf"
            yield Sheet(name, "mkdocs.yml", pdf.guide(page, book, folder, wanted.size, words))


def _name(woven: Woven) -> str:
    """A deck's name, the same in all languages: its path below the folder of decks."""
    return woven.document.name.removeprefix("slides/")


def _day(woven: Site) -> str:
    """The day that PDFs say they were made on, so that the same pages are the same bytes.

    `SOURCE_DATE_EPOCH` says it, as for other programs; else it is the day of the newest recording.
    """
    said = os.environ.get("SOURCE_DATE_EPOCH", "")
    if said.isdigit():
        return datetime.fromtimestamp(int(said), UTC).date().isoformat()
    return max((each.origin.recorded for each in woven.runs.recordings.values()), default="") or "2000-01-01"


def _tell(folder: Path, sheet: Sheet) -> None:
    path, kilobytes = folder / sheet.path, len(sheet.content) / 1000
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    console.print(f"  [bold]{shown}[/] {pdf.page_count(sheet.content)} pages, {kilobytes:,.0f} kB")
    for line, percent in sheet.shrunk:
        told = f"{sheet.source}:{line}: this slide is too full; in the PDF it has {percent} % of its size"
        console.print(f"  {told}; see `labguide check --fit`")
