"""One line of a plan: who does what for how long, in the ways in which instructors write it."""

from __future__ import annotations

from typing import Any

import pytest

from labguide.schedule import steps
from labguide.schedule.steps import Step

LINES: dict[str, dict[str, Any]] = {
    # as the templates have it
    "1. Instructor Do: Welcome Class (5 mins)": {"number": "1", "roles": ("instructor",), "verb": "do", "minutes": 5},
    "02. Students Do: Shark Search (0:20)": {"number": "02", "roles": ("students",), "minutes": 20},
    "3. Everyone Do: Create a Notebook (1:05)": {"roles": ("everyone",), "minutes": 65},
    "4. Partners Do: Compare (7 min)": {"roles": ("partners",), "minutes": 7},
    "5. Groups Do: Plan (15 min.)": {"roles": ("groups",), "minutes": 15},
    "6. Instructor Review: Forms (15 minutes)": {"roles": ("instructor",), "verb": "review", "minutes": 15},
    "7. Instructor Demo: Git (5min)": {"verb": "demo", "minutes": 5},
    "8. TAs Do: Hand out (5 MIN)": {"roles": ("assistants",), "minutes": 5},
    "Ins: Review (0:05)": {"roles": ("instructor",), "title": "Review"},
    "Stu: Try (0:05)": {"roles": ("students",)},
    "3. Instructor do ( 20 minutes )": {
        "roles": ("instructor",),
        "verb": "do",
        "title": "Instructor do",
        "minutes": 20,
    },
    "We do: Train (10 min)": {"roles": ("everyone",)},
    "Instructor/TAs Do: Walk around (5 min)": {"roles": ("instructor", "assistants")},
    "Students and Partners Do: Share (5 min)": {"roles": ("students", "partners")},
    # numbers
    "1.2 📣 Instructor Do: Say (0:05)": {"number": "1.2", "title": "Say"},
    "📣 1.1 Instructor Do: Say (0:05)": {"number": "1.1", "title": "Say"},
    ":loudspeaker: 3: Instructor Do: Say (0:05)": {"number": "3", "title": "Say"},
    "0. Students Do: Explore (5 mins)": {"number": "0"},
    "10 min setup": {"number": "", "title": "10 min setup", "minutes": None},
    # minutes
    "Check 0:05)": {"title": "Check", "minutes": 5},
    "16.\tPause\t\t0:15": {"number": "16", "kind": "break", "minutes": 15},
    "Sort (0;10)": {"minutes": 10},
    "Sort (2 mis)": {"minutes": 2},
    "Sort (1:10 mins)": {"minutes": 70},
    "Sort (1 hr, 45 min)": {"minutes": 105},
    "Sort (1.5 hours)": {"minutes": 90},
    "Sort (1H30M)": {"minutes": 90},
    "Sort (half an hour)": {"minutes": 30},
    "Sort (90 seconds)": {"minutes": 1.5},
    "Sort (10 - 30 mins)": {"minutes": 30, "least": 10},
    "Sort (0:10-0:15)": {"minutes": 15, "least": 10, "title": "Sort"},
    "Sort (5–10 mn)": {"minutes": 10, "least": 5},
    "Sort (12 mins, or remaining time)": {"minutes": 12},
    "Sort (15 minutes / 0:30)": {"minutes": 15},
    "Sort (estimate: 15 min)": {"minutes": 15},
    "Sort (0:00)": {"minutes": 0},
    "[**10m**] 🌴 BREAK": {"kind": "break", "minutes": 10},
    "0:00 - 0:10 (10 min) - Begin": {"title": "Begin", "minutes": 10},
    "Projects (Remainder)": {"rest": True, "minutes": None},
    "FLEX": {"rest": True},
    "**Title** (0:XX) [### in .md]": {"unfilled": True},
    "Opening (# mins)": {"unfilled": True},
    "Sort (20 minutos)": {"minutes": 20},
    "Sort (1 heure et 30 mn)": {"minutes": 90},
    # what is no time
    "Instructor Do: Begin (6:30PM)": {"title": "Begin (6:30PM)", "minutes": None},
    "Instructor Do: Begin (10 AM) (0:05)": {"title": "Begin (10 AM)", "minutes": 5},
    "Instructor Do: Layers (Slides 13–24) (10 mins)": {"title": "Layers (Slides 13–24)", "minutes": 10},
    "Instructor Do: Nets (Layer 2) (0:15)": {"title": "Nets (Layer 2)", "minutes": 15},
    # values
    "Students Do: Fit (5 min) (Critical)": {"value": "critical", "title": "Fit", "minutes": 5},
    "Students Do: Fit (0:05, High)": {"value": "high", "title": "Fit"},
    "Students Do: Fit (0:05) - MED": {"value": "medium", "title": "Fit"},
    "OPTIONAL -- Students Do: Fit (0:05)": {"value": "optional", "roles": ("students",), "title": "Fit"},
    "Instructor Do: Critical Thinking (0:05)": {"value": "", "title": "Critical Thinking"},
    # breaks, ends, before
    "Everyone Do: BREAK (0:15)": {"kind": "break", "roles": ()},
    "Lunch Break! (1 hr)": {"kind": "break", "minutes": 60},
    "Instructor Do: Break down the code (5 min)": {"kind": "activity", "roles": ("instructor",)},
    "Break even points (5 min)": {"kind": "activity"},
    "Break for 15 minutes": {"kind": "break", "minutes": 15},
    "40 minute break": {"kind": "break", "minutes": 40, "title": "break"},
    "Break (15 minutes) 95 minutes went by": {"kind": "break", "minutes": 15},
    "END": {"kind": "end"},
    "End Class": {"kind": "end"},
    "Dismiss Class (0:00)": {"kind": "end", "minutes": 0},
    "End points and models (5 min)": {"kind": "activity"},
    "-1. Prepare the room (15 mins before class)": {"kind": "before", "number": "-1", "minutes": 15},
    # nobody known
    "Intructor Do: Say (5 min)": {"stranger": "Intructor", "title": "Say"},
    "Wizards Do: Magic (5 min)": {"stranger": "Wizards", "title": "Magic"},
    "Instructor/SSM Do: Greet (5 min)": {"roles": ("instructor",), "stranger": "SSM"},
    "Group Projects (60 min)": {"roles": (), "title": "Group Projects"},
    "What to do: nothing (5 min)": {"stranger": ""},
    # markup
    "1. Instructor Do: **Welcome** `x` [here](a.md) (5 mins) {#welcome .big}": {
        "name": "welcome",
        "title": "Welcome x here",
    },
    "<b>1. Instructor Do:</b> Q&amp;A (5 min)</strong": {"title": "Q&A", "minutes": 5},
    # in Chinese
    "1. 講師：歡迎（5 分鐘）{#welcome}": {"number": "1", "roles": ("instructor",), "title": "歡迎", "minutes": 5},
    "2. 講師示範：部署（0:10）（關鍵）": {"verb": "demo", "minutes": 10, "value": "critical"},
    "3. 兩人一組：訓練模型（1 小時 5 分鐘）": {"roles": ("partners",), "minutes": 65},
    "4. 學員：分組討論（10 分）": {"roles": ("students",), "title": "分組討論", "minutes": 10},
    "5. 講師與助教：巡視（２０分鐘）": {"roles": ("instructor", "assistants"), "minutes": 20},
    "6. 全體：動手做（半小時）": {"roles": ("everyone",), "minutes": 30},
    "7. 分組檢討：結果（10～15 分鐘）": {"roles": ("groups",), "verb": "review", "minutes": 15, "least": 10},
    "8. 休息（15 分鐘）": {"kind": "break", "minutes": 15},
    "9. 結束": {"kind": "end"},
    "0. 講師：準備（課前 60 分鐘）": {"kind": "before", "roles": ("instructor",), "minutes": 60},
}
_OF_DURATION = ("minutes", "least", "rest", "unfilled")


def _said(step: Step, name: str) -> Any:
    if name in _OF_DURATION:
        return getattr(step.duration, name) if step.duration else None
    return getattr(step, name)


@pytest.mark.parametrize("line", LINES)
def test_line_is_read_as_a_person_reads_it(line: str) -> None:
    step = steps.read(line)
    assert {name: _said(step, name) for name in LINES[line]} == LINES[line]
