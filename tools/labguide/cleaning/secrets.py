"""Finds what is secret: by its form, wherever it stands, or by the name that stands beside it."""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from labguide.cleaning.forms import FORMS, SURE, Form, is_mixed

EXAMPLE = "EXAMPLE"
"""Part of every replacement, and of the keys in AWS's own documentation: what holds it is no secret."""


@dataclass(frozen=True)
class Secret:
    """A secret string, and how its replacement begins: `ghp_` tells a reader what stood there."""

    value: str
    prefix: str = ""
    alone: bool = True
    """It is told apart from all else, so it is replaced wherever the run shows it; a short password is not."""


_STRONG = (
    r"secret_?(?:access_?)?key|(?:aws_?)?session_?token|security_?token|auth(?:orization)?_?token|access_?token|"
    r"refresh_?token|id_?token|api_?key|api_?secret|client_?secret|private_?key|secret_?string|signing_?key|"
    r"account_?key|connection_?string|amz_?signature|credentials?|key_?data|session_?id|secret|token"
)
_WORD = r"pass_?(?:word|wd|phrase|code)|(?<=_)pass|pwd"
_CHINESE = "密碼|口令|金鑰|密鑰|權杖"

# The name may be part of a longer one (`DB_PASSWORD`); capitals begin words in it (`SecretAccessKey`).
_NAME = re.compile(
    rf"(?:^|(?<=[^A-Za-z])|(?<=[a-z])(?=[A-Z]))(?:(?P<word>{_WORD})|(?P<strong>{_STRONG}))$", re.IGNORECASE | re.ASCII
)
_NAME_IN_TEXT = re.compile(rf"(?<![A-Za-z0-9_-])[A-Za-z_][A-Za-z0-9_-]{{1,60}}|{_CHINESE}", re.ASCII)
_VALUE = re.compile(
    r"(?P<between>\\?[\"']?\]?[ \t]{0,4}(?:[:=：|│]|=>|:=)[ \t]{0,80}|[\"']?[ \t]*,[ \t]*(?=[\"'])|[ \t]{1,80}|=3D)"
    r"(?:b?(?P<quote>\\?[\"'])(?P<quoted>[^\"'\n\\]{1,4000})(?P=quote)"
    r"|(?P<bare>(?:(?!(?:&amp;|[&;,])[A-Za-z_-]{1,40}=|</)[!-~]){3,4000}))",
    re.ASCII,
)
_ANY_NAME = re.compile(f"{_WORD}|{_STRONG}".replace("_?", "[_ -]?") + f"|{_CHINESE}", re.IGNORECASE)
_CODE = re.compile(r"[A-Za-z_][\w.]*(?:[(\[].*)?[,;)\]}]*|[-+]?[\d.,%]+[,;)\]}]*", re.ASCII)
_UNBROKEN = re.compile(r"[A-Za-z0-9+/=-]{20,}", re.ASCII)
_TURN = re.compile(r"(?<=[a-z])[A-Z]|(?<=[A-Z])[a-z]", re.ASCII)
_OF_PAGES = re.compile(
    r"(?:next|continuation|client|request|page|marker|output|input|sync)[_-]?(?:token|key)$", re.IGNORECASE
)
"""What says where a list goes on, or that a request is the same as an earlier one."""
_CLOSING = re.compile(r"[\"'`,:;)\]}>|.\\]+$")
_TEMPLATE = re.compile(r"[(\[{<]|[$%][({\w]|\*+$|\.{2,}|x+$", re.IGNORECASE)
"""What stands for a value, in code, in a template or in its description."""
_EMPTY = frozenset({"none", "null", "true", "false", "hidden", "redacted", "required", "optional", "string", "str"})


@dataclass(frozen=True)
class Found:
    """A secret, and where in a text it stands."""

    secret: Secret
    start: int
    stop: int


