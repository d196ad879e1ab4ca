"""Endpoints: create, describe, list, update, delete. Models and endpoint configurations are moto's.

What happens to an endpoint is in deploying.py, requests to it in invoking.py, one variant in variant.py.
"""

from __future__ import annotations

import time
from typing import Any

from ..cloud import Cloud, Key
from ..handlers import Handlers
from ..wire import Call, check_name, validation_error
from . import deploying
from .endpoint import Endpoint

KIND = "endpoint"
SHORTEST_DELETING = 0.3
"""Seconds for which a list shows that an endpoint is being deleted."""

SDK_2 = "AWS-SageMaker-Python-SDK/2."

RETAINABLE = {"DesiredWeight": "InitialVariantWeight", "DesiredInstanceCount": "InitialInstanceCount"}
"""What an update may keep of a variant, and what a configuration calls it."""


def create(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Start an endpoint."""
    name, config = check_name("endpointName", call.parameters["EndpointName"]), call.parameters["EndpointConfigName"]
    answer = cloud.floor.call(call.caller, call.operation, call.parameters)
    endpoint = Endpoint(call.caller, name, config)
    cloud.shelf(KIND).add(_key(call), endpoint)
    cloud.start(lambda: deploying.deploy(cloud, endpoint, config, {}))
    return answer


def describe(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Tell all about one endpoint; the answer may be held until there is news."""
    endpoint = find(cloud, call)
    if endpoint:
        # Version 2 of the SDK sleeps 30 seconds between two looks at an endpoint, so its first look has to be enough.
        endpoint.status.tell(at_once=SDK_2 not in str(call.request.user_agent))
    told = cloud.floor.call(call.caller, call.operation, call.parameters)
    return _overlay(endpoint, told) if endpoint else told


def list_endpoints(cloud: Cloud, call: Call) -> dict[str, Any]:
    """List endpoints with their status of now."""
    wanted = {name: value for name, value in call.parameters.items() if name != "StatusEquals"}
    answer = cloud.floor.call(call.caller, call.operation, wanted)
    mine = {each.name: each for each in cloud.shelf(KIND).of(call.caller)}
    told = [_now(mine[each["EndpointName"]], each) for each in answer["Endpoints"] if each["EndpointName"] in mine]
    status = call.parameters.get("StatusEquals")
    return {**answer, "Endpoints": [each for each in told if status in (None, each["EndpointStatus"])]}


def update(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Bring an endpoint to another configuration without losing a request."""
    endpoint = _changeable(cloud, call)
    config = call.parameters["EndpointConfigName"]
    cloud.floor.call(call.caller, "SageMaker.DescribeEndpointConfig", {"EndpointConfigName": config})
    kept = _kept(endpoint, call) if call.parameters.get("RetainAllVariantProperties") else {}
    endpoint.become("Updating")
    cloud.start(lambda: deploying.deploy(cloud, endpoint, config, kept))
    return _arn(cloud, call)


def _kept(endpoint: Endpoint, call: Call) -> deploying.Kept:
    excluded = {each["VariantPropertyType"] for each in call.parameters.get("ExcludeRetainedVariantProperties") or []}
    names = {name: told for name, told in RETAINABLE.items() if name not in excluded}
    return {each["VariantName"]: {names[name]: each[name] for name in names} for each in endpoint.summaries()}


def update_weights(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Change how requests are shared among the variants."""
    endpoint = _changeable(cloud, call)
    endpoint.reweigh({each["VariantName"]: each for each in call.parameters["DesiredWeightsAndCapacities"]})
    endpoint.changed = time.time()
    return _arn(cloud, call)


def delete(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Stop an endpoint's processes and forget it."""
    endpoint = find(cloud, call)
    if endpoint is None or endpoint.status.value == "Deleting":
        return cloud.floor.call(call.caller, call.operation, call.parameters)
    variants = endpoint.close()
    cloud.start(lambda: _take_down(cloud, endpoint, call, variants))
    return {}


def _take_down(cloud: Cloud, endpoint: Endpoint, call: Call, variants: list[Any]) -> None:
    for variant in variants:
        variant.stop()
    time.sleep(SHORTEST_DELETING)
    cloud.floor.call(call.caller, call.operation, call.parameters)
    cloud.shelf(KIND).remove(_key(call))
    endpoint.status.become("Deleted")


def find(cloud: Cloud, call: Call) -> Endpoint | None:
    """Return the endpoint that `call` is about, or None."""
    endpoint = cloud.shelf(KIND).find(_key(call))
    assert endpoint is None or isinstance(endpoint, Endpoint)
    return endpoint


def _changeable(cloud: Cloud, call: Call) -> Endpoint:
    endpoint = find(cloud, call)
    if endpoint is None:
        cloud.floor.call(call.caller, "SageMaker.DescribeEndpoint", {"EndpointName": call.parameters["EndpointName"]})
        raise validation_error(f'Could not find endpoint "{call.parameters["EndpointName"]}".')
    if endpoint.status.value != "InService":
        raise validation_error(f"Cannot update endpoint {endpoint.name} in status {endpoint.status.value}.")
    return endpoint


def _arn(cloud: Cloud, call: Call) -> dict[str, Any]:
    named = {"EndpointName": call.parameters["EndpointName"]}
    return {"EndpointArn": cloud.floor.call(call.caller, "SageMaker.DescribeEndpoint", named)["EndpointArn"]}


def _overlay(endpoint: Endpoint, told: dict[str, Any]) -> dict[str, Any]:
    told = {**_now(endpoint, told), "EndpointConfigName": endpoint.config}
    told.pop("ProductionVariants", None)
    if variants := endpoint.summaries():
        told["ProductionVariants"] = variants
    return {**told, "FailureReason": endpoint.failure_reason} if endpoint.failure_reason else told


def _now(endpoint: Endpoint, told: dict[str, Any]) -> dict[str, Any]:
    return {**told, "EndpointStatus": endpoint.status.value, "LastModifiedTime": endpoint.changed}


def _key(call: Call) -> Key:
    return Key.of(call.caller, call.parameters["EndpointName"])


HANDLERS: Handlers = {
    "SageMaker.CreateEndpoint": create,
    "SageMaker.DescribeEndpoint": describe,
    "SageMaker.ListEndpoints": list_endpoints,
    "SageMaker.UpdateEndpoint": update,
    "SageMaker.UpdateEndpointWeightsAndCapacities": update_weights,
    "SageMaker.DeleteEndpoint": delete,
}
