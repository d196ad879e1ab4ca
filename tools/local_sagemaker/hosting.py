"""Endpoints: create, describe, list, delete, invoke. Models and endpoint configurations are moto's."""

from __future__ import annotations

import random
import shutil
import sys
import threading
import time
import traceback
from dataclasses import dataclass, field
from typing import Any

from werkzeug.wrappers import Response

from . import archives, images, storage
from .cloud import Cloud, Key
from .handlers import Handlers
from .serving import Answer, NoAnswerError, NotReadyError, Variant, Wanted, launch
from .status import Status
from .wire import AwsError, Call, Caller, check_name

KIND = "endpoint"
PASSING = frozenset({"Creating", "Updating", "Deleting"})
SHORTEST_DELETING = 0.3
"""Seconds for which a list shows that an endpoint is being deleted."""

MAX_BODY = 6 * 1024**2
"""Bytes of an InvokeEndpoint request, as documented."""


@dataclass
class Endpoint:
    """An endpoint and the variants that serve for it. `changed` is in seconds since 1970."""

    caller: Caller
    name: str
    status: Status = field(default_factory=lambda: Status("Creating", PASSING))
    variants: list[Variant] = field(default_factory=list)
    failure_reason: str = ""
    changed: float = field(default_factory=time.time)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def become(self, status: str, reason: str = "") -> None:
        """Change the status, unless the endpoint is being deleted."""
        if self.status.value != "Deleting":
            self.failure_reason, self.changed = reason, time.time()
            self.status.become(status)


