"""Claims about all plans: nothing that says minutes is lost, sums are sums, and a start only moves the clock."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from lesson_plans import read

from labguide.schedule import clock
from labguide.schedule.model import Schedule

MINUTES = st.integers(min_value=0, max_value=240)
ROLES = st.sampled_from(
    ["Instructor Do", "Students Do", "Everyone Do", "Partners Do", "Ins", "TAs Do", "講師", "學員示範"]
)
TITLES = st.text("abc déf 機器 (1) [x] #_*`&<>/", min_size=1, max_size=20).map(lambda text: f"T{text}")
EMOJI = st.sampled_from(["", "📣 ", "✏️ ", ":star: "])
NUMBERS = st.sampled_from(["", "0. ", "3. ", "03. ", "2.1 ", "-1. ", "7: "])
VALUES = st.sampled_from(["", " (Critical)", " (High)", "（關鍵）", " (Optional)"])


@st.composite
def times(draw: st.DrawFn) -> tuple[str, int]:
    """Minutes, and one of the ways to write them."""
    minutes = draw(MINUTES)
    hours, rest = divmod(minutes, 60)
    forms = [f"({minutes} min)", f"({minutes} mins)", f"({hours}:{rest:02})", f"（{minutes} 分鐘）", f"[{minutes}m]"]
    forms += [f"({minutes} - {minutes} minutes)", f"({hours} hr, {rest} min)", f"({hours};{rest:02})"]
    return draw(st.sampled_from(forms)), minutes


@st.composite
def headings(draw: st.DrawFn) -> tuple[str, int]:
    """A heading of a step, and its minutes."""
    said, minutes = draw(times())
    role = draw(st.one_of(st.just(""), ROLES.map(lambda role: f"{role}: ")))
    level = "#" * draw(st.integers(min_value=1, max_value=6))
    return f"{level} {draw(NUMBERS)}{draw(EMOJI)}{role}{draw(TITLES)} {said}{draw(VALUES)}", minutes


@given(st.lists(headings(), max_size=8), st.data())
def test_each_heading_with_minutes_is_read_or_told(found: list[tuple[str, int]], data: st.DataObject) -> None:
    between = data.draw(st.lists(st.sampled_from(["", "text", "* item (3 min)"]), min_size=8, max_size=8))
    lines = [line for (heading, _), text in zip(found, between, strict=False) for line in (heading, "", text, "")]
    plan, problems = read("\n".join(lines))
    activities = {each.place.line: each.minutes for each in plan.schedule.activities}
    totals = {total.place.line for total in plan.totals}
    parts = {line for numbers in plan.lines.values() for line in numbers}
    for at, (_, minutes) in enumerate(found):
        line = 4 * at + 1
        if line in activities:
            assert activities[line] == minutes
        else:  # the total of a section, a part of the step above, or told
            assert line in totals or line - 1 in parts or any(f":{line}: " in problem for problem in problems)


@given(st.lists(times(), min_size=1, max_size=12))
def test_headings_of_one_level_are_all_steps_and_their_minutes_the_sum(found: list[tuple[str, int]]) -> None:
    plan, _ = read("".join(f"### {at}. Students Do: Step {said}\n\n" for at, (said, _) in enumerate(found)))
    assert [each.minutes for each in plan.schedule.activities] == [minutes for _, minutes in found]
    assert plan.schedule.total == sum(minutes for _, minutes in found)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """A schedule of steps, breaks, and what comes before class."""
    forms = ("### Students Do: A ({} min)\n", "### BREAK ({} min)\n", "### Prepare ({} min before class)\n")
    rows = draw(st.lists(st.tuples(st.sampled_from(forms), MINUTES), max_size=12))
    return read("".join(form.format(minutes) for form, minutes in rows))[0].schedule


@given(schedules(), st.integers(min_value=0, max_value=1439), st.integers(min_value=0, max_value=1439))
def test_another_start_moves_every_clock_by_the_same(said: Schedule, start: int, other: int) -> None:
    first, second = (f"{each // 60:02}:{each % 60:02}" for each in (start, other))
    for slot in clock.slots(said):
        before, after = (_minutes(clock.on_clock(each, slot.began)) for each in (first, second))
        assert after - before == other - start


def _minutes(shown: str) -> int:
    time, _, day = shown.partition(" ")
    return clock.minutes_of(time) + int(day or 0) * clock.DAY


@given(schedules())
def test_each_activity_begins_where_the_last_one_ends(said: Schedule) -> None:
    slots = [slot for slot in clock.slots(said) if slot.activity.kind != "before"]
    assert all(before.ended == after.began for before, after in pairwise(slots))
    assert not slots or (slots[0].began, slots[-1].ended) == (0, said.total)


@given(schedules())
def test_times_of_roles_make_the_whole_where_nobody_is_named_twice(said: Schedule) -> None:
    assert sum(clock.by_role(said).values()) == said.total


@given(schedules(), st.integers(min_value=1, max_value=600))
def test_remainder_fills_the_class_and_never_less_than_nothing(said: Schedule, target: int) -> None:
    text = "".join(f"### Students Do: A ({each.counted:g} min)\n" for each in said.activities)
    plan, _ = read(f"---\nminutes: {target}\n---\n{text}### Students Do: Rest (remaining time)\n")
    assert plan.schedule.total == max(target, said.total)


@given(st.text(max_size=300))
def test_no_text_is_too_odd_to_be_read(text: str) -> None:
    plan, problems = read(text)
    assert plan.schedule.activities or problems
    assert replace(plan.schedule) == plan.schedule
