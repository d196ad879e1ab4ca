"""Actual times, read back and held against the plan."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from classroom import PLAN, at

from labguide.problems import Problems
from labguide.schedule import actual

WHOLE_CLASS: dict[str, float | None] = {
    "welcome": 7.5,
    "introduce": 14,
    "explore": None,
    "break": 16,
    "markup": 15,
    "look": None,
    "questions": 4.5,
    "end": 0,
}
NINE = "2026-11-27T09:00:00+08:00"
TEN = "2026-11-27T10:00:00+08:00"


def entry(identity: str = "welcome", **said: Any) -> dict[str, Any]:
    return {"identity": identity, "began": NINE, "ended": TEN, "paused": 0, **said}


def file(folder: Path, *activities: Any, name: str = "class.json", **said: Any) -> Path:
    path = folder / name
    whole = {"format": "labguide-actual-1", "schedule": "introduction", "activities": list(activities), **said}
    path.write_text(json.dumps(whole), "utf-8")
    return path


def held(folder: Path, day: int, late: float = 0, **minutes: float | None) -> Path:
    """A class that took so many minutes for each activity, one after the other; None is skipped."""
    now, activities = at("09:00", day) + timedelta(minutes=late), []
    for identity, took in minutes.items():
        if took is None:
            activities.append({"identity": identity, "began": None, "ended": None, "skipped": True})
        else:
            ended = now + timedelta(minutes=took)
            activities.append(entry(identity, began=now.isoformat(), ended=ended.isoformat()))
            now = ended
    return file(folder, *activities, name=f"{day}.json", start=at("09:00", day).isoformat())


def read(path: Path) -> tuple[actual.Actual | None, list[str]]:
    problems = Problems()
    found = actual.read(path, PLAN, problems)
    return found, [str(problem).removeprefix(f"{path.as_posix()}:1: ") for problem in problems]


def compared(*paths: Path) -> actual.Comparison:
    problems = Problems()
    found = [actual.read(path, PLAN, problems) for path in paths]
    comparison = actual.compare(PLAN, [each for each in found if each], problems)
    assert list(problems) == []
    return comparison


def row(comparison: actual.Comparison, identity: str) -> actual.Row:
    return next(each for each in comparison.rows if each.identity == identity)


def test_pauses_are_no_part_of_what_an_activity_took(tmp_path: Path) -> None:
    found, problems = read(file(tmp_path, entry(paused=600)))
    assert problems == []
    assert found is not None
    assert [each.minutes for each in found.activities] == [50]


def test_activity_that_has_not_ended_took_no_known_time(tmp_path: Path) -> None:
    found, _ = read(file(tmp_path, entry(ended=None)))
    assert found is not None
    assert (found.activities[0].minutes, found.ended) == (None, None)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"format": "labguide-actual-9"}, "the format is 'labguide-actual-9' and not 'labguide-actual-1'"),
        ({"format": None}, "the format is None"),
        ({"schedule": "other"}, "these are times of the plan 'other', not 'introduction'"),
        ({"activities": {}}, "the file lists no activities"),
        ({"activities": [7]}, "activity 1 of the file has no identity"),
        ({"activities": [entry(""), entry("x")]}, "activity 1 of the file has no identity"),
        ({"activities": [entry(), entry()]}, 'the activity "welcome" is listed twice'),
        ({"activities": [entry(began="nine")]}, "`began` of \"welcome\" is 'nine' and no time"),
        ({"activities": [entry(began=9)]}, '`began` of "welcome" is 9 and no time'),
        ({"activities": [entry(ended="2026-11-27T10:00:00")]}, '`ended` of "welcome" has no time zone'),
        ({"activities": [entry(began=None)]}, '"welcome" ended and never began'),
        ({"activities": [entry(began=TEN, ended=NINE)]}, '"welcome" ended before it began'),
        ({"activities": [entry(paused=-1)]}, '`paused` of "welcome" is -1; write a number, 0 or more'),
        ({"activities": [entry(paused=True)]}, '`paused` of "welcome" is True'),
        ({"activities": [entry(paused=10**400)]}, '`paused` of "welcome" is 1000'),
        ({"activities": [entry(paused=7200)]}, '"welcome" was paused for longer than it went on'),
        ({"activities": [entry(planned="5")]}, "`planned` of \"welcome\" is '5'"),
        ({"start": "09:00"}, "the start of the class is '09:00' and no time"),
    ],
)
def test_file_with_a_fault_is_left_out_and_the_fault_is_named(
    tmp_path: Path, said: dict[str, Any], message: str
) -> None:
    found, problems = read(_raw(tmp_path, {"activities": [], **said}))
    assert found is None
    assert any(problem.startswith(message) for problem in problems), problems
    assert all(problem.endswith("[bad-actual]") for problem in problems)


def _raw(folder: Path, said: dict[str, Any]) -> Path:
    path = folder / "class.json"
    path.write_text(json.dumps({"format": "labguide-actual-1", "schedule": "introduction", **said}), "utf-8")
    return path


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is not JSON: Expecting value"),
        (b"[]", "the file holds no times of a class"),
        (b"\xff\xfe", "the file is not text in UTF-8"),
        (b"[" * 100_000, "the file is nested too deep"),
    ],
)
def test_file_that_is_no_export_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "class.json"
    path.write_bytes(content)
    found, problems = read(path)
    assert found is None
    assert problems[0].startswith(message)


def test_fault_in_json_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "class.json"
    path.write_text('{\n  "format": ,\n}', "utf-8")
    _, problems = read(path)
    assert problems[0].startswith(f"{path.as_posix()}:2: the file is not JSON")


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    _, problems = read(tmp_path / "lost.json")
    assert problems == ["the file cannot be read: No such file or directory; name a file that is there [bad-actual]"]


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    _, problems = read(file(tmp_path, entry(began="nine"), entry("explore", paused=-1)))
    assert len(problems) >= 2


def test_planned_stands_against_the_median_of_classes(tmp_path: Path) -> None:
    comparison = compared(
        held(tmp_path, 3, welcome=6, introduce=14, explore=None),
        held(tmp_path, 4, welcome=8, introduce=18, explore=4),
        held(tmp_path, 5, welcome=10, introduce=12, explore=5),
    )
    welcome, explore = row(comparison, "welcome"), row(comparison, "explore")
    assert (welcome.took, welcome.median, welcome.mean, welcome.over) == ((6, 8, 10), 8, 8, 3)
    assert (explore.took, explore.skipped, explore.median) == ((None, 4, 5), (True, False, False), 4.5)
    assert comparison.took == (20, 30, 27)


@pytest.mark.parametrize(
    ("planned", "median", "suggested"),
    [
        (10, None, 10),
        (None, None, None),
        (None, 4.4, 4),
        (10, 11, 10),
        (60, 66, 60),
        (10, 12.4, 10),
        (10, 12.5, 15),
        (5, 7.5, 8),
        (15, 9.6, 10),
        (45, 52, 50),
        (5, 0, 0),
    ],
)
def test_next_plan_gets_the_minutes_that_classes_took(
    planned: float | None, median: float | None, suggested: float | None
) -> None:
    assert actual.suggest(planned, median) == suggested


def test_what_is_no_longer_in_the_plan_is_still_told(tmp_path: Path) -> None:
    comparison = compared(file(tmp_path, entry("poll", title="Poll\x1b[2J of\nhands")))
    assert (row(comparison, "poll").gone, row(comparison, "poll").took) == (True, (60,))
    assert "Poll [2J of hands (not in the plan)" in actual.table(comparison)
    assert comparison.suggested == 60


def test_class_that_is_given_twice_counts_once_and_is_told(tmp_path: Path) -> None:
    problems = Problems()
    paths = [file(tmp_path, entry(), name="a.json"), file(tmp_path, entry(), entry("x", began=TEN), name="b.json")]
    found = [actual.read(path, PLAN, problems) for path in paths]
    comparison = actual.compare(PLAN, [each for each in found if each], problems)
    assert [Path(each.source).name for each in comparison.actuals] == ["b.json"]
    assert "this is the class of" in str(next(iter(problems)))


def test_class_that_has_not_begun_is_told(tmp_path: Path) -> None:
    problems = Problems()
    found = actual.read(file(tmp_path), PLAN, problems)
    assert found is not None
    assert actual.compare(PLAN, [found], problems).actuals == ()
    assert "no activity of this class has begun" in str(next(iter(problems)))


def test_table_of_one_class(tmp_path: Path) -> None:
    path = held(tmp_path, 27, late=2, **WHOLE_CLASS)
    text = actual.table(compared(path)).replace(path.as_posix(), "27.json")
    assert text == (Path(__file__).parent / "actual_one_class.txt").read_text("utf-8")


def test_table_of_several_classes_in_chinese(tmp_path: Path) -> None:
    paths = [
        held(tmp_path, 3, welcome=6, introduce=14, explore=None),
        held(tmp_path, 4, late=-1, welcome=8, introduce=18, explore=4),
    ]
    text = actual.table(compared(*paths), "zh-TW").replace(f"{tmp_path.as_posix()}/", "")
    assert text == (Path(__file__).parent / "actual_two_classes.zh-TW.txt").read_text("utf-8")


def test_many_classes_are_told_by_the_shortest_and_the_longest(tmp_path: Path) -> None:
    text = actual.table(compared(*(held(tmp_path, day, welcome=day) for day in range(1, 8))))
    assert "From–to" in text
    assert "1–7" in text


def test_minutes_of_another_plan_are_told(tmp_path: Path) -> None:
    assert "“Welcome” had 9 min in the plan of then" in actual.table(compared(file(tmp_path, entry(planned=9))))


def test_no_class_makes_no_table() -> None:
    assert actual.table(actual.compare(replace(PLAN), [], Problems())) == ""
