"""The schedule as a spreadsheet: read back with openpyxl, and calculated anew after its start has moved."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from classroom import MARKUP, PLAN, long_plan
from openpyxl.worksheet.worksheet import Worksheet

from labguide.schedule import clock, workbook
from labguide.schedule.model import Schedule

HEADER = 6
CHINESE = replace(PLAN, language="zh-TW")


def sheet(schedule: Schedule, *, shown: bool = True) -> Worksheet:
    """The sheet with what its cells show, or with their formulas."""
    found = openpyxl.load_workbook(io.BytesIO(workbook.write(schedule)), data_only=shown).active
    assert isinstance(found, Worksheet)
    return found


def row_of(found: Worksheet, title: str) -> int:
    return next(cell.row for cell in found["E"] if cell.value == title)


def recalculated(schedule: Schedule, change: Callable[[Worksheet], None], folder: Path) -> Callable[[str], Any]:
    """The value of a cell after a change, calculated from the formulas alone."""
    book = openpyxl.load_workbook(io.BytesIO(workbook.write(schedule)))
    assert isinstance(book.active, Worksheet)
    change(book.active)
    path = folder / "changed.xlsx"
    book.save(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import formulas  # takes two seconds

        solution = formulas.ExcelModel().loads(str(path)).finish().calculate()
    values = {str(name).rsplit("!", 1)[-1]: cell for name, cell in solution.items() if hasattr(cell, "value")}
    return lambda name: values[name].value[0, 0]


def on_clock(share: float) -> str:
    """What a spreadsheet shows of a share of a day as `hh:mm`."""
    minutes = round(share * clock.DAY, 6) % clock.DAY
    return f"{int(minutes // 60):02}:{int(minutes % 60):02}"


@pytest.mark.parametrize("schedule", [PLAN, CHINESE], ids=["en", "zh-TW"])
def test_viewer_that_does_not_calculate_shows_the_right_times(schedule: Schedule) -> None:
    found = sheet(schedule)
    for slot in clock.slots(schedule):
        row = row_of(found, slot.activity.title)
        expected = [clock.on_clock(schedule.start, each) for each in (slot.began, slot.ended)]
        assert [f"{found.cell(row, column).value:%H:%M}" for column in (2, 3)] == expected
        assert found.cell(row, 6).value == slot.activity.minutes
    assert (found["C3"].value, found["C4"].value, found["E3"].value) == (time(9), time(10), 60)


def test_names_of_columns_are_in_the_language_of_the_plan() -> None:
    names = [cell.value for cell in sheet(CHINESE)[HEADER]]
    assert names[:7] == ["編號", "開始", "結束", "對象", "活動", "分鐘數", "重要性"]
    assert sheet(CHINESE).title == "課程時間表"


def test_language_without_words_has_english_ones() -> None:
    assert sheet(replace(PLAN, language="fi")).title == "Schedule"


@pytest.mark.slow
def test_all_times_move_with_the_start_past_midnight_too(tmp_path: Path) -> None:
    def later(found: Worksheet) -> None:
        found["C3"] = time(23, 30)

    value = recalculated(PLAN, later, tmp_path)
    found = sheet(PLAN)
    for slot in clock.slots(PLAN):
        row = row_of(found, slot.activity.title)
        expected = [clock.on_clock("23:30", each)[:5] for each in (slot.began, slot.ended)]
        assert [on_clock(value(f"B{row}")), on_clock(value(f"C{row}"))] == expected
    assert on_clock(value("C4")) == "00:30"


@pytest.mark.slow
def test_minutes_that_are_changed_move_what_follows_and_all_sums(tmp_path: Path) -> None:
    found = sheet(PLAN)
    explore, markup, end = (row_of(found, title) for title in ("Explore", MARKUP, "End"))

    def longer(changed: Worksheet) -> None:
        changed[f"F{explore}"] = 20
        changed[f"F{markup}"] = 0

    value = recalculated(PLAN, longer, tmp_path)
    assert on_clock(value(f"C{explore}")) == "09:35"
    assert on_clock(value(f"B{markup + 1}")) == "09:50"
    assert (value("E3"), value("E5")) == (60, 0)
    by_role = {str(found.cell(row, 4).value): f"F{row}" for row in range(end + 4, found.max_row + 1)}
    sums = {role: value(name) for role, name in by_role.items()}
    assert sums == {"Instructor": 15, "Students": 30, "Break": 15, "Everyone": 0, "Assistants": 0}


@pytest.mark.slow
def test_actual_times_are_held_against_the_plan(tmp_path: Path) -> None:
    found = sheet(PLAN)
    welcome, introduce, total = (row_of(found, title) for title in ("Welcome", "Introduce SageMaker", "Total"))

    def typed(changed: Worksheet) -> None:
        changed["C3"] = time(23, 50)
        changed[f"H{welcome}"], changed[f"I{welcome}"] = time(23, 52), time(0, 1)
        changed[f"H{introduce}"], changed[f"I{introduce}"] = time(0, 1), time(0, 5)

    value = recalculated(PLAN, typed, tmp_path)
    assert [value(f"{letter}{welcome}") for letter in "JKL"] == [9, -4, 6]
    assert [value(f"{letter}{introduce}") for letter in "JKL"] == [4, 6, 0]
    assert [value(f"{letter}{total}") for letter in "JK"] == [13, 2]
    assert value(f"J{introduce + 1}") in ("", None)


def test_sums_by_role_are_those_of_the_plan() -> None:
    found = sheet(PLAN)
    first = row_of(found, "End") + 4
    sums = {found.cell(row, 4).value: found.cell(row, 6).value for row in range(first, found.max_row + 1)}
    assert sums == {"Instructor": 15, "Students": 15, "Break": 15, "Everyone": 15, "Assistants": 15}


def test_title_is_text_whatever_it_looks_like() -> None:
    activity = replace(PLAN.activities[1], title="=1+1")
    found = sheet(replace(PLAN, title="=cmd|'/c calc'!A1", activities=(activity,)), shown=False)
    assert (found["A1"].value, found["A1"].data_type) == ("=cmd|'/c calc'!A1", "s")
    assert (found["E7"].value, found["E7"].data_type) == ("=1+1", "s")


def test_names_of_columns_stay_in_sight_and_are_on_every_sheet_of_paper() -> None:
    found = sheet(PLAN)
    assert found.freeze_panes == "A7"
    assert found.print_title_rows == "$6:$6"
    assert (found.page_setup.orientation, found.page_setup.fitToHeight) == ("landscape", 0)
    assert found.sheet_properties.pageSetUpPr.fitToPage


def test_minutes_and_times_refuse_what_is_none() -> None:
    rules = {str(rule.sqref): rule.type for rule in sheet(PLAN).data_validations.dataValidation}
    assert rules == {"C3": "time", "H7:I15": "time", "F7:F15": "decimal"}


def test_plan_of_300_activities_ends_after_300_minutes() -> None:
    found = sheet(long_plan(300))
    assert found["C4"].value == time(14)
    assert f"{found.cell(row_of(found, 'Step 300'), 2).value:%H:%M}" == "13:59"


def test_plan_without_activities_is_written() -> None:
    assert sheet(replace(PLAN, activities=()))["E3"].value == 0


def test_same_schedule_gives_the_same_bytes() -> None:
    first, second = workbook.write(PLAN), workbook.write(PLAN)
    assert first == second
    with ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        assert "2000-01-01T00:00:00Z" in archive.read("docProps/core.xml").decode()
