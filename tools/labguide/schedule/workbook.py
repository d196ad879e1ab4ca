"""The schedule as a spreadsheet (`.xlsx`), for those who plan and keep time in one.

All clock times are formulas of one cell, the start of the class, and of the minutes: whoever changes these moves the
rest. Each formula adds up all minutes above it, so that a row can be inserted, moved or deleted. What a formula yields
is written beside it, because many programs show a workbook without calculating.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from labguide.schedule import clock
from labguide.schedule.model import Activity, Schedule
from labguide.schedule.tracker.words import Words, words_of

if TYPE_CHECKING:  # few sites have lesson plans, and it takes long to import
    import xlsxwriter
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_DAY = clock.DAY
_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Of every workbook: the same schedule gives the same bytes on any day."""
_HEADER = 5
"""The row of the column names, from 0; above it stand the title, what to do, and what holds for the class."""
_COLUMNS = {
    "number": 6,
    "begins": 9,
    "ends": 9,
    "who": 24,
    "activity": 52,
    "minutes": 10,
    "value": 11,
    "actual_begin": 14,
    "actual_end": 14,
    "took": 12,
    "spare": 14,
    "late": 16,
}
"""The columns from A to L, with their widths in characters."""
_NOBODY = "–"
_INK, _QUIET, _TINT, _INPUT, _LATE = "#17213A", "#566079", "#E9EDF7", "#FFF8DC", "#B3261E"


def write(schedule: Schedule) -> bytes:
    """The workbook of a schedule, in its language; the same bytes whenever and wherever it is written."""
    import xlsxwriter

    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    words = words_of(schedule.language)
    book.set_properties({"title": schedule.title, "created": _CREATED})
    sheet = _Sheet(schedule, words, book.add_worksheet(words.workbook["sheet"]), _formats(book, words.workbook["font"]))
    sheet.write()
    book.close()
    return file.getvalue()


def _formats(book: xlsxwriter.Workbook, font: str) -> Callable[..., Format]:
    """Gives a format of some properties, and the same one for the same properties."""
    made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def look(**properties: Any) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in made:
            made[key] = book.add_format({"font_name": font, "font_color": _INK, "valign": "top", **properties})
        return made[key]

    return look


_CLOCK: Mapping[str, Any] = {"num_format": "hh:mm", "align": "center"}
_AMOUNT: Mapping[str, Any] = {"num_format": "0.##;-0.##;0"}
_TYPED: Mapping[str, Any] = {"bg_color": _INPUT, "border": 1, "border_color": "#D5DBE8"}


