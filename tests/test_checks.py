"""Check cells: each is tried ahead of its step, where it must fail and say what is missing; nothing of that stays."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from case_project import NoCloud, Seen, Workshop
from labguide import recordings, site
from labguide.comparing import Finding, reports
from labguide.model import RecordedCell
from labguide.problems import Problems
from labguide.running import checks

LAB = """\
# %% name="begin"
from pathlib import Path

made = Path("made.txt")
seen = []

# %% name="step"
made.touch()

# %% name="check" checks="step"
assert made.exists(), "There is no file yet: run the cell above."
print("OK")
"""


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    workshop = Workshop(tmp_path / "project")
    workshop.write("notebooks/lab.py", LAB)
    workshop.write("docs/page.md", "```{cell} lab#check\n```\n")
    return workshop


def recorded(workshop: Workshop, cell: str = "check") -> RecordedCell:
    found = workshop.build(force=True).runs.recordings["lab"].cell(cell)
    assert workshop.found == []
    assert found is not None
    return found


def check(workshop: Workshop, *, static: bool = False) -> list[Finding]:
    problems = Problems()
    result = site.check(workshop.project, NoCloud(), site.CheckOptions(static=static), Seen(), problems)
    return list(reports.report(problems, result.verdicts, ()).findings)


def test_recording_keeps_what_a_check_says_beside_its_output(workshop: Workshop) -> None:
    assert recorded(workshop).check == "There is no file yet: run the cell above."
    assert recorded(workshop).outputs == ({"output_type": "stream", "name": "stdout", "text": "OK\n"},)
    notebook = json.loads(recordings.path_of(workshop.project, "local", "lab").read_text("utf-8"))
    metadata = {cell["metadata"]["name"]: cell["metadata"].get("check") for cell in notebook["cells"]}
    assert metadata == {"begin": None, "step": None, "check": "There is no file yet: run the cell above."}


def test_nothing_of_a_check_that_was_tried_ahead_is_left(workshop: Workshop) -> None:
    workshop.edit(
        "notebooks/lab.py",
        'assert made.exists(), "',
        """\
import os, sys, warnings
import matplotlib.pyplot as plt

before = made
made = Path("made.txt")
del seen
os.environ["LAB"] = "checked"
warnings.simplefilter("error", UserWarning)
os.mkdir(f"folder-{len(os.listdir())}")
os.chdir([name for name in os.listdir() if name.startswith("folder")][0])
print("ahead")
1 if display("shown") else plt.figure()
assert (Path("..") / made).exists(), \"""",
    )
    workshop.edit(
        "notebooks/lab.py",
        "made.touch()",
        """\
import os, sys, warnings

