"""What a training job's channels give it, over HTTP through boto3: a script tells what it finds."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from local_server import Aws, channel
from scripts import result_of, start_script, train_script

from local_sagemaker.algorithms import recordio

READ_PIPE = """
import json, pathlib
data = pathlib.Path("/opt/ml/input/data")
for epoch in range({epochs}):
    content = (data / f"train_{{epoch}}").read_bytes()
    pathlib.Path("/opt/ml/model", str(epoch)).write_bytes(content)
"""
LIST_FILES = """
import json, os, pathlib
data = pathlib.Path("/opt/ml/input/data/train")
host = os.environ["SM_CURRENT_HOST"]
pathlib.Path("/opt/ml/model", host).write_text(" ".join(sorted(str(f.relative_to(data)) for f in data.rglob("*.txt"))))
"""


def with_objects(aws: Aws, count: int = 3) -> str:
    """Store ``data/0.txt`` and so on, each with its number and a semicolon; return the folder's address."""
    for number in range(count):
        uri = aws.put(f"data/{number}.txt", f"{number};")
    return uri


def source(uri: str, kind: str = "S3Prefix", **more: Any) -> dict[str, Any]:
    return {"S3DataSource": {"S3DataType": kind, "S3Uri": uri, **more}}


def train(aws: Aws, script: str, data: dict[str, Any], hosts: int = 1, **given: Any) -> dict[str, bytes]:
    """Train on one channel with a script; return the files of its model."""
    told = train_script(
        aws, script, hosts=hosts, InputDataConfig=[{"ChannelName": "train", "DataSource": data, **given}]
    )
    assert told["TrainingJobStatus"] == "Completed", told.get("FailureReason")
    return result_of(aws)


def refusal(aws: Aws, *channels: dict[str, Any], **changes: Any) -> str:
    """Return the message of CreateTrainingJob's refusal."""
    with pytest.raises(ClientError) as refused:
        aws.train(InputDataConfig=list(channels), **changes)
    assert refused.value.response["Error"]["Code"] == "ValidationException"
    return str(refused.value.response["Error"]["Message"])


def test_a_pipe_has_all_objects_one_after_the_other(aws: Aws) -> None:
    assert train(aws, READ_PIPE.format(epochs=1), source(with_objects(aws)), InputMode="Pipe") == {"0": b"0;1;2;"}


def test_each_epoch_has_a_pipe_of_its_own(aws: Aws) -> None:
    told = train(aws, READ_PIPE.format(epochs=3), source(with_objects(aws)), InputMode="Pipe")
    assert told == {"0": b"0;1;2;", "1": b"0;1;2;", "2": b"0;1;2;"}


def test_the_input_mode_of_the_job_is_that_of_its_channels(aws: Aws) -> None:
    script = "import shutil; shutil.copy('/opt/ml/input/config/inputdataconfig.json', '/opt/ml/model/c')"
    uri = with_objects(aws)
    files = {"ChannelName": "files", "DataSource": source(uri), "InputMode": "File"}
    piped = {"ChannelName": "piped", "DataSource": source(uri)}
    specification = {"TrainingInputMode": "Pipe"}
    start_script(aws, script, InputDataConfig=[files, piped], AlgorithmSpecification={**IMAGE, **specification})
    aws.ended()
    told = json.loads(result_of(aws)["c"])
    assert {name: each["TrainingInputMode"] for name, each in told.items()} == {"files": "File", "piped": "Pipe"}


