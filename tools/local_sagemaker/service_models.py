"""What AWS itself says of its operations: botocore's service models."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.loaders import Loader

SAGEMAKER = "sagemaker"
TARGET = "SageMaker"


def operations(service: str) -> list[str]:
    """Return the names of all operations of a botocore service, such as ``sagemaker-runtime``, in the alphabet."""
    return sorted(_model(service)["operations"])


def sagemaker_services() -> list[str]:
    """Return the botocore services that are parts of SageMaker, itself first."""
    return [name for name in _services() if name.startswith(SAGEMAKER)]


def enum(shape: str) -> list[str]:
    """Return the values of one of SageMaker's enumerations, such as ``InstanceType``."""
    return list(_model(SAGEMAKER)["shapes"][shape]["enum"])


def members(shape: str) -> list[str]:
    """Return the names of the members of one of SageMaker's structures, such as ``TrialComponent``."""
    return list(_model(SAGEMAKER)["shapes"][shape]["members"])


def shape(name: str) -> dict[str, Any]:
    """Return one of SageMaker's shapes as its model has it."""
    return dict(_model(SAGEMAKER)["shapes"][name])


def request_shape(operation: str) -> str | None:
    """Return the name of the shape of a request to one of SageMaker's operations, or None if it has no members."""
    return str(_model(SAGEMAKER)["operations"].get(operation, {}).get("input", {}).get("shape") or "") or None


def answer_members(operation: str) -> list[str]:
    """Return the names of all members that the answer to one of SageMaker's operations may have."""
    return list(_answer(operation)["members"])


def element_members(operation: str) -> tuple[str, list[str]]:
    """Return the first member of an operation's answer that is a list or map, and the members of its elements."""
    shapes = _model(SAGEMAKER)["shapes"]
    for name, member in _answer(operation)["members"].items():
        shape = shapes[member["shape"]]
        if element := shape.get("member") or shape.get("value"):
            return name, list(shapes[element["shape"]]["members"])
    raise LookupError(f"{operation} answers no list")


def _answer(operation: str) -> dict[str, Any]:
    """Return the shape of an operation's answer, which may be empty."""
    model = _model(SAGEMAKER)
    output = model["operations"][operation].get("output")
    return dict(model["shapes"][output["shape"]]) if output else {"members": {}}


def prefix(service: str) -> str:
    """Return a service's name as operations are called here: ``SageMaker``, ``SageMakerRuntime``, ``IAM``."""
    return str(_model(service)["metadata"]["serviceId"]).replace(" ", "")


def route(service: str, operation: str) -> tuple[str, str]:
    """Return method and path of a REST operation; members of the path stand in braces."""
    http = _model(service)["operations"][operation]["http"]
    return http["method"], http["requestUri"].partition("?")[0]


@dataclass(frozen=True)
class RestCall:
    """What a REST request asks for: ``Lambda.Invoke``, the members in its path, and the member that is its body.

    `body` is empty if the body is JSON with the other members. `query` has the members that stand in the query, by how
    they are called there, and whether they are lists.
    """

    operation: str
    path: dict[str, str]
    body: str
    query: dict[str, tuple[str, bool]]


def rest_call(signing_name: str, method: str, path: str) -> RestCall | None:
    """Return what a REST request to a service asks for, or None."""
    for service in _services():
        if not service.startswith(signing_name) or not _model(service)["metadata"]["protocol"].startswith("rest"):
            continue
        for operation in operations(service):
            its_method, template = route(service, operation)
            found = _pattern(template).fullmatch(path) if its_method == method else None
            if found:
                names = re.findall(r"\{([^}+]*)\+?\}", template)
                members = dict(zip(names, found.groups(), strict=True))
                body, query = _body_member(service, operation), _query_members(service, operation)
                return RestCall(f"{prefix(service)}.{operation}", members, body, query)
    return None


def name_rest_operation(signing_name: str, method: str, path: str) -> str | None:
    """Return the name of what a REST request asks for, such as ``Lambda.ListFunctions``, or None."""
    found = rest_call(signing_name, method, path)
    return found.operation if found else None


def _query_members(service: str, operation: str) -> dict[str, tuple[str, bool]]:
    model = _model(service)
    shape = model["operations"][operation].get("input", {}).get("shape")
    given = model["shapes"][shape]["members"] if shape else {}
    return {
        each["locationName"]: (name, model["shapes"][each["shape"]]["type"] == "list")
        for name, each in given.items()
        if each.get("location") == "querystring"
    }


def _body_member(service: str, operation: str) -> str:
    """Return the member of an operation's request that is the whole body, or an empty string."""
    model = _model(service)
    shape = model["operations"][operation].get("input", {}).get("shape")
    member = str(model["shapes"][shape].get("payload", "")) if shape else ""
    blob = member and model["shapes"][model["shapes"][shape]["members"][member]["shape"]]["type"] == "blob"
    return member if blob else ""


@cache
def _pattern(template: str) -> re.Pattern[str]:
    # `{Key+}` may hold slashes, `{Name}` may not.
    parts = re.split(r"(\{[^}]*\})", template.rstrip("/"))
    return re.compile("".join(_part(part) for part in parts) + "/?")


def _part(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    return "(.+)" if part.endswith("+}") else "([^/]+)"


@cache
def _services() -> list[str]:
    return list(Loader().list_available_services("service-2"))


@cache
def _model(service: str) -> dict[str, Any]:
    return dict(Loader().load_service_model(service, "service-2"))
