"""One serving container: a model, unpacked, in a process that answers on a port of loopback."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import archives, containers, images
from ..cloud import Cloud, storage
from ..cloud.logs import LogStream
from ..containers import Container, Folder
from ..containers.hosts import Host
from ..containers.script import ScriptContainer
from ..images import Image
from ..wire import Caller
from .talking import NoAnswerError, Request, Stream, answers_ping, ask

PING_SECONDS = 2.0
"""How long a container may take to answer one ping."""


class NotReadyError(Exception):
    """The container ended or did not answer /ping in time."""


@dataclass(frozen=True)
class Site:
    """Where a container is started: for whom, for which variant, and where its log goes.

    `stream` is the log stream's name, to which one container of several adds its own. A container may take
    `ready_seconds` until it answers /ping; nobody waits any longer once `given_up` says so.
    """

    caller: Caller
    variant: str
    instance_type: str
    group: str
    stream: str
    ready_seconds: float
    given_up: Callable[[], bool]


@dataclass(frozen=True)
class Definition:
    """A container definition as DescribeModel tells it, and the container's name in its model."""

    name: str
    told: Mapping[str, Any]

    @property
    def image(self) -> str:
        """The URI of its image."""
        return str(self.told.get("Image", ""))

    @property
    def environment(self) -> dict[str, str]:
        """The variables that its user gives it."""
        return dict(self.told.get("Environment", {}))


@dataclass(frozen=True)
class Program:
    """What runs in a container: its image's algorithm, or a script of the user's, in the Python of one of the two."""

    image: Image
    python: Path
    scripted: bool

    @classmethod
    def of(cls, definition: Definition) -> Program:
        """Return what runs in the container of a definition. Raises UnknownImageError or BuildError."""
        image = images.find(definition.image)
        scripted = bool(definition.environment.get("SAGEMAKER_PROGRAM")) or not image.algorithm
        return cls(image, images.python_of(image.for_scripts if scripted else image), scripted)


@dataclass(frozen=True)
class Serving:
    """A running container that answers on `port`."""

    name: str
    port: int
    container: Container

    def ask(self, request: Request) -> Stream:
        """Hand a request over. Raises NoAnswerError."""
        # Once it is dead, its port may be another container's.
        if (status := self.container.process.poll()) is not None:
            raise NoAnswerError(f"The container has ended with status {status}", self.name)
        return ask(self.port, "/invocations", request, self.name)

    @property
    def ended(self) -> int | None:
        """The exit status if the process has ended by itself, else None."""
        return self.container.process.poll()

    def stop(self) -> None:
        """End the process and delete its files."""
        self.container.stop()
        shutil.rmtree(self.container.folder.base.parent, ignore_errors=True)


def launch(cloud: Cloud, site: Site, definition: Definition, when_dead: Callable[[], None]) -> Serving:
    """Start a container; return when it is ready. `when_dead` is called when its process ends.

    Raises NotReadyError, UnknownImageError, BuildError, NoSuchDataError or BadArchiveError.
    """
    program = Program.of(definition)
    port = containers.free_port()
    folder = Folder(cloud.home / "endpoints" / site.caller.account / site.caller.region / str(port) / "ml")
    try:
        folder.make()
        fetch_model(cloud, site.caller, definition, folder)
        container = _start(cloud, site, definition, program, folder, port)
    except BaseException:
        shutil.rmtree(folder.base.parent, ignore_errors=True)
        raise
    log = LogStream(cloud, site.caller, site.group, f"{site.stream}{_suffix(definition)}")
    cloud.start(lambda: _follow(container, log))
    cloud.start(lambda: _watch(container, when_dead))
    serving = Serving(definition.name, port, container)
    _wait_until_ready(site, serving)
    return serving


def _suffix(definition: Definition) -> str:
    return "" if definition.name == "primary" else f"/{definition.name}"


