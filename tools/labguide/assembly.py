"""What an edition weaves, from sources and recordings to all that a host needs.

    Sources ──cut──▶ what the edition has ──weave──▶ pages · decks · files ──▶ Site

Nothing runs here and nothing is rendered. The steps that are called here do not know of each other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from labguide import (
    deck_pages,
    decks,
    editions,
    labels,
    plan,
    quotes,
    revealmd,
    running,
    teaching,
    translating,
    weaving,
)
from labguide.model import DeckQuote, Document, Facts, Outline, Place, Project, Script, Sources, Woven
from labguide.problems import Problems
from labguide.weaving import cards, handout, notebooks, notices


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


@dataclass(frozen=True)
class _Edition:
    """One edition on its way: what of the sources it has, and what its readers see of each language."""

    project: Project
    found: Sources
    """All that authors wrote; scripts as they run."""
    cut: editions.Cut
    runs: running.Runs
    facts: Facts
    recorded: Mapping[str, weaving.Recorded]
    """By language: scripts and recordings as readers see them."""
    problems: Problems

    def sources(self, language: str) -> Sources:
        """The edition's documents, and scripts as readers of a language see them."""
        return Sources(self.recorded[language].scripts, self.cut.documents)

    @property
    def documents(self) -> Sources:
        """The edition's documents, and scripts as they run."""
        return Sources(self.found.scripts, self.cut.documents)


def assemble(
    project: Project, found: Sources, runs: running.Runs, problems: Problems, only: Collection[str] = ()
) -> Site:
    """Every document of the project's edition with its quotes replaced, and the files that go with them.

    `only` names the scripts that ran, if not all did: what the others' figures say may have changed since.
    """
    translations = translating.status(project)
    made = _edition(project, found, runs, problems, translating.notices(translations))
    _tell_unused_labels(made, only or found.scripts)
    lesson_plans = teaching.plans(made.documents, runs.recordings, project, problems)
    pages, slides = _documents(made)
    pages = {uri: teaching.with_schedule(woven, lesson_plans, project) for uri, woven in pages.items()}
    pages = cards.with_decks(pages, _outlines(pages, slides, project), project, problems)
    files = {
        **{path: content for woven in (*pages.values(), *slides.values()) for path, content in woven.files.items()},
        **dict(_downloads(made)),
        **dict(_handouts(made)),
        **deck_pages.files(project, slides, made.cut.withheld),
        **teaching.files(made.documents, lesson_plans, project),
        **translating.files(project, found, translations, made.cut.withheld),
    }
    return Site(pages, slides, files, runs, made.cut.withheld)


def _edition(
    project: Project,
    found: Sources,
    runs: running.Runs,
    problems: Problems,
    told: notices.Notices,
) -> _Edition:
    cut = editions.cut(found, project, problems)
    facts = plan.facts(project, found.scripts, weaving.quoted_values(found), problems)
    recorded = {
        language: weaving.Recorded(
            project, cut.sources(language).scripts, cut.recordings(runs.recordings, language, problems), facts, told
        )
        for language in project.languages
    }
    return _Edition(project, found, cut, runs, facts, recorded, problems)


def _tell_unused_labels(made: _Edition, ran: Collection[str]) -> None:
    """Tell of labels that no figure had when its script ran."""

    def said(script: Script, language: str) -> frozenset[str] | None:
        recording = made.runs.recordings.get(script.name)
        known = recording and not made.problems.at(script.path)
        return frozenset(recording.labels.get(language, ())) if recording and known else None

    labels.unused([made.found.scripts[name] for name in ran], said, made.problems)


def _documents(made: _Edition) -> tuple[dict[str, Woven], dict[str, Woven]]:
    """The woven lessons and decks, by where links see them."""
    pages: dict[str, Woven] = {}
    slides: dict[str, Woven] = {}
    for written in made.cut.documents:
        notebooks.check_translation(written, made.found.scripts, made.problems)
        document = notebooks.expand(written, made.sources(written.language), made.project, made.problems)
        if document.kind == "deck":
            _check_deck(document, slides, made)
        woven = weaving.weave(_without_notes(made.project, document), made.recorded[document.language], made.problems)
        if document.kind == "lesson":
            pages[document.uri] = woven
        elif document.kind == "deck":
            slides[document.uri] = woven
    return pages, slides


def _check_deck(document: Document, slides: Mapping[str, Woven], made: _Edition) -> None:
    dialect = made.project.dialect
    if not any(line.text.strip() for line in document.lines[document.body_line - 1 :]):
        remedy = "write one, or take the file away"
        made.problems.add(Place(document.path), "empty-deck", "this deck has no slide", remedy)
    decks.check(document.lines, document.body_line - 1, dialect, made.problems)
    decks.pacing.check(document, dialect, made.problems)
    _tell_collision(document, slides, made.project, made.problems)


def _downloads(made: _Edition) -> Iterator[tuple[str, bytes]]:
    """The notebooks to download."""
    for language, recorded in made.recorded.items():
        yield from notebooks.downloads(made.sources(language), recorded, language, made.problems).items()


def _handouts(made: _Edition) -> Iterator[tuple[str, bytes]]:
    """The exercises of each language as a page to print; a student's in both editions."""
    names = editions.exercises_of(made.found.scripts)
    if not names:
        return
    first, *_ = made.project.languages
    students = made
    if made.project.edition != "student":  # all problems have been told by the edition itself
        told = made.recorded[first].notices
        students = _edition(replace(made.project, edition="student"), made.found, made.runs, Problems(), told)
    for language in made.project.languages:
        shown = students.sources(language)
        lessons = handout.documents_of(students.cut.documents, language, first)
        whole = [notebooks.expand(document, shown, students.project, students.problems) for document in lessons]
        page = handout.page(whole, names, students.recorded[language], language)
        if page:
            yield handout.name_of(language, made.project), page


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


def _tell_collision(document: Document, slides: Mapping[str, Woven], project: Project, problems: Problems) -> None:
    """Two decks, or a deck and a file beside it, may be published as the same file: one would be lost."""
    other = slides[document.uri].document.path if document.uri in slides else document.uri
    if document.uri in slides or (project.root / document.uri).is_file():
        message = f"{other} is published as {document.uri} too"
        problems.add(Place(document.path), "duplicate-file", message, "give one of the two another name")
