"""One production variant: a model, unpacked, in a serving process that answers on a port of loopback."""

from __future__ import annotations

import http.client
import shutil
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import archives, containers, images, storage
from .cloud import Cloud
from .containers import Container, Folder
from .logs import LogStream
from .wire import Caller, check_name

READY_SECONDS = 120.0
ANSWER_SECONDS = 60.0
"""How long a container may take to be ready, and to answer; AWS allows 8 minutes and 60 seconds."""


class NotReadyError(Exception):
    """The container ended or did not answer /ping in time."""


class NoAnswerError(Exception):
    """The container did not answer a request, because it is dead or too slow."""


@dataclass(frozen=True)
class Answer:
    """What a container said to a request."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True)
class Variant:
    """A running variant. `weight` is its share of the requests, relative to the other variants'."""

    name: str
    weight: float
    port: int
    container: Container

    def invoke(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Hand a request over to the container. Raises NoAnswerError."""
        return _request(self.port, "POST", "/invocations", body, headers)

    def stop(self) -> None:
        """End the process and delete its files."""
        self.container.stop()
        shutil.rmtree(self.container.folder.base, ignore_errors=True)


@dataclass(frozen=True)
class Wanted:
    """What a variant is made from: the endpoint it is for and DescribeModel's primary container."""

    caller: Caller
    endpoint: str
    variant: Mapping[str, Any]
    primary: Mapping[str, Any]


def launch(cloud: Cloud, wanted: Wanted, when_dead: Callable[[int], None]) -> Variant:
    """Start a variant; return when it is ready. `when_dead` is called with the exit status when it ends.

    Raises NotReadyError, UnknownImageError, BuildError, NoSuchDataError or BadArchiveError.
    """
    image = images.find(wanted.primary["Image"])
    python = images.python_of(image)
    name = check_name("variantName", wanted.variant["VariantName"])
    folder = Folder(cloud.home / "endpoints" / wanted.caller.account / wanted.caller.region / wanted.endpoint / name)
    folder.make()
    if uri := wanted.primary.get("ModelDataUrl"):
        _fetch_model(cloud, wanted.caller, uri, folder)
    port = _free_port()
    given = {**wanted.primary.get("Environment", {}), "SAGEMAKER_BIND_TO_PORT": str(port)}
    command = [str(python), "-m", "local_sagemaker.algorithms", image.algorithm, "serve"]
    container = containers.start(cloud, folder, command, {**given, "AWS_REGION": wanted.caller.region})
    log = LogStream(cloud, wanted.caller, f"/aws/sagemaker/Endpoints/{wanted.endpoint}", f"{name}/i-{port}")
    cloud.start(lambda: _follow(container, log, when_dead))
    variant = Variant(name, float(wanted.variant.get("InitialVariantWeight", 1.0)), port, container)
    _wait_until_ready(variant)
    return variant


def _fetch_model(cloud: Cloud, caller: Caller, uri: str, folder: Folder) -> None:
    archive = Path(folder.base / "tmp" / "model.tar.gz")
    storage.download(cloud, caller, uri, archive)
    archives.unpack(archive, folder.model)
    archive.unlink()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _follow(container: Container, log: LogStream, when_dead: Callable[[int], None]) -> None:
    for line in container.lines():
        log.write(line)
    log.close()
    when_dead(container.process.wait())


def _wait_until_ready(variant: Variant) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and variant.container.process.poll() is None:
        try:
            if _request(variant.port, "GET", "/ping", b"", {}).status == http.client.OK:
                return
        except NoAnswerError:
            time.sleep(0.02)
    variant.stop()
    raise NotReadyError(
        f"The primary container for production variant {variant.name} did not pass the ping health check. "
        "Please check CloudWatch logs for this endpoint."
    )


def _request(port: int, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
    try:
        connection.request(method, path, body, dict(headers))
        response = connection.getresponse()
        return Answer(response.status, response.headers.get("Content-Type", ""), response.read())
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswerError(str(error) or type(error).__name__) from error
    finally:
        connection.close()
