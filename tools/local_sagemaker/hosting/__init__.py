"""Endpoints: create, describe, list, update, delete.

plans.py         what an endpoint is made from: a configuration and its models (settings.py, models.py), read once
deploying.py     from a plan to variants that serve; endpoint.py is an endpoint as it is kept
invoking.py      requests, answered at once; asynchronous.py those that are answered in S3, from a queue
components.py    inference components
variant.py       one variant, what is measured of it (metering.py) and captured (capturing.py)
backends.py      what stands behind a variant: a pipeline of containers, or several to choose from;
                 multi_model.py: many models; component_backend.py: inference components
serving.py       one container; talking.py is HTTP with it
"""

from __future__ import annotations

import time
from typing import Any

from .. import listing
from ..cloud import Cloud, Key
from ..handlers import Handlers
from ..wire import AwsError, Call, check_name, validation_error
from . import deploying, plans, settings
from .endpoint import Endpoint, Fleet

KIND = "endpoint"
SHORTEST_DELETING = 0.3
"""Seconds for which a list shows that an endpoint is being deleted."""

CAPTURE = "DataCaptureConfig"
RETAINABLE = {"DesiredWeight": "InitialVariantWeight", "DesiredInstanceCount": "InitialInstanceCount"}
"""What an update may keep of a variant, and what a configuration calls it."""


def create(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Start an endpoint."""
    name = check_name("endpointName", call.parameters["EndpointName"])
    plan = plans.read(cloud, call.caller, call.parameters["EndpointConfigName"])
    endpoint = Endpoint(call.caller, name, plan, call.parameters.get("DeploymentConfig") or {})
    if not cloud.shelf(KIND).add(_key(call), endpoint):
        arn = f"arn:aws:sagemaker:{call.caller.region}:{call.caller.account}:endpoint/{name.lower()}"
        raise validation_error(f'Cannot create already existing endpoint "{arn}".')
    try:
        answer = cloud.floor.call(call.caller, call.operation, call.parameters)
    except AwsError:
        cloud.shelf(KIND).remove(_key(call))
        raise
    cloud.start(lambda: deploying.deploy(cloud, endpoint, plan))
    return answer


def describe(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Tell all about one endpoint; the answer may be held until there is news."""
    endpoint = find(cloud, call)
    if endpoint:
        endpoint.status.tell()
        return description(cloud, endpoint)
    return cloud.floor.call(call.caller, call.operation, call.parameters)


def description(cloud: Cloud, endpoint: Endpoint) -> dict[str, Any]:
    """Return an endpoint as DescribeEndpoint tells it, at once. Raises AwsError if it is gone meanwhile."""
    told = cloud.floor.call(endpoint.caller, "SageMaker.DescribeEndpoint", {"EndpointName": endpoint.name})
    return _overlay(endpoint, told)


def list_endpoints(cloud: Cloud, call: Call) -> dict[str, Any]:
    """List endpoints with their status of now."""
    mine = {each.name: each for each in cloud.shelf(KIND).of(call.caller)}
    listed = listing.all_of(cloud, call, "Endpoint")
    told = [_now(mine[each["EndpointName"]], each) for each in listed if each["EndpointName"] in mine]
    return listing.page_of(told, "Endpoint", call.parameters)


def update(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Bring an endpoint to another configuration without losing a request."""
    endpoint = _changeable(cloud, call)
    plan = plans.read(cloud, call.caller, call.parameters["EndpointConfigName"])
    if call.parameters.get("RetainAllVariantProperties"):
        plan = plan.keeping(_kept(endpoint, call))
    if not call.parameters.get("RetainDeploymentConfig"):
        endpoint.deployment = call.parameters.get("DeploymentConfig") or {}
    endpoint.become("Updating")
    cloud.start(lambda: deploying.deploy(cloud, endpoint, plan))
    return _arn(cloud, call)


def _kept(endpoint: Endpoint, call: Call) -> plans.Changes:
    excluded = {each["VariantPropertyType"] for each in call.parameters.get("ExcludeRetainedVariantProperties") or []}
    kept = {name: told for name, told in RETAINABLE.items() if name not in excluded}
    now = [variant.summary() for variant in endpoint.fleet.variants]
    properties = {each["VariantName"]: {kept[name]: each[name] for name in kept} for each in now}
    capture = {} if CAPTURE in excluded else {CAPTURE: endpoint.plan.config.get(CAPTURE)}
    return plans.Changes(properties, capture)


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
    fleet = endpoint.close()
    cloud.start(lambda: _take_down(cloud, endpoint, call, fleet))
    return {}


def _take_down(cloud: Cloud, endpoint: Endpoint, call: Call, fleet: Fleet) -> None:
    for variant in fleet.everything:
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
    config = endpoint.plan.config
    shown = {
        "EndpointConfigName": endpoint.plan.name,
        "ProductionVariants": [variant.summary() for variant in endpoint.fleet.variants],
        "ShadowProductionVariants": [variant.summary() for variant in endpoint.fleet.shadows],
        "DataCaptureConfig": _capture_summary(endpoint),
        "AsyncInferenceConfig": config.get("AsyncInferenceConfig"),
        "ExplainerConfig": config.get("ExplainerConfig"),
        "LastDeploymentConfig": endpoint.deployment,
        "FailureReason": endpoint.failure_reason,
    }
    known = {name: value for name, value in told.items() if name not in shown}
    return {**_now(endpoint, known), **{name: value for name, value in shown.items() if value}}


def _capture_summary(endpoint: Endpoint) -> dict[str, Any]:
    if not (config := endpoint.plan.config.get(CAPTURE)):
        return {}
    enabled = config.get("EnableCapture", True)
    return {
        "EnableCapture": enabled,
        "CaptureStatus": "Started" if enabled else "Stopped",
        "CurrentSamplingPercentage": config["InitialSamplingPercentage"],
        "DestinationS3Uri": config["DestinationS3Uri"],
        "KmsKeyId": config.get("KmsKeyId", ""),
    }


def _now(endpoint: Endpoint, told: dict[str, Any]) -> dict[str, Any]:
    return {**told, "EndpointStatus": endpoint.status.value, "LastModifiedTime": endpoint.changed}


def _key(call: Call) -> Key:
    return Key.of(call.caller, call.parameters["EndpointName"])


HANDLERS: Handlers = {
    **settings.HANDLERS,
    "SageMaker.CreateEndpoint": create,
    "SageMaker.DescribeEndpoint": describe,
    "SageMaker.ListEndpoints": list_endpoints,
    "SageMaker.UpdateEndpoint": update,
    "SageMaker.UpdateEndpointWeightsAndCapacities": update_weights,
    "SageMaker.DeleteEndpoint": delete,
}
