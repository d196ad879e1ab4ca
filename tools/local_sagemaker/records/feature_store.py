"""The online store of feature groups: the last record of each identifier. The offline store is not written.

See "Amazon SageMaker Feature Store Runtime" in the API reference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from werkzeug.wrappers import Response

from ..cloud import Cloud, Key
from ..handlers import Handlers
from ..wire import AwsError, Call, Caller
from . import Kind, Record
from .resources import FEATURE_GROUPS

Features: TypeAlias = Sequence[Mapping[str, Any]]

ROWS = Kind("FeatureRecord", "feature-record")
"""A record is called by its group and its identifier; a deleted one has no features."""

KINDS = (ROWS,)
IDENTIFIER, GROUP = "RecordIdentifierValueAsString", "FeatureGroupName"


def put(cloud: Cloud, call: Call) -> Response:
    """Keep a record, unless one with a later event time is there."""
    group = _group(cloud, call.caller, call.parameters[GROUP])
    _write(cloud, call.caller, group, call.parameters["Record"])
    return Response()


def _write(cloud: Cloud, caller: Caller, group: Record, features: Features) -> None:
    values = {each["FeatureName"]: each.get("ValueAsString", "") for each in features}
    if unknown := sorted(values.keys() - {each["FeatureName"] for each in group.members["FeatureDefinitions"]}):
        raise _wrong(f"Feature group {group.name} has no features {unknown}.")
    for role in ("RecordIdentifierFeatureName", "EventTimeFeatureName"):
        if group.members[role] not in values:
            raise _wrong(f"The record has no value of {group.members[role]}, the {role} of its group.")
    moment = values[group.members["EventTimeFeatureName"]]
    _replace(cloud, caller, group, values[group.members["RecordIdentifierFeatureName"]], moment, list(features))


def _replace(
    cloud: Cloud, caller: Caller, group: Record, identifier: str, moment: str, features: list[Mapping[str, Any]]
) -> None:
    key = Key.of(caller, f"{group.name}/{identifier}")
    record = Record("", key.name, {"EventTime": moment, "Record": features})
    if not cloud.shelf(ROWS.words).add(key, record):
        known: Record = cloud.shelf(ROWS.words).find(key) or record
        if _order(moment) >= _order(known.members["EventTime"]):
            known.members = record.members


def _order(moment: str) -> tuple[float, str]:
    """Return a key by which event times can be ordered: they are numbers, or texts as ISO 8601 has them."""
    try:
        return float(moment), ""
    except ValueError:
        return 0.0, moment


def get(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Tell a record's features, all or those named; there are none if there is no such record."""
    group = _group(cloud, call.caller, call.parameters[GROUP])
    features = _read(cloud, call.caller, group, call.parameters[IDENTIFIER], call.parameters.get("FeatureNames"))
    return {"Record": features} if features else {}


def batch_get(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Tell records of several groups; those that are not there are left out."""
    found, errors = [], []
    for wanted in call.parameters["Identifiers"]:
        for identifier in wanted["RecordIdentifiersValueAsString"]:
            told = {GROUP: wanted[GROUP], IDENTIFIER: identifier}
            try:
                group = _group(cloud, call.caller, wanted[GROUP])
                features = _read(cloud, call.caller, group, identifier, wanted.get("FeatureNames"))
                found += [{**told, "Record": features}] if features else []
            except AwsError as error:
                errors.append({**told, "ErrorCode": error.code, "ErrorMessage": error.message})
    return {"Records": found, "Errors": errors, "UnprocessedIdentifiers": []}


def _read(cloud: Cloud, caller: Caller, group: Record, identifier: str, names: Any) -> list[Mapping[str, Any]]:
    record = cloud.shelf(ROWS.words).find(Key.of(caller, f"{group.name}/{identifier}"))
    features = record.members["Record"] if record else []
    return [each for each in features if not names or each["FeatureName"] in names]


def delete(cloud: Cloud, call: Call) -> Response:
    """Take a record's features away, or with HardDelete the record."""
    group = _group(cloud, call.caller, call.parameters[GROUP])
    identifier = call.parameters[IDENTIFIER]
    _replace(cloud, call.caller, group, identifier, call.parameters["EventTime"], [])
    if call.parameters.get("DeletionMode") == "HardDelete":
        cloud.shelf(ROWS.words).remove(Key.of(call.caller, f"{group.name}/{identifier}"))
    return Response()


def delete_group(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Forget a feature group and its records."""
    group = FEATURE_GROUPS.find(cloud, call)
    for record in cloud.shelf(ROWS.words).of(call.caller):
        if record.name.startswith(f"{group.name}/"):
            cloud.shelf(ROWS.words).remove(Key.of(call.caller, record.name))
    return FEATURE_GROUPS.delete(cloud, call)


def _group(cloud: Cloud, caller: Caller, named: str) -> Record:
    """Return a feature group that has an online store, by its name or ARN. Raises AwsError."""
    group = FEATURE_GROUPS.look_up(cloud, caller, str(named).rpartition("/")[2])
    if not (group.members.get("OnlineStoreConfig") or {}).get("EnableOnlineStore"):
        raise _wrong(f"Feature group {group.name} has no online store; local_sagemaker writes no offline store.")
    return group


def _wrong(why: str) -> AwsError:
    return AwsError("ValidationError", why)


HANDLERS: Handlers = {
    "SageMakerFeatureStoreRuntime.PutRecord": put,
    "SageMakerFeatureStoreRuntime.GetRecord": get,
    "SageMakerFeatureStoreRuntime.BatchGetRecord": batch_get,
    "SageMakerFeatureStoreRuntime.DeleteRecord": delete,
    "SageMaker.DeleteFeatureGroup": delete_group,
}
