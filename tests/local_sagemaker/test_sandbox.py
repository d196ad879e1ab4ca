"""What a student sees of the server in a terminal."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from local_server import Aws, wait_until


@pytest.fixture
def terminal(tmp_path: Path) -> Path:
    return tmp_path / "terminal.txt"


def start(terminal: Path, *options: str) -> subprocess.Popen[bytes]:
    with terminal.open("wb") as screen:
        return subprocess.Popen(
            [sys.executable, "-m", "labguide", "sandbox", *options], stdout=screen, stderr=subprocess.STDOUT
        )


def environment(terminal: Path) -> dict[str, str]:
    """Return what the lines to paste would set."""
    assert wait_until(lambda: "What runs is told below" in terminal.read_text())
    return dict(re.findall(r"^export (\w+)='(.*)'$", terminal.read_text(), re.MULTILINE))


def test_it_tells_what_runs_and_what_it_ended(terminal: Path) -> None:
    with start(terminal) as process:
        aws = Aws(environment(terminal), "111122223333")
        aws.train("short")
        aws.ended("short")
        aws.train("long", HyperParameters={"num_round": "100000000"})
        assert wait_until(lambda: "training job long: InProgress" in terminal.read_text())
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    said = terminal.read_text()
    assert "training job short: Completed" in said
    assert said.endswith("Stopped. Ended: training job long. Nothing is left on this computer.\n")


def test_it_tells_why_a_job_failed(terminal: Path) -> None:
    with start(terminal) as process:
        aws = Aws(environment(terminal), "111122223333")
        aws.train("wrong", HyperParameters={"num_round": "many"})
        assert wait_until(lambda: "training job wrong: Failed" in terminal.read_text())
        process.send_signal(signal.SIGINT)
    assert re.search("training job wrong: Failed: ClientError: .*num_round", terminal.read_text())


def test_it_says_where_it_kept_things(terminal: Path, tmp_path: Path) -> None:
    with start(terminal, "--state", str(tmp_path / "kept")) as process:
        environment(terminal)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    said = terminal.read_text().splitlines()[-1]
    assert said == f"Stopped. Nothing was running. What you made is kept in {tmp_path / 'kept'}."


def test_a_port_that_is_taken_is_told(terminal: Path, tmp_path: Path) -> None:
    second_terminal = tmp_path / "second.txt"
    with start(terminal) as first:
        port = environment(terminal)["AWS_ENDPOINT_URL"].rpartition(":")[2]
        with start(second_terminal, "--port", port) as second:
            status = second.wait(30)
        first.send_signal(signal.SIGINT)
    assert status == 1
    assert f"Port {port} is in use" in second_terminal.read_text()
    assert "Traceback" not in second_terminal.read_text()
