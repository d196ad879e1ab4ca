"""Sheets of paper, and how a page gets a style sheet of ours."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from labguide import browser

_HERE = Path(__file__).parent
_PIXELS = 96 / 25.4
"""CSS pixels of a millimetre."""

MARGIN = 18.0
"""Millimetres at the sides of a sheet; as in `sheet.css`."""


@dataclass(frozen=True)
class Size:
    """A size of paper by its name in CSS, with its width in millimetres."""

    name: str
    width: float

    @property
    def room(self) -> float:
        """The width between the margins, in CSS pixels."""
        return (self.width - 2 * MARGIN) * _PIXELS


SIZES = {"a4": Size("A4", 210), "letter": Size("letter", 215.9)}


def asset(name: str) -> str:
    """The text of one of this room's own files."""
    return (_HERE / name).read_text("utf-8")


def dress(page: browser.Page, *styles: str) -> None:
    """Add style sheets to a page, after all that it has."""
    page.call(
        "(text) => document.head.append(Object.assign(document.createElement('style'), { textContent: text }))",
        "\n".join(styles),
    )


def sheet(size: Size, title: str) -> str:
    """The style of a sheet: its size and margins, and what stands at its foot."""
    quoted = title.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return asset("sheet.css").replace("SIZE", size.name).replace("TITLE", f'"{quoted}"')
