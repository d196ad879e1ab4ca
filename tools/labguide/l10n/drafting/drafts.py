"""Writes drafts: which sections may have one, what would be sent, and where it goes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from labguide import blocks, l10n, revealmd, workdir
from labguide.l10n import editing, pairing, states
from labguide.l10n.drafting import pieces, protecting
from labguide.l10n.drafting.pieces import Piece
from labguide.l10n.drafting.providers import Provider
from labguide.l10n.glossary import Glossary
from labguide.l10n.model import Page, Section, Standing, State
from labguide.l10n.states import Quoted
from labguide.model import DocumentKind, Line, Place, Project
from labguide.problems import Problems
from labguide.skimming import Kind

_HEAD = re.compile(r"^(?P<before>\w+:\s*)(?P<quote>[\"']?)(?P<words>[^\"'|>&*!\[{#%@`].*?)(?P=quote)\s*$")
"""A value of a front matter that stands in one line."""


@dataclass(frozen=True)
class Order:
    """The sections of a page that a machine is to write, and what that would send."""

    page: Page
    standings: tuple[Standing, ...]
    project: Project
    refused: tuple[Standing, ...] = ()
    """Those that a person wrote; a machine never writes over them."""

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The words to translate, as written, each once."""
        found = [piece.words for section in self.sections for line in self.cut(section) for piece in line]
        found += [head["words"] for line in self.head for head in _HEAD.finditer(line.text)]
        return tuple(dict.fromkeys(text for text in found if protecting.protected(text).words))

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections of the source."""
        return tuple(standing.source for standing in self.standings if standing.source)

    @property
    def head(self) -> tuple[Line, ...]:
        """The lines of the front matter that are translated too: those of a page that is new."""
        return self.page.source.sections[0].front if self.page.translation is None else ()

    def cut(self, section: Section) -> list[list[Piece]]:
        """The lines of a section of the source, without marks, as pieces."""
        return _cut(section, range(len(section.texts)), self.page.source.kind, self.project)

    def characters(self, provider: Provider) -> int:
        """How many characters are sent, tags and all: that is what is paid for."""
        return sum(len(part.text) for text in self.texts for part in _parts(text, provider))


def order(page: Page, standings: Sequence[Standing], project: Project) -> Order:
    """What of these sections a machine may write: what is missing, not begun, or a draft already."""
    free = tuple(each for each in standings if each.source and _is_free(each))
    written = tuple(each for each in standings if each.source and not _is_free(each))
    return Order(page, free, project, written)


def _is_free(standing: Standing) -> bool:
    mark = standing.translation.mark if standing.translation else None
    missing = standing.state in (State.MISSING, State.UNTRANSLATED)
    return missing or standing.draft or bool(mark and mark.todo)


def terms(glossary: Glossary) -> dict[str, str]:
    """What a provider is told to say: the preferred words of all terms that have one sense."""
    return {term.english: term.preferred for term in glossary.terms if term.word == term.english}


def write(order: Order, provider: Provider, glossary: Glossary, quoted: Quoted, problems: Problems) -> None:
    """Translate what an order has and write it down; what a machine broke stays in the source's language, and is told.

    Raises CannotBuildError, and writes nothing, if the provider fails, or somebody changed the translation meanwhile.
    """
    said = _translated(order, provider, glossary)
    with workdir.only_translator(order.project):
        _write(order, said, quoted)
    _tell_broken(order, said, problems)


def _write(order: Order, said: Mapping[str, str | None], quoted: Quoted) -> None:
    page, root = order.page, order.project.root
    editing.must_be_as_read(root, page)
    drafted = {section.key: list(_drafted(order, section, said, quoted)) for section in order.sections}
    wanted = tuple(each for each in page.standings if each.translation or each in order.standings)
    editing.scaffold(root, replace(page, standings=wanted), quoted)
    now = _reread(order)
    begun = [
        (each.translation, drafted[each.key]) for each in now.standings if each.translation and each.key in drafted
    ]
    changes = [(section.first, _length(section.texts), texts[: _length(texts)]) for section, texts in begun]
    heads = now.translation.sections[0].front if now.translation and page.translation is None else ()
    changes += [(line.place.line, 1, [_headline(line.text, said)]) for line in heads]
    editing.replace_lines(root / page.expected, changes)


def _length(texts: Sequence[str]) -> int:
    """How many lines there are without blank ones at the end."""
    return next((number for number in range(len(texts), 0, -1) if texts[number - 1].strip()), 0)


def _reread(order: Order) -> Page:
    """The page with its translation as it is now, which the host may not have listed yet."""
    page, project = order.page, order.project
    pair = pairing.Pair(pairing.Name(page.source.kind, page.source.name), page.source.path, {})
    translation = l10n.text_of(pair, page.expected, page.language, project, Problems())
    return states.page(page.source, translation, page.language, page.expected, lambda _: "")


# ---- Words ----


def _parts(text: str, provider: Provider) -> Iterator[protecting.Protected]:
    return map(protecting.protected, protecting.sentences(text, provider.most_bytes))


def _translated(order: Order, provider: Provider, glossary: Glossary) -> Mapping[str, str | None]:
    """Each text in the other language; None for one that did not come back whole."""
    parts = [(text, part) for text in order.texts for part in _parts(text, provider)]
    languages = (order.page.source.language, order.page.language)
    answers = provider.translate([part.text for _, part in parts], terms(glossary), *languages)
    said: dict[str, str | None] = {}
    for (text, part), answer in zip(parts, answers, strict=True):
        words = protecting.restored(answer, part)
        words = None if words and pieces.begins_block(words) and not pieces.begins_block(text) else words
        before = said.get(text, "")
        said[text] = None if words is None or before is None else f"{before}{_one_line(words)}"
    return said


def _one_line(words: str) -> str:
    return re.sub(r"\s*\n\s*", " ", words)


def _say(words: str, said: Mapping[str, str | None]) -> str:
    return said.get(words) or words


# ---- Lines ----


def _cut(section: Section, numbers: Iterable[int], kind: DocumentKind, project: Project) -> list[list[Piece]]:
    """Some lines of a section as pieces; indented code stays, which only the renderer knows."""
    dialect = revealmd.of_decks(project.dialect) if kind == "deck" else project.dialect
    kinds = list(section.kinds)
    for block in blocks.find(section.texts, 0, dialect).others:
        kinds[block.first : block.last + 1] = [Kind.CODE] * (block.last + 1 - block.first)
    own = [number for number in numbers if number not in section.marks]
    return pieces.cut([section.texts[number] for number in own], [kinds[number] for number in own])


def _drafted(order: Order, section: Section, said: Mapping[str, str | None], quoted: Quoted) -> Iterator[str]:
    """The lines of a section in the other language, with its id and a mark that says `draft`."""
    mark = str(editing.mark_of(order.page, section, quoted, draft=True))
    texts = [
        "".join(f"{each.before}{_say(each.words, said)}{each.after}" for each in line) for line in order.cut(section)
    ]
    if section.heading is None:
        yield from (mark, "", *texts)
        return
    first = len(_cut(section, range(section.heading[0]), order.page.source.kind, order.project))
    last = first + section.heading[1] - section.heading[0]
    pinned = texts[first] if section.pinned else editing.pinned(texts[first], section.key)
    yield from (*texts[:first], pinned, *texts[first + 1 : last + 1], mark, *texts[last + 1 :])


def _headline(text: str, said: Mapping[str, str | None]) -> str:
    """A line of a front matter with its value in the other language."""
    found = _HEAD.match(text)
    words = said.get(found["words"]) if found else None
    return f"{found['before']}{json.dumps(words, ensure_ascii=False)}" if found and words else text


def _tell_broken(order: Order, said: Mapping[str, str | None], problems: Problems) -> None:
    """Tell of each text that came back without its code or links: it stands in the source's language."""
    broken = {text for text, words in said.items() if words is None}
    now = _reread(order) if broken else order.page
    places = {each.key: each.translation.place for each in now.standings if each.translation}
    for section in order.sections if broken else ():
        for piece in (piece for line in order.cut(section) for piece in line if piece.words in broken):
            message = f'a machine lost or added markup in "{_short(piece.words)}", which stands untranslated'
            place = places.get(section.key, Place(order.page.expected))
            problems.add(place, "draft-broken", message, "translate it by hand")


def _short(words: str) -> str:
    return words if len(words) <= 60 else f"{words[:57]}…"
