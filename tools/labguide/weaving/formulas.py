"""Formulas in LaTeX as MathML, which browsers draw themselves: no script, and nothing to fetch."""

from __future__ import annotations

import re

from labguide.weaving.forms import CannotShowError

_DISPLAYED = re.compile(r"^(?:\$\$(?P<dollars>.*)\$\$|\\\[(?P<brackets>.*)\\\])$", re.DOTALL)
_INLINE = re.compile(r"^(?:\$(?P<dollar>[^$]*)\$|\\\((?P<paren>.*)\\\))$", re.DOTALL)
_NUMBERED = re.compile(r"^\\begin\{(equation|displaymath|math)\*?\}(?P<body>.*)\\end\{\1\*?\}$", re.DOTALL)
_PART = re.compile(r"(\$\$.+?\$\$|\$[^$\n]+?\$|\\\[.+?\\\]|\\\(.+?\\\)|\\begin\{(\w+\*?)\}.+?\\end\{\2\})", re.DOTALL)
_MAX_CHARACTERS = 10_000
_UNKNOWN = re.compile(r"<m[a-z]+[^>]*>\s*(\\[A-Za-z]+)")


def as_html(latex: str) -> str:
    """A formula, or a text with formulas between dollar signs, as HTML.

    Raises `CannotShowError` where a formula has something in it that MathML has no counterpart for.
    """
    if len(latex) > _MAX_CHARACTERS:
        raise _unreadable(latex, f"it has more than {_MAX_CHARACTERS:,} characters")
    parts = _PART.split(latex.strip())[0::3]
    formulas = [found[0] for found in _PART.finditer(latex.strip())]
    shown = [_text(parts[0])]
    for formula, text in zip(formulas, parts[1:], strict=True):
        shown += [mathml(formula), _text(text)]
    return "".join(shown)


def mathml(formula: str) -> str:
    """One formula with its delimiters: `$x$`, `$$x$$`, or an environment."""
    from latex2mathml.converter import convert  # here, because few sites have formulas and it takes long to import

    body, block = _body(formula.strip())
    try:
        made = convert(body, display="block" if block else "inline")
    except Exception as error:  # latex2mathml raises a class of its own for each mistake, and IndexError for some
        raise _unreadable(formula, type(error).__name__) from None
    unknown = _UNKNOWN.search(made)
    if unknown:
        raise _unreadable(formula, f"{unknown[1]} is not known")
    return made


def _body(formula: str) -> tuple[str, bool]:
    """A formula without its delimiters, and whether it stands in a line of its own."""
    if found := _DISPLAYED.match(formula):
        return (found["dollars"] or found["brackets"] or "").strip(), True
    if found := _INLINE.match(formula):
        body = (found["dollar"] or found["paren"] or "").strip()
        return body.removeprefix(r"\displaystyle").strip(), body.startswith(r"\displaystyle")
    if found := _NUMBERED.match(formula):
        return found["body"].strip(), True
    return formula, True


def _text(text: str) -> str:
    lines = text.replace("&", "&amp;").replace("<", "&lt;").strip("\n")
    return lines if lines.strip() else " " if lines else ""


def _unreadable(formula: str, why: str) -> CannotShowError:
    short = formula if len(formula) < 60 else f"{formula[:57]}..."
    return CannotShowError(
        f'the formula "{short}" cannot be turned into MathML ({why})',
        "write it with commands that MathML knows, or show it as text or as a picture",
    )
