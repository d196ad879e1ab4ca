"""One production variant: a model, unpacked, in a serving process that answers on a port of loopback."""

from __future__ import annotations

import http.client
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import archives, containers, images
from ..cloud import Cloud, storage
from ..cloud.logs import LogStream
from ..containers import Container, Folder
from ..containers.hosts import Host
from ..containers.script import ScriptContainer
from ..images import Image
from ..wire import Caller, check_name

READY_SECONDS = 120.0
ANSWER_SECONDS = 60.0
"""How long a container may take to be ready, and to answer; AWS allows 8 minutes and 60 seconds."""

PIECE = 65_536
"""Bytes of an answer that are handed on at once, at most."""


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
class Stream:
    """What a container says piece by piece."""

    status: int
    content_type: str
    pieces: Iterator[bytes]


@dataclass
class Variant:
    """A running variant. `weight` is its share of the requests, relative to the other variants'.

    `count` is how many instances are told; it is always one process that serves.
    """

    name: str
    weight: float
    count: int
    image: str
    port: int
    container: Container
    started: float = field(default_factory=time.time)
    _requests: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def invoke(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Hand a request over to the container. Raises NoAnswerError."""
        self._check_alive()
        return _request(self.port, "POST", "/invocations", body, headers)

    def stream(self, body: bytes, headers: Mapping[str, str]) -> Stream:
        """Hand a request over and return its answer as it comes. Raises NoAnswerError, also between two pieces."""
        self._check_alive()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
        response = _send(connection, "POST", "/invocations", body, headers)
        return Stream(response.status, _content_type(response), _pieces(connection, response))

    def _check_alive(self) -> None:
        # Once it is dead, its port may be another container's.
        if (status := self.container.process.poll()) is not None:
            raise NoAnswerError(f"The container has ended with status {status}")

    def begin(self) -> None:
        """Count a request that is about to be handed over."""
        with self._changed:
            self._requests += 1

    def end(self) -> None:
        """Count a request as answered."""
        with self._changed:
            self._requests -= 1
            self._changed.notify_all()

    def retire(self) -> None:
        """Stop as soon as the requests that were begun are answered."""
        with self._changed:
            self._changed.wait_for(lambda: not self._requests, timeout=ANSWER_SECONDS)
        self.stop()

    def stop(self) -> None:
        """End the process and delete its files."""
        self.container.stop()
        shutil.rmtree(self.container.folder.base.parent, ignore_errors=True)

    def summary(self) -> dict[str, Any]:
        """Return the variant as DescribeEndpoint tells it."""
        image = {"SpecifiedImage": self.image, "ResolvedImage": self.image, "ResolutionTime": self.started}
        return {
            "VariantName": self.name,
            "DeployedImages": [image],
            "CurrentWeight": self.weight,
            "DesiredWeight": self.weight,
            "CurrentInstanceCount": self.count,
            "DesiredInstanceCount": self.count,
        }


@dataclass(frozen=True)
class Wanted:
    """What a variant is made from: the endpoint it is for and DescribeModel's primary container.

    `group` and `stream` say where its log goes, if not where an endpoint's does.
    """

    caller: Caller
    endpoint: str
    variant: Mapping[str, Any]
    primary: Mapping[str, Any]
    group: str = ""
    stream: str = ""


def launch(cloud: Cloud, wanted: Wanted, when_dead: Callable[[int], None]) -> Variant:
    """Start a variant; return when it is ready. `when_dead` is called with the exit status when it ends.

    Raises NotReadyError, UnknownImageError, BuildError, NoSuchDataError, BadArchiveError or AwsError.
    """
    image = images.find(wanted.primary.get("Image", ""))
    python = images.python_of(image)
    name = check_name("variantName", wanted.variant["VariantName"])
    port = containers.free_port()
    folder = Folder(cloud.home / "endpoints" / wanted.caller.account / wanted.caller.region / str(port) / "ml")
    folder.make()
    fetch_model(cloud, wanted.caller, wanted.primary, folder)
    container = _start(cloud, wanted, image, python, folder, port)
    group = wanted.group or f"/aws/sagemaker/Endpoints/{wanted.endpoint}"
    log = LogStream(cloud, wanted.caller, group, f"{wanted.stream or name}/i-{port}")
    cloud.start(lambda: _follow(container, log, when_dead))
    weight, count = wanted.variant.get("InitialVariantWeight", 1.0), wanted.variant.get("InitialInstanceCount", 1)
    variant = Variant(name, float(weight), count, wanted.primary["Image"], port, container)
    _wait_until_ready(variant)
    return variant


def _start(cloud: Cloud, wanted: Wanted, image: Image, python: Path, folder: Folder, port: int) -> Container:
    given = {**wanted.primary.get("Environment", {}), "SAGEMAKER_BIND_TO_PORT": str(port)}
    if "SAGEMAKER_PROGRAM" in given or not image.algorithm:
        return _start_script(cloud, wanted, python, folder, given)
    command = [str(python), "-m", "local_sagemaker.algorithms", image.algorithm, "serve"]
    return containers.start(cloud, folder, command, {**given, "AWS_REGION": wanted.caller.region})


def _start_script(cloud: Cloud, wanted: Wanted, python: Path, folder: Folder, given: dict[str, str]) -> Container:
    host = Host("algo-1", folder, wanted.variant.get("InstanceType", "ml.serverless"), {})
    program = ScriptContainer(wanted.caller, host, python)
    if (submitted := given.get("SAGEMAKER_SUBMIT_DIRECTORY", "")).startswith("s3://"):
        fetch_archive(cloud, wanted.caller, submitted, folder.code)
        given["SAGEMAKER_SUBMIT_DIRECTORY"] = f"{program.rooting.root}/code"
    command = ["python3", "-m", "local_sagemaker.toolkits.inference"]
    return program.start(cloud, command, given, [folder.code, folder.model / "code"])


def fetch_model(cloud: Cloud, caller: Caller, primary: Mapping[str, Any], folder: Folder) -> None:
    """Put the model of a container definition where its container finds it. Raises NoSuchDataError, BadArchiveError."""
    uri, packed = primary.get("ModelDataUrl"), True
    if source := primary.get("ModelDataSource", {}).get("S3DataSource"):
        uri, packed = source["S3Uri"], source["CompressionType"] == "Gzip"
    if uri and packed:
        fetch_archive(cloud, caller, uri, folder.model)
    elif uri:
        storage.download_prefix(cloud, caller, uri, folder.model)


def fetch_archive(cloud: Cloud, caller: Caller, uri: str, folder: Path) -> None:
    """Unpack the tar.gz at `uri` into `folder`. Raises NoSuchDataError or BadArchiveError."""
    archive = folder.with_name(f"{folder.name}.tar.gz")
    storage.download(cloud, caller, uri, archive)
    archives.unpack(archive, folder)
    archive.unlink()


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
    response = _send(connection, method, path, body, headers)
    return Answer(response.status, _content_type(response), b"".join(_pieces(connection, response)))


def _send(
    connection: http.client.HTTPConnection, method: str, path: str, body: bytes, headers: Mapping[str, str]
) -> http.client.HTTPResponse:
    try:
        connection.request(method, path, body, dict(headers))
        return connection.getresponse()
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        raise NoAnswerError(str(error) or type(error).__name__) from error


def _content_type(response: http.client.HTTPResponse) -> str:
    return response.headers.get("Content-Type", "")


def _pieces(connection: http.client.HTTPConnection, response: http.client.HTTPResponse) -> Iterator[bytes]:
    """Yield the body as it arrives, then close the connection."""
    try:
        while piece := response.read1(PIECE):
            yield piece
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswerError(str(error) or type(error).__name__) from error
    finally:
        connection.close()
