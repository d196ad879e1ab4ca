"""Inference components: create, describe, list, update, delete. They are models on an endpoint that has none itself.

A component goes with its endpoint. How much of an instance it needs, and how many copies of it there are, is told and
changes nothing: it is always one process for each of its containers.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .. import listing
from ..cloud import Cloud, Key
from ..handlers import Handlers
from ..paging import page
from ..status import Status
from ..wire import Call, Caller, check_name, validation_error
from . import deploying, find, models, variant
from .component_backend import Components
from .endpoint import Endpoint
from .models import Model
from .variant import Wanted

KIND = "inference-component"
PASSING = frozenset({"Creating", "Updating", "Deleting"})


@dataclass
class Component:
    """One inference component of an endpoint. `told` is its Specification, `model` what that is made of.

    Times are in seconds since 1970.
    """

    caller: Caller
    name: str
    endpoint: Endpoint
    variant: str
    told: Mapping[str, Any]
    model: Model
    copies: int
    status: Status = field(default_factory=lambda: Status("Creating", PASSING))
    failure_reason: str = ""
    created: float = field(default_factory=time.time)
    modified: float = field(default_factory=time.time)

    def become(self, status: str, reason: str = "") -> None:
        """Change the status, unless the component is being deleted."""
        if self.status.value != "Deleting":
            self.failure_reason, self.modified = reason, time.time()
            self.status.become(status)

    @property
    def arn(self) -> str:
        """The component's ARN."""
        return f"arn:aws:sagemaker:{self.caller.region}:{self.caller.account}:inference-component/{self.name}"

    @property
    def home(self) -> Components | None:
        """Where it is served, or None if its endpoint is gone."""
        backends = (each.backend for each in self.endpoint.fleet.variants if each.name == self.variant)
        return next((backend for backend in backends if isinstance(backend, Components)), None)

    def summary(self) -> dict[str, Any]:
        """Return what a list tells."""
        arn = f"arn:aws:sagemaker:{self.caller.region}:{self.caller.account}:endpoint/{self.endpoint.name}"
        return {
            "InferenceComponentName": self.name,
            "InferenceComponentArn": self.arn,
            "EndpointName": self.endpoint.name,
            "EndpointArn": arn,
            "VariantName": self.variant,
            "InferenceComponentStatus": self.status.value,
            "CreationTime": self.created,
            "LastModifiedTime": self.modified,
        }


