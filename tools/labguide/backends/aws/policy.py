"""The least IAM policy with which a script's recorded calls are allowed.

An API operation is mostly an IAM action of the same name; `_ACTIONS` has those that are not. See the Service
Authorization Reference, https://docs.aws.amazon.com/service-authorization/latest/reference/, for actions and for the
forms of resource names. What a recorded run did not call is not in its policy: a branch that was not taken, a click
in the console.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from labguide import cleaning
from labguide.backends.calls import Call

_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "s3.AbortMultipartUpload": ("s3:AbortMultipartUpload",),
    "s3.CompleteMultipartUpload": ("s3:PutObject",),
    "s3.CopyObject": ("s3:GetObject", "s3:PutObject"),
    "s3.CreateMultipartUpload": ("s3:PutObject",),
    "s3.DeleteObjects": ("s3:DeleteObject", "s3:DeleteObjectVersion"),
    "s3.HeadBucket": ("s3:ListBucket",),
    "s3.HeadObject": ("s3:GetObject",),
    "s3.ListBuckets": ("s3:ListAllMyBuckets",),
    "s3.ListMultipartUploads": ("s3:ListBucketMultipartUploads",),
    "s3.ListObjectVersions": ("s3:ListBucketVersions",),
    "s3.ListObjects": ("s3:ListBucket",),
    "s3.ListObjectsV2": ("s3:ListBucket",),
    "s3.ListParts": ("s3:ListMultipartUploadParts",),
    "s3.UploadPart": ("s3:PutObject",),
    "s3.UploadPartCopy": ("s3:GetObject", "s3:PutObject"),
    "sts.GetCallerIdentity": (),  # everybody may ask who they are
}

_TAGGING = {"sagemaker": "sagemaker:AddTags", "iam": "iam:TagRole"}
"""The action that a creating call needs besides its own if it takes tags along."""

_OF_OBJECTS = re.compile(r"s3:(Get|Put|Delete|Restore)Object|s3:AbortMultipartUpload|s3:ListMultipartUploadParts")
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_Grant = tuple[str, tuple[str, ...], str]
"""An action, the resources it is for, and the service that a passed role is for (empty if none is passed)."""


def of(calls: Iterable[Call]) -> dict[str, Any]:
    """The policy document, with actions and resources in a stable order."""
    grants = {grant for call in calls for grant in _grants(call)}
    actions: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for action, resources, passed_to in sorted(grants):
        actions.setdefault((resources, passed_to), []).append(action)
    statements = [_statement(names, *where) for where, names in actions.items()]
    return {
        "Version": "2012-10-17",
        "Statement": sorted(statements, key=lambda each: (each["Action"], each["Resource"])),
    }


def _grants(call: Call) -> Iterator[_Grant]:
    service, operation = call["service"], call["operation"]
    for action in _ACTIONS.get(f"{service}.{operation}", (f"{service}:{operation}",)):
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
