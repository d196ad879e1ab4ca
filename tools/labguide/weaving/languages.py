"""Chooses among the forms of an output that are of one language each: `image/png;language=zh-TW`.

Runs draw figures in every language that their labels are known in; see `running.figures`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from labguide.model import Output

_MARK = ";language="


def chosen(outputs: Iterable[Output], language: str) -> Iterator[Output]:
    """The outputs with the forms that are right in a language, named as if there were no other."""
    for output in outputs:
        yield {**output, **{key: _of(output[key], language) for key in ("data", "metadata") if key in output}}


def is_own(mime: str, output: Output, language: str) -> bool:
    """Whether an output has a form for this language alone."""
    return f"{mime}{_MARK}{language}" in output.get("data", {})


def _of(forms: Mapping[str, Any], language: str) -> dict[str, Any]:
    plain = {mime: content for mime, content in forms.items() if _MARK not in mime}
    own = f"{_MARK}{language}"
    return {**plain, **{mime.removesuffix(own): each for mime, each in forms.items() if mime.endswith(own)}}
