"""The model registry: model packages, alone or as versions of a group, and groups with their policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import service_models
from ..cloud import Cloud, Key
from ..handlers import Handlers
from ..wire import AwsError, Call, Caller, check_name, validation_error
from . import Kind, Record

GROUP, VERSION, STATUS = "ModelPackageGroupName", "ModelPackageVersion", "ModelApprovalStatus"
POLICY = "ResourcePolicy"

GROUPS = Kind("ModelPackageGroup", "model-package-group", also=lambda record: {"ModelPackageGroupStatus": "Completed"})
PACKAGES = Kind("ModelPackage", "model-package", filters={STATUS: STATUS})
KINDS = (GROUPS, PACKAGES)


def delete_group(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Forget a group that has no packages."""
    group = GROUPS.find(cloud, call)
    if _versions(cloud, call.caller, group.name):
        raise AwsError("ConflictException", f"Model Package Group {group.name} cannot be deleted: it has packages.")
    return GROUPS.delete(cloud, call)


def put_policy(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Keep a group's policy; it is not enforced."""
    group = GROUPS.find(cloud, call)
    group.change({POLICY: call.parameters[POLICY]})
    return {GROUPS.arn_member: group.arn}


def get_policy(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Tell a group's policy."""
    group = GROUPS.find(cloud, call)
    if POLICY not in group.members:
        raise AwsError("ResourceNotFound", f"Cannot find resource policy for: {group.arn}.")
    return {POLICY: group.members[POLICY]}


def delete_policy(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Forget a group's policy."""
    GROUPS.find(cloud, call).members.pop(POLICY, None)
    return {}


def create(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Make a package: the next version of its group, or one that stands alone."""
    given = call.parameters
    if (GROUP in given) == ("ModelPackageName" in given):
        raise validation_error("Exactly one of ModelPackageName and ModelPackageGroupName must be provided.")
    record = _version(cloud, call.caller, given) if GROUP in given else PACKAGES.make(cloud, call.caller, given)
    record.members = {**_defaults(record, GROUP in given), **record.members}
    return {PACKAGES.arn_member: record.arn}


def _version(cloud: Cloud, caller: Caller, given: Mapping[str, Any]) -> Record:
    """Make and return the next version of a group; numbers are never used again."""
    name = check_name(GROUP, str(given[GROUP]).rpartition("/")[2])
    group = cloud.shelf(GROUPS.words).find(Key.of(caller, name))
    if group is None:
        raise validation_error(f"Model Package Group {GROUPS.arn(caller, name)} does not exist.")
    if given.get("Tags"):
        raise validation_error("Tags cannot be added to a model package version. Add them to its group.")
    number = group.members["LastVersion"] = group.members.get("LastVersion", 0) + 1
    record = Record(f"{PACKAGES.arn(caller, name)}/{number}", f"{name}/{number}", {**given, GROUP: name})
    record.members[VERSION] = number
    cloud.shelf(PACKAGES.words).add(Key.of(caller, record.name), record)
    return record


def _defaults(record: Record, versioned: bool) -> dict[str, Any]:
    told = {"Name": record.name.rpartition("/")[0] or record.name, "Status": "Completed"}
    return {
        "ModelPackageStatus": "Completed",
        "ModelPackageStatusDetails": {"ValidationStatuses": [told], "ImageScanStatuses": [told]},
        "CertifyForMarketplace": False,
        **({STATUS: "PendingManualApproval"} if versioned else {}),
    }


def describe(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Tell all about a package, named by its name or ARN."""
    record = _find(cloud, call.caller, call.parameters["ModelPackageName"])
    return PACKAGES.told(record, service_models.answer_members("DescribeModelPackage"))


def batch_describe(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Tell about several packages by their ARNs; which of them are not there is told too."""
    member, members = service_models.element_members("BatchDescribeModelPackage")
    found: dict[str, Any] = {}
    missing: dict[str, Any] = {}
    for arn in call.parameters["ModelPackageArnList"]:
        try:
            found[arn] = PACKAGES.told(_find(cloud, call.caller, arn), members)
        except AwsError as error:
            missing[arn] = {"ErrorCode": error.code, "ErrorResponse": error.message}
    return {member: found, "BatchDescribeModelPackageErrorMap": missing}


def update(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Change a package: most of all, approve or reject it."""
    record = _find(cloud, call.caller, call.parameters["ModelPackageArn"])
    given = {name: value for name, value in call.parameters.items() if name not in ("ModelPackageArn", "ClientToken")}
    added = given.pop("AdditionalInferenceSpecificationsToAdd", [])
    if added:
        name = "AdditionalInferenceSpecifications"
        given[name] = [*record.members.get(name, []), *added]
    record.change(given)
    return {PACKAGES.arn_member: record.arn}


def delete(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Forget a package."""
    record = _find(cloud, call.caller, call.parameters["ModelPackageName"])
    cloud.shelf(PACKAGES.words).remove(Key.of(call.caller, record.name))
    return {}


def list_packages(cloud: Cloud, call: Call) -> dict[str, Any]:
    """List the versions of a group, or packages that stand alone unless asked otherwise; newest first."""
    wanted, records = call.parameters, cloud.shelf(PACKAGES.words).of(call.caller)
    if GROUP in wanted:
        name = str(wanted[GROUP]).rpartition("/")[2]
        GROUPS.look_up(cloud, call.caller, name)
        records = _versions(cloud, call.caller, name)
    elif (kind := wanted.get("ModelPackageType", "Unversioned")) != "Both":
        records = [each for each in records if (VERSION in each.members) == (kind == "Versioned")]
    answer = PACKAGES.page(records, call)
    for told in answer["ModelPackageSummaryList"]:
        if VERSION in told:
            del told["ModelPackageName"]
    return answer


def _versions(cloud: Cloud, caller: Caller, group: str) -> list[Record]:
    return [each for each in cloud.shelf(PACKAGES.words).of(caller) if each.members.get(GROUP) == group]


def _find(cloud: Cloud, caller: Caller, named: str) -> Record:
    """Return a package by its name, its ARN, or its group's name and version. Raises AwsError."""
    wanted = named.partition(":model-package/")[2] or named
    for record in cloud.shelf(PACKAGES.words).of(caller):
        assert isinstance(record, Record)
        if record.name.lower() == wanted.lower():
            return record
    raise validation_error(f"ModelPackage {PACKAGES.arn(caller, wanted)} does not exist.")


HANDLERS: Handlers = {
    **GROUPS.handlers(),
    "SageMaker.DeleteModelPackageGroup": delete_group,
    "SageMaker.PutModelPackageGroupPolicy": put_policy,
    "SageMaker.GetModelPackageGroupPolicy": get_policy,
    "SageMaker.DeleteModelPackageGroupPolicy": delete_policy,
    "SageMaker.CreateModelPackage": create,
    "SageMaker.DescribeModelPackage": describe,
    "SageMaker.BatchDescribeModelPackage": batch_describe,
    "SageMaker.UpdateModelPackage": update,
    "SageMaker.DeleteModelPackage": delete,
    "SageMaker.ListModelPackages": list_packages,
}
