"""One production variant: a model that serves, its share of the requests, and how many of them it has at hand."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ..cloud import Cloud
from ..wire import Caller
from .backends import Backend, Choice, Pipeline, start_all
from .capturing import Capture
from .component_backend import Components
from .metering import Meter
from .models import DIRECT, Model
from .multi_model import MultiModel, address_of
from .serving import Definition, Program, Serving, Site, launch
from .talking import Request, Stream

READY_SECONDS = 480.0
SERVERLESS_READY_SECONDS = 180.0
"""How long a container may take to be ready, as documented, unless the variant says otherwise."""

LONGEST_REQUEST = 3600.0
"""Seconds that an asynchronous request may take; others take less."""


@dataclass(frozen=True)
class Wanted:
    """What a variant is made from: the endpoint it is for, its entry of ProductionVariants, its model.

    `capture` is the endpoint's DataCaptureConfig. `group` and `stream` say where its log goes, if not where an
    endpoint's does. Its start ends early once `given_up` says so.
    """

    caller: Caller
    endpoint: str
    told: Mapping[str, Any]
    model: Model
    capture: Mapping[str, Any] | None = None
    group: str = ""
    stream: str = ""
    given_up: Callable[[], bool] = lambda: False
    instance: str = field(default_factory=lambda: f"i-{secrets.token_hex(8)}")

    @property
    def name(self) -> str:
        """The variant's name."""
        return str(self.told["VariantName"])

    @property
    def site(self) -> Site:
        """Where its containers are started."""
        serverless = "ServerlessConfig" in self.told
        ready = SERVERLESS_READY_SECONDS if serverless else READY_SECONDS
        return Site(
            self.caller,
            self.name,
            self.told.get("InstanceType", "ml.serverless"),
            self.group or f"/aws/sagemaker/Endpoints/{self.endpoint}",
            f"{self.stream or self.name}/{self.instance}",
            float(self.told.get("ContainerStartupHealthCheckTimeoutInSeconds", ready)),
            self.given_up,
        )


@dataclass
class Variant:
    """A running variant. `weight` is its share of the requests, relative to the other variants'.

    `count` is how many instances are told; each container is always one process.
    """

    wanted: Wanted
    backend: Backend
    weight: float
    count: int
    meter: Meter
    capture: Capture | None
    started: float = field(default_factory=time.time)
    _requests: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def name(self) -> str:
        """The variant's name."""
        return self.wanted.name

    @classmethod
    def of(cls, cloud: Cloud, wanted: Wanted, backend: Backend) -> Variant:
        """Return the variant that `wanted` describes, in front of `backend`."""
        weight = float(wanted.told.get("InitialVariantWeight", 1.0))
        count = 0 if "ServerlessConfig" in wanted.told else int(wanted.told.get("InitialInstanceCount", 1))
        meter = Meter.of(cloud, wanted.caller, wanted.endpoint, wanted.name)
        place = f"{wanted.endpoint}/{wanted.name}"
        capture = Capture(cloud, wanted.caller, place, wanted.capture) if wanted.capture else None
        return cls(wanted, backend, weight, count, meter, capture)

    def ask(self, request: Request) -> Stream:
        """Hand a request over. Raises NoAnswerError, or AwsError for a request that this variant cannot take."""
        return self.backend.ask(request)

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
            self._changed.wait_for(lambda: not self._requests, timeout=LONGEST_REQUEST)
        self.stop()

    def stop(self) -> None:
        """End its processes and delete their files."""
        self.backend.stop()

    def summary(self) -> dict[str, Any]:
        """Return the variant as DescribeEndpoint tells it."""
        return {
            "VariantName": self.name,
            "DeployedImages": [self._image(each) for each in self.wanted.model.containers],
            "CurrentWeight": self.weight,
            "DesiredWeight": self.weight,
            "CurrentInstanceCount": self.count,
            "DesiredInstanceCount": self.count,
            **self._serverless(),
        }

    def _image(self, container: Definition) -> dict[str, Any]:
        return {"SpecifiedImage": container.image, "ResolvedImage": container.image, "ResolutionTime": self.started}

    def _serverless(self) -> dict[str, Any]:
        if not (config := self.wanted.told.get("ServerlessConfig")):
            return {}
        return {"CurrentServerlessConfig": config, "DesiredServerlessConfig": config}


def backend_of(cloud: Cloud, wanted: Wanted, when_dead: Callable[[], None]) -> Backend:
    """Start what stands behind a variant; return when it is ready. `when_dead` is called when a process of it ends.

    Raises NotReadyError, UnknownImageError, BuildError, NoSuchDataError, BadArchiveError or AwsError.
    """
    containers, site = wanted.model.containers, wanted.site
    if not containers:
        return Components(wanted.endpoint)
    if wanted.model.has_many_models:
        return _multi_model(cloud, wanted, containers[0])
    starts = [partial(launch, cloud, site, container, when_dead) for container in containers]
    servings = start_all(starts)
    return Choice(wanted.endpoint, servings) if wanted.model.mode == DIRECT else Pipeline(wanted.endpoint, servings)


def _multi_model(cloud: Cloud, wanted: Wanted, container: Definition) -> MultiModel:
    Program.of(container)  # an image that is not there fails the endpoint, not its first request
    prefix = container.told.get("ModelDataUrl") or container.told["ModelDataSource"]["S3DataSource"]["S3Uri"]

    def load(name: str) -> Serving:
        told = {**container.told, "ModelDataUrl": address_of(prefix, name)}
        told.pop("ModelDataSource", None)
        return launch(cloud, wanted.site, Definition("model", told), _nothing)

    return MultiModel(wanted.endpoint, prefix, load)


def _nothing() -> None:
    """Do nothing when a model of many has ended: it is loaded again when it is asked for."""
