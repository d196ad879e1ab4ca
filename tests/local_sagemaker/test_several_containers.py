"""Endpoints whose model has several containers, or whose container has many models."""

from __future__ import annotations

import json
from typing import Any

import psutil
import pytest
from endpoints import container, create_endpoint, create_model, put_archive
from local_server import XGBOOST, Aws, wait_until
from scripts import SKLEARN
from test_hosting import processes_of
from test_invocations import invoke, refusal

DOUBLE = """
def model_fn(model_dir):
    return 2

def transform_fn(model, data, content_type, accept):
    numbers = [model * float(cell) for cell in data.split(",")]
    return ",".join(map(str, numbers)), "text/csv"
"""

NAMED = """
import os

def model_fn(model_dir):
    return open(os.path.join(model_dir, "name.txt")).read()

def transform_fn(model, data, content_type, accept):
    if data == "die":
        os._exit(1)
    return model
"""


def text(answer: dict[str, Any]) -> str:
    return str(answer["Body"].read().decode())


@pytest.fixture
def pipeline(aws: Aws, trained: bytes) -> Aws:
    """The endpoint ``e``: a script doubles the features, then built-in XGBoost predicts."""
    double = container(aws, "double", DOUBLE)
    aws.s3.put_object(Bucket=aws.bucket, Key="model.tar.gz", Body=trained)
    xgboost = {"Image": XGBOOST, "ModelDataUrl": f"s3://{aws.bucket}/model.tar.gz"}
    assert create_endpoint(aws, create_model(aws, "p", double, xgboost))["EndpointStatus"] == "InService"
    return aws


def test_a_pipeline_hands_each_answer_to_the_next_container(pipeline: Aws) -> None:
    # The model says high where the feature is above one half: doubled, 0.3 is.
    assert float(text(invoke(pipeline, "0.3,0.5", Accept="text/csv"))) > 0.5
    assert float(text(invoke(pipeline, "0.1,0.5", Accept="text/csv"))) < 0.5
    images = pipeline.sagemaker.describe_endpoint(EndpointName="e")["ProductionVariants"][0]["DeployedImages"]
    assert [each["SpecifiedImage"] for each in images] == [SKLEARN, XGBOOST]


def test_an_error_in_a_pipeline_names_its_container(pipeline: Aws) -> None:
    assert "from container-1 with message" in refusal(lambda: invoke(pipeline, "a,b"))["Error"]["Message"]
    assert "from container-2 with message" in refusal(lambda: invoke(pipeline, "1,2,3"))["Error"]["Message"]


def test_each_container_of_a_pipeline_has_a_log_of_its_own(pipeline: Aws) -> None:
    invoke(pipeline, "0.1,0.5", Accept="text/csv")
    streams = pipeline.client("logs").describe_log_streams(logGroupName="/aws/sagemaker/Endpoints/e")["logStreams"]
    assert sorted(each["logStreamName"].rpartition("/")[2] for each in streams) == ["container-1", "container-2"]


def test_a_pipeline_that_loses_a_container_fails(pipeline: Aws) -> None:
    first: psutil.Process = processes_of(pipeline)[0]
    first.kill()
    describe = pipeline.sagemaker.describe_endpoint
    assert wait_until(lambda: describe(EndpointName="e")["EndpointStatus"] == "Failed")
    assert "of variant v stopped serving" in describe(EndpointName="e")["FailureReason"]


def test_a_request_names_the_container_where_they_are_invoked_directly(aws: Aws) -> None:
    several = [
        container(aws, name, Environment={"GREETING": name}, ContainerHostname=name) for name in ("first", "second")
    ]
    create_model(aws, "m", *several, InferenceExecutionConfig={"Mode": "Direct"})
    assert aws.sagemaker.describe_model(ModelName="m")["InferenceExecutionConfig"] == {"Mode": "Direct"}
    create_endpoint(aws, "m")
    assert json.loads(text(invoke(aws, "1", TargetContainerHostname="second")))["model"] == "second"
    assert "requires a target container" in refusal(lambda: invoke(aws, "1"))["Error"]["Message"]
    unknown = refusal(lambda: invoke(aws, "1", TargetContainerHostname="third"))
    assert unknown["Error"]["Message"] == "Container third not found for Endpoint e."


