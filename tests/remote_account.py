"""A second local SageMaker, in a process of its own, that plays real AWS for the `aws` backend.

A caller's credentials are an account number and a made-up secret; AWS_ENDPOINT_URL names the server, as it would a
proxy. Each test has an account of its own.
"""

from __future__ import annotations

import itertools
import json
import os
import pty
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import boto3

LABGUIDE = Path(sys.executable).parent / "labguide"
SECRETS = {
    "AWS_SECRET_ACCESS_KEY": "planted/secret+access+key/000111222333444",
    "AWS_SESSION_TOKEN": "planted+session+token+555666777888999==",
}
MKDOCS = "site_name: Test\ntheme: {name: material, font: false}\nplugins: [{labguide: {backend: aws}}]\n"

KINDS = (
    ("training job", "sagemaker", "list_training_jobs", "TrainingJobSummaries", "TrainingJobName"),
    ("endpoint", "sagemaker", "list_endpoints", "Endpoints", "EndpointName"),
    ("configuration", "sagemaker", "list_endpoint_configs", "EndpointConfigs", "EndpointConfigName"),
    ("model", "sagemaker", "list_models", "Models", "ModelName"),
    ("notebook", "sagemaker", "list_notebook_instances", "NotebookInstances", "NotebookInstanceName"),
    ("bucket", "s3", "list_buckets", "Buckets", "Name"),
    ("role", "iam", "list_roles", "Roles", "RoleName"),
    ("user", "iam", "list_users", "Users", "UserName"),
    ("log group", "logs", "describe_log_groups", "logGroups", "logGroupName"),
)
EXECUTION_ROLE = "role AmazonSageMaker-ExecutionRole-local"
"""Every account has it from the start, as one that has used SageMaker's console."""

_numbers = itertools.count(700_000_000_001)


@cache
def _session() -> Any:
    return boto3.session.Session()


@dataclass
class Remote:
    """One account: what a caller's environment says of it, and what is in it."""

    env: dict[str, str]
    account: str

    @property
    def caller(self) -> dict[str, str]:
        """The environment of a person or CI job with credentials for this account."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "LABGUIDE"))}
        return {**own, **self.env, **SECRETS, "AWS_ACCESS_KEY_ID": self.account}

    def client(self, service: str) -> Any:
        url = self.env["AWS_ENDPOINT_URL"]
        keys = {"aws_access_key_id": self.account, "aws_secret_access_key": "local"}
        return _session().client(service, "us-east-1", endpoint_url=url, **keys)

    def inventory(self) -> list[str]:
        """Everything in the account that a run could have made."""
        found = [
            f"{kind} {item[name]}"
            for kind, service, operation, member, name in KINDS
            for item in getattr(self.client(service), operation)()[member]
        ]
        return sorted(set(found) - {EXECUTION_ROLE})


class AwsProject:
    """A folder with scripts that run on a remote account, through the command line as a person uses it."""

    def __init__(self, root: Path, remote: Remote) -> None:
        self.root, self.remote = root, remote
        self.write("mkdocs.yml", MKDOCS)
        self.write("docs/index.md", "# Test\n")

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def script(self, name: str, *cells: str, header: str = "") -> None:
        """Write a script of these cells; `header` is YAML that goes under `labguide:`."""
        lines = "".join(f"#     {line}\n" for line in header.splitlines())
        head = f"# ---\n# jupyter:\n#   labguide:\n{lines}# ---\n\n" if header else ""
        body = "\n".join(f'# %% name="c{number}"\n{cell}' for number, cell in enumerate(cells, start=1))
        self.write(f"snippets/{name}.py", head + body)

    def labguide(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [str(LABGUIDE), arguments[0], "--project", str(self.root), *arguments[1:]]
        caller = {**self.remote.caller, **environment}
        return subprocess.run(
            command, env=caller, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=120
        )

    def labguide_at_a_terminal(self, *arguments: str, answer: str) -> tuple[str, int]:
        """Run a command whose standard input is a terminal with this answer; what it said, and its exit status."""
        command = [str(LABGUIDE), arguments[0], "--project", str(self.root), *arguments[1:]]
        here, there = pty.openpty()
        os.write(here, answer.encode())
        done = subprocess.run(
            command, env=self.remote.caller, stdin=there, stderr=subprocess.PIPE, text=True, check=False, timeout=60
        )
        os.close(here)
        os.close(there)
        return done.stderr, done.returncode

    def start(self, *arguments: str, stderr: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        """Start a command and return while it runs."""
        command = [str(LABGUIDE), arguments[0], "--project", str(self.root), *arguments[1:]]
        return subprocess.Popen(command, env=self.remote.caller, stdin=subprocess.DEVNULL, stderr=stderr)


@contextmanager
def remote_server() -> Iterator[Callable[[], Remote]]:
    """The server; calling what it gives makes a new account."""
    command = [sys.executable, "-m", "local_sagemaker", "--json", "--until-stdin-closes"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdin
        env = json.loads(process.stdout.readline())["env"]
        yield lambda: Remote(env, str(next(_numbers)))
        process.stdin.close()
        process.wait(30)


def wait_until(holds: Callable[[], object], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)
