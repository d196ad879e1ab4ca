"""A server in a process of its own, and what many tests do with it through boto3."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
import botocore.session
import conformity
import psutil
from botocore.exceptions import WaiterError

XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"
COMMAND = [sys.executable, "-m", "local_sagemaker", "--json", "--until-stdin-closes"]


@dataclass(frozen=True)
class Server:
    """A running server: its process, and the line it printed."""

    process: subprocess.Popen[str]
    line: dict[str, Any]


@contextmanager
def started_server(*options: str) -> Iterator[Server]:
    with subprocess.Popen([*COMMAND, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Server(process, json.loads(process.stdout.readline()))
        process.stdin.close()
        process.wait(30)


@cache
def _session(data_path: str) -> Any:
    # One for all clients of a server: each new session would read botocore's large service models again.
    session = botocore.session.get_session()
    session.set_config_variable("data_path", data_path)
    return boto3.session.Session(botocore_session=session)


class Aws:
    """boto3 clients of one account, and the few things that many tests do with them."""

    bucket: str

    def __init__(self, env: dict[str, str], account: str) -> None:
        self.env, self.account = {**env, "AWS_ACCESS_KEY_ID": account}, account
        self._clients: dict[str, Any] = {}
        self.bucket = f"data-of-{account}"

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = self.client_with(service, self.account, "local")
        return self._clients[service]

    def client_with(self, service: str, key: str, secret: str, token: str | None = None) -> Any:
        """Return a new client with other credentials."""
        client = _session(self.env["AWS_DATA_PATH"]).client(
            service,
            "us-east-1",
            endpoint_url=self.env["AWS_ENDPOINT_URL"],
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=token,
        )
        conformity.watch(client)
        return client

    @property
    def sagemaker(self) -> Any:
        return self.client("sagemaker")

    @property
    def s3(self) -> Any:
        return self.client("s3")

    def put(self, key: str, text: str) -> str:
        """Store `text`; return the S3 address of its folder."""
        self.s3.create_bucket(Bucket=self.bucket)
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=text.encode())
        return f"s3://{self.bucket}/{key.rpartition('/')[0]}"

    def train(self, name: str = "job", image: str = XGBOOST, **changes: Any) -> None:
        """Start a training job; its single feature decides the label unless `changes` say otherwise."""
        uri = self.put("train/train.csv", rows_where_the_feature_decides())
        hyperparameters = {"num_round": "3", "objective": "binary:logistic", "eval_metric": "auc"}
        self.sagemaker.create_training_job(
            **{
                "TrainingJobName": name,
                "AlgorithmSpecification": {"TrainingImage": image, "TrainingInputMode": "File"},
                "RoleArn": f"arn:aws:iam::{self.account}:role/any",
                "InputDataConfig": [channel("train", uri)],
                "OutputDataConfig": {"S3OutputPath": f"s3://{self.bucket}/out"},
                "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1},
                "StoppingCondition": {"MaxRuntimeInSeconds": 600},
                "HyperParameters": hyperparameters,
                **changes,
            }
        )

    def ended(self, name: str = "job") -> dict[str, Any]:
        """Wait for the end of a training job, whatever it is; return its description."""
        with suppress(WaiterError):
            self.sagemaker.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName=name)
        return self.sagemaker.describe_training_job(TrainingJobName=name)

    def deploy(self, name: str, model: str, image: str = XGBOOST, **container: Any) -> dict[str, Any]:
        """Deploy the archive at S3 address `model`; return the endpoint's description when it has settled."""
        primary = {"Image": image, "ModelDataUrl": model, **container}
        role = f"arn:aws:iam::{self.account}:role/any"
        variant = {"VariantName": "AllTraffic", "ModelName": name, "InitialInstanceCount": 1}
        self.sagemaker.create_model(ModelName=name, PrimaryContainer=primary, ExecutionRoleArn=role)
        self.sagemaker.create_endpoint_config(
            EndpointConfigName=name, ProductionVariants=[{**variant, "InstanceType": "ml.m5.large"}]
        )
        self.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        with suppress(WaiterError):
            self.sagemaker.get_waiter("endpoint_in_service").wait(EndpointName=name)
        return self.sagemaker.describe_endpoint(EndpointName=name)

    def endpoint_config(self, name: str, **weights: float) -> None:
        """Make an endpoint configuration whose variants are `weights`, all with the model called ``e``."""
        common = {"ModelName": "e", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
        variants = [
            {**common, "VariantName": variant, "InitialVariantWeight": weight} for variant, weight in weights.items()
        ]
        self.sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=variants)

    def in_service(self, name: str = "e") -> dict[str, Any]:
        """Wait until an endpoint is in service; return its description."""
        self.sagemaker.get_waiter("endpoint_in_service").wait(EndpointName=name)
        return self.sagemaker.describe_endpoint(EndpointName=name)

    def invoke(self, name: str, body: str, content_type: str = "text/csv", accept: str = "text/csv") -> str:
        runtime = self.client("sagemaker-runtime")
        reply = runtime.invoke_endpoint(EndpointName=name, Body=body, ContentType=content_type, Accept=accept)
        return reply["Body"].read().decode()

    def log(self, group: str, prefix: str) -> list[str]:
        """Return the lines of the first stream of a group whose name begins with `prefix`."""
        logs = self.client("logs")
        streams = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=prefix)["logStreams"]
        if not streams:
            return []
        name = streams[0]["logStreamName"]
        events = logs.get_log_events(logGroupName=group, logStreamName=name, startFromHead=True)["events"]
        return [event["message"] for event in events]


def channel(name: str, uri: str, content_type: str = "text/csv") -> dict[str, Any]:
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}}
    return {"ChannelName": name, "ContentType": content_type, "DataSource": source}


def rows_where_the_feature_decides(count: int = 200) -> str:
    """CSV rows, label first: the label is 1 where the first of two features is above one half."""
    features = [(number % 10 / 10 + 0.05, number % 7 / 7) for number in range(count)]
    return "\n".join(f"{int(first > 0.5)},{first:.4f},{second:.4f}" for first, second in features)


def has_ended(process: psutil.Process) -> bool:
    """Return whether a process is gone, or only waits for its parent to ask how it ended."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_until(holds: Callable[[], bool], seconds: float = 30) -> bool:
    """Return whether `holds` became true before `seconds` were over."""
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()
