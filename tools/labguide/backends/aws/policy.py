"""The least IAM policy with which a script's recorded calls are allowed.

An API operation is mostly an IAM action of the same name; `declared.OTHERWISE` has those that are not. See the Service
Authorization Reference, https://docs.aws.amazon.com/service-authorization/latest/reference/, for actions and for the
forms of resource names. What a recorded run did not call, a branch that was not taken or a click in the console, is in
its policy only if the author declares it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from labguide import cleaning
from labguide.backends.aws.declared import OTHERWISE, Declared
from labguide.backends.calls import Call

MOST = 6144
"""So many characters a customer managed policy may have."""

_NOTHING = Declared()

_PREFIXES = {"monitoring": "cloudwatch"}
"""What IAM calls a service whose requests are signed with another name."""

_TAGGING = {"sagemaker": "sagemaker:AddTags", "iam": "iam:TagRole"}
"""The action that a creating call needs besides its own if it takes tags along."""

_OF_OBJECTS = re.compile(r"s3:(Get|Put|Delete|Restore)Object|s3:AbortMultipartUpload|s3:ListMultipartUploadParts")
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_Grant = tuple[str, tuple[str, ...], str]
"""An action, the resources it is for, and the service that a passed role is for (empty if none is passed)."""


def of(calls: Iterable[Call], declared: Declared = _NOTHING) -> dict[str, Any]:
    """The policy document, with actions and resources in a stable order."""
    allowed: dict[tuple[str, str], set[str]] = {}
    for action, resources, passed_to in (*_recorded(calls, declared.names), *_by_hand(declared)):
        allowed.setdefault((action, passed_to), set()).update(resources)
    actions: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for (action, passed_to), on in allowed.items():
        if left := {each for each in on if not _otherwise(each, action, passed_to, allowed)}:
            actions.setdefault((_least(left), passed_to), []).append(action)
    statements = [_statement(names, *where) for where, names in actions.items()]
    return {
        "Version": "2012-10-17",
        "Statement": sorted(statements, key=lambda each: (each["Action"], each["Resource"])),
    }


def size(document: Mapping[str, Any]) -> int:
    """The characters of a policy as AWS counts them: without blanks and line breaks."""
    return len(json.dumps(document, separators=(",", ":")))


def _recorded(calls: Iterable[Call], names: Sequence[str]) -> Iterator[_Grant]:
    for call in calls:
        for action, resources, passed_to in _grants(call):
            yield action, tuple(_widened(each, names) for each in resources), passed_to


def _by_hand(declared: Declared) -> Iterator[_Grant]:
    for granted in declared.also:
        for action in granted.actions:
            yield action, granted.resources, granted.passed_to


def _widened(resource: str, names: Sequence[str]) -> str:
    """A resource with the first pattern that its name fits in the place of the name; one with a variable stays."""
    for pattern in names:
        name = re.escape(pattern).replace(r"\*", "[^/$]*?")
        found = re.sub(rf"(?<=[:/]){name}(?=/|:\*$|$)", pattern.replace("\\", "\\\\"), resource)
        if found != resource:
            return found
    return resource


def _least(resources: Iterable[str]) -> tuple[str, ...]:
    """The resources without those that another one among them stands for."""
    found = set(resources)
    return tuple(sorted(each for each in found if not any(fnmatchcase(each, other) for other in found - {each})))


def _otherwise(resource: str, action: str, passed_to: str, allowed: Mapping[tuple[str, str], set[str]]) -> bool:
    """Whether a pattern of actions, such as ``sagemaker:List*``, allows this one on the resource too."""
    return any(
        each != action and fnmatchcase(action, each) and any(fnmatchcase(resource, wider) for wider in on)
        for (each, to), on in allowed.items()
        if to == passed_to
    )


def _grants(call: Call) -> Iterator[_Grant]:
    service, operation = call["service"], call["operation"]
    usual = f"{_PREFIXES.get(service, service)}:{operation}"
    for action in OTHERWISE.get(f"{service}.{operation}", (usual,)):
        yield action, _resources(service, action, call.get("on", {})), ""
    if call.get("tags") and service in _TAGGING:
        yield _TAGGING[service], _resources(service, operation, call.get("on", {})), ""
    if call.get("passes"):
        yield "iam:PassRole", (f"arn:aws:iam::*:role/{call['passes']}",), f"{service}.amazonaws.com"


def _statement(actions: list[str], resources: tuple[str, ...], passed_to: str) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": sorted(set(actions)), "Resource": list(resources)}
    if passed_to:
        statement["Condition"] = {"StringEquals": {"iam:PassedToService": passed_to}}
    return statement


def _resources(service: str, action: str, on: Mapping[str, str]) -> tuple[str, ...]:
    """The resources by name, in any region and in whatever account the policy is attached; `*` if there is no name.

    A recorded name has a star in the place of what its run made: any such name is meant.
    """
    names = dict(on)
    found: list[str] = []
    if service == "s3" and "Bucket" in names:
        bucket = names["Bucket"].replace(cleaning.ACCOUNT, "${aws:PrincipalAccount}")
        found = [f"arn:aws:s3:::{bucket}/*" if _OF_OBJECTS.match(action) else f"arn:aws:s3:::{bucket}"]
    elif service == "iam" and "RoleName" in names:
        found = [f"arn:aws:iam::*:role/{names['RoleName']}"]
    elif service == "logs" and "logGroupName" in names:
        found = [f"arn:aws:logs:*:*:log-group:{names['logGroupName']}:*"]
    elif service == "sagemaker":
        kinds = {_WORDS.sub("-", parameter.removesuffix("Name")).lower(): name for parameter, name in names.items()}
        found = [f"arn:aws:sagemaker:*:*:{kind}/{name.lower()}" for kind, name in sorted(kinds.items())]
    return tuple(found) or ("*",)
