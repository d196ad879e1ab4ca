"""What runs again after which edit: decided by content, in real builds with real kernels."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from case_project import Workshop

SCRIPT = """\
# ---
# jupyter:
#   labguide:
#     data: [data/table.csv]
# ---

# %% [markdown]
# Prose.

# %% name="first"
x = 1

# %% name="second"
print(open("table.csv").read(), x)
"""

FOLLOWER = """\
# ---
# jupyter:
#   labguide:
#     after: [first]
# ---

# %% name="only"
print("after first")
"""


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    workshop = Workshop(tmp_path)
    workshop.write("notebooks/first.py", SCRIPT)
    workshop.write("snippets/follower.py", FOLLOWER)
    workshop.write("snippets/alone.py", '# %% name="only"\nprint("alone")\n')
    workshop.write("data/table.csv", "a,b\n")
    workshop.write("docs/page.md", "{value}`first#x`\n")
    workshop.write("requirements.lock", "numpy==2.0\n")
    return workshop


def test_second_build_runs_nothing(workshop: Workshop) -> None:
    assert set(workshop.build().runs.ran) == {"first", "follower", "alone"}
    assert workshop.build().runs.ran == ()


@pytest.mark.parametrize(
    ("edit", "ran"),
    [
        (lambda w: w.edit("notebooks/first.py", "x = 1", "x = 2"), {"first", "follower"}),
        (lambda w: w.edit("data/table.csv", "a,b", "a,c"), {"first", "follower"}),
        (lambda w: w.edit("requirements.lock", "2.0", "2.1"), {"first", "follower", "alone"}),
        (lambda w: w.edit("snippets/alone.py", "alone", "lonely"), {"alone"}),
        (lambda w: w.edit("snippets/follower.py", "after first", "behind first"), {"first", "follower"}),
        (lambda w: w.edit("notebooks/first.py", "# Prose.", "# Other prose."), set()),
        (lambda w: w.edit("docs/page.md", "{value}", "x = {value}"), set()),
        (lambda w: (w.project.recordings / "local" / "alone.ipynb").unlink(), {"alone"}),
    ],
    ids=[
        "a cell and what comes after it",
        "declared data",
        "the lock",
        "a script that stands alone",
        "a follower needs its forerunner's account again",
        "a script's prose",
        "a document's prose",
        "a recording that is gone",
    ],
)
def test_edit_runs_what_depends_on_it(workshop: Workshop, edit: Callable[[Workshop], object], ran: set[str]) -> None:
    workshop.build()
    edit(workshop)
    assert set(workshop.build().runs.ran) == ran


def test_forced_build_runs_all(workshop: Workshop) -> None:
    workshop.build()
    assert set(workshop.build(force=True).runs.ran) == {"first", "follower", "alone"}


def test_failed_run_is_tried_again_and_keeps_the_old_recording(workshop: Workshop) -> None:
    workshop.build()
    before = (workshop.project.recordings / "local" / "first.ipynb").read_bytes()
    workshop.edit("notebooks/first.py", "x = 1", "x = 1 / 0")
    for _ in range(2):
        assert "first" in workshop.build().runs.ran
        assert [line.rpartition("[")[2] for line in workshop.found] == ["cell-raised]"]
    assert (workshop.project.recordings / "local" / "first.ipynb").read_bytes() == before


def test_frozen_build_runs_nothing_and_names_what_is_stale(workshop: Workshop) -> None:
    workshop.build()
    workshop.edit("notebooks/first.py", "x = 1", "x = 5")
    site = workshop.build(frozen=True)
    assert site.runs.ran == ()
    assert site.pages["page.md"].text == "1\n"
    assert workshop.found == [
        "notebooks/first.py:1: the recording is of other code than the script has now; "
        "run `labguide run first` [stale-recording]"
    ]


def test_rerun_with_equal_outputs_leaves_the_recording_byte_for_byte(workshop: Workshop) -> None:
    workshop.edit("snippets/alone.py", 'print("alone")', "import time\nprint(object())\nstopwatch = time.time()")
    workshop.build()
    before = (workshop.project.recordings / "local" / "alone.ipynb").read_bytes()
    workshop.build(force=True)
    assert (workshop.project.recordings / "local" / "alone.ipynb").read_bytes() == before


def test_changed_output_changes_the_recording(workshop: Workshop) -> None:
    workshop.build()
    workshop.edit("data/table.csv", "a,b", "a,c")
    workshop.build()
    assert "a,c" in (workshop.project.recordings / "local" / "first.ipynb").read_text("utf-8")


def test_output_of_a_cell_that_varies_does_not_change_the_recording(workshop: Workshop) -> None:
    workshop.write(
        "snippets/alone.py", '# %% name="only" tags=["varies"]\nimport time\nprint(time.time_ns() % 999983)\n'
    )
    workshop.build()
    before = (workshop.project.recordings / "local" / "alone.ipynb").read_bytes()
    workshop.build(force=True)
    assert (workshop.project.recordings / "local" / "alone.ipynb").read_bytes() == before


def test_changed_cell_leaves_what_the_others_recorded(workshop: Workshop) -> None:
    workshop.write(
        "snippets/alone.py",
        '# %% name="clock" tags=["varies"]\nimport time\nprint(time.time_ns())\n\n# %% name="word"\nprint("old")\n',
    )
    before = workshop.build().runs.recordings["alone"]
    workshop.edit("snippets/alone.py", '"old"', '"new"')
    after = workshop.build().runs.recordings["alone"]
    assert after.cell("clock") == before.cell("clock")
    assert after.cell("word") != before.cell("word")


def test_dots_that_an_author_wrote_into_a_recording_stay(workshop: Workshop) -> None:
    workshop.write(
        "snippets/alone.py", '# %% name="only" tags=["ellipsis"]\nimport os\nprint("pid", os.getpid(), "ok")\n'
    )
    workshop.build()
    recording = workshop.project.recordings / "local" / "alone.ipynb"
    recording.write_text(re.sub(r'"pid \d+ ok', '"pid ... ok', recording.read_text("utf-8")), "utf-8")
    before = recording.read_bytes()
    workshop.build(force=True)
    assert recording.read_bytes() == before
