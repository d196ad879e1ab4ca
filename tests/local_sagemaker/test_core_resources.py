"""Whatever can be created here, sagemaker-core's resource classes can get and list: their shapes are strict."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from local_server import XGBOOST, Aws, channel, rows_where_the_feature_decides
from scripts import run_sdk

from local_sagemaker import catalogue

ROLE = "arn:aws:iam::111122223333:role/any"
CONTAINER = {"Image": XGBOOST}
ONE_HOST = {"InstanceType": "ml.m5.large", "InstanceCount": 1}
RESOURCES = {**ONE_HOST, "VolumeSizeInGB": 1}
BRIEFLY = {"MaxRuntimeInSeconds": 60}
CHANNEL = channel("train", "s3://core-data/train")
REPORTS = {"MonitoringOutputs": [{"S3Output": {"S3Uri": "s3://core-data/r", "LocalPath": "/opt/ml/processing/output"}}]}
QUESTION = {"EndpointInput": {"EndpointName": "thing", "LocalPath": "/opt/ml/processing/input"}}
TRUTH = {"S3Uri": "s3://core-data/truth"}


def monitoring(kind: str, specification: dict[str, Any], **question: Any) -> dict[str, Any]:
    """Return the request that makes the definition of a monitoring job."""
    return {
        "JobDefinitionName": "thing",
        f"{kind}AppSpecification": {"ImageUri": "monitor:1", **specification},
        f"{kind}JobInput": {**QUESTION, **question},
        f"{kind}JobOutputConfig": REPORTS,
        "JobResources": {"ClusterConfig": RESOURCES},
        "RoleArn": ROLE,
    }


TRAINING = {
    "AlgorithmSpecification": {"TrainingImage": XGBOOST, "TrainingInputMode": "File"},
    "RoleArn": ROLE,
    "InputDataConfig": [CHANNEL],
    "OutputDataConfig": {"S3OutputPath": "s3://core-data/out"},
    "ResourceConfig": RESOURCES,
    "StoppingCondition": BRIEFLY,
}
TUNING = {
    "Strategy": "Random",
    "ResourceLimits": {"MaxNumberOfTrainingJobs": 1, "MaxParallelTrainingJobs": 1},
    "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "train:rmse"},
    "ParameterRanges": {"ContinuousParameterRanges": [{"Name": "eta", "MinValue": "0.1", "MaxValue": "0.2"}]},
}
EMPTY = {"VariantName": "v", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
VARIANT = {**EMPTY, "ModelName": "thing"}
GROUP = {
    "InstanceGroupName": "g",
    **ONE_HOST,
    "LifeCycleConfig": {"SourceS3Uri": "s3://sagemaker-data", "OnCreate": "start.sh"},
    "ExecutionRole": ROLE,
}
TABLE = {"TargetAttributeName": "y", "ProblemType": "Regression", "CompletionCriteria": {}}
SOURCE = {"SourceUri": "s3://core-data/thing"}

REQUESTS: dict[str, dict[str, Any]] = {
    "ModelPackageGroup": {"ModelPackageGroupName": "thing"},
    "ModelPackage": {"ModelPackageGroupName": "thing"},
    "Model": {"ModelName": "thing", "PrimaryContainer": CONTAINER, "ExecutionRoleArn": ROLE},
    "EndpointConfig": {
        "EndpointConfigName": "thing",
        "ProductionVariants": [VARIANT],
    },
    "Endpoint": {"EndpointName": "thing", "EndpointConfigName": "thing"},
    "InferenceComponent": {
        "InferenceComponentName": "thing",
        "EndpointName": "of-components",
        "VariantName": "v",
        "Specification": {
            "ModelName": "thing",
            "ComputeResourceRequirements": {"NumberOfCpuCoresRequired": 1, "MinMemoryRequiredInMb": 128},
        },
        "RuntimeConfig": {"CopyCount": 1},
    },
    "TrainingJob": {"TrainingJobName": "thing", "HyperParameters": {"num_round": "1"}, **TRAINING},
    "HyperParameterTuningJob": {
        "HyperParameterTuningJobName": "thing",
        "HyperParameterTuningJobConfig": TUNING,
        "TrainingJobDefinition": {"StaticHyperParameters": {"num_round": "1"}, **TRAINING},
    },
    "ProcessingJob": {
        "ProcessingJobName": "thing",
        "AppSpecification": {"ImageUri": XGBOOST},
        "ProcessingResources": {"ClusterConfig": RESOURCES},
        "RoleArn": ROLE,
    },
    "TransformJob": {
        "TransformJobName": "thing",
        "ModelName": "thing",
        "TransformInput": {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://core-data/train"}}},
        "TransformOutput": {"S3OutputPath": "s3://core-data/out"},
        "TransformResources": ONE_HOST,
    },
    "NotebookInstance": {"NotebookInstanceName": "thing", "InstanceType": "ml.t3.medium", "RoleArn": ROLE},
    "NotebookInstanceLifecycleConfig": {"NotebookInstanceLifecycleConfigName": "thing"},
    "Pipeline": {
        "PipelineName": "thing",
        "PipelineDefinition": json.dumps({"Version": "2020-12-01", "Steps": []}),
        "ClientRequestToken": "0" * 32,
        "RoleArn": ROLE,
    },
    "Experiment": {"ExperimentName": "thing"},
    "Trial": {"TrialName": "thing", "ExperimentName": "thing"},
    "TrialComponent": {"TrialComponentName": "thing"},
    "Action": {"ActionName": "thing", "ActionType": "t", "Source": SOURCE},
    "Artifact": {"ArtifactType": "t", "Source": SOURCE},
    "Context": {"ContextName": "thing", "ContextType": "t", "Source": SOURCE},
    "DataQualityJobDefinition": monitoring("DataQuality", {}),
    "ModelQualityJobDefinition": monitoring("ModelQuality", {}, GroundTruthS3Input=TRUTH),
    "ModelBiasJobDefinition": monitoring("ModelBias", {"ConfigUri": "s3://core-data/c"}, GroundTruthS3Input=TRUTH),
    "ModelExplainabilityJobDefinition": monitoring("ModelExplainability", {"ConfigUri": "s3://core-data/c"}),
    "MonitoringSchedule": {
        "MonitoringScheduleName": "thing",
        "MonitoringScheduleConfig": {"MonitoringJobDefinitionName": "thing", "MonitoringType": "DataQuality"},
    },
    "ModelCard": {"ModelCardName": "thing", "Content": "{}", "ModelCardStatus": "Draft"},
    "FeatureGroup": {
        "FeatureGroupName": "thing",
        "RecordIdentifierFeatureName": "id",
        "EventTimeFeatureName": "when",
        "FeatureDefinitions": [{"FeatureName": name, "FeatureType": "String"} for name in ("id", "when")],
        "OfflineStoreConfig": {"S3StorageConfig": {"S3Uri": "s3://core-data/features"}},
    },
    "Cluster": {"ClusterName": "thing", "InstanceGroups": [GROUP]},
    "CompilationJob": {
        "CompilationJobName": "thing",
        "RoleArn": ROLE,
        "InputConfig": {"S3Uri": "s3://core-data/m.tar.gz", "Framework": "XGBOOST"},
        "OutputConfig": {"S3OutputLocation": "s3://core-data/out", "TargetDevice": "ml_c5"},
        "StoppingCondition": BRIEFLY,
    },
    "Domain": {"DomainName": "thing", "AuthMode": "IAM", "DefaultUserSettings": {"ExecutionRole": ROLE}},
    "AutoMLJobV2": {
        "AutoMLJobName": "thing",
        "AutoMLJobInputDataConfig": [
            {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://core-data/train"}}}
        ],
        "OutputDataConfig": {"S3OutputPath": "s3://core-data/out"},
        "AutoMLProblemTypeConfig": {"TabularJobConfig": TABLE},
        "RoleArn": ROLE,
    },
}
"""What to create, and with which request, in an order in which the later ones find the earlier."""

NOT_A_RESOURCE = ["PresignedNotebookInstanceUrl"]
LISTED_BY_GROUP = ["ModelPackage"]

WALK = """
import inspect, json
from pathlib import Path
from sagemaker.core import resources

