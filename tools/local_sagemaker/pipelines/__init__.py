"""Pipelines: create, describe, update, delete, list, and their versions. What one does is in running.py."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from ..cloud import Cloud, Key
from ..handlers import Handlers
from ..paging import page
from ..wire import AwsError, Call, Caller, check_name, validation_error
from . import definition

KIND = "pipeline"
AT_ONCE = 50
"""Steps that run at once unless a pipeline says otherwise."""

CHANGEABLE = ("PipelineDisplayName", "PipelineDescription", "RoleArn", "ParallelismConfiguration")


@dataclass
class Version:
    """One definition of a pipeline. `told` is what UpdatePipelineVersion says of it."""

    number: int
    text: str
    created: float
    told: dict[str, str] = field(default_factory=dict)


@dataclass
class Pipeline:
    """A pipeline. `members` are those of its requests that can change; times are seconds since 1970."""

    caller: Caller
    arn: str
    name: str
    members: dict[str, Any]
    tags: list[dict[str, str]]
    versions: list[Version]
    created: float
    modified: float
    last_run: float | None = None

    def version(self, number: int | None) -> Version:
        """Return the version of this number, or the last one. Raises AwsError."""
        if number is None:
            return self.versions[-1]
        found = next((each for each in self.versions if each.number == number), None)
        if found is None:
            raise AwsError("ResourceNotFound", f"Pipeline version {number} of {self.arn} does not exist.")
        return found

    def summary(self) -> dict[str, Any]:
        """Return the pipeline as ListPipelines tells it."""
        told = {
            "PipelineArn": self.arn,
            "PipelineName": self.name,
            "PipelineDisplayName": self.name,
            "CreationTime": self.created,
            "LastModifiedTime": self.modified,
            **{name: value for name, value in self.members.items() if name != "ParallelismConfiguration"},
        }
        return {**told, "LastExecutionTime": self.last_run} if self.last_run else told

    def description(self, version: Version) -> dict[str, Any]:
        """Return the pipeline as DescribePipeline tells it."""
        told = self.summary()
        last_run = told.pop("LastExecutionTime", None)
        told |= {"PipelineStatus": "Active", "PipelineDefinition": version.text, "CreatedBy": {}, "LastModifiedBy": {}}
        told |= {**self.members, **version.told}
        return {**told, "LastRunTime": last_run} if last_run else told


def create(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Make a pipeline. Its definition is read, and refused if it cannot be one."""
    given, caller = call.parameters, call.caller
    name = check_name("pipelineName", given["PipelineName"])
    arn = f"arn:aws:sagemaker:{caller.region}:{caller.account}:pipeline/{name.lower()}"
    text, now = _definition_text(cloud, call), time.time()
    members = {each: given[each] for each in CHANGEABLE if given.get(each)}
    tags = list(given.get("Tags") or [])
    pipeline = Pipeline(caller, arn, name, members, tags, [Version(1, text, now)], now, now)
    if not cloud.shelf(KIND).add(_key(caller, name), pipeline):
        raise validation_error(
            "Pipeline names must be unique within an AWS account and region. "
            f"Pipeline with name ({name}) already exists."
        )
    return {"PipelineArn": arn}