def create(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Start an endpoint."""
    name = check_name("endpointName", call.parameters["EndpointName"])
    answer = cloud.floor.call(call.caller, call.operation, call.parameters)
    endpoint = Endpoint(call.caller, name)
    cloud.shelf(KIND).add(Key.of(call.caller, endpoint.name), endpoint)
    cloud.start(lambda: _launch(cloud, endpoint, call.parameters["EndpointConfigName"]))
    return answer


def _launch(cloud: Cloud, endpoint: Endpoint, config: str) -> None:
    try:
        for wanted in _wanted(cloud, endpoint, config):
            _add(endpoint, launch(cloud, wanted, lambda status: _when_dead(endpoint, status)))
        endpoint.become("InService")
    except (NotReadyError, AwsError, images.UnknownImageError, images.BuildError) as error:
        endpoint.become("Failed", str(error))
    except (storage.NoSuchDataError, archives.BadArchiveError) as error:
        endpoint.become("Failed", str(error))
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        endpoint.become("Failed", f"InternalFailure: {error!r}")


def _wanted(cloud: Cloud, endpoint: Endpoint, config: str) -> list[Wanted]:
    ask = cloud.floor.call
    described = ask(endpoint.caller, "SageMaker.DescribeEndpointConfig", {"EndpointConfigName": config})
    models = [
        ask(endpoint.caller, "SageMaker.DescribeModel", {"ModelName": variant["ModelName"]})
        for variant in described["ProductionVariants"]
    ]
    return [
        Wanted(endpoint.caller, endpoint.name, variant, model.get("PrimaryContainer") or model["Containers"][0])
        for variant, model in zip(described["ProductionVariants"], models, strict=True)
    ]


def _add(endpoint: Endpoint, variant: Variant) -> None:
    with endpoint.lock:
        endpoint.variants.append(variant)
        too_late = endpoint.status.value == "Deleting"
    if too_late:
        variant.stop()


def _when_dead(endpoint: Endpoint, status: int) -> None:
    if endpoint.status.value == "InService":
        endpoint.become("Failed", f"The primary container stopped serving (exit status {status}).")


def describe(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Tell all about one endpoint; the answer may be held until there is news."""
    endpoint = cloud.shelf(KIND).find(_key(call))
    if endpoint:
        endpoint.status.tell()
    told = cloud.floor.call(call.caller, call.operation, call.parameters)
    return _overlay(endpoint, told) if endpoint else told


def list_endpoints(cloud: Cloud, call: Call) -> dict[str, Any]:
    """List endpoints with their status of now."""
    wanted = {name: value for name, value in call.parameters.items() if name != "StatusEquals"}
    answer = cloud.floor.call(call.caller, call.operation, wanted)
    states = {each.name: each.status.value for each in cloud.shelf(KIND).of(call.caller)}
    told = [{**each, "EndpointStatus": states[each["EndpointName"]]} for each in answer["Endpoints"]]
    status = call.parameters.get("StatusEquals")
    return {**answer, "Endpoints": [each for each in told if status in (None, each["EndpointStatus"])]}


def delete(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Stop an endpoint's processes and forget it."""
    endpoint = cloud.shelf(KIND).find(_key(call))
    if endpoint is None or endpoint.status.value == "Deleting":
        return cloud.floor.call(call.caller, call.operation, call.parameters)
    endpoint.status.become("Deleting", no_news=True)
    cloud.start(lambda: _take_down(cloud, endpoint, call))
    return {}


def _take_down(cloud: Cloud, endpoint: Endpoint, call: Call) -> None:
    with endpoint.lock:
        variants = list(endpoint.variants)
    for variant in variants:
        variant.stop()
    time.sleep(SHORTEST_DELETING)
    shutil.rmtree(
        cloud.home / "endpoints" / call.caller.account / call.caller.region / endpoint.name, ignore_errors=True
    )
    cloud.floor.call(call.caller, call.operation, call.parameters)
    cloud.shelf(KIND).remove(_key(call))
    endpoint.status.become("Deleted")


def invoke(cloud: Cloud, call: Call) -> Response:
    """Hand a request to one of the variants and its answer back."""
    endpoint: Endpoint | None = cloud.shelf(KIND).find(_key(call))
    if endpoint is None:
        name, account = call.parameters["EndpointName"], call.caller.account
        raise AwsError("ValidationError", f"Endpoint {name} of account {account} not found.")
    if not endpoint.variants or endpoint.status.passing:
        raise AwsError("ValidationError", f"Endpoint {endpoint.name} is not in service.")
    body = call.request.get_data()
    if len(body) > MAX_BODY:
        raise AwsError("ValidationError", f"The request body has {len(body)} bytes; the limit is {MAX_BODY}.")
    variant = _choose(endpoint, call.request.headers.get("X-Amzn-SageMaker-Target-Variant"))
    answer = _ask(endpoint, variant, call, body)
    headers = {"x-Amzn-Invoked-Production-Variant": variant.name}
    return Response(answer.body, 200, headers, content_type=answer.content_type)


def _choose(endpoint: Endpoint, target: str | None) -> Variant:
    if target is None:
        weights = [variant.weight for variant in endpoint.variants]
        return random.choices(endpoint.variants, weights if any(weights) else None)[0]  # noqa: S311  not a secret
    for variant in endpoint.variants:
        if variant.name == target:
            return variant
    raise AwsError("ValidationError", f"Variant {target} not found for Endpoint {endpoint.name}.")


def _ask(endpoint: Endpoint, variant: Variant, call: Call, body: bytes) -> Answer:
    passed = ("Content-Type", "Accept", "X-Amzn-SageMaker-Custom-Attributes")
    given = call.request.headers
    try:
        answer = variant.invoke(body, {name: given[name] for name in passed if name in given})
    except NoAnswerError as error:
        raise _model_error(endpoint, 500, "server", str(error)) from error
    if answer.status >= 400:
        side = "client" if answer.status < 500 else "server"
        raise _model_error(endpoint, answer.status, side, answer.body.decode(errors="replace"))
    return answer


def _model_error(endpoint: Endpoint, status: int, side: str, said: str) -> AwsError:
    caller, group = endpoint.caller, f"/aws/sagemaker/Endpoints/{endpoint.name}"
    return AwsError(
        "ModelError",
        f'Received {side} error ({status}) from primary with message "{said}". See the log group {group}.',
        status=424,
        OriginalStatusCode=status,
        OriginalMessage=said,
        LogStreamArn=f"arn:aws:logs:{caller.region}:{caller.account}:log-group:{group}",
    )


def _overlay(endpoint: Endpoint, told: dict[str, Any]) -> dict[str, Any]:
    told = {**told, "EndpointStatus": endpoint.status.value, "LastModifiedTime": endpoint.changed}
    return {**told, "FailureReason": endpoint.failure_reason} if endpoint.failure_reason else told


def _key(call: Call) -> Key:
    return Key.of(call.caller, call.parameters["EndpointName"])


HANDLERS: Handlers = {
    "SageMaker.CreateEndpoint": create,
    "SageMaker.DescribeEndpoint": describe,
    "SageMaker.ListEndpoints": list_endpoints,
    "SageMaker.DeleteEndpoint": delete,
    "SageMakerRuntime.InvokeEndpoint": invoke,
}
