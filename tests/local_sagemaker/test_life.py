"""The server's own life: it starts, it stops, and whatever ends it, nothing is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from local_server import COMMAND, Aws, Server, has_ended, wait_until

SDK_SCRIPT = """
import json

import boto3
from sagemaker.core import image_uris
from sagemaker.core.shapes import OutputDataConfig
from sagemaker.core.resources import Endpoint, EndpointConfig, Model
from sagemaker.core.shapes import ContainerDefinition, ProductionVariant
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData

s3 = boto3.client("s3")
s3.create_bucket(Bucket="sdk-bucket")
rows = "\\n".join(f"{n % 2},{n % 2},{n}" for n in range(100))
s3.put_object(Bucket="sdk-bucket", Key="train/train.csv", Body=rows.encode())
principal = {"Service": "sagemaker.amazonaws.com"}
trust = {"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]}
role = boto3.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
image = image_uris.retrieve("xgboost", "us-east-1", version="3.0-5")
trainer = ModelTrainer(
    training_image=image,
    role=role,
    base_job_name="sdk",
    compute=Compute(instance_type="ml.m5.large", instance_count=1),
    hyperparameters={"num_round": 3, "objective": "binary:logistic"},
    output_data_config=OutputDataConfig(s3_output_path="s3://sdk-bucket/out"),
)
data = InputData(channel_name="train", data_source="s3://sdk-bucket/train/", content_type="text/csv")
trainer.train(input_data_config=[data])
job = trainer._latest_training_job
model = Model.create(
    model_name="sdk",
    primary_container=ContainerDefinition(image=image, model_data_url=job.model_artifacts.s3_model_artifacts),
    execution_role_arn=role,
)
variant = ProductionVariant(
    variant_name="v", model_name="sdk", initial_instance_count=1, instance_type="ml.m5.large"
)
EndpointConfig.create(endpoint_config_name="sdk", production_variants=[variant])
endpoint = Endpoint.create(endpoint_name="sdk", endpoint_config_name="sdk")
endpoint.wait_for_status("InService")
answer = endpoint.invoke(body="1,5", content_type="text/csv", accept="text/csv")
endpoint.delete()
endpoint.wait_for_delete()
print(job.training_job_status, float(answer.body.read()) > 0.5)
"""


def test_the_sagemaker_sdk_trains_deploys_and_predicts_unmodified(aws: Aws) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **aws.env}
    result = subprocess.run(
        [sys.executable, "-c", SDK_SCRIPT], env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert result.returncode == 0, result.stderr
    assert "Completed True" in result.stdout


@pytest.fixture
def busy(own_server: Server) -> tuple[Server, Path, psutil.Process]:
    """A server of one's own with a job that would run for ever, its temporary folder, and the job's process."""
    home = Path(own_server.line["env"]["AWS_CONFIG_FILE"]).parent
    aws = Aws(own_server.line["env"], "100000000000")
    aws.train(HyperParameters={"num_round": "100000000"})
    found: list[psutil.Process] = []

    def job_runs() -> bool:
        children = psutil.Process(own_server.process.pid).children(recursive=True)
        found[:] = [each for each in children if "local_sagemaker.algorithms" in each.cmdline()]
        return bool(found)

    assert wait_until(job_runs)
    return own_server, home, found[0]


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_whatever_ends_it_leaves_no_process_and_no_folder(
    busy: tuple[Server, Path, psutil.Process], ending: signal.Signals
) -> None:
    server, home, job = busy
    server.process.send_signal(ending)
    assert wait_until(lambda: has_ended(job))
    assert wait_until(lambda: not home.exists())


def test_it_ends_in_silence_while_jobs_wait_for_a_place() -> None:
    with subprocess.Popen(
        [*COMMAND, "--jobs", "1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        aws = Aws(json.loads(process.stdout.readline())["env"], "100000000000")
        for number in range(3):
            aws.train(f"job-{number}", HyperParameters={"num_round": "100000000"})
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert process.stderr.read() == ""


def test_it_ends_when_its_stdin_does(own_server: Server) -> None:
    own_server.process.stdin.close()
    assert own_server.process.wait(30) == 0


def test_the_environment_it_prints_holds_nothing_of_the_callers(server: Server) -> None:
    env = server.line["env"]
    assert (env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"]) == ("111122223333", "local")
    assert Path(env["AWS_CONFIG_FILE"]).read_text() == "[default]\nregion = us-east-1\n"
    assert Path(env["AWS_SHARED_CREDENTIALS_FILE"]).read_text() == ""


def test_a_job_sees_nothing_of_the_servers_environment(
    own_server: Server, busy: tuple[Server, Path, psutil.Process]
) -> None:
    _, _, job = busy
    given = {"TRAINING_JOB_NAME", "TRAINING_JOB_ARN", "AWS_REGION", "SAGEMAKER_BASE_DIR", "LIFELINE"}
    basics = {"PATH", "PYTHONPATH", "PYTHONUNBUFFERED", "HOME", "TMPDIR", "LANG"}
    assert set(job.environ()) <= given | basics | {"LC_CTYPE"}
