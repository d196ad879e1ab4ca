"""The order of the steps, from sources to what a host renders. Read `build` from top to bottom.

Source ──read──▶ Script ──run──▶ Recording ──┐
Source ──read──▶ Document ────────────────────weave──▶ page · deck · notebook
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import get_args
from urllib.parse import quote

from labguide import (
    comparing,
    decks,
    editions,
    labels,
    plan,
    quotes,
    recordings,
    revealmd,
    running,
    scripts,
    sources,
    teaching,
    weaving,
    workdir,
)
from labguide.backends import Backend
from labguide.model import (
    DeckQuote,
    Document,
    Edition,
    Facts,
    Outline,
    Place,
    Project,
    Recording,
    Script,
    Sources,
    Woven,
)
from labguide.problems import CannotBuildError, Problems
from labguide.weaving import cards, handout, notebooks

DECK_ASSETS = "assets/deck"
"""The site's folder of what all decks share."""


@dataclass(frozen=True)
class Site:
    """All that a host needs: pages to render, and files to publish as they are, by their path in the site."""

    pages: Mapping[str, Woven]
    """Lessons by their path below the folder of lessons."""
    decks: Mapping[str, Woven]
    """Decks by their path in the site: `slides/introduction.html`."""
    files: Mapping[str, bytes]
    runs: running.Runs
    withheld: frozenset[str] = frozenset()
    """Pages and files in the project that this edition does not publish."""


Renderer = Callable[[Site, Path, Problems], None]
"""A host: renders a site into a folder, and notes what cannot be published."""


@dataclass(frozen=True)
class Rehearsed:
    """What fresh runs left: a verdict on each cell, and new recordings of the scripts that ran to their end."""

    verdicts: tuple[comparing.Verdict, ...]
    new: Mapping[str, Recording]


@dataclass(frozen=True)
class Checked:
    """What a check found beside problems: a verdict on each cell, and the sites as the fresh runs would make them."""

    verdicts: tuple[comparing.Verdict, ...]
    sites: tuple[tuple[Project, Site], ...]
    """Each edition."""


@dataclass(frozen=True)
class CheckOptions:
    """How far a check goes: `only` these scripts run, or none (`static`); `update` accepts what the runs left."""

    only: tuple[str, ...] = ()
    static: bool = False
    update: bool = False


def build(
    project: Project,
    backend: Backend,
    options: running.Options,
    progress: running.Progress,
    problems: Problems,
) -> Site:
    """Read everything, run what is stale, weave everything. What is wrong is in `problems` afterwards."""
    found = sources.read(project, problems)
    quoted = weaving.quoted_values(found)
    runs = running.run(project, found.scripts, quoted, backend, options, progress, problems)
    return _weave_all(project, found, runs, problems)


@contextmanager
def built(
    project: Project,
    backend: Backend,
    options: running.Options,
    progress: running.Progress,
    problems: Problems,
) -> Iterator[Site]:
    """What `build` makes of a project; until it is done with, no other build of the project begins."""
    with workdir.only_build(project, on_wait=progress.waiting):
        workdir.recover(project.site)
        try:
            yield build(project, backend, options, progress, problems)
        finally:
            backend.stop()


def publish(
    woven: Site,
    render: Renderer,
    folder: Path,
    problems: Problems,
) -> None:
    """Render a site beside the one that stands in `folder`, and put it there.

    Raises `CannotBuildError`, and leaves what stands in `folder`, if anything is wrong; `problems` says what.
    """
    end_if_any(problems)
    stage = workdir.Stage(folder)
    try:
        render(woven, stage.folder, problems)
        end_if_any(problems)
        stage.publish()
    finally:
        stage.discard()


def end_if_any(problems: Problems) -> None:
    """Raise `CannotBuildError` if there is a problem."""
    if len(problems):
        raise CannotBuildError(f"{problems.count} found; the site was not changed")


def check(
    project: Project,
    backend: Backend,
    options: CheckOptions,
    progress: running.Progress,
    problems: Problems,
) -> Checked:
    """Read everything, run afresh, hold every cell against its recording, weave what the fresh runs left.

    Writes nothing but, with `update`, the recordings of the scripts that ran to their end.
    """
    found = sources.read(project, problems)
    _tell_orphans(project, found, problems)
    old = recordings.load_all(project, backend.name, found.scripts)
    if options.static:
        runs = running.run(project, found.scripts, {}, backend, running.Options(frozen=True), progress, problems)
        return Checked((), _weave_both(project, found, runs, problems))
    rehearsed = rehearse(project, found, backend, options.only, progress, problems)
    if options.update:
        accepted = {name: each for name, each in rehearsed.new.items() if name in (options.only or found.scripts)}
        running.accept(project, found.scripts, weaving.quoted_values(found), backend, accepted)
    runs = running.Runs({**old, **rehearsed.new}, ran=tuple(rehearsed.new))
    return Checked(rehearsed.verdicts, _weave_both(project, found, runs, problems, options.only))


