"""Inference components: models on an endpoint that has none itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from endpoints import container, create_model, settled
from local_server import Aws, started_server, wait_until
from scripts import SKLEARN
from test_hosting import processes_of
from test_invocations import invoke, refusal

NEEDS = {"NumberOfCpuCoresRequired": 1, "MinMemoryRequiredInMb": 128}
DIES = """
import os

def model_fn(model_dir):
    return None

def transform_fn(model, data, content_type, accept):
    os._exit(1)
"""


@pytest.fixture
def endpoint(aws: Aws) -> Aws:
    """The endpoint ``e``, whose variant ``v`` takes components."""
    return with_endpoint(aws)


def with_endpoint(aws: Aws) -> Aws:
    aws.put("any", "")
    variant = {"VariantName": "v", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    role = f"arn:aws:iam::{aws.account}:role/any"
    aws.sagemaker.create_endpoint_config(EndpointConfigName="e", ExecutionRoleArn=role, ProductionVariants=[variant])
    aws.sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="e")
    assert settled(aws)["EndpointStatus"] == "InService"
    return aws


def create(aws: Aws, name: str, **specification: Any) -> str:
    """Create a component of ``e``; return its status when it has settled."""
    aws.sagemaker.create_inference_component(
        InferenceComponentName=name,
        EndpointName="e",
        VariantName="v",
        Specification={"ComputeResourceRequirements": NEEDS, **specification},
        RuntimeConfig={"CopyCount": 1},
    )
    return wait(aws, name)["InferenceComponentStatus"]


def wait(aws: Aws, name: str) -> dict[str, Any]:
    describe = aws.sagemaker.describe_inference_component
    passing = ("Creating", "Updating")
    assert wait_until(lambda: describe(InferenceComponentName=name)["InferenceComponentStatus"] not in passing)
    return dict(describe(InferenceComponentName=name))


def greeting(aws: Aws, component: str) -> str:
    return str(json.loads(invoke(aws, "1", InferenceComponentName=component)["Body"].read())["model"])


def greeter(aws: Aws, name: str) -> str:
    return create_model(aws, name, container(aws, name, Environment={"GREETING": f"I am {name}"}))


def test_a_request_names_its_component(endpoint: Aws) -> None:
    for name in ("first", "second"):
        assert create(endpoint, name, ModelName=greeter(endpoint, name)) == "InService"
    assert (greeting(endpoint, "first"), greeting(endpoint, "second")) == ("I am first", "I am second")
    assert "header is required" in refusal(lambda: invoke(endpoint, "1"))["Error"]["Message"]
    assert "third not found" in refusal(lambda: greeting(endpoint, "third"))["Error"]["Message"]


def test_a_component_may_have_a_container_of_its_own(endpoint: Aws) -> None:
    own = container(endpoint, "own", Environment={"GREETING": "mine"})
    given = {"Image": SKLEARN, "ArtifactUrl": own["ModelDataUrl"], "Environment": own["Environment"]}
    assert create(endpoint, "own", Container=given) == "InService"
    assert greeting(endpoint, "own") == "mine"
    told = endpoint.sagemaker.describe_inference_component(InferenceComponentName="own")
    assert told["Specification"]["Container"]["DeployedImage"]["SpecifiedImage"] == SKLEARN
    assert told["RuntimeConfig"] == {"DesiredCopyCount": 1, "CurrentCopyCount": 1}


def test_a_component_is_updated_listed_and_deleted(endpoint: Aws) -> None:
    create(endpoint, "c", ModelName=greeter(endpoint, "first"))
    new = {"ModelName": greeter(endpoint, "second"), "ComputeResourceRequirements": NEEDS}
    endpoint.sagemaker.update_inference_component(InferenceComponentName="c", Specification=new)
    wait(endpoint, "c")
    assert greeting(endpoint, "c") == "I am second"
    assert wait_until(lambda: len(processes_of(endpoint)) == 1)
    (listed,) = endpoint.sagemaker.list_inference_components(EndpointNameEquals="e")["InferenceComponents"]
    assert listed["InferenceComponentName"] == "c"
    endpoint.sagemaker.delete_inference_component(InferenceComponentName="c")
    assert wait_until(lambda: not endpoint.sagemaker.list_inference_components()["InferenceComponents"])
    assert wait_until(lambda: processes_of(endpoint) == [])


def test_components_outlive_an_update_of_their_endpoint_and_end_with_it(endpoint: Aws) -> None:
    create(endpoint, "c", ModelName=greeter(endpoint, "m"))
    endpoint.sagemaker.update_endpoint(EndpointName="e", EndpointConfigName="e")
    settled(endpoint)
    assert greeting(endpoint, "c") == "I am m"
    endpoint.sagemaker.delete_endpoint(EndpointName="e")
    endpoint.sagemaker.get_waiter("endpoint_deleted").wait(EndpointName="e")
    assert processes_of(endpoint) == []
    assert endpoint.sagemaker.list_inference_components()["InferenceComponents"] == []


def test_a_component_that_dies_fails_and_its_endpoint_goes_on(endpoint: Aws) -> None:
    create(endpoint, "good", ModelName=greeter(endpoint, "good"))
    create(endpoint, "bad", ModelName=create_model(endpoint, "bad", container(endpoint, "bad", DIES)))
    assert refusal(lambda: greeting(endpoint, "bad"))["Error"]["Code"] == "ModelError"
    describe = endpoint.sagemaker.describe_inference_component
    assert wait_until(lambda: describe(InferenceComponentName="bad")["InferenceComponentStatus"] == "Failed")
    assert "stopped serving (exit status 1)" in describe(InferenceComponentName="bad")["FailureReason"]
    assert greeting(endpoint, "good") == "I am good"


def test_a_component_that_cannot_start_says_why(endpoint: Aws) -> None:
    assert create(endpoint, "c", Container={"Image": "nobody/knows:1"}) == "Failed"
    told = endpoint.sagemaker.describe_inference_component(InferenceComponentName="c")
    assert "No environment is registered" in told["FailureReason"]


@pytest.mark.slow
def test_components_serve_again_after_a_restart(tmp_path: Path) -> None:
    with started_server("--state", str(tmp_path)) as server:
        aws = with_endpoint(Aws(server.line["env"], "100000000000"))
        create(aws, "c", ModelName=greeter(aws, "m"))
        aws.sagemaker.delete_model(ModelName="m")
    with started_server("--state", str(tmp_path)) as server:
        aws = Aws(server.line["env"], "100000000000")
        assert wait(aws, "c")["InferenceComponentStatus"] == "InService"
        assert greeting(aws, "c") == "I am m"
