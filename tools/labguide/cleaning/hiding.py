"""Replaces what is secret, and what belongs to the machine, by the values that AWS's documentation uses in examples.

A secret is looked for in everything that a run left before anything is replaced, so that one which a cell shows beside
its name is known where another shows it alone. Each gets a replacement of its own, which nothing else in the run has.
"""

from __future__ import annotations

import base64
import functools
import html
import json
import os
import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_plus

from labguide.cleaning import secrets
from labguide.cleaning.secrets import EXAMPLE, Secret

ACCOUNT = "111122223333"
"""AWS's own documentation account."""

_ACCOUNTS = (ACCOUNT, "444455556666", "123456789012", "777788889999")
_KEYS = ("AKIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE")
_ACCOUNT_NUMBER = re.compile(r"\d{12}", re.ASCII)

# Who holds such a variable holds a secret; what stands in it, however it looks, is one of the run.
_SECRET_VARIABLE = re.compile(
    r"TOKEN|SECRET|PASSW|_PWD|APIKEY|_KEY$|^KEY_|KEY_ID|CREDENTIAL|AUTH(?!OR)|_DSN$|DATABASE_URL"
)
_A_WORD = re.compile(r"[A-Za-z]{0,15}", re.ASCII)
"""Who has `training` as a password would have every such word hidden; it is, beside the name of a password."""
_LONGEST_WORD = 20
_SHORTEST = 6
"""Characters of an exact secret. A shorter one, `1` or `yes`, would be found everywhere."""


@dataclass(frozen=True)
class Known:
    """What a run is known to have been given, to the letter."""

    secrets: tuple[str, ...] = ()
    """Accounts (12 digits), keys, tokens, and what stood in variables that no kernel gets."""
    folders: Mapping[str, str] = field(default_factory=dict)
    """Paths of the machine, and what a reader sees instead: `{"/home/mei": "~"}`."""


def caller_secrets(variables: Mapping[str, str]) -> tuple[str, ...]:
    """The exact secrets in these environment variables: by a variable's name, or by the form of what it holds."""
    named = [value for name, value in variables.items() if _SECRET_VARIABLE.search(name.upper())]
    by_name = [value for value in named if not _A_WORD.fullmatch(value.strip())]
    by_form = [each.value for value in variables.values() for each in secrets.find(value)]
    paths = tuple(value for value in by_name if value.startswith(("/", "~", "./")) or os.sep in value[:3])
    return tuple(dict.fromkeys(each for each in (*by_name, *by_form) if each not in paths))


def told(text: str) -> str:
    """What may be written to a terminal or a log: the text without secrets, those of the caller's environment too."""
    return _of_caller().text(text)


@functools.cache
def _of_caller() -> Hider:
    return Hider(Known(caller_secrets(os.environ)))


