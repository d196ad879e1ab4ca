"""Models whose program is a script, and endpoints of them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from botocore.exceptions import WaiterError
from local_server import Aws
from scripts import SKLEARN, archive_of

ECHO = """
import json, os

def model_fn(model_dir):
    return os.environ.get("GREETING", "")

def transform_fn(model, data, content_type, accept, context):
    context.set_response_header(0, "X-Amzn-SageMaker-Custom-Attributes", "told by the container")
    headers = context.get_all_request_header(0)
    return json.dumps({"said": data, "as": content_type, "accept": accept, "headers": headers, "model": model})
"""
"""Answers with what it was asked."""


def put_archive(aws: Aws, key: str, files: dict[str, str]) -> str:
    """Store a tar.gz; return its S3 address."""
    with suppress(aws.s3.exceptions.BucketAlreadyOwnedByYou):
        aws.s3.create_bucket(Bucket=aws.bucket)
    body = archive_of({path: text.encode() for path, text in files.items()})
    aws.s3.put_object(Bucket=aws.bucket, Key=key, Body=body)
    return f"s3://{aws.bucket}/{key}"


def container(aws: Aws, name: str, script: str = ECHO, **more: Any) -> dict[str, Any]:
    """Return the definition of a container that serves `script`; `more` are its other members."""
    uri = put_archive(aws, f"{name}/model.tar.gz", {"code/inference.py": script})
    return {"Image": SKLEARN, "ModelDataUrl": uri, **more}


def create_model(aws: Aws, name: str, *containers: dict[str, Any], **more: Any) -> str:
    """Create a model of one container or several; return its name."""
    several = {"PrimaryContainer": containers[0]} if len(containers) == 1 else {"Containers": list(containers)}
    role = f"arn:aws:iam::{aws.account}:role/any"
    aws.sagemaker.create_model(ModelName=name, ExecutionRoleArn=role, **several, **more)
    return name


def create_endpoint(aws: Aws, model: str, name: str = "e", **config: Any) -> dict[str, Any]:
    """Create an endpoint of one variant, ``v``; return its description when it has settled.

    `config` are members of the endpoint configuration, but `variant` those of the variant.
    """
    own = config.pop("variant", {"InstanceType": "ml.m5.large", "InitialInstanceCount": 1})
    variant = {"VariantName": "v", "ModelName": model, **own}
    aws.sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant], **config)
    aws.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    return settled(aws, name)


def settled(aws: Aws, name: str = "e") -> dict[str, Any]:
    """Wait until an endpoint is in service or has failed; return its description."""
    with suppress(WaiterError):
        aws.sagemaker.get_waiter("endpoint_in_service").wait(EndpointName=name)
    return dict(aws.sagemaker.describe_endpoint(EndpointName=name))
