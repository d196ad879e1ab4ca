"""A container without Docker: `/opt/ml` re-rooted in a folder, and a process that sees little else.

The layout is documented in "How Amazon SageMaker Provides Training Information" and "Use Your Own Inference Code";
`SAGEMAKER_BASE_DIR` and `SAGEMAKER_BIND_TO_PORT` are the variables by which AWS's own container toolkits move
`/opt/ml` and port 8080.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from ..cloud import Cloud
from ..wire import Caller

MAX_LINE = 200_000
"""Characters of a line that are read at once: one event of CloudWatch Logs takes 256 KB."""

FOR_THE_SDK = ("AWS_DATA_PATH", "SAGEMAKER_USER_CONFIG_OVERRIDE")
"""Of a client's variables, those by which the SDK finds STS here, and sends no telemetry."""
STOP_GRACE = 5.0
"""Seconds between SIGTERM and SIGKILL; AWS gives a job 120."""


class BadPathError(Exception):
    """A path that no container of ours has."""


@dataclass(frozen=True)
class Folder:
    """The folder that stands for `/opt/ml`."""

    base: Path

    @property
    def config(self) -> Path:
        """Where hyperparameters.json, inputdataconfig.json and resourceconfig.json are."""
        return self.base / "input" / "config"

    @property
    def model(self) -> Path:
        """What a training job leaves here becomes model.tar.gz; a serving container finds it here."""
        return self.base / "model"

    @property
    def output(self) -> Path:
        """`data` in here becomes output.tar.gz, `failure` the FailureReason."""
        return self.base / "output"

    @property
    def code(self) -> Path:
        """Where a user's script is."""
        return self.base / "code"

    def channel(self, name: str) -> Path:
        """Return where the data of a channel is."""
        return self.base / "input" / "data" / name

    def at(self, inside: str) -> Path:
        """Return where the container's path `inside` is, which begins with `/opt/ml`. Raises BadPathError."""
        path = PurePosixPath(inside)
        if path.parts[:3] != ("/", "opt", "ml") or ".." in path.parts:
            raise BadPathError(f"{inside} is not a path below /opt/ml")
        return self.base.joinpath(*path.parts[3:])

    def make(self) -> None:
        """Create the empty folders."""
        for path in (self.config, self.model, self.output / "data", self.base / "tmp"):
            path.mkdir(parents=True, exist_ok=True)

    def write_config(self, name: str, value: object) -> None:
        """Write a configuration file, such as ``hyperparameters``."""
        (self.config / f"{name}.json").write_text(json.dumps(value))

    def failure(self) -> str:
        """Return what the container wrote to say why it failed, or an empty string."""
        with contextlib.suppress(OSError):
            return self.as_inside((self.output / "failure").read_text(errors="replace").strip())
        return ""

    def as_inside(self, text: str) -> str:
        """Return `text` with paths as a container would tell them."""
        return text.replace(str(self.base), "/opt/ml")


@dataclass(frozen=True)
class Container:
    """A running process and its folder. `places` are paths of this machine, and what a container has there."""

    folder: Folder
    process: subprocess.Popen[str]
    places: Mapping[str, str]

    def lines(self) -> Iterator[str]:
        """Yield what the process prints, line by line, until it ends; a line that is too long comes in parts."""
        assert self.process.stdout is not None
        while line := self.process.stdout.readline(MAX_LINE):
            yield self._as_inside(line)

    def failure(self) -> str:
        """Return what the container wrote to say why it failed, or an empty string."""
        return self._as_inside(self.folder.failure())

    def _as_inside(self, text: str) -> str:
        inside = self.folder.as_inside(text)
        for place, told in self.places.items():
            inside = inside.replace(place, told)
        return inside

    def stop(self) -> None:
        """End the process and its children: SIGTERM, then SIGKILL, to the whole group."""
        _signal(self.process, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_GRACE)
        _signal(self.process, signal.SIGKILL)
        self.process.wait()


def start(cloud: Cloud, folder: Folder, command: list[str], given: Mapping[str, str]) -> Container:
    """Start `command` in `folder`. Its environment is `given` and the bare minimum; nothing of the server's own."""
    image, library = str(Path(command[0]).parent.parent), str(cloud.home / "lib")
    environment = {
        "PATH": f"{Path(command[0]).parent}{os.pathsep}{os.defpath}",
        "PYTHONPATH": library,
        **basics(str(folder.base)),
        **given,
    }
    return launch(cloud, folder, command, environment, {image: "/usr/local", library: "/usr/local/lib"})


def basics(root: str) -> dict[str, str]:
    """Return the variables every container has whose folder it knows as `root`."""
    return {
        "PYTHONUNBUFFERED": "1",
        "HOME": root,
        "TMPDIR": str(PurePosixPath(root, "tmp")),
        "LANG": "C.UTF-8",
        "SAGEMAKER_BASE_DIR": root,
    }


def aws_variables(cloud: Cloud, caller: Caller) -> dict[str, str]:
    """Return the variables by which a program finds this very server; AWS gives it the role's credentials."""
    return {
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_ACCESS_KEY_ID": caller.account,
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": caller.region,
        "AWS_REGION": caller.region,
        "AWS_EC2_METADATA_DISABLED": "true",
        **{name: value for name, value in cloud.client_env.items() if name in FOR_THE_SDK},
    }


def launch(
    cloud: Cloud, folder: Folder, command: list[str], environment: Mapping[str, str], places: Mapping[str, str]
) -> Container:
    """Start `command` in `folder` with exactly this environment; see Container for `places`."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=cloud.line.mark(environment),
        cwd=folder.base,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    threading.Thread(target=_end_with, args=[process], daemon=True).start()
    return Container(folder, process, places)


def _end_with(process: subprocess.Popen[Any]) -> None:
    """End whatever a container's program has left running when it ends itself, as a container does."""
    process.wait()
    _signal(process, signal.SIGKILL)


def _signal(process: subprocess.Popen[Any], which: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, which)


PORTS = range(20_000, 32_768)
"""Below those that systems give to whoever connects somewhere: nobody gets one by chance before it is used."""

_handed_out: deque[int] = deque(maxlen=1000)
_one_at_a_time = threading.Lock()


def free_port() -> int:
    """Return a port of loopback that nobody has at the moment, and that nobody was given lately."""
    with _one_at_a_time:
        while (port := secrets.choice(PORTS)) in _handed_out or not _is_free(port):
            pass
        _handed_out.append(port)
        return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