def put_model(aws: Aws, name: str) -> None:
    put_archive(aws, f"many/{name}.tar.gz", {"code/inference.py": NAMED, "name.txt": name})


@pytest.fixture
def many(aws: Aws) -> Aws:
    """The endpoint ``e`` of the models ``a`` and ``b``."""
    for name in "ab":
        put_model(aws, name)
    several = {"Image": SKLEARN, "Mode": "MultiModel", "ModelDataUrl": f"s3://{aws.bucket}/many/"}
    assert create_endpoint(aws, create_model(aws, "many", several))["EndpointStatus"] == "InService"
    return aws


def test_a_request_names_one_of_many_models(many: Aws) -> None:
    assert [text(invoke(many, "1", TargetModel=f"{name}.tar.gz")) for name in "aba"] == ["a", "b", "a"]


def test_a_model_is_loaded_when_it_is_first_asked_for(many: Aws) -> None:
    assert processes_of(many) == []
    invoke(many, "1", TargetModel="a.tar.gz")
    assert len(processes_of(many)) == 1
    put_model(many, "later")
    assert text(invoke(many, "1", TargetModel="later.tar.gz")) == "later"


def test_a_model_that_is_not_there_is_a_validation_error(many: Aws) -> None:
    told = refusal(lambda: invoke(many, "1", TargetModel="c.tar.gz"))
    assert told["Error"]["Code"] == "ValidationError"
    place = f"(bucket: {many.bucket}, key: many/c.tar.gz)"
    assert told["Error"]["Message"].startswith(f"Failed to download model data{place}.")
    assert "missing a target model header" in refusal(lambda: invoke(many, "1"))["Error"]["Message"]


def test_a_model_of_many_that_dies_is_loaded_again(many: Aws) -> None:
    assert refusal(lambda: invoke(many, "die", TargetModel="a.tar.gz"))["Error"]["Code"] == "ModelError"
    assert text(invoke(many, "1", TargetModel="a.tar.gz")) == "a"
    assert many.sagemaker.describe_endpoint(EndpointName="e")["EndpointStatus"] == "InService"


def test_a_model_of_many_that_cannot_be_loaded_is_a_model_error(many: Aws) -> None:
    put_archive(many, "many/broken.tar.gz", {"code/inference.py": "raise ValueError"})
    told = refusal(lambda: invoke(many, "1", TargetModel="broken.tar.gz"))
    assert told["Error"]["Code"] == "ModelError"
    assert "Failed to load model broken.tar.gz" in told["OriginalMessage"]


@pytest.mark.slow
def test_the_models_that_were_not_asked_for_longest_are_unloaded(many: Aws) -> None:
    names = [str(number) for number in range(10)]
    for name in names:
        put_model(many, name)
        assert text(invoke(many, "1", TargetModel=f"{name}.tar.gz")) == name
    assert len(processes_of(many)) == 8
    assert text(invoke(many, "1", TargetModel="0.tar.gz")) == "0"
    many.sagemaker.delete_endpoint(EndpointName="e")
    many.sagemaker.get_waiter("endpoint_deleted").wait(EndpointName="e")
    assert processes_of(many) == []


@pytest.mark.parametrize("name", ["../../../etc/passwd", "a.tar.gz/../b.tar.gz", "//", "%2e%2e", "?", "x" * 1024])
def test_a_hostile_model_name_finds_nothing(many: Aws, name: str) -> None:
    assert refusal(lambda: invoke(many, "1", TargetModel=name))["Error"]["Code"] == "ValidationError"
    assert text(invoke(many, "1", TargetModel="a.tar.gz")) == "a"
