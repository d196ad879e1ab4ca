"""Tags of what is kept here, by ARN; those of everything else are moto's."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from ..cloud import Cloud
from ..handlers import Handlers
from ..paging import page
from ..wire import Call

ARN, TAGS = "ResourceArn", "Tags"


@runtime_checkable
class Tagged(Protocol):
    """What has an ARN and tags."""

    arn: str
    tags: list[dict[str, str]]


def add(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Add tags to a resource; a key that it has gets another value."""
    if (found := _find(cloud, call)) is None:
        return cloud.floor.call(call.caller, call.operation, call.parameters)
    given = {tag["Key"]: tag["Value"] for tag in [*found.tags, *call.parameters[TAGS]]}
    found.tags[:] = [{"Key": key, "Value": value} for key, value in given.items()]
    return {TAGS: found.tags}


def list_all(cloud: Cloud, call: Call) -> dict[str, Any]:
    """List a resource's tags."""
    if (found := _find(cloud, call)) is None:
        return cloud.floor.call(call.caller, call.operation, call.parameters)
    return page(TAGS, found.tags, call.parameters)


def delete(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Take tags from a resource."""
    if (found := _find(cloud, call)) is None:
        return cloud.floor.call(call.caller, call.operation, call.parameters)
    found.tags[:] = [tag for tag in found.tags if tag["Key"] not in call.parameters["TagKeys"]]
    return {}


def _find(cloud: Cloud, call: Call) -> Tagged | None:
    """Return the resource of the ARN if it is kept here, on the shelf that its ARN names."""
    arn = str(call.parameters[ARN]).lower()
    for each in cloud.shelf(arn.rpartition(":")[2].partition("/")[0]).of(call.caller):
        if isinstance(each, Tagged) and each.arn.lower() == arn:
            return each
    return None


HANDLERS: Handlers = {
    "SageMaker.AddTags": add,
    "SageMaker.ListTags": list_all,
    "SageMaker.DeleteTags": delete,
}