@dataclass(frozen=True)
class _Sheet:
    """Writes one sheet; rows are counted from 0 as XlsxWriter does, and from 1 within formulas."""

    schedule: Schedule
    words: Words
    sheet: Worksheet
    look: Callable[..., Format]

    @property
    def before(self) -> list[clock.Slot]:
        """What is done before the class begins stands first, and in no sum."""
        return [slot for slot in clock.slots(self.schedule) if slot.activity.kind == "before"]

    @property
    def during(self) -> list[clock.Slot]:
        return [slot for slot in clock.slots(self.schedule) if slot.activity.kind != "before"]

    @property
    def first(self) -> int:
        """The row of the first activity of the class, from 1."""
        return _HEADER + 2 + len(self.before)

    @property
    def last(self) -> int:
        """The row of the last activity, from 1; there is always one, if empty."""
        return self.first + max(1, len(self.during)) - 1

    @property
    def start(self) -> float:
        """The start of the class as a share of a day."""
        return clock.minutes_of(self.schedule.start) / _DAY

    def write(self) -> None:
        """The whole sheet."""
        self._head()
        self._summary()
        for row, slot in enumerate(self.before, _HEADER + 2):
            self._activity(row, slot, f"=MOD($C$3-SUM(F{row}:F{self.first - 1})/{_DAY},1)")
        for row, slot in enumerate(self.during, self.first):
            self._activity(row, slot, f"=$C$3+(SUM(F${self.first}:F{row})-F{row})/{_DAY}")
        self._total()
        self._by_who()
        self._looks()

    def _head(self) -> None:
        words = self.words.workbook
        self.sheet.write_string(0, 0, self.schedule.title, self.look(bold=True, font_size=16))
        note = self.look(text_wrap=True, font_color=_QUIET)
        self.sheet.merge_range(1, 0, 1, len(_COLUMNS) - 1, words["note"], note)
        self.sheet.set_row(1, 32)
        header = self.look(bold=True, bg_color=_TINT, text_wrap=True, valign="vcenter", bottom=1)
        for column, (name, width) in enumerate(_COLUMNS.items()):
            self.sheet.set_column(column, column, width)
            self.sheet.write_string(_HEADER, column, words[name], header)
        self.sheet.set_row(_HEADER, 34)

    def _summary(self) -> None:
        """Start and end of the class, and whether its minutes fit."""
        words, plan, bold = self.words.workbook, self.schedule, self.look(bold=True)
        minutes = f"SUM(F{self.first}:F{self.last})"
        amount = self.look(align="left", **_AMOUNT)
        self.sheet.write_string(2, 0, words["start"], bold)
        self.sheet.write_number(2, 2, self.start, self.look(bold=True, **_CLOCK, **_TYPED))
        self.sheet.write_string(3, 0, words["end"], bold)
        end = self.start + plan.total / _DAY
        self.sheet.write_formula(3, 2, f"=$C$3+{minutes}/{_DAY}", self.look(bold=True, **_CLOCK), end)
        self.sheet.write_string(2, 3, words["total"], bold)
        self.sheet.write_formula(2, 4, f"={minutes}", amount, plan.total)
        if plan.target is not None:
            self.sheet.write_string(3, 3, words["target"], bold)
            self.sheet.write_number(3, 4, plan.target, self.look(align="left", **_AMOUNT, **_TYPED))
            self.sheet.write_string(4, 3, words["room"], bold)
            self.sheet.write_formula(4, 4, "=E4-E3", amount, plan.target - plan.total)

    def _activity(self, row: int, slot: clock.Slot, formula: str) -> None:
        """One row; the formula gives its start as a share of a day."""
        activity, begins = slot.activity, self.start + slot.began / _DAY
        if activity.kind == "before":
            begins %= 1
        shade: dict[str, Any] = {} if activity.kind == "activity" else {"bg_color": _TINT}
        text, clock = self.look(text_wrap=True, **shade), self.look(**_CLOCK, **shade)
        at = row - 1
        self.sheet.write_string(at, 0, activity.number, text)
        self.sheet.write_formula(at, 1, formula, clock, begins)
        self.sheet.write_formula(at, 2, f"=B{row}+F{row}/{_DAY}", clock, begins + (activity.minutes or 0) / _DAY)
        self.sheet.write_string(at, 3, self._who(activity), text)
        self.sheet.write_string(at, 4, activity.title, text)
        typed = self.look(**_AMOUNT, **_TYPED)
        if activity.minutes is None:
            self.sheet.write_blank(at, 5, None, typed)
        else:
            self.sheet.write_number(at, 5, activity.minutes, typed)
        self.sheet.write_string(at, 6, self.words.value(activity.value), text)
        self._actual(row)

    def _actual(self, row: int) -> None:
        """What really happened: two times to type, and what follows from them; past midnight too."""
        at, clock, amount = row - 1, self.look(**_CLOCK, **_TYPED), self.look(**_AMOUNT)
        self.sheet.write_blank(at, 7, None, clock)
        self.sheet.write_blank(at, 8, None, clock)
        took = f'=IF(OR(H{row}="",I{row}=""),"",ROUND(MOD(I{row}-H{row},1)*{_DAY},1))'
        late = f'=IF(I{row}="","",ROUND((MOD(I{row}-C{row}+0.5,1)-0.5)*{_DAY},1))'
        self.sheet.write_formula(at, 9, took, amount, "")
        self.sheet.write_formula(at, 10, f'=IF(J{row}="","",F{row}-J{row})', amount, "")
        self.sheet.write_formula(at, 11, late, amount, "")

    def _who(self, activity: Activity) -> str:
        """Who is busy; never empty, so that a formula can look for it."""
        if activity.kind == "before":
            return self.words.workbook["before"]
        return self.words.who(activity) or _NOBODY

    def _total(self) -> None:
        bold = {"bold": True, "top": 1}
        self.sheet.write_string(self.last, 4, self.words.workbook["sum"], self.look(**bold))
        for column, letter, value in ((5, "F", self.schedule.total), (9, "J", 0), (10, "K", 0)):
            formula = f"=SUM({letter}{self.first}:{letter}{self.last})"
            self.sheet.write_formula(self.last, column, formula, self.look(**bold, **_AMOUNT), value)

    def _by_who(self) -> None:
        """The minutes of each role: its word is looked for, so an activity of two roles counts for both."""
        row = self.last + 2
        self.sheet.write_string(row, 3, self.words.workbook["by_who"], self.look(bold=True))
        span = "${0}${1}:${0}${2}"
        whos, sums = (span.format(letter, self.first, self.last) for letter in "DF")
        for at, (role, total) in enumerate(clock.by_role(self.schedule).items(), row + 1):
            self.sheet.write_string(at, 3, self.words.common[role] if role else _NOBODY, self.look())
            self.sheet.write_string(at, 4, "" if role else self.words.workbook["nobody"], self.look())
            formula = f'=SUMIF({whos},"*"&D{at + 1}&"*",{sums})'
            self.sheet.write_formula(at, 5, formula, self.look(**_AMOUNT), total)

    def _looks(self) -> None:
        """What stays in sight, what may be typed, what is red, and how it is printed."""
        sheet, words = self.sheet, self.words.workbook
        sheet.freeze_panes(_HEADER + 1, 0)
        sheet.hide_gridlines(2)
        sheet.ignore_errors({"number_stored_as_text": f"A{_HEADER + 2}:A{self.last}"})
        time = {"validate": "time", "criteria": ">=", "value": 0, "error_message": words["wrong_time"]}
        amount = {"validate": "decimal", "criteria": ">=", "value": 0, "error_message": words["wrong_minutes"]}
        sheet.data_validation("C3", time)
        sheet.data_validation(f"H{_HEADER + 2}:I{self.last}", time)
        sheet.data_validation(f"F{_HEADER + 2}:F{self.last}", amount)
        late = self.look(font_color=_LATE, bold=True)
        sheet.conditional_format(
            f"L{_HEADER + 2}:L{self.last}",
            {"type": "formula", "criteria": f"=AND(ISNUMBER(L{_HEADER + 2}),L{_HEADER + 2}>=1)", "format": late},
        )
        for cells in ("E5", f"K{_HEADER + 2}:K{self.last}"):
            sheet.conditional_format(cells, {"type": "cell", "criteria": "<", "value": 0, "format": late})
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(_HEADER)
        sheet.set_footer(f"&L&A&R{words['page']}")
