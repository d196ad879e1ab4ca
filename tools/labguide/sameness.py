"""The one definition of "means the same": what a rerun may change without anybody having to look.

Recordings are settled by it and `labguide check` compares by it. A cell's tags say how strict it is:

- `varies`: whatever the cell shows is right.
- `ellipsis`: `...` in the recorded text stands for anything, as in doctest.
- `tolerance-1e-3`: numbers may differ by that share of the larger one.

Text is compared as a reader sees it: a table by the texts of its cells, a picture by its pixels, a drawing without
its random ids. All else must be equal to the character.
"""

from __future__ import annotations

import doctest
import json
import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup

from labguide import pictures
from labguide.model import Output

VARIES = "varies"
ELLIPSIS = "ellipsis"
TOLERANCE = "tolerance-"

_NUMBER = re.compile(r"([-+]?(?<![\w.])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w]|\.\d))")
_ID = re.compile(r"\bid=\"([^\"]+)\"")
_ID_OR_LINK = re.compile(r"(\bid=\"|#)([^\")\s;]+)")

# A widget's view is a random id; what readers see of it is its text.
_WIDGETS = "application/vnd.jupyter.widget"

# doctest takes `True` for `1`, and a word for an empty line; here they are what they are.
_DOCTEST = doctest.ELLIPSIS | doctest.DONT_ACCEPT_TRUE_FOR_1 | doctest.DONT_ACCEPT_BLANKLINE


@dataclass(frozen=True)
class Rules:
    """How strict a cell's comparison is. `tolerance` is relative, from 0 to 1."""

    varies: bool = False
    ellipsis: bool = False
    tolerance: float = 0.0


def rules_of(tags: Collection[str]) -> Rules:
    """The rules that a cell's tags ask for. Raises ValueError if a tolerance is no number from 0 to 1."""
    given = [tag for tag in tags if tag.startswith(TOLERANCE)]
    tolerance = max((float(tag.removeprefix(TOLERANCE)) for tag in given), default=0.0)
    if not 0 <= tolerance < 1:
        raise ValueError(f"{tolerance} is not a share from 0 to 1")
    return Rules(VARIES in tags, ELLIPSIS in tags, tolerance)


def same_outputs(old: Sequence[Output], new: Sequence[Output], rules: Rules) -> bool:
    """Whether a reader who saw `old` would learn nothing from `new`."""
    if rules.varies or list(old) == list(new):
        return True
    before, after = shown(old), shown(new)
    return len(before) == len(after) and all(
        one.mime == other.mime and _same(one, other, rules) for one, other in zip(before, after, strict=True)
    )


def same_text(old: str, new: str, rules: Rules) -> bool:
    """Whether two texts mean the same."""
    return rules.varies or adopt(old, new, rules) == old


def adopt(old: str, new: str, rules: Rules) -> str:
    """`new`, with the wording of `old` wherever the rules say that they mean the same."""
    if old == new or (rules.ellipsis and doctest.OutputChecker().check_output(old, new, _DOCTEST)):
        return old
    before, after = old.split("\n"), new.split("\n")
    if len(before) != len(after):
        return new
    return "\n".join(_adopt_line(one, other, rules) for one, other in zip(before, after, strict=True))


@dataclass(frozen=True)
class Shown:
    """One form of one output, as a reader sees it: its text, or for a picture also its bytes."""

    mime: str
    """`stdout`, `stderr`, `error`, or a MIME type."""
    text: str
    content: str = ""
    """A picture as the notebook format keeps it, in base64."""


def shown(outputs: Iterable[Output]) -> list[Shown]:
    """What a cell shows, output by output and form by form.

    How a stream was split into pieces, and whether a line of `stderr` came before or after one of `stdout`, is chance.
    """
    found: list[Shown] = []
    streams: dict[str, str] = {}
    for output in outputs:
        if output["output_type"] == "stream":
            streams[output["name"]] = streams.get(output["name"], "") + output["text"]
            continue
        found += _flushed(streams)
        if output["output_type"] == "error":
            found.append(Shown("error", f"{output['ename']}: {output['evalue']}"))
        else:
            found += _forms(output.get("data", {}))
    return found + _flushed(streams)


def _flushed(streams: dict[str, str]) -> list[Shown]:
    texts = [Shown(name, text) for name, text in sorted(streams.items()) if text.strip()]
    streams.clear()
    return texts


def _forms(data: Mapping[str, Any]) -> list[Shown]:
    found = []
    for mime, content in sorted(data.items()):
        if pictures.is_picture(mime):
            found.append(Shown(mime, pictures.describe(content), content))
        elif not mime.startswith(_WIDGETS):
            found.append(Shown(mime, _READABLE.get(mime, _plain)(content)))
    return found


def _same(old: Shown, new: Shown, rules: Rules) -> bool:
    if old.content and new.content:
        return pictures.same(old.content, new.content)
    return same_text(old.text, new.text, rules)


def _adopt_line(old: str, new: str, rules: Rules) -> str:
    if rules.ellipsis and doctest.OutputChecker().check_output(old, new, _DOCTEST):
        return old
    before, after = _NUMBER.split(old), _NUMBER.split(new)
    if not rules.tolerance or len(before) != len(after):
        return new
    # Every second part is a number. A number that is longer or shorter moves the columns of a table.
    words = zip(before[::2], after[::2], strict=True)
    numbers = zip(before[1::2], after[1::2], strict=True)
    if any(one.split() != other.split() for one, other in words):
        return new
    return old if all(_near(one, other, rules.tolerance) for one, other in numbers) else new


def _near(old: str, new: str, tolerance: float) -> bool:
    return math.isclose(float(old.replace(",", "")), float(new.replace(",", "")), rel_tol=tolerance, abs_tol=1e-12)


def _plain(content: Any) -> str:
    return content if isinstance(content, str) else json.dumps(content, indent=1, sort_keys=True)


def _html(content: str) -> str:
    """A page's text line by line: a table's row is one line, its cells parted by bars; links by where they lead."""
    soup = BeautifulSoup(content, "html.parser")
    for unseen in soup(["style", "script"]):
        unseen.decompose()
    for tag in soup(src=True) + soup(href=True):
        tag.insert_after(f" [{tag.get('src') or tag.get('href')}] ")
    for row in reversed(soup("tr")):  # from the innermost
        cells = [cell.get_text(" ", strip=True) for cell in row(["td", "th"])]
        row.replace_with(f"\n{' | '.join(cells)}\n")
    return "\n".join(line.strip() for line in soup.get_text().splitlines() if line.strip())


def _drawing(content: str) -> str:
    """An SVG drawing whose ids, which drawing libraries draw by lot, are numbered in order."""
    numbered = {name: f"id-{number}" for number, name in enumerate(dict.fromkeys(_ID.findall(content)), start=1)}
    return _ID_OR_LINK.sub(lambda match: match[1] + numbered.get(match[2], match[2]), content)


_READABLE: Mapping[str, Callable[[Any], str]] = {"text/html": _html, "image/svg+xml": _drawing}