class Hider:
    """Hides what is known to be secret, and learns what else is. One for each run; the same text stays the same.

    Replacements are given out as secrets come up in what is shown, so that they do not depend on what else is known.
    """

    def __init__(self, known: Known | None = None) -> None:
        self._known = known or Known()
        self._secrets: dict[str, Secret] = {}
        self._replacements: dict[str, str] = {}
        self._examples: dict[str, Iterator[str]] = {}
        """The replacements that are still free, by their kind."""
        self._learned: set[str] = set()
        self._with_examples: list[str] = []
        """The texts that hold what may be a replacement."""
        for value in self._known.secrets:
            if len(value.strip()) >= _SHORTEST:
                self._learn(next((each for each in secrets.find(value) if each.value == value), Secret(value.strip())))

    @property
    def exact(self) -> Collection[str]:
        """The secrets themselves, which are hidden wherever they stand."""
        return self._secrets.keys()

    def learn(self, values: Iterable[Any]) -> None:
        """Find the secrets in these JSON values: in every text, in pairs of key and value, in tables."""
        for value in values:
            for each in secrets.in_pairs(value):
                self._learn(each)
            for text in _texts(value):
                self._learn_text(text)

    def value(self, value: Any, *, folders: bool = True) -> Any:
        """A JSON value without what is secret or private: texts, keys, and account numbers that are numbers."""
        if isinstance(value, str):
            return self.text(value, folders=folders)
        if isinstance(value, Mapping):
            named = {each.value: each for each in secrets.of_mapping(value)}
            return {
                self.text(str(key), folders=folders): self._instead_of(named[item])
                if isinstance(item, str) and item in named
                else self.value(item, folders=folders)
                for key, item in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.value(item, folders=folders) for item in value]
        if isinstance(value, int) and not isinstance(value, bool) and str(value) in self._secrets:
            return int(self._instead_of(self._secrets[str(value)]))
        return value

    def text(self, text: str, *, folders: bool = True) -> str:
        """A text without what is secret and, with `folders`, without paths of the machine."""
        self._learn_text(text)
        if self._secrets:
            text = self._exactly_hidden(text)
        text = self._hidden_beside_names(text)
        return _without_folders(text, self._known.folders) if folders else text

    def _learn_text(self, text: str) -> None:
        if text not in self._learned:
            self._learned.add(text)
            if EXAMPLE in text or any(account in text for account in _ACCOUNTS):
                self._with_examples.append(text)
            for each in (*secrets.find(text), *_in_tables(text)):
                self._learn(each)

    def _learn(self, secret: Secret) -> None:
        value = secret.value
        if EXAMPLE in value or value in _ACCOUNTS or value in self._secrets:
            return
        if not secret.alone:  # a word may be a password: it is hidden where its name stands beside it, and only there
            return
        self._secrets[value] = secret
        for line in value.split("\n") if "\n" in value else ():
            if len(line.strip()) >= _LONGEST_WORD:
                self._learn(Secret(line.strip()))
        self.__dict__.pop("_spelled", None)
        self.__dict__.pop("_pattern", None)

    def _instead_of(self, secret: Secret) -> str:
        """Its replacement, which neither stands for another secret nor was printed by the run itself."""
        if secret.value not in self._replacements:
            kind = ACCOUNT if _ACCOUNT_NUMBER.fullmatch(secret.value) else secret.prefix
            examples = self._examples.setdefault(kind, _examples(secret))
            self._replacements[secret.value] = next(each for each in examples if not self._was_printed(each))
        return self._replacements[secret.value]

    def _was_printed(self, example: str) -> bool:
        return any(example in text for text in self._with_examples)

    @functools.cached_property
    def _spelled(self) -> Mapping[str, Secret]:
        """Every secret by every spelling in which a program may print it."""
        return {spelling: each for value, each in self._secrets.items() for spelling in _spellings(value)}

    @functools.cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self._spelled, key=len, reverse=True)
        return re.compile("|".join(_bounded(each) for each in longest_first))

    def _exactly_hidden(self, text: str) -> str:
        """Hide every known secret; where two overlap, as they may in folded lines, all of both."""
        parts: list[str] = []
        at = 0
        for start, stop, spelling in sorted(self._spans(text)):
            if start >= at:
                kept = "".join(seam[0] for seam in secrets.SEAM.finditer(text[start:stop]))
                parts += (text[at:start], self._instead_of(self._spelled[spelling]), kept)
            at = max(at, stop)
        return "".join((*parts, text[at:]))

    def _spans(self, text: str) -> list[tuple[int, int, str]]:
        """Where known secrets stand, as a whole or cut in two by a colour or by the end of a line."""
        whole = [(*match.span(), match[0]) for match in self._pattern.finditer(text)]
        seams = list(_SEAM_OR_FOLD.finditer(text))
        if not seams:
            return whole
        joined, places, left_out = _joined(text, seams)
        for match in self._pattern.finditer(joined):
            start, stop = _place(match.start(), places, left_out, True), _place(match.end(), places, left_out, False)
            if stop - start > len(match[0]):
                whole.append((start, stop, match[0]))
        return whole

    def _hidden_beside_names(self, text: str) -> str:
        """Hide short passwords where their names, or what else tells them, stand beside them."""
        parts: list[str] = []
        at = 0
        found = (each for each in secrets.places(text) if not each.secret.alone)
        for each in sorted(found, key=lambda each: each.start):
            if each.start >= at and EXAMPLE not in each.secret.value:
                parts += (text[at : each.start], self._instead_of(each.secret))
                at = each.stop
        text = "".join((*parts, text[at:]))
        for secret in {each.value: each for each in _in_tables(text) if not each.alone}.values():
            written = re.escape(html.escape(secret.value, quote=False))
            text = re.sub(rf"(>\s*){written}(?=\s*<)", rf"\g<1>{self._instead_of(secret)}", text)
        return text


_SEAM_OR_FOLD = re.compile(rf"(?:{secrets.SEAM.pattern})+|[ \t]*[│|]?\n[ \t]*[│|]?[ \t]*")


def _joined(text: str, seams: Sequence[re.Match[str]]) -> tuple[str, list[int], list[int]]:
    """A text without its seams; where each seam was in it, and how much had been left out up to its end."""
    parts: list[str] = []
    places: list[int] = []
    left_out: list[int] = []
    at = 0
    for seam in seams:
        parts.append(text[at : seam.start()])
        places.append(seam.start() - (left_out[-1] if left_out else 0))
        left_out.append((left_out[-1] if left_out else 0) + len(seam[0]))
        at = seam.end()
    return "".join((*parts, text[at:])), places, left_out


