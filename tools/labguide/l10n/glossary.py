"""Reads a project's glossary: the words that a translation uses, and those that it does not.

    terms:
    - {en: bucket, zh: [儲存貯體, 儲存桶], prefer: 儲存貯體, forbid: [存儲桶]}
    - {en: script, zh: [指令碼], prefer: 指令碼, avoid: [腳本]}
    allow: [台, 用戶端]
    keep: [SageMaker Studio]

A file for each language, `glossary.zh-TW.yml`, in the project's root. `zh` is the language without its region.
`prefer` is what is written, the others are right too; `forbid` is wrong in this language, `avoid` may be right
elsewhere but is not what this project writes. What stands in `allow` is never told, whatever rule minds it, nor is a
word within it. `keep` are names that stay in English. A sense in parentheses tells two terms of one name apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from labguide import headers, lines
from labguide.model import Place, Project
from labguide.problems import Problems, did_you_mean

BAD = "bad-glossary"

_SENSE = re.compile(r"\s*\([^)]*\)")
_PARTS = ("terms", "allow", "keep")


@dataclass(frozen=True)
class Term:
    """A term of the source language, and what it is in another one."""

    english: str
    """As the glossary has it: with a sense in parentheses, where two terms have one name."""
    said: tuple[str, ...]
    """All that is right, the preferred word first."""
    forbid: tuple[str, ...]
    avoid: tuple[str, ...]
    place: Place

    @property
    def word(self) -> str:
        """The term without its sense: `image`."""
        return _SENSE.sub("", self.english).strip()

    @property
    def preferred(self) -> str:
        """What is written for it."""
        return self.said[0]


@dataclass(frozen=True)
class Glossary:
    """The words of a project in one language."""

    language: str
    terms: tuple[Term, ...] = ()
    allow: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()

    def unwanted(self, *, forbidden: bool) -> Mapping[str, Term]:
        """The words that are forbidden, or only avoided, each with the first term that says so."""
        found: dict[str, Term] = {}
        for term in self.terms:
            for word in term.forbid if forbidden else term.avoid:
                found.setdefault(word, term)
        return found

    def right(self) -> frozenset[str]:
        """All words that may stand in a text, and words within them."""
        return frozenset({*self.allow, *(word for term in self.terms for word in term.said)})


def path_of(language: str) -> str:
    """The glossary of a language, relative to a project's root."""
    return f"glossary.{language}.yml"


def read(project: Project, language: str, problems: Problems) -> Glossary:
    """The glossary of a language, empty if there is none; what cannot be understood is a problem and is left out."""
    name = path_of(language)
    try:
        header = headers.parse(lines.read(project.root / name), 1)
    except FileNotFoundError:
        return Glossary(language)
    except headers.HeaderError as error:
        problems.add(Place(name, error.line), BAD, f"this cannot be read: {error}", "mend the YAML")
        return Glossary(language)
    except (OSError, UnicodeDecodeError):
        problems.add(Place(name), BAD, "this cannot be read", "save it as a file in UTF-8")
        return Glossary(language)
    return _Reader(header, name, language, problems).glossary()


@dataclass
class _Reader:
    header: headers.Header
    path: str
    language: str
    problems: Problems
    seen: set[str] = field(default_factory=set)

    def glossary(self) -> Glossary:
        said = self.header.values or {}
        if not isinstance(said, dict):
            self.tell("this is no mapping", "begin with `terms:`")
            return Glossary(self.language)
        for key in said:
            if key not in _PARTS:
                self.tell(f'no part "{key}"', did_you_mean(str(key), _PARTS), str(key))
        terms = tuple(self.terms(said.get("terms") or []))
        self.check_against_each_other(terms)
        return Glossary(self.language, terms, self.words(said, "allow"), self.words(said, "keep"))

    def terms(self, entries: Any) -> Iterator[Term]:
        if not isinstance(entries, list):
            self.tell("`terms:` is no list", "write `- {en: …}` lines below it", "terms")
            return
        for number, entry in enumerate(entries):
            term = self.term(entry, ("terms", str(number)))
            if term:
                yield term

    def term(self, entry: Any, at: tuple[str, ...]) -> Term | None:
        tongue = self.language.partition("-")[0]
        known = ("en", tongue, "prefer", "forbid", "avoid", "note")
        if not isinstance(entry, dict) or not isinstance(entry.get("en"), str):
            self.tell("this entry has no `en:` with a word", f"write `{{en: word, {tongue}: [its translation]}}`", *at)
            return None
        for key in entry:
            if key not in known:
                self.tell(f'no key "{key}"', did_you_mean(str(key), known), *at, str(key))
        right, forbid, avoid = (self.words(entry, key, at) for key in (tongue, "forbid", "avoid"))
        prefer = entry.get("prefer", right[0] if right else None)
        if not right or prefer not in right:
            self.tell(f'"{entry["en"]}" prefers what is not among `{tongue}:`', "add it there", *at)
            return None
        if entry["en"].lower() in self.seen:
            self.tell(f'"{entry["en"]}" stands here twice', "add a sense in parentheses, or take one out", *at)
        self.seen.add(entry["en"].lower())
        said = (prefer, *(word for word in right if word != prefer))
        return Term(entry["en"], said, forbid, avoid, Place(self.path, self.header.line(*at)))

    def words(self, entry: Mapping[str, Any], key: str, at: Sequence[str] = ()) -> tuple[str, ...]:
        found = entry.get(key) or []
        if isinstance(found, list) and all(isinstance(word, str) and word.strip() for word in found):
            return tuple(found)
        self.tell(f"`{key}:` is no list of words", f"write `{key}: [one, another]`", *at, key)
        return ()

    def check_against_each_other(self, terms: Sequence[Term]) -> None:
        """What one term calls right cannot be wrong in another: nobody could write it."""
        right = {word: term for term in terms for word in term.said}
        for term in terms:
            for word in (*term.forbid, *term.avoid):
                if word in right:
                    message = f'"{word}" is refused here, and right for "{right[word].english}"'
                    self.problems.add(term.place, BAD, message, "take it out of one of them")

    def tell(self, message: str, remedy: str, *keys: str) -> None:
        self.problems.add(Place(self.path, self.header.line(*keys)), BAD, message, remedy)
