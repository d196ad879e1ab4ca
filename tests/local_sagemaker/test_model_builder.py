"""Version 3 of the SDK: a model that its ModelBuilder has written."""

from __future__ import annotations

from pathlib import Path

import pytest
from local_server import Aws
from scripts import run_sdk

SCRIPT = """
import io

import numpy
from sagemaker.core.helper.session_helper import get_execution_role
from sagemaker.serve import ModelBuilder
from sagemaker.serve.builder.schema_builder import SchemaBuilder
from sagemaker.serve.spec.inference_spec import InferenceSpec
from sagemaker.serve.utils.types import ModelServer


class Triple(InferenceSpec):
    def load(self, model_dir):
        return 3

    def invoke(self, rows, model):
        return rows * model


rows = numpy.ones((1, 2))
builder = ModelBuilder(
    inference_spec=Triple(),
    schema_builder=SchemaBuilder(rows, rows),
    model_server=ModelServer.TORCHSERVE,
    image_uri="763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:2.6.0-cpu-py312",
    dependencies={"auto": False},
    role_arn=get_execution_role(),
    instance_type="ml.m5.large",
)
builder.build(model_name="triple")
endpoint = builder.deploy(endpoint_name="triple", initial_instance_count=1, wait=False)
endpoint.wait_for_status("InService")
body = io.BytesIO()
numpy.save(body, rows)
answer = endpoint.invoke(body=body.getvalue(), content_type="application/x-npy", accept="application/x-npy")
print("answer:", numpy.load(io.BytesIO(answer.body.read())).tolist())
"""


@pytest.mark.slow
def test_a_specification_of_the_users_own_serves(aws: Aws, tmp_path: Path) -> None:
    assert "answer: [[3.0, 3.0]]" in run_sdk(aws, SCRIPT, tmp_path)
