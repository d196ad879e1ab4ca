"""Runs sent to a real Dask scheduler and its worker, in processes of their own on this computer."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import Client

from case_project import NoCloud, Seen, Workshop, assert_same_recording
from labguide import running, sources
from labguide.backends.aws import AwsBackend
from labguide.problems import CannotBuildError
from labguide.running import cluster
from processes import wait_until

HEADER = "# ---\n# jupyter:\n#   labguide:\n#     {}\n# ---\n\n"


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("dask")
    file = folder / "scheduler.json"
    quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    commands = [
        ["dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)],
        ["dask_worker", "--scheduler-file", str(file), "--host", "127.0.0.1", "--no-dashboard", "--nthreads", "2"],
    ]
    processes = [
        subprocess.Popen([sys.executable, "-m", f"distributed.cli.{name}", *arguments], **quiet)  # type: ignore[call-overload]
        for name, *arguments in commands
    ]
    try:
        wait_until(lambda: file.exists() and file.read_text().endswith("}"))
        yield _address(file)
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait(timeout=30)


def _address(file: Path) -> str:
    address = str(json.loads(file.read_text())["address"])
    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(1, timeout=30)
    return address


def _run(workshop: Workshop, address: str) -> running.Runs:
    found = sources.read(workshop.project, workshop.problems)
    how = running.Options(cluster=address)
    return running.run(workshop.project, found.scripts, {}, NoCloud(), how, Seen(), workshop.problems)


def test_run_on_a_worker_leaves_the_same_recording_as_one_here(tmp_path: Path, scheduler: str) -> None:
    there, here = Workshop(tmp_path / "there", "rich-outputs"), Workshop(tmp_path / "here", "rich-outputs")
    sent, own = _run(there, scheduler), _run(here, "")
    assert sent.recordings.keys() == own.recordings.keys() != set()
    for name, recording in sent.recordings.items():
        assert_same_recording(recording, own.recordings[name])


def test_data_and_order_of_scripts_hold_on_a_cluster(tmp_path: Path, scheduler: str) -> None:
    workshop = Workshop(tmp_path)
    note = tmp_path / "first-was-here"
    workshop.write("data/a.csv", "1,2\n")
    workshop.write("snippets/first.py", f'# %% name="one"\nimport pathlib\npathlib.Path({str(note)!r}).touch()\n')
    workshop.write(
        "snippets/second.py",
        HEADER.format("{after: [first], data: [data/a.csv]}")
        + f'# %% name="two"\nimport pathlib\nfound = pathlib.Path({str(note)!r}).exists()\n'
        "text = pathlib.Path('a.csv').read_text()\n",
    )
    values = _run(workshop, scheduler).recordings["second"].values
    assert (values["found"], values["text"]) == (True, "1,2\n")


def test_cell_that_fails_on_a_worker_is_a_problem_at_its_line(tmp_path: Path, scheduler: str) -> None:
    workshop = Workshop(tmp_path)
    workshop.write("snippets/fails.py", '# %% name="divide"\nx = 0\n1 / x\n')
    _run(workshop, scheduler)
    assert [line.partition(";")[0] for line in workshop.found] == [
        'snippets/fails.py:3: cell "divide" raised ZeroDivisionError: division by zero'
    ]


def test_scheduler_that_does_not_answer_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_CONNECT_WITHIN", 1)
    with (
        pytest.raises(CannotBuildError, match="no Dask scheduler answers at"),
        cluster.executor("tcp://127.0.0.1:9", NoCloud()),
    ):
        pass


def test_worker_on_another_computer_is_refused(scheduler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labguide.running.cluster._here", lambda: "another")
    with pytest.raises(CannotBuildError, match="can be reached from here only"), cluster.executor(scheduler, NoCloud()):
        pass


def test_real_aws_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(CannotBuildError, match="the ledger is kept on this computer"),
        cluster.executor("tcp://127.0.0.1:9", AwsBackend(tmp_path)),
    ):
        pass
