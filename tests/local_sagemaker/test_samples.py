"""The public sample buckets, over HTTP through boto3."""

from __future__ import annotations

import gzip
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from local_server import Aws, channel

from local_sagemaker import samples
from local_sagemaker.samples import CATALOGUE, REGION, churn
from local_sagemaker.samples.sample import Sample

TABLE = Path(samples.__file__).parent.parent / "SAMPLES.md"
BUCKET, REGIONAL = "sagemaker-sample-files", "sagemaker-example-files-prod-eu-west-1"
ABALONE, IRIS = "datasets/tabular/uci_abalone/abalone.csv", "datasets/tabular/iris/iris.data"
TEXTS = {
    sample.key: sample
    for all_of_them in CATALOGUE.values()
    for sample in all_of_them
    if not sample.key.endswith(("gz", ".zip", ".npy"))
}


def body(aws: Aws, bucket: str, key: str) -> bytes:
    return bytes(aws.s3.get_object(Bucket=bucket, Key=key)["Body"].read())


def test_the_published_table_is_what_the_code_says() -> None:
    renewal = "renew it: python -m local_sagemaker --samples > tools/local_sagemaker/SAMPLES.md"
    assert TABLE.read_text("utf-8") == samples.markdown(), renewal


def test_a_sample_can_be_downloaded(aws: Aws, tmp_path: Path) -> None:
    aws.s3.download_file(BUCKET, ABALONE, str(tmp_path / "abalone.csv"))
    assert len((tmp_path / "abalone.csv").read_text().splitlines()) == 4177


def test_a_sample_is_the_same_in_every_region_and_for_every_account(aws: Aws) -> None:
    assert body(aws, BUCKET, ABALONE) == body(aws, REGIONAL, ABALONE)
    other = Aws(aws.env, "999999999999")
    assert body(aws, BUCKET, ABALONE) == body(other, BUCKET, ABALONE)


def test_an_unsigned_request_reads_samples(aws: Aws) -> None:
    anybody = boto3.client(
        "s3", "us-east-1", endpoint_url=aws.env["AWS_ENDPOINT_URL"], config=Config(signature_version=UNSIGNED)
    )
    assert anybody.get_object(Bucket=BUCKET, Key=IRIS)["Body"].read().startswith(b"5.1,3.5,1.4,0.2,Iris-setosa\n")
    listed = anybody.list_objects_v2(Bucket=BUCKET, Prefix="datasets/tabular/iris/")
    assert [each["Key"] for each in listed["Contents"]] == [IRIS]


def test_a_listing_tells_what_reading_an_object_tells(aws: Aws) -> None:
    (listed,) = aws.s3.list_objects_v2(Bucket=REGIONAL, Prefix="datasets/tabular/breast_cancer/")["Contents"]
    told = aws.s3.head_object(Bucket=REGIONAL, Key=listed["Key"])
    assert (listed["Size"], listed["ETag"]) == (told["ContentLength"], told["ETag"])
    assert listed["Size"] == len(body(aws, REGIONAL, listed["Key"]))


def test_folders_are_listed_without_making_what_is_in_them(aws: Aws) -> None:
    listed = aws.s3.list_objects_v2(Bucket="sagemaker-sample-data-us-west-2", Delimiter="/")
    assert [each["Prefix"] for each in listed["CommonPrefixes"]] == ["autopilot/", "processing/", "tensorflow/"]
    assert "Contents" not in listed