names = sorted(name for name in globals() if name in ("before", "found", "made", "plt", "seen"))
folder, lab, raised = Path.cwd().name, os.environ.get("LAB"), hasattr(sys, "last_value")
figures = sys.modules["matplotlib.pyplot"].get_fignums()
filters = [each[0] for each in warnings.filters if each[2] is UserWarning]
number = len(In)
made.touch()
print(names, folder, lab, raised, figures, filters, number)""",
    )
    outputs = recorded(workshop, "step").outputs
    assert [output["output_type"] for output in outputs] == ["stream"]
    assert outputs[0]["text"] == "['made', 'seen'] work None False [] [] 3\n"


def test_warning_is_shown_where_the_check_runs_for_good(workshop: Workshop) -> None:
    workshop.edit("notebooks/lab.py", "assert", 'import warnings\n\nwarnings.warn("old", stacklevel=1)\nassert')
    assert [output.get("name") for output in recorded(workshop).outputs] == ["stdout", "stderr"]


def test_thread_of_a_check_that_was_tried_ahead_prints_nowhere(workshop: Workshop) -> None:
    workshop.edit(
        "notebooks/lab.py",
        "assert",
        "import threading, time\n\n"
        "late = threading.Thread(target=lambda: (time.sleep(0.5), print('late')))\nlate.start()\nassert",
    )
    assert recorded(workshop).outputs[0]["text"] == "OK\nlate\n"
    assert recorded(workshop, "step").outputs == recorded(workshop, "begin").outputs == ()


def test_several_checks_of_one_cell_are_tried_in_order(workshop: Workshop) -> None:
    path = workshop.project.root / "notebooks/lab.py"
    more = '\n# %% name="other" checks="step"\nassert made.exists(), f"None of {seen}."\n'
    path.write_text(path.read_text("utf-8").replace("assert made", "seen.append(1)\nassert made") + more, "utf-8")
    assert recorded(workshop, "other").check == "None of [1]."


def test_folder_of_the_machine_is_not_in_what_a_check_says(workshop: Workshop) -> None:
    workshop.edit("notebooks/lab.py", '"There is no file yet: run', 'f"There is no {made.resolve()} yet: run')
    assert recorded(workshop).check == "There is no /tmp/workshop/made.txt yet: run the cell above."


def test_key_that_a_cell_shows_is_not_in_what_a_check_says(workshop: Workshop) -> None:
    workshop.edit("notebooks/lab.py", "seen = []", 'key = "AKIA" + "Q7RT2MWX5BZN4CLD"\nprint(key)')
    workshop.edit("notebooks/lab.py", '"There is no file yet', 'f"There is no file of {key} yet')
    assert recorded(workshop).check == "There is no file of AKIAIOSFODNN7EXAMPLE yet: run the cell above."


def test_check_that_waits_is_a_problem(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "SECONDS", 1.0)
    workshop.edit(
        "notebooks/lab.py", "assert made", "import time\n\nwhile not made.exists():\n    time.sleep(1)\nassert made"
    )
    workshop.build()
    assert workshop.found == [
        'notebooks/lab.py:11: the check "check" took more than 1 seconds where "step" has not run yet; '
        "let it look once, and not wait [check-timeout]"
    ]


def test_check_that_ends_the_kernel_is_a_problem(workshop: Workshop) -> None:
    workshop.edit(
        "notebooks/lab.py", "assert made", "import os\n\nmade.exists() or os.kill(os.getpid(), 9)\nassert made"
    )
    workshop.build()
    assert [line.rpartition("[")[2] for line in workshop.found] == ["kernel-died]"]


def test_check_that_quits_is_a_problem(workshop: Workshop) -> None:
    workshop.edit("notebooks/lab.py", "assert made", "made.exists() or exit()\nassert made")
    workshop.build()
    assert [line.rpartition("[")[2] for line in workshop.found] == ["cell-quit]"]


def test_all_checks_that_are_wrong_are_told_and_the_recording_stays(workshop: Workshop) -> None:
    recorded(workshop)
    kept = recordings.path_of(workshop.project, "local", "lab").read_bytes()
    path = workshop.project.root / "notebooks/lab.py"
    path.write_text(
        path.read_text("utf-8") + '\n# %% name="a" checks="step"\n1\n\n# %% name="b" checks="step"\nx\n', "utf-8"
    )
    workshop.edit("notebooks/lab.py", '# %% name="b" checks="step"\nx', '# %% name="b" checks="step"\nmade.read_text()')
    workshop.build()
    assert [line.rpartition("[")[2] for line in workshop.found] == ["check-passes-unmet]", "check-raises]"]
    assert recordings.path_of(workshop.project, "local", "lab").read_bytes() == kept
    verdicts = site.rehearse(
        workshop.project, site.sources.read(workshop.project, Problems()), NoCloud(), (), Seen(), Problems()
    ).verdicts
    assert {verdict.cell.name: verdict.failure.kind for verdict in verdicts if verdict.failure} == {
        "a": "check-passes-unmet",
        "b": "check-raises",
    }
    assert not any(verdict.skipped for verdict in verdicts)


def test_another_message_is_drift_and_a_folder_of_the_run_is_not(workshop: Workshop) -> None:
    workshop.edit("notebooks/lab.py", '"There is no file yet: run', 'f"At {time.time():.0f} there is no file: run')
    workshop.edit("notebooks/lab.py", "seen = []", "import time")
    recorded(workshop)
    path = recordings.path_of(workshop.project, "local", "lab")
    kept = path.read_bytes()
    assert check(workshop) == []
    recorded(workshop)
    assert path.read_bytes() == kept
    text = path.read_text("utf-8")
    path.write_text(re.sub(r'("check": "At \d+) there is no', r"\1 there was no", text), "utf-8")
    (found,) = check(workshop)
    assert str(found.problem) == (
        'notebooks/lab.py:11: what the check "check" says where its step is missing changed; '
        "mend the cell, or accept it with `labguide check --update lab` [drift]"
    )
    assert [line for line in found.diff if line.startswith(("-A", "+A"))]
    assert [str(place) for place in found.quoted] == ["docs/page.md:1"]


def test_cell_that_becomes_a_check_makes_its_recording_stale(workshop: Workshop) -> None:
    workshop.edit("notebooks/lab.py", ' checks="step"', "")
    assert recorded(workshop).check == ""
    workshop.edit("notebooks/lab.py", '# %% name="check"', '# %% name="check" checks="step"')
    assert [finding.problem.kind for finding in check(workshop, static=True)] == ["stale-recording"]
    assert workshop.build().runs.ran == ("lab",)
    assert check(workshop, static=True) == []
    assert workshop.build().runs.ran == ()
    assert (
        "If this step is missing"
        in site.build(workshop.project, NoCloud(), site.running.Options(frozen=True), Seen(), Problems())
        .pages["page.md"]
        .text
    )


def test_ctrl_c_while_a_check_is_tried_ends_everything(tmp_path: Path) -> None:
    import signal

    import psutil

    workshop = Workshop(tmp_path / "project")
    marker = tmp_path / "pid"
    waits = f"import os, time\nPath({str(marker)!r}).write_text(str(os.getpid()))\ntime.sleep(300)\nassert made"
    workshop.write("notebooks/lab.py", LAB.replace("assert made", waits))
    code = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from case_project import Workshop
Workshop(Path({str(tmp_path / "project")!r})).build()
"""
    build = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while not (marker.exists() and marker.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    build.send_signal(signal.SIGINT)
    build.wait(timeout=30)
    kernel = int(marker.read_text())
    while psutil.pid_exists(kernel):
        assert time.monotonic() < deadline + 30
        time.sleep(0.05)
    assert not (tmp_path / "project" / "recordings").exists()
