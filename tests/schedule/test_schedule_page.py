"""A plan in a project: what it shows, whether that fits, and what is published."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from case_project import Workshop
from labguide.model import Dialect

LESSON = "# Train {#train-lesson}\n\n## Fit {#fit}\n\n```{cell} train#fit\n```\n\n## Ask {#ask}\n\ntext\n"
DECK = (
    "---\ntitle: A deck\nminutes: 10\n---\n\n## One {#one}\n\ntext\n\n---\n\n"
    '<!-- .slide: data-timing="120" -->\n\n## Two {#two}\n\ntext\n'
)
SCRIPT = (
    "# ---\n# jupyter:\n#   labguide:\n#     minutes: 18\n# ---\n\n"
    '# %% name="fit"\nprint(1)\n\n# %% name="ask"\nprint(2)\n'
)
PLAN = """---
kind: plan
title: A class
minutes: 60
start: "09:00"
---

# A class {#class}

### 1. Instructor Do: Show slides (10 min) {#slides}

[The deck](../../slides/deck.html#/two)

### 2. Students Do: Train (20 min) (High)

Do [this](../train.md#fit), that is `train#fit`.

### 3. End
"""
CHINESE = """---
kind: plan
title: 一堂課
minutes: 60
---

# 一堂課 {#class}

### 1. 講師：看投影片（10 分鐘）{#slides}

### 2. 學員：訓練（20 分鐘）（高）

### 3. 結束
"""


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    made = Workshop(tmp_path)
    made.project = replace(made.project, edition="instructor")
    made.write("docs/train.md", LESSON)
    made.write("slides/deck.md", DECK)
    made.write("snippets/train.py", SCRIPT)
    made.write("docs/plans/class.md", PLAN.replace("../../slides", "../slides"))
    return made


def _told(workshop: Workshop) -> list[str]:
    workshop.build()
    return [line for line in workshop.found if "train" not in line.partition(":")[0]]


def test_page_has_its_schedule_behind_the_first_heading(workshop: Workshop) -> None:
    text = workshop.build().pages["plans/class.md"].text
    assert workshop.found == []
    head, _, rest = text.partition("# A class {#class}\n")
    assert head.endswith("---\n\n")
    table = rest.partition("### 1.")[0]
    assert '<span class="schedule-start" data-start="09:00" data-label="The class begins at"></span>' in table
    assert "| 1 | Instructor | [Show slides](#slides) | 10 |" in table
    assert (
        '<time class="schedule-clock" data-after="10">09:10</time> | 2 | Students | [Train](#activity-2) | 20 | high'
        in table
    )
    assert "30 of 60 minutes are planned, 30 are left. Instructor: 10 min; Students: 20 min." in table
    assert "](class-tracker.html) · [" in table
    assert '<a id="activity-2"></a>\n\n### 2. Students Do' in rest


def test_plan_whose_first_heading_is_a_step_begins_with_its_schedule(workshop: Workshop) -> None:
    workshop.write("docs/plans/class.md", "---\nkind: plan\n---\n### Instructor Do: A (5 min)\n\n### End\n")
    lines = workshop.build().pages["plans/class.md"].text.split("\n")
    assert lines[4].startswith('<span class="schedule-start"')


def test_ids_are_anchors_where_the_hosts_markdown_knows_no_attributes(workshop: Workshop) -> None:
    workshop.project = replace(workshop.project, dialect=Dialect(("tables",)))
    text = workshop.build().pages["plans/class.md"].text
    assert '<a id="slides"></a>\n\n### 1. Instructor Do: Show slides (10 min)\n' in text


def test_id_beside_chinese_needs_no_blank(workshop: Workshop) -> None:
    workshop.write("docs/plans/class.zh-TW.md", CHINESE)
    assert "\n### 1. 講師：看投影片（10 分鐘） {#slides}\n" in workshop.build().pages["plans/class.zh-TW.md"].text


def test_tracker_and_workbook_are_published_beside_it_in_each_language(workshop: Workshop) -> None:
    workshop.write("docs/plans/class.zh-TW.md", CHINESE)
    files = workshop.build().files
    assert workshop.found == []
    assert {path for path in files if path.startswith("plans/")} == {
        "plans/class-tracker.html",
        "plans/class-tracker.zh-TW.html",
        "plans/class.xlsx",
        "plans/class.zh-TW.xlsx",
    }
    assert b"../slides/deck.html#/two" in files["plans/class-tracker.html"]
    assert "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(files["plans/class.xlsx"])).namelist()
    assert workshop.build().files == files


def test_page_in_chinese_says_its_sums_in_chinese(workshop: Workshop) -> None:
    workshop.write("docs/plans/class.zh-TW.md", CHINESE)
    text = workshop.build().pages["plans/class.zh-TW.md"].text
    assert "| 時間 | 編號 | 誰 | 內容 | 分鐘 | 重要性 |" in text
    assert "已安排 30 分鐘，全長 60 分鐘，還剩 30 分鐘。 講師：10 分鐘；學員：20 分鐘。" in text
    assert "[課堂計時器](class-tracker.zh-TW.html)" in text


def test_translation_with_other_minutes_is_told(workshop: Workshop) -> None:
    workshop.write("docs/plans/class.zh-TW.md", CHINESE.replace("20 分鐘", "25 分鐘"))
    assert _told(workshop) == [
        "docs/plans/class.zh-TW.md:11: this is not the step `activity-2` at docs/plans/class.md:14, or not as long; "
        "give both the same steps with the same ids and minutes [translation-differs]"
    ]


def test_translation_without_a_step_is_told(workshop: Workshop) -> None:
    workshop.write("docs/plans/class.zh-TW.md", CHINESE.replace("### 3. 結束\n", ""))
    assert "2 steps here, but docs/plans/class.md has 3" in _told(workshop)[0]


def test_slides_that_take_longer_than_their_activity_are_told(workshop: Workshop) -> None:
    workshop.edit("slides/deck.md", "minutes: 10", "minutes: 20")
    workshop.edit("slides/deck.md", "120", "900")
    assert _told(workshop) == [
        'docs/plans/class.md:10: "Show slides" has 10 minutes, but what it shows takes 15 (slides/deck.md:12); give it '
        "more time, show less, or link to a page without `#` [does-not-fit]"
    ]


def test_slide_without_a_time_has_its_share_of_the_deck(workshop: Workshop) -> None:
    workshop.edit("docs/plans/class.md", "#/two", "#/one")
    workshop.edit("docs/plans/class.md", "(10 min)", "(7 min)")
    assert '"Show slides" has 7 minutes, but what it shows takes 8 (slides/deck.md:6)' in _told(workshop)[0]


@pytest.mark.parametrize(("anchor", "takes"), [("look-around", ""), ("run-it", "what it shows takes 18")])
def test_section_without_an_id_is_known_by_its_text(workshop: Workshop, anchor: str, takes: str) -> None:
    quotes = "```{cell} train#fit\n```\n\n```{cell} train#ask\n```\n"
    workshop.write("docs/train.md", f"---\nx: 1\n---\n\n# Train\n\n## Look around\n\ntext\n\n## Run it\n\n{quotes}")
    workshop.edit("docs/plans/class.md", "(../train.md#fit)", f"(../train.md#{anchor})")
    workshop.edit("docs/plans/class.md", "`train#fit`", "it")
    workshop.edit("docs/plans/class.md", "(20 min)", "(15 min)")
    told = _told(workshop)
    assert takes in told[0] if takes else not told


def test_slide_whose_heading_only_begins_like_the_id_is_another(workshop: Workshop) -> None:
    workshop.edit("slides/deck.md", "120", "900")
    workshop.edit("slides/deck.md", "## One {#one}", "## One {.wide #two-more}")
    assert '"Show slides" has 10 minutes, but what it shows takes 15 (slides/deck.md:12)' in _told(workshop)[0]


def test_deck_shown_by_two_activities_has_the_minutes_of_both(workshop: Workshop) -> None:
    plan = (
        "---\nkind: plan\n---\n\n# A class\n\n### Ins: A ({} min)\n\n[slides](../slides/deck.md)\n\n"
        "### Ins: B (4 min)\n\n[again](../slides/deck.md)\n"
    )
    workshop.write("docs/plans/class.md", plan.format(6))
    assert _told(workshop) == []
    workshop.write("docs/plans/class.md", plan.format(5))
    assert '"A" has 9 minutes, but what it shows takes 10 (slides/deck.md)' in _told(workshop)[0]


def test_script_shown_whole_takes_what_its_author_declares_for_aws(workshop: Workshop) -> None:
    workshop.edit("docs/train.md", "## Ask {#ask}\n", "## Ask {#ask}\n\n```{cell} train#ask\n```\n")
    workshop.edit("docs/plans/class.md", "(../train.md#fit)", "(../train.md#train-lesson)")
    workshop.edit("docs/plans/class.md", "(20 min)", "(15 min)")
    assert '"Train" has 15 minutes, but what it shows takes 18 (train on AWS' in _told(workshop)[0]


def test_link_to_a_whole_page_only_points_there(workshop: Workshop) -> None:
    workshop.edit("docs/train.md", "## Ask {#ask}\n", "## Ask {#ask}\n\n```{cell} train#ask\n```\n")
    workshop.edit("docs/plans/class.md", "(../train.md#fit)", "(../train.md)")
    workshop.edit("docs/plans/class.md", "(20 min)", "(15 min)")
    assert _told(workshop) == []


def test_cell_that_its_script_does_not_have_is_told(workshop: Workshop) -> None:
    workshop.edit("docs/plans/class.md", "`train#fit`", "`train#fits`")
    assert _told(workshop) == [
        'docs/plans/class.md:16:37: no cell "fits" in snippets/train.py; did you mean "fit"? [unknown-cell]'
    ]


def test_page_that_is_no_plan_has_no_schedule(workshop: Workshop) -> None:
    workshop.edit("docs/plans/class.md", "kind: plan\n", "")
    site = workshop.build()
    assert "schedule-start" not in site.pages["plans/class.md"].text
    assert not [path for path in site.files if path.startswith("plans/")]
