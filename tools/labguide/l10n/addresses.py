"""Addresses in a translation beside those of its source: the same, but for what says which language they are of.

`images/boosting.zh-TW.svg` is `images/boosting.svg`, `https://docs.aws.amazon.com/zh_tw/x.html` is the English page.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, unquote, urlsplit

_COUNTRIES = {"ja": "jp", "ko": "kr"}
"""What sites call a language whose tag names no country."""
_ALSO = {"en": "en-us", "zh-hant": "zh-tw", "zh-tw": "zh-hant", "zh-hans": "zh-cn", "zh-cn": "zh-hans"}
"""Other tags that sites have for the same language."""
_SUFFIX = re.compile(r"\.(?P<language>[A-Za-z]{2,3}(?:[-_][A-Za-z]{2,4})*)(?=\.[A-Za-z0-9]+$|$)")


def same(source: str, translation: str, source_language: str, language: str) -> bool:
    """Whether an address in a translation means what one of its source means."""
    try:
        here, there = urlsplit(source), urlsplit(translation)
    except ValueError:  # no address at all: `http://[`
        return source == translation
    same_host = (here.scheme, here.netloc) == (there.scheme, there.netloc)
    hosts = same_host or _host(here, source_language) == _host(there, language)
    if not hosts or (here.fragment != there.fragment and not _other_page(here, there)):
        return False
    if _names(here, source_language) and _names(there, language):
        return True  # the page of a wiki has a name of its own in each language
    paths = _path(here, source_language) == _path(there, language)
    return paths and _query(here, source_language) == _query(there, language)


def neutral(address: str, language: str) -> str:
    """An address, or any other text, without what says that it is of a language."""
    try:
        found = urlsplit(address)
    except ValueError:
        return address
    return f"{_host(found, language)}/{_path(found, language)}#{found.fragment}"


def _other_page(here: SplitResult, there: SplitResult) -> bool:
    """Whether both are other people's pages, whose parts have names in their own language."""
    return bool(here.netloc and there.netloc) and here != there


def _names(address: SplitResult, language: str) -> bool:
    """Whether the host's name begins with a language."""
    return "." in address.netloc and address.netloc.lower().partition(".")[0] in _tags(language)


def _host(address: SplitResult, language: str) -> str:
    first, dot, rest = address.netloc.lower().partition(".")
    if dot and first in _tags(language) | {"www"}:
        return f"{address.scheme}//{rest}"
    return f"{address.scheme}//{address.netloc.lower()}"


def _path(address: SplitResult, language: str) -> str:
    tags = _tags(language)
    parts = [part for part in unquote(address.path).split("/") if part.lower() not in tags]
    return _SUFFIX.sub(lambda found: "" if found["language"].lower() in tags else found[0], "/".join(parts))


def _query(address: SplitResult, language: str) -> list[str]:
    return sorted(part for part in address.query.split("&") if part.partition("=")[2].lower() not in _tags(language))


@lru_cache
def _tags(language: str) -> frozenset[str]:
    """What a language is called in addresses, in small letters: `zh-tw`, `zh_tw`, `tw`, `zh`."""
    first, *more = language.lower().split("-")
    region = more[-1] if more else _COUNTRIES.get(first, first)
    others = {_ALSO[tag] for tag in (language.lower(), first) if tag in _ALSO}
    own = {first, region, language.lower(), *others}
    return frozenset({*own, *(tag.replace("-", "_") for tag in own)})
