"""Reads one step of a plan, in a heading or in a row of a table: `3. Partners Do: Train a model (0:15) (Critical)`.

step  := [emoji] [number] [role [verb] separator] title groups
role  := instructor, students, everyone, ..., joined by "/" or "and"
group := a time, or a value, in brackets; all other groups belong to the title
"""

from __future__ import annotations

import difflib
import html
import re
import unicodedata
from dataclasses import dataclass

from labguide.schedule import times, vocabulary
from labguide.schedule.model import ActivityKind, Role, Value, Verb
from labguide.schedule.times import Duration

_ID = re.compile(r"\s*\{:?\s*(?P<inside>[^{}]*[#.][^{}]*)\}\s*$")
_NAME = re.compile(r"#(?P<name>[^\s#.{}]+)")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|</?[a-zA-Z][\w-]*\s*$")
_LINK = re.compile(r"!?\[(?P<text>[^\]]*)\]\((?:[^()]|\([^()]*\))*\)")
_EMPHASIS = re.compile(r"\*+|(?<!\w)_+(?=\S)|(?<=\S)_+(?!\w)|`")
_SHORTCODE = re.compile(r"^:[a-z0-9_+-]+:\s*")
_NUMBER = re.compile(
    r"^(?P<number>-?\d+(?:\.\d+)*)(?:\s?[.):：]+(?!\d)|(?=\s)(?!\s*(?:(?:minute|min|m|hour|hr|h)s?\b|分鐘|小時)))\s*",
    re.IGNORECASE,
)
_ELAPSED = re.compile(r"^\d{1,2}:\d\d\s*[-–—]\s*\d{1,2}:\d\d\s*[-–—:]*\s*")
_JOIN = r"\s*(?:/|,|&|\+|、|與|和|及|\band\b|\by\b|\bet\b)\s*"
_ONE = rf"(?:{vocabulary.either(vocabulary.ROLES)})(?![a-z'])"
_WHO = re.compile(
    rf"^(?P<roles>{_ONE}(?:{_JOIN}{_ONE})*)\s*(?P<verb>(?:{vocabulary.either(vocabulary.VERBS)})(?![a-z]))?"
    rf"\s*(?P<separator>[:：]|[-–—](?=\s)|(?=\s)|(?=[{times.OPEN}])|$)\s*",
    re.IGNORECASE,
)
_SPLIT = re.compile(_JOIN, re.IGNORECASE)
_SOMEBODY_DOES = re.compile(r"^(?P<who>\w[\w'/& ]{0,30}?)\s+(?:do|does)\s*[:：]", re.IGNORECASE)
_SOMEBODY = re.compile(r"^(?P<who>\w[\w'/&]{0,20})\s*(?:\s(?:demo|review))?\s*[:：]", re.IGNORECASE)
_COLON = re.compile(r"^(?P<word>\w{2,12})\s*[:：]\s*\S")
_TRAILING_VALUE = re.compile(
    rf"\s*[-–—,]?\s*(?<!\w)(?P<value>{vocabulary.either(word for word in vocabulary.VALUES if word.isascii())})!*\s*$",
    re.IGNORECASE,
)
_LEADING_VALUE = re.compile(
    r"^(?P<value>critical|optional|bonus|extra)(?:\s*[-–—:：]+\s*|\s+(?=[^:]*\bdo\s*:))(?=\S)", re.IGNORECASE
)
_EDGES = " \t-–—:：,;*#."


@dataclass(frozen=True)
class Step:
    """What a line says of a step."""

    title: str
    number: str = ""
    roles: tuple[Role, ...] = ()
    verb: Verb = ""
    kind: ActivityKind = "activity"
    duration: Duration | None = None
    value: Value = ""
    name: str = ""
    """The id of its heading."""
    stranger: str = ""
    """Who does it, if that is nobody known."""
    before_colon: str = ""
    """The word before a colon in the title: who does it, perhaps, where all other steps of a plan say that."""

    @property
    def says_who(self) -> bool:
        """Whether it says who is busy, or is one of the steps in which nobody is."""
        return bool(self.roles or self.stranger) or self.kind != "activity"


def plain(text: str) -> str:
    """A text without markup, with single blanks."""
    shown = _EMPHASIS.sub("", _LINK.sub(r"\g<text>", _TAG.sub("", text)))
    return " ".join(html.unescape(shown).split())


def heading_id(text: str) -> tuple[str, str]:
    """The id that a heading has, empty if it has none, and the heading without its attributes."""
    found = _ID.search(text)
    if found is None:
        return "", text
    name = _NAME.search(found["inside"])
    return name["name"] if name else "", text[: found.start()]