def create(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Start a component on an endpoint that is in service."""
    given = call.parameters
    name = check_name("inferenceComponentName", given["InferenceComponentName"])
    endpoint = _endpoint(cloud, call)
    told, names = given["Specification"], [each.name for each in endpoint.fleet.variants]
    model = _model(cloud, call.caller, told)
    copies = given.get("RuntimeConfig", {}).get("CopyCount", 1)
    component = Component(call.caller, name, endpoint, given.get("VariantName") or names[0], told, model, copies)
    if component.home is None:
        raise validation_error(f"Variant {component.variant} of endpoint {endpoint.name} takes no components.")
    _all(cloud, call.caller)  # frees the names of those that are gone
    if not cloud.shelf(KIND).add(Key.of(call.caller, name), component):
        raise validation_error(f'Cannot create already existing inference component "{component.arn}".')
    cloud.start(lambda: _serve(cloud, component))
    return {"InferenceComponentArn": component.arn}


def describe(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Tell all about one component; the answer may be held until there is news."""
    component = _find(cloud, call)
    component.status.tell()
    told = dict(component.told)
    if container := told.get("Container"):
        image = container.get("Image", "")
        kept = {name: value for name, value in container.items() if name != "Image"}
        told["Container"] = {**kept, "DeployedImage": {"SpecifiedImage": image, "ResolvedImage": image}}
    reason = {"FailureReason": component.failure_reason} if component.failure_reason else {}
    running = {"DesiredCopyCount": component.copies, "CurrentCopyCount": component.copies}
    return {**component.summary(), "Specification": told, "RuntimeConfig": running, **reason}


def list_components(cloud: Cloud, call: Call) -> dict[str, Any]:
    """List components, newest first unless asked otherwise."""
    wanted = call.parameters
    found: list[Component] = listing.select(_all(cloud, call.caller), wanted)
    summaries = [component.summary() for component in found]
    for asked, member in (("EndpointNameEquals", "EndpointName"), ("VariantNameEquals", "VariantName")):
        summaries = [each for each in summaries if wanted.get(asked) in (None, each[member])]
    return page("InferenceComponents", summaries, wanted)


def update(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Bring a component to another specification, or another number of copies."""
    component = _find(cloud, call)
    if component.status.value != "InService":
        raise validation_error(f"Inference component {component.name} is in status {component.status.value}.")
    running = call.parameters.get("RuntimeConfig") or call.parameters.get("DesiredRuntimeConfig") or {}
    component.copies, component.modified = running.get("CopyCount", component.copies), time.time()
    if told := call.parameters.get("Specification"):
        component.told, component.model = told, _model(cloud, call.caller, told)
        component.become("Updating")
        cloud.start(lambda: _serve(cloud, component))
    return {"InferenceComponentArn": component.arn}


def delete(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Stop a component and forget it."""
    component = _find(cloud, call)
    component.become("Deleting")
    cloud.start(lambda: _take_down(cloud, component))
    return {}


def start_again(cloud: Cloud, component: Component) -> None:
    """Serve a component that was there before a restart, when its endpoint serves again."""
    component.endpoint.status.wait_for_end()
    _serve(cloud, component)


def _serve(cloud: Cloud, component: Component) -> None:
    """Start what a component is made of, and put it in place of what it was made of before."""
    told = {"VariantName": component.variant}
    wanted = Wanted(
        component.caller,
        component.endpoint.name,
        told,
        component.model,
        group=f"/aws/sagemaker/InferenceComponents/{component.name}",
        given_up=lambda: component.status.value == "Deleting" or component.endpoint.is_deleted(),
    )
    try:
        backend = variant.backend_of(cloud, wanted, lambda: _note_death(component))
    except Exception as error:
        component.become("Failed", deploying.reason_of(cloud, error))
        return
    home = component.home
    if home is None or component.status.value == "Deleting":
        backend.stop()
        return
    home.put(component.name, backend)
    component.become("InService")
    _note_death(component)


def _note_death(component: Component) -> None:
    """Fail the component if one of its containers has ended by itself."""
    home = component.home
    if home and component.status.value == "InService" and (death := home.death_of(component.name)):
        reason = f"The {death.container} container of the component stopped serving (exit status {death.status})."
        component.become("Failed", reason)


def _take_down(cloud: Cloud, component: Component) -> None:
    if home := component.home:
        home.put(component.name, None)
    cloud.shelf(KIND).remove(Key.of(component.caller, component.name))


def _endpoint(cloud: Cloud, call: Call) -> Endpoint:
    endpoint = find(cloud, call)
    if endpoint is None or endpoint.status.value != "InService":
        raise validation_error(f'Could not find endpoint "{call.parameters["EndpointName"]}" in service.')
    return endpoint


def _model(cloud: Cloud, caller: Caller, told: Mapping[str, Any]) -> Model:
    """Return what a specification is made of. Raises AwsError."""
    if told.get("ModelName"):
        return models.find(cloud, caller, told["ModelName"])
    if not (container := told.get("Container")):
        raise validation_error("A specification needs a ModelName or a Container; adapters are not there.")
    definition = {"Image": container.get("Image", ""), "Environment": container.get("Environment", {})}
    data = {"ModelDataUrl": container["ArtifactUrl"]} if container.get("ArtifactUrl") else {}
    return Model(({**definition, **data},))


def _all(cloud: Cloud, caller: Caller) -> list[Component]:
    """Return all components of `caller`, and forget those whose endpoint is gone."""
    shelf = cloud.shelf(KIND)
    for component in shelf.of(caller):
        if component.endpoint.is_deleted():
            shelf.remove(Key.of(caller, component.name))
    return shelf.of(caller)


def _find(cloud: Cloud, call: Call) -> Component:
    name = call.parameters["InferenceComponentName"]
    component = next((each for each in _all(cloud, call.caller) if each.name == name), None)
    if component is None:
        raise validation_error(f'Could not find inference component "{name}".')
    return component


HANDLERS: Handlers = {
    "SageMaker.CreateInferenceComponent": create,
    "SageMaker.DescribeInferenceComponent": describe,
    "SageMaker.ListInferenceComponents": list_components,
    "SageMaker.UpdateInferenceComponent": update,
    "SageMaker.UpdateInferenceComponentRuntimeConfig": update,
    "SageMaker.DeleteInferenceComponent": delete,
}