def update(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Change a pipeline; a new definition is a new version."""
    pipeline, now = find(cloud, call), time.time()
    if "PipelineDefinition" in call.parameters or "PipelineDefinitionS3Location" in call.parameters:
        text = _definition_text(cloud, call)
        pipeline.versions.append(Version(pipeline.versions[-1].number + 1, text, now))
    pipeline.members |= {each: call.parameters[each] for each in CHANGEABLE if call.parameters.get(each)}
    pipeline.modified = now
    return {"PipelineArn": pipeline.arn, "PipelineVersionId": pipeline.versions[-1].number}


def _definition_text(cloud: Cloud, call: Call) -> str:
    """Return the definition a request gives, itself or by its place in S3. Raises AwsError if it is not one."""
    text, place = call.parameters.get("PipelineDefinition"), call.parameters.get("PipelineDefinitionS3Location")
    if (text is None) == (place is None):
        raise validation_error("Exactly one of PipelineDefinition and PipelineDefinitionS3Location must be given.")
    found = text if text is not None else _fetch(cloud, call.caller, place or {})
    definition.parse(found)
    return str(found)


def _fetch(cloud: Cloud, caller: Caller, place: Mapping[str, str]) -> str:
    version = {"VersionId": place["VersionId"]} if "VersionId" in place else {}
    try:
        found = cloud.client("s3", caller).get_object(Bucket=place["Bucket"], Key=place["ObjectKey"], **version)
        return str(found["Body"].read().decode())
    except (ClientError, UnicodeDecodeError) as error:
        raise validation_error(f"Could not read s3://{place['Bucket']}/{place['ObjectKey']}: {error}") from error


def describe(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Tell all about a pipeline, as its last version is or the one that is asked for."""
    pipeline = find(cloud, call)
    return pipeline.description(pipeline.version(call.parameters.get("PipelineVersionId")))


def delete(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Forget a pipeline. What it executes goes on, and stays known."""
    pipeline = find(cloud, call)
    cloud.shelf(KIND).remove(_key(call.caller, pipeline.name))
    return {"PipelineArn": pipeline.arn}


def list_pipelines(cloud: Cloud, call: Call) -> dict[str, Any]:
    """List pipelines, newest first unless asked otherwise."""
    wanted = call.parameters
    after, before = wanted.get("CreatedAfter", 0), wanted.get("CreatedBefore", float("inf"))
    pipelines: list[Pipeline] = cloud.shelf(KIND).of(call.caller)
    kept = [
        each
        for each in pipelines
        if each.name.startswith(wanted.get("PipelineNamePrefix", "")) and after <= each.created <= before
    ]
    by_name = wanted.get("SortBy") == "Name"
    kept.sort(
        key=lambda each: (each.name if by_name else "", each.created),
        reverse=wanted.get("SortOrder", "Descending") == "Descending",
    )
    return page("PipelineSummaries", [each.summary() for each in kept], wanted)


def list_versions(cloud: Cloud, call: Call) -> dict[str, Any]:
    """List a pipeline's versions, newest first unless asked otherwise."""
    pipeline = find(cloud, call)
    told = [
        {
            "PipelineArn": pipeline.arn,
            "PipelineVersionId": each.number,
            "CreationTime": each.created,
            **each.told,
        }
        for each in pipeline.versions
    ]
    newest_first = call.parameters.get("SortOrder", "Descending") == "Descending"
    return page("PipelineVersionSummaries", told[::-1] if newest_first else told, call.parameters)


def update_version(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Give a version a name or a description."""
    pipeline = find(cloud, call, "PipelineArn")
    version = pipeline.version(call.parameters["PipelineVersionId"])
    names = ("PipelineVersionDisplayName", "PipelineVersionDescription")
    version.told |= {name: call.parameters[name] for name in names if name in call.parameters}
    return {"PipelineArn": pipeline.arn, "PipelineVersionId": version.number}


def find(cloud: Cloud, call: Call, member: str = "PipelineName") -> Pipeline:
    """Return the pipeline that a request names, by its name or ARN. Raises AwsError."""
    name = str(call.parameters[member]).rpartition("/")[2]
    pipeline = cloud.shelf(KIND).find(_key(call.caller, name))
    if pipeline is None:
        raise AwsError("ResourceNotFound", f"Pipeline '{name}' does not exist.")
    assert isinstance(pipeline, Pipeline)
    return pipeline


def _key(caller: Caller, name: str) -> Key:
    # ARNs have the name in lower case.
    return Key.of(caller, name.lower())


HANDLERS: Handlers = {
    "SageMaker.CreatePipeline": create,
    "SageMaker.UpdatePipeline": update,
    "SageMaker.DescribePipeline": describe,
    "SageMaker.DeletePipeline": delete,
    "SageMaker.ListPipelines": list_pipelines,
    "SageMaker.ListPipelineVersions": list_versions,
    "SageMaker.UpdatePipelineVersion": update_version,
}
