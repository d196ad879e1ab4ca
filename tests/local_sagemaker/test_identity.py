"""Who a client is, for boto3 and for the SDK, which asks an address of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from local_server import Aws, started_server
from scripts import result_of, run_sdk, train_script

ROLE = "service-role/AmazonSageMaker-ExecutionRole-local"

ASK_SDK = """
import boto3
from sagemaker.core.helper.session_helper import Session, get_execution_role

session = Session()
print(session.account_id(), get_execution_role(), session.default_bucket())
elsewhere = Session(boto3.Session(region_name="eu-west-1"))
print(elsewhere.default_bucket(), boto3.client("s3").get_bucket_location(Bucket=elsewhere.default_bucket()))
"""


def test_a_client_is_in_a_role_that_iam_knows(aws: Aws) -> None:
    identity = aws.client("sts").get_caller_identity()
    role = aws.client("iam").get_role(RoleName=ROLE.rpartition("/")[2])["Role"]
    assert identity["Arn"] == f"arn:aws:sts::{aws.account}:assumed-role/{role['RoleName']}/SageMaker"
    assert identity["UserId"] == f"{role['RoleId']}:SageMaker"
    assert role["Arn"] == f"arn:aws:iam::{aws.account}:role/{ROLE}"


def test_who_has_taken_on_another_role_is_in_that_one(aws: Aws) -> None:
    role = f"arn:aws:iam::{aws.account}:role/other"
    given = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="me")["Credentials"]
    sts = aws.client_with("sts", given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    assert sts.get_caller_identity()["Arn"] == f"arn:aws:sts::{aws.account}:assumed-role/other/me"


ASK_IN_A_JOB = """
import boto3

sts = boto3.client("sts", endpoint_url="https://sts.us-east-1.amazonaws.com")
open("/opt/ml/model/account", "w").write(sts.get_caller_identity()["Account"])
"""


def test_a_jobs_script_finds_sts_where_the_sdk_looks_for_it(aws: Aws) -> None:
    train_script(aws, ASK_IN_A_JOB)
    assert result_of(aws) == {"account": aws.account.encode()}


ASK_BOTO = """
import boto3

print(boto3.client("sts").get_caller_identity()["Account"])
print(boto3.client("sts", endpoint_url="https://sts.us-east-1.amazonaws.com").get_caller_identity()["Account"])
"""


@pytest.mark.parametrize(
    ("name", "value"),
    [("AWS_PROFILE", "work"), ("HTTP_PROXY", "http://127.0.0.1:9"), ("AWS_SESSION_TOKEN", "left over")],
)
def test_what_else_is_in_a_users_environment_does_not_matter(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with started_server() as server:
        aws = Aws({name: value, **server.line["env"]}, "100000000000")
        assert run_sdk(aws, ASK_BOTO, tmp_path).split() == ["100000000000"] * 2


@pytest.mark.slow
def test_the_sdk_finds_its_account_its_role_and_its_bucket_in_every_region(aws: Aws, tmp_path: Path) -> None:
    here, elsewhere = run_sdk(aws, ASK_SDK, tmp_path).splitlines()[-2:]
    role = f"arn:aws:iam::{aws.account}:role/{ROLE}"
    assert here.split() == [aws.account, role, f"sagemaker-us-east-1-{aws.account}"]
    assert elsewhere.split()[0] == f"sagemaker-eu-west-1-{aws.account}"
    assert "'LocationConstraint': 'eu-west-1'" in elsewhere
