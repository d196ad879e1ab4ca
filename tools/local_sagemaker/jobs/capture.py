"""Data capture of a batch transform: manifests that name what went in and what came out.

Source: developer guide, "Capture data from batch transform job". A manifest is a JSON list, the objects' common
prefix first; it is below ``input`` or ``output`` of the destination, in folders of the year, month, day and hour.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ..cloud import Cloud
from ..cloud.addresses import split
from ..wire import Caller, validation_error


def check(request: Mapping[str, Any]) -> None:
    """Raise AwsError if CreateTransformJob's `request` wants something of data capture that is not here."""
    if request.get("DataCaptureConfig", {}).get("GenerateInferenceId"):
        raise validation_error("local_sagemaker has no GenerateInferenceId for batch transform jobs.")


def write(cloud: Cloud, caller: Caller, request: Mapping[str, Any], names: Sequence[str]) -> None:
    """Write the manifests of a job that has transformed the objects `names`, if its `request` wants them."""
    if not (config := request.get("DataCaptureConfig")):
        return
    source = request["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]
    target = request["TransformOutput"]["S3OutputPath"]
    outputs = [f"{name}.out" for name in names]
    hour = f"{datetime.now(UTC):%Y/%m/%d/%H}"
    # The address may be that of the only object.
    folder = source.removesuffix(f"/{names[0]}") if len(names) == 1 else source
    for side, prefix, objects in (("input", folder, list(names)), ("output", target, outputs)):
        bucket, key = split(f"{config['DestinationS3Uri'].rstrip('/')}/{side}/{hour}/{uuid.uuid4()}.json")
        manifest = json.dumps([{"prefix": f"{prefix.rstrip('/')}/"}, *objects])
        cloud.client("s3", caller).put_object(Bucket=bucket, Key=key, Body=manifest.encode())
