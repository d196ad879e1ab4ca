"""Endpoints with several variants, and endpoints that change while they serve."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest
from botocore.exceptions import ClientError
from local_server import Aws, wait_until
from test_hosting import model as model
from test_hosting import processes_of


@pytest.fixture
def deployed(aws: Aws, model: str) -> Aws:
    aws.deploy("e", model)
    return aws


def variant_of(aws: Aws, target: str | None = None) -> str:
    wanted = {"TargetVariant": target} if target else {}
    runtime = aws.client("sagemaker-runtime")
    answer = runtime.invoke_endpoint(EndpointName="e", Body="0.9,0.5", ContentType="text/csv", **wanted)
    answer["Body"].read()
    return str(answer["InvokedProductionVariant"])


@contextmanager
def invoked_all_the_time(aws: Aws) -> Iterator[list[str]]:
    """Invoke the endpoint ``e`` from three threads; yield the variants, or errors, that answered."""
    answers: list[str] = []
    enough = threading.Event()
    variant_of(aws)  # boto3 makes the client before there are threads

    def go_on() -> None:
        while not enough.is_set():
            try:
                answers.append(variant_of(aws))
            except Exception as error:
                answers.append(repr(error))

    threads = [threading.Thread(target=go_on) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        enough.set()
        for thread in threads:
            thread.join()


def test_an_update_loses_no_request(deployed: Aws) -> None:
    old = processes_of(deployed)
    deployed.endpoint_config("new", New=1)
    with invoked_all_the_time(deployed) as answers:
        assert wait_until(lambda: len(answers) > 20)
        deployed.sagemaker.update_endpoint(EndpointName="e", EndpointConfigName="new")
        told = deployed.in_service()
        assert wait_until(lambda: answers[-1] == "New")
        assert wait_until(lambda: not any(process.is_running() for process in old))
    assert set(answers) == {"AllTraffic", "New"}
    assert told["EndpointConfigName"] == "new"


def test_an_endpoint_is_updating_meanwhile(deployed: Aws) -> None:
    deployed.endpoint_config("new", New=1)
    deployed.sagemaker.update_endpoint(EndpointName="e", EndpointConfigName="new")
    assert deployed.sagemaker.list_endpoints()["Endpoints"][0]["EndpointStatus"] == "Updating"
    with pytest.raises(ClientError, match="Cannot update endpoint e in status Updating"):
        deployed.sagemaker.update_endpoint(EndpointName="e", EndpointConfigName="new")


def test_an_update_that_cannot_start_leaves_the_old_variants(deployed: Aws) -> None:
    deployed.put("m/broken.tar.gz", "not an archive")
    image = deployed.sagemaker.describe_model(ModelName="e")["PrimaryContainer"]["Image"]
    broken = {"Image": image, "ModelDataUrl": f"s3://{deployed.bucket}/m/broken.tar.gz"}
    role = f"arn:aws:iam::{deployed.account}:role/any"
    deployed.sagemaker.create_model(ModelName="broken", PrimaryContainer=broken, ExecutionRoleArn=role)
    variant = {"VariantName": "v", "ModelName": "broken", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    deployed.sagemaker.create_endpoint_config(EndpointConfigName="broken", ProductionVariants=[variant])
    deployed.sagemaker.update_endpoint(EndpointName="e", EndpointConfigName="broken")
    told = deployed.in_service()
    assert "model.tar.gz" in told["FailureReason"]
    assert told["EndpointConfigName"] == "e"
    assert variant_of(deployed) == "AllTraffic"
    assert len(processes_of(deployed)) == 1


@pytest.fixture
def two_variants(deployed: Aws) -> Aws:
    """An endpoint whose variant A gets every request, and B none."""
    deployed.endpoint_config("ab", A=1, B=0)
    deployed.sagemaker.update_endpoint(EndpointName="e", EndpointConfigName="ab")
    deployed.in_service()
    return deployed


def test_weights_share_the_requests(two_variants: Aws) -> None:
    before = Counter(variant_of(two_variants) for _ in range(10))
    weights = [{"VariantName": "A", "DesiredWeight": 0.0}, {"VariantName": "B", "DesiredWeight": 2.0}]
    two_variants.sagemaker.update_endpoint_weights_and_capacities(EndpointName="e", DesiredWeightsAndCapacities=weights)
    told = two_variants.in_service()["ProductionVariants"]
    assert {each["VariantName"]: each["CurrentWeight"] for each in told} == {"A": 0.0, "B": 2.0}
    assert (before, Counter(variant_of(two_variants) for _ in range(10))) == ({"A": 10}, {"B": 10})


def test_a_request_may_name_its_variant(two_variants: Aws) -> None:
    assert (variant_of(two_variants, "A"), variant_of(two_variants, "B")) == ("A", "B")
    with pytest.raises(ClientError, match="Variant C not found"):
        variant_of(two_variants, "C")


def test_an_update_may_keep_the_weights(two_variants: Aws) -> None:
    two_variants.endpoint_config("ba", A=5, B=5)
    two_variants.sagemaker.update_endpoint(EndpointName="e", EndpointConfigName="ba", RetainAllVariantProperties=True)
    told = two_variants.in_service()["ProductionVariants"]
    assert {each["VariantName"]: each["CurrentWeight"] for each in told} == {"A": 1.0, "B": 0.0}


def test_a_dead_variant_fails_the_endpoint_and_the_other_still_answers(two_variants: Aws) -> None:
    first: psutil.Process = processes_of(two_variants)[0]
    first.kill()
    first.wait()
    endpoint = two_variants.sagemaker.describe_endpoint
    assert wait_until(lambda: endpoint(EndpointName="e")["EndpointStatus"] == "Failed")
    reason = endpoint(EndpointName="e")["FailureReason"]
    dead, alive = ("A", "B") if "variant A" in reason else ("B", "A")
    with pytest.raises(ClientError, match="ModelError"):
        variant_of(two_variants, dead)
    assert variant_of(two_variants, alive) == alive