found = {}
for noun, members in json.loads(Path("created.json").read_text()).items():
    kind = getattr(resources, noun)
    first = next(iter(inspect.signature(kind.get).parameters))
    kind.get(members[first])
    found[noun] = len(list(kind.get_all())) if hasattr(kind, "get_all") else None
print(json.dumps(found))
"""


def make_endpoint_of_components(aws: Aws) -> None:
    """Make the endpoint that takes an inference component, and wait for it."""
    aws.sagemaker.create_endpoint_config(
        EndpointConfigName="of-components", ExecutionRoleArn=ROLE, ProductionVariants=[EMPTY]
    )
    aws.sagemaker.create_endpoint(EndpointName="of-components", EndpointConfigName="of-components")
    aws.in_service("of-components")


def create(aws: Aws, noun: str) -> dict[str, Any]:
    """Create one; return what is known of it, named as sagemaker-core names members."""
    request = REQUESTS[noun]
    answer = getattr(aws.sagemaker, xform_name(f"Create{noun}"))(**request)
    known = {xform_name(name): value for name, value in {**request, **answer}.items()}
    arn = answer.get(f"{noun}Arn", "")
    return {"model_package_name": arn, "domain_id": arn.rpartition("/")[2], **known}


@pytest.mark.slow
def test_sagemaker_core_gets_and_lists_whatever_is_created(aws: Aws, tmp_path: Path) -> None:
    aws.s3.create_bucket(Bucket="core-data")
    aws.s3.put_object(Bucket="core-data", Key="train/rows.csv", Body=rows_where_the_feature_decides().encode())
    make_endpoint_of_components(aws)
    created = {noun: create(aws, noun) for noun in REQUESTS}
    (tmp_path / "created.json").write_text(json.dumps(created, default=str))
    found = json.loads(run_sdk(aws, WALK, tmp_path).splitlines()[-1])
    assert [noun for noun in REQUESTS if found[noun] == 0] == LISTED_BY_GROUP


def test_whatever_can_be_created_is_tried_here() -> None:
    there = {each.name for each in catalogue.operations() if each.support is not catalogue.Support.NONE}
    creating = {name.removeprefix("Create") for name in there if name.startswith("Create")}
    assert creating - REQUESTS.keys() == set(NOT_A_RESOURCE)
