"""The order of the steps, from sources to what a host renders. Read `build` from top to bottom.

Source ──read──▶ Script ──run──▶ Recording ──┐
Source ──read──▶ Document ────────────────────weave──▶ page · deck · notebook
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from labguide import comparing, decks, labels, plan, recordings, revealmd, running, scripts, sources, weaving, workdir
from labguide.backends import Backend
from labguide.model import Document, Place, Project, Recording, Script, Sources, Woven
from labguide.problems import CannotBuildError, Problems
from labguide.weaving import notebooks

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


Renderer = Callable[[Site, Path, Problems], None]
"""A host: renders a site into a folder, and notes what cannot be published."""


@dataclass(frozen=True)
class Rehearsed:
    """What fresh runs left: a verdict on each cell, and new recordings of the scripts that ran to their end."""

    verdicts: tuple[comparing.Verdict, ...]
    new: Mapping[str, Recording]


@dataclass(frozen=True)
class Checked:
    """What a check found beside problems: a verdict on each cell, and the site as the fresh runs would make it."""

    verdicts: tuple[comparing.Verdict, ...]
    site: Site


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
        workdir.recover(project.root / project.site_dir)
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
        return Checked((), _weave_all(project, found, runs, problems))
    rehearsed = rehearse(project, found, backend, options.only, progress, problems)
    if options.update:
        accepted = {name: each for name, each in rehearsed.new.items() if name in (options.only or found.scripts)}
        running.accept(project, found.scripts, weaving.quoted_values(found), backend, accepted)
    runs = running.Runs({**old, **rehearsed.new}, ran=tuple(rehearsed.new))
    return Checked(rehearsed.verdicts, _weave_all(project, found, runs, problems, options.only))


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


def _weave_all(
    project: Project, found: Sources, runs: running.Runs, problems: Problems, only: Collection[str] = ()
) -> Site:
    """Every document with its quotes replaced, and the files that go with them.

    `only` names the scripts that ran, if not all did: what the others' figures say may have changed since.
    """
    facts = plan.facts(project, found.scripts, weaving.quoted_values(found), problems)
    recorded = weaving.Recorded(project, found.scripts, runs.recordings, facts)

    def said(script: Script, language: str) -> frozenset[str] | None:
        recording = runs.recordings.get(script.name)
        known = recording and not problems.at(script.path)
        return frozenset(recording.labels.get(language, ())) if recording and known else None

    labels.unused([found.scripts[name] for name in only or found.scripts], said, problems)
    pages: dict[str, Woven] = {}
    slides: dict[str, Woven] = {}
    for document in found.documents:
        notebooks.check_translation(document, found.scripts, problems)
        woven = weaving.weave(notebooks.expand(document, found, project, problems), recorded, problems)
        if document.kind == "lesson":
            pages[document.uri] = woven
        elif document.kind == "deck":
            decks.check(document.lines, document.body_line - 1, project.dialect, problems)
            _tell_collision(document, slides, project, problems)
            slides[document.uri] = woven
    shown = [file for woven in (*pages.values(), *slides.values()) for file in woven.files.items()]
    downloads = notebooks.downloads(found, recorded, project.languages, problems)
    moved = (file for woven in slides.values() for file in decks.elsewhere(woven.document, project).values())
    others = {_moved(file, project): file.read_bytes() for file in moved}
    return Site(pages, slides, {**dict(shown), **downloads, **_deck_files(project), **others}, runs)


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
) -> str:
    """The HTML page of one deck of a site; in the host's Markdown, so that decks and pages agree.

    `address` tells for each link that an author wrote where it leads in the site, `home` where its first page is.
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
    return decks.render(
        woven.lines,
        lang=woven.document.language,
        assets=f"{up}{DECK_ASSETS}",
        dialect=project.dialect,
        alternates=alternates,
        home=home,
        address=lambda written: moved.get(written) or address(written),
        shared=revealmd.shared(project),
    )


def _moved(file: Path, project: Project) -> str:
    """Where a file that only decks show stands in the site."""
    return f"{DECK_ASSETS}/files/{file.resolve().relative_to(project.root.resolve()).as_posix()}"


def _deck_files(project: Project) -> dict[str, bytes]:
    """What decks share, and the pictures and other files that lie beside the decks."""
    shared = {f"{DECK_ASSETS}/{name}": content for name, content in decks.asset_files().items()}
    beside = {
        project.relative(path): path.read_bytes()
        for path in sources.files(project.slides, "*")
        if not sources.is_markdown(path)
    }
    return shared | beside
