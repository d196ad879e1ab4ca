r"""Text with escape sequences as HTML: what a terminal would show at the end, with its colours as classes."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterator

from labguide import terminal
from labguide.terminal import Cell, Style

_NEEDS_TERMINAL = re.compile(r"\A\n|[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]|-8<-")


def is_plain(text: str) -> bool:
    """Whether a fence of Markdown shows this text as a terminal would.

    It would not with escapes, controls or tabs in it; and Pygments leaves out blank lines at the beginning.
    """
    return _NEEDS_TERMINAL.search(text) is None


def as_html(text: str) -> str:
    """The text as the content of a `<pre>`."""
    return "\n".join("".join(_runs(row)) for row in terminal.rows(text)).rstrip()


def _runs(row: list[Cell]) -> Iterator[str]:
    for style, cells in itertools.groupby(row, key=lambda cell: cell[1]):
        yield _marked(escaped("".join(character for character, _ in cells)), style)


def escaped(text: str) -> str:
    """Text for HTML, in which no character is left that would end a line of Markdown or be changed by it."""
    shown = html.escape(text, quote=False).replace("\t", "&#9;")
    shown = shown.replace("\u2028", "&#x2028;").replace("\u2029", "&#x2029;")
    return re.sub("[\ud800-\udfff]", "\ufffd", shown)


def _marked(text: str, style: Style) -> str:
    if style.link:
        text = f'<a href="{html.escape(style.link)}">{text}</a>'
    foreground, background = style.foreground, style.background
    classes = [f"ansi-{trait}" for trait in sorted(style.traits)]
    classes += [f"ansi-fg-{foreground}"] if foreground.isdigit() else []
    classes += [f"ansi-bg-{background}"] if background.isdigit() else []
    rules = [f"color: {foreground}"] if foreground.startswith("#") else []
    rules += [f"background-color: {background}"] if background.startswith("#") else []
    named = f' class="{" ".join(classes)}"' if classes else ""
    named += f' style="{"; ".join(rules)}"' if rules else ""
    return f"<span{named}>{text}</span>" if named else text
