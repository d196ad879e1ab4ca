"""What the server's door lets in, and how it says no."""

from __future__ import annotations

import http.client
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
    assert b"Missing required parameter: TrainingJobName" in answer


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
