"""The kinds of resources that labguide can delete again, in the order in which they have to go.

One table for everybody: the hook in the kernel learns from it which calls create something, the ledger names kinds
by it, deletion reads from it how to look, stop and delete, and the sweep how to list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Probe:
    """How to see beforehand whether it is there, for operations that succeed although it is."""

    operation: str
    arguments: tuple[str, ...]
    member: str = ""
    """A list in the answer; it is there if one of its items has the same `key`."""
    key: str = ""


@dataclass(frozen=True)
class Listing:
    """How to find all resources of a kind: the paginated operation, the list in its answer, name and ARN of an item."""

    operation: str
    member: str
    name: str
    arn: str


@dataclass(frozen=True)
class Kind:
    """One kind of resource. Operations have boto3's names, creating ones those of the API.

    `waits` are states in which one can only wait, `running` those in which it must be stopped first.
    """

    name: str
    service: str
    create: tuple[str, ...]
    identity: tuple[str, ...]
    """The parameters that name it."""
    tags: tuple[str, ...] = ("Tags",)
    """Where the creating call takes tags; empty if it takes none."""
    describe: str = ""
    delete: str = ""
    stop: str = ""
    status: str = ""
    running: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()
    probe: Probe | None = None
    listing: Listing | None = None
    arn: str = ""
    """The member of a description that `list_tags` wants."""
    log_group: str = ""
    log_stream: str = ""
    """The start of its streams' names in that group; empty if the whole group is its own."""
    output: bool = False
    """It writes below an S3 address, in a folder of its own name."""
    history: bool = False
    """An entry in a list that costs nothing once it has ended: if AWS keeps it, nothing is left over."""


def _sagemaker(name: str, stem: str, **more: Any) -> Kind:
    """A kind of SageMaker's, whose operations and members are all made from one stem, `TrainingJob`."""
    words = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in stem)
    return Kind(
        **{
            "name": name,
            "service": "sagemaker",
            "create": (f"Create{stem}",),
            "identity": (f"{stem}Name",),
            "describe": f"describe{words}",
            "delete": f"delete{words}",
            "arn": f"{stem}Arn",
            "listing": Listing(f"list{words}s", f"{stem}s", f"{stem}Name", f"{stem}Arn"),
            **more,
        }
    )


def _job(name: str, stem: str, **more: Any) -> Kind:
    words = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in stem)
    common = {
        "stop": f"stop{words}",
        "status": f"{stem}Status",
        "running": ("InProgress",),
        "waits": ("Stopping", "Deleting"),
        "listing": Listing(f"list{words}s", f"{stem}Summaries", f"{stem}Name", f"{stem}Arn"),
        "log_group": f"/aws/sagemaker/{stem}s",
        "log_stream": "{name}/",
        "history": True,
    }
    return _sagemaker(name, stem, **{**common, **more})


KINDS: tuple[Kind, ...] = (
    _sagemaker(
        "monitoring schedule",
        "MonitoringSchedule",
        status="MonitoringScheduleStatus",
        waits=("Pending",),
        listing=Listing(
            "list_monitoring_schedules",
            "MonitoringScheduleSummaries",
            "MonitoringScheduleName",
            "MonitoringScheduleArn",
        ),
    ),
    _sagemaker(
        "pipeline",
        "Pipeline",
        status="PipelineStatus",
        waits=("Deleting",),
        listing=Listing("list_pipelines", "PipelineSummaries", "PipelineName", "PipelineArn"),
    ),
    _sagemaker(
        "endpoint",
        "Endpoint",
        status="EndpointStatus",
        waits=("Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"),
        log_group="/aws/sagemaker/Endpoints/{name}",
    ),
    _sagemaker("endpoint configuration", "EndpointConfig"),
    _job("tuning job", "HyperParameterTuningJob", log_group=""),
    _job("training job", "TrainingJob", output=True),
    _job("processing job", "ProcessingJob"),
    _job("transform job", "TransformJob", delete=""),
    _sagemaker("model", "Model"),
    _sagemaker(
        "model package group",
        "ModelPackageGroup",
        listing=Listing(
            "list_model_package_groups",
            "ModelPackageGroupSummaryList",
            "ModelPackageGroupName",
            "ModelPackageGroupArn",
        ),
    ),
    _sagemaker(
        "notebook instance",
        "NotebookInstance",
        stop="stop_notebook_instance",
        status="NotebookInstanceStatus",
        running=("InService",),
        waits=("Pending", "Stopping", "Updating", "Deleting"),
        log_group="/aws/sagemaker/NotebookInstances",
        log_stream="{name}/",
    ),
    _sagemaker(
        "lifecycle configuration",
        "NotebookInstanceLifecycleConfig",
        listing=None,
    ),
    Kind("log group", "logs", ("CreateLogGroup",), ("logGroupName",), tags=(), delete="delete_log_group"),
    Kind(
        "object",
        "s3",
        ("PutObject", "CreateMultipartUpload", "CopyObject"),
        ("Bucket", "Key"),
        tags=(),
        delete="delete_object",
        probe=Probe("head_object", ("Bucket", "Key")),
    ),
    Kind(
        "bucket",
        "s3",
        ("CreateBucket",),
        ("Bucket",),
        tags=("CreateBucketConfiguration", "Tags"),
        describe="head_bucket",
        delete="delete_bucket",
        probe=Probe("head_bucket", ("Bucket",)),
        listing=Listing("list_buckets", "Buckets", "Name", "Name"),
    ),
    Kind(
        "role policy",
        "iam",
        ("PutRolePolicy",),
        ("RoleName", "PolicyName"),
        tags=(),
        delete="delete_role_policy",
        probe=Probe("get_role_policy", ("RoleName", "PolicyName")),
    ),
    Kind(
        "attached role policy",
        "iam",
        ("AttachRolePolicy",),
        ("RoleName", "PolicyArn"),
        tags=(),
        delete="detach_role_policy",
        probe=Probe("list_attached_role_policies", ("RoleName",), "AttachedPolicies", "PolicyArn"),
    ),
    Kind(
        "role",
        "iam",
        ("CreateRole",),
        ("RoleName",),
        describe="get_role",
        delete="delete_role",
        listing=Listing("list_roles", "Roles", "RoleName", "RoleName"),
    ),
)

BY_NAME: Mapping[str, Kind] = {kind.name: kind for kind in KINDS}
ORDER: Mapping[str, int] = {kind.name: number for number, kind in enumerate(KINDS)}
SERVICES = tuple(sorted({kind.service for kind in KINDS}))


def for_hook() -> dict[str, dict[str, Any]]:
    """The table as the hook needs it: by `service.Operation`, plain values only."""
    return {f"{kind.service}.{operation}": _plain(kind) for kind in KINDS for operation in kind.create}


def _plain(kind: Kind) -> dict[str, Any]:
    plain: dict[str, Any] = {"kind": kind.name, "identity": list(kind.identity), "tags": list(kind.tags)}
    if kind.output:
        plain["output"] = "S3OutputPath"
    if kind.probe:
        probe = kind.probe
        plain["probe"] = {
            "service": kind.service,
            "operation": probe.operation,
            "arguments": list(probe.arguments),
            **({"member": probe.member, "key": probe.key} if probe.member else {}),
        }
    return plain
