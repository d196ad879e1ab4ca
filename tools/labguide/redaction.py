"""Makes outputs fit to be published and compared: nothing private, nothing that differs from run to run.

Two lists of rules, each a pattern and what to write instead. The replacements are the values that AWS's own
documentation uses in examples, so that a page still reads naturally.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ACCOUNT = "111122223333"
"""AWS's own documentation account."""


@dataclass(frozen=True)
class Rule:
    """Replace every match of `pattern` by `replacement`; `name` is for the reader of this table."""

    name: str
    pattern: re.Pattern[str]
    replacement: str


def _rule(name: str, pattern: str, replacement: str) -> Rule:
    return Rule(name, re.compile(pattern), replacement)


PRIVATE: tuple[Rule, ...] = (
    _rule(
        "presigned query",
        r"([?&](?:X-Amz-[\w-]+|AWSAccessKeyId|Signature|Expires)=)[^&\s\"'<>]+",
        r"\1EXAMPLE",
    ),
    _rule("access key id", r"\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}\b", "AKIAIOSFODNN7EXAMPLE"),
    _rule(
        "secret or token",
        r"(?i)((?:secret[\w-]*key|session[\w-]*token|auth[\w-]*token|password)[\"']?\s*[:=]\s*[\"']?)[\w/+=.-]{12,}",
        r"\1EXAMPLE",
    ),
    _rule("url token", r"([?&](?:token|authToken)=)[^&\s\"'<>]+", r"\1EXAMPLE"),
    # An account owns a name, an ARN or a bucket. AWS's public image registries are no secret and stay.
    _rule("account id", r"(?<![\d.])\d{12}(?![\d.]|\.dkr\.ecr)(?!\.\d)", ACCOUNT),
    _rule("e-mail address", r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b", "student@example.com"),
    _rule("home folder", r"(?:/home|/Users)/[^/\s\"'<>]+|/root(?=/)", "~"),
)

VARYING: tuple[Rule, ...] = (
    _rule("terminal colour", r"\x1b\[[0-9;?]*[ -/]*[@-~]", ""),
    _rule("generated job name", r"-\d{4}(?:-\d\d){5}-\d{3}\b", "-2026-01-01-09-00-00-000"),
    _rule("log stream of a job", r"\b(algo-\d+)-\d{10}\b", r"\1-1767225600"),
    _rule("generated resource name", r"-20\d{12}\b", "-20260101090000"),
    _rule(
        "date and time",
        r"\b20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:Z|[+-]\d\d:?\d\d)\b)?",
        "2026-01-01 09:00:00",
    ),
    _rule("uuid", r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", "01234567-89ab-cdef-0123-456789abcdef"),
    _rule("loopback port", r"\b(127\.0\.0\.\d+|localhost):\d{2,5}\b", r"\1:8080"),
    _rule("object address", r"\b0x[0-9a-f]{6,16}\b", "0x7f0000000000"),
    _rule("temporary folder", r"/(?:private/)?(?:var/folders/[\w/+-]+|tmp)/[\w.-]+", "/tmp/workshop"),  # noqa: S108
)


def clean_text(text: str, secrets: Sequence[str] = ()) -> str:
    """`text` without what is private or varies; `secrets` are exact strings of this run, such as its account."""
    for secret in filter(None, secrets):
        text = text.replace(secret, ACCOUNT if secret.isdigit() else "EXAMPLE")
    text = text.replace(str(Path.home()) + "/", "~/")
    for rule in (*PRIVATE, *VARYING):
        text = rule.pattern.sub(rule.replacement, text)
    return text


def clean(value: Any, secrets: Sequence[str] = ()) -> Any:
    """The same for a JSON value: every string in it, keys included; numbers stay."""
    if isinstance(value, str):
        return clean_text(value, secrets)
    if isinstance(value, Mapping):
        return {clean_text(str(key), secrets): clean(item, secrets) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item, secrets) for item in value]
    return value
