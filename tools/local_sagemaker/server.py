"""Start the server on loopback, and take everything down with it."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from werkzeug.serving import BaseWSGIServer, make_server

from lifeline import Lifeline

from . import environment
from .cloud import Cloud
from .cloud.journal import Journal
from .cloud.moto_floor import MotoFloor, MotoRequestHandler
from .keeping import Keeper
from .layer import Layer
from .wire import DEFAULT_ACCOUNT

HOST = "127.0.0.1"
LIBRARIES = (Path(__file__).parent, Path(__file__).parent / "toolkits" / "sagemaker_xgboost_container")
"""What programs in containers can import, besides the packages of their image."""
STOP_POLL = 0.05
"""Seconds until the server notices that it shall stop."""


@dataclass(frozen=True)
class Options:
    """How to serve.

    `port` is of loopback, any free one if 0. `jobs` jobs run at once, by default one for each core; the others queue.
    New notebook instances get a copy of the folder `notebooks`. With a folder `state`, everything is there again at
    the next start.
    """

    port: int = 0
    account: str = DEFAULT_ACCOUNT
    jobs: int | None = None
    notebooks: Path | None = None
    state: Path | None = None


DEFAULTS = Options()


@dataclass(frozen=True)
class Running:
    """A server that answers: its address, the environment of a client that wants to talk to it, and what it keeps."""

    endpoint: str
    env: dict[str, str]
    cloud: Cloud


class _QuietHandler(MotoRequestHandler):
    def log_request(self, *_: object) -> None:
        """Say nothing of single requests."""


class StateInUseError(Exception):
    """Another server works with the state folder."""


@contextlib.contextmanager
def running(options: Options = DEFAULTS) -> Iterator[Running]:
    """Serve on loopback while the ``with`` block runs. Raises StateInUseError or OSError if the port is taken.

    When it ends, or this process does in whatever way, so does every job and endpoint, and their folders go.
    """
    home = Path(tempfile.mkdtemp(prefix="local-sagemaker-")).resolve()
    with Lifeline(home) as line, _state(options.state) as journal:
        os.environ.update(line.mark(os.environ))  # whatever this process starts, pip too, ends with it
        os.environ.update(environment.past_proxies())
        _forget_own_credentials(home)
        (home / "lib").mkdir()
        for library in LIBRARIES:
            (home / "lib" / library.name).symlink_to(library)
        cloud = Cloud(
            home=home,
            endpoint="",
            line=line,
            slots=threading.Semaphore(options.jobs or os.cpu_count() or 1),
            kept=options.state or home,
            notebooks=options.notebooks,
            floor=MotoFloor(journal),
        )
        keeper = Keeper(cloud, options.state / "resources") if options.state else None
        with _bound(cloud, options, keeper) as server, _keeping(keeper), _serving(cloud, server):
            yield Running(cloud.endpoint, cloud.client_env, cloud)


@contextlib.contextmanager
def _bound(cloud: Cloud, options: Options, keeper: Keeper | None) -> Iterator[BaseWSGIServer]:
    """Take the port. Who asks already waits."""
    layer = Layer(cloud, keeper.keeping) if keeper else Layer(cloud)
    server = make_server(HOST, options.port, layer, threaded=True, request_handler=_QuietHandler)
    cloud.endpoint = f"http://{HOST}:{server.server_port}"
    cloud.client_env.update(environment.write(cloud.home, cloud.endpoint, options.account))
    with contextlib.closing(server.socket):
        yield server


@contextlib.contextmanager
def _serving(cloud: Cloud, server: BaseWSGIServer) -> Iterator[None]:
    threading.Thread(target=server.serve_forever, args=[STOP_POLL], daemon=True).start()
    try:
        yield
    finally:
        cloud.stopping.set()
        server.shutdown()


@contextlib.contextmanager
def _state(folder: Path | None) -> Iterator[Journal | None]:
    """Keep other servers from the state folder meanwhile."""
    if folder is None:
        yield None
        return
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / "lock", timeout=0), contextlib.closing(Journal(folder)) as journal:
            yield journal
    except Timeout as error:
        raise StateInUseError(f"Another server works with {folder}; stop it or choose another folder") from error


@contextlib.contextmanager
def _keeping(keeper: Keeper | None) -> Iterator[None]:
    if keeper is None:
        yield
        return
    keeper.restore()
    keeper.start()
    try:
        yield
    finally:
        keeper.stop()


def _forget_own_credentials(home: Path) -> None:
    """Keep what runs in this process, moto and boto3, from the user's AWS configuration and temporary files."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    (home / "tmp").mkdir()
    os.environ["TMPDIR"] = tempfile.tempdir = str(home / "tmp")
