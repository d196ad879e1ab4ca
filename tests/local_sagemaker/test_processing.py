"""Processing jobs, over HTTP through boto3 and the SDK."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError
from local_server import Aws, wait_until
from scripts import SKLEARN, run_sdk

GROUP = "/aws/sagemaker/ProcessingJobs"
CODE = "/opt/ml/processing/input/code"
DOUBLE = """
import pathlib, sys
for file in pathlib.Path("/opt/ml/processing/input/data").iterdir():
    doubled = [str(2 * int(line)) for line in file.read_text().split()]
    pathlib.Path("/opt/ml/processing/output", file.name).write_text(" ".join(doubled))
print("called with", sys.argv[1:])
"""


def s3_input(name: str, uri: str, local: str, **more: str) -> dict[str, Any]:
    return {
        "InputName": name,
        "S3Input": {"S3Uri": uri, "LocalPath": local, "S3DataType": "S3Prefix", "S3InputMode": "File", **more},
    }


def start(aws: Aws, script: str, *, name: str = "job", hosts: int = 1, mode: str = "EndOfJob", **changes: Any) -> None:
    """Start a job whose script is `script`, with the numbers 1 2 in one file and 3 in another as its data."""
    aws.put("data/a.txt", "1\n2")
    aws.put("data/b.txt", "3")
    code = aws.put(f"{name}/code/script.py", script)
    output = {"S3Uri": f"s3://{aws.bucket}/{name}/out", "LocalPath": "/opt/ml/processing/output", "S3UploadMode": mode}
    cluster = {"InstanceCount": hosts, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
    request = {
        "ProcessingJobName": name,
        "RoleArn": f"arn:aws:iam::{aws.account}:role/any",
        "ProcessingResources": {"ClusterConfig": cluster},
        "AppSpecification": {
            "ImageUri": SKLEARN,
            "ContainerEntrypoint": ["python3", f"{CODE}/script.py"],
            "ContainerArguments": ["--ratio", "0.2"],
        },
        "ProcessingInputs": [
            s3_input("data", f"s3://{aws.bucket}/data/", "/opt/ml/processing/input/data"),
            s3_input("code", f"{code}/script.py", CODE),
        ],
        "ProcessingOutputConfig": {"Outputs": [{"OutputName": "out", "S3Output": output}]},
    }
    aws.sagemaker.create_processing_job(**{**request, **changes})


def ended(aws: Aws, name: str = "job") -> dict[str, Any]:
    with suppress(WaiterError):
        aws.sagemaker.get_waiter("processing_job_completed_or_stopped").wait(ProcessingJobName=name)
    return dict(aws.sagemaker.describe_processing_job(ProcessingJobName=name))


def outputs(aws: Aws, name: str = "job") -> dict[str, str]:
    listed = aws.s3.list_objects_v2(Bucket=aws.bucket, Prefix=f"{name}/out/").get("Contents", [])
    bodies = {each["Key"]: aws.s3.get_object(Bucket=aws.bucket, Key=each["Key"])["Body"].read() for each in listed}
    return {key.removeprefix(f"{name}/out/"): body.decode() for key, body in bodies.items()}


def test_a_job_turns_its_inputs_into_outputs(aws: Aws) -> None:
    start(aws, DOUBLE)
    assert ended(aws)["ProcessingJobStatus"] == "Completed"
    assert outputs(aws) == {"a.txt": "2 4", "b.txt": "6"}


def test_a_job_gets_its_arguments_and_its_log_is_in_cloudwatch(aws: Aws) -> None:
    start(aws, DOUBLE)
    ended(aws)
    assert "called with ['--ratio', '0.2']" in aws.log(GROUP, "job/algo-1-")


def test_a_job_gets_its_environment_and_configuration(aws: Aws) -> None:
    script = """
