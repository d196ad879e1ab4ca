"""The embedded local SageMaker as a backend: a server in a process of its own, on loopback."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from labguide import variables
from labguide.backends import calls
from labguide.backends.calls import Call
from labguide.backends.creation import Creation
from labguide.problems import CannotBuildError

# The client and the floor it stands on; frameworks inside images are pinned by the server's own files.
_PACKAGES = ("boto3", "moto", "sagemaker")


class LocalBackend:
    """Runs `python -m local_sagemaker`; the server ends when this process does, however it ends."""

    name = "local"
    real = False
    consent = True

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._env: Mapping[str, str] = {}

    def start(self) -> None:
        """Start the server, once, and wait until it answers."""
        if self._process:
            return
        self._process = subprocess.Popen(
            [sys.executable, "-m", "local_sagemaker", *self._options(), "--until-stdin-closes"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=variables.needed_to_install(os.environ),  # a job or a function could read all that the server has
            start_new_session=True,  # Ctrl-C goes to labguide, which then ends the server in order
        )
        stdout = self._process.stdout
        said = self._heard(stdout) if stdout else ""
        if not said:
            code = self._process.wait()
            self._process = None
            raise CannotBuildError(f"the local SageMaker did not start (exit {code}); its own message stands above")
        self._env = self._read(said)

    def _options(self) -> Sequence[str]:
        return ("--port", "0", "--json")

    def _heard(self, stdout: IO[str]) -> str:
        """What the server says when it is there."""
        return stdout.readline()

    def _read(self, said: str) -> Mapping[str, str]:
        """What a client needs to reach it."""
        env: Mapping[str, str] = json.loads(said)["env"]
        return env

    def stop(self) -> None:
        """Close the server's standard input, which ends it and all that it started."""
        if self._process is None:
            return
        process, self._process = self._process, None
        with process:  # closes its standard output at the end: it may be about to say where it is
            if process.stdin:
                process.stdin.close()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()

    def environment(self, account: str) -> Mapping[str, str]:
        """The server's own variables; its access key id is the account number."""
        return {**self._env, "AWS_ACCESS_KEY_ID": account}

    def secrets(self, account: str) -> tuple[str, ...]:
        """The made-up account number only; its keys are no secret."""
        return (account,)

    def prelude(self, script: str, notes: Path) -> str:
        """Have the kernel note its calls; what they create ends with the server."""
        return calls.prelude({"calls": str(notes)})

    def creations(self, calls: Sequence[Call]) -> tuple[Creation, ...]:
        """Nothing: it costs nothing, and ends with the server."""
        return ()

    def declared(self, text: str) -> Creation | None:
        """Nothing either."""
        return Creation(text)

    def versions(self) -> Mapping[str, str]:
        """The packages that decide what the local SageMaker answers."""
        return _versions()

    def digest(self) -> str:
        """A hash of the local SageMaker's own files: code, tables of images and algorithms."""
        spec = find_spec("local_sagemaker")
        folder = Path(next(iter(spec.submodule_search_locations or ()))) if spec else Path()
        digest = hashlib.sha256()
        for path in sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".txt", ".json", ".yml")):
            digest.update(path.read_bytes())
        return digest.hexdigest()


class Sandbox(LocalBackend):
    """The local SageMaker as a student has it: one account, the student's, and it goes on until it is told to end."""

    def __init__(self, options: Sequence[str]) -> None:
        super().__init__()
        self._given = options
        self.lines = ""
        """What it says to the student: lines to paste into a shell."""

    def wait(self) -> int:
        """Wait until the server ends by itself; its exit status."""
        return self._process.wait() if self._process else 0

    def environment(self, account: str) -> Mapping[str, str]:
        """What the student pastes: scripts and student share an account."""
        return self._env

    def secrets(self, account: str) -> tuple[str, ...]:
        """The account number that the student has there."""
        return (self._env["AWS_ACCESS_KEY_ID"],)

    def _options(self) -> Sequence[str]:
        return self._given

    def _heard(self, stdout: IO[str]) -> str:
        self.lines = stdout.read()  # afterwards the server writes to stderr only
        return self.lines

    def _read(self, said: str) -> Mapping[str, str]:
        exported = (shlex.split(line)[1] for line in said.splitlines() if line.startswith("export "))
        return dict(each.split("=", 1) for each in exported)


@functools.cache
def _versions() -> Mapping[str, str]:
    return {package: metadata.version(package) for package in _PACKAGES}
