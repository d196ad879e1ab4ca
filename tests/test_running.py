"""How scripts run: each in a kernel of its own, side by side, and gone afterwards whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from case_project import Workshop
from labguide.model import Script
from labguide.problems import Problems
from labguide.running import order

BUILD = """
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from case_project import Workshop
workshop = Workshop(Path({folder!r}))
workshop.build()
"""


def _scripts(**after: tuple[str, ...]) -> dict[str, Script]:
    return {name: Script(name, f"snippets/{name}.py", (), after=names) for name, names in after.items()}


def test_scripts_tied_by_after_share_an_account_and_others_do_not() -> None:
    in_order = order.ordered(_scripts(bucket=(), train=("bucket",), clean=("train",), other=()), Problems())
    accounts = order.accounts(in_order)
    assert accounts["bucket"] == accounts["train"] == accounts["clean"] != accounts["other"]
    assert all(len(number) == 12 and number.isdigit() for number in accounts.values())


def test_stale_script_brings_all_its_ancestors() -> None:
    in_order = order.ordered(_scripts(bucket=(), train=("bucket",), clean=("train",), other=()), Problems())
    assert [script.name for script in order.with_ancestors(["train"], in_order)] == ["bucket", "train"]


def test_scripts_without_order_run_at_the_same_time(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path / "project")
    meet = (
        '# %% name="meet"\nimport pathlib, time\n'
        f"here = pathlib.Path({str(tmp_path)!r})\n(here / '{{0}}').touch()\n"
        "deadline = time.monotonic() + 30\n"
        "while not (here / '{1}').exists():\n    assert time.monotonic() < deadline\n    time.sleep(0.01)\n"
    )
    workshop.write("snippets/one.py", meet.format("one", "two"))
    workshop.write("snippets/two.py", meet.format("two", "one"))
    if (os.cpu_count() or 1) < 2:
        pytest.skip("needs two cores")
    workshop.build()
    assert workshop.found == []


def test_kernel_sees_no_credentials_of_the_caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the-callers-own-secret")
    monkeypatch.setenv("AWS_PROFILE", "production")
    workshop = Workshop(tmp_path)
    workshop.write(
        "snippets/spy.py",
        '# %% name="spy"\nimport os\nfound = [name for name in os.environ if name.startswith("AWS_")]\n',
    )
    assert workshop.build().runs.recordings["spy"].values["found"] == []


def test_kernel_works_in_an_empty_folder_with_its_declared_data(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    header = "# ---\n# jupyter:\n#   labguide:\n#     data: [data/a.csv]\n# ---\n\n"
    workshop.write("data/a.csv", "1\n")
    workshop.write("snippets/look.py", header + '# %% name="look"\nimport os\nfiles = os.listdir()\n')
    assert workshop.build().runs.recordings["look"].values["files"] == ["a.csv"]


def test_cell_that_does_not_end_is_a_problem(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    header = "# ---\n# jupyter:\n#   labguide:\n#     timeout: 1\n# ---\n\n"
    workshop.write("snippets/slow.py", header + '# %% name="sleep"\nimport time\ntime.sleep(60)\n')
    workshop.build()
    assert workshop.found == [
        'snippets/slow.py:8: cell "sleep" did not end in 1 seconds; make it quicker or raise `timeout:` [cell-timeout]'
    ]


def test_kernel_that_dies_is_a_problem(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    workshop.write("snippets/dies.py", '# %% name="die"\nimport os\nos.kill(os.getpid(), 9)\n')
    workshop.build()
    assert [line.rpartition("[")[2] for line in workshop.found] == ["kernel-died]"]


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGINT], ids=["kill -9", "Ctrl-C"])
def test_killed_build_leaves_no_process_and_no_recording(tmp_path: Path, blow: signal.Signals) -> None:
    workshop = Workshop(tmp_path / "project")
    marker = tmp_path / "child.pid"
    workshop.write(
        "snippets/long.py",
        '# %% name="start"\nimport os, pathlib, subprocess\nchild = subprocess.Popen(["sleep", "300"])\n'
        f"pathlib.Path({str(marker)!r}).write_text(f'{{os.getpid()}} {{child.pid}}')\nchild.wait()\n",
    )
    code = BUILD.format(tests=str(Path(__file__).parent), folder=str(tmp_path / "project"))
    build = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    _wait(lambda: marker.exists() and len(marker.read_text().split()) == 2)
    pids = [int(pid) for pid in marker.read_text().split()]
    build.send_signal(blow)
    build.wait(timeout=30)
    _wait(lambda: not any(_runs(pid) for pid in pids))
    assert not (tmp_path / "project" / "recordings").exists()


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _wait(condition: object, seconds: float = 30) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
