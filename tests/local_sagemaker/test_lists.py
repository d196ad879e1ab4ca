"""Lists of models, endpoint configurations and endpoints: filters, orders and pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from local_server import Aws

KMEANS = "811284229777.dkr.ecr.us-east-1.amazonaws.com/kmeans:1"
NAMES = ("digits-b", "other", "digits-a")


@pytest.fixture
def created(aws: Aws) -> Aws:
    """Three models and three configurations, one after the other."""
    role = f"arn:aws:iam::{aws.account}:role/any"
    for name in NAMES:
        aws.sagemaker.create_model(ModelName=name, PrimaryContainer={"Image": KMEANS}, ExecutionRoleArn=role)
        variant = {"VariantName": "v", "ModelName": name, "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
        aws.sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
    return aws


def lister(aws: Aws, noun: str) -> Callable[..., dict[str, Any]]:
    operation = {"Model": "list_models", "EndpointConfig": "list_endpoint_configs", "Endpoint": "list_endpoints"}
    return getattr(aws.sagemaker, operation[noun])  # type: ignore[no-any-return]


@pytest.mark.parametrize("noun", ["Model", "EndpointConfig"])
def test_lists_filter_and_sort(created: Aws, noun: str) -> None:
    ask = lister(created, noun)

    def names(**wanted: Any) -> list[str]:
        return [each[f"{noun}Name"] for each in ask(**wanted)[f"{noun}s"]]

    assert names() == ["digits-a", "other", "digits-b"]
    assert names(NameContains="DIGITS", SortBy="Name", SortOrder="Ascending") == ["digits-a", "digits-b"]
    middle = next(each["CreationTime"] for each in ask()[f"{noun}s"] if each[f"{noun}Name"] == "other")
    assert "digits-b" not in names(CreationTimeAfter=middle)
    assert "digits-a" not in names(CreationTimeBefore=middle)


def test_lists_come_in_pages(created: Aws) -> None:
    first = created.sagemaker.list_models(MaxResults=2, SortBy="Name", SortOrder="Ascending")
    rest = created.sagemaker.list_models(
        MaxResults=2, SortBy="Name", SortOrder="Ascending", NextToken=first["NextToken"]
    )
    told = [each["ModelName"] for page in (first, rest) for each in page["Models"]]
    assert told == sorted(NAMES)
    assert "NextToken" not in rest


def test_endpoints_are_filtered_by_name_status_and_time(created: Aws) -> None:
    for name in NAMES[:2]:
        created.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    for name in NAMES[:2]:
        assert created.sagemaker.describe_endpoint(EndpointName=name)["EndpointStatus"] == "Failed"
    ask = created.sagemaker.list_endpoints
    assert [each["EndpointName"] for each in ask(NameContains="digits")["Endpoints"]] == ["digits-b"]
    assert len(ask(StatusEquals="Failed")["Endpoints"]) == 2
    assert ask(StatusEquals="InService")["Endpoints"] == []