IMAGE = {"TrainingImage": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"}


def test_a_pipe_that_is_closed_early_goes_on_with_the_next_epoch(aws: Aws) -> None:
    script = """
import pathlib
with open("/opt/ml/input/data/train_0", "rb") as pipe:
    first = pipe.read(2)
second = pathlib.Path("/opt/ml/input/data/train_1").read_bytes()
pathlib.Path("/opt/ml/model/told").write_bytes(first + second[-2:])
"""
    for number in range(3):
        uri = aws.put(f"big/{number}.txt", f"{number};" * 100_000)
    assert train(aws, script, source(uri), InputMode="Pipe") == {"told": b"0;2;"}


def test_a_script_that_reads_no_pipe_ends_all_the_same(aws: Aws) -> None:
    assert train(aws, "open('/opt/ml/model/done', 'w')", source(with_objects(aws)), InputMode="Pipe") == {"done": b""}


def test_a_pipes_objects_are_unpacked(aws: Aws) -> None:
    aws.put("zipped/a", "")
    packed = gzip.compress(b"one,") + gzip.compress(b"two,")
    aws.s3.put_object(Bucket=aws.bucket, Key="zipped/a", Body=packed)
    data = source(f"s3://{aws.bucket}/zipped/")
    told = train(aws, READ_PIPE.format(epochs=1), data, InputMode="Pipe", CompressionType="Gzip")
    assert told == {"0": b"one,two,"}


@pytest.mark.parametrize(
    "content", [b"plain", gzip.compress(b"cut off" * 1000)[:-9], b""], ids=["plain", "cut off", "empty"]
)
def test_objects_that_are_not_wholly_compressed_fail_the_job(aws: Aws, content: bytes) -> None:
    aws.put("zipped/a", "")
    aws.s3.put_object(Bucket=aws.bucket, Key="zipped/a", Body=content)
    data = {"ChannelName": "train", "DataSource": source(f"s3://{aws.bucket}/zipped/"), "InputMode": "Pipe"}
    told = train_script(aws, READ_PIPE.format(epochs=1), InputDataConfig=[{**data, "CompressionType": "Gzip"}])
    assert told["FailureReason"].startswith(f"ClientError: s3://{aws.bucket}/zipped/a is not compressed with gzip")


def test_a_pipe_wraps_each_object_into_a_record(aws: Aws) -> None:
    told = train(
        aws, READ_PIPE.format(epochs=1), source(with_objects(aws)), InputMode="Pipe", RecordWrapperType="RecordIO"
    )
    assert list(recordio.records(told["0"])) == [b"0;", b"1;", b"2;"]


def test_a_pipe_is_shuffled_anew_for_each_epoch(aws: Aws) -> None:
    data = source(with_objects(aws, 8))
    told = train(aws, READ_PIPE.format(epochs=2), data, InputMode="Pipe", ShuffleConfig={"Seed": 7})
    assert sorted(told["0"].split(b";")) == sorted(told["1"].split(b";"))
    assert told["0"] != told["1"] != b"0;1;2;3;4;5;6;7;"


def test_an_augmented_manifest_is_streamed_attribute_by_attribute(aws: Aws) -> None:
    uri = with_objects(aws)
    lines = [
        {"source-ref": f"{uri}/0.txt", "class": 1, "other": 2},
        {"source-ref": f"{uri}/1.txt", "class": {"x": [1, 2]}},
    ]
    manifest = f"{aws.put('m/train.manifest', chr(10).join(map(json.dumps, lines)))}/train.manifest"
    told = train(
        aws,
        READ_PIPE.format(epochs=1),
        source(manifest, "AugmentedManifestFile", AttributeNames=["source-ref", "class"]),
        InputMode="Pipe",
        RecordWrapperType="RecordIO",
    )
    assert list(recordio.records(told["0"])) == [b"0;", b"1", b"1;", b'{"x": [1, 2]}']


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        ('{"source-ref": "s3://nowhere/x"}', "Could not read s3://nowhere/x"),
        ('{"other": 1}', "has no attribute source-ref"),
        ('{"source-ref": ', "has a line that is no JSON object"),
        ("7", "has a line that is no JSON object"),
    ],
)
def test_an_augmented_manifest_that_is_wrong_fails_the_job(aws: Aws, manifest: str, reason: str) -> None:
    uri = f"{aws.put('m/train.manifest', manifest)}/train.manifest"
    data = source(uri, "AugmentedManifestFile", AttributeNames=["source-ref"])
    given = {"ChannelName": "train", "DataSource": data, "InputMode": "Pipe"}
    told = train_script(aws, READ_PIPE.format(epochs=1), InputDataConfig=[given])
    assert told["TrainingJobStatus"] == "Failed"
    assert told["FailureReason"].startswith("ClientError: ")
    assert reason in told["FailureReason"]


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        ('[{"prefix": "s3://BUCKET/data/"}, "../../etc/passwd"]', "would leave the channel's folder"),
        ('[{"prefix": "s3://BUCKET/data/"}, "missing.txt"]', "Could not read s3://BUCKET/data/missing.txt"),
        ("[]", "Could not read what the manifest"),
        ('{"prefix": 1}', "Could not read what the manifest"),
        ("no JSON", "Could not read what the manifest"),
    ],
)
def test_a_manifest_that_is_wrong_fails_the_job(aws: Aws, manifest: str, reason: str) -> None:
    with_objects(aws)
    uri = f"{aws.put('m/list', manifest.replace('BUCKET', aws.bucket))}/list"
    given = {"ChannelName": "train", "DataSource": source(uri, "ManifestFile")}
    told = train_script(aws, LIST_FILES, InputDataConfig=[given])
    assert told["FailureReason"].startswith("ClientError: ")
    assert reason.replace("BUCKET", aws.bucket) in told["FailureReason"]


def test_another_accounts_data_is_refused(aws: Aws, new_account: Callable[[], Aws]) -> None:
    uri = with_objects(new_account())
    aws.put("mine", "")
    assert f'No S3 objects found under S3 URL "{uri}"' in refusal(aws, channel("train", uri))