def _place(place: int, places: Sequence[int], left_out: Sequence[int], behind: bool) -> int:
    """The place in the text of a place in the joined text; behind a seam that is there, or before it."""
    number = (bisect_right if behind else bisect_left)(places, place)
    return place + (left_out[number - 1] if number else 0)


def _examples(secret: Secret) -> Iterator[str]:
    if _ACCOUNT_NUMBER.fullmatch(secret.value):
        yield from _ACCOUNTS
        yield from (f"{number:012}" for number in range(1, 10**6))
    if secret.prefix == "AKIA":
        yield from _KEYS
    yield f"{secret.prefix}{EXAMPLE}"
    yield from (f"{secret.prefix}{EXAMPLE}-{number}" for number in range(2, 10**6))


def _spellings(value: str) -> set[str]:
    """A secret as it is, escaped for HTML, JSON, Python and addresses, and within base64."""
    found = {
        value,
        html.escape(value),
        html.escape(value, quote=False),
        json.dumps(value)[1:-1],
        repr(value)[1:-1],
        quote(value),
        quote(value, safe=""),
        quote_plus(value),
        quote(quote(value, safe="")),
        html.escape(html.escape(value)),
        json.dumps(json.dumps(value)[1:-1])[1:-1],
        value.replace("_", r"\_"),
        re.sub(r"\s*\n\s*", "", value),
    }
    if _ACCOUNT_NUMBER.fullmatch(value):
        found.add("-".join((value[:4], value[4:8], value[8:])))
    elif len(value) >= 12:
        coded = {_within_base64(value, offset) for offset in range(3)}
        found |= coded | {each.translate(_FOR_ADDRESSES) for each in coded}
    return found


_FOR_ADDRESSES = str.maketrans("+/", "-_")


def _within_base64(value: str, offset: int) -> str:
    """The letters of base64 that depend on `value` alone if `offset` bytes stand before it in its group of three."""
    coded = base64.b64encode(b"\0" * offset + value.encode()).decode().rstrip("=")
    start = (0, 2, 3)[offset]
    stop = (offset + len(value.encode())) * 8 // 6
    return coded[start:stop]


def _bounded(spelling: str) -> str:
    """A number is a secret only as a whole; a text wherever it stands."""
    escaped = re.escape(spelling)
    return rf"(?<![0-9])(?<![0-9]\.){escaped}(?![0-9])" if spelling.replace("-", "").isdigit() else escaped


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def _in_tables(text: str) -> Iterator[Secret]:
    """The secrets in an HTML table: in a column, or a row, that a secret's name heads."""
    unclosed = text.count("<table") - text.count("</table")
    if "<t" not in text or "</t" not in text or not secrets.has_name(text) or unclosed > _DEEPEST:
        return
    from bs4 import BeautifulSoup  # here, because few outputs are tables

    tables: dict[int, list[list[str]]] = {}
    for row in BeautifulSoup(text, "html.parser")("tr"):
        parent = row.parent
        table = parent.parent if parent and parent.name != "table" else parent
        cells = row(["td", "th"], recursive=False)
        # A cell that holds a table is no value, and its text would be read again for each table around it.
        told = ["" if cell.find("table") else cell.get_text(" ", strip=True) for cell in cells]
        tables.setdefault(id(table), []).append(told)
    for rows in tables.values():
        yield from _in_rows(rows)


_DEEPEST = 50
"""Tables within tables, which no program makes; the parser takes ever longer for each."""


def _in_rows(rows: Sequence[Sequence[str]]) -> Iterator[Secret]:
    for number, row in enumerate(rows):
        for column, name in enumerate(row):
            if name and secrets.is_name(name):
                below = [other[column] for other in rows[number + 1 :] if len(other) > column]
                for value in (*row[column + 1 : column + 2], *below):
                    yield from secrets.named(name, value)


def _without_folders(text: str, folders: Mapping[str, str]) -> str:
    """Paths of the machine, the longest first, where one begins: not in the middle of an address or of another path.

    The mark of a colour may stand before it, and ends in a letter.
    """
    for path in sorted(folders, key=len, reverse=True):
        if path in text:
            instead = folders[path].replace("\\", r"\\")
            begins = rf"(?P<seam>{secrets.SEAM.pattern}|(?<![\w.~-]))"
            text = re.sub(rf"{begins}{re.escape(path)}(?![\w-])", rf"\g<seam>{instead}", text)
    return text


def known_folders(folders: Mapping[str, str]) -> Mapping[str, str]:
    """Folders by what to write instead, without a name that would be found everywhere, and by their real paths too."""
    every = {**{os.path.realpath(path): instead for path, instead in folders.items() if path}, **folders}
    return {path: instead for path, instead in every.items() if path.count(os.sep) > 1 or len(path) > 4}
