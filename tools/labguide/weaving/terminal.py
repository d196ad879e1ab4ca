r"""Text with escape sequences as HTML: what a terminal would show at the end, with its colours as classes.

A terminal is a grid of rows and a pen. Text goes to where the pen is; escape sequences colour it and move it. So a
redrawn line shows its last state, and a sequence that has no meaning on a page (a title, a font) leaves no trace.
Tabs stay tabs. See ECMA-48, https://www.ecma-international.org/publications-and-standards/standards/ecma-48/
"""

from __future__ import annotations

import html
import itertools
import re
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
_NEEDS_TERMINAL = re.compile(r"\A\n|[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]|-8<-")
_LINK = re.compile(r"(?:https?|mailto):\S+", re.ASCII)
_LIMIT = 5_000
"""How far the pen may be moved to where nothing is yet; more would be a mistake, and fill the memory."""


def is_plain(text: str) -> bool:
    """Whether a fence of Markdown shows this text as a terminal would.

    It would not with escapes, controls or tabs in it; and Pygments leaves out blank lines at the beginning.
    """
    return _NEEDS_TERMINAL.search(text) is None


def as_html(text: str) -> str:
    """The text as the content of a `<pre>`."""
    screen = _Screen()
    for token in _TOKEN.finditer(text):
        screen.take(token)
    rows = ("".join(_runs(row)) for row in screen.rows)
    return "\n".join(rows).rstrip()


@dataclass(frozen=True)
class _Style:
    """How the pen writes: a colour is a number from 0 to 15, or `#rrggbb`."""

    foreground: str = ""
    background: str = ""
    traits: frozenset[str] = frozenset()
    link: str = ""


_PLAIN = _Style()
_Cell = tuple[str, _Style]


@dataclass
class _Screen:
    rows: list[list[_Cell]] = field(default_factory=lambda: [[]])
    row: int = 0
    column: int = 0
    style: _Style = _PLAIN

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
        row = self.rows[self.row]
        row += [(" ", _PLAIN)] * (self.column - len(row))
        row[self.column : self.column + len(text)] = [(character, self.style) for character in text]
        self.column += len(text)

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
            row[: self.column] = [(" ", _PLAIN)] * min(self.column, len(row))
        else:
            del row[self.column if what == 0 else 0 :]

    def _erase_screen(self, what: int) -> None:
        if what == 0:
            del self.rows[self.row + 1 :]
            self._erase_line(0)
        else:
            self.rows, self.row, self.column = [[]], 0, 0


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


def _styled(style: _Style, parameters: str) -> _Style:
    """The style after one `ESC [ … m`."""
    numbers = iter([int(number or 0) for number in re.split("[;:]", parameters) if number.isdigit() or not number])
    for number in numbers:
        if number == 0:
            style = _Style(link=style.link)
        elif number in _ON:
            style = replace(style, traits=style.traits | {_ON[number]})
        elif number in _OFF:
            style = replace(style, traits=style.traits - _OFF[number])
        else:
            style = _coloured(style, number, numbers)
    return style


def _coloured(style: _Style, number: int, rest: Iterator[int]) -> _Style:
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


def _runs(row: list[_Cell]) -> Iterator[str]:
    for style, cells in itertools.groupby(row, key=lambda cell: cell[1]):
        yield _marked(escaped("".join(character for character, _ in cells)), style)


def escaped(text: str) -> str:
    """Text for HTML, in which no character is left that would end a line of Markdown or be changed by it."""
    shown = html.escape(text, quote=False).replace("\t", "&#9;")
    shown = shown.replace("\u2028", "&#x2028;").replace("\u2029", "&#x2029;")
    return re.sub("[\ud800-\udfff]", "\ufffd", shown)


def _marked(text: str, style: _Style) -> str:
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
