"""The JupyterLab of a notebook instance: a process on loopback that lets in who knows its token.

Notebooks run in the Python that runs this server, so they have what it has: the AWS and SageMaker SDKs.
"""

from __future__ import annotations

import http.client
import importlib.util
import json
import os
import secrets
import shutil
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from .. import containers, images
from ..cloud import Cloud
from ..containers import Container, Folder
from ..images import Image
from ..cloud.logs import LogStream
from ..wire import Caller

IMAGE = Image("jupyterlab:4", "jupyterlab-4.txt")
READY_SECONDS = 50.0
"""A client reads for 60; if a first build takes longer, its next try finds it done."""

KERNELS = {"python3": "Python 3", "conda_python3": "conda_python3"}
"""Names by which notebooks ask for Python; the second is what notebook instances of SageMaker call theirs."""

LOG_GROUP = "/aws/sagemaker/NotebookInstances"


class NotStartedError(Exception):
    """JupyterLab ended, or did not answer in time."""


@dataclass(frozen=True)
class Jupyter:
    """A running JupyterLab."""

    container: Container
    port: int
    token: str = field(repr=False)

    @property
    def url(self) -> str:
        """The address that opens it in a browser of this machine."""
        return f"http://127.0.0.1:{self.port}/lab?token={self.token}"

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.container.process.poll() is None


def start(cloud: Cloud, caller: Caller, name: str, folder: Path) -> Jupyter:
    """Start a JupyterLab that shows `folder`; return when it answers. Raises BuildError or NotStartedError."""
    python = images.python_of(IMAGE)
    inside = Folder(cloud.home / "jupyter" / caller.account / caller.region / name)
    inside.make()
    _write_kernels(inside.base / "jupyter")
    port, token = containers.free_port(), secrets.token_hex(16)
    command = [str(python), "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"]
    command += ["--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder}", "--LabApp.news_url=None"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    environment = _environment(cloud, caller, inside, python, token)
    jupyter = Jupyter(containers.launch(cloud, inside, command, environment, {}), port, token)
    log = LogStream(cloud, caller, LOG_GROUP, f"{name}/jupyter.log")
    cloud.start(lambda: _follow(jupyter, log))
    _wait_until_ready(jupyter)
    return jupyter


def stop(jupyter: Jupyter) -> None:
    """End it and its notebooks' kernels, which JupyterLab ends itself when it is told to."""
    jupyter.container.stop()
    shutil.rmtree(jupyter.container.folder.base, ignore_errors=True)


def _environment(cloud: Cloud, caller: Caller, inside: Folder, python: Path, token: str) -> dict[str, str]:
    mine = {"AWS_ACCESS_KEY_ID": caller.account, "AWS_DEFAULT_REGION": caller.region, "AWS_REGION": caller.region}
    return {
        "PATH": os.pathsep.join([str(python.parent), str(Path(sys.executable).parent), os.defpath]),
        **containers.basics(str(inside.base)),
        **cloud.client_env,
        **mine,
        "JUPYTER_PATH": str(inside.base / "jupyter"),
        # Not on the command line, which other users of this machine can read.
        "JUPYTER_TOKEN": token,
    }


def _write_kernels(folder: Path) -> None:
    if importlib.util.find_spec("ipykernel") is None:
        return
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    for name, shown in KERNELS.items():
        place = folder / "kernels" / name
        place.mkdir(parents=True, exist_ok=True)
        told = {"argv": command, "display_name": shown, "language": "python", "metadata": {"debugger": True}}
        (place / "kernel.json").write_text(json.dumps(told))


def _follow(jupyter: Jupyter, log: LogStream) -> None:
    for line in jupyter.container.lines():
        log.write(line.replace(jupyter.token, "..."))
    log.close()


def _wait_until_ready(jupyter: Jupyter) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and jupyter.alive:
        if _answers(jupyter.port):
            return
        time.sleep(0.1)
    stop(jupyter)
    raise NotStartedError(f"JupyterLab did not start; see the log group {LOG_GROUP}")


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/api")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
