"""Batch transform, over HTTP through boto3 and the SDK."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError
from local_server import XGBOOST, Aws
from scripts import run_sdk

from local_sagemaker.algorithms import recordio
from local_sagemaker.jobs.json_paths import BadPathError, select
from local_sagemaker.jobs.records import Batching

GROUP = "/aws/sagemaker/TransformJobs"
ROWS = "0.9,0.5\n0.1,0.5\n0.8,0.5\n"
"""The model's answer is high, low, high."""


@pytest.fixture
def model(aws: Aws, trained: bytes) -> str:
    """The name of a model."""
    aws.put("rows/a.csv", ROWS)
    aws.s3.put_object(Bucket=aws.bucket, Key="model.tar.gz", Body=trained)
    aws.sagemaker.create_model(
        ModelName="model",
        PrimaryContainer={"Image": XGBOOST, "ModelDataUrl": f"s3://{aws.bucket}/model.tar.gz"},
        ExecutionRoleArn=f"arn:aws:iam::{aws.account}:role/any",
    )
    return "model"


def start(aws: Aws, *, split: str = "Line", assemble: str = "Line", **more: Any) -> None:
    """Start a job called ``job`` over everything below ``rows/``."""
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{aws.bucket}/rows/"}}
    request = {
        "TransformJobName": "job",
        "ModelName": "model",
        "TransformInput": {"DataSource": source, "ContentType": "text/csv", "SplitType": split},
        "TransformOutput": {"S3OutputPath": f"s3://{aws.bucket}/out", "AssembleWith": assemble, "Accept": "text/csv"},
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
    }
    aws.sagemaker.create_transform_job(**{**request, **more})


def ended(aws: Aws) -> dict[str, Any]:
    with suppress(WaiterError):
        aws.sagemaker.get_waiter("transform_job_completed_or_stopped").wait(TransformJobName="job")
    return dict(aws.sagemaker.describe_transform_job(TransformJobName="job"))


def output(aws: Aws, key: str = "a.csv") -> list[str]:
    return str(aws.s3.get_object(Bucket=aws.bucket, Key=f"out/{key}.out")["Body"].read().decode()).splitlines()


def high(predictions: list[str]) -> list[bool]:
    return [float(each) > 0.5 for each in predictions]


@pytest.mark.parametrize("strategy", ["MultiRecord", "SingleRecord"])
def test_every_line_gets_a_prediction(aws: Aws, model: str, strategy: str) -> None:
    start(aws, BatchStrategy=strategy)
    job = ended(aws)
    assert job["TransformJobStatus"] == "Completed"
    assert job["TransformEndTime"] >= job["TransformStartTime"]
    assert high(output(aws)) == [True, False, True]


def test_a_file_is_sent_whole_unless_it_is_split(aws: Aws, model: str) -> None:
    start(aws, split="None", assemble="None")
    assert ended(aws)["TransformJobStatus"] == "Completed"
    assert high(output(aws)) == [True, False, True]


def test_every_object_gets_an_output_of_its_name(aws: Aws, model: str) -> None:
    aws.put("rows/more/b.csv", "0.1,0.5\n")
    start(aws)
    ended(aws)
    assert len(output(aws, "a.csv")) == 3
    assert high(output(aws, "more/b.csv")) == [False]


def test_requests_are_no_larger_than_allowed(aws: Aws, model: str) -> None:
    aws.put("rows/a.csv", ROWS * 50_000)  # 1.2 MB
    start(aws, MaxPayloadInMB=1)
    ended(aws)
    assert len(output(aws)) == 150_000
    log = aws.log(GROUP, "job/i-")
    assert sum("POST /invocations" in line for line in log) == 2


def test_predictions_are_joined_to_their_records(aws: Aws, model: str) -> None:
    aws.put("rows/a.csv", "first,0.9,0.5\nsecond,0.1,0.5\n")
    start(aws, DataProcessing={"InputFilter": "$[1:]", "JoinSource": "Input", "OutputFilter": "$[0,-1]"})
    assert ended(aws)["TransformJobStatus"] == "Completed"
    rows = [line.split(",") for line in output(aws)]
    assert [row[0] for row in rows] == ["first", "second"]
    assert high([row[1] for row in rows]) == [True, False]


def test_a_record_the_container_refuses_fails_the_job_and_is_in_the_log(aws: Aws, model: str) -> None:
    aws.put("rows/a.csv", "1,2,3,4\n")
    start(aws)
    job = ended(aws)
    assert (job["TransformJobStatus"], job["FailureReason"]) == (
        "Failed",
        "ClientError: See job logs for more information",
    )
    logs = aws.client("logs").describe_log_streams(logGroupName=GROUP)["logStreams"]
    (data_log,) = [each["logStreamName"] for each in logs if each["logStreamName"].endswith("/data-log")]
    assert any("Bad HTTP status received from algorithm: 400" in line for line in aws.log(GROUP, data_log))


def test_a_model_that_is_not_there_is_refused(aws: Aws) -> None:
    with pytest.raises(ClientError, match="Could not find model"):
        start(aws)


def test_missing_data_is_refused_in_the_words_of_aws(aws: Aws, model: str) -> None:
    aws.s3.delete_object(Bucket=aws.bucket, Key="rows/a.csv")
    with pytest.raises(ClientError, match=f'No S3 objects found under S3 URL "s3://{aws.bucket}/rows/" given in input'):
        start(aws)


