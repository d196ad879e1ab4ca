"""Whole plans: which lines are steps, what they make together, and what is told of them."""

from __future__ import annotations

import pytest
from lesson_plans import PATH, read, steps, told

from labguide.schedule import clock

NOT_NUMBERED = """## 12.3 Lesson Plan: Introduction to APIs (AWS)

### Class Objectives

By the end, students can:

* Say **what** SageMaker is
* ...

### Instructor Notes

Have your TAs keep track of time with the [Time Tracker](TimeTracker.xlsx).

- - -

### 1. Instructor Do: Welcome Class (5 mins)

...

### 0. Instructor Do: Introduce (10 mins)
### 0. Students Do: Explore (5 mins)
### 0. Everyone Do: Create and Deploy (15 mins)

* TBD.

- - -

### End Class

### Copyright
"""


def test_zeros_and_bodies_that_are_to_be_done_are_a_plan() -> None:
    plan, problems = read(NOT_NUMBERED)
    assert [each.title for each in plan.schedule.activities] == [
        "Welcome Class",
        "Introduce",
        "Explore",
        "Create and Deploy",
        "End Class",
    ]
    assert (plan.schedule.total, problems) == (35, [])


def test_objectives_are_the_list_below_their_heading() -> None:
    assert read(NOT_NUMBERED)[0].schedule.objectives == ("Say what SageMaker is", "...")


OPENERS = {
    "any level": "# 1. Instructor Do: A (5 min)\n# 2. Students Do: B (5 min)\n",
    "no blank": "###1. Instructor Do: A (5 min)\n###2. Students Do: B (5 min)###\n",
    "underlined": "1. Instructor Do: A (5 min)\n---\n\n2. Students Do: B ( 5 minutes )\n--------- ----------\n",
    "summary": (
        "<details>\n  <summary><strong>📣 1.1 Instructor Do: A (0:05)</strong></summary>\n\n</details>\n"
        "<summary><strong> ✏️ 1.2 Students Do: B (0:05)</strong></summar\n"
    ),
    "summary over lines": "<summary>\n1. Instructor Do: A (5 min)\n</summary>\n\n<summary>2. Stu: B (0:05)</summary>\n",
    "element": "<h3 id='a'>1. Instructor Do: A (5 min)</h3>\n\n<h3>2. Students Do: B (5 min)</h3>\n",
    "bold": "**1. Instructor Do: A (5 min)**\n\ntext\n\n**2. Students Do: B** (5 min)\n",
    "crlf": "### 1. Instructor Do: A (5 min)\r\n\r\ntext\r\n\r\n### 2. Students Do: B (5 min)\r\n",
}


@pytest.mark.parametrize("opener", OPENERS)
def test_step_is_found_whatever_makes_it_a_heading(opener: str) -> None:
    assert steps(OPENERS[opener]) == [("A", 5), ("B", 5)]


def test_code_and_comments_are_no_steps() -> None:
    text = (
        "### 1. Instructor Do: A (5 min)\n\n```sh\n### 2. Students Do: B (5 min)\n```\n\n"
        "<!-- ### 3. Students Do: C (5 min)\n### 4. Students Do: D (5 min)\n-->\n"
    )
    assert steps(text) == [("A", 5)]


def test_fence_without_an_end_hides_no_step() -> None:
    assert steps("### 1. Instructor Do: A (5 min)\n\n```sh\nls\n\n### 2. Students Do: B (5 min)\n") == [
        ("A", 5),
        ("B", 5),
    ]


# ---- Levels ----


def test_smaller_headings_with_minutes_are_parts_of_their_step() -> None:
    text = "### 1. Instructor Do: A (15 min)\n#### Talk (5 min)\n#### Demo (5 min)\n### 2. Students Do: B (5 min)\n"
    assert (steps(text), told(text)) == ([("A", 15), ("B", 5)], [])


