"""With ``--state`` everything is there again at the next start, even if the server was killed."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from local_server import XGBOOST, Aws, started_server
from pipeline_definitions import callback, create, ended, execute, message, model, start, steps_of

from local_sagemaker.keeping import INTERVAL

ACCOUNT = "100000000000"
CORS = {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}
PIPELINE = json.dumps({"Version": "2020-12-01", "Steps": [{"Name": "f", "Type": "Fail", "Arguments": {}}]})
OF_BUCKETS = (
    "get_bucket_acl",
    "get_bucket_cors",
    "get_bucket_policy",
    "get_bucket_tagging",
    "get_bucket_versioning",
    "list_multipart_uploads",
    "list_object_versions",
    "list_objects_v2",
)
LISTS = ("list_experiments", "list_model_package_groups", "list_models", "list_pipelines", "list_training_jobs")


@pytest.fixture
def session(tmp_path: Path) -> Callable[[], AbstractContextManager[Aws]]:
    """One life of a server whose state is kept; it ends by ``kill -9``."""

    @contextmanager
    def life() -> Iterator[Aws]:
        with started_server("--state", str(tmp_path / "state")) as server:
            yield Aws(server.line["env"], ACCOUNT)
            server.process.kill()

    return life


def test_an_endpoint_serves_again_after_a_kill(session: Callable[[], AbstractContextManager[Aws]]) -> None:
    with session() as aws:
        aws.train()
        before = aws.ended()
        aws.deploy("e", before["ModelArtifacts"]["S3ModelArtifacts"])
        answer = aws.invoke("e", "0.9,0.5")
        wait_for_the_next_look()
    with session() as aws:
        after = aws.sagemaker.describe_training_job(TrainingJobName="job")
        for each in (before, after):
            del each["ResponseMetadata"]
        assert after == before
        aws.in_service()
        assert aws.invoke("e", "0.9,0.5") == answer


def test_objects_are_as_they_were_last(session: Callable[[], AbstractContextManager[Aws]]) -> None:
    big = b"x" * 9_000_000  # boto3 sends it in parts
    with session() as aws:
        aws.put("a/first.txt", "first")
        aws.put("a/first.txt", "second")
        aws.put("a/gone.txt", "gone")
        aws.put("a/also gone.txt", "gone")
        aws.put("b/$pecial & 名.txt", "name")
        aws.s3.put_object(Bucket=aws.bucket, Key="a/meta", Body=b"", ContentType="text/css", Metadata={"colour": "red"})
        aws.s3.upload_fileobj(io.BytesIO(big), aws.bucket, "big")
        aws.s3.delete_object(Bucket=aws.bucket, Key="a/gone.txt")
        aws.s3.delete_objects(Bucket=aws.bucket, Delete={"Objects": [{"Key": "a/also gone.txt"}], "Quiet": True})
        aws.s3.create_bucket(Bucket="gone")
        aws.s3.delete_bucket(Bucket="gone")
    with session() as aws:
        keys = [each["Key"] for each in aws.s3.list_objects_v2(Bucket=aws.bucket)["Contents"]]
        assert keys == ["a/first.txt", "a/meta", "b/$pecial & 名.txt", "big"]
        assert aws.s3.get_object(Bucket=aws.bucket, Key="a/first.txt")["Body"].read() == b"second"
        assert aws.s3.get_object(Bucket=aws.bucket, Key="big")["Body"].read() == big
        told = aws.s3.head_object(Bucket=aws.bucket, Key="a/meta")
        assert (told["ContentType"], told["Metadata"]) == ("text/css", {"colour": "red"})
        assert [each["Name"] for each in aws.s3.list_buckets()["Buckets"]] == [aws.bucket]
        with pytest.raises(aws.s3.exceptions.BucketAlreadyExists):
            Aws(aws.env, "100000000001").s3.create_bucket(Bucket=aws.bucket)


def do_a_bit_of_everything(aws: Aws) -> None:
    s3, sagemaker, iam = aws.s3, aws.sagemaker, aws.client("iam")
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument="{}", Tags=[{"Key": "a", "Value": "b"}])["Role"][
        "Arn"
    ]
    iam.create_user(UserName="u")
    iam.create_access_key(UserName="u")
    aws.train(RoleArn=role, Tags=[{"Key": "team", "Value": "blue"}])
    s3.put_object(Bucket=aws.bucket, Key="k", Body=b"1", Tagging="a=b", ACL="public-read")
    s3.put_object_tagging(Bucket=aws.bucket, Key="k", Tagging={"TagSet": [{"Key": "c", "Value": "d"}]})
    s3.copy_object(Bucket=aws.bucket, Key="copy", CopySource=f"{aws.bucket}/k")
    s3.put_bucket_cors(Bucket=aws.bucket, CORSConfiguration=CORS)
    s3.put_bucket_tagging(Bucket=aws.bucket, Tagging={"TagSet": [{"Key": "x", "Value": "y"}]})
    s3.put_bucket_policy(Bucket=aws.bucket, Policy='{"Version": "2012-10-17", "Statement": []}')
    s3.put_bucket_versioning(Bucket=aws.bucket, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"2", b"x" * 50_000):
        s3.put_object(Bucket=aws.bucket, Key="k", Body=body)
    s3.delete_object(Bucket=aws.bucket, Key="copy")
    upload = s3.create_multipart_upload(Bucket=aws.bucket, Key="parts")["UploadId"]
    s3.upload_part(Bucket=aws.bucket, Key="parts", UploadId=upload, PartNumber=1, Body=b"z" * 50_000)
    model = aws.ended()["ModelArtifacts"]["S3ModelArtifacts"]
    sagemaker.create_model(
        ModelName="m", PrimaryContainer={"Image": XGBOOST, "ModelDataUrl": model}, ExecutionRoleArn=role
    )
    sagemaker.create_model_package_group(ModelPackageGroupName="g")
    sagemaker.create_experiment(ExperimentName="x")
    sagemaker.create_pipeline(PipelineName="p", ClientRequestToken="t" * 32, RoleArn=role, PipelineDefinition=PIPELINE)
    sagemaker.add_tags(ResourceArn=aws.ended()["TrainingJobArn"], Tags=[{"Key": "later", "Value": "yes"}])


def all_that_is_told(aws: Aws) -> dict[str, Any]:
    of_bucket, job = {"Bucket": aws.bucket}, aws.sagemaker.describe_training_job(TrainingJobName="job")
    asked = [
        *((aws.s3, name, of_bucket) for name in OF_BUCKETS),
        *(
            (aws.s3, name, {**of_bucket, "Key": "k"})
            for name in ("get_object_tagging", "get_object_acl", "head_object")
        ),
        *((aws.sagemaker, name, {}) for name in LISTS),
        (aws.s3, "list_buckets", {}),
        (aws.sagemaker, "describe_model", {"ModelName": "m"}),
        (aws.sagemaker, "describe_pipeline", {"PipelineName": "p"}),
        (aws.sagemaker, "list_tags", {"ResourceArn": job["TrainingJobArn"]}),
        (aws.sagemaker, "search", {"Resource": "TrainingJob"}),
        (aws.client("iam"), "list_roles", {}),
        (aws.client("iam"), "list_access_keys", {"UserName": "u"}),
        (aws.client("logs"), "describe_log_groups", {}),
        (aws.client("logs"), "describe_log_streams", {"logGroupName": "/aws/sagemaker/TrainingJobs"}),
    ]
    told = {(name, *given.values()): getattr(client, name)(**given) for client, name, given in asked}
    for answer in told.values():
        del answer["ResponseMetadata"]
    return {"job": {**job, "ResponseMetadata": None}, **told}


@pytest.mark.slow
def test_everything_is_told_as_it_was_to_the_last_id_and_time(
    session: Callable[[], AbstractContextManager[Aws]],
) -> None:
    with session() as aws:
        do_a_bit_of_everything(aws)
        wait_for_the_next_look()
        before = all_that_is_told(aws)
    with session() as aws:
        assert all_that_is_told(aws) == before


def test_what_was_answered_is_there_though_the_server_was_killed_at_once(
    session: Callable[[], AbstractContextManager[Aws]],
) -> None:
    with session() as aws:
        aws.train(HyperParameters={"num_round": "100000000"})
    with session() as aws:
        told = aws.ended()
        assert told["TrainingJobStatus"] == "Failed"
        assert "the server was stopped while the job ran" in told["FailureReason"]
        aws.sagemaker.delete_training_job(TrainingJobName="job")
    with session() as aws:
        assert aws.sagemaker.list_training_jobs()["TrainingJobSummaries"] == []


def test_a_damaged_file_is_told_and_the_others_are_read(
    session: Callable[[], AbstractContextManager[Aws]], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with session() as aws:
        aws.sagemaker.create_model_package_group(ModelPackageGroupName="good")
        aws.sagemaker.create_model_package_group(ModelPackageGroupName="bad")
    (file,) = (tmp_path / "state" / "resources").rglob("bad.json")
    file.write_text('{"order": 1')
    with session() as aws:
        (group,) = aws.sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]
    assert group["ModelPackageGroupName"] == "good"
    assert f"{file}:1: this is damaged" in capfd.readouterr().err


def test_roles_and_notebook_instances_are_kept(session: Callable[[], AbstractContextManager[Aws]]) -> None:
    name = {"NotebookInstanceName": "n"}
    with session() as aws:
        aws.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")
        aws.sagemaker.create_notebook_instance(
            **name, InstanceType="ml.m7i.large", RoleArn=f"arn:aws:iam::{ACCOUNT}:role/r"
        )
        aws.sagemaker.get_waiter("notebook_instance_in_service").wait(**name)
        wait_for_the_next_look()
    with session() as aws:
        assert [each["RoleName"] for each in aws.client("iam").list_roles()["Roles"]] == ["r"]
        told = aws.sagemaker.describe_notebook_instance(**name)
        assert (told["NotebookInstanceStatus"], told["InstanceType"]) == ("InService", "ml.m7i.large")


def test_pipelines_executions_and_model_packages_are_kept(session: Callable[[], AbstractContextManager[Aws]]) -> None:
    with session() as aws:
        aws.sagemaker.create_model_package_group(ModelPackageGroupName="g", Tags=[{"Key": "a", "Value": "b"}])
        create(aws, model("Make"), callback(aws, "Ask", {}), name="Flow")
        done = execute(aws, model("Make"), name="Quick")["PipelineExecutionArn"]
        steps = steps_of(aws, done)
        waiting = start(aws, "Flow")
        message(aws)
        wait_for_the_next_look()
    with session() as aws:
        assert steps_of(aws, done) == steps
        assert ended(aws, waiting)["PipelineExecutionStatus"] == "Failed"
        assert "the server was stopped" in steps_of(aws, waiting)["Ask"]["FailureReason"]
        assert ended(aws, start(aws, "Quick"))["PipelineExecutionStatus"] == "Succeeded"
        (group,) = aws.sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]
        tags = aws.sagemaker.list_tags(ResourceArn=group["ModelPackageGroupArn"])["Tags"]
        assert tags == [{"Key": "a", "Value": "b"}]


def test_what_cannot_be_written_is_refused_and_not_done(
    session: Callable[[], AbstractContextManager[Aws]], tmp_path: Path
) -> None:
    with session() as aws:
        groups = boto3.client(
            "sagemaker",
            "us-east-1",
            endpoint_url=aws.env["AWS_ENDPOINT_URL"],
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="local",
            config=Config(retries={"max_attempts": 0}),
        )
        groups.create_model_package_group(ModelPackageGroupName="before")
        folder, aside = tmp_path / "state" / "resources", tmp_path / "aside"
        folder.rename(aside)
        folder.write_text("")  # a file: as little can be written there as on a full disk
        with pytest.raises(ClientError, match=r"ServiceUnavailable.* cannot be written"):
            groups.create_model_package_group(ModelPackageGroupName="refused")
        folder.unlink()
        aside.rename(folder)
        groups.create_model_package_group(ModelPackageGroupName="after")
        told = groups.list_model_package_groups(SortBy="Name", SortOrder="Ascending")["ModelPackageGroupSummaryList"]
    assert [each["ModelPackageGroupName"] for each in told] == ["after", "before"]


def test_two_servers_cannot_have_the_same_state(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local_sagemaker", "--state", str(tmp_path)]
    with started_server("--state", str(tmp_path)):
        second = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert second.returncode == 2
    assert "Another server works with" in second.stderr
    assert "Traceback" not in second.stderr


def wait_for_the_next_look() -> None:
    """Jobs and endpoints are written down a moment after they change."""
    time.sleep(3 * INTERVAL)
