"""What the glossary says of a text: words that are wrong or not this project's, and terms that are missing in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from labguide.l10n.glossary import Glossary, Term
from labguide.l10n.lint.taiwan import inside


@dataclass(frozen=True)
class Unwanted:
    """A word that the glossary refuses, and the term that has a better one."""

    start: int
    word: str
    term: Term


@dataclass(frozen=True)
class Refusals:
    """Words that the glossary refuses, ready to be looked for."""

    terms: Mapping[str, Term]
    pattern: re.Pattern[str]
    longer: tuple[str, ...]
    """Right words that hold a refused one."""

    @classmethod
    def of(cls, terms: Mapping[str, Term], right: Iterable[str]) -> Refusals:
        """These words, each with its term; `right` are texts in which none of them is one."""
        ordered = sorted(terms, key=lambda word: (-len(word), word))
        pattern = re.compile("|".join(map(_alone, ordered)) or r"(?!)")
        return cls(terms, pattern, tuple(word for word in right if any(each in word for each in terms)))

    def find(self, text: str) -> Iterator[Unwanted]:
        """The refused words of a text, the longest where one holds another; a word within a right one is none."""
        for found in self.pattern.finditer(text):
            if not inside(text, found.start(), found.end(), self.longer):
                yield Unwanted(found.start(), found[0], self.terms[found[0]])


def _alone(word: str) -> str:
    """A pattern for a word; one in Latin letters is no part of a longer one."""
    before, after = (r"\b" if re.match(r"[A-Za-z0-9]", edge) else "" for edge in (word[0], word[-1]))
    return f"{before}{re.escape(word)}{after}"


def missing(source: Sequence[str], translation: Sequence[str], glossary: Glossary) -> Iterator[Term]:
    """The terms that a source has and its translation does not: in none of their forms, and not in English either.

    In `training job` there is no `job`. Terms with a sense in parentheses are left out, for the word has others too.
    """
    english, said = "\n".join(source).lower(), "\n".join(translation)
    for term in sorted(glossary.terms, key=lambda term: (-len(term.word), term.word)):
        pattern = _as_word(term.word.lower())
        if term.word.lower() not in english or not pattern.search(english):
            continue
        english = pattern.sub("", english)
        if (
            term.word == term.english
            and not any(each in said for each in term.said)
            and not pattern.search(said.lower())
        ):
            yield term


@lru_cache(maxsize=4096)
def _as_word(word: str) -> re.Pattern[str]:
    """An English word or its plural; not a part of a name such as `model-package` or `job_name`."""
    plural = f"{re.escape(word[:-1])}(?:y|ies)" if word.endswith("y") else f"{re.escape(word)}(?:s|es)?"
    return re.compile(rf"(?<![\w-]){plural}(?![\w-])")
