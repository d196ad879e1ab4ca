"""Jobs and endpoints of Amazon's own algorithms, over HTTP through boto3."""

from __future__ import annotations

import io
import itertools
import json
import tarfile
from collections.abc import Mapping
from typing import Any

import numpy
from local_server import Aws, Server, channel

from local_sagemaker.algorithms import record_protobuf, recordio

CSV, JSON, JSON_LINES = "text/csv", "application/json", "application/jsonlines"
RECORDIO = "application/x-recordio-protobuf"

_ACCOUNTS = itertools.count(200000000001)
_JOBS = itertools.count(1)


def image(algorithm: str) -> str:
    """Return the address that ``image_uris.retrieve(algorithm, "us-east-1")`` gives; a tag may be part of the name."""
    registry = 811284229777 if algorithm == "image-classification" else 382416733822
    return f"{registry}.dkr.ecr.us-east-1.amazonaws.com/{algorithm if ':' in algorithm else f'{algorithm}:1'}"


def new_account(server: Server) -> Aws:
    return Aws(server.line["env"], str(next(_ACCOUNTS)))


def train(
    aws: Aws, algorithm: str, hyperparameters: Mapping[str, object], **channels: tuple[bytes, str]
) -> dict[str, Any]:
    """Train on channels of data and content type; return the job's description when it has ended."""
    name = f"job-{next(_JOBS)}"
    aws.s3.create_bucket(Bucket=aws.bucket)
    for each, (data, kind) in channels.items():
        aws.s3.put_object(Bucket=aws.bucket, Key=f"{name}/{each}/{_file_name(each, kind)}", Body=data)
    inputs = [channel(each, f"s3://{aws.bucket}/{name}/{each}/", kind) for each, (_, kind) in channels.items()]
    texts = {key: str(value) for key, value in hyperparameters.items()}
    aws.train(name, image(algorithm), InputDataConfig=inputs, HyperParameters=texts)
    return aws.ended(name)


def _file_name(channel: str, content_type: str) -> str:
    """Return a name that an algorithm which goes by names knows."""
    if channel.endswith("_lst"):
        return "data.lst"
    return {"application/x-recordio": "data.rec", "application/x-sagemaker-model": "model.tar.gz"}.get(
        content_type, "data"
    )


def deploy(aws: Aws, algorithm: str, job: Mapping[str, Any]) -> str:
    """Deploy what a job trained; return the endpoint's name."""
    assert job["TrainingJobStatus"] == "Completed", job["FailureReason"]
    name = f"endpoint-of-{job['TrainingJobName']}"
    endpoint = aws.deploy(name, job["ModelArtifacts"]["S3ModelArtifacts"], image(algorithm))
    assert endpoint["EndpointStatus"] == "InService", endpoint["FailureReason"]
    return name


def ask(aws: Aws, endpoint: str, body: bytes, content_type: str, accept: str) -> bytes:
    """Return the body of an endpoint's answer."""
    answer = aws.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=endpoint, Body=body, ContentType=content_type, Accept=accept
    )
    assert answer["ContentType"] == accept.partition(";")[0]
    return answer["Body"].read()


def ask_json(aws: Aws, endpoint: str, rows: Any) -> dict[str, Any]:
    """Return the JSON answer to rows of numbers sent as CSV."""
    return json.loads(ask(aws, endpoint, csv(rows), CSV, JSON))


def model_files(aws: Aws, job: Mapping[str, Any]) -> dict[str, bytes]:
    """Return what is in the model.tar.gz of a job, by name."""
    key = job["ModelArtifacts"]["S3ModelArtifacts"].removeprefix(f"s3://{aws.bucket}/")
    with tarfile.open(fileobj=io.BytesIO(aws.s3.get_object(Bucket=aws.bucket, Key=key)["Body"].read())) as tar:
        return {each.name: opened.read() for each in tar if (opened := tar.extractfile(each))}


def metrics(job: Mapping[str, Any]) -> dict[str, float]:
    return {each["MetricName"]: each["Value"] for each in job.get("FinalMetricDataList", [])}


def csv(rows: Any) -> bytes:
    """Return rows of numbers as CSV."""
    text = io.StringIO()
    numpy.savetxt(text, numpy.atleast_2d(rows), delimiter=",", fmt="%.8g")
    return text.getvalue().encode()


def records(features: Any, labels: Any = None) -> bytes:
    """Return rows as RecordIO-protobuf, dense and of float32, as the SDK's version 2 writes them."""
    written = []
    for number, row in enumerate(numpy.asarray(features, numpy.float32)):
        record = record_protobuf.message_class()()
        record.features["values"].float32_tensor.values.extend(row)
        if labels is not None:
            record.label["values"].float32_tensor.values.append(labels[number])
        written.append(recordio.frame(record.SerializeToString()))
    return b"".join(written)


def fields(answer: bytes) -> list[dict[str, list[float]]]:
    """Return the fields of each record of a RecordIO-protobuf answer."""
    messages = [record_protobuf.message_class().FromString(each) for each in recordio.records(answer)]
    return [{name: list(value.float32_tensor.values) for name, value in each.label.items()} for each in messages]


def json_lines(answer: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.splitlines()]
