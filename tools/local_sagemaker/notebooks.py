"""Notebook instances take time to start, stop and go, and refuse what they cannot do in between."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from .cloud import Cloud, Key, Shelf
from .handlers import Handlers
from .status import Status
from .wire import Call, validation_error

SECONDS = {"Pending": 1.0, "Stopping": 0.6, "Deleting": 0.6}
"""How long each passing status lasts; on AWS it is minutes."""

PASSING = frozenset(SECONDS)


def create(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Start a new notebook instance."""
    answer = cloud.floor.call(call.caller, call.operation, call.parameters)
    status = Status("Pending", PASSING)
    _shelf(cloud).add(_key(call), status)
    cloud.after(SECONDS["Pending"], partial(status.become, "InService"))
    return answer


def describe(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Tell all about one notebook instance; the answer may be held until there is news."""
    if status := _shelf(cloud).find(_key(call)):
        status.tell()
    return _overlay(cloud, call, cloud.floor.call(call.caller, call.operation, call.parameters))


def list_instances(cloud: Cloud, call: Call) -> dict[str, Any]:
    """List notebook instances with their status of now."""
    wanted = {name: value for name, value in call.parameters.items() if name != "StatusEquals"}
    answer = cloud.floor.call(call.caller, call.operation, wanted)
    told = [_overlay(cloud, call, each) for each in answer["NotebookInstances"]]
    status = call.parameters.get("StatusEquals")
    kept = [each for each in told if status in (None, each["NotebookInstanceStatus"])]
    return {**answer, "NotebookInstances": kept}


def start(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Start a stopped notebook instance."""
    return _change(cloud, call, ("Stopped", "Failed"), "Pending", lambda status: status.become("InService"))


def stop(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Stop a running notebook instance."""
    return _change(cloud, call, ("InService",), "Stopping", lambda status: status.become("Stopped"))


def delete(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Delete a stopped notebook instance."""

    def go(status: Status) -> None:
        cloud.floor.call(call.caller, call.operation, call.parameters)
        _shelf(cloud).remove(_key(call))
        status.become("Deleted")

    return _change(cloud, call, ("Stopped", "Failed"), "Deleting", go)


def _change(
    cloud: Cloud, call: Call, allowed: tuple[str, ...], passing: str, then: Callable[[Status], None]
) -> dict[str, Any]:
    arn = cloud.floor.call(call.caller, "SageMaker.DescribeNotebookInstance", _named(call))["NotebookInstanceArn"]
    status = _shelf(cloud).find(_key(call))
    assert status is not None
    if status.value not in allowed:
        raise validation_error(
            f"Status ({status.value}) not in ([{', '.join(allowed)}]). "
            f"Unable to transition to ({passing}) for Notebook Instance ({arn})"
        )
    if call.operation != "SageMaker.DeleteNotebookInstance":
        cloud.floor.call(call.caller, call.operation, call.parameters)
    status.become(passing)
    cloud.after(SECONDS[passing], partial(then, status))
    return {}


def _overlay(cloud: Cloud, call: Call, told: dict[str, Any]) -> dict[str, Any]:
    status = _shelf(cloud).find(Key.of(call.caller, told["NotebookInstanceName"]))
    return {**told, "NotebookInstanceStatus": status.value} if status else told


def _named(call: Call) -> dict[str, str]:
    return {"NotebookInstanceName": call.parameters["NotebookInstanceName"]}


def _key(call: Call) -> Key:
    return Key.of(call.caller, call.parameters["NotebookInstanceName"])


def _shelf(cloud: Cloud) -> Shelf[Status]:
    return cloud.shelf("notebook-instance")


HANDLERS: Handlers = {
    "SageMaker.CreateNotebookInstance": create,
    "SageMaker.DescribeNotebookInstance": describe,
    "SageMaker.ListNotebookInstances": list_instances,
    "SageMaker.StartNotebookInstance": start,
    "SageMaker.StopNotebookInstance": stop,
    "SageMaker.DeleteNotebookInstance": delete,
}
