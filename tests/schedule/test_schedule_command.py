"""`labguide schedule`: of a project, and of a file that belongs to none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from test_schedule_page import CHINESE, DECK, LESSON, PLAN, SCRIPT

from labguide.cli.commands import cli

FOREIGN = "### 1. Instructor Do: Welcome (0:05)\r\n\r\n### 2. Students Do: Try (0:10)\r\n\r\n### END\r\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project, in which the command is called."""
    languages = "[{locale: en, name: English, default: true}, {locale: zh-TW, name: 繁體中文}]"
    files = {
        "mkdocs.yml": (
            "site_name: Small\nmarkdown_extensions: [attr_list]\n"
            f"plugins: [{{i18n: {{docs_structure: suffix, languages: {languages}}}}}, labguide]\n"
        ),
        "docs/index.md": "# Small\n",
        "docs/train.md": LESSON,
        "slides/deck.md": DECK,
        "snippets/train.py": SCRIPT,
        "docs/plans/class.md": PLAN.replace("../../slides", "../slides"),
        "docs/plans/class.zh-TW.md": CHINESE,
        "foreign.md": FOREIGN,
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["schedule", *arguments])


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_plan_is_printed_by_the_clock(folder: Path) -> None:
    result = _run("class", "--start", "23:45")
    assert [line.split()[:2] for line in result.stdout.splitlines() if line[:2].isdigit()] == [
        ["23:45", "1"],
        ["23:55", "2"],
        ["00:15", "+1"],
        ["00:15", "+1"],
    ]
    assert result.exit_code == 0


def test_plan_is_printed_in_another_language(folder: Path) -> None:
    result = _run("class", "--language", "zh-TW")
    assert "看投影片" in result.stdout
    assert "已安排 30 分鐘" in result.stdout


def test_all_plans_are_printed_without_a_name(folder: Path) -> None:
    (folder / "docs/plans/other.md").write_text("---\nkind: plan\n---\n# Other\n\n### A (5 min)\n", "utf-8")
    assert [line for line in _run().stdout.splitlines() if line in ("A class", "Other")] == ["A class", "Other"]


def test_plan_of_nobody_is_told_with_those_there_are(folder: Path) -> None:
    result = _run("nothing")
    assert (result.exit_code, 'no lesson plan "nothing"; known are: class' in result.stderr) == (2, True)


def test_start_that_is_no_clock_is_refused(folder: Path) -> None:
    assert _run("class", "--start", "25:00").exit_code == 2


def test_what_is_wrong_ends_with_status_1(folder: Path) -> None:
    _edit(folder / "docs/plans/class.md", "minutes: 60", "minutes: 20")
    result = _run("class")
    assert result.exit_code == 1
    assert "docs/plans/class.md:4: the activities take 30 minutes, 10 more than the class has" in result.stderr


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("../train.md#fit", "../trains.md", "16:11: a link '../trains.md', but there is no 'trains.md' in the site"),
        ("#/two", "#/three", "12:12: a link '../slides/deck.html#/three', but slides/deck.html has no slide '#/three'"),
        ("#/two", "#/9", "12:12: a link '../slides/deck.html#/9', but slides/deck.html has no slide '#/9'"),
        ("#/two", "#/2", "12:12: a link '../slides/deck.html#/2', but slides/deck.html has no slide '#/2'"),
        ("#/two", "#/tw", "12:12: a link '../slides/deck.html#/tw', but slides/deck.html has no slide '#/tw'"),
    ],
)
def test_links_that_lead_nowhere_are_told(folder: Path, old: str, new: str, told: str) -> None:
    _edit(folder / "docs/plans/class.md", old, new)
    assert told in _run("class").stderr


@pytest.mark.parametrize("anchor", ["#/1", "#/0", "#/two/0", "#one", "#/"])
def test_links_to_slides_may_be_written_as_reveal_reads_them(folder: Path, anchor: str) -> None:
    _edit(folder / "docs/plans/class.md", "#/two", anchor)
    result = _run("class")
    assert (result.exit_code, result.stderr) == (0, "")


def test_file_of_no_project_is_read_by_its_path(tmp_path: Path) -> None:
    file = tmp_path / "LessonPlan.md"
    file.write_bytes(FOREIGN.encode())
    result = _run(str(file))
    assert (result.exit_code, "15 minutes are planned." in result.stdout) == (0, True)


def test_front_matter_that_cannot_be_read_is_told_of_a_file_of_no_project(tmp_path: Path) -> None:
    file = tmp_path / "LessonPlan.md"
    file.write_text(f"---\nminutes: [\n---\n\n{FOREIGN}", "utf-8")
    result = _run(str(file))
    assert (result.exit_code, "[front-matter]" in result.stderr) == (1, True)


def test_json_has_times_and_problems(folder: Path) -> None:
    _edit(folder / "docs/plans/class.md", "(20 min)", "")
    found = json.loads(_run("class", "--json").stdout)
    (said,) = found["schedules"]
    assert found["format"] == "labguide-schedule-1"
    assert [(each["identity"], each["begins"], each["minutes"]) for each in said["activities"]] == [
        ("slides", "09:00", 10),
        ("activity-2", "09:10", None),
        ("activity-3", "09:10", 0),
    ]
    assert said["activities"][0]["shows"] == ["slides/deck.md#/two"]
    assert [problem.rpartition(" ")[2] for problem in found["problems"]] == ["[missing-minutes]"]


def test_plan_is_held_against_a_table_in_another_file(folder: Path) -> None:
    table = (
        "| | # | Activity | Time |\n|---|---|---|---|\n| 6:30 PM | 1 | Instructor Do: Welcome | 0:10 |\n"
        "| 6:40 PM | 2 | Students Do: Try | 0:10 |\n| 6:50 PM | 3 | END | 0:00 |\n"
    )
    (folder / "TimeTracker.md").write_text(table, "utf-8")
    result = _run("foreign.md", "--against", "TimeTracker.md")
    assert result.exit_code == 1
    assert "foreign.md:1: this takes 5 minutes, but 10 at TimeTracker.md:3" in result.stderr
    assert "TimeTracker.md:1: the table takes 20 minutes in all, the steps up to foreign.md:5 take 15" in result.stderr


def test_schedule_is_written_as_a_spreadsheet(folder: Path) -> None:
    assert _run("class", "--xlsx", "class.xlsx").exit_code == 0
    assert (folder / "class.xlsx").read_bytes().startswith(b"PK")


def test_planned_and_actual_times_are_printed_side_by_side(folder: Path) -> None:
    spans = (("slides", "09:00", "09:12"), ("activity-2", "09:12", "09:37"))
    day = "2026-11-27T{}:00+08:00"
    activities = [
        {"identity": name, "began": day.format(began), "ended": day.format(ended), "paused": 0}
        for name, began, ended in spans
    ]
    actual = {"format": "labguide-actual-1", "schedule": "class", "activities": activities}
    (folder / "actual.json").write_text(json.dumps(actual), "utf-8")
    result = _run("class", "--actual", "actual.json")
    assert "Show slides" in result.stdout, result.output
