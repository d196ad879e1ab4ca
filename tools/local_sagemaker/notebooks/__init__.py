"""Notebook instances take time to start, stop and go, and refuse what they cannot do in between.

Lifecycle configurations are kept and not run: they are written for AWS's machines, as root.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from typing import Any

from .. import images, service_models
from ..cloud import Cloud, Key, Shelf
from ..handlers import Handlers
from .jupyter import NotStartedError
from .instance import SECONDS, NotebookInstance
from ..wire import AwsError, Call, check_name, validation_error

TYPE_FOR_MOTO = "ml.t3.medium"
"""moto refuses the newer types; it is given this one."""

NAMED_OTHERWISE = {
    "LifecycleConfigName": "NotebookInstanceLifecycleConfigName",
    "SecurityGroupIds": "SecurityGroups",
}
"""Members of a request that a description calls by another name."""

SETTINGS = (
    "InstanceType",
    "IpAddressType",
    "PlatformIdentifier",
    "RoleArn",
    "LifecycleConfigName",
    "VolumeSizeInGB",
    "DefaultCodeRepository",
    "AdditionalCodeRepositories",
    "RootAccess",
    "InstanceMetadataServiceConfiguration",
)
"""What an update can change."""

DISASSOCIATIONS = {
    "DisassociateLifecycleConfig": "NotebookInstanceLifecycleConfigName",
    "DisassociateDefaultCodeRepository": "DefaultCodeRepository",
    "DisassociateAdditionalCodeRepositories": "AdditionalCodeRepositories",
}


def create(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Start a new notebook instance."""
    name = check_name("notebookInstanceName", call.parameters["NotebookInstanceName"])
    settings = _settings(call)
    answer = cloud.floor.call(call.caller, call.operation, {**call.parameters, "InstanceType": TYPE_FOR_MOTO})
    instance = NotebookInstance(call.caller, name, settings)
    _shelf(cloud).add(_key(call), instance)
    cloud.after(SECONDS["Pending"], partial(instance.status.become, "InService"))
    return answer


def _settings(call: Call) -> dict[str, Any]:
    given = {name: call.parameters[name] for name in SETTINGS if name in call.parameters}
    known = service_models.enum("InstanceType")
    if "InstanceType" in given and given["InstanceType"] not in known:
        raise validation_error(
            f"Value '{given['InstanceType']}' at 'instanceType' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{', '.join(known)}]"
        )
    removed = {member: None for asked, member in DISASSOCIATIONS.items() if call.parameters.get(asked)}
    return {**{NAMED_OTHERWISE.get(name, name): value for name, value in given.items()}, **removed}


def describe(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Tell all about one notebook instance; the answer may be held until there is news."""
    if instance := _shelf(cloud).find(_key(call)):
        instance.status.tell()
    return _overlay(cloud, call, cloud.floor.call(call.caller, call.operation, call.parameters))


def list_instances(cloud: Cloud, call: Call) -> dict[str, Any]:
    """List notebook instances with their status of now."""
    wanted = {name: value for name, value in call.parameters.items() if name != "StatusEquals"}
    answer = cloud.floor.call(call.caller, call.operation, wanted)
    told = [_summary(cloud, call, each) for each in answer["NotebookInstances"]]
    status = call.parameters.get("StatusEquals")
    kept = [each for each in told if status in (None, each["NotebookInstanceStatus"])]
    return {**answer, "NotebookInstances": kept}


def presign(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Start the instance's JupyterLab if it does not run yet, and return the address that opens it."""
    instance = _instance(cloud, call)
    if instance.status.value != "InService":
        raise validation_error(
            f"Status ({instance.status.value}) not in ([InService]). Unable to open Notebook Instance ({instance.name})"
        )
    try:
        return {"AuthorizedUrl": instance.open(cloud)}
    except (images.BuildError, NotStartedError) as error:
        raise AwsError("InternalFailure", str(error), 500) from error


def start(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Start a stopped notebook instance."""
    return _change(cloud, call, ("Stopped", "Failed"), "Pending", lambda each: each.status.become("InService"))


def stop(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Stop a running notebook instance and its JupyterLab. Its files stay."""

    def go(instance: NotebookInstance) -> None:
        instance.shut()
        instance.status.become("Stopped")

    return _change(cloud, call, ("InService",), "Stopping", go)


def update(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Change a stopped notebook instance."""
    settings = _settings(call)

    def go(instance: NotebookInstance) -> None:
        instance.settings.update(settings)
        instance.status.become("Stopped")

    return _change(cloud, call, ("Stopped", "Failed"), "Updating", go)


def delete(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Delete a stopped notebook instance and its files."""

    def go(instance: NotebookInstance) -> None:
        shutil.rmtree(instance.folder(cloud), ignore_errors=True)
        cloud.floor.call(call.caller, call.operation, call.parameters)
        _shelf(cloud).remove(_key(call))
        instance.status.become("Deleted")

    return _change(cloud, call, ("Stopped", "Failed"), "Deleting", go)


def _change(
    cloud: Cloud, call: Call, allowed: tuple[str, ...], passing: str, then: Callable[[NotebookInstance], None]
) -> dict[str, Any]:
    arn = cloud.floor.call(call.caller, "SageMaker.DescribeNotebookInstance", _named(call))["NotebookInstanceArn"]
    instance = _instance(cloud, call)
    if instance.status.value not in allowed:
        raise validation_error(
            f"Status ({instance.status.value}) not in ([{', '.join(allowed)}]). "
            f"Unable to transition to ({passing}) for Notebook Instance ({arn})"
        )
    if call.operation in TOLD_TO_MOTO:
        cloud.floor.call(call.caller, call.operation, call.parameters)
    instance.status.become(passing)
    cloud.after(SECONDS[passing], partial(then, instance))
    return {}


TOLD_TO_MOTO = ("SageMaker.StartNotebookInstance", "SageMaker.StopNotebookInstance")


def _instance(cloud: Cloud, call: Call) -> NotebookInstance:
    if instance := _shelf(cloud).find(_key(call)):
        return instance
    raise validation_error("RecordNotFound")


def _overlay(cloud: Cloud, call: Call, told: dict[str, Any]) -> dict[str, Any]:
    instance = _shelf(cloud).find(Key.of(call.caller, told["NotebookInstanceName"]))
    return instance.description(told) if instance else told


def _summary(cloud: Cloud, call: Call, told: dict[str, Any]) -> dict[str, Any]:
    known = {*told, "NotebookInstanceLifecycleConfigName", "DefaultCodeRepository", "AdditionalCodeRepositories"}
    return {name: value for name, value in _overlay(cloud, call, told).items() if name in known}


def _named(call: Call) -> dict[str, str]:
    return {"NotebookInstanceName": call.parameters["NotebookInstanceName"]}


def _key(call: Call) -> Key:
    return Key.of(call.caller, call.parameters["NotebookInstanceName"])


def _shelf(cloud: Cloud) -> Shelf[NotebookInstance]:
    return cloud.shelf("notebook-instance")


HANDLERS: Handlers = {
    "SageMaker.CreateNotebookInstance": create,
    "SageMaker.DescribeNotebookInstance": describe,
    "SageMaker.ListNotebookInstances": list_instances,
    "SageMaker.CreatePresignedNotebookInstanceUrl": presign,
    "SageMaker.StartNotebookInstance": start,
    "SageMaker.StopNotebookInstance": stop,
    "SageMaker.UpdateNotebookInstance": update,
    "SageMaker.DeleteNotebookInstance": delete,
}
