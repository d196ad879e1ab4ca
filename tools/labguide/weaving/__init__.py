"""The step from documents and recordings to what readers see: every quote replaced by what was recorded.

The author's Markdown is not touched anywhere else: a page is rendered as if the author had written the woven text.
"""

from __future__ import annotations

import dataclasses
import difflib
import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from labguide import includes, scripts, shown_values
from labguide.blocks import SNIPPETS
from labguide.lines import split
from labguide.model import (
    CellQuote,
    DeckQuote,
    Document,
    Fact,
    Facts,
    Line,
    Place,
    Project,
    Recording,
    Script,
    Sources,
    UnrunCode,
    ValueQuote,
    Woven,
)
from labguide.problems import Problems, did_you_mean
from labguide.weaving import cards, cells, notices, provenance
from labguide.weaving.words import words_of

NOT_RUN_CLASS = "not-run"
"""Marks the label above code that nobody ran."""

_OPEN_TAG = re.compile(r"<[a-zA-Z][^<>]*$")
_SIMPLE = "quote a number, a text, or a short list or dict of them: set one in the last lines of a cell"


@dataclass(frozen=True)
class Recorded:
    """What quotes refer to: the project's scripts and what they left when they last ran."""

    project: Project
    scripts: Mapping[str, Script]
    recordings: Mapping[str, Recording]
    facts: Facts = field(default_factory=dict)
    notices: notices.Notices = field(default_factory=dict)
    """What readers are told of sections of translations."""


def quoted_values(sources: Sources) -> dict[str, list[ValueQuote]]:
    """For each script, the values of it that documents show."""
    found: dict[str, list[ValueQuote]] = {}
    for document in sources.documents:
        for quote in document.quotes:
            if isinstance(quote, ValueQuote):
                found.setdefault(quote.script, []).append(quote)
    return found


def weave(document: Document, recorded: Recorded, problems: Problems) -> Woven:
    """A document with its quotes replaced. A quote that cannot be becomes a problem, and stays as written."""
    lines = with_values(document, recorded, problems)
    files: dict[str, bytes] = {}
    for quote in document.quotes:
        if isinstance(quote, CellQuote):
            _weave_cell(quote, document, lines, files, recorded, problems)
        elif isinstance(quote, DeckQuote):
            _mark_card(quote, document, lines, problems)
    end = provenance.closing(document, recorded.recordings.values())
    lines.append(_unwritten(split(end), document.lines[-1].place if document.lines else Place(document.path)))
    return Woven(document, tuple(_protected(lines, document, recorded.project)), files)


def with_values(document: Document, recorded: Recorded, problems: Problems) -> list[list[Line]]:
    """What becomes of each line that shows values, or code that nobody ran, or is told of; cells are still quotes."""
    lines: list[list[Line]] = [[line] for line in document.lines]
    for quote in reversed(document.quotes):  # from the end, so that columns still hold within a line
        match quote:
            case ValueQuote():
                _weave_value(quote, lines, recorded, document.language, problems)
            case UnrunCode():
                lines[quote.first] = [*_not_run(quote, document), *lines[quote.first]]
    notices.put(lines, document, recorded.notices)
    return lines


def _protected(lines: Iterable[Iterable[Line]], document: Document, project: Project) -> list[Line]:
    """The lines as the host is to get them: all that was to be included is, so nothing in them is an include."""
    protect = includes.protect if SNIPPETS in project.dialect.extensions else str
    flat = [line for several in lines for line in several]
    head = flat[: document.body_line - 1]
    return [*head, *(dataclasses.replace(line, text=protect(_clear(line.text))) for line in flat[len(head) :])]


def _clear(text: str) -> str:
    """A line of blanks only is empty, for Python-Markdown means something else by it where it is the first line."""
    return text if text.strip() else ""


def _unwritten(texts: Iterable[str], place: Place, indent: str = "") -> list[Line]:
    """Lines that nobody wrote, with the place that they are put in for."""
    return [Line(f"{indent}{text}" if text else indent.rstrip(), place, offset=None, written=False) for text in texts]


def _not_run(code: UnrunCode, document: Document) -> list[Line]:
    """The label above code that nobody ran. It stands in a paragraph, because that is right at any indentation."""
    above = document.lines[code.first - 1].text.strip(" \t>") if code.first else ""
    label = f'<span class="{NOT_RUN_CLASS}">{html.escape(words_of(document.language)["not_run"])}</span>'
    return _unwritten([*([""] if above else []), label, ""], code.place, code.indent)


