"""The online store of feature groups, over HTTP through boto3."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from local_server import Aws


@pytest.fixture
def store(aws: Aws) -> Any:
    """The runtime's client; there is a feature group ``eggs`` with an online store."""
    features = {"id": "String", "time": "Fractional", "size": "Integral"}
    aws.sagemaker.create_feature_group(
        FeatureGroupName="eggs",
        RecordIdentifierFeatureName="id",
        EventTimeFeatureName="time",
        FeatureDefinitions=[{"FeatureName": name, "FeatureType": kind} for name, kind in features.items()],
        OnlineStoreConfig={"EnableOnlineStore": True},
        RoleArn="arn:aws:iam::111122223333:role/any",
    )
    return aws.client("sagemaker-featurestore-runtime")


def put(store: Any, identifier: str, time: str, size: str) -> None:
    values = {"id": identifier, "time": time, "size": size}
    record = [{"FeatureName": name, "ValueAsString": value} for name, value in values.items()]
    store.put_record(FeatureGroupName="eggs", Record=record)


def get(store: Any, identifier: str, **wanted: Any) -> dict[str, str]:
    told = store.get_record(FeatureGroupName="eggs", RecordIdentifierValueAsString=identifier, **wanted)
    return {each["FeatureName"]: each["ValueAsString"] for each in told.get("Record", [])}


def test_the_last_record_of_an_identifier_is_found(store: Any) -> None:
    put(store, "a", "1", "50")
    put(store, "a", "3", "60")
    put(store, "a", "2", "70")  # late, and older than the one before
    assert get(store, "a") == {"id": "a", "time": "3", "size": "60"}
    assert get(store, "a", FeatureNames=["size", "id"]) == {"id": "a", "size": "60"}
    assert get(store, "b") == {}


def test_records_are_found_together(store: Any) -> None:
    put(store, "a", "1", "50")
    put(store, "b", "1", "60")
    wanted = [
        {"FeatureGroupName": "eggs", "RecordIdentifiersValueAsString": ["a", "b", "c"]},
        {"FeatureGroupName": "hens", "RecordIdentifiersValueAsString": ["a"]},
    ]
    told = store.batch_get_record(Identifiers=wanted)
    assert [each["RecordIdentifierValueAsString"] for each in told["Records"]] == ["a", "b"]
    assert [each["FeatureGroupName"] for each in told["Errors"]] == ["hens"]


def test_a_deleted_record_is_not_found_and_not_brought_back_by_an_older_one(store: Any) -> None:
    put(store, "a", "1", "50")
    store.delete_record(FeatureGroupName="eggs", RecordIdentifierValueAsString="a", EventTime="3")
    assert get(store, "a") == {}
    put(store, "a", "2", "60")
    assert get(store, "a") == {}
    put(store, "a", "4", "70")
    assert get(store, "a")["size"] == "70"


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"id": "a", "time": "1", "colour": "red"}, "has no features .'colour'"),
        ({"id": "a"}, "The record has no value of time, the EventTimeFeatureName"),
    ],
)
def test_records_that_do_not_fit_are_refused(store: Any, values: dict[str, str], why: str) -> None:
    record = [{"FeatureName": name, "ValueAsString": value} for name, value in values.items()]
    with pytest.raises(ClientError, match=why):
        store.put_record(FeatureGroupName="eggs", Record=record)


def test_a_new_group_has_no_records_of_an_old_one(aws: Aws, store: Any) -> None:
    put(store, "a", "1", "50")
    given = aws.sagemaker.describe_feature_group(FeatureGroupName="eggs")
    aws.sagemaker.delete_feature_group(FeatureGroupName="eggs")
    with pytest.raises(ClientError, match="ResourceNotFound"):
        get(store, "a")
    names = ("FeatureGroupName", "RecordIdentifierFeatureName", "EventTimeFeatureName", "FeatureDefinitions", "RoleArn")
    aws.sagemaker.create_feature_group(
        **{name: given[name] for name in names}, OnlineStoreConfig={"EnableOnlineStore": True}
    )
    assert get(store, "a") == {}