import json, os, pathlib
told = {name: json.load(open(f"/opt/ml/config/{name}.json")) for name in ("processingjobconfig", "resourceconfig")}
told["env"] = dict(os.environ)
pathlib.Path("/opt/ml/processing/output/told.json").write_text(json.dumps(told))
"""
    start(aws, script, Environment={"COLOUR": "blue"})
    ended(aws)
    told = json.loads(outputs(aws)["told.json"])
    assert told["env"]["COLOUR"] == "blue"
    assert told["processingjobconfig"]["ProcessingJobName"] == "job"
    assert told["resourceconfig"]["current_host"] == "algo-1"
    assert told["resourceconfig"]["hosts"] == ["algo-1"]


def test_a_failing_script_fails_the_job(aws: Aws) -> None:
    start(aws, "raise SystemExit(3)")
    job = ended(aws)
    assert job["ProcessingJobStatus"] == "Failed"
    assert job["FailureReason"] == "AlgorithmError: See job logs for more information, exit code: 3"
    assert outputs(aws) == {}


def test_a_jobs_message_is_its_exit_message(aws: Aws) -> None:
    start(aws, "open('/opt/ml/output/message', 'w').write('12 rows dropped')")
    assert ended(aws)["ExitMessage"] == "12 rows dropped"


def test_missing_input_fails_the_job_and_is_named(aws: Aws) -> None:
    nowhere = s3_input("data", f"s3://{aws.bucket}/nowhere/", "/opt/ml/processing/input")
    start(aws, DOUBLE, ProcessingInputs=[nowhere])
    assert f"s3://{aws.bucket}/nowhere/" in ended(aws)["FailureReason"]


@pytest.mark.parametrize("path", ["/etc", "/opt/ml/../../etc", "relative"])
def test_an_input_cannot_leave_opt_ml(aws: Aws, path: str) -> None:
    start(aws, DOUBLE, ProcessingInputs=[s3_input("data", f"s3://{aws.bucket}/data/", path)])
    assert ended(aws)["FailureReason"] == f"ClientError: {path} is not a path below /opt/ml"


def test_inputs_are_sharded_among_hosts(aws: Aws) -> None:
    inputs = [
        s3_input(
            "data",
            f"s3://data-of-{aws.account}/data/",
            "/opt/ml/processing/input/data",
            S3DataDistributionType="ShardedByS3Key",
        ),
        s3_input("code", f"s3://data-of-{aws.account}/job/code/script.py", CODE),
    ]
    count = """
import json, os, pathlib
host = json.load(open("/opt/ml/config/resourceconfig.json"))["current_host"]
here = sorted(os.listdir("/opt/ml/processing/input/data"))
pathlib.Path("/opt/ml/processing/output", host).write_text(" ".join(here))
"""
    start(aws, count, hosts=2, ProcessingInputs=inputs)
    ended(aws)
    assert outputs(aws) == {"algo-1": "a.txt", "algo-2": "b.txt"}


def test_of_preferred_instances_a_job_gets_the_first(aws: Aws) -> None:
    large, small = {"InstanceType": "ml.m5.large", "InstanceCount": 2}, {"InstanceType": "ml.t3.medium"}
    cluster = {"InstancePreferences": [large, {**small, "InstanceCount": 4}], "VolumeSizeInGB": 1}
    start(aws, "", ProcessingResources={"ClusterConfig": cluster})
    told = ended(aws)["ProcessingResources"]["ClusterConfig"]
    assert told == {**cluster, "SelectedInstanceType": "ml.m5.large", "SelectedInstanceCount": 2}
    streams = aws.client("logs").describe_log_streams(logGroupName="/aws/sagemaker/ProcessingJobs")["logStreams"]
    assert {each["logStreamName"].split("/")[1].rpartition("-")[0] for each in streams} == {"algo-1", "algo-2"}


def test_a_manifest_names_the_files_of_an_input(aws: Aws) -> None:
    start(aws, "")
    names = json.dumps([{"prefix": f"s3://{aws.bucket}/data/"}, "b.txt"])
    uri = f"{aws.put('m/list', names)}/list"
    inputs = [
        s3_input("data", uri, "/opt/ml/processing/input/data", S3DataType="ManifestFile"),
        s3_input("code", f"s3://{aws.bucket}/again/code/script.py", CODE),
    ]
    start(aws, DOUBLE, name="again", ProcessingInputs=inputs)
    ended(aws, "again")
    assert outputs(aws, "again") == {"b.txt": "6"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"S3InputMode": "Pipe"}, "The input data has S3InputMode Pipe"),
        ({"S3CompressionType": "Gzip"}, "S3CompressionType Gzip is for S3InputMode Pipe only"),
    ],
)
def test_an_input_of_a_kind_that_is_not_here_is_refused_by_name(
    aws: Aws, changes: dict[str, str], message: str
) -> None:
    aws.put("data/a.txt", "1")
    given = s3_input("data", f"s3://{aws.bucket}/data/", "/opt/ml/processing/input/data", **changes)
    with pytest.raises(ClientError, match=message):
        start(aws, DOUBLE, ProcessingInputs=[given])


def test_a_dataset_definition_is_refused_by_name(aws: Aws) -> None:
    aws.put("data/a.txt", "1")
    query = {"Catalog": "c", "Database": "d", "QueryString": "q", "OutputS3Uri": "s3://b/o", "OutputFormat": "PARQUET"}
    given = {"InputName": "table", "DatasetDefinition": {"AthenaDatasetDefinition": query, "LocalPath": "/opt/ml/p"}}
    with pytest.raises(ClientError, match="The input table is a DatasetDefinition"):
        start(aws, DOUBLE, ProcessingInputs=[given])


def test_an_input_that_the_program_manages_is_not_fetched(aws: Aws) -> None:
    aws.put("data/a.txt", "1")
    managed = {"InputName": "data", "AppManaged": True, "S3Input": {"S3Uri": "s3://x/y", "S3DataType": "S3Prefix"}}
    code = s3_input("code", f"s3://{aws.bucket}/job/code/script.py", CODE)
    start(aws, "open('/opt/ml/processing/output/done', 'w')", ProcessingInputs=[managed, code])
    assert ended(aws)["ProcessingJobStatus"] == "Completed"
    assert outputs(aws) == {"done": ""}


def test_continuous_outputs_arrive_while_the_job_runs(aws: Aws) -> None:
    start(
        aws, "import time; open('/opt/ml/processing/output/first', 'w').write('1'); time.sleep(600)", mode="Continuous"
    )
    assert wait_until(lambda: outputs(aws) == {"first": "1"})
    aws.sagemaker.stop_processing_job(ProcessingJobName="job")
    assert ended(aws)["ProcessingJobStatus"] == "Stopped"


def test_a_job_that_takes_too_long_is_stopped(aws: Aws) -> None:
    start(aws, "import time; time.sleep(600)", StoppingCondition={"MaxRuntimeInSeconds": 1})
    assert ended(aws)["ProcessingJobStatus"] == "Stopped"


def test_a_job_name_cannot_be_used_twice(aws: Aws) -> None:
    start(aws, "")
    with pytest.raises(ClientError, match="ResourceInUse"):
        start(aws, "")


def test_jobs_are_listed_by_status_and_name(aws: Aws) -> None:
    start(aws, "", name="good")
    start(aws, "raise SystemExit(1)", name="bad")
    ended(aws, "good")
    ended(aws, "bad")

    def listed(**wanted: str) -> list[str]:
        jobs = aws.sagemaker.list_processing_jobs(**wanted)["ProcessingJobSummaries"]
        return [job["ProcessingJobName"] for job in jobs]

    assert listed() == ["bad", "good"]
    assert listed(SortBy="Name", SortOrder="Descending") == ["good", "bad"]
    assert listed(StatusEquals="Failed") == ["bad"]
    assert listed(NameContains="oo") == ["good"]


def test_a_deleted_job_is_not_found(aws: Aws) -> None:
    start(aws, "import time; time.sleep(600)")
    with pytest.raises(ClientError, match="ResourceInUse"):
        aws.sagemaker.delete_processing_job(ProcessingJobName="job")
    aws.sagemaker.stop_processing_job(ProcessingJobName="job")
    ended(aws)
    aws.sagemaker.delete_processing_job(ProcessingJobName="job")
    with pytest.raises(ClientError, match="ResourceNotFound"):
        aws.sagemaker.describe_processing_job(ProcessingJobName="job")


SDK_SCRIPT = """
import json, pathlib
import boto3
from sagemaker.core import image_uris
from sagemaker.core.helper.session_helper import Session
from sagemaker.core.processing import ScriptProcessor
from sagemaker.core.shapes import ProcessingInput, ProcessingOutput, ProcessingS3Input, ProcessingS3Output