def _weave_cell(
    quote: CellQuote,
    document: Document,
    lines: list[list[Line]],
    files: dict[str, bytes],
    recorded: Recorded,
    problems: Problems,
) -> None:
    script = _script(quote.script, quote.place, recorded, problems)
    if script is None:
        return
    recording = recorded.recordings.get(script.name)
    block, assets = cells.block(quote, script, recording, document, problems)
    if block is None:
        return
    files.update({asset.path: asset.content for asset in assets})
    lines[quote.first] = _unwritten((text for each in block for text in split(each) or [""]), quote.place, quote.indent)
    for number in range(quote.first + 1, quote.last + 1):
        lines[number] = []


def _mark_card(quote: DeckQuote, document: Document, lines: list[list[Line]], problems: Problems) -> None:
    """Leave the place of a deck's card, for which all decks have to be woven first."""
    if document.kind == "deck":
        problems.add(quote.place, "bad-quote", "a deck cannot show a card", "show it on a page")
        return
    lines[quote.first] = _unwritten([cards.mark(quote)], quote.place, quote.indent)
    lines[quote.first + 1 : quote.last + 1] = [[] for _ in range(quote.first, quote.last)]


def _script(
    name: str, place: Place, recorded: Recorded, problems: Problems, tables: Iterable[str] = ()
) -> Script | None:
    if name not in recorded.scripts and name not in scripts.unreadable(problems):
        remedy = did_you_mean(name, {*recorded.scripts, *tables})
        problems.add(place, "unknown-script", f'no script "{name}" in notebooks/ or snippets/', remedy)
    return recorded.scripts.get(name)


def _weave_value(
    quote: ValueQuote, lines: list[list[Line]], recorded: Recorded, language: str, problems: Problems
) -> None:
    fact = _fact(quote, recorded)
    if fact and fact.value is None:
        problems.add(quote.place, "unknown-value", *fact.unknown)
        return
    values = {"fact": fact.value} if fact else _values(quote, recorded, problems)
    if values is None:
        return
    expression = quote.expression.replace(quote.field, "fact", 1) if fact else quote.expression
    try:
        shown = shown_values.show(expression, values)
    except (ValueError, KeyError, IndexError, AttributeError, TypeError) as error:
        message = f'cannot show "{quote.expression}": {error}'
        problems.add(quote.place, "bad-format", message, "write {value}`script#variable:format` with a Python format")
        return
    mark = _declared_mark(language) if fact and fact.declared else ""
    (line,) = lines[quote.first]
    before, after = line.text[: quote.start], line.text[quote.stop :]
    text = before + shown_values.as_markdown(shown, in_tag=bool(_OPEN_TAG.search(before))) + mark + after
    lines[quote.first] = [dataclasses.replace(line, text=text)]


def _fact(quote: ValueQuote, recorded: Recorded) -> Fact | None:
    """The fact that a quote shows, with the reason if it is not known; None if the quote shows a value of a run."""
    known = recorded.facts.get(quote.script, {})
    of_run = quote.script in recorded.scripts and quote.name not in {each.partition(".")[0] for each in known}
    if not known or of_run:
        return None
    if quote.field in known:
        return known[quote.field]
    near = difflib.get_close_matches(quote.field, known)
    remedy = did_you_mean(quote.field, near or (each for each in known if each.rpartition(".")[0] not in known))
    return Fact(unknown=(f'labguide knows nothing as "{quote.script}#{quote.field}"', remedy))


def _values(quote: ValueQuote, recorded: Recorded, problems: Problems) -> Mapping[str, Any] | None:
    """The values that a quote may show; None, and a problem, if its own is not among them."""
    script = _script(quote.script, quote.place, recorded, problems, recorded.facts)
    recording = recorded.recordings.get(quote.script)
    if script is None or recording is None:
        return None
    if quote.name in recording.values:
        return recording.values
    problems.add(quote.place, "unknown-value", *_why_unknown(quote, script, recording))
    return None


def _why_unknown(quote: ValueQuote, script: Script, recording: Recording) -> tuple[str, str]:
    """What is known of a value that a recording does not have, and what to do."""
    reason = recording.unkept.get(quote.name)
    if reason:
        return f'the value "{quote.name}" of {script.path} was not kept: {reason}', _SIMPLE
    if shown_values.is_set(script, quote.name):
        return f'{script.path} sets "{quote.name}", but its value was not kept', _SIMPLE
    known = did_you_mean(quote.name, recording.values)
    return f'no value "{quote.name}" at the end of {script.path}', known


def _declared_mark(language: str) -> str:
    """An asterisk that tells, to those who point at it, that a number was declared and not measured.

    It is a character reference, or it would begin emphasis in a sentence that has some further on.
    """
    return f'<abbr title="{words_of(language)["declared"]}">&#42;</abbr>'
