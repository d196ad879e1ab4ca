"""What is said of the operations is what they do."""

from __future__ import annotations

from pathlib import Path

import conformity
from local_server import Aws

from local_sagemaker import catalogue, service_models
from local_sagemaker.catalogue import Support
from local_sagemaker.operations import OPERATIONS

TABLE = Path(catalogue.__file__).parent / "OPERATIONS.md"


def test_the_published_table_is_what_the_code_says() -> None:
    renewal = "renew it: python -m local_sagemaker --operations > tools/local_sagemaker/OPERATIONS.md"
    assert TABLE.read_text("utf-8") == catalogue.markdown(), renewal


def test_every_handler_answers_an_operation_that_aws_has() -> None:
    prefixes = {service_models.prefix(service): service for service in service_models.sagemaker_services()}
    for operation in OPERATIONS:
        prefix, _, name = operation.partition(".")
        if prefix in prefixes:
            assert name in service_models.operations(prefixes[prefix])


def test_the_classes_are_told_apart() -> None:
    told = {each.name: each.support for each in catalogue.operations() if each.service == "sagemaker"}
    assert told["CreateTrainingJob"] is Support.WORK
    assert told["CreateNotebookInstanceLifecycleConfig"] is Support.STATE
    assert told["CreateFlowDefinition"] is Support.NONE


def test_what_keeps_state_gives_it_back(aws: Aws) -> None:
    name = {"NotebookInstanceLifecycleConfigName": "c"}
    aws.sagemaker.create_notebook_instance_lifecycle_config(**name, OnStart=[{"Content": "ZWNobw=="}])
    told = aws.sagemaker.describe_notebook_instance_lifecycle_config(**name)
    assert told["OnStart"] == [{"Content": "ZWNobw=="}]


def test_an_answer_that_aws_would_not_give_is_noticed(aws: Aws) -> None:
    model = aws.sagemaker.meta.service_model.operation_model("DescribeTrainingJob")
    conformity._look(model, {"status_code": 200, "body": b'{"TrainingJobName": 1, "Color": "red"}'})
    (found,) = conformity.violations
    conformity.violations.clear()
    assert 'Unknown parameter in input: "Color"' in found
    assert "Invalid type for parameter TrainingJobName" in found
    assert 'Missing required parameter in input: "TrainingJobArn"' in found