def test_a_manifest_names_the_files(aws: Aws, model: str) -> None:
    aws.put("rows/b.csv", "0.1,0.5\n")
    manifest = f"{aws.put('m/list', json.dumps([{'prefix': f's3://{aws.bucket}/rows/'}, 'b.csv']))}/list"
    source = {"S3DataSource": {"S3DataType": "ManifestFile", "S3Uri": manifest}}
    start(aws, TransformInput={"DataSource": source, "ContentType": "text/csv", "SplitType": "Line"})
    assert ended(aws)["TransformJobStatus"] == "Completed"
    assert high(output(aws, "b.csv")) == [False]
    assert aws.s3.list_objects_v2(Bucket=aws.bucket, Prefix="out/")["KeyCount"] == 1


def tf_record(data: bytes) -> bytes:
    return len(data).to_bytes(8, "little") + bytes(4) + data + bytes(4)


@pytest.mark.parametrize(("split", "written"), [("RecordIO", recordio.frame), ("TFRecord", tf_record)])
def test_binary_records_are_sent_as_they_are(tmp_path: Path, split: str, written: Callable[[bytes], bytes]) -> None:
    records = [written(b"one"), written(b"second"), written(b"")]
    (tmp_path / "file").write_bytes(b"".join(records))
    batching = Batching.of({"TransformInput": {"SplitType": split}, "BatchStrategy": "SingleRecord"})
    assert list(batching.batches(tmp_path / "file")) == [[record] for record in records]
    together = Batching.of({"TransformInput": {"SplitType": split}})
    (batch,) = together.batches(tmp_path / "file")
    assert together.between.join(batch) == b"".join(records)


@pytest.mark.parametrize("split", ["RecordIO", "TFRecord"])
def test_a_truncated_record_fails_the_job(aws: Aws, model: str, split: str) -> None:
    aws.s3.put_object(Bucket=aws.bucket, Key="rows/a.csv", Body=b"\x0a\x23\xd7\xce\x0a\x00\x00\x00abc")
    start(aws, split=split)
    assert ended(aws)["FailureReason"].startswith(f"ClientError: a.csv cannot be split by {split}: ")


def test_captured_data_is_named_by_manifests(aws: Aws, model: str) -> None:
    start(aws, DataCaptureConfig={"DestinationS3Uri": f"s3://{aws.bucket}/captured"})
    assert ended(aws)["TransformJobStatus"] == "Completed"
    keys = [each["Key"] for each in aws.s3.list_objects_v2(Bucket=aws.bucket, Prefix="captured/")["Contents"]]
    told = {key.split("/")[1]: json.loads(aws.s3.get_object(Bucket=aws.bucket, Key=key)["Body"].read()) for key in keys}
    assert told == {
        "input": [{"prefix": f"s3://{aws.bucket}/rows/"}, "a.csv"],
        "output": [{"prefix": f"s3://{aws.bucket}/out/"}, "a.csv.out"],
    }


def test_a_stopped_job_is_stopped(aws: Aws, model: str) -> None:
    aws.put("rows/a.csv", ROWS * 100_000)
    start(aws, BatchStrategy="SingleRecord")
    aws.sagemaker.stop_transform_job(TransformJobName="job")
    assert ended(aws)["TransformJobStatus"] == "Stopped"


def test_jobs_are_listed(aws: Aws, model: str) -> None:
    start(aws)
    ended(aws)
    (listed,) = aws.sagemaker.list_transform_jobs(StatusEquals="Completed")["TransformJobSummaries"]
    assert listed["TransformJobName"] == "job"


RECORD = {"id": 7, "features": [1, 2, 3], "SageMakerOutput": {"score": 0.5}}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", RECORD),
        ("$.features", [1, 2, 3]),
        ("$.features[0]", 1),
        ("$['SageMakerOutput'].score", 0.5),
        ("$['id','features']", {"id": 7, "features": [1, 2, 3]}),
        ("$.features[1:]", [2, 3]),
        ("$.features[:-1]", [1, 2]),
        ("$.features[0,-1]", [1, 3]),
    ],
)
def test_a_path_selects_what_is_documented(path: str, found: object) -> None:
    assert select(path, RECORD) == found


@pytest.mark.parametrize("path", ["features", "$.nowhere", "$[", "$.features[9]", "$.id[0]", "$..id", "$[?(@.x)]"])
def test_a_path_that_finds_nothing_is_told(path: str) -> None:
    with pytest.raises(BadPathError, match="The path"):
        select(path, RECORD)


SDK_SCRIPT = """
from sagemaker.core.transformer import Transformer

transformer = Transformer(
    model_name="model",
    instance_count=1,
    instance_type="ml.m5.large",
    strategy="MultiRecord",
    assemble_with="Line",
    accept="text/csv",
    output_path="s3://{bucket}/out",
)
transformer.transform("s3://{bucket}/rows/", content_type="text/csv", split_type="Line", wait=True, logs=False)
"""


@pytest.mark.slow
def test_the_sdks_transformer_runs_unmodified(aws: Aws, model: str, tmp_path: Path) -> None:
    run_sdk(aws, SDK_SCRIPT.format(bucket=aws.bucket), tmp_path)
    assert high(output(aws)) == [True, False, True]
