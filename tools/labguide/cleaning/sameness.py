"""The one definition of "means the same": what a rerun may change without anybody having to look.

Recordings are settled by it and `labguide check` compares by it. Each form of an output is compared whole. What a run
made by being a run does not count, if both runs are known to have made it: see `traces`. A cell's tags say more:

- `varies`: whatever the cell shows is right.
- `verbatim`: nothing is let pass, not even a time.
- `ellipsis`: `...` in the recorded text stands for anything, as in doctest.
- `tolerance-1e-3`: numbers may differ by that share of the larger one.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from labguide import lines
from labguide.cleaning import pictures, traces
from labguide.cleaning.outputs import AS_IT_IS, joined
from labguide.model import VARIES, Origin, Output

ELLIPSIS = "ellipsis"
TOLERANCE = "tolerance-"

# Digits after a letter belong to a name; a unit may follow, and Chinese may stand on either side.
_NUMBER = re.compile(
    r"((?:(?<![A-Za-z0-9_.)\]])[-+])?(?<![A-Za-z0-9_.])(?:(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d*)?|\.\d+)"
    r"(?:[eE][-+]?\d+)?)",
    re.ASCII,
)
_ID = re.compile(r"""\b(?:id|for|data-mime-id)=["']([^"']+)["']""")

_LOT = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""What libraries draw by lot for an id, and put in names of variables too."""

_WIDGETS = "application/vnd.jupyter.widget"
"""A widget's view is a random id; what readers see of it is its text."""

_OTHERWISE = "text/plain"
"""What is shown where no richer form can be: with one, no reader sees it."""


@dataclass(frozen=True)
class Rules:
    """How strict a cell's comparison is. `tolerance` is relative, from 0 to 1."""

    varies: bool = False
    ellipsis: bool = False
    tolerance: float = 0.0
    verbatim: bool = False


def rules_of(tags: Collection[str]) -> Rules:
    """The rules that a cell's tags ask for. Raises ValueError if a tolerance is no number from 0 to 1."""
    given = [tag for tag in tags if tag.startswith(TOLERANCE)]
    tolerance = max((float(tag.removeprefix(TOLERANCE)) for tag in given), default=0.0)
    if not 0 <= tolerance < 1:
        raise ValueError(f"{tolerance} is not a share from 0 to 1")
    return Rules(VARIES in tags, ELLIPSIS in tags, tolerance, AS_IT_IS in tags)


@dataclass(frozen=True)
class Comparison:
    """Two runs, of which one may have made other times and ids than the other, and the rules of a cell."""

    rules: Rules = Rules()
    old: Origin = field(default_factory=Origin)
    new: Origin = field(default_factory=Origin)

    def same_outputs(self, old: Sequence[Output], new: Sequence[Output]) -> bool:
        """Whether a reader who saw `old` would learn nothing from `new`."""
        if self.rules.varies or list(old) == list(new):
            return True
        before, after = shown(old), shown(new)
        return len(before) == len(after) and all(
            one.mime == other.mime and self.same(one, other) for one, other in zip(before, after, strict=True)
        )

    def same(self, old: Shown, new: Shown) -> bool:
        """The same for one form of one output."""
        if old.content and new.content:
            return old.size == new.size and pictures.same(old.content, new.content)
        return self.same_text(old.text, new.text)

    def same_text(self, old: str, new: str) -> bool:
        """Whether two texts mean the same."""
        return self.rules.varies or self.adopt(old, new) == old

    def adopt(self, old: str, new: str) -> str:
        """`new`, with the wording of `old` wherever they mean the same."""
        if old == new or (self.rules.ellipsis and _fits(old, new)):
            return old
        before, after = old.split("\n"), new.split("\n")
        if len(before) != len(after):
            return new
        return "\n".join(self._adopt_lines(before, after, *self._blanked(old, new)))

    def _blanked(self, old: str, new: str) -> tuple[list[str], list[str]]:
        """The lines of both without what their runs made. What both texts hold, neither made."""
        if self.rules.verbatim:
            return old.split("\n"), new.split("\n")
        return traces.blank(old, self.old, new).split("\n"), traces.blank(new, self.new, old).split("\n")

    def _adopt_lines(
        self, before: Sequence[str], after: Sequence[str], old: Sequence[str], new: Sequence[str]
    ) -> Iterable[str]:
        for written, now, one, other in zip(before, after, old, new, strict=True):
            yield written if written == now or self._same_line(one, other) else now

    def _same_line(self, old: str, new: str) -> bool:
        if old == new or (self.rules.ellipsis and _fits(old, new)):
            return True
        if traces.BLANK in old and old.split() == new.split():  # a day or an id may be shorter than another
            return True
        return bool(self.rules.tolerance) and _near_line(old, new, self.rules.tolerance)


