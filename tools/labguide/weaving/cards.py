"""Decks on pages: the card of a deck, and on each lesson that a deck names a box that leads to it.

A card shows the deck's first slide as it is, in a frame that a browser loads when a reader comes to it, and lists all
slides, so that the search of the site finds them. Addresses are told as paths in the site, `labguide:slides/x.html`,
for the host knows where a page is.
"""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from urllib.parse import quote as in_address

from labguide.model import DeckQuote, Document, Line, Outline, Place, Project, Woven
from labguide.problems import Problems, did_you_mean
from labguide.quotes import DECK_FENCE
from labguide.weaving.words import words_of

LESSONS = "lessons"
"""The key of a deck's front matter that names the lessons it belongs to."""
LISTED = "card"
"""The key of a deck's front matter that says whether a page has to show its card."""

_MARK = "\ue000deck "
_TITLE = re.compile(r"^# +\S")
_FENCE = re.compile(r"^ {0,3}(?:```|~~~)")
_STILL = "controls=false&progress=false&slideNumber=false&keyboard=false&touch=false&hash=false&autoSlide=0"
"""What reveal.js leaves out of a slide that is only a picture."""


def mark(quote: DeckQuote) -> str:
    """A line in the place of a card, until all decks are woven."""
    return f"{_MARK}{quote.deck}"


def with_decks(
    pages: Mapping[str, Woven], outlines: Sequence[Outline], project: Project, problems: Problems
) -> dict[str, Woven]:
    """The pages with the cards of decks, and with a box on each lesson that a deck names."""
    found = _by_name(outlines)
    boxes = _boxes(pages, outlines, problems)
    _tell_unshown(pages, found, project, problems)
    return {uri: _with_decks(woven, found, boxes, project, problems) for uri, woven in pages.items()}


def lessons_of(document: Document) -> tuple[str, ...]:
    """The lessons that a deck's front matter names, as written; what is no list of texts counts as none."""
    said = document.meta.get(LESSONS) or ()
    names = (said,) if isinstance(said, str) else said
    fits = isinstance(names, list | tuple) and all(isinstance(name, str) for name in names)
    return tuple(names) if fits else ()


def _by_name(outlines: Iterable[Outline]) -> dict[str, dict[str, Outline]]:
    found: dict[str, dict[str, Outline]] = {}
    for outline in outlines:
        found.setdefault(outline.name, {})[outline.document.language] = outline
    return found


def _in_language(found: Mapping[str, Outline], language: str, project: Project) -> Outline:
    """A deck in a page's language, or in the first one that there is."""
    known = (each for each in (language, *project.languages) if each in found)
    return found[next(known, next(iter(found)))]


# ---- Cards ----


def _with_decks(
    woven: Woven,
    found: Mapping[str, Mapping[str, Outline]],
    boxes: Mapping[str, Sequence[str]],
    project: Project,
    problems: Problems,
) -> Woven:
    language, lines = woven.document.language, list(_cards(woven, found, project, problems))
    named = [_in_language(found[name], language, project) for name in boxes.get(woven.document.name, ())]
    if named:
        at = _below_title(lines, woven.document.body_line - 1)
        place = lines[at - 1].place if at else Place(woven.document.path)
        lines[at:at] = _lines(["", *_fenced(_box(named, language)), ""], place)
    return dataclasses.replace(woven, lines=tuple(lines))


def _cards(
    woven: Woven, found: Mapping[str, Mapping[str, Outline]], project: Project, problems: Problems
) -> Iterator[Line]:
    for line in woven.lines:
        indent, is_mark, name = line.text.partition(_MARK)
        if line.written or not is_mark or indent.strip(" >"):
            yield line
        elif name not in found:
            problems.add(line.place, "unknown-deck", f'no deck "{name}" in slides/', did_you_mean(name, found))
        else:
            language = woven.document.language
            outline = _in_language(found[name], language, project)
            yield from _lines(_fenced(_card(outline, language)), line.place, indent)


def _lines(texts: Iterable[str], place: Place, indent: str = "") -> Iterator[Line]:
    for text in texts:
        yield Line(f"{indent}{text}".rstrip(), place, offset=None, written=False)


def _fenced(body: Sequence[str]) -> list[str]:
    return [f"```{DECK_FENCE}", *(line.replace("`", "&#96;") for line in body), "```"]


