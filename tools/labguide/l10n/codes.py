"""Code in fences as parity compares it: token by token, without comments, which are words of a language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from labguide import policy
from labguide.blocks import Fence

_WORDS = ("", "text", "plain", "txt")
"""Languages that are none: what an author marks as an illustration in one of them is a drawing, with words in it."""
_IN_FORMULA = re.compile(r"\\(?:text|mbox|textrm|textbf|operatorname)\s*\{[^{}]*\}")
_ILLUSTRATION = re.compile(r"\.illustration\b")


def is_drawn(fence: Fence) -> bool:
    """Whether a fence holds a drawing or a diagram, whose words are translated; not code that somebody may type."""
    is_illustration = _ILLUSTRATION.search(fence.info) is not None
    return (fence.custom and not policy.could_run(fence.language)) or (
        is_illustration and fence.language.lower() in _WORDS
    )


def without_comments(texts: Sequence[str], language: str) -> tuple[str, ...]:
    """The lines of code that are more than comment and blanks, each without both at its end."""
    code = "\n".join(texts)
    lexer = _lexer(language)
    if lexer is not None:
        code = "".join(
            "\n" * value.count("\n") if _is_comment(kind) else value for kind, value in lexer.get_tokens(code)
        )
    return tuple(line.rstrip() for line in code.split("\n") if line.strip())


def formula(text: str) -> str:
    """A formula without the words in it, and without blanks."""
    return "".join(_IN_FORMULA.sub(r"\\text{}", text).split())


def _is_comment(kind: Any) -> bool:
    from pygments.token import Comment

    return (
        kind in Comment
        and kind not in Comment.Preproc
        and kind not in Comment.PreprocFile
        and kind not in Comment.Hashbang
    )


@lru_cache
def _lexer(language: str) -> Any:
    """What Pygments reads a language with; None for one that it does not know, and for text."""
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    if language.lower() in _WORDS:
        return None
    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return None
