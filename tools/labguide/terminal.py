"""What a terminal shows at the end of a text: letters in rows, each in the colours that it has.

A terminal is a grid of rows and a pen. Text goes to where the pen is; escape sequences colour it and move it. So a
redrawn line shows its last state, and a sequence that has no meaning on a page (a title, a font) leaves no trace.
Tabs stay tabs; letters of East Asian scripts take two columns (Unicode Standard Annex 11). For the sequences see
ECMA-48, https://www.ecma-international.org/publications-and-standards/standards/ecma-48/
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

_TOKEN = re.compile(
    r"\x1b\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)"  # a command for the window, or a link
    r"|\x1b\[(?P<parameters>[0-?]*)[ -/]*(?P<command>[@-~])"  # colours, and moves of the pen
    r"|\x1b[PX^_][^\x1b]*\x1b\\"  # pictures and other data for the device
    r"|\x1b[ -/]*[0-~]"  # fonts and modes
    r"|(?P<text>[^\x00-\x08\x0a-\x1f\x7f-\x9f]+)"
    r"|(?P<control>.)",
    re.DOTALL,
)
_MOVES_BACK = re.compile(r"\r(?!\n)|\x08|\x1b\[[0-9;]*[A-HJKf]")
_WIDE = re.compile(r"[^\x00-\u02ff]")
_LINK = re.compile(r"(?:https?|mailto):\S+", re.ASCII)
_LIMIT = 5_000
"""How far the pen may be moved to where nothing is yet; more would be a mistake, and fill the memory."""


def rows(text: str) -> list[list[Cell]]:
    """The rows of letters that are seen at the end. A wide letter has a cell without a letter after it."""
    screen = _Screen()
    for token in _TOKEN.finditer(text):
        screen.take(token)
    return screen.rows


def final(text: str) -> str:
    """The text without what was drawn over; one in which the pen never goes back is returned as it is."""
    if not _MOVES_BACK.search(text):
        return text
    return "\n".join(map(_as_text, rows(text.replace("\r\n", "\n"))))


def _as_text(row: list[Cell]) -> str:
    """A row with the sequences for its colours, and without blanks at its end that what was erased has left."""
    while row and row[-1] == (" ", PLAIN):
        row.pop()
    parts = []
    for style, cells in itertools.groupby(row, key=lambda cell: cell[1]):
        letters = "".join(letter for letter, _ in cells)
        parts.append(letters if style == PLAIN else f"{_begins(style)}{letters}{_ends(style)}")
    return "".join(parts)


def _begins(style: Style) -> str:
    numbers = [number for number, trait in _ON.items() if trait in style.traits and number != 21]
    colours = [*_numbers(style.foreground, 30), *_numbers(style.background, 40)]
    sequence = ";".join(map(str, (*numbers, *colours)))
    link = f"\x1b]8;;{style.link}\x1b\\" if style.link else ""
    return link + (f"\x1b[{sequence}m" if sequence else "")


def _ends(style: Style) -> str:
    return ("\x1b[0m" if replace(style, link="") != PLAIN else "") + ("\x1b]8;;\x1b\\" if style.link else "")


def _numbers(colour: str, base: int) -> list[int]:
    if colour.startswith("#"):
        return [base + 8, 2, *bytes.fromhex(colour[1:])]
    return [base + int(colour) + (52 if int(colour) > 7 else 0)] if colour else []


@dataclass(frozen=True)
class Style:
    """How the pen writes: a colour is a number from 0 to 15, or `#rrggbb`."""

    foreground: str = ""
    background: str = ""
    traits: frozenset[str] = frozenset()
    link: str = ""


PLAIN = Style()
Cell = tuple[str, Style]


@dataclass
class _Screen:
    rows: list[list[Cell]] = field(default_factory=lambda: [[]])
    row: int = 0
    column: int = 0
    style: Style = PLAIN

    def take(self, token: re.Match[str]) -> None:
        """Do what one piece of the text asks for."""
        if token["text"]:
            self._write(token["text"])
        elif token["command"]:
            self._command(token["command"], token["parameters"])
        elif token["osc"] is not None:
            self._link(token["osc"])
        elif token["control"]:
            self._control(token["control"])

    def _write(self, text: str) -> None:
        cells = [*_cells(text, self.style)] if _WIDE.search(text) else [(letter, self.style) for letter in text]
        row = self.rows[self.row]
        row += [(" ", PLAIN)] * (self.column - len(row))
        row[self.column : self.column + len(cells)] = cells
        self.column += len(cells)

    def _control(self, control: str) -> None:
        if control in "\n\v\f\x85":
            self._move_to(self.row + 1, 0)
        elif control == "\r":
            self.column = 0
        elif control == "\b":
            self.column = max(0, self.column - 1)

    def _move_to(self, row: int, column: int) -> None:
        self.row, self.column = max(0, row), min(max(0, column), self.column + _LIMIT)
        limit = min(self.row, len(self.rows) + _LIMIT)
        self.rows += [[] for _ in range(limit + 1 - len(self.rows))]
        self.row = limit

    def _command(self, command: str, parameters: str) -> None:
        if command == "m":
            self.style = _styled(self.style, parameters)
        elif command in _MOVES:
            numbers = [int(number) for number in re.findall(r"\d+", parameters)]
            _MOVES[command](self, numbers[0] if numbers else None, numbers[1] if len(numbers) > 1 else None)

    def _link(self, command: str) -> None:
        number, _, rest = command.partition(";")
        if number == "8":
            address = rest.partition(";")[2]
            self.style = replace(self.style, link=address if _LINK.fullmatch(address) else "")

    def _by(self, rows: int, columns: int) -> None:
        self._move_to(self.row + rows, self.column + columns)

    def _erase_line(self, what: int) -> None:
        row = self.rows[self.row]
        if what == 1:
            row[: self.column] = [(" ", PLAIN)] * min(self.column, len(row))
        else:
            del row[self.column if what == 0 else 0 :]

    def _erase_screen(self, what: int) -> None:
        if what == 0:
            del self.rows[self.row + 1 :]
            self._erase_line(0)
        else:
            self.rows, self.row, self.column = [[]], 0, 0


def _cells(text: str, style: Style) -> Iterator[Cell]:
    """A cell for each column; what joins the letter before it, such as an accent, takes none."""
    for letter in re.findall(r"[\s\S][\u0300-\u036f\u200d\ufe0f\u20e3]*", text):
        yield letter, style
        if unicodedata.east_asian_width(letter[0]) in "WF":
            yield "", style


_MOVES: Mapping[str, Callable[[_Screen, int | None, int | None], None]] = {
    "A": lambda screen, n, _: screen._by(-(n or 1), 0),
    "B": lambda screen, n, _: screen._by(n or 1, 0),
    "C": lambda screen, n, _: screen._by(0, n or 1),
    "D": lambda screen, n, _: screen._by(0, -(n or 1)),
    "E": lambda screen, n, _: screen._move_to(screen.row + (n or 1), 0),
    "F": lambda screen, n, _: screen._move_to(screen.row - (n or 1), 0),
    "G": lambda screen, n, _: screen._move_to(screen.row, (n or 1) - 1),
    "H": lambda screen, n, m: screen._move_to((n or 1) - 1, (m or 1) - 1),
    "f": lambda screen, n, m: screen._move_to((n or 1) - 1, (m or 1) - 1),
    "J": lambda screen, n, _: screen._erase_screen(n or 0),
    "K": lambda screen, n, _: screen._erase_line(n or 0),
}

_ON = {1: "bold", 2: "faint", 3: "italic", 4: "underline", 7: "inverse", 9: "strike", 21: "underline"}
_OFF = {22: {"bold", "faint"}, 23: {"italic"}, 24: {"underline"}, 27: {"inverse"}, 29: {"strike"}}


def _styled(style: Style, parameters: str) -> Style:
    """The style after one `ESC [ … m`."""
    numbers = iter([int(number or 0) for number in re.split("[;:]", parameters) if number.isdigit() or not number])
    for number in numbers:
        if number == 0:
            style = Style(link=style.link)
        elif number in _ON:
            style = replace(style, traits=style.traits | {_ON[number]})
        elif number in _OFF:
            style = replace(style, traits=style.traits - _OFF[number])
        else:
            style = _coloured(style, number, numbers)
    return style


def _coloured(style: Style, number: int, rest: Iterator[int]) -> Style:
    tens, ones = divmod(number, 10)
    if tens not in (3, 4, 9, 10):
        return style
    bright = 8 if tens in (9, 10) else 0
    extended = _colour(rest) if (bright, ones) == (0, 8) else ""
    colour = extended if ones >= 8 else str(ones + bright)
    return replace(style, foreground=colour) if tens in (3, 9) else replace(style, background=colour)


def _colour(rest: Iterator[int]) -> str:
    """What follows 38 or 48: `5` and a colour of 256, or `2` and three parts of 255."""
    kind = next(rest, 0)
    if kind == 2:
        return "#" + "".join(f"{min(part, 255):02x}" for part in itertools.islice(rest, 3)).ljust(6, "0")
    number = min(next(rest, 0), 255) if kind == 5 else 0
    if number < 16:
        return str(number)
    if number >= 232:
        return "#" + f"{8 + 10 * (number - 232):02x}" * 3
    levels = (0, 95, 135, 175, 215, 255)
    cube = number - 16
    return "#" + "".join(f"{levels[part]:02x}" for part in (cube // 36, cube // 6 % 6, cube % 6))
