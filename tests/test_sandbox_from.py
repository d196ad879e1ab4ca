"""`labguide sandbox --from`: a student begins at a lesson, with all done that comes before."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import boto3
import psutil
import pytest
from click.testing import CliRunner

from labguide.cli.commands import cli

MKDOCS = """\
site_name: Lab
plugins:
  - labguide
"""
HEADER = "# ---\n# jupyter:\n#   labguide:\n#     after: [{after}]\n# ---\n\n"
BUCKET = """\
# %% name="create"
import boto3

s3 = boto3.client("s3")
s3.create_bucket(Bucket="lab")
times = s3.list_objects_v2(Bucket="lab")["KeyCount"]
s3.put_object(Bucket="lab", Key=f"{times + 1}", Body=b"")

# %% name="check" checks="create"
assert s3.list_buckets()["Buckets"], "There is no bucket yet: create it."
"""
ROLE = """\
# %% name="role"
import boto3

boto3.client("iam").create_role(RoleName="lab", AssumeRolePolicyDocument="{}")
"""
LESSON = """\
# %% name="learn"
import boto3

boto3.client("s3").create_bucket(Bucket="of-the-lesson")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for path, text in {
        "mkdocs.yml": MKDOCS,
        "docs/index.md": "# Lab\n",
        "docs/modules/1-set-up.md": "# Set up\n\n```{cell} create-bucket#create\n```\n",
        "docs/modules/3-lesson.md": "# Lesson\n\n```{cell} lesson#learn\n```\n",
        "docs/modules/3-lesson-more.md": "# More\n\n```{cell} more#learn\n```\n",
        "snippets/create_bucket.py": BUCKET,
        "snippets/role.py": HEADER.format(after="create-bucket") + ROLE,
        "snippets/more.py": HEADER.format(after="lesson") + LESSON,
        "snippets/cleanup.py": HEADER.format(after="more") + '# %% name="clean"\nraise ValueError\n',
        "notebooks/lesson.py": HEADER.format(after="role") + LESSON,
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    return root


class Terminal:
    """A student's terminal."""

    def __init__(self, project: Path, *options: str) -> None:
        self.screen = project.parent / "terminal.txt"
        command = [sys.executable, "-m", "labguide", "sandbox", "--project", str(project), *options]
        with self.screen.open("wb") as screen:
            self.process = subprocess.Popen(command, stdout=screen, stderr=subprocess.STDOUT)

    @property
    def text(self) -> str:
        return self.screen.read_text("utf-8")

    def client(self, service: str) -> object:
        """A client with what the student pastes."""
        wait_until(lambda: "What runs is told below" in self.text)
        env = dict(re.findall(r"^export (\w+)='(.*)'$", self.text, re.MULTILINE))
        return boto3.client(
            service,
            endpoint_url=env["AWS_ENDPOINT_URL"],
            region_name="us-east-1",
            aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
        )

    def end(self, how: signal.Signals = signal.SIGINT) -> int:
        servers = psutil.Process(self.process.pid).children()
        self.process.send_signal(how)
        status = self.process.wait(60)
        psutil.wait_procs(servers, timeout=30)
        assert not any(server.is_running() for server in servers)
        return status


def wait_until(condition: Callable[[], bool], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def buckets(terminal: Terminal) -> list[str]:
    s3 = terminal.client("s3")
    return [each["Name"] for each in s3.list_buckets()["Buckets"]]  # type: ignore[attr-defined]


def keys(terminal: Terminal) -> list[str]:
    s3 = terminal.client("s3")
    return [each["Key"] for each in s3.list_objects_v2(Bucket="lab")["Contents"]]  # type: ignore[attr-defined]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=["Ctrl-C", "kill", "kill -9"])
def test_student_finds_what_comes_before_a_lesson_and_no_more(project: Path, how: signal.Signals) -> None:
    terminal = Terminal(project, "--from", "docs/modules/3-lesson.md")
    assert buckets(terminal) == ["lab"]
    assert terminal.client("iam").get_role(RoleName="lab")  # type: ignore[attr-defined]
    told = terminal.text
    assert "Doing what comes before docs/modules/3-lesson.md: create-bucket, role." in told
    assert re.search(r"create-bucket: done in \d+ s\n(.*\n)*  role: done in \d+ s\n(.*\n)*Ready after \d+ s\.", told)
    assert terminal.end(how) == (0 if how == signal.SIGINT else -how)
    assert not (project / "recordings").exists()


def test_what_is_kept_is_not_done_twice(project: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    terminal = Terminal(project, "--from", "role", "--state", str(state))
    assert keys(terminal) == ["1"]
    assert terminal.end() == 0
    terminal = Terminal(project, "--from", "lesson", "--state", str(state))
    assert keys(terminal) == ["1"]
    assert (
        f"Done at an earlier start: create-bucket (delete {state}/prepared.json to have it done again)."
        in terminal.text
    )
    assert "Doing what comes before notebooks/lesson.py: role." in terminal.text
    assert terminal.end() == 0


def test_script_that_fails_is_told_and_nothing_is_left(project: Path) -> None:
    (project / "snippets/create_bucket.py").write_text('# %% name="create"\nraise ValueError("no bucket")\n', "utf-8")
    terminal = Terminal(project, "--from", "lesson")
    assert terminal.process.wait(90) == 1
    assert "export" not in terminal.text
    assert 'snippets/create_bucket.py:2: cell "create" raised ValueError: no bucket' in terminal.text
    assert "role: not tried" in terminal.text
    assert (
        "labguide: what comes before notebooks/lesson.py could not be done, so the sandbox was ended" in terminal.text
    )
    assert "Nothing is left on this computer." in terminal.text


def test_ctrl_c_while_it_prepares_ends_everything(project: Path) -> None:
    path = project / "snippets/create_bucket.py"
    path.write_text(BUCKET + '\n# %% name="wait"\nimport time\n\ntime.sleep(300)\n', "utf-8")
    terminal = Terminal(project, "--from", "lesson")
    wait_until(lambda: "Doing what comes before" in terminal.text)
    time.sleep(3)
    assert terminal.end() == 130
    assert "Nothing is left on this computer." in terminal.text
    assert "Traceback" not in terminal.text


def test_page_that_nothing_comes_before_is_told(project: Path) -> None:
    terminal = Terminal(project, "--from", "set-up")
    assert buckets(terminal) == []
    assert "Nothing comes before docs/modules/1-set-up.md." in terminal.text
    assert terminal.end() == 0


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("lessn", 'no page or script "lessn"; did you mean "lesson"?'),
        ("modules/3", '"modules/3" is part of several pages: docs/modules/3-lesson, docs/modules/3-lesson-more'),
        ("", 'no page or script ""; known are: 1-set-up, 3-lesson'),
    ],
)
def test_name_that_is_unknown_or_too_short_is_told(project: Path, what: str, told: str) -> None:
    result = CliRunner().invoke(cli, ["sandbox", "--project", str(project), "--from", what])
    assert result.exit_code == 2
    assert told in result.output
