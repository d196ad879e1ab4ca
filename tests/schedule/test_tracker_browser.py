"""The time tracker in a real browser, opened from the disk, with a clock that the tests turn."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from classroom import MARKUP, PLAN, Classroom, at, classroom, long_plan, row, shown, with_minutes, without
from playwright.sync_api import Browser, Page, expect

from browser import watch
from labguide.problems import Problems
from labguide.schedule import actual
from labguide.schedule.model import Schedule

CHINESE = replace(PLAN, language="zh-TW")


@pytest.fixture
def room(browser: Browser, tmp_path: Path) -> Iterator[Classroom]:
    with classroom(browser, tmp_path) as found:
        yield found


def save(page: Page, folder: Path) -> Path:
    with page.expect_download() as download:
        page.keyboard.press("e")
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def load(page: Page, path: Path) -> str:
    before = page.locator("#told").inner_text()
    page.locator("#file").set_input_files(path)
    page.wait_for_function("was => document.getElementById('told').textContent !== was", arg=before)
    return page.locator("#told").inner_text()


def cuts(page: Page) -> list[str]:
    return [" ".join(each.split()) for each in page.locator("#cuts-list li").all_inner_texts()]


# ---- A class ----


def test_before_class_the_tracker_counts_down_to_the_start(browser: Browser, tmp_path: Path) -> None:
    with classroom(browser, tmp_path, clock="08:50") as room:
        page = room.open()
        room.pass_time(2.5)
        assert shown(page, "who", "what", "time", "pace") == [
            "Before class: Prepare the room",
            "First: Welcome",
            "7:30",
            "On time",
        ]


def test_class_that_has_not_begun_is_behind_when_its_start_has_passed(room: Classroom) -> None:
    page = room.open()
    room.pass_time(4)
    assert shown(page, "time", "of", "pace") == ["+4:00", "after the planned start", "4 min behind"]


def test_start_shows_what_is_on_for_how_long_and_what_comes_next(room: Classroom) -> None:
    page = room.open()
    page.keyboard.press("s")
    room.pass_time(1.5)
    assert shown(page, "who", "what", "time", "of") == ["Instructor", "Welcome", "3:30", "left of 5 min"]
    assert shown(page, "next", "pace", "clock") == [
        "Next: Introduce SageMaker · Instructor, demo · 10 min",
        "On time",
        "09:01",
    ]


def test_done_begins_the_next_one_and_notes_what_the_last_one_took(room: Classroom) -> None:
    page = room.open()
    page.keyboard.press("s")
    room.pass_time(8)
    page.keyboard.press("d")
    assert shown(page, "what", "time", "pace", "ends") == [
        "Introduce SageMaker",
        "10:00",
        "3 min behind",
        "Ends at about 10:03; planned 10:00",
    ]
    assert row(page, "welcome") == ["09:00", "09:00–09:08", "5 min", "8 min", "+3"]
    assert row(page, "explore") == ["09:15", "≈ 09:18", "5 min", "", ""]


def test_time_over_the_minutes_is_counted_and_looks_different(room: Classroom) -> None:
    page = room.open()
    page.keyboard.press("s")
    room.pass_time(6.5)
    assert shown(page, "time", "of", "pace") == ["+1:30", "over 5 min", "1 min behind"]
    expect(page.locator("#stage")).to_have_attribute("data-mood", "beyond")


def test_class_that_is_faster_is_ahead(room: Classroom) -> None:
    page = room.open()
    page.keyboard.press("s")
    room.pass_time(2)
    page.keyboard.press("d")
    assert shown(page, "pace", "ends") == ["3 min ahead", "Ends at about 09:57; planned 10:00"]


def test_pause_stops_the_activity_and_not_the_class(room: Classroom) -> None:
    page = room.open()
    page.keyboard.press("s")
    room.pass_time(1)
    page.keyboard.press("p")
    room.pass_time(7)
    assert shown(page, "who", "time", "pace") == ["Instructor · Paused since 09:01", "4:00", "7 min behind"]
    page.keyboard.press("p")
    room.pass_time(1)
    assert shown(page, "time") == ["3:00"]
    page.keyboard.press("d")
    assert row(page, "welcome") == ["09:00", "09:00–09:09", "5 min", "2 min", "−3"]


def test_whole_class_is_kept_by_keyboard_alone(room: Classroom) -> None:
    page = room.open()
    page.keyboard.press("s")
    for _ in range(7):
        room.pass_time(8)
        page.keyboard.press("d")
    assert shown(page, "who", "what", "time", "pace", "ends") == [
        "The class is over",
        "Introduction",
        "56:00",
        "4 min ahead",
        "Ended at 09:56; planned 10:00",
    ]
    assert row(page, "end") == ["10:00", "09:56–09:56", "0 min", "0 min", "0"]


def test_activity_without_minutes_counts_what_has_gone(room: Classroom) -> None:
    page = room.open(without("welcome", "introduce", "explore", "break", "markup", "look"))
    page.keyboard.press("s")
    room.pass_time(2)
    assert shown(page, "what", "time", "of") == ["Questions", "2:00", "so far; the plan gives no minutes"]


def test_any_activity_of_the_table_can_be_begun(room: Classroom) -> None:
    page = room.open()
    page.keyboard.press("s")
    room.pass_time(5)
    page.get_by_role("button", name="Begin: Explore").click()
    assert shown(page, "what", "next") == ["Explore", "Next: Introduce SageMaker · Instructor, demo · 10 min"]


def test_plan_without_activities_says_so(room: Classroom) -> None:
    page = room.open(replace(PLAN, activities=()))
    page.keyboard.press("s")
    assert shown(page, "what") == ["This plan has no activities."]


# ---- What may be skipped ----


def test_nothing_has_to_be_skipped_on_time(room: Classroom) -> None:
    page = room.open()
    expect(page.locator("#cuts-said")).to_have_text("Nothing has to be skipped now.")
    assert cuts(page) == []


def test_late_class_is_told_what_to_skip_the_least_loss_first(room: Classroom) -> None:
    page = room.open()
    page.keyboard.press("s")
    room.pass_time(17)
    expect(page.locator("#cuts-said")).to_have_text(
        "The class is 12 min behind. What is still to come and marked here would win back 20 min."
    )
    assert cuts(page) == [
        "Skip Look around optional wins back 10 min",
        f"Shorten to 10 min {MARKUP} high value wins back 5 min",
        "Skip Explore medium value wins back 5 min",
    ]


def test_skipping_moves_the_rest_and_can_be_taken_back(room: Classroom) -> None:
    page = room.open()
    page.keyboard.press("s")
    room.pass_time(17)
    page.get_by_role("button", name="Skip: Explore").first.click()
    assert shown(page, "pace") == ["7 min behind"]
    assert row(page, "explore")[1] == "skipped"
    assert row(page, "break")[1] == "≈ 09:27"
    page.get_by_role("button", name="Take back: Explore").first.click()
    assert shown(page, "pace") == ["12 min behind"]
    assert row(page, "break")[1] == "≈ 09:32"


def test_what_was_skipped_is_passed_over(room: Classroom) -> None:
    page = room.open()
    page.keyboard.press("s")
    page.locator('tr[data-id="introduce"]').get_by_role("button", name="Skip").click()
    page.keyboard.press("d")
    assert shown(page, "what") == ["Explore"]


def test_shortened_activity_has_its_fewer_minutes(room: Classroom) -> None:
    page = room.open()
    page.keyboard.press("s")
    room.pass_time(10)
    page.get_by_role("button", name="Shorten to 10 min").click()
    assert shown(page, "pace") == ["On time"]
    assert row(page, "markup")[2] == "15 min, shortened to 10 min"


def test_focus_stays_where_a_choice_was_made(room: Classroom) -> None:
    page = room.open()
    page.keyboard.press("s")
    room.pass_time(17)
    page.locator("#cuts-list button").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#cuts-list button").first).to_be_focused()
    expect(page.locator("#cuts-list button").first).to_have_text("Take back")


def test_plan_without_values_says_that_it_marks_nothing(room: Classroom) -> None:
    page = room.open(without("explore", "markup", "look"))
    room.pass_time(5)
    expect(page.locator("#cuts-said")).to_contain_text("the plan marks nothing")


# ---- What is kept ----


def test_reload_changes_nothing(room: Classroom) -> None:
    page = room.open()
    page.keyboard.press("s")
    room.pass_time(8)
    page.keyboard.press("d")
    names = ("who", "what", "time", "of", "pace", "ends", "next")
    before = shown(page, *names), page.locator("#rows").inner_text()
    page.reload()
    assert (shown(page, *names), page.locator("#rows").inner_text()) == before


def test_laptop_that_was_closed_has_missed_no_minute(room: Classroom) -> None:
    page = room.open()
    page.keyboard.press("s")
    room.pass_time(9)
    assert shown(page, "time", "pace") == ["+4:00", "4 min behind"]


def test_two_tabs_agree(room: Classroom) -> None:
    first, second = room.open(), room.open()
    first.keyboard.press("s")
    room.pass_time(1)
    assert shown(second, "what", "time") == ["Welcome", "4:00"]
    second.keyboard.press("d")
    room.pass_time(1)
    first.keyboard.press("d")
    assert shown(first, "what") == ["Explore"]
    assert row(first, "introduce")[1] == "09:01–09:02"


def test_languages_share_one_class(room: Classroom) -> None:
    page = room.open()
    page.keyboard.press("s")
    room.pass_time(7)
    other = room.open(CHINESE)
    assert shown(other, "who", "time", "of", "pace") == ["講師", "+2:00", "超過 5 分鐘", "落後 2 分鐘"]


def test_courses_with_a_plan_of_one_name_do_not_share_it(room: Classroom) -> None:
    room.open(course="one").keyboard.press("s")
    assert shown(room.open(course="another"), "what") == ["First: Welcome"]


def test_undo_takes_back_step_by_step(room: Classroom) -> None:
    page = room.open()
    page.keyboard.press("s")
    room.pass_time(2)
    page.keyboard.press("d")
    room.pass_time(1)
    expect(page.locator("#undo")).to_have_text("Undo: done")
    page.keyboard.press("u")
    assert shown(page, "what", "time") == ["Welcome", "2:00"]
    page.keyboard.press("u")
    assert shown(page, "what") == ["First: Welcome"]


def test_reset_asks_and_escape_keeps_all(room: Classroom) -> None:
    page = room.open()
    page.keyboard.press("s")
    page.keyboard.press("r")
    expect(page.get_by_role("dialog")).to_contain_text("(activities: 1)")
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    assert shown(page, "what") == ["Welcome"]


def test_reset_can_be_undone(room: Classroom) -> None:
    page = room.open()
    page.keyboard.press("s")
    page.keyboard.press("r")
    page.get_by_role("dialog").get_by_role("button", name="Reset").press("Enter")
    assert shown(page, "what") == ["First: Welcome"]
    page.keyboard.press("u")
    assert shown(page, "what") == ["Welcome"]


def test_plan_that_has_changed_meanwhile_is_told_and_no_time_is_lost(room: Classroom) -> None:
    page = room.open()
    page.keyboard.press("s")
    room.pass_time(5)
    page.keyboard.press("d")
    changed = with_minutes(explore=7)
    changed = replace(changed, activities=tuple(each for each in changed.activities if each.identity != "welcome"))
    room.visit(page, changed)
    expect(page.locator("#notices")).to_contain_text("1 gone, 1 with other minutes. No time is lost.")
    expect(page.locator("#notices")).to_contain_text("no longer in the plan: welcome")
    kept = json.loads(save(page, room.folder).read_text("utf-8"))
    assert [each["identity"] for each in kept["activities"]] == ["introduce", "welcome"]
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator("#notices")).to_be_hidden()


def test_what_cannot_be_read_is_put_aside_and_told(room: Classroom) -> None:
    page = room.open()
    page.evaluate("localStorage.setItem('labguide.tracker./introduction', '{broken')")
    page.reload()
    expect(page.locator("#notices")).to_contain_text("could not be read. It is put aside")
    assert page.evaluate("Object.values(localStorage).includes('{broken')")
    page.keyboard.press("s")
    assert shown(page, "what") == ["Welcome"]


def test_browser_that_keeps_nothing_is_told(room: Classroom) -> None:
    room.context.add_init_script("Storage.prototype.setItem = () => { throw new Error('full'); }")
    page = room.open()
    page.keyboard.press("s")
    room.pass_time(1)
    assert shown(page, "what", "time") == ["Welcome", "4:00"]
    expect(page.locator("#notices")).to_contain_text("This browser keeps nothing for this page.")


def test_times_of_another_day_are_told_and_a_new_class_begun(room: Classroom) -> None:
    page = room.open()
    page.keyboard.press("s")
    room.pass_time(24 * 60)
    expect(page.locator("#notices")).to_contain_text("These are the times of the class of 2026-11-27.")
    page.get_by_role("button", name="Begin a new class").click()
    page.get_by_role("dialog").get_by_role("button", name="Reset").click()
    assert shown(page, "what", "pace") == ["First: Welcome", "On time"]


# ---- The start ----


def test_start_that_is_chosen_moves_all_planned_times(room: Classroom) -> None:
    page = room.open()
    page.get_by_label("Class begins at").fill("13:30")
    assert [row(page, each)[0] for each in ("prepare", "welcome", "break", "end")] == [
        "13:15",
        "13:30",
        "13:50",
        "14:30",
    ]
    assert shown(page, "time", "pace") == ["4:30:00", "On time"]
    page.reload()
    expect(page.get_by_label("Class begins at")).to_have_value("13:30")


def test_class_past_midnight_names_the_next_day(browser: Browser, tmp_path: Path) -> None:
    with classroom(browser, tmp_path, clock="23:40") as room:
        page = room.open(replace(PLAN, start="23:30"))
        page.keyboard.press("s")
        assert shown(page, "pace", "ends") == ["10 min behind", "Ends at about 00:40 +1; planned 00:30 +1"]
        assert row(page, "break")[:2] == ["23:50", "≈ 00:00 +1"]
        room.pass_time(60)
        assert shown(page, "clock", "time", "pace") == ["00:40", "+55:00", "65 min behind"]


def test_start_can_be_set_to_when_the_class_began(room: Classroom) -> None:
    page = room.open(replace(PLAN, start="08:10"))
    page.keyboard.press("s")
    assert shown(page, "pace") == ["50 min behind"]
    page.get_by_role("button", name="Set to 09:00").click()
    assert shown(page, "pace") == ["On time"]


# ---- Saved and loaded ----


def held(page: Page, room: Classroom) -> None:
    page.keyboard.press("s")
    room.pass_time(8)
    page.keyboard.press("d")
    room.pass_time(1)
    page.keyboard.press("p")
    room.pass_time(2)
    page.keyboard.press("p")
    page.locator('tr[data-id="explore"]').get_by_role("button", name="Skip").click()
    room.pass_time(7)
    page.keyboard.press("d")


def test_saved_times_are_read_back_by_labguide(room: Classroom) -> None:
    page = room.open()
    held(page, room)
    path = save(page, room.folder)
    assert path.name == "introduction-2026-11-27-09-00.json"
    problems = Problems()
    found = actual.read(path, PLAN, problems)
    assert list(problems) == []
    assert found is not None
    assert found.start == at("09:00")
    assert {each.identity: (each.minutes, each.skipped) for each in found.activities} == {
        "welcome": (8, False),
        "introduce": (8, False),
        "explore": (None, True),
        "break": (None, False),
    }


def test_saved_times_can_be_loaded_in_another_browser(browser: Browser, room: Classroom, tmp_path: Path) -> None:
    page = room.open()
    page.get_by_label("Class begins at").fill("08:55")
    page.locator("body").click(position={"x": 1, "y": 1})
    held(page, room)
    path = save(page, room.folder)
    with classroom(browser, tmp_path, clock="09:18") as other:
        there = other.open()
        assert load(there, path) == "Loaded. Activities: 4."
        names = ("what", "time", "of", "pace", "ends", "next")
        assert shown(there, *names) == shown(page, *names)
        assert there.locator("#rows").inner_text() == page.locator("#rows").inner_text()
        there.keyboard.press("u")
        assert shown(there, "what") == ["First: Welcome"]


WHOLE: dict[str, Any] = {"format": "labguide-actual-1", "schedule": "introduction", "activities": []}
NINE = "2026-11-27T09:00:00+08:00"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "is no JSON file"),
        ("null", "has no actual times"),
        (json.dumps({**WHOLE, "format": "labguide-actual-9"}), "has no actual times"),
        (json.dumps({**WHOLE, "schedule": "<b>other</b>"}), "has the times of another plan, “<b>other</b>”"),
        (json.dumps({**WHOLE, "activities": [None]}), "cannot be read. Nothing was loaded."),
        (json.dumps({**WHOLE, "activities": [{"identity": "welcome", "began": "nine"}]}), "“welcome” cannot be read"),
        (json.dumps({**WHOLE, "activities": [{"identity": "welcome", "ended": NINE}]}), "“welcome” cannot be read"),
        (
            json.dumps({**WHOLE, "activities": [{"identity": each, "began": NINE} for each in ("welcome", "explore")]}),
            "more than one activity would be running",
        ),
    ],
)
def test_file_of_no_use_is_refused_and_nothing_is_lost(room: Classroom, content: str, told: str) -> None:
    page = room.open()
    page.keyboard.press("s")
    path = room.folder / "wrong.json"
    path.write_text(content, "utf-8")
    assert told in load(page, path)
    assert shown(page, "what") == ["Welcome"]


# ---- Hands, eyes, ears ----


def test_names_with_markup_are_text_and_nothing_is_fetched(room: Classroom) -> None:
    page = room.context.new_page()
    complaints = watch(page)
    room.visit(page, replace(PLAN, title=f"</script>{MARKUP}"))
    page.keyboard.press("s")
    for _ in range(4):
        page.keyboard.press("d")
    room.pass_time(1)
    assert shown(page, "what") == [MARKUP]
    assert page.title() == f"14:00 · {MARKUP}"
    assert complaints == []


def test_key_of_a_chinese_input_method_is_known_by_its_place(room: Classroom) -> None:
    page = room.open()
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'Process', code: 'KeyS', bubbles: true}))"
    )
    assert shown(page, "what") == ["Welcome"]


def test_single_keys_can_be_turned_off(room: Classroom) -> None:
    page = room.open()
    page.get_by_label("Single keys work on this page").uncheck()
    page.keyboard.press("s")
    page.reload()
    page.keyboard.press("s")
    assert shown(page, "what") == ["First: Welcome"]
    page.get_by_role("button", name="Start").press("Enter")
    assert shown(page, "what") == ["Welcome"]


def test_key_with_control_is_the_browsers(room: Classroom) -> None:
    page = room.open()
    page.keyboard.press("Control+s")
    assert shown(page, "what") == ["First: Welcome"]


def test_changes_are_announced_and_seconds_are_not(room: Classroom) -> None:
    page = room.open()
    page.evaluate(
        """() => { window.heard = []; new MutationObserver(() => heard.push(said.textContent))
        .observe(document.getElementById('said'), {childList: true, characterData: true, subtree: true}); }"""
    )
    page.keyboard.press("s")
    room.pass_time(3)
    room.tick(30)
    room.pass_time(1)
    room.tick(31)
    room.tick(30)
    page.keyboard.press("p")
    page.keyboard.press("p")
    page.keyboard.press("d")
    assert page.evaluate("heard") == [
        "Now: Welcome. 5 min.",
        "One minute left.",
        "Time is up.",
        "Paused.",
        "Resumed.",
        "Now: Introduce SageMaker. 10 min.",
    ]


def test_second_that_goes_by_changes_no_more_than_what_is_seen(room: Classroom) -> None:
    page = room.open(long_plan(300))
    page.keyboard.press("s")
    room.pass_time(0.5)
    page.evaluate(
        """() => { window.changes = 0; new MutationObserver((all) => { changes += all.length; })
        .observe(document.body, {childList: true, characterData: true, attributes: true, subtree: true}); }"""
    )
    room.tick(6)
    assert 6 <= page.evaluate("changes") <= 6 * 8
    assert page.locator("#rows tr").count() == 300


def test_links_of_what_is_shown_stand_with_the_activity(room: Classroom) -> None:
    page = room.open(links={"introduce": [("Slides", "../slides/introduction.html")]})
    page.keyboard.press("s")
    expect(page.locator("#shows")).to_be_hidden()
    page.keyboard.press("d")
    expect(page.get_by_role("link", name="Slides")).to_have_attribute("href", "../slides/introduction.html")


def test_full_screen_shows_what_is_on(room: Classroom) -> None:
    page = room.open()
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement?.id === 'stage'")


@pytest.mark.parametrize("schedule", [PLAN, CHINESE], ids=["en", "zh-TW"])
@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)], ids=["720p", "1080p"])
def test_what_is_on_fills_the_projector_and_is_large(
    browser: Browser, tmp_path: Path, size: tuple[int, int], schedule: Schedule
) -> None:
    width, height = size
    with classroom(browser, tmp_path, viewport={"width": width, "height": height}) as room:
        page = room.open(schedule, plan="a.html", workbook="a.xlsx", alternates={"ja": "b.html"})
        page.keyboard.press("s")
        for _ in range(4):
            page.keyboard.press("d")
        room.pass_time(150)
        assert page.evaluate("document.getElementById('stage').getBoundingClientRect().bottom") <= height + 1
        sizes = {
            name: page.evaluate(f"parseFloat(getComputedStyle(document.getElementById('{name}')).fontSize)") / height
            for name in ("time", "what", "pace", "next", "of")
        }
        assert sizes["time"] > 0.2
        assert min(sizes.values()) > 0.04


@pytest.mark.parametrize("schedule", [PLAN, CHINESE], ids=["en", "zh-TW"])
def test_phone_needs_no_scrolling_sideways_and_has_large_buttons(
    browser: Browser, tmp_path: Path, schedule: Schedule
) -> None:
    with classroom(browser, tmp_path, viewport={"width": 390, "height": 844}) as room:
        page = room.open(schedule, plan="a.html", workbook="a.xlsx", alternates={"ja": "b.html"})
        page.keyboard.press("s")
        room.pass_time(150)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        done = page.locator(".stage [data-do=done]").bounding_box()
        assert done is not None
        assert done["height"] >= 44
        assert done["y"] + done["height"] <= 844


def test_paper_has_the_table_with_planned_and_actual(room: Classroom) -> None:
    page = room.open()
    page.keyboard.press("s")
    room.pass_time(6)
    page.keyboard.press("d")
    page.emulate_media(media="print")
    expect(page.locator("#stage")).to_be_hidden()
    expect(page.get_by_role("button").first).to_be_hidden()
    assert row(page, "welcome") == ["09:00", "09:00–09:06", "5 min", "6 min", "+1"]


def test_bar_does_not_move_for_whom_motion_is_too_much(browser: Browser, tmp_path: Path) -> None:
    with classroom(browser, tmp_path, reduced_motion="reduce") as room:
        page = room.open()
        assert page.evaluate("getComputedStyle(document.getElementById('fill')).transitionDuration") == "0s"


def test_without_scripts_the_plan_is_there(browser: Browser, tmp_path: Path) -> None:
    with classroom(browser, tmp_path, java_script_enabled=False) as room:
        page = room.open()
        expect(page.get_by_text("Without JavaScript")).to_be_visible()
        expect(page.locator("#stage")).to_be_hidden()
        expect(page.locator('tr[data-id="break"] .at')).to_have_text("09:20")
