"""Notebook instances, over HTTP through boto3."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError
from local_server import Aws

NAME = {"NotebookInstanceName": "notebook"}


@pytest.fixture
def status(aws: Aws) -> Callable[[], str]:
    aws.sagemaker.create_notebook_instance(
        **NAME, InstanceType="ml.t3.medium", RoleArn=f"arn:aws:iam::{aws.account}:role/any"
    )
    return lambda: str(aws.sagemaker.describe_notebook_instance(**NAME)["NotebookInstanceStatus"])


def test_its_life_is_that_of_the_real_one(aws: Aws, status: Callable[[], str]) -> None:
    seen = [status()]
    aws.sagemaker.get_waiter("notebook_instance_in_service").wait(**NAME)
    seen.append(status())
    aws.sagemaker.stop_notebook_instance(**NAME)
    seen.append(status())
    aws.sagemaker.get_waiter("notebook_instance_stopped").wait(**NAME)
    seen.append(status())
    aws.sagemaker.delete_notebook_instance(**NAME)
    seen.append(status())
    aws.sagemaker.get_waiter("notebook_instance_deleted").wait(**NAME)
    assert seen == ["Pending", "InService", "Stopping", "Stopped", "Deleting"]
    with pytest.raises(ClientError, match="RecordNotFound"):
        status()


def test_a_stopped_one_starts_again(aws: Aws, status: Callable[[], str]) -> None:
    aws.sagemaker.get_waiter("notebook_instance_in_service").wait(**NAME)
    aws.sagemaker.stop_notebook_instance(**NAME)
    aws.sagemaker.get_waiter("notebook_instance_stopped").wait(**NAME)
    aws.sagemaker.start_notebook_instance(**NAME)
    assert status() == "Pending"
    aws.sagemaker.get_waiter("notebook_instance_in_service").wait(**NAME)


def test_one_that_is_not_stopped_cannot_be_deleted(aws: Aws, status: Callable[[], str]) -> None:
    with pytest.raises(ClientError) as caught:
        aws.sagemaker.delete_notebook_instance(**NAME)
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    assert "Status (Pending) not in ([Stopped, Failed])" in caught.value.response["Error"]["Message"]


def test_one_that_is_still_starting_cannot_be_stopped(aws: Aws, status: Callable[[], str]) -> None:
    with pytest.raises(ClientError, match=r"Unable to transition to \(Stopping\)"):
        aws.sagemaker.stop_notebook_instance(**NAME)


def test_the_list_shows_the_same_status(aws: Aws, status: Callable[[], str]) -> None:
    listed = aws.sagemaker.list_notebook_instances(StatusEquals="Pending")["NotebookInstances"]
    assert [each["NotebookInstanceName"] for each in listed] == ["notebook"]
    assert aws.sagemaker.list_notebook_instances(StatusEquals="InService")["NotebookInstances"] == []
