"""Finds what is secret: by its form, wherever it stands, or by the name that stands beside it.

The forms are those that their issuers document; gitleaks and detect-secrets, which find that a file holds a secret
but not where it ends, were read for what is missing. Letters count as ASCII only, so that Chinese text beside a key
does not hide it. No pattern tries a piece of text more than a bounded number of times.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

EXAMPLE = "EXAMPLE"
"""Part of every replacement, and of the keys in AWS's own documentation: what holds it is no secret."""


@dataclass(frozen=True)
class Secret:
    """A secret string, and how its replacement begins: `ghp_` tells a reader what stood there."""

    value: str
    prefix: str = ""
    alone: bool = True
    """It is told apart from all else, so it is replaced wherever the run shows it; a short password is not."""


@dataclass(frozen=True)
class Form:
    """What a kind of secret looks like. The group `secret` of the pattern, or else all of it, is what is replaced."""

    name: str
    pattern: re.Pattern[str]
    prefix: str = ""
    holds: Callable[[str], bool] = lambda _value: True


def _form(name: str, pattern: str, prefix: str = "", holds: Callable[[str], bool] = lambda _value: True) -> Form:
    return Form(name, re.compile(pattern, re.ASCII), prefix, holds)


def _is_mixed(value: str) -> bool:
    """Whether letters and digits are mixed, as no word and no number is."""
    return any(each.isdigit() for each in value) and any(each.isalpha() for each in value)


def _is_both_cases(value: str) -> bool:
    return _is_mixed(value) and value != value.lower() and value != value.upper()


def _is_drawn_by_lot(value: str) -> bool:
    """Whether a text of 40 characters has both cases, digits, and more bits in a character than words or paths have."""
    share = [value.count(each) / len(value) for each in set(value)]
    entropy = -sum(each * math.log2(each) for each in share)
    return _is_both_cases(value) and entropy >= 4.4 and sum(each.isdigit() for each in value) >= 2


def _is_basic(value: str) -> bool:
    """Whether it is a name and a password, as HTTP's Basic authentication sends them (RFC 7617)."""
    try:
        return b":" in base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False


_START = r"(?<![A-Za-z0-9])"
_END = r"(?![A-Za-z0-9])"
_RUN = r"(?<![A-Za-z0-9_-])"

