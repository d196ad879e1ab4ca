"""The mark below a translated heading: which text of the source the section was made from.

    ## 建立儲存貯體 {#create-bucket}
    <!-- en:c259cc34f6f5 quotes:8f14e45fceea draft -->

`en` is the source's language, the number behind it says what its section was (`l10n.hashing`). `quotes:` says what
the cells and values were that the section quotes. `draft`: a machine wrote it and no person has synced it. `todo`:
the text is still the source's. No reader ever gets a mark: documents are read without them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from labguide import skimming
from labguide.model import DocumentKind, Line
from labguide.skimming import Kind

LENGTH = 12
"""The hexadecimal digits of a hash."""

_LANGUAGE = r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*"
_MARK = re.compile(
    rf"^ {{0,3}}<!--[ \t]*(?P<language>{_LANGUAGE}):(?P<hash>[0-9a-f]{{{LENGTH}}})"
    r"(?P<words>(?:[ \t]+[\w:-]+)*)[ \t]*-->[ \t]*$"
)
_ALMOST = re.compile(
    rf"<!--[ \t]*(?P<language>{_LANGUAGE})[ \t]*[:：=][ \t]*(?=[a-f]*\d)[0-9a-f]{{4,}}\b", re.IGNORECASE
)
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)")
_QUOTES = re.compile(rf"^quotes:(?P<hash>[0-9a-f]{{{LENGTH}}})$")
_DRAFT, _TODO = "draft", "todo"


@dataclass(frozen=True)
class Mark:
    """What a mark says."""

    language: str
    """The source's, as BCP 47 has it."""
    hash: str
    quotes: str = ""
    """Empty if the mark says nothing of quotes."""
    draft: bool = False
    todo: bool = False
    unknown: tuple[str, ...] = ()
    """Words that mean nothing; nobody writes them back."""

    def __str__(self) -> str:
        quotes = f"quotes:{self.quotes}" if self.quotes else ""
        words = (f"{self.language}:{self.hash}", quotes, _DRAFT * self.draft, _TODO * self.todo)
        return f"<!-- {' '.join(filter(None, words))} -->"


def read(text: str) -> Mark | None:
    """The mark that a line is; None for any other line."""
    found = _MARK.match(text) if "<!--" in text else None
    if found is None:
        return None
    words = found["words"].split()
    quotes = [each["hash"] for each in map(_QUOTES.match, words) if each]
    known = {_DRAFT, _TODO, *(f"quotes:{each}" for each in quotes[:1])}
    unknown = tuple(word for word in words if word not in known)
    first = quotes[0] if quotes else ""
    return Mark(found["language"], found["hash"], first, _DRAFT in words, _TODO in words, unknown)


def looks_like_one(text: str, language: str) -> bool:
    """Whether a line was meant as a mark of this language, and is none."""
    found = _ALMOST.search(_CODE_SPAN.sub("", text))
    return bool(found and read(text) is None and found["language"].lower() == language.lower())


def find(texts: Sequence[str], of: Sequence[Kind]) -> Iterator[tuple[int, Mark]]:
    """The marks in the lines of a text, by the line's number from 0; `of` says what each line is."""
    for number, text in enumerate(texts):
        if of[number] is Kind.COMMENT and (mark := read(text)):
            yield number, mark


def strip(lines: Sequence[Line], kind: DocumentKind) -> list[Line]:
    """A document's lines without the marks; in code, where they are shown, they stay."""
    if not any("<!--" in line.text and read(line.text) for line in lines):
        return list(lines)
    texts = [line.text for line in lines]
    found = {number for number, _ in find(texts, skimming.kinds(texts, kind))}
    return [line for number, line in enumerate(lines) if number not in found]
