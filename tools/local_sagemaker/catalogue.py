"""Which operations of SageMaker do the work, keep state only, or are not there: drawn from the code, not written down.

Handlers do the work or keep state, as operations.py says. Of the others, moto is asked over its wire, each once and
with nothing in it: moto either knows an operation, however it complains, or says that it does not.
``python -m local_sagemaker --operations`` prints the table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from . import service_models
from .cloud.moto_floor import MotoFloor
from .operations import KEEPING, WORKING
from .wire import JSON_TYPE, NOT_THERE, AwsError, Caller, authorization

NOBODY = Caller("000000000000", "us-east-1", "sagemaker")
"""Whose state the questions may change."""


class Support(StrEnum):
    """What becomes of a call."""

    WORK = "does the work"
    STATE = "keeps state only"
    NONE = "not there"


@dataclass(frozen=True)
class Operation:
    """One operation of a botocore service."""

    service: str
    name: str
    support: Support


def operations() -> list[Operation]:
    """Return every operation of every part of SageMaker."""
    floor = MotoFloor()
    return [
        Operation(service, name, _support(floor, service, name))
        for service in service_models.sagemaker_services()
        for name in service_models.operations(service)
    ]


def _support(floor: MotoFloor, service: str, name: str) -> Support:
    operation = f"{service_models.prefix(service)}.{name}"
    if operation in WORKING:
        return Support.WORK
    if operation in KEEPING:
        return Support.STATE
    # The layer does not let moto answer for a container.
    asked = service != "sagemaker-runtime" and _moto_knows(floor, service, name)
    return Support.STATE if asked else Support.NONE


def _moto_knows(floor: MotoFloor, service: str, name: str) -> bool:
    method, path = service_models.route(service, name)
    headers = {"Authorization": authorization(NOBODY, "sagemaker"), "Host": "127.0.0.1"}
    if service == service_models.SAGEMAKER:
        headers["X-Amz-Target"] = f"{service_models.TARGET}.{name}"
    builder = EnvironBuilder(
        re.sub(r"\{[^}]*\}", "x", path),
        method=method,
        headers=list(headers.items()),
        data=b"{}",
        content_type=JSON_TYPE,
    )
    try:
        floor.forward(Request(builder.get_environ()), NOBODY, name)
    except AwsError as error:
        return error.code != NOT_THERE
    except Exception:
        # It stumbled over a question with nothing in it, so it knows the operation.
        return True
    return True


def markdown() -> str:
    """Return the tables as Markdown: how many there are of each class, and each one by name."""
    everything = operations()
    lines = [_counts(everything)]
    for service, group in groupby(everything, lambda each: each.service):
        lines += [f"### {service} {{#{service}}}", "", _names(list(group))]
    return "\n".join(lines)


def _counts(everything: list[Operation]) -> str:
    rows = ["| Service | " + " | ".join(Support) + " |", "|---|" + "---:|" * len(Support)]
    for service, group in groupby(everything, lambda each: each.service):
        found = [each.support for each in group]
        rows.append(f"| {service} | " + " | ".join(str(found.count(support)) for support in Support) + " |")
    return "\n".join([*rows, ""])


def _names(group: list[Operation]) -> str:
    rows = ["| Operation | |", "|---|---|"]
    rows += [f"| {each.name} | {each.support} |" for each in group]
    return "\n".join([*rows, ""])