def test_parts_that_take_longer_than_their_step_are_told() -> None:
    text = "### 1. Instructor Do: A (15 min)\n#### Talk (10 min)\n#### Demo (10 min)\n### 2. Students Do: B (5 min)\n"
    assert told(text) == [
        f"{PATH}:2: the parts from here on says 20 minutes, {PATH}:1 says 15; make both say the same [totals-differ]"
    ]


def test_parts_say_how_long_a_step_takes_that_does_not_say_it() -> None:
    text = (
        "### 1. Instructor Do: A\n#### Talk (5 min)\n##### Aside (2 min)\n#### Demo (10 min)\n### 2. Stu: B (5 min)\n"
    )
    assert (steps(text), told(text)) == ([("A", 15), ("B", 5)], [])


def test_break_that_hides_in_a_sentence_is_told() -> None:
    text = "### 1. Stu: A (5 min)\n###### 105 minutes have passed - break for 15 minutes :)\n### 2. Stu: B (5 min)\n"
    assert [line.partition(" stands")[0] for line in told(text)] == [
        f'{PATH}:2: "105 minutes have passed - break for 15 minutes :)"'
    ]


def test_step_at_another_level_is_one_by_its_number() -> None:
    text = (
        "### 1. Instructor Do: A (5 min)\n#### 2. Students Do: B (5 min)\n## 3. Instructor Do: C (5 min)\n"
        "### 4. Stu: D (5 min)\n### 5. Stu: E (5 min)\n## BREAK (15 min)\n### 6. Stu: F (5 min)\n"
    )
    assert [title for title, _ in steps(text)] == ["A", "B", "C", "D", "E", "BREAK", "F"]


def test_total_in_a_title_is_held_against_the_sum() -> None:
    text = "# Lesson (90 mins)\n## Opening (10 mins)\n## Introduction: Topic (20 mins)\n## Demo: More (30 mins)\n"
    assert told(text) == [
        f"{PATH}:1: this heading says 90 minutes, {PATH}:2 to {PATH}:4 says 60; make both say the same [totals-differ]"
    ]


def test_total_of_a_section_is_held_against_its_steps() -> None:
    text = (
        "## 1. Welcome\n\n| Activity Time: 0:15 | Elapsed Time: 0:15 |\n|---|---|\n\n### 1.1 Instructor Do: A (0:05)\n"
        "### 1.2 Students Do: B (0:10)\n\n## 2. More\n\n| Activity Time: 0:20 | Elapsed Time: 0:35 |\n|---|---|\n\n"
        "### 2.1 Instructor Do: C (0:15)\n"
    )
    assert told(text) == [
        f"{PATH}:11: this table says 20 minutes, {PATH}:14 says 15; make both say the same [totals-differ]"
    ]


# ---- What is told ----

FRONT = "---\nkind: plan\nminutes: {minutes}\n---\n"


def test_unknown_role_is_told() -> None:
    text = "### 1. Wizards Do: Magic (5 min)\n### 2. Instructor Do: Say (5 min)\n"
    assert told(text) == [
        f'{PATH}:1: nobody is known as "Wizards"; known are: assistants, everyone, groups, instructor, partners, '
        "students [unknown-role]"
    ]


def test_unknown_role_is_told_in_chinese_where_all_others_are_known() -> None:
    text = "".join(f"### {n}. 講師：步驟（5 分鐘）\n" for n in range(1, 5)) + "### 5. 觀眾：鼓掌（5 分鐘）\n"
    assert [line.partition(";")[0] for line in told(text, "zh-TW")] == [f'{PATH}:5: nobody is known as "觀眾"']


def test_missing_minutes_are_told() -> None:
    text = (
        "### 1. Instructor Do: A (5 min)\n### 2. Students Do: B\n### 3. Presentations\n### 4. Students Do: C (0:XX)\n"
    )
    assert [line.partition(";")[0] for line in told(text)] == [
        f'{PATH}:2: nothing says how long "B" takes',
        f'{PATH}:3: nothing says how long "Presentations" takes',
        f'{PATH}:4: the minutes of "C" are still to be filled in',
    ]