def _start(cloud: Cloud, site: Site, definition: Definition, program: Program, folder: Folder, port: int) -> Container:
    given = {**definition.environment, "SAGEMAKER_BIND_TO_PORT": str(port)}
    if program.scripted:
        return _start_script(cloud, site, program, folder, given)
    command = [
        str(program.python),
        "-m",
        "local_sagemaker.algorithms",
        program.image.algorithm,
        "serve",
        program.image.name,
    ]
    return containers.start(cloud, folder, command, {**given, "AWS_REGION": site.caller.region})


def _start_script(cloud: Cloud, site: Site, program: Program, folder: Folder, given: dict[str, str]) -> Container:
    host = Host("algo-1", folder, site.instance_type, {})
    container = ScriptContainer(site.caller, host, program.python, _others(folder))
    if (submitted := given.get("SAGEMAKER_SUBMIT_DIRECTORY", "")).startswith("s3://"):
        fetch_archive(cloud, site.caller, submitted, folder.code)
        given["SAGEMAKER_SUBMIT_DIRECTORY"] = f"{container.rooting.root}/code"
    image = program.image
    command = ["python3", "-m", f"local_sagemaker.toolkits.{image.server}", image.name.partition(":")[0]]
    return container.start(cloud, command, given, [folder.code, folder.model / "code"])


def _others(folder: Folder) -> tuple[Path, ...]:
    """Return the SDK's own environment if the model is one that the SDK's ModelBuilder has written. Raises BuildError.

    Its script imports the SDK, and there is no other sign of that than the file in which it keeps its objects.
    """
    return (images.python_of(images.SDK),) if (folder.model / "code" / "serve.pkl").exists() else ()


def fetch_model(cloud: Cloud, caller: Caller, definition: Definition, folder: Folder) -> None:
    """Put the model of a container definition where its container finds it. Raises NoSuchDataError, BadArchiveError."""
    uri, packed = definition.told.get("ModelDataUrl"), True
    if source := definition.told.get("ModelDataSource", {}).get("S3DataSource"):
        uri, packed = source["S3Uri"], source["CompressionType"] == "Gzip"
    try:
        if uri and packed:
            fetch_archive(cloud, caller, uri, folder.model)
        elif uri:
            storage.download_prefix(cloud, caller, uri, folder.model)
    except storage.NoSuchDataError as error:
        raise storage.NoSuchDataError(
            f'Failed to download model data for the {definition.name} container from URL: "{uri}". Please ensure that '
            "there is an object located at the URL and that the role passed to CreateModel has permissions to "
            "download the model."
        ) from error


def fetch_archive(cloud: Cloud, caller: Caller, uri: str, folder: Path) -> None:
    """Unpack the tar.gz at `uri` into `folder`. Raises NoSuchDataError or BadArchiveError."""
    archive = folder.with_name(f"{folder.name}.tar.gz")
    storage.download(cloud, caller, uri, archive)
    try:
        archives.unpack(archive, folder)
    except archives.BadArchiveError as error:
        raise archives.BadArchiveError(
            f'Failed to extract model data archive from URL "{uri}". Please ensure that the object located at the URL '
            f"is a valid tar.gz archive. {error}"
        ) from error
    archive.unlink()


def _follow(container: Container, log: LogStream) -> None:
    for line in container.lines():
        log.write(line)
    log.close()


def _watch(container: Container, when_dead: Callable[[], None]) -> None:
    container.process.wait()
    when_dead()


def _wait_until_ready(site: Site, serving: Serving) -> None:
    deadline = time.monotonic() + site.ready_seconds
    while time.monotonic() < deadline and serving.ended is None and not site.given_up():
        if answers_ping(serving.port, PING_SECONDS):
            return
        time.sleep(0.02)
    serving.stop()
    raise NotReadyError(
        f"The {serving.name} container for production variant {site.variant} did not pass the ping health check. "
        "Please check CloudWatch logs for this endpoint."
    )
