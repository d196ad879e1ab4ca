"""What a laptop has no more of than a description: clusters, feature groups, lifecycle configurations of notebooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..cloud import Cloud
from ..handlers import Handlers
from ..wire import Call
from . import Kind, Record

OFFLINE = "OfflineStoreConfig"


def _feature_group_as_made(record: Record) -> Mapping[str, Any]:
    # AWS's model promises a token for more features, of which there never are.
    told: dict[str, Any] = {"FeatureGroupStatus": "Created", "NextToken": ""}
    if OFFLINE not in record.members:
        return told
    table = {"Catalog": "AwsDataCatalog", "Database": "sagemaker_featurestore", "TableName": _table(record.name)}
    return {**told, OFFLINE: {"DataCatalogConfig": table, **record.members[OFFLINE]}}


def _table(name: str) -> str:
    return name.replace("-", "_").lower()


FEATURE_GROUPS = Kind("FeatureGroup", "feature-group", also=_feature_group_as_made)
LIFECYCLE_CONFIGS = Kind("NotebookInstanceLifecycleConfig", "notebook-instance-lifecycle-config")
KINDS = (FEATURE_GROUPS, LIFECYCLE_CONFIGS)


def create_cluster(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Have moto keep a cluster. It takes for granted what AWS does not ask for."""
    groups = [{"ThreadsPerCore": 1, **group} for group in call.parameters["InstanceGroups"]]
    return cloud.floor.call(call.caller, call.operation, {"Tags": [], **call.parameters, "InstanceGroups": groups})


HANDLERS: Handlers = {
    **FEATURE_GROUPS.handlers(),
    **LIFECYCLE_CONFIGS.handlers("Update"),
    "SageMaker.CreateCluster": create_cluster,
}
