"""What passes between a client and a container, and what a client is told when something goes wrong."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import psutil
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from endpoints import ECHO, container, create_endpoint, create_model, put_archive, settled
from local_server import Aws, wait_until
from scripts import SKLEARN
from test_hosting import processes_of

MEGABYTE = 1024**2

WILD = """
import ctypes, os, subprocess, sys, time

def model_fn(model_dir):
    return None

def transform_fn(model, data, content_type, accept):
    if data == "hang":
        time.sleep(3600)
    if data == "print":
        print("x" * 3_000_000)
        print("printed")
    if data == "fork":
        return str(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"]).pid)
    if data == "segfault":
        ctypes.string_at(0)
    if data == "huge":
        return "x" * 26 * 1024 * 1024
    if data == "garbage":
        return bytes(range(256)), "image/garbage"
    return "fine"
"""

STUBBORN = """
import signal

def model_fn(model_dir):
    return None

def transform_fn(model, data, content_type, accept):
    return "fine"

signal.signal(signal.SIGTERM, signal.SIG_IGN)
"""


@pytest.fixture
def echo(aws: Aws) -> Aws:
    """An account with the endpoint ``e``, which answers with what it was asked."""
    create_endpoint(aws, create_model(aws, "echo", container(aws, "echo")))
    return aws


@pytest.fixture
def wild(aws: Aws) -> Callable[[str], Any]:
    """Ask the endpoint ``e``, which does whatever it is told."""
    environment = {"SAGEMAKER_MODEL_SERVER_TIMEOUT": "1"}
    create_endpoint(aws, create_model(aws, "wild", container(aws, "wild", WILD, Environment=environment)))
    return lambda what: invoke(aws, what)["Body"].read()


def invoke(aws: Aws, body: Any, **more: Any) -> dict[str, Any]:
    runtime = aws.client("sagemaker-runtime")
    return dict(runtime.invoke_endpoint(**{"EndpointName": "e", "Body": body, "ContentType": "text/csv", **more}))


def refusal(action: Callable[[], object]) -> dict[str, Any]:
    """Return the answer of a call that must fail."""
    with pytest.raises(ClientError) as caught:
        action()
    return dict(caught.value.response)


def test_the_headers_of_the_api_reach_the_container_and_no_others(echo: Aws) -> None:
    given = {"CustomAttributes": "c", "InferenceId": "i", "EnableExplanations": "`true`", "SessionId": "s"}
    answer = invoke(echo, "1", **given, TargetVariant="v", Accept="application/json")
    seen = json.loads(answer["Body"].read())["headers"]
    assert answer["CustomAttributes"] == "told by the container"
    own = {name.removeprefix("X-Amzn-Sagemaker-"): value for name, value in seen.items() if "Sagemaker" in name}
    assert own == {
        "Custom-Attributes": "c",
        "Inference-Id": "i",
        "Enable-Explanations": "`true`",
        "Session-Id": "s",
        "Target-Variant": "v",
    }
    assert seen["Accept"] == "application/json"
    assert not {"Authorization", "User-Agent", "X-Amz-Date"} & seen.keys()


def test_a_request_may_not_be_larger_than_documented(echo: Aws) -> None:
    assert len(invoke(echo, b"x" * 6 * MEGABYTE)["Body"].read()) > 6 * MEGABYTE
    told = refusal(lambda: invoke(echo, b"x" * (6 * MEGABYTE + 1)))
    assert told["ResponseMetadata"]["HTTPStatusCode"] == 413
    assert told["Error"]["Message"] == "HTTP content length exceeded 6291456 bytes."


@pytest.mark.parametrize(
    ("member", "message"),
    [
        ("TargetModel", "Endpoint e is not a multi-model endpoint and does not support target model header."),
        ("TargetContainerHostname", "Endpoint e is not a multi-container endpoint"),
        ("TargetVariant", "Variant x not found for Endpoint e."),
    ],
)
def test_a_target_that_the_endpoint_does_not_have_is_a_validation_error(echo: Aws, member: str, message: str) -> None:
    told = refusal(lambda: invoke(echo, "1", **{member: "x"}))
    assert told["Error"]["Code"] == "ValidationError"
    assert told["Error"]["Message"].startswith(message)


def test_two_hundred_requests_at_once_are_all_answered(echo: Aws) -> None:
    runtime = boto3.client(
        "sagemaker-runtime",
        "us-east-1",
        endpoint_url=echo.env["AWS_ENDPOINT_URL"],
        aws_access_key_id=echo.account,
        aws_secret_access_key="local",
        config=Config(max_pool_connections=200, retries={"max_attempts": 0}),
    )

    def said(number: int) -> str:
        answer = runtime.invoke_endpoint(EndpointName="e", Body=str(number), ContentType="text/csv")
        return str(json.loads(answer["Body"].read())["said"])

    with ThreadPoolExecutor(200) as pool:
        assert list(pool.map(said, range(200))) == [str(number) for number in range(200)]


def test_a_request_that_hangs_does_not_keep_the_others_waiting(wild: Callable[[str], Any]) -> None:
    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(wild, "hang")
        time.sleep(0.5)
        assert wild("anything") == b"fine"
        assert not hanging.done()
        assert refusal(lambda: wild("segfault"))["Error"]["Code"] == "ModelError"
        assert isinstance(hanging.exception(), ClientError)


def test_what_is_not_text_comes_as_it_is_and_what_is_too_much_does_not(wild: Callable[[str], Any]) -> None:
    assert wild("garbage") == bytes(range(256))
    told = refusal(lambda: wild("huge"))
    assert told["Error"]["Code"] == "ModelError"
    assert "larger than" in told["OriginalMessage"]
    assert wild("anything") == b"fine"


def test_a_container_that_prints_megabytes_goes_on(aws: Aws, wild: Callable[[str], Any]) -> None:
    assert wild("print") == b"fine"
    log = "/aws/sagemaker/Endpoints/e"
    assert wait_until(lambda: "printed" in aws.log(log, "v/"))


def test_what_a_container_forked_ends_with_it(aws: Aws, wild: Callable[[str], Any]) -> None:
    forked = psutil.Process(int(wild("fork")))
    assert refusal(lambda: wild("segfault"))["OriginalStatusCode"] == 500
    assert wait_until(lambda: not forked.is_running() or forked.status() == psutil.STATUS_ZOMBIE)
    assert wait_until(lambda: aws.sagemaker.describe_endpoint(EndpointName="e")["EndpointStatus"] == "Failed")


def test_a_failed_endpoint_can_be_deleted_and_made_again(aws: Aws, wild: Callable[[str], Any]) -> None:
    refusal(lambda: wild("segfault"))
    assert wait_until(lambda: aws.sagemaker.describe_endpoint(EndpointName="e")["EndpointStatus"] == "Failed")
    aws.sagemaker.delete_endpoint(EndpointName="e")
    aws.sagemaker.get_waiter("endpoint_deleted").wait(EndpointName="e")
    aws.sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="e")
    assert settled(aws)["EndpointStatus"] == "InService"
    assert wild("anything") == b"fine"


@pytest.mark.slow
def test_a_container_that_ignores_sigterm_is_ended_all_the_same(aws: Aws) -> None:
    create_endpoint(aws, create_model(aws, "stubborn", container(aws, "stubborn", STUBBORN)))
    aws.sagemaker.delete_endpoint(EndpointName="e")
    aws.sagemaker.get_waiter("endpoint_deleted").wait(EndpointName="e")


def test_a_model_that_raises_fails_the_endpoint_in_the_words_of_aws(aws: Aws) -> None:
    script = "def model_fn(model_dir): raise RuntimeError('no such weights')"
    told = create_endpoint(aws, create_model(aws, "m", container(aws, "m", script)))
    assert (told["EndpointStatus"], told["FailureReason"]) == (
        "Failed",
        "The primary container for production variant v did not pass the ping health check. "
        "Please check CloudWatch logs for this endpoint.",
    )
    log = "/aws/sagemaker/Endpoints/e"
    assert wait_until(lambda: "RuntimeError: no such weights" in aws.log(log, "v/"))
    assert "not found" in refusal(lambda: invoke(aws, "1"))["Error"]["Message"]


def test_an_error_of_the_model_says_where_its_log_is(aws: Aws) -> None:
    script = "def model_fn(model_dir): return None\ndef transform_fn(*given): raise ValueError('no such row')"
    create_endpoint(aws, create_model(aws, "m", container(aws, "m", script)))
    told = refusal(lambda: invoke(aws, "1"))
    assert (told["OriginalStatusCode"], told["OriginalMessage"]) == (500, "no such row")
    assert told["LogStreamArn"].endswith(":log-group:/aws/sagemaker/Endpoints/e")
    assert (
        'Received server error (500) from primary with message "no such row". See https://' in told["Error"]["Message"]
    )


def test_model_data_that_is_not_there_is_refused(aws: Aws) -> None:
    given = {"Image": SKLEARN, "ModelDataUrl": "s3://nowhere/model.tar.gz"}
    told = refusal(lambda: create_model(aws, "m", given))
    assert told["Error"]["Message"] == "Could not find model data at s3://nowhere/model.tar.gz."


def test_model_data_that_has_gone_fails_the_endpoint(aws: Aws) -> None:
    create_model(aws, "m", container(aws, "m"))
    aws.s3.delete_object(Bucket=aws.bucket, Key="m/model.tar.gz")
    assert "Failed to download model data" in create_endpoint(aws, "m")["FailureReason"]


def test_names_are_taken_until_they_are_deleted(echo: Aws) -> None:
    arn = f"arn:aws:sagemaker:us-east-1:{echo.account}"
    taken = refusal(lambda: create_model(echo, "echo", container(echo, "echo")))
    assert taken["Error"]["Message"] == f'Cannot create already existing model "{arn}:model/echo".'
    create = echo.sagemaker.create_endpoint
    taken = refusal(lambda: create(EndpointName="e", EndpointConfigName="e"))
    assert taken["Error"]["Message"] == f'Cannot create already existing endpoint "{arn}:endpoint/e".'


def test_an_endpoint_outlives_its_model_and_its_configuration(echo: Aws) -> None:
    echo.sagemaker.delete_endpoint_config(EndpointConfigName="e")
    echo.sagemaker.delete_model(ModelName="echo")
    assert json.loads(invoke(echo, "1")["Body"].read())["said"] == "1"
    assert echo.sagemaker.describe_endpoint(EndpointName="e")["EndpointStatus"] == "InService"
    told = refusal(lambda: echo.sagemaker.describe_model(ModelName="echo"))
    assert told["Error"]["Message"].startswith("Could not find model")


def test_a_model_may_be_an_uncompressed_folder(aws: Aws) -> None:
    put_archive(aws, "any", {})
    aws.s3.put_object(Bucket=aws.bucket, Key="folder/code/inference.py", Body=ECHO.encode())
    source = {"S3Uri": f"s3://{aws.bucket}/folder/", "S3DataType": "S3Prefix", "CompressionType": "None"}
    create_model(aws, "m", {"Image": SKLEARN, "ModelDataSource": {"S3DataSource": source}})
    assert create_endpoint(aws, "m")["EndpointStatus"] == "InService"
    assert json.loads(invoke(aws, "1")["Body"].read())["said"] == "1"


def test_an_endpoint_can_be_deleted_while_its_model_is_loaded(aws: Aws) -> None:
    script = "import time\ndef model_fn(model_dir): time.sleep(3600)"
    create_model(aws, "m", container(aws, "m", script))
    variant = {"VariantName": "v", "ModelName": "m", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    aws.sagemaker.create_endpoint_config(EndpointConfigName="e", ProductionVariants=[variant])
    aws.sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="e")
    assert wait_until(lambda: processes_of(aws) != [])
    aws.sagemaker.delete_endpoint(EndpointName="e")
    aws.sagemaker.get_waiter("endpoint_deleted").wait(EndpointName="e")
    assert wait_until(lambda: processes_of(aws) == [])


@pytest.mark.parametrize("name", ["my_model", "my.model", "-model", "x" * 64])
def test_a_name_that_aws_refuses_is_refused_in_its_words(aws: Aws, name: str) -> None:
    told = refusal(lambda: create_model(aws, name, container(aws, "m")))
    begin = f"1 validation error detected: Value '{name}' at 'modelName' failed to satisfy constraint: Member must "
    assert told["Error"]["Message"].startswith(begin)
