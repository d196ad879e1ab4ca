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
_IN_FORMULA = re.compile(r"\\(?:text|mbox|textrm|textbf)\s*\{[^{}]*\}")
_ANNOTATION = re.compile(r"\n|\(\d+\)!?")
"""`# (1)!` is where a theme puts the first item of the list below the code."""
_TRAILING = re.compile(r"(?<!\\)[ \t]+$")
"""Blanks at the end of a line, but for those behind the sign that the line goes on, which it then does not."""
_OTHER_BLANKS = re.compile(r"[^\S \t\n]|[\u200b-\u200f\u2060\ufeff]")
_FOR_PROGRAMS = re.compile(
    r"//go:|#\s*(?:syntax|escape)=|#(?:cloud-config|SBATCH|PBS|BSUB|Requires)\b|#\$ -|# /// script"
)
"""So begin comments that programs read: where a file may be built, what a job needs."""
_ILLUSTRATION = re.compile(r"\.illustration\b")


def is_drawn(fence: Fence) -> bool:
    """Whether a fence holds a drawing or a diagram, whose words are translated; not code that somebody may type."""
    is_diagram = fence.custom and not policy.could_run(fence.language)
    is_illustration = _ILLUSTRATION.search(fence.info) is not None
    return is_diagram or (is_illustration and fence.language.lower() in _WORDS)


def without_comments(texts: Sequence[str], language: str) -> tuple[str, ...]:
    """The lines of code that are more than comment and blanks, each without both at its end."""
    code = "\n".join(texts)
    lexer = _lexer(language)
    if lexer is not None:
        tokens = lexer.get_tokens(code)
        code = "".join(_of_comment(text) if _is_comment(kind) else text for kind, text in tokens)
    return tuple(_TRAILING.sub("", line) for line in code.split("\n") if line.strip())


def _of_comment(text: str) -> str:
    """What of a comment is no words: where lines end, and the numbers of annotations; all if a program reads it."""
    if _FOR_PROGRAMS.match(text):
        return text
    return "".join(_ANNOTATION.findall(text))


def visible(text: str) -> str:
    """Code as messages show it: blanks that look like a common one, and are none, by their numbers."""
    return _OTHER_BLANKS.sub(lambda found: f"<U+{ord(found[0]):04X}>", text)


def formula(text: str) -> str:
    """A formula without the words in it, and without blanks."""
    return "".join(_IN_FORMULA.sub(r"\\text{}", text).split())


def _is_comment(kind: Any) -> bool:
    from pygments.token import Comment

    is_code = any(kind in each for each in (Comment.Preproc, Comment.PreprocFile, Comment.Hashbang))
    return kind in Comment and not is_code


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
