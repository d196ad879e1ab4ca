"""The workflow for a code host: what it calls exists, is pinned, and cannot cost money by accident."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from labguide.cli.commands import cli

ROOT = Path(__file__).parent.parent
FILE = ROOT / ".github" / "workflows" / "labguide.yml"
JOBS: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))["jobs"]


def steps(job: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = JOBS[job]["steps"]
    return found


def runs() -> list[str]:
    return [step["run"] for job in JOBS for step in steps(job) if "run" in step]


@pytest.mark.parametrize("script", runs())
def test_shell_can_read_each_step(script: str) -> None:
    done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
    assert done.stderr == ""


@pytest.mark.parametrize("call", re.findall(r"\.venv/bin/labguide ([^>|\n]+)", "\n".join(runs())))
def test_labguide_knows_what_a_step_asks_of_it(call: str) -> None:
    name, *arguments = shlex.split(call.replace('"$MAX_USD"', "2"))
    command = cli.get_command(click.Context(cli), name)
    assert command is not None, name
    try:
        command.make_context(name, arguments, resilient_parsing=False)
    except click.UsageError as error:
        pytest.fail(error.format_message())


def test_every_action_is_pinned_by_its_tag() -> None:
    used = [step["uses"] for job in JOBS for step in steps(job) if "uses" in step]
    assert [action for action in used if not re.fullmatch(r"[\w-]+/[\w-]+@v\d+(\.\d+)*", action)] == []


def test_run_on_aws_needs_the_variable_an_approval_and_a_limit() -> None:
    job = JOBS["aws"]
    assert "vars.LABGUIDE_AWS == 'true'" in job["if"]
    assert job["environment"] == "aws"
    assert [run for run in runs() if "--backend aws" in run and "--max-usd" not in run] == []


def test_clean_up_follows_whatever_became_of_the_run() -> None:
    names = [step.get("run", "") for step in steps("aws")]
    run = next(index for index, text in enumerate(names) if "--backend aws" in text)
    clean = next(index for index, text in enumerate(names) if "labguide clean" in text)
    assert clean > run
    assert steps("aws")[clean]["if"] == "always()"
