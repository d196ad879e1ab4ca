"""The exercises of a guide as one page to print, in each language: what to do, the gap, and what the check says.

It has no solution in any edition, so that an instructor can hand it out.
"""

from __future__ import annotations

import dataclasses
import html
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from markdown import Markdown

from labguide import blocks, shown_values
from labguide.model import CellQuote, Document, Project, Quote
from labguide.problems import Problems, one_line
from labguide.weaving import Recorded, weave
from labguide.weaving.typesetting import typeset
from labguide.weaving.words import words_of

_HEADING = re.compile(r" {0,3}(?P<marks>#{1,6})[ \t]+(?P<title>.*?)[ \t]*#*[ \t]*(?:\{[^}]*\}[ \t]*)?")
_TAG = re.compile(r"""<[a-zA-Z](?:[^"'<>]|"[^"]*"|'[^']*')*>""")
_ID = re.compile(r"""\s(?:id|name|for)=(?:"[^"]*"|'[^']*')""")
_LINK = re.compile(r"""\s(?P<name>href|src)=(?P<quote>["'])(?P<target>.*?)(?P=quote)""")
_PERMALINK = re.compile(r'<a class="headerlink".*?</a>', re.DOTALL)
_LEVEL = re.compile(r"<(?P<end>/?)h[1-6]\b")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
{alternates}<link rel="stylesheet" href="assets/labguide/languages.css">
<style>
:root {{ color-scheme: light dark; }}
body {{ max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }}
body {{ font: 1rem/1.6 var(--md-text-font-family, system-ui, sans-serif); }}
h1, h2, h3 {{ line-height: 1.25; }}
section {{ margin-top: 2.5rem; border-top: 1px solid; }}
pre {{ padding: 0.8rem; border: 1px solid; border-radius: 0.2rem; overflow-x: auto; white-space: pre-wrap; }}
code {{ font: 0.9em/1.5 ui-monospace, monospace; }}
table {{ border-collapse: collapse; }}
td, th {{ padding: 0.2rem 0.6rem; border: 1px solid; }}
img {{ max-width: 100%; }}
.check {{ padding-inline-start: 0.8rem; border-inline-start: 0.25rem solid; }}
.tabbed-set > input {{ display: none; }}
@media print {{
  :root {{ color-scheme: light; }}
  body {{ max-width: none; margin: 0; padding: 0; font-size: 11pt; }}
  h2, h3, h4, h5, h6 {{ break-after: avoid; }}
  pre, .check {{ break-inside: avoid; }}
}}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""


@dataclass(frozen=True)
class _Exercise:
    """Lines of a lesson from its heading to the exercise's cell, from 0, `stop` not included."""

    document: Document
    start: int
    stop: int
    quote: CellQuote


def page(
    documents: Iterable[Document], exercises: frozenset[tuple[str, str]], recorded: Recorded, language: str
) -> bytes | None:
    """The page of a language; None if its lessons show no exercise.

    `documents` are its lessons as students have them, `exercises` names the cells with a gap by their scripts.
    """
    dialect, words = recorded.project.dialect, words_of(language)
    found = [each for document in documents for each in _exercises(document, exercises, recorded)]
    if not found:
        return None
    markdown = blocks.markdown_for(dialect)
    body = "\n".join(_section(each, number, recorded, language, markdown) for number, each in enumerate(found, 1))
    made = _PAGE.format(
        language=language, title=html.escape(words["handout"]), body=body, alternates=_alternates(recorded.project)
    )
    return typeset(made, language).encode()


def name_of(language: str, project: Project) -> str:
    """The page's name in the site."""
    return f"exercises{'' if language == project.languages[0] else f'.{language}'}.html"


def _alternates(project: Project) -> str:
    """What names the page in every language, for search engines; each of them has its exercises."""
    named = [*((each, each) for each in project.languages), ("x-default", project.languages[0])]
    links = (f'<link rel="alternate" hreflang="{tag}" href="{name_of(each, project)}">\n' for tag, each in named)
    return "".join(links) if len(project.languages) > 1 else ""


