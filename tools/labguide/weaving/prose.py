"""Markdown that a cell left, as HTML: rendered by itself, as a notebook would, so that it cannot reach into its page.

Put into the page's own Markdown, a rule in it would cut a slide, a fence that it leaves open would swallow what
follows, and a line that looks like a quote would be one.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from labguide.weaving import formulas


def as_html(text: str) -> str:
    """CommonMark with tables, and formulas between dollar signs, as HTML.

    Raises `CannotShowError` where a formula cannot be shown.
    """
    return str(_parser().render(text))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return parser.use(dollarmath_plugin, allow_space=False, allow_digits=False, renderer=_formula)


def _formula(content: str, options: dict[str, Any]) -> str:
    return formulas.mathml(f"$${content}$$" if options["display_mode"] else f"${content}$")