def test_a_manifests_files_come_in_pipes_too(aws: Aws) -> None:
    with_objects(aws)
    names = [{"prefix": f"s3://{aws.bucket}/data/"}, "2.txt", "0.txt"]
    manifest = f"{aws.put('m/list', json.dumps(names))}/list"
    assert train(aws, READ_PIPE.format(epochs=1), source(manifest, "ManifestFile"), InputMode="Pipe") == {"0": b"2;0;"}


def test_a_manifest_names_the_files(aws: Aws) -> None:
    with_objects(aws)
    aws.put("data/deep/er.txt", "")
    names = [{"prefix": f"s3://{aws.bucket}/data/"}, "2.txt", "deep/er.txt"]
    manifest = f"{aws.put('m/list', json.dumps(names))}/list"
    assert train(aws, LIST_FILES, source(manifest, "ManifestFile")) == {"algo-1": b"2.txt deep/er.txt"}


def test_a_manifests_objects_are_sharded_among_hosts(aws: Aws) -> None:
    with_objects(aws)
    names = [{"prefix": f"s3://{aws.bucket}/data/"}, "0.txt", "1.txt", "2.txt"]
    manifest = f"{aws.put('m/list', json.dumps(names))}/list"
    data = source(manifest, "ManifestFile", S3DataDistributionType="ShardedByS3Key")
    assert train(aws, LIST_FILES, data, hosts=2) == {"algo-1": b"0.txt 2.txt", "algo-2": b"1.txt"}


def test_fast_file_mode_has_files(aws: Aws) -> None:
    told = train(aws, LIST_FILES, source(with_objects(aws)), InputMode="FastFile")
    assert told == {"algo-1": b"0.txt 1.txt 2.txt"}


def test_a_prefix_with_nothing_below_is_refused_in_the_words_of_aws(aws: Aws) -> None:
    aws.put("data/a", "")
    uri = f"s3://{aws.bucket}/nowhere/"
    assert refusal(aws, channel("train", uri)) == (
        f'No S3 objects found under S3 URL "{uri}" given in input data source. Please ensure that the bucket exists in '
        "the selected region (us-east-1), that objects exist under that S3 prefix, and that the role "
        f'"arn:aws:iam::{aws.account}:role/any" has "s3:ListBucket" permissions on bucket "{aws.bucket}".'
    )


def test_a_bucket_that_is_not_there_is_refused(aws: Aws) -> None:
    assert '"s3://no-such-bucket-at-all/x"' in refusal(aws, channel("train", "s3://no-such-bucket-at-all/x"))


def test_a_channel_name_cannot_be_used_twice(aws: Aws) -> None:
    uri = with_objects(aws)
    assert "'train' is used 2 times" in refusal(aws, channel("train", uri), channel("train", uri))


def test_a_job_has_at_most_twenty_channels(aws: Aws) -> None:
    uri = with_objects(aws)
    many = [channel(f"c{number}", uri) for number in range(21)]
    assert "length less than or equal to 20" in refusal(aws, *many)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"CompressionType": "Gzip"}, "CompressionType Gzip is used only in Pipe input mode"),
        (
            {"DataSource": source("{uri}", "AugmentedManifestFile", AttributeNames=["a"])},
            "AugmentedManifestFile is supported only in Pipe input mode",
        ),
        (
            {"DataSource": source("{uri}", "AugmentedManifestFile"), "InputMode": "Pipe"},
            "AugmentedManifestFile needs AttributeNames",
        ),
        ({"DataSource": source("{uri}", "ManifestFile"), "InputMode": "FastFile"}, "supports S3 prefixes only"),
        (
            {
                "DataSource": {
                    "FileSystemDataSource": {
                        "FileSystemId": "fs-01234567890",
                        "FileSystemAccessMode": "ro",
                        "FileSystemType": "EFS",
                        "DirectoryPath": "/",
                    }
                }
            },
            "FileSystemDataSource",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(aws: Aws, changes: dict[str, Any], message: str) -> None:
    uri = with_objects(aws)
    given = json.loads(json.dumps({**channel("train", uri), **changes}).replace("{uri}", uri))
    assert message in refusal(aws, given)


def test_an_image_from_a_registry_in_a_vpc_is_refused(aws: Aws) -> None:
    specification = {**IMAGE, "TrainingInputMode": "File"}
    access = {"TrainingImageConfig": {"TrainingRepositoryAccessMode": "Vpc"}}
    uri = with_objects(aws)
    told = refusal(aws, channel("train", uri), AlgorithmSpecification={**specification, **access})
    assert "TrainingRepositoryAccessMode Vpc" in told
