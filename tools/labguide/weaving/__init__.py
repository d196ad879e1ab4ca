"""The step from documents and recordings to what readers see: every quote replaced by what was recorded.

The author's Markdown is not touched anywhere else: a page is rendered as if the author had written the woven text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from labguide import quotes, shown_values
from labguide.model import (
    CellQuote,
    Document,
    FileQuote,
    OnAws,
    Place,
    Project,
    Recording,
    Script,
    Sources,
    ValueQuote,
    Woven,
)
from labguide.problems import Problems, did_you_mean
from labguide.weaving import cells, provenance
from labguide.weaving.words import words_of

ON_AWS = "on_aws"
"""The name under which documents quote what a script takes on AWS; see `model.OnAws`."""


@dataclass(frozen=True)
class Recorded:
    """What quotes refer to: the project's scripts and what they left when they last ran."""

    project: Project
    scripts: Mapping[str, Script]
    recordings: Mapping[str, Recording]
    on_aws: Mapping[str, OnAws] = field(default_factory=dict)


def quoted_values(sources: Sources) -> dict[str, list[ValueQuote]]:
    """For each script, the values of it that documents show."""
    found: dict[str, list[ValueQuote]] = {}
    for document in sources.documents:
        for quote in document.quotes:
            if isinstance(quote, ValueQuote):
                found.setdefault(quote.script, []).append(quote)
    return found


def asking_on_aws(sources: Sources) -> list[str]:
    """The scripts of which documents want to know what they take on AWS."""
    quoted = quoted_values(sources)
    return [name for name in quoted if name in sources.scripts and any(quote.name == ON_AWS for quote in quoted[name])]


def weave(document: Document, recorded: Recorded, problems: Problems) -> Woven:
    """A document with its quotes replaced. A quote that cannot be becomes a problem, and stays as written."""
    lines: list[str | None] = list(document.text.splitlines())
    pictures: dict[str, bytes] = {}
    for quote in reversed(document.quotes):  # from the end, so that columns still hold within a line
        match quote:
            case CellQuote():
                _weave_cell(quote, document.uri, lines, pictures, recorded, problems)
            case ValueQuote():
                _weave_value(quote, lines, recorded, document.language, problems)
            case FileQuote():
                _check_file(quote, recorded.project, problems)
    text = "\n".join(line for line in lines if line is not None) + "\n"
    text += provenance.closing(document, recorded.recordings.values())
    return Woven(document, text, pictures)


def _weave_cell(
    quote: CellQuote,
    page: str,
    lines: list[str | None],
    pictures: dict[str, bytes],
    recorded: Recorded,
    problems: Problems,
) -> None:
    script = _script(quote.script, quote.place, recorded, problems)
    if script is None:
        return
    block, drawn = cells.block(quote, script, recorded.recordings.get(script.name), page, problems)
    if block is None:
        return
    pictures.update({picture.path: picture.content for picture in drawn})
    indented = [f"{quote.indent}{line}" if line else quote.indent.rstrip() for line in block]
    last = min(quote.end, len(lines))
    lines[quote.place.line - 1 : last] = ["\n".join(indented), *[None] * (last - quote.place.line)]


def _script(name: str, place: Place, recorded: Recorded, problems: Problems) -> Script | None:
    if name not in recorded.scripts:
        remedy = did_you_mean(name, recorded.scripts)
        problems.add(place, "unknown-script", f'no script "{name}" in notebooks/ or snippets/', remedy)
    return recorded.scripts.get(name)


def _weave_value(
    quote: ValueQuote, lines: list[str | None], recorded: Recorded, language: str, problems: Problems
) -> None:
    line = lines[quote.place.line - 1]
    script = _script(quote.script, quote.place, recorded, problems)
    recording = recorded.recordings.get(quote.script)
    if line is None or script is None or recording is None:
        return
    values = _values(quote, script, recording, recorded, problems)
    if values is None:
        return
    try:
        shown = shown_values.show(quote.expression, values)
    except (ValueError, KeyError, IndexError, AttributeError, TypeError) as error:
        message = f'cannot show "{quote.expression}": {error}'
        problems.add(quote.place, "bad-format", message, "write {value}`script#variable:format` with a Python format")
        return
    mark = _declared_mark(recorded.on_aws[quote.script], language) if quote.name == ON_AWS else ""
    lines[quote.place.line - 1] = line[: quote.start] + shown + mark + line[quote.stop :]


def _values(
    quote: ValueQuote, script: Script, recording: Recording, recorded: Recorded, problems: Problems
) -> Mapping[str, Any] | None:
    """The values that a quote may show; None, and a problem, if its own is not among them."""
    if quote.name == ON_AWS:
        if quote.script in recorded.on_aws:
            return {ON_AWS: recorded.on_aws[quote.script]}
        message = f"nobody knows how long {script.path} takes on AWS"
        problems.add(quote.place, "unknown-value", message, "record it there, or write `minutes:` in its header")
        return None
    if quote.name in recording.values:
        return recording.values
    message = f'no value "{quote.name}" at the end of {script.path}'
    problems.add(quote.place, "unknown-value", message, did_you_mean(quote.name, recording.values))
    return None


def _declared_mark(on_aws: OnAws, language: str) -> str:
    """An asterisk that tells, to those who point at it, that a number was declared and not measured."""
    return f'<abbr title="{words_of(language)["declared"]}">*</abbr>' if on_aws.declared else ""


def _check_file(quote: FileQuote, project: Project, problems: Problems) -> None:
    path = project.root / quote.path
    if not path.is_file():
        known = [each.relative_to(project.root).as_posix() for each in project.snippets.rglob("*") if each.is_file()]
        problems.add(quote.place, "unknown-file", f'no file "{quote.path}"', did_you_mean(quote.path, known))
        return
    region = quote.region
    if region and not region.replace(":", "").isdigit():
        known = list(quotes.regions(path.read_text("utf-8")))
        if region not in known:
            message = f'no region "{region}" in {quote.path}'
            problems.add(quote.place, "unknown-region", message, did_you_mean(region, known))
