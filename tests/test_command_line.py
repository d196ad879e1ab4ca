"""How the command line ends, and what it leaves on its streams."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from case_project import Workshop
from processes import wait_until

LABGUIDE = [sys.executable, "-m", "labguide"]


@pytest.fixture
def project(tmp_path: Path) -> Workshop:
    workshop = Workshop(tmp_path / "project")
    workshop.write("mkdocs.yml", "site_name: Small\nplugins: [labguide]\n")
    workshop.write("docs/index.md", "# Small\n")
    return workshop


def test_ctrl_c_in_a_cell_is_told_as_that(project: Workshop, tmp_path: Path) -> None:
    note = tmp_path / "begun"
    code = f"import pathlib, time\npathlib.Path({str(note)!r}).touch()\ntime.sleep(300)\n"
    project.write("snippets/long.py", f'# %% name="wait"\n{code}')
    build = subprocess.Popen(
        [*LABGUIDE, "run"], cwd=project.project.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    wait_until(note.exists, 120)
    build.send_signal(signal.SIGINT)
    out, err = build.communicate(timeout=60)
    assert (build.returncode, out) == (130, "")
    assert [line for line in err.splitlines() if line] == [
        "Running 1 scripts; 0 recordings are fresh.",
        "stopped; finished recordings are kept",
    ]


EARLY = """
import builtins
real = builtins.__import__
def stopped(name, *more, **named):
    if name == "labguide.cli.commands":
        raise KeyboardInterrupt
    return real(name, *more, **named)
builtins.__import__ = stopped
from labguide.cli import main
main()
"""


def test_ctrl_c_while_it_still_starts_is_told_in_the_same_words() -> None:
    done = subprocess.run([sys.executable, "-c", EARLY], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "stopped; finished recordings are kept\n")


@pytest.mark.parametrize("command", [("check",), ("plan",), ("plan", "--backend", "aws")], ids=" ".join)
def test_json_is_alone_on_standard_output(project: Workshop, command: tuple[str, ...]) -> None:
    code = "import os, subprocess\nos.system('echo loud')\nsubprocess.run(['echo', 'loud'])\nprint('loud')\n"
    project.write("snippets/loud.py", f'# %% name="shout"\n{code}os.write(1, b"loud");\n')
    project.write("snippets/fails.py", '# %% name="fail"\n1 / 0\n')
    done = subprocess.run(
        [*LABGUIDE, *command, "--json"],
        cwd=project.project.root,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert json.loads(done.stdout)
    assert "loud\n" not in done.stderr


@pytest.mark.parametrize("command", [["build"], ["run"], ["check"], ["check", "--json"], ["plan"]], ids=" ".join)
def test_no_stream_has_a_secret_that_an_author_wrote_or_the_caller_holds(project: Workshop, command: list[str]) -> None:
    key, held = "ghp_" + "aZ7" * 12, "Tq9 held by the caller"
    project.write("docs/index.md", f"# Small\n\n```{{cell}} {key}\n```\n\n{{value}}`{held}`\n")
    project.write("snippets/odd.py", f'# %% name="a" tags="{key}"\nprint("{held}")\n')
    done = subprocess.run(
        [*LABGUIDE, *command],
        cwd=project.project.root,
        env={**os.environ, "SHOP_TOKEN": held},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert [secret for secret in (key, held) if secret in done.stdout + done.stderr] == []