def test_number_makes_a_step_of_what_else_is_a_section() -> None:
    text = "### 1. Instructor Do: A (5 min)\n### 2. Next Week's Homework\n### Homework\n"
    assert [line.partition(";")[0] for line in told(text)] == [
        f'{PATH}:2: nothing says how long "Next Week\'s Homework" takes'
    ]


def test_heading_among_the_steps_that_says_nothing_is_told() -> None:
    text = "### Instructor Do: A (5 min)\n### Presentations\n### Students Do: B (5 min)\n### Homework\n### Copyright\n"
    assert told(text) == [
        f'{PATH}:2: "Presentations" stands among the steps and says neither who does it nor how long; write it as '
        "`(10 min)` or `(0:10)` at the end, or use a smaller heading if it is a part of the step above [unread-step]"
    ]


def test_total_over_the_target_is_told_where_the_target_stands() -> None:
    text = FRONT.format(minutes=60) + "### 1. Instructor Do: A (40 min)\n### 2. Students Do: B (35 min)\n"
    assert told(text) == [
        f"{PATH}:3: the activities take 75 minutes, 15 more than the class has; shorten some, or leave out what "
        "matters least [over-target]"
    ]


def test_activity_longer_than_the_day_is_told() -> None:
    assert "this takes 510 minutes, a day of class has 480" in told("### 1. Instructor Do: A (8:30)\n")[1]


def test_two_activities_of_one_number_are_told() -> None:
    text = "### 1. Instructor Do: A (5 min)\n### 02. Students Do: B (5 min)\n### 2. Students Do: C (5 min)\n"
    assert told(text) == [
        f"{PATH}:3: {PATH}:2 has the number 2 too; number the steps anew, or write `0.` for all [duplicate-number]"
    ]


def test_numbers_may_begin_again_in_each_part() -> None:
    text = "## Morning\n### 1. Instructor Do: A (5 min)\n## Afternoon\n### 1. Students Do: B (5 min)\n"
    assert told(text) == []


def test_two_activities_of_one_id_are_told() -> None:
    text = "### 1. Instructor Do: A (5 min) {#a}\n### 2. Students Do: B (5 min) {#a}\n"
    assert told(text) == [f"{PATH}:2: {PATH}:1 has the id `a` too; give one of the two another id [duplicate-id]"]


def test_sitting_too_long_is_told_where_it_becomes_so() -> None:
    text = "### 1. Ins: A (60 min)\n### 2. Stu: B (40 min)\n### 3. BREAK (0:15)\n### 4. Stu: C (90 min)\n"
    assert [line.partition(";")[0] for line in told(text)] == [
        f"{PATH}:2: here the class has sat for more than 90 minutes, 100 in all"
    ]
    assert told("---\nbreak_after: 100\n---\n" + text) == []


def test_plan_without_a_step_is_told() -> None:
    assert "no heading and no table of this plan says who does what" in told("# A plan\n\ntext\n")[0]


@pytest.mark.parametrize("said", ["minutes: soon", "minutes: -5", "start: noon", 'start: "25:00"', "break_after: []"])
def test_front_matter_that_cannot_be_understood_is_told_with_its_line(said: str) -> None:
    (problem,) = told(f"---\nkind: plan\n{said}\n---\n### 1. Instructor Do: A (5 min)\n")
    assert (problem[: len(PATH) + 4], problem[-12:]) == (f"{PATH}:3: ", "[bad-header]")


@pytest.mark.parametrize(
    ("said", "start"), [("13:30", "13:30"), ('"09:00"', "09:00"), ("6:30 PM", "18:30"), ("09:05", "09:05")]
)
def test_start_is_a_clock_however_yaml_takes_it(said: str, start: str) -> None:
    assert read(f"---\nstart: {said}\n---\n### A (5 min)\n")[0].schedule.start == start


