"""With ``--state`` everything is there again at the next start, even if the server was killed."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from local_server import Aws, started_server
from pipeline_definitions import callback, create, ended, execute, message, model, start, steps_of

from local_sagemaker.keeping import INTERVAL

ACCOUNT = "100000000000"


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


def test_a_job_that_was_running_has_failed(session: Callable[[], AbstractContextManager[Aws]]) -> None:
    with session() as aws:
        aws.train(HyperParameters={"num_round": "100000000"})
        wait_for_the_next_look()
    with session() as aws:
        told = aws.ended()
        assert told["TrainingJobStatus"] == "Failed"
        assert "the server was stopped while the job ran" in told["FailureReason"]


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