FORMS: tuple[Form, ...] = (
    _form("AWS access key id", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Z0-9])", "AKIA"),
    _form("AWS secret key", r"(?<![A-Za-z0-9/+=_.-])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=_-])", "", _is_drawn_by_lot),
    _form("AWS session token", _START + r"(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz)[A-Za-z0-9/+=]{40,8000}"),
    _form("Bedrock key", r"ABSK[A-Za-z0-9+/]{80,200}={0,2}", "ABSK"),
    _form("GitHub token", r"gh[pousr]_[A-Za-z0-9]{30,255}", "ghp_"),
    _form("GitHub token", r"github_pat_[A-Za-z0-9_]{22,255}", "github_pat_"),
    _form("GitLab token", r"gl(?:pat|dt|ft|soat|rt|cbt|imt|ptt|agent|oas)-[A-Za-z0-9_-]{20,1024}", "glpat-"),
    _form("Hugging Face token", r"hf_[A-Za-z0-9]{30,100}", "hf_"),
    _form("OpenAI or Anthropic key", _START + r"sk-[A-Za-z0-9_-]{20,300}", "sk-", _is_both_cases),
    _form("Stripe key", _START + r"[rs]k_(?:live|test)_[A-Za-z0-9]{16,250}", "sk_live_"),
    _form("Groq, Replicate or xAI key", _START + r"(?:gsk_|r8_|xai-)[A-Za-z0-9]{30,200}", "gsk_"),
    _form("NVIDIA or Perplexity key", _START + r"(?:nvapi|pplx)-[A-Za-z0-9_-]{30,200}", "nvapi-"),
    _form("Slack token", r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{10,400}", "xoxb-"),
    _form("Slack app token", r"xapp-\d-[A-Za-z0-9-]{10,400}", "xapp-"),
    _form("Slack webhook", r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<secret>[A-Za-z0-9+/_-]{20,200})"),
    _form("npm token", r"npm_[A-Za-z0-9]{36,100}", "npm_"),
    _form("PyPI token", r"pypi-[A-Za-z0-9_-]{70,1000}", "pypi-"),
    _form("Google API key", r"AIza[A-Za-z0-9_-]{35}", "AIza"),
    _form("Google OAuth token", _START + r"ya29\.[A-Za-z0-9_-]{20,1000}", "ya29."),
    _form("Google client secret", r"GOCSPX-[A-Za-z0-9_-]{28}", "GOCSPX-"),
    _form("Databricks token", _START + r"dapi[a-f0-9]{32}(?:-\d)?", "dapi"),
    _form("DigitalOcean token", r"do[opr]_v1_[a-f0-9]{64}", "dop_v1_"),
    _form("Docker token", r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,100}", "dckr_pat_"),
    _form("Grafana token", r"gl(?:sa|c)_[A-Za-z0-9+/=_-]{32,400}", "glsa_"),
    _form("HashiCorp token", _START + r"hv[sbr]\.[A-Za-z0-9_-]{24,300}", "hvs."),
    _form("Terraform token", r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}"),
    _form("SendGrid key", _START + r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}", "SG."),
    _form("Mailchimp key", _START + r"[0-9a-f]{32}-us\d{1,2}" + _END),
    _form("Shopify token", r"shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}", "shpat_"),
    _form("Square token", r"(?:sq0(?:csp|atp)-[A-Za-z0-9_-]{22,60}|EAAA[A-Za-z0-9_-]{60})", "sq0csp-"),
    _form("Discord token", _START + r"[MNO][A-Za-z\d_-]{23,25}\.[A-Za-z\d_-]{6}\.[A-Za-z\d_-]{27,38}"),
    _form("Telegram token", _START + r"\d{8,10}:AA[A-Za-z0-9_-]{33}" + _END),
    _form("Azure storage key", r"AccountKey=(?P<secret>[A-Za-z0-9+/=]{80,100})"),
    _form("Azure signature", r"[?&;]sig=(?P<secret>[A-Za-z0-9%+/=_-]{30,200})"),
    _form("age key", r"AGE-SECRET-KEY-1[A-Z0-9]{50,80}", "AGE-SECRET-KEY-1"),
    # One try for each run of letters, so that a long text of `eyJ` is read once.
    _form(
        "JSON web token",
        _RUN + r"[A-Za-z0-9_-]{11,8000}\.eyJ[A-Za-z0-9_-]{8,16000}\.[A-Za-z0-9_-]{0,8000}",
        holds=lambda value: "eyJ" in value.partition(".")[0],
    ),
    _form(
        "encrypted JSON web token",
        _RUN + r"[A-Za-z0-9_-]{11,8000}(?:\.[A-Za-z0-9_-]{0,8000}){4}(?![A-Za-z0-9_.-])",
        holds=lambda value: "eyJ" in value.partition(".")[0],
    ),
    _form(
        "private key",
        r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:\\r|\\n|\s){1,8}"
        r"(?:[A-Za-z-]{3,20}: [^\n\\]{0,100}(?:\\r|\\n|\s){1,8}){0,8}"
        r"(?P<secret>[A-Za-z0-9+/=]{16}[A-Za-z0-9+/=\s\\]*)",
    ),
    _form("URL password", r"[A-Za-z][A-Za-z0-9+.-]{1,30}://[^\s/:@'\"<>?#]{0,100}:(?P<secret>[^\s/@'\"<>]{1,200})@"),
    _form(
        "signed request",
        r"(?:[?&;]|%3F|%26|\b)(?:X-Amz-(?:Signature|Credential|Security-Token)|AWSAccessKeyId|Signature|"
        r"authToken|access_token|id_token|refresh_token)(?:=|%3D)(?P<secret>(?:(?!%26)[^\s&\"'<>;|]){8,8000})",
    ),
    _form("token in an address", r"[?&;](?:token|key|api_key|apikey)(?:=|%3D)(?P<secret>[^\s&\"'<>;|]{8,8000})"),
    _form("bearer", r"(?:[Bb]earer|BEARER)[ ]{1,4}(?P<secret>[A-Za-z0-9._~+/-]{16,8000}={0,2})", "", _is_mixed),
    _form("basic authentication", r"(?:[Bb]asic|BASIC)[ ]{1,4}(?P<secret>[A-Za-z0-9+/]{8,8000}={0,2})", "", _is_basic),
)

_STRONG = (
    r"secret_?(?:access_?)?key|(?:aws_?)?session_?token|security_?token|auth(?:orization)?_?token|access_?token|"
    r"refresh_?token|id_?token|api_?key|api_?secret|client_?secret|private_?key|secret_?string|signing_?key|"
    r"account_?key|connection_?string|credentials?|secret|token"
)
_WORD = r"pass_?(?:word|wd|phrase)|pwd|passcode"
_CHINESE = "密碼|口令|金鑰|密鑰|權杖"

