"""How an object in S3 can be named."""

from __future__ import annotations

import pytest
from local_server import Aws, channel, rows_where_the_feature_decides

from local_sagemaker.cloud.addresses import NoSuchDataError, split


@pytest.mark.parametrize(
    "uri",
    [
        "s3://data/train/a.csv",
        "https://s3.amazonaws.com/data/train/a.csv",
        "https://s3-eu-west-1.amazonaws.com/data/train/a.csv",
        "https://s3.us-east-1.amazonaws.com/data/train/a.csv",
        "https://data.s3.amazonaws.com/train/a.csv",
        "https://data.s3.us-east-1.amazonaws.com/train/a.csv",
        "https://data.s3-us-west-2.amazonaws.com/train/a.csv",
    ],
)
def test_an_address_says_bucket_and_key(uri: str) -> None:
    assert split(uri) == ("data", "train/a.csv")


@pytest.mark.parametrize("uri", ["", "data/train", "file:///train", "s3://", "https://example.com/data/train/a.csv"])
def test_what_is_no_address_in_s3_is_refused(uri: str) -> None:
    with pytest.raises(NoSuchDataError, match="is not an S3 address"):
        split(uri)


def test_a_job_reads_and_writes_at_https_addresses(aws: Aws) -> None:
    aws.put("train/train.csv", rows_where_the_feature_decides())
    base = f"https://s3-us-east-1.amazonaws.com/{aws.bucket}"
    aws.train(InputDataConfig=[channel("train", f"{base}/train")], OutputDataConfig={"S3OutputPath": f"{base}/out"})
    assert aws.ended()["TrainingJobStatus"] == "Completed"
    assert aws.s3.head_object(Bucket=aws.bucket, Key="out/job/output/model.tar.gz")["ContentLength"]
