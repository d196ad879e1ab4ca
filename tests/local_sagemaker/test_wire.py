"""What the server's door lets in, and how it says no."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from contextlib import closing
from typing import Any

import boto3
import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from local_server import Aws, Server


def status_of(server: Server, path: str = "/", **headers: str) -> int:
    return ask(server, "GET", path, b"", headers)[0]


def ask(server: Server, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection(server.line["endpoint"].removeprefix("http://"))) as connection:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, response.read()


def test_it_listens_on_loopback_only(server: Server) -> None:
    assert server.line["endpoint"].startswith("http://127.0.0.1:")


def test_a_request_to_another_host_name_is_refused(server: Server) -> None:
    assert status_of(server, Host="evil.example:80") == 403


def test_a_request_from_a_web_page_is_refused(server: Server) -> None:
    assert status_of(server, Origin="https://evil.example") == 403


def test_motos_own_controls_cannot_be_reached(server: Server) -> None:
    assert status_of(server, "/moto-api/reset") == 403


def test_two_accounts_do_not_see_each_others_buckets(new_account: Callable[[], Aws]) -> None:
    mine, theirs = new_account(), new_account()
    mine.put("a.txt", "secret")
    assert theirs.s3.list_buckets()["Buckets"] == []
    with pytest.raises(ClientError, match="AccessDenied"):
        theirs.s3.get_object(Bucket=mine.bucket, Key="a.txt")
    with pytest.raises(ClientError, match="BucketAlreadyExists"):
        theirs.s3.create_bucket(Bucket=mine.bucket)


def test_two_accounts_use_the_same_names_for_different_things(new_account: Callable[[], Aws]) -> None:
    mine, theirs = new_account(), new_account()
    mine.train("job", HyperParameters={})
    with pytest.raises(ClientError, match="Requested resource not found"):
        theirs.sagemaker.describe_training_job(TrainingJobName="job")
    assert theirs.sagemaker.list_training_jobs()["TrainingJobSummaries"] == []


def test_a_bucket_name_is_free_again_when_its_bucket_is_deleted(new_account: Callable[[], Aws]) -> None:
    mine, theirs = new_account(), new_account()
    mine.s3.create_bucket(Bucket="passed-on")
    mine.s3.delete_bucket(Bucket="passed-on")
    theirs.s3.create_bucket(Bucket="passed-on")
    assert theirs.s3.list_objects_v2(Bucket="passed-on")["KeyCount"] == 0


def test_the_account_is_the_access_key(aws: Aws) -> None:
    assert aws.client("sts").get_caller_identity()["Account"] == aws.account


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        pytest.param("sagemaker", "ListFlowDefinitions", {}, id="json"),
        pytest.param("translate", "ListLanguages", {}, id="json-unknown-service"),
        pytest.param("sagemaker-featurestore-runtime", "ListRecords", {"FeatureGroupName": "f"}, id="rest-json"),
        pytest.param("lambda", "ListCapacityProviders", {}, id="rest-json-known-service"),
        pytest.param("iam", "ListOrganizationsFeatures", {}, id="query"),
        pytest.param("elasticbeanstalk", "ListPlatformBranches", {}, id="query-known-service"),
        pytest.param("ec2", "DescribeCapacityBlockOfferings", {"CapacityDurationHours": 24}, id="ec2"),
        pytest.param("route53", "ListCidrCollections", {}, id="rest-xml"),
        pytest.param("xray", "GetInsight", {"InsightId": "x" * 36}, id="needs-a-library"),
    ],
)
def test_an_operation_that_is_not_there_says_so_by_name(
    aws: Aws, service: str, operation: str, parameters: dict[str, Any]
) -> None:
    client = aws.client(service)
    with pytest.raises(ClientError) as caught:
        getattr(client, xform_name(operation))(**parameters)
    assert caught.value.response["Error"]["Code"] == "UnknownOperationException"
    assert operation in caught.value.response["Error"]["Message"]


def test_what_moto_stumbles_over_is_told_at_once_and_not_tried_again(aws: Aws) -> None:
    data = {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://data"}}}
    with pytest.raises(ClientError, match="moto, which keeps this, cannot") as caught:
        aws.sagemaker.create_auto_ml_job_v2(
            AutoMLJobName="job",
            AutoMLJobInputDataConfig=[data],
            OutputDataConfig={"S3OutputPath": "s3://data/out"},
            AutoMLProblemTypeConfig={"TabularJobConfig": {"TargetAttributeName": "y"}},
            RoleArn="arn:aws:iam::111122223333:role/any",
        )
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 0


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_presigned_url_gives_the_object(server: Server, aws: Aws, version: str) -> None:
    aws.put("a/b.txt", "hello")
    signing = Config(signature_version=version, s3={"addressing_style": "path"})
    client = boto3.client(
        "s3",
        "us-east-1",
        config=signing,
        endpoint_url=aws.env["AWS_ENDPOINT_URL"],
        aws_access_key_id=aws.account,
        aws_secret_access_key="local",
    )
    url = client.generate_presigned_url("get_object", Params={"Bucket": aws.bucket, "Key": "a/b.txt"})
    path = url.removeprefix(server.line["endpoint"])
    assert ask(server, "GET", path, b"", {}) == (200, b"hello")


def test_a_missing_parameter_is_named(server: Server) -> None:
    scope = "AWS4-HMAC-SHA256 Credential=100000000000/20260101/us-east-1/sagemaker/aws4_request"
    headers = {"Authorization": scope, "X-Amz-Target": "SageMaker.DescribeTrainingJob"}
    status, answer = ask(server, "POST", "/", b"{}", headers)
    assert status == 400
    assert b"Value null at 'trainingJobName' failed to satisfy constraint: Member must not be null" in answer


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"TrainingJobName": "my_job"},
            "1 validation error detected: Value 'my_job' at 'trainingJobName' failed to satisfy constraint: Member "
            "must satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
        ),
        (
            {"StoppingCondition": {"MaxRuntimeInSeconds": 0}},
            "Value '0' at 'stoppingCondition.maxRuntimeInSeconds' failed to satisfy constraint: Member must have value "
            "greater than or equal to 1",
        ),
        ({"TrainingJobName": "x" * 64}, "Member must have length less than or equal to 63"),
        ({"HyperParameters": {"a": "x" * 2501}}, "at 'hyperParameters.a.member' failed to satisfy constraint"),
        (
            {"AlgorithmSpecification": {"TrainingInputMode": "Telepathy"}, "RoleArn": "arn:aws:iam::1:role/any"},
            "2 validation errors detected: Value 'Telepathy' at 'algorithmSpecification.trainingInputMode' failed to "
            "satisfy constraint: Member must satisfy enum value set: [Pipe, File, FastFile]; Value 'arn:",
        ),
        (
            {"InputDataConfig": [{"ChannelName": "train"}]},
            "Value null at 'inputDataConfig.1.member.dataSource' failed to satisfy constraint: Member must not be null",
        ),
    ],
)
def test_a_request_that_breaks_the_service_model_is_refused_in_the_words_of_aws(
    server: Server, changes: dict[str, Any], said: str
) -> None:
    status, answer = create_training_job(server, changes)
    assert status == 400
    assert answer["__type"] == "ValidationException"
    assert said in answer["message"]


@pytest.mark.parametrize("changes", [{"TrainingJobName": 7}, {"HyperParameters": []}, {"InputDataConfig": {"a": 1}}])
def test_a_value_of_another_type_cannot_be_read(server: Server, changes: dict[str, Any]) -> None:
    status, answer = create_training_job(server, changes)
    assert (status, answer["__type"]) == (400, "SerializationException")


def create_training_job(server: Server, changes: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Ask for a training job without a client that looks at the request itself."""
    scope = "AWS4-HMAC-SHA256 Credential=100000000000/20260101/us-east-1/sagemaker/aws4_request"
    headers = {"Authorization": scope, "X-Amz-Target": "SageMaker.CreateTrainingJob"}
    request = {
        "TrainingJobName": "job",
        "AlgorithmSpecification": {"TrainingInputMode": "File", "TrainingImage": "sagemaker-xgboost:3.0-5"},
        "RoleArn": "arn:aws:iam::100000000000:role/any",
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/out"},
        "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
    }
    status, answer = ask(server, "POST", "/", json.dumps({**request, **changes}).encode(), headers)
    return status, json.loads(answer)


def test_a_key_that_is_no_account_number_is_the_default_account(new_account: Callable[[], Aws]) -> None:
    aws = Aws(new_account().env, "AKIAIOSFODNN7EXAMPLE")
    assert aws.client("sts").get_caller_identity()["Account"] == "111122223333"


def test_simulating_a_policy_allows_every_action(aws: Aws) -> None:
    iam = aws.client("iam")
    pages = iam.get_paginator("simulate_principal_policy").paginate(
        PolicySourceArn=f"arn:aws:iam::{aws.account}:role/any", ActionNames=["s3:GetObject", "s3:PutObject"]
    )
    results = [result for page in pages for result in page["EvaluationResults"]]
    assert [(each["EvalActionName"], each["EvalDecision"]) for each in results] == [
        ("s3:GetObject", "allowed"),
        ("s3:PutObject", "allowed"),
    ]
