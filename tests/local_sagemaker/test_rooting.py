"""`/opt/ml` for programs that name it: in a namespace of their own, or in rewritten scripts."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from local_sagemaker.containers.rooting import Rooting, namespaces_work

HOSTS = {"algo-1": "127.0.0.2", "algo-2": "127.0.0.3"}


@pytest.fixture(params=[True, False], ids=["private", "rewritten"])
def rooting(request: pytest.FixtureRequest, tmp_path: Path) -> Rooting:
    if request.param and not namespaces_work():
        pytest.skip("this machine does not let a program have mounts of its own")
    (tmp_path / "ml" / "code").mkdir(parents=True)
    return Rooting(tmp_path / "ml", HOSTS, request.param)


def said(rooting: Rooting, script: str) -> str:
    """Return what a script says that finds its folder as `rooting` arranges it."""
    program = rooting.base / "code" / "say.sh"
    program.write_text(script)
    rooting.rewrite([rooting.base / "code"])
    command = rooting.command(["/bin/sh", "/opt/ml/code/say.sh"])
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=rooting.base).stdout.strip()


def test_a_script_finds_its_folder_at_opt_ml(rooting: Rooting) -> None:
    (rooting.base / "data").write_text("found")
    assert said(rooting, "cat /opt/ml/data") == "found"


def test_what_a_script_writes_to_opt_ml_is_in_its_folder(rooting: Rooting) -> None:
    said(rooting, "echo done > /opt/ml/result")
    assert (rooting.base / "result").read_text() == "done\n"


def test_a_script_begins_in_its_folder(rooting: Rooting) -> None:
    (rooting.base / "data").write_text("found")
    assert said(rooting, "cat data") == "found"


def test_a_host_is_called_by_a_name_that_can_be_found(rooting: Rooting) -> None:
    name = said(rooting, 'echo "algo-2"')
    assert name == rooting.host("algo-2")
    look_up = f"import socket; print(socket.gethostbyname('{name}'))"
    assert said(rooting, f'python3 -c "{look_up}"') == "127.0.0.3"


def test_the_machine_itself_is_not_changed(rooting: Rooting) -> None:
    before = sorted(Path("/opt").iterdir())
    said(rooting, "mkdir /opt/ml/new")
    assert sorted(Path("/opt").iterdir()) == before
    assert "algo-2" not in Path("/etc/hosts").read_text()