def test_a_key_that_is_not_there_is_not_found(aws: Aws) -> None:
    with pytest.raises(ClientError, match="NoSuchKey"):
        aws.s3.get_object(Bucket=BUCKET, Key="datasets/nothing.csv")
    with pytest.raises(ClientError, match="404"):
        aws.s3.head_object(Bucket=BUCKET, Key="datasets/nothing.csv")


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("put_object", {"Key": "mine.csv", "Body": b"1"}),
        ("put_object", {"Key": ABALONE, "Body": b"1"}),
        ("delete_object", {"Key": ABALONE}),
        ("delete_objects", {"Delete": {"Objects": [{"Key": ABALONE}]}}),
        ("delete_bucket", {}),
        ("put_bucket_policy", {"Policy": "{}"}),
        ("create_multipart_upload", {"Key": "mine.csv"}),
        ("get_bucket_acl", {}),
    ],
)
def test_nobody_may_change_a_sample_bucket(aws: Aws, operation: str, parameters: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        getattr(aws.s3, operation)(Bucket=BUCKET, **parameters)
    assert body(aws, BUCKET, ABALONE).count(b"\n") == 4177


def test_a_sample_buckets_name_is_taken(aws: Aws) -> None:
    with pytest.raises(ClientError, match="BucketAlreadyExists"):
        aws.s3.create_bucket(Bucket=BUCKET)


def test_a_sample_can_be_copied_into_a_bucket_of_ones_own(aws: Aws) -> None:
    aws.s3.create_bucket(Bucket=aws.bucket)
    aws.s3.copy(
        {"Bucket": "sagemaker-servicecatalog-seedcode-us-east-1", "Key": "dataset/abalone-dataset.csv"}, aws.bucket, "a"
    )
    assert body(aws, aws.bucket, "a") == body(aws, BUCKET, ABALONE)


def test_another_accounts_object_cannot_be_copied(aws: Aws) -> None:
    other = Aws(aws.env, "999999999998")
    other.put("secret.txt", "1")
    aws.s3.create_bucket(Bucket=aws.bucket)
    with pytest.raises(ClientError, match="AccessDenied"):
        aws.s3.copy_object(CopySource={"Bucket": other.bucket, "Key": "secret.txt"}, Bucket=aws.bucket, Key="mine")


def test_a_training_job_reads_a_sample_bucket(aws: Aws) -> None:
    uri = f"s3://{BUCKET}/datasets/tabular/uci_abalone/train/"
    aws.train(
        InputDataConfig=[channel("train", uri, "text/libsvm")],
        HyperParameters={"num_round": "20", "objective": "reg:squarederror"},
    )
    (metric,) = aws.ended()["FinalMetricDataList"]
    assert metric["MetricName"] == "train:rmse"
    assert metric["Value"] < 2.5  # rings; their standard deviation is 3.3


@pytest.mark.parametrize("sample", TEXTS.values(), ids=TEXTS)
def test_a_table_has_as_many_columns_in_every_row(sample: Sample) -> None:
    lines = [line for line in sample.make().decode().splitlines() if not line.startswith("|")]
    separator = " " if ":" in lines[0] else ","
    assert len({line.count(separator) for line in lines}) == 1


def test_a_sample_is_made_of_the_same_bytes_in_every_process() -> None:
    """Python's own hashes differ from process to process."""
    program = "import sys; from local_sagemaker.samples import churn; sys.stdout.buffer.write(churn.churn())"
    made = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True).stdout
    assert made == churn.churn()


def test_every_sample_has_a_key_of_its_own() -> None:
    for all_of_them in CATALOGUE.values():
        assert len({sample.key for sample in all_of_them}) == len(all_of_them)


def test_a_bucket_of_another_name_is_no_sample_bucket(aws: Aws) -> None:
    name = f"sagemaker-sample-data-{REGION}".replace(REGION, "mine")
    aws.s3.create_bucket(Bucket=name)
    aws.s3.put_object(Bucket=name, Key="mine.csv", Body=b"1")
    assert body(aws, name, "mine.csv") == b"1"


@pytest.mark.slow
def test_the_digits_are_shaped_as_mnist_is(aws: Aws) -> None:
    packed = body(aws, BUCKET, "datasets/image/MNIST/mnist.pkl.gz")
    parts = pickle.loads(gzip.decompress(packed), encoding="latin1")  # noqa: S301  our own
    assert [(images.shape, labels.shape) for images, labels in parts] == [
        ((50_000, 784), (50_000,)),
        ((10_000, 784), (10_000,)),
        ((10_000, 784), (10_000,)),
    ]
    assert all(images.dtype == "float32" and images.min() >= 0 and images.max() < 1 for images, _ in parts)
