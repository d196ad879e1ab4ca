"""The clean-up deletes all that the workshop made, by code or in the console, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

ROOT = Path(__file__).parent.parent.parent
ACCOUNT = "444455556666"
BUCKET = f"smworkshop-{ACCOUNT}"
SDK_BUCKET = f"sagemaker-us-east-1-{ACCOUNT}"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


@pytest.fixture(scope="module")
def env() -> Iterator[dict[str, str]]:
    """The environment of a program that talks to a server of its own."""
    command = [sys.executable, "-m", "local_sagemaker", "--json", "--until-stdin-closes"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        told = json.loads(server.stdout.readline())  # type: ignore[union-attr]
        yield {**os.environ, **told["env"], "AWS_ACCESS_KEY_ID": ACCOUNT}
        server.stdin.close()  # type: ignore[union-attr]
        server.wait(30)


def client(env: dict[str, str], service: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=env["AWS_ENDPOINT_URL"],
        region_name="us-east-1",
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="local",
    )


def run_script(env: dict[str, str], name: str, code: str = "") -> subprocess.CompletedProcess[str]:
    """Run a script as a student does who has pasted its blocks into a file, and `code` below it."""
    text = (ROOT / "snippets" / f"{name}.py").read_text("utf-8")
    return subprocess.run(
        [sys.executable, "-c", text + code], env=env, capture_output=True, text=True, check=False, timeout=120
    )


def role_of_console(env: dict[str, str], time: str, *buckets: str, versions: int = 1) -> str:
    """Make a role and its policy as the console does, for `buckets`."""
    iam = client(env, "iam")
    named = [f"arn:aws:s3:::{bucket}{part}" for bucket in buckets for part in ("", "/*")]
    document = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": named}]}
    )
    policy = iam.create_policy(
        Path="/service-role/", PolicyName=f"AmazonSageMaker-ExecutionPolicy-{time}", PolicyDocument=document
    )["Policy"]["Arn"]
    for _ in range(versions - 1):
        iam.create_policy_version(PolicyArn=policy, PolicyDocument=document, SetAsDefault=True)
    role = iam.create_role(
        Path="/service-role/",
        RoleName=f"AmazonSageMaker-ExecutionRole-{time}",
        AssumeRolePolicyDocument=json.dumps(TRUST),
    )["Role"]
    full_access = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
    for arn in (policy, full_access):
        iam.attach_role_policy(RoleName=role["RoleName"], PolicyArn=arn)
    return str(role["Arn"])


def notebook(env: dict[str, str], name: str, role: str, status: str) -> None:
    sagemaker = client(env, "sagemaker")
    sagemaker.create_notebook_instance(NotebookInstanceName=name, InstanceType="ml.t3.medium", RoleArn=role)
    if status == "Stopped":
        while sagemaker.describe_notebook_instance(NotebookInstanceName=name)["NotebookInstanceStatus"] == "Pending":
            pass
        sagemaker.stop_notebook_instance(NotebookInstanceName=name)


def names(env: dict[str, str], service: str, operation: str, member: str, key: str) -> set[str]:
    return {each[key] for each in getattr(client(env, service), operation)()[member]}


def test_clean_up_deletes_what_the_workshop_made_and_nothing_else(env: dict[str, str]) -> None:
    iam, logs, s3, sagemaker = (client(env, each) for each in ("iam", "logs", "s3", "sagemaker"))
    role = role_of_console(env, "20260901T093000", BUCKET, versions=3)
    role_of_console(env, "20260902T093000", "data-of-others")
    role_of_console(env, "20260903T093000", BUCKET, "data-of-others")
    role_of_console(env, "20260904T093000", "*")

    for bucket in (BUCKET, "smworkshop-ana-lee", SDK_BUCKET, "data-of-others"):
        s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    for _ in range(3):
        s3.put_object(Bucket=BUCKET, Key="data/a.csv", Body=b"1,2")
    s3.delete_object(Bucket=BUCKET, Key="data/a.csv")
    for key in ("smworkshop-digits/code.tar.gz", "job-of-others/code.tar.gz"):
        s3.put_object(Bucket=SDK_BUCKET, Key=key, Body=b"1")

    for name, status in (("smworkshop-notebook", "InService"), ("smworkshop-second", "Stopped"), ("others", "Pending")):
        notebook(env, name, role, status)
    steps = [{"Name": "No", "Type": "Fail", "Arguments": {"ErrorMessage": "no"}}]
    for name in ("smworkshop-pipeline", "others"):
        definition = json.dumps({"Version": "2020-12-01", "Metadata": {}, "Parameters": [], "Steps": steps})
        sagemaker.create_pipeline(
            PipelineName=name, PipelineDefinition=definition, ClientRequestToken="t" * 32, RoleArn=role
        )
        sagemaker.start_pipeline_execution(PipelineName=name, ClientRequestToken="e" * 32)
    for name in ("smworkshop-models", "others"):
        sagemaker.create_model_package_group(ModelPackageGroupName=name)
        for _ in range(2):
            sagemaker.create_model_package(ModelPackageGroupName=name)
    logs.create_log_group(logGroupName="/aws/sagemaker/TrainingJobs")
    for number in range(60):
        logs.create_log_stream(logGroupName="/aws/sagemaker/TrainingJobs", logStreamName=f"smworkshop-{number}/algo-1")
    logs.create_log_stream(logGroupName="/aws/sagemaker/TrainingJobs", logStreamName="others/algo-1")
    for name in ("video-games-1", "others"):
        logs.create_log_group(logGroupName=f"/aws/sagemaker/Endpoints/{name}")

    done = run_script(env, "cleanup")

    assert done.returncode == 0, done.stderr
    assert "OK: nothing is left." in done.stdout
    roles = names(env, "iam", "list_roles", "Roles", "RoleName")
    assert {each[-15:] for each in roles if "20260" in each} == {
        "20260902T093000",
        "20260903T093000",
        "20260904T093000",
    }
    policies = {each["PolicyName"][-15:] for each in iam.list_policies(Scope="Local")["Policies"]}
    assert policies == {"20260902T093000", "20260903T093000", "20260904T093000"}
    assert names(env, "s3", "list_buckets", "Buckets", "Name") == {SDK_BUCKET, "data-of-others"}
    assert [each["Key"] for each in s3.list_objects_v2(Bucket=SDK_BUCKET)["Contents"]] == ["job-of-others/code.tar.gz"]
    assert names(env, "sagemaker", "list_notebook_instances", "NotebookInstances", "NotebookInstanceName") == {"others"}
    assert names(env, "sagemaker", "list_pipelines", "PipelineSummaries", "PipelineName") == {"others"}
    assert names(
        env, "sagemaker", "list_model_package_groups", "ModelPackageGroupSummaryList", "ModelPackageGroupName"
    ) == {"others"}
    assert names(env, "logs", "describe_log_groups", "logGroups", "logGroupName") >= {"/aws/sagemaker/Endpoints/others"}
    streams = logs.describe_log_streams(logGroupName="/aws/sagemaker/TrainingJobs")["logStreams"]
    assert [each["logStreamName"] for each in streams] == ["others/algo-1"]


def test_clean_up_of_an_account_without_anything_is_content(env: dict[str, str]) -> None:
    elsewhere = {**env, "AWS_ACCESS_KEY_ID": "777788889999"}
    done = run_script(elsewhere, "cleanup")
    assert done.returncode == 0, done.stderr
    assert "OK: nothing is left." in done.stdout


def test_check_names_what_is_left(env: dict[str, str]) -> None:
    code = '\ns3.create_bucket(Bucket="smworkshop-late")\nleft = find_buckets()\nassert not left, left\n'
    done = run_script({**env, "AWS_ACCESS_KEY_ID": "888899990000"}, "cleanup", code)
    assert done.returncode == 1
    assert "smworkshop-late" in done.stderr


def test_set_up_can_be_run_twice(env: dict[str, str]) -> None:
    student = {**env, "AWS_ACCESS_KEY_ID": "333344445555"}
    for _ in range(2):
        for name in ("create_bucket", "notebook_instance", "notebook_break"):
            done = run_script(student, name)
            assert done.returncode == 0, (name, done.stderr)
    assert "OK: it is in service again." in done.stdout