def find(text: str) -> Iterator[Secret]:
    """The secrets in a text: as it is, escaped for HTML, addresses or LaTeX, in base64, coloured, or folded."""
    for view in dict.fromkeys(_views(text)):
        yield from (each.secret for each in places(view))


def _views(text: str) -> Iterator[str]:
    """The text as it is, and as it is meant where something in it is escaped, coloured, folded or coded."""
    plain = SEAM.sub("", text)
    meant = html.unescape(html.unescape(plain))
    unfolded = _unfolded(html.unescape(_TAG.sub("", plain)))
    addresses = unquote(unquote(meant)) if "%" in meant else meant
    yield from (text, plain, meant, unfolded, addresses, _ESCAPED.sub(r"\1", meant))
    for each in dict.fromkeys((meant, unfolded)):
        yield from _from_base64(each)


def places(text: str) -> Iterator[Found]:
    """The secrets in a text as it is, by their form and by the names beside them, with their places."""
    yield from _of_forms(text, FORMS)
    if has_name(text):
        yield from _beside_names(text)


def sure(text: str) -> Iterator[Found]:
    """The secrets in a text that nothing else can be, not even a placeholder in a manual."""
    return (each for each in _of_forms(text, SURE) if len(set(each.secret.value)) > _LONG)


def _of_forms(text: str, forms: tuple[Form, ...]) -> Iterator[Found]:
    for form in forms:
        if form.needle and form.needle not in text:
            continue
        group = "secret" if "secret" in form.pattern.groupindex else 0
        for match in form.pattern.finditer(text):
            value = match[group].rstrip(" \\\n\t\r")
            if EXAMPLE not in value and form.holds(value):
                start = match.start(group)
                yield Found(Secret(value, form.prefix, alone=len(value) >= _LONG), start, start + len(value))


SEAM = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|</?(?:span|b|i|em|strong|mark|font|code|wbr)\b[^<>]{0,300}>|[\u200b\u00ad]")
"""What may stand within a word and does not part it: colours of a terminal and of HTML, and places to break a line."""

_TAG = re.compile(r"</?[A-Za-z][^<>]{0,400}>")
_ESCAPED = re.compile(r"\\([_#%&$~-])")
_NARROWEST = 40


def _unfolded(text: str) -> str:
    """The text without the ends of the lines that are as long as the longest, as a console folds what is longer."""
    lines = text.split("\n")
    width = max(map(len, lines))
    if width < _NARROWEST or len(lines) == 1:
        return text
    return "".join(line if len(line) == width else f"{line}\n" for line in lines)


_CODED = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{24,}", re.ASCII)


def _from_base64(text: str) -> Iterator[str]:
    """What stands in a text in base64, where that is text again."""
    for match in _CODED.finditer(text):
        letters = match[0].translate(_STANDARD)
        whole = letters[: len(letters) - (len(letters) % 4 == 1)]
        try:
            plain = base64.b64decode(whole + "=" * (-len(whole) % 4)).decode("ascii")
        except (binascii.Error, ValueError):
            continue
        if plain.isprintable() or "\n" in plain:
            yield plain


_STANDARD = str.maketrans("-_", "+/")


def _beside_names(text: str) -> Iterator[Found]:
    at = 0
    while name := _NAME_IN_TEXT.search(text, at):
        at = name.end()
        if is_name(name[0]) and (value := _VALUE.match(text, at)) and not _is_in_arn(text, name.start()):
            group = "bare" if value["quoted"] is None else "quoted"
            for secret in _named_in_text(name[0], value):
                start = value.start(group)
                yield Found(secret, start, start + len(secret.value))
            at = value.end()


def _is_in_arn(text: str, at: int) -> bool:
    """Whether an ARN, which names secrets but holds none, goes on at a place of the text."""
    return text[at - 1 : at] == ":" and bool(re.search(r"arn:[\w:/-]*$", text[max(0, at - 100) : at], re.ASCII))