def _card(outline: Outline, language: str) -> list[str]:
    words, title, address = words_of(language), html.escape(outline.title), _address(outline)
    own = outline.document.language
    said = f' lang="{own}"' if own != language else ""
    slides = [(each or words["deck_slide"].format(number=n), to) for n, (each, to) in enumerate(outline.slides, 1)]
    picture = html.escape(words["deck_picture"].format(title=outline.title))
    return [
        f'<div class="deck-card__screen"><iframe src="{address}?{html.escape(_STILL)}" title="{picture}"{said}'
        ' loading="lazy" tabindex="-1" inert></iframe>'
        f'<a href="{address}" tabindex="-1" aria-hidden="true"></a></div>',
        '<div class="deck-card__text">',
        f'<p class="deck-card__title"{said}><a href="{address}">{title}</a></p>',
        *([f'<p class="deck-card__subtitle"{said}>{html.escape(outline.subtitle)}</p>'] if outline.subtitle else []),
        f'<p class="deck-card__facts">{_facts(outline, words)}</p>',
        *([f'<p class="deck-card__notice">{html.escape(words["deck_untranslated"])}</p>'] if said else []),
        "</div>",
        f'<details class="deck-card__slides"><summary>{html.escape(words["deck_list"])}</summary>',
        f"<ol{said}>",
        *(f'<li><a href="{address}{html.escape(to)}">{html.escape(each)}</a></li>' for each, to in slides),
        "</ol></details>",
    ]


def _facts(outline: Outline, words: Mapping[str, str]) -> str:
    facts = [words["deck_slides"].format(count=len(outline.slides))]
    if outline.minutes is not None:
        facts.append(words["deck_minutes"].format(minutes=f"{outline.minutes:g}"))
    return html.escape(" · ".join(facts))


def _address(outline: Outline) -> str:
    return html.escape(f"labguide:{in_address(outline.document.uri)}")


def _tell_unshown(
    pages: Mapping[str, Woven], found: Mapping[str, Mapping[str, Outline]], project: Project, problems: Problems
) -> None:
    """Where pages show cards, readers look for decks there: one that has none is hardly found."""
    shown = {quote.deck for woven in pages.values() for quote in woven.document.quotes if isinstance(quote, DeckQuote)}
    for name in sorted(found.keys() - shown) if shown & found.keys() else ():
        document = _in_language(found[name], project.languages[0], project).document
        if document.meta.get(LISTED) is not False:
            remedy = f"write ```{{deck}} {name} on a page, or `{LISTED}: false` in the deck's front matter"
            problems.add(Place(document.path), "deck-without-card", "no page shows the card of this deck", remedy)


# ---- Lessons ----


def _boxes(pages: Mapping[str, Woven], outlines: Sequence[Outline], problems: Problems) -> dict[str, list[str]]:
    """For each lesson, by its name, the decks that name it in any language."""
    boxes: dict[str, list[str]] = {}
    for outline in outlines:
        _check(outline.document, pages, problems)
        for written in lessons_of(outline.document):
            if written in pages and outline.name not in boxes.setdefault(pages[written].document.name, []):
                boxes[pages[written].document.name].append(outline.name)
    return boxes


def _check(document: Document, pages: Mapping[str, Woven], problems: Problems) -> None:
    said = document.meta.get(LESSONS)
    if said is not None and said != [] and not lessons_of(document):
        remedy = "write `lessons: [modules/first.md]`"
        problems.add(document.place_of(LESSONS), "bad-header", f"`{LESSONS}` is no list of pages", remedy)
    for written in lessons_of(document):
        if written not in pages:
            remedy = f"{did_you_mean(written, pages)} It is a path below the folder of lessons"
            problems.add(_place(document, written), "unknown-lesson", f'no lesson "{written}"', remedy)


def _place(document: Document, written: str) -> Place:
    """The line of the front matter that names a lesson."""
    head = document.lines[: document.body_line - 1]
    key = document.place_of(LESSONS)
    named = (line.place for line in head if line.place.line >= key.line and written in line.text)
    return next(named, key)


def _below_title(lines: Sequence[Line], first: int) -> int:
    """Where a box stands: below the page's title, or where its text begins if another one comes first."""
    for number in range(first, len(lines)):
        if _TITLE.match(lines[number].text):
            return number + 1
        if _FENCE.match(lines[number].text):
            break
    return first


def _box(decks: Sequence[Outline], language: str) -> list[str]:
    words = words_of(language)
    links = (_link(outline, language) for outline in decks)
    return [f'<p class="deck-card__box">{html.escape(words["deck_box"])} {" · ".join(links)}</p>']


def _link(outline: Outline, language: str) -> str:
    own = outline.document.language
    said = f' lang="{own}" hreflang="{own}"' if own != language else ""
    return f'<a href="{_address(outline)}"{said}>{html.escape(outline.title)}</a>'


def title_of(woven: Woven) -> str:
    """A page's title, as its front matter or its first heading says it; else its file's name."""
    said = woven.document.meta.get("title")
    body = woven.lines[woven.document.body_line - 1 :]
    heading = next((line.text for line in body if _TITLE.match(line.text)), "")
    plain = re.sub(r"[*`]|\s*\{[^}]*\}\s*$", "", heading.lstrip("# ").rstrip("# "))
    return str(said or plain or PurePosixPath(woven.document.path).name)
