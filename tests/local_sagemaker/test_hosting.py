"""Endpoints, over HTTP through boto3."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import psutil
import pytest
from botocore.exceptions import ClientError
from local_server import Aws, wait_until


@pytest.fixture
def model(aws: Aws, trained: bytes) -> str:
    """The S3 address of a trained model: it answers a high probability where the first feature is above one half."""
    aws.s3.create_bucket(Bucket=aws.bucket)
    aws.s3.put_object(Bucket=aws.bucket, Key="model.tar.gz", Body=trained)
    return f"s3://{aws.bucket}/model.tar.gz"


def processes_of(aws: Aws) -> list[psutil.Process]:
    """Return the serving processes of an account."""
    folder = Path(aws.env["AWS_CONFIG_FILE"]).parent / "endpoints" / aws.account
    found = []
    for process in psutil.process_iter():
        try:
            # A script's own folder is `/opt/ml`, but its environment's is not.
            if any(f"{folder}/" in process.environ().get(name, "") for name in ("SAGEMAKER_BASE_DIR", "PATH")):
                found.append(process)
        except psutil.Error:
            continue
    return found


def test_an_endpoint_answers_with_the_models_predictions(aws: Aws, model: str) -> None:
    assert aws.deploy("e", model)["EndpointStatus"] == "InService"
    high, low = aws.invoke("e", "0.9,0.5\n0.1,0.5").split()
    assert float(high) > 0.5 > float(low)


def test_an_endpoint_is_creating_before_it_is_in_service(aws: Aws, model: str) -> None:
    aws.deploy("e", model)
    aws.sagemaker.create_endpoint(EndpointName="second", EndpointConfigName="e")
    listed = aws.sagemaker.list_endpoints(NameContains="second")["Endpoints"]
    assert [each["EndpointStatus"] for each in listed] == ["Creating"]
    aws.sagemaker.get_waiter("endpoint_in_service").wait(EndpointName="second")


def test_a_first_look_at_an_endpoint_waits_a_little_and_need_not_be_repeated(aws: Aws, model: str) -> None:
    aws.deploy("e", model)
    aws.sagemaker.create_endpoint(EndpointName="second", EndpointConfigName="e")
    assert aws.sagemaker.describe_endpoint(EndpointName="second")["EndpointStatus"] == "InService"


def test_requests_and_answers_come_in_the_documented_formats(aws: Aws, model: str) -> None:
    aws.deploy("e", model)
    csv = float(aws.invoke("e", "0.9,0.5"))
    assert json.loads(aws.invoke("e", "1 0:0.9 1:0.5", "text/libsvm", "application/json")) == {
        "predictions": [{"score": csv}]
    }
    assert aws.invoke("e", "0.9,0.5", accept="application/jsonlines") == f'{{"score": {csv}}}\n'


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [("1,2,3,4", "text/csv", 400), ("a,b", "text/csv", 415), ("x", "image/png", 415)],
)
def test_a_request_the_container_refuses_is_a_model_error(
    aws: Aws, model: str, body: str, content_type: str, status: int
) -> None:
    aws.deploy("e", model)
    with pytest.raises(ClientError) as caught:
        aws.invoke("e", body, content_type)
    response: Any = caught.value.response
    assert response["Error"]["Code"] == "ModelError"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert response["OriginalStatusCode"] == status


def test_a_dead_container_is_a_model_error_and_then_a_failed_endpoint(aws: Aws, model: str) -> None:
    aws.deploy("e", model)
    for process in processes_of(aws):
        process.kill()
        process.wait()
    with pytest.raises(ClientError, match="ModelError"):
        aws.invoke("e", "0.9,0.5")
    endpoint = aws.sagemaker.describe_endpoint
    assert wait_until(lambda: endpoint(EndpointName="e")["EndpointStatus"] == "Failed")
    assert "stopped serving" in endpoint(EndpointName="e")["FailureReason"]


def test_a_model_that_cannot_be_loaded_fails_the_endpoint(aws: Aws) -> None:
    aws.put("m/broken.tar.gz", "not an archive")
    endpoint = aws.deploy("e", f"s3://{aws.bucket}/m/broken.tar.gz")
    assert endpoint["EndpointStatus"] == "Failed"
    assert "model.tar.gz" in endpoint["FailureReason"]


def test_an_archive_cannot_write_outside_its_folder(aws: Aws, tmp_path: Path) -> None:
    target = tmp_path / "escaped"
    hostile = io.BytesIO()
    with tarfile.open(fileobj=hostile, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo(f"../../../../../../../..{target}"))
    aws.put("m/any", "")
    aws.s3.put_object(Bucket=aws.bucket, Key="m/hostile.tar.gz", Body=hostile.getvalue())
    assert aws.deploy("e", f"s3://{aws.bucket}/m/hostile.tar.gz")["EndpointStatus"] == "Failed"
    assert not target.exists()


def test_an_unknown_endpoint_is_a_validation_error(aws: Aws) -> None:
    with pytest.raises(ClientError, match=f"Endpoint nowhere of account {aws.account} not found"):
        aws.invoke("nowhere", "1")


def test_a_deleted_endpoint_leaves_no_process(aws: Aws, model: str) -> None:
    aws.deploy("e", model)
    assert len(processes_of(aws)) == 1
    aws.sagemaker.delete_endpoint(EndpointName="e")
    assert aws.sagemaker.list_endpoints(StatusEquals="Deleting")["Endpoints"][0]["EndpointName"] == "e"
    aws.sagemaker.get_waiter("endpoint_deleted").wait(EndpointName="e")
    assert processes_of(aws) == []


def test_the_containers_log_is_in_cloudwatch(aws: Aws, model: str) -> None:
    aws.deploy("e", model)
    aws.invoke("e", "0.9,0.5")
    assert wait_until(
        lambda: any("POST /invocations" in line for line in aws.log("/aws/sagemaker/Endpoints/e", "AllTraffic/"))
    )
