"""What a terminal shows at the end of a stream: a progress bar that is drawn over itself is seen once, as it ended.

The control functions are those of ECMA-48 that programs use for this: carriage return, backspace, cursor up, down,
forward and back, to a column, and erasing in a line or from the cursor on. Colours stay. Letters of East Asian
scripts take two columns (Unicode Standard Annex 11).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

_MOVES = re.compile(r"\r(?!\n)|\x08|\x1b\[[0-9;]*[A-GJK]")
_TOKEN = re.compile(
    r"\x1b\[(?P<parameters>[0-9;?]*)(?P<final>[@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]|[\s\S]"
)


def final(text: str) -> str:
    """The text without what was drawn over. Text in which the cursor never goes back is returned as it is."""
    if not _MOVES.search(text):
        return text
    screen = _Screen()
    for token in _TOKEN.finditer(text.replace("\r\n", "\n")):
        screen.take(token)
    return screen.text()


@dataclass
class _Screen:
    """Lines of cells; a cell is a letter with the colours that it has, and a wide letter has an empty one after it."""

    lines: list[list[tuple[str, str]]] = field(default_factory=lambda: [[]])
    row: int = 0
    column: int = 0
    colours: str = ""

    def take(self, token: re.Match[str]) -> None:
        """Do what one letter or control function says."""
        if token["final"]:
            self._control(token["final"], token["parameters"], token[0])
        elif token[0] == "\n":
            self._go(self.row + 1, 0)
        elif token[0] == "\r":
            self.column = 0
        elif token[0] == "\x08":
            self.column = max(0, self.column - 1)
        elif not token[0].startswith("\x1b"):
            self._put(token[0])

    def text(self) -> str:
        """All lines, each letter in its colours."""
        return "\n".join(_written(line) for line in self.lines)

    def _control(self, final: str, parameters: str, sequence: str) -> None:
        number = int(parameters) if parameters.isdigit() else 1
        match final:
            case "m":
                self.colours = "" if parameters in ("", "0") else self.colours + sequence
            case "A" | "F":
                self._go(max(0, self.row - number), 0 if final == "F" else self.column)
            case "B" | "E":
                self._go(self.row + number, 0 if final == "E" else self.column)
            case "C":
                self.column += number
            case "D":
                self.column = max(0, self.column - number)
            case "G":
                self.column = max(0, number - 1)
            case "K":
                self._erase_in_line(parameters)
            case "J":
                self._erase_in_line(parameters)
                del self.lines[self.row + 1 :]

    def _erase_in_line(self, parameters: str) -> None:
        line = self.lines[self.row]
        if parameters in ("", "0"):
            del line[self.column :]
        else:
            last = len(line) if parameters == "2" else min(len(line), self.column + 1)
            line[:last] = [("", " ")] * last

    def _go(self, row: int, column: int) -> None:
        while len(self.lines) <= row:
            self.lines.append([])
        self.row, self.column = row, column

    def _put(self, letter: str) -> None:
        line = self.lines[self.row]
        if unicodedata.combining(letter) and self.column and len(line) >= self.column:
            colours, before = line[self.column - 1]
            line[self.column - 1] = (colours, before + letter)
            return
        line += [("", " ")] * (self.column - len(line))
        width = 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        line[self.column : self.column + width] = [(self.colours, letter), ("", "")][:width]
        self.column += width


def _written(line: list[tuple[str, str]]) -> str:
    """A line as text. Blanks at its end, left by what was erased, are not there for a reader."""
    found, before = [], ""
    for colours, letter in line:
        if letter and colours != before:
            found.append(("\x1b[0m" if before else "") + colours)
            before = colours
        found.append(letter)
    return "".join(found).rstrip(" ") + ("\x1b[0m" if before else "")
