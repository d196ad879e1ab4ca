"""The lifeline by itself: marked processes and registered folders go with their owner."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from local_server import has_ended, wait_until

from lifeline import MARK, Lifeline

OWNER = """
import os, subprocess, sys
from pathlib import Path
from lifeline import Lifeline

line = Lifeline(Path(sys.argv[1]))
environment = line.mark(os.environ)
child = subprocess.Popen(["bash", "-c", sys.argv[2]], env=environment, start_new_session=True)
print(child.pid, flush=True)
sys.stdin.read()
os.kill(os.getpid(), 9)
"""


def marked(token: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if token in process.environ().get(MARK, ""):
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.mark.parametrize(
    ("command", "processes"),
    [
        pytest.param("sleep 1000; true", 2, id="plain"),
        pytest.param("trap '' TERM; sleep 1000; true", 2, id="ignores-sigterm"),
        pytest.param("env -i sleep 1000; true", 2, id="child-without-mark"),
        pytest.param("setsid sleep 1000 & wait", 2, id="session-of-its-own"),
    ],
)
def test_a_killed_owner_leaves_nothing(tmp_path: Path, command: str, processes: int) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    owning = [sys.executable, "-c", OWNER, str(folder), command]
    with subprocess.Popen(owning, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as owner:
        child = psutil.Process(int(owner.stdout.readline()))
        assert wait_until(lambda: len(child.children()) == processes - 1)
        family = [child, *child.children()]
        owner.stdin.close()
        owner.wait()
        assert wait_until(lambda: all(has_ended(each) for each in family))
        assert wait_until(lambda: not folder.exists())


def test_leaving_the_block_ends_marked_processes_and_spares_others(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "1000"]) as bystander:
        with Lifeline(tmp_path / "none") as line:
            process = subprocess.Popen(["sleep", "1000"], env=line.mark(os.environ))
        assert process.wait(10) != 0
        assert bystander.poll() is None
        bystander.kill()


def test_marks_add_up(tmp_path: Path) -> None:
    with Lifeline() as outer, Lifeline() as inner:
        environment = inner.mark(outer.mark({"PATH": "/bin"}))
        assert environment[MARK].count(":") == 1
        assert environment["PATH"] == "/bin"


def test_the_keeper_itself_is_not_marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Lifeline() as outer:
        for name, value in outer.mark({}).items():
            monkeypatch.setenv(name, value)
        with Lifeline():
            assert marked(os.environ[MARK]) == []


LATE = """
import sys, time
from pathlib import Path
from lifeline import Lifeline

folder = Path(sys.argv[1])
with Lifeline(folder):
    pass
folder.mkdir()
(folder / "late.txt").write_text("written by a thread that had not noticed the end")
"""


def test_what_the_owner_writes_after_closing_goes_with_it(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    subprocess.run([sys.executable, "-c", LATE, str(folder)], check=True)
    assert wait_until(lambda: not folder.exists())