@dataclass(frozen=True)
class Shown:
    """One form of one output, as it is compared: its text, or for a picture also its bytes."""

    mime: str
    """`stdout`, `stderr`, `error`, or a MIME type."""
    text: str
    content: str = ""
    """A picture as the notebook format keeps it, in base64."""
    size: tuple[Any, ...] = ()
    """The width and height at which a picture is shown, if it says so."""
    readable: str = ""
    """What a person reads of it, for a diff, where the text is more than that."""


def shown(outputs: Iterable[Output]) -> list[Shown]:
    """What a cell shows, output by output and form by form; a stream of blanks shows nothing."""
    return [each for output in joined(outputs) for each in _shown(output)]


def _shown(output: Output) -> list[Shown]:
    if output["output_type"] == "stream":
        return [Shown(output["name"], output["text"])] if output["text"].strip() else []
    if output["output_type"] == "error":
        return [Shown("error", f"{output['ename']}: {output['evalue']}")]
    return _forms(output.get("data", {}), output.get("metadata", {}))


def _forms(data: Mapping[str, Any], metadata: Mapping[str, Any]) -> list[Shown]:
    seen = {mime: content for mime, content in data.items() if not mime.startswith(_WIDGETS)}
    if len(seen) > 1:
        seen.pop(_OTHERWISE, None)
    return [_form(mime, content, metadata.get(mime)) for mime, content in sorted(seen.items())]


def _form(mime: str, content: Any, about: Any) -> Shown:
    if pictures.is_picture(mime):
        size = tuple(about.get(side, "?") for side in ("width", "height")) if isinstance(about, Mapping) else ()
        told = f", shown at {' x '.join(map(str, size))}" if size else ""
        return Shown(mime, pictures.describe(content) + told, content, size)
    text = _WHOLE.get(mime.partition(";")[0], _plain)(content)
    return Shown(mime, text, readable=_READABLE[mime](content) if mime in _READABLE else text)


def _near_line(old: str, new: str, tolerance: float) -> bool:
    """Whether two lines differ in nothing but numbers, and in these by no more than `tolerance`."""
    before, after = _NUMBER.split(old), _NUMBER.split(new)
    if len(before) != len(after):
        return False
    # Every second part is a number. A number that is longer or shorter moves the columns of a table.
    words = zip(before[::2], after[::2], strict=True)
    numbers = zip(before[1::2], after[1::2], strict=True)
    if any(one.split() != other.split() for one, other in words):
        return False
    return all(_near(one, other, tolerance) for one, other in numbers)


def _near(old: str, new: str, tolerance: float) -> bool:
    return math.isclose(float(old.replace(",", "")), float(new.replace(",", "")), rel_tol=tolerance, abs_tol=1e-12)


def _plain(content: Any) -> str:
    return content if isinstance(content, str) else json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)


def _with_ids_numbered(content: Any) -> str:
    """HTML or a drawing whole, but for its ids, which libraries draw by lot: each is numbered wherever it stands."""
    text = _plain(content)
    ids = dict.fromkeys(_ID.findall(text))
    if not ids:
        return text
    drawn = dict.fromkeys(lot for name in ids for lot in _LOT.findall(name))
    lots = {lot: f"lot-{number}" for number, lot in enumerate(drawn, start=1)}
    numbered = {name: f"id-{number}" for number, name in enumerate(ids, start=1)}
    names = "|".join(re.escape(each) for each in sorted(ids, key=len, reverse=True))
    text = re.sub(rf"(?<![\w-])(?:{names})(?![\w-])", lambda match: numbered[match[0]], text)
    return _LOT.sub(lambda match: lots.get(match[0], match[0]), text)


def _fits(old: str, new: str) -> bool:
    """Whether a text is what another says with `...`."""
    import doctest  # here, as Beautiful Soup below, because only runs that are compared need them

    # doctest takes `True` for `1`, and a word for an empty line; here they are what they are.
    rules = doctest.ELLIPSIS | doctest.DONT_ACCEPT_TRUE_FOR_1 | doctest.DONT_ACCEPT_BLANKLINE
    return doctest.OutputChecker().check_output(old, new, rules)


def _html(content: Any) -> str:
    """A page's text line by line: a table's row is one line, its cells parted by bars; links by where they lead."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(_plain(content), "html.parser")
    for unseen in soup(["style", "script"]):
        unseen.decompose()
    for tag in soup(src=True) + soup(href=True):
        tag.insert_after(f" [{tag.get('src') or tag.get('href')}] ")
    for row in reversed(soup("tr")):  # from the innermost
        cells = [cell.get_text(" ", strip=True) for cell in row(["td", "th"])]
        row.replace_with(f"\n{' | '.join(cells)}\n")
    return "\n".join(line.strip() for line in lines.split(soup.get_text()) if line.strip())


_WHOLE: Mapping[str, Callable[[Any], str]] = {"text/html": _with_ids_numbered, "image/svg+xml": _with_ids_numbered}
_READABLE: Mapping[str, Callable[[Any], str]] = {"text/html": _html}
