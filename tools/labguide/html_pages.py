"""HTML pages from templates; some are one file that asks for nothing else, with style, script and data in it."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup


def self_contained(template: Path, data: Any, **values: Any) -> str:
    """The page of a template, with the style sheet and the script that lie beside it: `x.html` with `x.css` and `x.js`.

    The template gets `style`, `script`, their `style_hash` and `script_hash`, and `data`, which is JSON for the script.
    """
    style, script = (_asset(template.with_suffix(suffix)) for suffix in (".css", ".js"))
    return (
        environment(template.parent)
        .get_template(template.name)
        .render(
            **values,
            style=Markup(style),  # noqa: S704 — our own file
            script=Markup(script),  # noqa: S704 — our own file
            style_hash=_hash(style),
            script_hash=_hash(script),
            data=_embedded(data),
        )
    )


@cache
def environment(folder: Path) -> Environment:
    """How a folder's templates are rendered: what they do not know is an error, and all else is escaped."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )


def _embedded(value: Any) -> Markup:
    """JSON that can stand in a `<script>`: nothing in it can end that element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 — has no markup any more


@cache
def _asset(path: Path) -> str:
    return path.read_text("utf-8")


def _hash(text: str) -> str:
    """As a content security policy names an inline script or style."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
