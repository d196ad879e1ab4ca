"""The rules over files: each file that people read in a language, and each section beside its source."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from labguide import lines, sources
from labguide.l10n import glossary as glossaries
from labguide.l10n import model
from labguide.l10n.glossary import Glossary
from labguide.l10n.lint import english, reading, taiwan, words
from labguide.l10n.lint.reading import Passage
from labguide.l10n.lint.taiwan import Usage
from labguide.l10n.lint.words import Unwanted
from labguide.l10n.model import Page, Section, State
from labguide.model import DocumentKind, Place, Project
from labguide.problems import Problems

_LONGEST = 12
"""Characters beside the end of a line that a word may have."""
_MANY = 10
"""More paragraphs of a file than these that were left in English are told as one."""


@dataclass(frozen=True)
class Findings:
    """What was found: errors are certain and fail a check, hints may be wrong and fail nothing."""

    errors: Problems = field(default_factory=Problems)
    hints: Problems = field(default_factory=Problems)


@dataclass(frozen=True)
class Text:
    """A file in a language, what people read of it, and what they read of its source, if it has one."""

    path: str
    language: str
    passages: tuple[Passage, ...]
    source: tuple[Passage, ...] = ()
    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True)
class Pair:
    """What people read of a section, and of the source's section that it translates."""

    place: Place
    source: tuple[Passage, ...]
    translation: tuple[Passage, ...]


def check(project: Project, pages: Iterable[Page], languages: Collection[str] = ()) -> Findings:
    """Lint what the project says in these languages, else in all but its first: these pages, and what stands beside.

    Raises CannotBuildError if the host's configuration cannot be used.
    """
    found = Findings()
    by_language: dict[str, list[Page]] = {language: [] for language in languages or project.languages[1:]}
    for page in pages:
        by_language.setdefault(page.language, []).append(page)
    for language, own in by_language.items():
        rules = Rules(glossaries.read(project, language, found.errors), found)
        for page in own:
            if page.translation:
                rules.look(_of_page(project, page, page.translation))
        for path in _beside(project, language):
            _look(rules, project, path, language, found)
        config = project.root / "mkdocs.yml"
        if config.is_file():
            said = reading.of_yaml(lines.read(config), "mkdocs.yml", 1, below=language)
            rules.look(Text("mkdocs.yml", language, said))
    return found


def check_files(project: Project, paths: Iterable[Path], language: str) -> Findings:
    """Lint these files, which may stand anywhere, as texts in a language, with the project's glossary for it."""
    found = Findings()
    rules = Rules(glossaries.read(project, language, found.errors), found)
    for path in paths:
        _look(rules, project, path, language, found)
    return found


class Rules:
    """What is looked for in texts of one language, with its glossary."""

    def __init__(self, glossary: Glossary, found: Findings) -> None:
        self._glossary, self._found = glossary, found
        self._of_taiwan = glossary.language in taiwan.LANGUAGES
        self._right = glossary.right()
        longer = self._right | (taiwan.within() if self._of_taiwan else frozenset())
        self._forbidden = words.Refusals.of(glossary.unwanted(forbidden=True), longer)
        self._avoided = words.Refusals.of(glossary.unwanted(forbidden=False), longer)

    def look(self, text: Text) -> None:
        """Hold a text against all rules."""
        for passage in text.passages:
            self._refused(passage)
            if self._of_taiwan:
                self._characters(passage, self._usage(passage))
                self._punctuation(passage)
        for seam, at in _seams(text.passages):
            self._refused(seam, at)
            if self._of_taiwan:
                self._usage(seam, at)
        self._left(list(english.left(text.passages, text.source, text.language, self._glossary.keep)))
        for pair in text.pairs:
            self._missing(pair)

    def _refused(self, passage: Passage, seam: int | None = None) -> None:
        """Tell the words that the glossary refuses; of a seam only those that lie across it."""
        for each in self._forbidden.find(passage.text):
            if not _is_across(each, seam):
                continue
            message = f'"{each.word}" is forbidden by the glossary, for "{each.term.english}"'
            self._found.errors.add(passage.at(each.start), "forbidden-term", message, f'write "{each.term.preferred}"')
        for each in self._avoided.find(passage.text):
            if not _is_across(each, seam):
                continue
            message = f'"{each.word}" is avoided by the glossary, for "{each.term.english}"'
            self._found.hints.add(passage.at(each.start), "avoided-term", message, f'write "{each.term.preferred}"')

    def _usage(self, passage: Passage, seam: int | None = None) -> set[int]:
        """Tell the words from elsewhere; where their characters stand."""
        told: set[int] = set()
        for usage in taiwan.elsewhere(passage.text, self._right):
            if not _is_across(usage, seam):
                continue
            told.update(range(usage.start, usage.start + len(usage.word)))
            if usage.word in self._forbidden.terms or usage.word in self._avoided.terms:
                continue  # the glossary knows better what to write
            kind, problems = ("not-taiwan", self._found.errors) if usage.certain else ("other-usage", self._found.hints)
            remedy = f'write "{usage.better}", or add "{usage.word}" to `allow:` in the glossary'
            problems.add(passage.at(usage.start), kind, f'"{usage.word}" is usage from elsewhere', remedy)
        return told

    def _characters(self, passage: Passage, told: Collection[int]) -> None:
        for at, character in taiwan.foreign(passage.text, self._glossary.allow):
            if at in told:
                continue
            if taiwan.is_simplified(character):
                message = f'"{character}" is a simplified character'
                self._found.errors.add(passage.at(at), "simplified", message, "write the traditional one")
            else:
                message = f'"{character}" is a form that Taiwan seldom writes'
                self._found.hints.add(passage.at(at), "rare-character", message, "write the usual one, or allow it")

    def _left(self, passages: Sequence[Passage]) -> None:
        """Tell what was left in the source's language: each paragraph, or how many if they are too many to read."""
        remedy = "translate it, or list its names under `keep:` in the glossary"
        message = "this paragraph was left in its source language"
        if len(passages) > _MANY:
            message = f"this paragraph and {len(passages) - 1} below it were left in their source language"
        for passage in passages[:1] if len(passages) > _MANY else passages:
            self._found.hints.add(passage.place, "not-translated", message, remedy)

    def _missing(self, pair: Pair) -> None:
        source, translation = ([passage.text for passage in each] for each in (pair.source, pair.translation))
        for term in words.missing(source, translation, self._glossary):
            known = " nor ".join(f'"{word}"' for word in term.said)
            message = f'the source speaks of "{term.word}", and this section has neither {known}'
            if len(term.said) == 1:
                message = f'the source speaks of "{term.word}", and this section has no {known}'
            self._found.hints.add(
                pair.place, "term-missing", message, "write it, or leave it if the sentence needs none"
            )

    def _punctuation(self, passage: Passage) -> None:
        if passage.kind == "drawing":
            return
        for at, character, full in taiwan.half_width(passage.text):
            message = f'"{character}" beside a Chinese character is half-width'
            self._found.hints.add(passage.at(at), "half-width", message, f'write "{full}"')


