"""Notebook instances, over HTTP through boto3."""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import pytest
from botocore.exceptions import ClientError
from local_server import Aws, started_server
from tornado.websocket import websocket_connect

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


def test_newer_instance_types_are_known_and_unknown_ones_refused(aws: Aws) -> None:
    role = f"arn:aws:iam::{aws.account}:role/any"
    aws.sagemaker.create_notebook_instance(**NAME, InstanceType="ml.m7i.large", RoleArn=role)
    assert aws.sagemaker.describe_notebook_instance(**NAME)["InstanceType"] == "ml.m7i.large"
    assert aws.sagemaker.list_notebook_instances()["NotebookInstances"][0]["InstanceType"] == "ml.m7i.large"
    with pytest.raises(ClientError, match=r"Value 'ml\.abacus\.large' at 'instanceType'"):
        aws.sagemaker.create_notebook_instance(
            NotebookInstanceName="other", InstanceType="ml.abacus.large", RoleArn=role
        )


def test_a_stopped_one_can_be_changed(aws: Aws, status: Callable[[], str]) -> None:
    change = {**NAME, "InstanceType": "ml.m7i.xlarge", "VolumeSizeInGB": 20, "LifecycleConfigName": "lc"}
    aws.sagemaker.get_waiter("notebook_instance_in_service").wait(**NAME)
    with pytest.raises(ClientError, match=r"Unable to transition to \(Updating\)"):
        aws.sagemaker.update_notebook_instance(**change)
    aws.sagemaker.stop_notebook_instance(**NAME)
    aws.sagemaker.get_waiter("notebook_instance_stopped").wait(**NAME)
    aws.sagemaker.update_notebook_instance(**change)
    assert status() == "Updating"
    aws.sagemaker.get_waiter("notebook_instance_stopped").wait(**NAME)
    told = aws.sagemaker.describe_notebook_instance(**NAME)
    assert (told["InstanceType"], told["VolumeSizeInGB"]) == ("ml.m7i.xlarge", 20)
    assert told["NotebookInstanceLifecycleConfigName"] == "lc"


def test_one_that_is_not_running_cannot_be_opened(aws: Aws, status: Callable[[], str]) -> None:
    with pytest.raises(ClientError, match=r"Status \(Pending\) not in \(\[InService\]\)"):
        aws.sagemaker.create_presigned_notebook_instance_url(**NAME)


@pytest.mark.slow
def test_its_address_opens_a_jupyterlab_with_the_workshops_notebooks(tmp_path: Path) -> None:
    (tmp_path / "lesson.ipynb").write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    with started_server("--notebooks", str(tmp_path)) as server:
        aws = Aws(server.line["env"], "100000000000")
        role = f"arn:aws:iam::{aws.account}:role/any"
        aws.sagemaker.create_notebook_instance(**NAME, InstanceType="ml.t3.medium", RoleArn=role)
        aws.sagemaker.get_waiter("notebook_instance_in_service").wait(**NAME)
        url = urlsplit(aws.sagemaker.create_presigned_notebook_instance_url(**NAME)["AuthorizedUrl"])
        assert (url.scheme, url.hostname, url.path) == ("http", "127.0.0.1", "/lab")
        assert status_of(url.netloc, f"/lab?{url.query}") == 200
        assert status_of(url.netloc, "/api/contents/lesson.ipynb") == 403
        assert status_of(url.netloc, f"/api/contents/lesson.ipynb?{url.query}") == 200
        whose = "import boto3; boto3.client('sts').get_caller_identity()['Account']"
        assert run_in_a_notebook(url, whose) == "'100000000000'"
        aws.sagemaker.stop_notebook_instance(**NAME)
        aws.sagemaker.get_waiter("notebook_instance_stopped").wait(**NAME)
        with pytest.raises(ConnectionRefusedError):
            status_of(url.netloc, "/api")


def status_of(place: str, path: str) -> int:
    with closing(http.client.HTTPConnection(place)) as connection:
        connection.request("GET", path)
        return connection.getresponse().status


def run_in_a_notebook(url: SplitResult, code: str) -> str:
    """Run `code` in a kernel of the JupyterLab at `url`, as its web page does; return the last expression's text."""
    with closing(http.client.HTTPConnection(url.netloc)) as connection:
        connection.request("POST", f"/api/kernels?{url.query}", b'{"name": "conda_python3"}')
        kernel = json.loads(connection.getresponse().read())["id"]
    message = {
        "header": {"msg_id": "1", "msg_type": "execute_request", "session": "s", "username": "u", "version": "5.3"},
        "parent_header": {},
        "metadata": {},
        "content": {"code": code, "silent": False, "store_history": False, "user_expressions": {}},
        "channel": "shell",
        "buffers": [],
    }
    return asyncio.run(_result(f"ws://{url.netloc}/api/kernels/{kernel}/channels?{url.query}", json.dumps(message)))


async def _result(address: str, message: str) -> str:
    socket = await websocket_connect(address)
    await socket.write_message(message)
    while True:
        said = json.loads(await asyncio.wait_for(socket.read_message(), 60))
        if said["msg_type"] == "execute_result":
            socket.close()
            return str(said["content"]["data"]["text/plain"])
        assert said["msg_type"] != "error", said["content"]