def test_remainder_is_what_the_class_has_left() -> None:
    text = "### 1. Instructor Do: A (20 min)\n### 2. Students Do: Projects (Remainder)\n"
    assert steps(FRONT.format(minutes=60) + text) == [("A", 20), ("Projects", 40)]
    assert '"Projects" takes what is left, but nothing says how long the class is' in told(text)[0]


# ---- By the clock ----


def test_clock_goes_on_over_breaks_and_midnight() -> None:
    text = (
        "---\nstart: 23:30\n---\n### Prepare (15 min before class)\n### 1. Ins: A (20 min)\n"
        "### BREAK (15 min)\n### 2. Students Do: B (30 min)\n### END\n"
    )
    said = read(text)[0].schedule
    slots = [(slot.activity.title, clock.on_clock(said.start, slot.began)) for slot in clock.slots(said)]
    assert slots == [
        ("Prepare", "23:15"),
        ("A", "23:30"),
        ("BREAK", "23:50"),
        ("B", "00:05 +1"),
        ("END", "00:35 +1"),
    ]


def test_what_comes_before_class_may_be_on_the_day_before() -> None:
    assert clock.on_clock("00:10", -20) == "23:50 -1"


def test_roles_are_added_up_each() -> None:
    text = (
        "### 1. Instructor/TAs Do: A (5 min)\n### 2. Instructor Do: B (10 min)\n### Break (15 min)\n### Talk (20 min)\n"
    )
    assert clock.by_role(read(text)[0].schedule) == {"instructor": 15, "assistants": 5, "break": 15, "": 20}


# ---- Tables ----

TABLE = """| Start    | #  | Activity Name         | Duration | Value |
| -------- | -- | --------------------- | -------- | ----- |
| 11:45 AM | 1  | Instructor Do: Begin  | 0:15     | Med   |
| 12:00 PM | 2  | Students Do: Fit      | 0:50     | HIGH  |
| 12:50PM  |    | BREAK                 | 0:15     |       |
| 1:05PM   | 3  | Partners Do: Compare  | 10 min   |       |
| 1:15PM   | 4  | END                   | 0:00     |       |
"""
ROWS = [("Begin", 15), ("Fit", 50), ("BREAK", 15), ("Compare", 10), ("END", 0)]


def test_plan_may_be_a_table() -> None:
    plan, problems = read(TABLE)
    assert [(each.title, each.minutes) for each in plan.schedule.activities] == ROWS
    assert [each.value for each in plan.schedule.activities] == ["medium", "high", "", "", ""]
    assert [each.number for each in plan.schedule.activities] == ["1", "2", "", "3", "4"]
    assert plan.schedule.activities[1].place.line == 4
    assert problems == []


TRACKERS = {
    "blank headers below a title": """| Lesson Plan 7.3 - Time Tracker | | | | | |
| --- | --- | --- | --- | --- | --- |
| | Number | Activity | File Folder | Time | Value |
| 10:00 AM | 1 | Instructor Do: Begin | 1-Begin | 0:15 | |
| 10:15 AM | 2 | Students Do: Fit | | 0:50 | High |
| 11:05 AM | 3 | BREAK | | 0:15 | |
| 11:20 AM | 4 | Partners Do: Compare | | 0:10 | |
| 11:30 AM | 5 | END | | 0:00 | |
""",
    "elapsed times": """| Start | # | Activity Name | Duration |
|---|---|---|---|
| 0:00 | 1 | Instructor Do: Begin | 0:15 |
| 0:15 | 2 | Students Do: Fit | 0:50 |
| 1:05 | 3 | BREAK | 0:15 |
| 1:20 | 4 | Partners Do: Compare | 0:10 |
| 1:30 | 5 | END | 0:00 |
""",
    "no durations": """| Time | Activity |
|---|---|
| 10:00 AM | Instructor Do: Begin |
| 10:15 AM | Students Do: Fit |
| 11:05 AM | BREAK |
| 11:20 AM | Partners Do: Compare |
| 11:30 AM | END |
""",
    "from and to": """| Time | What |
|:---|:---|
| 10:45 - 11:00 | Begin |
| 11:00 - 11:50 | Fit |
| 11:50 - 12:05 | BREAK |
| 12:05 - 12:15 | Compare |
| 12:15 - 12:15 | END |
""",
    "timing first": """| TIMING | TYPE | TOPIC |
|:-:|---|---|
| 15 min | [Begin](#begin) | |
| 50 min | [Fit](#fit) | |
| 15 min | BREAK | |
| 10 min | Compare | |
| 0 min | END | |
""",
    "in Chinese": """| 開始 | 編號 | 活動 | 時間 | 重要性 |
|---|---|---|---|---|
| 10:00 | 1 | 講師：Begin | 15 分鐘 | 中 |
| 10:15 | 2 | 學員：Fit | 50 分鐘 | 高 |
| 11:05 | 3 | 休息：BREAK | 15 分鐘 | |
| 11:20 | 4 | 兩人一組：Compare | 10 分鐘 | |
| 11:30 | 5 | 結束：END | 0 分鐘 | |
""",
}