def _exercises(document: Document, exercises: frozenset[tuple[str, str]], recorded: Recorded) -> Iterator[_Exercise]:
    quotes = [quote for quote in document.quotes if isinstance(quote, CellQuote) and "code" in quote.show]
    chosen = [quote for quote in quotes if (quote.script, quote.cell) in exercises]
    if not chosen:
        return
    first = document.body_line - 1
    prose = blocks.find([line.text for line in document.lines], first, recorded.project.dialect).prose
    headings = [number for number in range(first, len(prose)) if _HEADING.fullmatch(prose[number])]
    done = first
    for quote in chosen:
        start = max((number for number in headings if number < quote.first), default=first)
        yield _Exercise(document, max(start, done), quote.last + 1, quote)
        done = quote.last + 1


def _section(exercise: _Exercise, number: int, recorded: Recorded, language: str, markdown: Markdown) -> str:
    words = words_of(language)
    title = words["handout_exercise"].format(number=number)
    lesson = _title(exercise.document)
    markdown.reset()
    content = _standing_alone(markdown.convert(_text(exercise, recorded)), exercise.document)
    said = "".join(
        f'\n<p class="check">{words["handout_check"].format(said=shown_values.as_markdown(one_line(text)))}</p>'
        for text in _said(exercise.quote, recorded)
    )
    heading = html.escape(f"{title}{words['handout_of']}{lesson}" if lesson else title)
    own = "" if exercise.document.language == language else f' lang="{exercise.document.language}"'
    return f"<section{own}>\n<h2>{heading}</h2>\n{content}{said}\n</section>"


def _title(document: Document) -> str:
    given = document.meta.get("title")
    found = (_HEADING.fullmatch(line.text) for line in document.lines[document.body_line - 1 :])
    return str(given or next((heading["title"] for heading in found if heading and heading["marks"] == "#"), ""))


def _text(exercise: _Exercise, recorded: Recorded) -> str:
    """The woven lines; of what is quoted the code only, because outputs would fill a printed page."""
    document, start, stop = exercise.document, exercise.start, exercise.stop
    quotes = [_moved(quote, start) for quote in document.quotes if start <= quote.first < stop]
    part = dataclasses.replace(
        document, kind="notebook", lines=document.lines[start:stop], body_line=1, quotes=tuple(quotes)
    )
    return weave(part, recorded, Problems()).text


def _moved(quote: Quote, by: int) -> Quote:
    if not isinstance(quote, CellQuote):
        return dataclasses.replace(quote, first=quote.first - by)
    show = quote.show & {"code"}
    return dataclasses.replace(quote, first=quote.first - by, last=quote.last - by, show=show)


def _said(quote: CellQuote, recorded: Recorded) -> Iterator[str]:
    """What the checks of an exercise say as long as it has a gap."""
    recording = recorded.recordings.get(quote.script)
    for cell in recorded.scripts[quote.script].code_cells:
        kept = recording.cell(cell.name) if recording and quote.cell in cell.checks else None
        if kept and kept.check:
            yield kept.check


def _standing_alone(content: str, document: Document) -> str:
    """HTML without ids and links into the guide, its headings below those of the page, its pictures found from here."""
    content = _LEVEL.sub(lambda found: f"<{found['end']}h3", _PERMALINK.sub("", content))
    folder = posixpath.dirname(document.uri)

    def link(found: re.Match[str]) -> str:
        if _ELSEWHERE.match(found["target"]):
            return found[0]
        if found["name"] == "href":
            return ""
        target = posixpath.normpath(posixpath.join(folder, found["target"]))
        return f" src={found['quote']}{target}{found['quote']}"

    return _TAG.sub(lambda tag: _LINK.sub(link, _ID.sub("", tag[0])), content)


def documents_of(documents: Iterable[Document], language: str, original: str) -> list[Document]:
    """The lessons that readers of a language see: what is not translated is there in the language of the guide."""
    lessons = [document for document in documents if document.kind == "lesson"]
    translated = {document.name for document in lessons if document.language == language}
    return [
        document
        for document in lessons
        if document.language == language or (document.language == original and document.name not in translated)
    ]