# ---- Lines ----


def _seams(passages: Iterable[Passage]) -> Iterator[tuple[Passage, int]]:
    """The end of each line of a paragraph with the beginning of the next, and where that begins.

    Readers see no blank there if both are Chinese, so a word may lie across.
    """
    for paragraph in english.paragraphs(passages):
        for above, below in pairwise(paragraph):
            whole = above.text.rstrip()
            end, begin = whole[-_LONGEST:], below.text.lstrip(" \t>")[:_LONGEST]
            if end and begin and end[-1] > "\u2e7f" and begin[0] > "\u2e7f":
                place = above.at(len(whole) - len(end))
                yield Passage(place, end + begin), len(end)


def _is_across(found: Unwanted | Usage, seam: int | None) -> bool:
    """Whether a word lies across a seam, if there is one."""
    return seam is None or found.start < seam < found.start + len(found.word)


# ---- Files ----


def _look(rules: Rules, project: Project, path: Path, language: str, found: Findings) -> None:
    name = project.relative(path)
    try:
        text = lines.read(path)
    except (OSError, UnicodeDecodeError) as error:
        found.errors.add(Place(name), "unreadable", f"this file cannot be read: {error}", "save it as UTF-8")
        return
    rules.look(Text(name, language, _passages(text, name, path.suffix.lower(), project)))


def _passages(text: str, name: str, ending: str, project: Project) -> tuple[Passage, ...]:
    if ending in (".yml", ".yaml"):
        return reading.of_yaml(text, name, 1)
    if ending == ".svg":
        return reading.of_svg(text, name)
    return reading.of_markdown(text, name, "lesson", project)


def _of_page(project: Project, page: Page, translation: model.Text) -> Text:
    said = reading.of_markdown(lines.read(project.root / translation.path), translation.path, translation.kind, project)
    sources = {section.key: _of_source(section, page.source.kind, project) for section in page.source.sections}
    pairs = [
        Pair(standing.translation.place, sources[standing.source.key], _within(standing.translation, said))
        for standing in page.standings
        if standing.source and standing.translation and (standing.in_sync or standing.state is State.UNSYNCED)
    ]
    whole = tuple(passage for passages in sources.values() for passage in passages)
    return Text(translation.path, page.language, said, whole, tuple(pairs))


def _of_source(section: Section, kind: DocumentKind, project: Project) -> tuple[Passage, ...]:
    front = [Passage(line.place, reading.masked(line.text), "label") for line in section.front]
    return (*front, *reading.of_lines(section.lines, kind, project))


def _within(section: Section, passages: Iterable[Passage]) -> tuple[Passage, ...]:
    own = {line.place.line for line in (*section.front, *section.lines)}
    return tuple(passage for passage in passages if passage.place.line in own)


def _beside(project: Project, language: str) -> list[Path]:
    """Labels and parts of pages, pictures of text, and the words of rooms."""
    suffix = language.lower()
    parts = sources.files(project.snippets, f"*.{suffix}.yml", f"*.{suffix}.md")
    pictures = [path for folder in (project.docs, project.slides) for path in sources.files(folder, f"*.{suffix}.svg")]
    skipped = (project.site, project.recordings)
    rooms = [path for path in sources.files(project.root, f"{suffix}.yml") if path.parent.name == "locales"]
    return [*parts, *pictures, *(path for path in rooms if not any(path.is_relative_to(each) for each in skipped))]
