"""Markdown that a cell left, as HTML: rendered by itself, as a notebook would, so that it cannot reach into its page.

Put into the page's own Markdown, a rule in it would cut a slide, a fence that it leaves open would swallow what
follows, and a line that looks like a quote would be one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from labguide.weaving import formulas

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


def as_html(text: str) -> str:
    """CommonMark with tables, and formulas between dollar signs, as HTML.

    Raises `CannotShowError` where a formula cannot be shown.
    """
    return str(_parser().render(text))


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # here, because few sites have such outputs
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False)
    for kind in ("math_inline", "math_inline_double", "math_block", "math_block_label"):
        parser.add_render_rule(kind, _formula)
    return parser


def _formula(_: Any, tokens: Sequence[Token], index: int, *__: Any) -> str:
    token = tokens[index]
    return formulas.mathml(f"${token.content}$" if token.type == "math_inline" else f"$${token.content}$$")