pathlib.Path("prepare.py").write_text('''
import pathlib, sys
import sklearn
rows = pathlib.Path("/opt/ml/processing/input/rows.csv").read_text().split()
pathlib.Path("/opt/ml/processing/train/rows.csv").write_text("\\\\n".join(rows[: int(sys.argv[2])]))
print("scikit-learn", sklearn.__version__)
''')
pathlib.Path("rows.csv").write_text("1\\n2\\n3\\n4\\n")
trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "*"}]}
role = boto3.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
bucket = Session().default_bucket()
processor = ScriptProcessor(
    image_uri=image_uris.retrieve("sklearn", "us-east-1", version="1.2-1"),
    command=["python3"],
    role=role,
    instance_type="ml.m5.large",
    instance_count=1,
    base_job_name="prepare",
)
source = ProcessingS3Input(
    s3_uri="rows.csv", local_path="/opt/ml/processing/input", s3_data_type="S3Prefix", s3_input_mode="File"
)
target = ProcessingS3Output(
    s3_uri=f"s3://{bucket}/train", local_path="/opt/ml/processing/train",
    s3_upload_mode="EndOfJob",
)
processor.run(
    code="prepare.py",
    inputs=[ProcessingInput(input_name="rows", s3_input=source)],
    outputs=[ProcessingOutput(output_name="train", s3_output=target)],
    arguments=["--rows", "3"],
    logs=False,
)
body = boto3.client("s3").get_object(Bucket=bucket, Key="train/rows.csv")["Body"]
print(body.read().split())
"""


@pytest.mark.slow
def test_the_sdks_script_processor_runs_unmodified(aws: Aws, tmp_path: Path) -> None:
    printed = run_sdk(aws, SDK_SCRIPT, tmp_path)
    assert printed.splitlines()[-1] == "[b'1', b'2', b'3']"
