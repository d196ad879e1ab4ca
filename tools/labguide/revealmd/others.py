"""Tells what decks of other programs say that would be text here, or nothing: Slidev's, Marp's, remark's, HackMD's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from labguide import blocks
from labguide.model import Line
from labguide.problems import Problems
from labguide.revealmd.marks import Marks
from labguide.revealmd.parting import code_hidden, parts


@dataclass(frozen=True)
class _Form:
    """How something is written elsewhere, what becomes of it here, and what to write instead."""

    pattern: re.Pattern[str]
    message: str
    remedy: str


def _form(pattern: str, message: str, remedy: str) -> _Form:
    return _Form(re.compile(pattern, re.IGNORECASE), message, remedy)


_COLUMNS = '`<div class="columns" markdown>` with a `<div markdown>` for each column'
_FIRST = (
    _form(
        r"src:[ \t]*\S+\.md\b",
        "this is Slidev's way to show another file, and only text here",
        'write `--8<-- "slides/part.md"`, or make the file a deck of its own',
    ),
    _form(
        r"(?:layout|layoutClass|class|hideInToc|routeAlias|clicks|template):[ \t]*[\w\[{]",
        "settings of a slide in Slidev or remark are a slide's text here",
        'write `<!-- .slide: class="…" -->` on the slide, and no second `---`',
    ),
)
"""What may stand first on a slide."""
_ANYWHERE = (
    _form(
        r".*<(?:script\b[^>]*\ssrc|link\b[^>]*\shref)\s*=\s*[\"']?(?:https?:)?//|.*@import\s+(?:url\()?[\"']?(?:https?:)?//",
        "a script or style sheet of another host is missing where there is no network",
        "put the file beside the deck; formulas, diagrams and code colours need none",
    ),
    _form(
        r"[ \t]*::[ ]?(?:left|right|default|top|bottom)[ ]?::[ \t]*$",
        "a column of Slidev is text here",
        f"write {_COLUMNS}",
    ),
    _form(
        r".*<v-?clicks?\b",
        "steps of Slidev are no steps here",
        'write `<!-- .element: class="fragment" -->` behind each',
    ),
    _form(
        r".*!\[bg\b[^\]]*\]\(",
        "a background of Marp is a picture here",
        'write `<!-- .slide: data-background-image="…" -->`',
    ),
    _form(
        r"[ \t]*(?:<!--[ \t]*)?_(?:class|paginate|header|footer|color|background\w*):",
        "Marp's settings of a slide are not read",
        'write `<!-- .slide: class="…" -->` or `data-background-color="…"` in it',
    ),
    _form(
        r"\?\?\?[ \t]*$",
        "this begins no notes, so readers see what follows",
        r"write `Notes:`, or `notesSeparator: '^\?\?\?'` in the front matter",
    ),
    _form(r"[ \t]*\.\w[\w-]*\[[ \t]*$", "classes of remark are text here", 'write `<div class="…" markdown>`'),
    _form(r"[ \t]*\{%[ \t]*\w+[^%]*%\}", "what HackMD embeds is text here", "write a link, or a picture that is here"),
    _form(
        r"[ \t]*:::[ \t]*(?:info|success|warning|danger|spoiler)\b",
        "a box of HackMD is text here",
        "write `!!! note` and indent its text",
    ),
)


def tell(lines: Sequence[Line], marks: Marks, problems: Problems) -> None:
    """Tell of what others' programs read in a deck's body, once for each form and deck."""
    told: set[str] = set()
    for part in parts(lines, 0, marks):
        texts = [blocks.without_code_spans(text) for text in code_hidden(part.lines)]
        first = next((number for number, text in enumerate(texts) if text.strip()), 0)
        for number, text in enumerate(texts):
            for form in (*(_FIRST if number == first else ()), *_ANYWHERE):
                if form.message not in told and form.pattern.match(text) and not marks.notes.match(text):
                    told.add(form.message)
                    problems.add(part.lines[number].place, "other-dialect", form.message, form.remedy)
