"""Permissions that an author declares, because no script makes the calls: what people do by hand in the console.

    names: ["smworkshop*"]          # a recorded name that fits stands for all that fit
    also:
      - why: module 1 runs its code in CloudShell
        actions: [cloudshell:CreateEnvironment, cloudshell:CreateSession]
        resources: ["*"]            # what it means if it is left out
        passed_to: sagemaker.amazonaws.com   # for iam:PassRole only

Each action is looked up in botocore's models of the services, as far as AWS publishes one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from labguide import headers
from labguide.model import Place
from labguide.problems import Problems, did_you_mean

OTHERWISE: Mapping[str, tuple[str, ...]] = {
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
"""The IAM actions of operations that need others than one of their own name."""

# Actions of IAM that are no operation: of services without a public model all of them.
_NO_OPERATIONS: Mapping[str, tuple[str, ...]] = {
    "iam": ("PassRole",),
    "s3": (
        "GetAccountPublicAccessBlock",
        "GetBucketPublicAccessBlock",
        "GetEncryptionConfiguration",
        "GetLifecycleConfiguration",
        "GetObjectVersion",
        "PutBucketPublicAccessBlock",
        "PutEncryptionConfiguration",
    ),
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudshell.html
    "cloudshell": (
        "ApproveCommand",
        "CreateEnvironment",
        "CreateSession",
        "DeleteEnvironment",
        "DescribeEnvironments",
        "GetEnvironmentStatus",
        "GetFileDownloadUrls",
        "GetFileUploadUrls",
        "PutCredentials",
        "StartEnvironment",
        "StopEnvironment",
    ),
}

_MODELS = {"servicequotas": "service-quotas", "tag": "resourcegroupstaggingapi"}
"""Where botocore calls a service otherwise than IAM does."""

_KEYS = ("names", "also")
_KEYS_OF_GRANT = ("why", "actions", "resources", "passed_to")


@dataclass(frozen=True)
class Granted:
    """Actions that are allowed on resources, and why."""

    why: str
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ("*",)
    passed_to: str = ""
    """The service that a role may be passed to."""


@dataclass(frozen=True)
class Declared:
    """What an author declares beside the recorded calls."""

    names: tuple[str, ...] = ()
    also: tuple[Granted, ...] = ()


def read(path: str, text: str, problems: Problems) -> Declared:
    """What a YAML file at `path` declares; what is wrong in it is a problem at its line."""
    try:
        header = headers.parse(text, 1)
    except headers.HeaderError as error:
        problems.add(Place(path, error.line), "bad-permission", f"cannot be read: {error}", "mend the YAML")
        return Declared()
    return _Reader(path, header, problems).declared()


class _Reader:
    def __init__(self, path: str, header: headers.Header, problems: Problems) -> None:
        self._path, self._header, self._problems = path, header, problems

    def declared(self) -> Declared:
        values = self._header.values
        if not self._is_mapping(values, _KEYS):
            return Declared()
        also = values.get("also", [])
        if not isinstance(also, list):
            self._tell("`also` is no list", "write `- why: …` and below it `actions: […]`", "also")
            also = []
        names = self._texts(values, "names", ())
        return Declared(names, tuple(filter(None, (self._granted(each, str(n)) for n, each in enumerate(also)))))

    def _granted(self, entry: Any, number: str) -> Granted | None:
        here = ("also", number)
        if not self._is_mapping(entry, _KEYS_OF_GRANT, *here):
            return None
        if not isinstance(entry.get("why"), str):
            self._tell("these permissions have no reason", "say in `why:` what people need them for", *here)
        actions = self._texts(entry, "actions", (), *here)
        if not actions:
            self._tell("nothing is allowed here", "write `actions: [service:Action]`", *here)
        for action in actions:
            self._check(action, *here, "actions")
        passed_to = str(entry.get("passed_to", ""))
        return Granted(str(entry.get("why")), actions, self._texts(entry, "resources", ("*",), *here), passed_to)

    def _check(self, action: str, *keys: str) -> None:
        service, colon, name = action.partition(":")
        known = actions_of(service)
        if not (service and colon and name):
            self._tell(f'"{action}" is no action', "write `service:Action`", *keys)
        elif known and not any(fnmatchcase(each, name) for each in known):
            self._tell(f'"{service}" has no action "{name}"', did_you_mean(name, known), *keys)

    def _texts(self, values: Mapping[str, Any], key: str, default: tuple[str, ...], *above: str) -> tuple[str, ...]:
        found = values.get(key, list(default))
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            self._tell(f"`{key}` is no list of texts", f'write `{key}: ["…"]`', *above, key)
            return default
        return tuple(found)

    def _is_mapping(self, value: Any, known: tuple[str, ...], *keys: str) -> bool:
        if not isinstance(value, Mapping):
            self._tell("this is no mapping", f"write keys of these: {', '.join(known)}", *keys)
            return False
        for key in value:
            if key not in known:
                self._tell(f'no key "{key}"', did_you_mean(str(key), known), *keys, str(key))
        return True

    def _tell(self, message: str, remedy: str, *keys: str) -> None:
        self._problems.add(Place(self._path, self._header.line(*keys)), "bad-permission", message, remedy)


@cache
def actions_of(service: str) -> frozenset[str]:
    """The IAM actions of a service, as far as AWS's public models and the tables here know them; none if nowhere."""
    known = set(_NO_OPERATIONS.get(service, ()))
    for operation in _operations(service):
        actions = OTHERWISE.get(f"{service}.{operation}", (f"{service}:{operation}",))
        known.update(action.partition(":")[2] for action in actions)
    return frozenset(known)


def _operations(service: str) -> Iterator[str]:
    """The operations of a service and of those that answer for it, as `sagemaker-runtime` does for `sagemaker`."""
    from botocore.session import Session  # here, because only `labguide policy` needs it and it takes long to import

    session, name = Session(), _MODELS.get(service, service)
    for each in session.get_available_services():
        if each == name or each.startswith(f"{name}-"):
            model = session.get_service_model(each)
            if each == name or model.signing_name == name:
                yield from model.operation_names
