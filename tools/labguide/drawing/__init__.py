"""What draws formulas and diagrams in a reader's browser: KaTeX and Mermaid, published only where something is drawn.

A formula is an element of the class `arithmatex`, as pymdownx.arithmatex writes it with `generic: true`; a diagram is
`<pre class="mermaid">`. `theme/assets/labguide/drawing.js` finds them, and loads what it needs from `FOLDER`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = "assets/drawing"
"""The site's folder of the two libraries."""

_HERE = Path(__file__).parent
_DRAWN = {
    "katex": re.compile(r"""\sclass=["'](?:[^"']*\s)?arithmatex[\s"']"""),
    "mermaid": re.compile(r"""<(?:pre|div)\s(?:[^>]*\s)?class=["'](?:[^"']*\s)?(?:mermaid|labguide-diagram)[\s"']"""),
}
"""By each library what it draws, as it stands in HTML."""
_SOURCE = re.compile(r'<pre class="mermaid"(?P<more>[^>]*)>\s*(?:<code[^>]*>)?(?P<text>[^<]*)(?:</code>)?\s*</pre>')


def needed(html: str) -> frozenset[str]:
    """The libraries that something in a page needs to be drawn."""
    return frozenset(name for name, pattern in _DRAWN.items() if pattern.search(html))


def neutral(html: str) -> str:
    """A page whose diagrams no theme takes for its own: Material would load Mermaid from another host for them."""
    return _SOURCE.sub(r'<div class="labguide-diagram"\g<more>>\g<text></div>', html)


def files(libraries: frozenset[str]) -> Mapping[str, bytes]:
    """What a site publishes for these libraries, by its path in the site."""
    found: dict[str, bytes] = {}
    for name in sorted(libraries):
        found |= _files(name)
    return found


@cache
def _files(name: str) -> Mapping[str, bytes]:
    paths = sorted(path for path in (_HERE / name).rglob("*") if path.is_file() and path.name != "README.md")
    return {f"{FOLDER}/{path.relative_to(_HERE).as_posix()}": path.read_bytes() for path in paths}
