"""Lambda functions, over HTTP through boto3: what pipelines call, and what notebooks call themselves."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError
from local_server import Aws, wait_until
from pipeline_definitions import compare, condition, execute, get, step, steps_of


def archive(code: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as opened:
        opened.writestr("index.py", code)
    return packed.getvalue()


def function(aws: Aws, code: str, name: str = "f", **changes: Any) -> str:
    role = aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    made = aws.client("lambda").create_function(
        **{
            "FunctionName": name,
            "Role": role,
            "Runtime": "python3.10",
            "Handler": "index.handler",
            "Code": {"ZipFile": archive(code)},
            **changes,
        }
    )
    return str(made["FunctionArn"])


def call(aws: Aws, event: Any = None, name: str = "f", **more: Any) -> dict[str, Any]:
    answer = aws.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event), **more)
    return {**answer, "Payload": answer["Payload"].read().decode()}


def test_a_function_answers_what_its_handler_returns(aws: Aws) -> None:
    arn = function(aws, "def handler(event, context): return {'doubled': [2 * each for each in event]}")
    answer = call(aws, [1, 2], arn)
    assert json.loads(answer["Payload"]) == {"doubled": [2, 4]}
    assert "FunctionError" not in answer


def test_a_function_that_raises_says_so_in_its_answer(aws: Aws) -> None:
    function(aws, "def handler(event, context): raise ValueError('no eggs')")
    answer = call(aws, {})
    assert answer["FunctionError"] == "Unhandled"
    told = json.loads(answer["Payload"])
    assert (told["errorType"], told["errorMessage"]) == ("ValueError", "no eggs")


def test_a_function_reaches_this_server_and_has_its_variables(aws: Aws) -> None:
    code = (
        "import boto3, os\n"
        "def handler(event, context):\n"
        "    boto3.client('s3').create_bucket(Bucket=os.environ['NAME'])\n"
        "    return context.function_name"
    )
    function(aws, code, Environment={"Variables": {"NAME": f"made-by-{aws.account}"}}, Timeout=60)
    assert call(aws, {})["Payload"] == '"f"'
    assert f"made-by-{aws.account}" in [each["Name"] for each in aws.s3.list_buckets()["Buckets"]]


def test_what_a_function_prints_is_in_its_log_and_its_answer(aws: Aws) -> None:
    function(aws, "def handler(event, context): print('hello')")
    tail = base64.b64decode(call(aws, {}, LogType="Tail")["LogResult"]).decode()
    assert tail == "hello\n"
    assert aws.log("/aws/lambda/f", "[$LATEST]") == ["hello"]


def test_a_function_whose_process_dies_has_failed(aws: Aws) -> None:
    function(aws, "import os, signal\ndef handler(event, context): os.kill(os.getpid(), signal.SIGKILL)", Timeout=1)
    answer = call(aws, {})
    assert answer["FunctionError"] == "Unhandled"
    assert "Task timed out after 1.00 seconds or exited" in answer["Payload"]


def test_a_function_may_be_called_without_waiting(aws: Aws) -> None:
    code = "import boto3\ndef handler(event, context): boto3.client('s3').create_bucket(Bucket=event)"
    function(aws, code, Timeout=60)
    assert call(aws, f"late-{aws.account}", InvocationType="Event")["StatusCode"] == 202
    assert wait_until(lambda: [each["Name"] for each in aws.s3.list_buckets()["Buckets"]] == [f"late-{aws.account}"])


def test_new_code_is_called_from_then_on(aws: Aws) -> None:
    function(aws, "def handler(event, context): return 'old'")
    aws.client("lambda").update_function_code(
        FunctionName="f", ZipFile=archive("def handler(event, context): return 'new'")
    )
    assert call(aws, {})["Payload"] == '"new"'


def test_functions_of_other_languages_are_refused_by_name(aws: Aws) -> None:
    function(aws, "", Runtime="nodejs20.x")
    with pytest.raises(ClientError, match="local_sagemaker runs functions in Python"):
        call(aws, {})


def test_a_function_that_is_not_there_is_not_found(aws: Aws) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        call(aws, {}, "nobody")


def test_a_lambda_step_hands_on_what_its_function_returns(aws: Aws) -> None:
    arn = function(aws, "def handler(event, context): return {'total': sum(event['numbers']), 'word': 'x'}")
    outputs = [{"OutputName": "total", "OutputType": "Integer"}]
    add = step("Add", "Lambda", {"numbers": [3, 4]}, FunctionArn=arn, OutputParameters=outputs)
    decide = condition("Decide", compare("Equals", get("Steps.Add.OutputParameters['total']"), 7))
    steps = steps_of(aws, execute(aws, add, decide)["PipelineExecutionArn"])
    assert steps["Decide"]["Metadata"]["Condition"]["Outcome"] == "True"
    assert steps["Add"]["Metadata"] == {"Lambda": {"Arn": arn, "OutputParameters": [{"Name": "total", "Value": "7"}]}}


def test_a_lambda_step_fails_with_its_function(aws: Aws) -> None:
    arn = function(aws, "def handler(event, context): raise ValueError('no eggs')")
    steps = steps_of(aws, execute(aws, step("Add", "Lambda", {}, FunctionArn=arn))["PipelineExecutionArn"])
    assert steps["Add"]["FailureReason"] == f"ClientError: The function {arn} failed: no eggs"
