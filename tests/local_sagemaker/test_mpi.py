"""Jobs whose processes talk over MPI, on one host and on two: for real, with the Open MPI of PyPI."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psutil
import pytest
from local_server import Aws, wait_until
from scripts import result_of, run_sdk, start_script, train_script, unpacked

from local_sagemaker.containers.rooting import namespaces_work

pytestmark = pytest.mark.slow

SUM = """
import json, os, pathlib, socket
from mpi4py import MPI
world = MPI.COMM_WORLD
total = world.allreduce(world.rank + 1)
told = {"host": os.environ["SM_CURRENT_HOST"], "machine": socket.gethostname(), "total": total, "size": world.size}
pathlib.Path("/opt/ml/model", str(world.rank)).write_text(json.dumps(told))
"""
needs_namespaces = pytest.mark.skipif(not namespaces_work(), reason="hosts need namespaces of their own")


def mpi(processes: int, **more: Any) -> dict[str, Any]:
    """Return the hyperparameters by which version 2 of the SDK asks for MPI."""
    return {"sagemaker_mpi_enabled": True, "sagemaker_mpi_num_of_processes_per_host": processes, **more}


def told(aws: Aws) -> list[dict[str, Any]]:
    """Return what each rank told, in their order."""
    return [json.loads(text) for _, text in sorted(result_of(aws).items())]


def test_processes_of_one_host_talk_to_each_other(aws: Aws) -> None:
    job = train_script(aws, SUM, hyperparameters=mpi(3))
    assert job["TrainingJobStatus"] == "Completed", job["FailureReason"]
    assert [each["total"] for each in told(aws)] == [6, 6, 6]


@needs_namespaces
def test_processes_of_two_hosts_talk_to_each_other(aws: Aws) -> None:
    job = train_script(aws, SUM, hyperparameters=mpi(2), hosts=2)
    assert job["TrainingJobStatus"] == "Completed", job["FailureReason"]
    ranks = told(aws)
    assert [each["total"] for each in ranks] == [10, 10, 10, 10]
    assert [(each["host"], each["machine"]) for each in ranks] == [("algo-1", "algo-1")] * 2 + [
        ("algo-2", "algo-2")
    ] * 2


@needs_namespaces
def test_one_failing_process_fails_the_job(aws: Aws) -> None:
    script = (
        "from mpi4py import MPI\nif MPI.COMM_WORLD.rank == 1: raise RuntimeError('no luck')\nMPI.COMM_WORLD.barrier()"
    )
    job = train_script(aws, script, hyperparameters=mpi(1), hosts=2)
    assert job["TrainingJobStatus"] == "Failed"
    assert "ExecuteUserScriptError" in job["FailureReason"]
    assert any("no luck" in line for line in aws.log("/aws/sagemaker/TrainingJobs", "job/algo-1-"))


@needs_namespaces
def test_stopping_a_job_ends_the_processes_of_all_hosts(aws: Aws) -> None:
    script = (
        "import time\nfrom mpi4py import MPI\nMPI.COMM_WORLD.barrier(); print('all here', flush=True)\ntime.sleep(600)"
    )
    start_script(aws, script, hyperparameters=mpi(1), hosts=2)
    logs = aws.client("logs").exceptions.ResourceNotFoundException

    def all_here() -> bool:
        try:
            return any("all here" in line for line in aws.log("/aws/sagemaker/TrainingJobs", "job/algo-1-"))
        except logs:
            return False

    assert wait_until(all_here)
    aws.sagemaker.stop_training_job(TrainingJobName="job")
    assert aws.ended()["TrainingJobStatus"] == "Stopped"

    def left() -> list[str]:
        lines = [" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])]
        return [line for line in lines if f"/{aws.account}/" in line]

    assert wait_until(lambda: not left()), left()


SDK_SCRIPT = """
import json, pathlib
import boto3
from sagemaker.core import image_uris
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, SourceCode
from sagemaker.train.distributed import MPI

pathlib.Path("code").mkdir()
pathlib.Path("code/train.py").write_text('''
import pathlib
from mpi4py import MPI
world = MPI.COMM_WORLD
total = world.allreduce(world.rank + 1)
pathlib.Path("/opt/ml/model", f"{world.rank}-of-{world.size}").write_text(str(total))
''')
trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "*"}]}
role = boto3.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
trainer = ModelTrainer(
    training_image=image_uris.retrieve("sklearn", "us-east-1", version="1.2-1"),
    source_code=SourceCode(source_dir="code", entry_script="train.py"),
    compute=Compute(instance_type="ml.m5.large", instance_count=HOSTS),
    distributed=MPI(process_count_per_node=2, mpi_additional_options=["--map-by", "node"]),
    base_job_name="mpi",
    role=role,
)
trainer.train(wait=True, logs=False)
print(trainer._latest_training_job.model_artifacts.s3_model_artifacts)
"""


@pytest.mark.parametrize("hosts", [1, pytest.param(2, marks=needs_namespaces)])
def test_the_sdks_mpi_driver_runs_unmodified(aws: Aws, tmp_path: Path, hosts: int) -> None:
    uri = run_sdk(aws, SDK_SCRIPT.replace("HOSTS", str(hosts)), tmp_path).splitlines()[-1]
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    model = unpacked(aws.s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    assert model == {"0-of-2": b"3", "1-of-2": b"3"}