# The name may be part of a longer one (`DB_PASSWORD`); capitals begin words in it (`SecretAccessKey`).
_NAME = re.compile(
    rf"(?:^|(?<=[^A-Za-z])|(?<=[a-z])(?=[A-Z]))(?:(?P<word>{_WORD})|(?P<strong>{_STRONG}))$", re.IGNORECASE | re.ASCII
)
_NAMED = re.compile(
    rf"(?P<name>{_RUN}[A-Za-z_][A-Za-z0-9_-]{{1,60}}|{_CHINESE})"
    r"(?P<between>\\?[\"']?\]?[ \t]{0,4}(?:[:=：|│]|=>|:=)[ \t]{0,80}|[\"']?[ \t]*,[ \t]*(?=[\"'])|[ \t]{2,80}|\t)"
    r"(?:b?(?P<quote>\\?[\"'])(?P<quoted>[^\"'\n\\]{1,4000})(?P=quote)|(?P<bare>[!-~]{4,4000}))",
    re.ASCII,
)
_ANY_NAME = re.compile(f"{_WORD}|{_STRONG}|{_CHINESE}", re.IGNORECASE)
_CODE = re.compile(r"[A-Za-z_][\w.]*(?:[(\[].*)?[,;)\]}]*|[-+]?[\d.,%]+[,;)\]}]*", re.ASCII)
_UNBROKEN = re.compile(r"(?=[^a-z]*[a-z]|[^A-Z]*[A-Z])[A-Za-z0-9+/=-]{20,}", re.ASCII)
"""Longer than words are. Names in code are as long, with underscores."""
_CLOSING = re.compile(r"[\"'`,:;)\]}>|.]+$")
_EMPTY = frozenset({"none", "null", "true", "false", "hidden", "redacted", "required", "optional", "string", "str"})


def find(text: str) -> Iterator[Secret]:
    """The secrets in a text, by their form and by the names beside them."""
    for form in FORMS:
        for match in form.pattern.finditer(text):
            value = (match["secret"] if "secret" in form.pattern.groupindex else match[0]).rstrip(" \\\n\t\r")
            if EXAMPLE not in value and form.holds(value):
                yield Secret(value, form.prefix, alone=len(value) >= _LONG)
    if _ANY_NAME.search(text):
        for match in _NAMED.finditer(text):
            yield from _named_in_text(match)


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


def named(name: str, value: str) -> Iterator[Secret]:
    """`value` as a secret, if its name says that it is one and it may be one."""
    kind = _NAME.search(name.strip().replace("-", "_").replace(" ", "_").strip("\"'`:_"))
    chinese = name.strip() in _CHINESE.split("|")
    if EXAMPLE in value or not (kind or chinese) or value.strip().lower() in _EMPTY:
        return
    is_password = kind is None or kind["word"] is not None
    # A text is cut into tokens, too: only a long one is a secret.
    shortest = _TOKEN if kind and kind[0].lower() == "token" else _SHORT
    drawn = _looks_random(value) or _UNBROKEN.fullmatch(value)
    if _may_be_password(value) if is_password else drawn and len(value) >= shortest:
        yield Secret(value, alone=bool(drawn))


_SHORT, _LONG, _TOKEN = 8, 12, 16


def _named_in_text(match: re.Match[str]) -> Iterator[Secret]:
    if match["quoted"] is not None:
        yield from named(match["name"], match["quoted"])
        return
    bare = _CLOSING.sub("", match["bare"])
    # In code that an output shows, what follows is an expression; in a table, often a number or another heading.
    is_mixed_word = _is_mixed(bare) and not re.search(r"[(.]", bare)
    is_no_code = not _CODE.fullmatch(bare) or _UNBROKEN.fullmatch(bare)
    if is_mixed_word or (match["between"].strip() and is_no_code):
        yield from named(match["name"], bare)


def _may_be_password(value: str) -> bool:
    """Any text that is no sentence about passwords; a label of a form, say, ends with a stop or names what it asks."""
    words = value.split()
    return len(value.strip()) >= 3 and not (
        len(words) > 1 and (value.rstrip()[-1] in ".:?!…" or re.search("pass|pwd|密碼", value, re.IGNORECASE))
    )


def _looks_random(value: str) -> bool:
    """Long enough, in one piece, and with digits or signs among the letters, as words and numbers have not."""
    return len(value) >= _SHORT and not re.search(r"\s", value) and _is_mixed(value) and not value.startswith("<")
