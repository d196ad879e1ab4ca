"""Start the server on loopback, and take everything down with it."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from werkzeug.serving import make_server

from lifeline import Lifeline

from . import environment
from .cloud import Cloud
from .layer import Layer
from .moto_floor import MotoRequestHandler
from .wire import DEFAULT_ACCOUNT

HOST = "127.0.0.1"
STOP_POLL = 0.05
"""Seconds until the server notices that it shall stop."""


@dataclass(frozen=True)
class Running:
    """A server that answers: its address, and the environment of a client that wants to talk to it."""

    endpoint: str
    env: dict[str, str]


class _QuietHandler(MotoRequestHandler):
    def log_request(self, *_: object) -> None:
        """Say nothing of single requests."""


@contextlib.contextmanager
def running(
    port: int = 0, account: str = DEFAULT_ACCOUNT, jobs: int | None = None, notebooks: Path | None = None
) -> Iterator[Running]:
    """Serve on `port` of loopback, any free one if 0, while the ``with`` block runs.

    `jobs` jobs run at once, by default one for each core; the others queue. New notebook instances get a copy of the
    folder `notebooks`.

    When it ends, or this process does in whatever way, so does every job and endpoint, and their folders go.
    """
    home = Path(tempfile.mkdtemp(prefix="local-sagemaker-")).resolve()
    with Lifeline(home) as line:
        os.environ.update(line.mark(os.environ))  # whatever this process starts, pip too, ends with it
        _forget_own_credentials(home)
        (home / "lib").mkdir()
        (home / "lib" / "local_sagemaker").symlink_to(Path(__file__).parent)
        slots = threading.Semaphore(jobs or os.cpu_count() or 1)
        cloud = Cloud(home=home, endpoint="", line=line, slots=slots, kept=home, notebooks=notebooks)
        server = make_server(HOST, port, Layer(cloud), threaded=True, request_handler=_QuietHandler)
        cloud.endpoint = f"http://{HOST}:{server.server_port}"
        cloud.client_env.update(environment.write(home, cloud.endpoint, account))
        threading.Thread(target=server.serve_forever, args=[STOP_POLL], daemon=True).start()
        try:
            yield Running(cloud.endpoint, cloud.client_env)
        finally:
            server.shutdown()


def _forget_own_credentials(home: Path) -> None:
    """Keep what runs in this process, moto and boto3, from the user's AWS configuration and temporary files."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    (home / "tmp").mkdir()
    os.environ["TMPDIR"] = tempfile.tempdir = str(home / "tmp")
