"""Whether Chinese is Taiwan's: words from elsewhere, simplified characters, half-width punctuation.

Words come from zhtw, which knows 30,000 of them. It is made for converting text, so what it would change is not always
wrong: `taiwan.yml` says which words are errors wherever they stand, and what is no word at all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = ("zh-TW", "zh-Hant", "zh-Hant-TW")
"""The tags of the language whose usage this is."""

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_KANA = "\u3041-\u30ff\u31f0-\u31ff"
_HAN_RUN = re.compile(f"[{_HAN}{_KANA}々]+")
_HALF_WIDTH = re.compile(
    f"(?<=[{_HAN}])[*_]*(?P<after>[,:;?!])(?![{_HAN}]*::)|(?P<before>[,;!?])(?=[*_]*[{_HAN}])"
    f"|(?<=[{_HAN}])(?P<stop>\\.)(?=\\s|$)|(?<=[{_HAN}])(?P<left>\\()|(?P<right>\\))(?=[{_HAN}])"
)
_NAME = re.compile(f"[A-Z][a-z]+ ?[(（]([{_HAN}]{{2,4}})[)）]")
_FULL = dict(zip(",:;?!.()", "，：；？！。（）", strict=True))


@dataclass(frozen=True)
class Usage:
    """A word that is not Taiwan's, or may not be."""

    start: int
    word: str
    better: str
    certain: bool


def elsewhere(text: str, allowed: Collection[str]) -> Iterator[Usage]:
    """The words of a text that Taiwan has others for; those that stand within an allowed text are none."""
    if not re.search(f"[{_HAN}]", text):
        return
    matcher, known = _matcher(), _known()
    for match in matcher.find_matches(text):
        if len(match.source) == 1:
            continue  # a character, which `foreign` knows better
        certain = match.source in known.certain or any(map(is_simplified, match.source))
        if not certain and (_is_variant(match.source, match.target) or _field(match) in known.not_our_fields):
            continue
        if not inside(text, match.start, match.end, {*allowed, *within()}):
            yield Usage(match.start, match.source, match.target, certain)


def foreign(text: str, allowed: Collection[str]) -> Iterator[tuple[int, str]]:
    """The Han characters that Taiwan's old code page 950 does not have.

    What touches kana is Japanese, and what stands in parentheses behind a name in Latin letters is how it is written.
    """
    if _encodes(text, "cp950"):
        return
    names = [range(*found.span(1)) for found in _NAME.finditer(text)]
    for run in _HAN_RUN.finditer(text):
        if re.search(f"[{_KANA}]", run[0]) or any(run.start() in name for name in names):
            continue
        for at, character in enumerate(run[0], start=run.start()):
            if not _encodes(character, "cp950") and not inside(text, at, at + 1, {*allowed, *within()}):
                yield at, character


def half_width(text: str) -> Iterator[tuple[int, str, str]]:
    """Punctuation of Latin text beside a Han character: where, what, and what it should be."""
    for found in _HALF_WIDTH.finditer(text):
        name = found.lastgroup or ""
        yield found.start(name), found[name], _FULL[found[name]]


def inside(text: str, start: int, stop: int, longer: Collection[str]) -> bool:
    """Whether the characters from `start` to `stop` lie within one of these texts."""
    return any(_covers(text, start, stop, each) for each in longer if len(each) >= stop - start)


def _covers(text: str, start: int, stop: int, longer: str) -> bool:
    first = text.find(longer, max(0, stop - len(longer)), start + len(longer))
    return first != -1 and first <= start


def within() -> frozenset[str]:
    """Texts in which a word from elsewhere is none."""
    return _known().within


def is_simplified(character: str) -> bool:
    """Whether a character is the mainland's, and not in Taiwan's old code page.

    Characters in neither are rare ones, or other forms of traditional ones.
    """
    return not _encodes(character, "cp950") and _encodes(character, "gb2312")


def _encodes(character: str, codepage: str) -> bool:
    try:
        character.encode(codepage)
    except UnicodeEncodeError:
        return False
    return True


def _is_variant(word: str, better: str) -> bool:
    """Whether two words differ only in forms of one character, 台 and 臺."""
    pairs = {one + other for one, other in zip(word, better, strict=False) if one != other}
    return len(word) == len(better) and all(pair in _known().variants or pair[0] in _shared() for pair in pairs)


def _field(match: Any) -> str:
    record = _matcher().rule_record_for(match)
    return str(record.domain) if record else ""


@cache
def _matcher() -> Any:
    """zhtw's search for words; reading them takes half a second."""
    from zhtw import Matcher
    from zhtw.converter import inject_protect_terms
    from zhtw.dictionary import load_dictionary_catalog

    read = load_dictionary_catalog(sources=["cn", "hk"])
    words = dict(read.terms)
    inject_protect_terms(words)
    words.update(_known().also)
    return Matcher(words, read.catalog)


@cache
def _shared() -> frozenset[str]:
    """Characters that stand for several in simplified text, so that one of them is the right one."""
    from zhtw.charconv import get_ambiguous_chars

    return frozenset(get_ambiguous_chars())


@dataclass(frozen=True)
class _Known:
    """What `taiwan.yml` says."""

    certain: frozenset[str]
    also: Mapping[str, str]
    within: frozenset[str]
    variants: frozenset[str]
    not_our_fields: frozenset[str]


@cache
def _known() -> _Known:
    said = yaml.safe_load((Path(__file__).parent / "taiwan.yml").read_text("utf-8"))
    lists = {name: frozenset(said[name]) for name in ("certain", "within", "variants", "not_our_fields")}
    return _Known(also=said["also"], **{**lists, "certain": lists["certain"] | said["also"].keys()})