def rehearse(
    project: Project,
    found: Sources,
    backend: Backend,
    only: Collection[str],
    progress: running.Progress,
    problems: Problems,
) -> Rehearsed:
    """Run scripts afresh (all if `only` names none) and hold their cells against the recordings; keep nothing."""
    outcomes = running.rehearse(project, found.scripts, backend, only, progress, problems)
    verdicts: list[comparing.Verdict] = []
    for name, script in found.scripts.items():
        if name in (only or found.scripts) and backend.name in script.backends and script.code_cells:
            outcome = outcomes.get(name)
            new, failures = (outcome.recording, outcome.problems) if outcome else (None, {})
            old = recordings.load(project, backend.name, name)
            verdicts += comparing.judge(script, old, new, failures, found.documents)
    whole = {name: outcome.recording for name, outcome in outcomes.items() if not outcome.problems}
    return Rehearsed(tuple(verdicts), whole)


def _weave_both(
    project: Project, found: Sources, runs: running.Runs, problems: Problems, only: Collection[str] = ()
) -> tuple[tuple[Project, Site], ...]:
    """Both editions: what only instructors see is checked as all else is."""
    projects = [replace(project, edition=edition) for edition in get_args(Edition)]
    return tuple((each, _weave_all(each, found, runs, problems, only)) for each in projects)


def _weave_all(
    project: Project, found: Sources, runs: running.Runs, problems: Problems, only: Collection[str] = ()
) -> Site:
    """Every document with its quotes replaced, and the files that go with them.

    `only` names the scripts that ran, if not all did: what the others' figures say may have changed since.
    """
    cut = editions.cut(found, project, problems)
    facts = plan.facts(project, found.scripts, weaving.quoted_values(found), problems)
    sources_of = {language: cut.sources(language) for language in project.languages}
    recorded_in = {
        language: weaving.Recorded(
            project, sources_of[language].scripts, cut.recordings(runs.recordings, language, problems), facts
        )
        for language in project.languages
    }

    def said(script: Script, language: str) -> frozenset[str] | None:
        recording = runs.recordings.get(script.name)
        known = recording and not problems.at(script.path)
        return frozenset(recording.labels.get(language, ())) if recording and known else None

    labels.unused([found.scripts[name] for name in only or found.scripts], said, problems)
    of_edition = Sources(found.scripts, cut.documents)
    lesson_plans = teaching.plans(of_edition, runs.recordings, project, problems)
    pages: dict[str, Woven] = {}
    slides: dict[str, Woven] = {}
    for written in cut.documents:
        notebooks.check_translation(written, found.scripts, problems)
        document = notebooks.expand(written, sources_of[written.language], project, problems)
        if document.kind == "deck":
            decks.check(document.lines, document.body_line - 1, project.dialect, problems)
            decks.pacing.check(document, project.dialect, problems)
        woven = weaving.weave(_without_notes(project, document), recorded_in[document.language], problems)
        if document.kind == "lesson":
            pages[document.uri] = teaching.with_schedule(woven, lesson_plans, project)
        elif document.kind == "deck":
            _tell_collision(document, slides, project, problems)
            slides[document.uri] = woven
    pages = cards.with_decks(pages, _outlines(pages, slides, project), project, problems)
    shown = [file for woven in (*pages.values(), *slides.values()) for file in woven.files.items()]
    downloads = [
        file
        for language, recorded in recorded_in.items()
        for file in notebooks.downloads(sources_of[language], recorded, language, problems).items()
    ]
    handouts = _handouts(project, found, runs, facts)
    beside = teaching.files(of_edition, lesson_plans)
    elsewhere = (file for woven in slides.values() for file in decks.elsewhere(woven.document, project).values())
    moved = {_moved(file, project): file.read_bytes() for file in elsewhere}
    files = {**dict(shown), **dict(downloads), **handouts, **_deck_files(project, cut.withheld), **beside, **moved}
    return Site(pages, slides, files, runs, cut.withheld)


def _handouts(project: Project, found: Sources, runs: running.Runs, facts: Facts) -> dict[str, bytes]:
    """The exercises of each language as a page to print; a student's in both editions. All problems are told before."""
    names = editions.exercises_of(found.scripts)
    if not names:
        return {}
    project, unheard = replace(project, edition="student"), Problems()
    cut = editions.cut(found, project, unheard)
    pages: dict[str, bytes] = {}
    for language in project.languages:
        shown = cut.sources(language)
        recorded = weaving.Recorded(project, shown.scripts, cut.recordings(runs.recordings, language, unheard), facts)
        lessons = handout.documents_of(cut.documents, language, project.languages[0])
        whole = [notebooks.expand(document, shown, project, unheard) for document in lessons]
        made = handout.page(whole, names, recorded, language)
        if made:
            suffix = "" if language == project.languages[0] else f".{language}"
            pages[f"exercises{suffix}.html"] = made
    return pages