def in_pairs(value: Any) -> Iterator[Secret]:
    """The secrets at any depth of a JSON value that are told by what stands beside them: see `of_mapping`."""
    if isinstance(value, Mapping):
        yield from of_mapping(value)
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from in_pairs(item)


def of_mapping(mapping: Mapping[str, Any]) -> Iterator[Secret]:
    """The values of a mapping whose key, or the name in `Key`/`Name` beside `Value`, says that they are secret."""
    for key, item in mapping.items():
        if isinstance(item, str):
            yield from named(str(key), item)
    name = next((mapping[key] for key in ("Name", "Key", "name", "key") if isinstance(mapping.get(key), str)), "")
    told = next((mapping[key] for key in ("Value", "value") if isinstance(mapping.get(key), str)), "")
    yield from named(name, told)


def has_name(text: str) -> bool:
    """Whether a text has the name of a secret anywhere."""
    return bool(_ANY_NAME.search(text))


def is_name(name: str) -> re.Match[str] | bool | None:
    """What in a name says that a secret stands beside it."""
    if name.strip() in _CHINESE.split("|"):
        return True
    plain = name.strip().replace("-", "_").replace(" ", "_").strip("\"'`:_")
    return None if _OF_PAGES.search(plain) else _NAME.search(plain)


def named(name: str, value: str) -> Iterator[Secret]:
    """`value` as a secret, if its name says that it is one and it may be one."""
    kind = is_name(name)
    if EXAMPLE in value or not kind or value.strip().lower() in _EMPTY:
        return
    is_password = kind is True or kind["word"] is not None
    # A text is cut into tokens, too: only a long one is a secret.
    shortest = _TOKEN if kind is not True and kind[0].lower() == "token" else _SHORT
    drawn = _looks_random(value) or _is_unbroken(value)
    if _may_be_password(value) if is_password else drawn and len(value) >= shortest:
        yield Secret(value, alone=drawn)


_SHORT, _LONG, _TOKEN = 8, 12, 16


def _named_in_text(name: str, match: re.Match[str]) -> Iterator[Secret]:
    if match["quoted"] is not None:
        yield from named(name, match["quoted"])
        return
    bare = _CLOSING.sub("", match["bare"])
    # In code that an output shows, what follows is an expression; in a table, often a number or another heading.
    is_mixed_word = is_mixed(bare) and not re.search(r"[(.]", bare)
    is_no_code = not _CODE.fullmatch(bare) or _is_unbroken(bare)
    # In a sentence a name stands beside words.
    in_sentence = match["between"] == " " and not (is_mixed_word and _TOKEN_IN_TEXT.fullmatch(bare))
    if not in_sentence and not _TEMPLATE.match(bare) and (is_mixed_word or (match["between"].strip() and is_no_code)):
        yield from named(name, bare)


_TOKEN_IN_TEXT = re.compile(r"[A-Za-z0-9+/=_-]{12,}", re.ASCII)


def _is_unbroken(value: str) -> bool:
    """Whether it is longer than words are. Names in code are as long, with underscores or with words in capitals."""
    if not _UNBROKEN.fullmatch(value) or value.isdigit():
        return False
    turns = len(_TURN.findall(value))
    return is_mixed(value) or not turns or turns > len(value) / 3


def _may_be_password(value: str) -> bool:
    """Any text that is no sentence about passwords; a label of a form, say, ends with a stop or names what it asks."""
    words = value.split()
    return len(value.strip()) >= 3 and not (
        len(words) > 1 and (value.rstrip()[-1] in ".:?!…" or re.search("pass|pwd|密碼", value, re.IGNORECASE))
    )


def _looks_random(value: str) -> bool:
    """Long enough, in one piece, and with digits or signs among the letters, as words and numbers have not."""
    return len(value) >= _SHORT and not re.search(r"\s", value) and is_mixed(value) and not value.startswith("<")