@pytest.mark.parametrize("form", TRACKERS)
def test_columns_are_known_by_what_stands_in_them(form: str) -> None:
    found = [(title.removeprefix("休息：").removeprefix("結束："), minutes) for title, minutes in steps(TRACKERS[form])]
    assert (found, told(TRACKERS[form])) == (ROWS, [])


def test_start_that_is_not_the_sum_is_told() -> None:
    assert [line.partition(";")[0] for line in told(TABLE.replace("12:50PM", "12:55PM"))] == [
        f"{PATH}:5: this begins 55 minutes after {PATH}:4, which takes 50",
        f"{PATH}:6: this begins 10 minutes after {PATH}:5, which takes 15",
    ]


def test_half_of_the_day_that_is_wrong_is_told() -> None:
    assert "this begins 735 minutes after" in told(TABLE.replace("12:00 PM", "12:00 AM"))[0]


HEADINGS = """
### 1. Instructor Do: Begin (0:15)
### 2. Students Do: Fit (0:50)
### 3. Break
### 4. Partners Do: Compare (0:10)
### END
"""


def test_plan_that_says_the_same_twice_is_right() -> None:
    assert told(TABLE + HEADINGS) == []


def test_table_says_the_minutes_that_a_heading_does_not() -> None:
    assert steps(TABLE + HEADINGS)[2] == ("Break", 15)


def test_minutes_that_differ_are_told_with_both_lines() -> None:
    assert told(TABLE + HEADINGS.replace("0:50", "0:45")) == [
        f"{PATH}:1: the table takes 90 minutes in all, the steps up to {PATH}:13 take 85; make both say the same "
        "[totals-differ]",
        f"{PATH}:10: this takes 45 minutes, but 50 at {PATH}:4; make both say the same [tracker-differs]",
    ]


def test_steps_that_only_one_of_the_two_has_are_told() -> None:
    text = TABLE + HEADINGS.replace("### 4. Partners Do: Compare (0:10)", "### 4. Groups Do: Draw a picture (0:10)")
    assert [line.partition(";")[0] for line in told(text)] == [
        f'{PATH}:6: no step of {PATH} is "Compare"',
        f'{PATH}:12: no row of the table at {PATH}:1 is "Draw a picture"',
    ]


def test_table_of_something_else_is_no_tracker() -> None:
    text = "### 1. Instructor Do: A (5 min)\n\n| Algorithm | Time |\n|---|---|\n| sort | n log n |\n| find | log n |\n"
    assert (steps(text), told(text)) == ([("A", 5)], [])


def test_identity_is_the_id_of_the_heading_or_the_position() -> None:
    plan, _ = read("### 1. Instructor Do: A (5 min) {#a}\n### 2. Students Do: B (5 min)\n")
    assert [each.identity for each in plan.schedule.activities] == ["a", "activity-2"]