def _without_notes(project: Project, document: Document) -> Document:
    """A deck as students get it; what is wrong with its quotes was told when it was read."""
    if document.kind != "deck" or project.edition != "student":
        return document
    first = document.body_line - 1
    lines = decks.without_notes(document.lines, first, project.dialect)
    of_decks = replace(project, dialect=revealmd.of_decks(project.dialect))
    return replace(document, lines=lines, quotes=quotes.find(lines, first, of_decks, Problems()))


def _outlines(pages: Mapping[str, Woven], slides: Mapping[str, Woven], project: Project) -> list[Outline]:
    """What pages tell of each deck; of its slides only if one shows its card."""
    quotes = [quote for woven in pages.values() for quote in woven.document.quotes]
    shown = {f"slides/{quote.deck}" for quote in quotes if isinstance(quote, DeckQuote)}
    return [decks.outline(each, project, with_slides=each.document.name in shown) for each in slides.values()]


def _tell_orphans(project: Project, found: Sources, problems: Problems) -> None:
    """A script that was renamed or taken out leaves a recording that nobody renews or reads."""
    for path in recordings.orphans(project, {*found.scripts, *scripts.unreadable(problems)}):
        message = f'no script is called "{PurePosixPath(path).stem}"'
        problems.add(Place(path), "orphan-recording", message, "delete this file, or give the script its name back")


def _tell_collision(document: Document, slides: Mapping[str, Woven], project: Project, problems: Problems) -> None:
    """Two decks, or a deck and a file beside it, may be published as the same file: one would be lost."""
    other = slides[document.uri].document.path if document.uri in slides else document.uri
    if document.uri in slides or (project.root / document.uri).is_file():
        message = f"{other} is published as {document.uri} too"
        problems.add(Place(document.path), "duplicate-file", message, "give one of the two another name")


def render_deck(
    path: str,
    site: Site,
    project: Project,
    address: decks.Address = decks.as_written,
    home: str | None = None,
    brand: decks.Brand = decks.NO_BRAND,
) -> str:
    """The HTML page of one deck of a site; in the host's Markdown, so that decks and pages agree.

    `address` tells for each link that an author wrote where it leads in the site, `home` where its first page is, and
    `brand` what the site says of itself.
    """
    woven = site.decks[path]
    alternates = {
        other.document.language: PurePosixPath(other_path).name
        for other_path, other in site.decks.items()
        if other.document.name == woven.document.name and other.document.language != woven.document.language
    }
    up = "../" * path.count("/")
    moved = {
        written: quote(f"{up}{_moved(file, project)}")
        for written, file in decks.elsewhere(woven.document, project).items()
    }
    page = decks.render(
        woven.lines,
        lang=woven.document.language,
        assets=f"{up}{DECK_ASSETS}",
        dialect=project.dialect,
        alternates=alternates,
        home=home,
        address=lambda written: moved.get(written) or address(written),
        brand=replace(brand, logo=f"{up}{brand.logo}" if brand.logo else None),
        edition=project.edition,
        name=woven.document.name,
        lessons=_lessons(woven.document, site, project, address, up),
        shared=revealmd.shared(project),
    )
    if project.edition == "instructor":
        return page.replace("<head>", '<head>\n<meta name="robots" content="noindex">', 1)
    return decks.page_without_notes(page)


def _lessons(deck: Document, site: Site, project: Project, address: decks.Address, up: str) -> list[tuple[str, str]]:
    """The title and the address of each lesson that a deck belongs to, in the deck's language if it is translated."""
    found: list[tuple[str, str]] = []
    for written in cards.lessons_of(deck):
        if written in site.pages:
            name = site.pages[written].document.name
            same = [woven for woven in site.pages.values() if woven.document.name == name]
            own = next((woven for woven in same if woven.document.language == deck.language), site.pages[written])
            found.append((cards.title_of(own), address(f"{up}{written}")))
    return found


def _moved(file: Path, project: Project) -> str:
    """Where a file that only decks show stands in the site."""
    return f"{DECK_ASSETS}/files/{file.resolve().relative_to(project.root.resolve()).as_posix()}"


def _deck_files(project: Project, withheld: Collection[str]) -> dict[str, bytes]:
    """What decks share, and the pictures and other files that lie beside the decks, but for those `withheld`."""
    shared = {f"{DECK_ASSETS}/{name}": content for name, content in decks.asset_files(project.edition).items()}
    beside = {
        project.relative(path): path.read_bytes()
        for path in sources.files(project.slides, "*")
        if not sources.is_markdown(path) and project.relative(path) not in withheld
    }
    return shared | beside