def read(text: str) -> Step:
    """What a heading or a row of a table says of a step."""
    name, text = heading_id(text)
    rest = _ELAPSED.sub("", _undecorated(plain(text)))
    number, rest = _taken(_NUMBER, rest, "number")
    duration, value, rest = _groups(_undecorated(rest))
    number, rest = (number, rest) if number else _taken(_NUMBER, _undecorated(rest), "number")
    if leading := _LEADING_VALUE.match(rest):
        value, rest = value or vocabulary.VALUES[leading["value"].lower()], rest[leading.end() :]
    roles, verb, title = _who(_undecorated(rest))
    stranger = ""
    if not roles and verb == "":
        roles, stranger, title = _strangers(title)
    title = title.strip(_EDGES) or rest.strip(_EDGES)
    kind = _kind(title, duration)
    if kind == "break":
        roles, verb = (), ""
    flex = kind == "activity" and not roles and duration is None and vocabulary.FLEX.fullmatch(title)
    duration = Duration(rest=True) if flex else duration
    colon = _COLON.match(title) if kind == "activity" and not roles else None
    return Step(title, number, roles, verb, kind, duration, value, name, stranger, colon["word"] if colon else "")


def _undecorated(text: str) -> str:
    """The text without what decorates its beginning: pictures, arrows, their names between colons."""
    text = _SHORTCODE.sub("", text.lstrip())
    start = next((at for at, letter in enumerate(text) if not _is_decoration(letter)), len(text))
    return text[start:].lstrip()


def _is_decoration(letter: str) -> bool:
    return unicodedata.category(letter) in ("So", "Sk", "Cf", "Mn", "Co", "Cn") or letter in " \t*•►→~\ufe0f"


def _taken(form: re.Pattern[str], text: str, name: str) -> tuple[str, str]:
    found = form.match(text)
    return (found[name], text[found.end() :]) if found else ("", text)


def _groups(text: str) -> tuple[Duration | None, Value, str]:
    """The time and the value that a text says, and the text without them."""
    duration: Duration | None = None
    value: Value = ""
    for group in reversed(list(times.GROUP.finditer(text))):
        said = times.of_group(group["inside"]) if duration is None or duration.minutes is None else None
        meant = _value(group["inside"])
        if said and not (duration and said.minutes is None):
            duration = Duration(said.minutes, said.least, said.rest, said.before or _is_before(duration), said.unfilled)
        if said or (meant and not value):
            text = f"{text[: group.start()]} {text[group.end() :]}"
        value = value or meant
    if not value and (trailing := _TRAILING_VALUE.search(text)) and _is_value(trailing["value"], duration):
        value, text = vocabulary.VALUES[trailing["value"].lower()], text[: trailing.start()]
    if duration is None and (bare := times.at_end(text)):
        duration, text = bare
    ahead = times.at_start(text) if duration is None else None
    if ahead and vocabulary.BREAK.fullmatch(ahead[1]):
        duration, text = ahead
    return duration, value, " ".join(text.split())


def _is_value(word: str, duration: Duration | None) -> bool:
    """Whether a word at the end of a title is a value: short ones mean it in capitals only."""
    return word.isupper() or (duration is not None and len(word) > 4)


def _is_before(duration: Duration | None) -> bool:
    return duration is not None and duration.before


def _value(text: str) -> Value:
    """The value that the text of a pair of brackets says, alone or beside a time."""
    words = [word.strip(" *!.").lower() for word in re.split(r"[,;/|、，]|\s-\s|\bpriority\b|\bvalue\b|優先", text)]
    return next((vocabulary.VALUES[word] for word in words if word in vocabulary.VALUES), "")


def _who(text: str) -> tuple[tuple[Role, ...], Verb, str]:
    """Who is busy, with what, and the text without that."""
    found = _WHO.match(text)
    if found is None:
        return (), "", text
    words = [" ".join(word.lower().split()) for word in _SPLIT.split(found["roles"])]
    verb = vocabulary.VERBS[found["verb"].lower()] if found["verb"] else ""
    spoken = any(word in vocabulary.SPOKEN for word in words) and verb != "do"
    if spoken or not (verb or found["separator"] in (":", "：")):
        return (), "", text
    roles = tuple(dict.fromkeys(vocabulary.ROLES[word] for word in words))
    return roles, verb, text[found.end() :]


def _strangers(text: str) -> tuple[tuple[Role, ...], str, str]:
    """Who is meant by who is not known, beside those of them who are, and the text without all of these."""
    doing = _SOMEBODY_DOES.match(text)
    if doing and not doing["who"].lower().endswith("to"):  # "What to do: ..."
        words = [word.strip() for word in _SPLIT.split(doing["who"])]
        roles = dict.fromkeys(vocabulary.ROLES[word.lower()] for word in words if word.lower() in vocabulary.ROLES)
        strangers = (word for word in words if word.lower() not in vocabulary.ROLES)
        return tuple(roles), ", ".join(strangers), text[doing.end() :]
    found = _SOMEBODY.match(text)
    who = found["who"] if found else ""
    known = [word for word in vocabulary.ROLES if len(word) > 4]
    near = difflib.get_close_matches(who.lower(), known, n=1, cutoff=0.8) if who.lower() not in known else []
    return ((), who, text[found.end() :]) if found and near else ((), "", text)


def _kind(title: str, duration: Duration | None) -> ActivityKind:
    if (duration and duration.before) or vocabulary.BEFORE.match(title):
        return "before"
    if vocabulary.BREAK.fullmatch(title):
        return "break"
    return "end" if vocabulary.END.fullmatch(title) else "activity"
