"""What is kept and does nothing by itself: model packages, monitoring schedules, experiments, lineage, tags."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from local_server import XGBOOST, Aws

Given = dict[str, Any]
SPECIFICATION = {
    "Containers": [{"Image": XGBOOST, "ModelDataUrl": "s3://models/model.tar.gz"}],
    "SupportedContentTypes": ["text/csv"],
    "SupportedResponseMIMETypes": ["text/csv"],
}
QUALITY = {
    "JobDefinitionName": "quality",
    "DataQualityAppSpecification": {"ImageUri": "monitor:1"},
    "DataQualityJobInput": {"EndpointInput": {"EndpointName": "e", "LocalPath": "/opt/ml/processing/input"}},
    "DataQualityJobOutputConfig": {
        "MonitoringOutputs": [{"S3Output": {"S3Uri": "s3://reports", "LocalPath": "/opt/ml/processing/output"}}]
    },
    "JobResources": {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}},
    "RoleArn": "arn:aws:iam::111122223333:role/any",
}
HOURLY = {"ScheduleExpression": "cron(0 * ? * * *)"}


def package(aws: Aws, **changes: Any) -> str:
    """Make a model package, the next of the group ``g`` unless `changes` say otherwise; return its ARN."""
    given = {"ModelPackageGroupName": "g", "InferenceSpecification": SPECIFICATION, **changes}
    given = {name: value for name, value in given.items() if value is not None}
    return str(aws.sagemaker.create_model_package(**given)["ModelPackageArn"])


@pytest.fixture
def group(aws: Aws) -> str:
    made = aws.sagemaker.create_model_package_group(ModelPackageGroupName="g", ModelPackageGroupDescription="mine")
    return str(made["ModelPackageGroupArn"])


def test_a_package_tells_what_it_was_registered_with(aws: Aws, group: str) -> None:
    metrics = {"ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": "s3://models/m.json"}}}
    arn = package(aws, ModelMetrics=metrics, CustomerMetadataProperties={"who": "me"}, ModelPackageDescription="first")
    told = aws.sagemaker.describe_model_package(ModelPackageName=arn)
    assert told["InferenceSpecification"] == SPECIFICATION
    assert told["ModelMetrics"] == metrics
    assert told["CustomerMetadataProperties"] == {"who": "me"}
    assert told["ModelPackageDescription"] == "first"
    assert (told["ModelPackageStatus"], told["ModelApprovalStatus"]) == ("Completed", "PendingManualApproval")


def test_packages_of_a_group_are_its_versions_and_numbers_are_not_used_again(aws: Aws, group: str) -> None:
    arns = [package(aws), package(aws)]
    assert arns == [f"{group.replace('-group/g', '/g')}/{number}" for number in (1, 2)]
    aws.sagemaker.delete_model_package(ModelPackageName=arns[1])
    assert package(aws).endswith("/3")


def test_the_last_approved_version_is_found(aws: Aws, group: str) -> None:
    arns = [package(aws) for _ in range(3)]
    for arn in arns[:2]:
        aws.sagemaker.update_model_package(
            ModelPackageArn=arn, ModelApprovalStatus="Approved", ApprovalDescription="ok"
        )
    listed = aws.sagemaker.list_model_packages(
        ModelPackageGroupName="g",
        ModelApprovalStatus="Approved",
        SortBy="CreationTime",
        SortOrder="Descending",
        MaxResults=1,
    )["ModelPackageSummaryList"]
    assert [each["ModelPackageArn"] for each in listed] == [arns[1]]
    assert aws.sagemaker.describe_model_package(ModelPackageName=arns[1])["ApprovalDescription"] == "ok"


def test_a_package_may_stand_alone(aws: Aws, group: str) -> None:
    arn = package(aws, ModelPackageGroupName=None, ModelPackageName="alone")
    package(aws)
    assert aws.sagemaker.describe_model_package(ModelPackageName="alone")["ModelPackageArn"] == arn

    def listed(**wanted: str) -> list[str]:
        return [
            each["ModelPackageArn"].partition("model-package/")[2]
            for each in aws.sagemaker.list_model_packages(**wanted)["ModelPackageSummaryList"]
        ]

    assert listed() == ["alone"]
    assert listed(ModelPackageType="Versioned") == ["g/1"]
    assert listed(ModelPackageType="Both") == ["g/1", "alone"]


def test_metadata_of_a_package_is_added_and_removed(aws: Aws, group: str) -> None:
    arn = package(aws, CustomerMetadataProperties={"a": "1", "b": "2"})
    aws.sagemaker.update_model_package(ModelPackageArn=arn, CustomerMetadataProperties={"c": "3"})
    aws.sagemaker.update_model_package(ModelPackageArn=arn, CustomerMetadataPropertiesToRemove=["a"])
    told = aws.sagemaker.describe_model_package(ModelPackageName=arn)
    assert told["CustomerMetadataProperties"] == {"b": "2", "c": "3"}


def test_several_packages_are_described_at_once(aws: Aws, group: str) -> None:
    arn = package(aws)
    missing = arn.replace("/1", "/7")
    told = aws.sagemaker.batch_describe_model_package(ModelPackageArnList=[arn, missing])
    assert told["ModelPackageSummaries"][arn]["ModelPackageVersion"] == 1
    assert list(told["BatchDescribeModelPackageErrorMap"]) == [missing]


def test_a_group_with_packages_cannot_be_deleted(aws: Aws, group: str) -> None:
    arn = package(aws)
    with pytest.raises(ClientError, match="ConflictException"):
        aws.sagemaker.delete_model_package_group(ModelPackageGroupName="g")
    aws.sagemaker.delete_model_package(ModelPackageName=arn)
    aws.sagemaker.delete_model_package_group(ModelPackageGroupName=group)
    assert aws.sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"] == []


def test_a_group_keeps_its_policy(aws: Aws, group: str) -> None:
    aws.sagemaker.put_model_package_group_policy(ModelPackageGroupName="g", ResourcePolicy="{}")
    assert aws.sagemaker.get_model_package_group_policy(ModelPackageGroupName="g")["ResourcePolicy"] == "{}"
    aws.sagemaker.delete_model_package_group_policy(ModelPackageGroupName="g")
    with pytest.raises(ClientError, match="Cannot find resource policy"):
        aws.sagemaker.get_model_package_group_policy(ModelPackageGroupName="g")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"ModelPackageGroupName": "other"}, "Model Package Group .*/other does not exist"),
        ({"ModelPackageName": "p"}, "Exactly one of ModelPackageName and ModelPackageGroupName"),
        ({"Tags": [{"Key": "a", "Value": "b"}]}, "Tags cannot be added to a model package version"),
    ],
)
def test_packages_that_aws_refuses_are_refused(aws: Aws, group: str, changes: Given, why: str) -> None:
    with pytest.raises(ClientError, match=why):
        package(aws, **changes)


def test_tags_are_added_listed_and_removed(aws: Aws, group: str) -> None:
    aws.sagemaker.add_tags(ResourceArn=group, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    aws.sagemaker.add_tags(ResourceArn=group, Tags=[{"Key": "a", "Value": "3"}])
    assert aws.sagemaker.list_tags(ResourceArn=group)["Tags"] == [
        {"Key": "a", "Value": "3"},
        {"Key": "b", "Value": "2"},
    ]
    aws.sagemaker.delete_tags(ResourceArn=group, TagKeys=["a"])
    assert aws.sagemaker.list_tags(ResourceArn=group)["Tags"] == [{"Key": "b", "Value": "2"}]


def schedule(aws: Aws, name: str = "hourly") -> None:
    config = {
        "ScheduleConfig": HOURLY,
        "MonitoringJobDefinitionName": "quality",
        "MonitoringType": "DataQuality",
    }
    aws.sagemaker.create_monitoring_schedule(MonitoringScheduleName=name, MonitoringScheduleConfig=config)


def status(aws: Aws) -> str:
    told = aws.sagemaker.describe_monitoring_schedule(MonitoringScheduleName="hourly")
    return str(told["MonitoringScheduleStatus"])


def test_a_monitoring_schedule_is_started_and_stopped_and_nothing_is_executed(aws: Aws) -> None:
    aws.sagemaker.create_data_quality_job_definition(**QUALITY)
    schedule(aws)
    assert status(aws) == "Scheduled"
    aws.sagemaker.stop_monitoring_schedule(MonitoringScheduleName="hourly")
    assert status(aws) == "Stopped"
    aws.sagemaker.start_monitoring_schedule(MonitoringScheduleName="hourly")
    assert status(aws) == "Scheduled"
    told = aws.sagemaker.list_monitoring_executions(MonitoringScheduleName="hourly")
    assert told["MonitoringExecutionSummaries"] == []
    aws.sagemaker.delete_monitoring_schedule(MonitoringScheduleName="hourly")
    with pytest.raises(ClientError, match="ResourceNotFound"):
        status(aws)


def test_schedules_and_job_definitions_are_found_by_their_endpoint(aws: Aws) -> None:
    aws.sagemaker.create_data_quality_job_definition(**QUALITY)
    schedule(aws)

    def names(**wanted: str) -> list[str]:
        listed = aws.sagemaker.list_monitoring_schedules(**wanted)["MonitoringScheduleSummaries"]
        return [each["MonitoringScheduleName"] for each in listed]

    assert names(EndpointName="e") == names(MonitoringTypeEquals="DataQuality") == ["hourly"]
    assert names(EndpointName="other") == names(StatusEquals="Stopped") == []
    (definition,) = aws.sagemaker.list_data_quality_job_definitions(EndpointName="e")["JobDefinitionSummaries"]
    assert definition["MonitoringJobDefinitionName"] == "quality"
    told = aws.sagemaker.describe_data_quality_job_definition(JobDefinitionName="quality")
    assert told["DataQualityJobInput"] == QUALITY["DataQualityJobInput"]


def test_a_schedule_of_a_job_definition_that_is_not_there_is_refused(aws: Aws) -> None:
    with pytest.raises(ClientError, match="quality does not exist"):
        schedule(aws)
    assert aws.sagemaker.list_monitoring_schedules()["MonitoringScheduleSummaries"] == []


def test_a_schedule_may_have_its_job_definition_in_it_and_get_another_time(aws: Aws) -> None:
    definition = {
        "MonitoringInputs": [QUALITY["DataQualityJobInput"]],
        "MonitoringOutputConfig": QUALITY["DataQualityJobOutputConfig"],
        "MonitoringResources": QUALITY["JobResources"],
        "MonitoringAppSpecification": QUALITY["DataQualityAppSpecification"],
        "RoleArn": QUALITY["RoleArn"],
    }
    config = {"ScheduleConfig": HOURLY, "MonitoringJobDefinition": definition}
    aws.sagemaker.create_monitoring_schedule(MonitoringScheduleName="hourly", MonitoringScheduleConfig=config)
    daily = {**config, "ScheduleConfig": {"ScheduleExpression": "cron(0 0 ? * * *)"}}
    aws.sagemaker.update_monitoring_schedule(MonitoringScheduleName="hourly", MonitoringScheduleConfig=daily)
    told = aws.sagemaker.describe_monitoring_schedule(MonitoringScheduleName="hourly")
    assert told["MonitoringScheduleConfig"] == daily
    assert told["EndpointName"] == "e"


def test_components_are_listed_by_trial_and_experiment(aws: Aws) -> None:
    aws.sagemaker.create_experiment(ExperimentName="E")
    for trial in ("t", "u"):
        aws.sagemaker.create_trial(TrialName=trial, ExperimentName="E")
        aws.sagemaker.create_trial_component(TrialComponentName=f"{trial}-1", Parameters={"eta": {"NumberValue": 0.1}})
        aws.sagemaker.associate_trial_component(TrialComponentName=f"{trial}-1", TrialName=trial)

    def names(**wanted: str) -> list[str]:
        listed = aws.sagemaker.list_trial_components(**wanted, SortBy="Name", SortOrder="Ascending")
        return [each["TrialComponentName"] for each in listed["TrialComponentSummaries"]]

    assert names(TrialName="t") == ["t-1"]
    assert names(ExperimentName="E") == ["t-1", "u-1"]
    aws.sagemaker.update_trial_component(TrialComponentName="t-1", Parameters={"depth": {"NumberValue": 3}})
    told = aws.sagemaker.describe_trial_component(TrialComponentName="t-1")["Parameters"]
    assert told == {"eta": {"NumberValue": 0.1}, "depth": {"NumberValue": 3}}


def test_experiments_are_deleted_from_the_inside(aws: Aws) -> None:
    aws.sagemaker.create_experiment(ExperimentName="E")
    aws.sagemaker.create_trial(TrialName="t", ExperimentName="E")
    aws.sagemaker.create_trial_component(TrialComponentName="c")
    aws.sagemaker.associate_trial_component(TrialComponentName="c", TrialName="t")
    with pytest.raises(ClientError, match="has trials"):
        aws.sagemaker.delete_experiment(ExperimentName="E")
    with pytest.raises(ClientError, match="is part of trials"):
        aws.sagemaker.delete_trial_component(TrialComponentName="c")
    aws.sagemaker.disassociate_trial_component(TrialComponentName="c", TrialName="t")
    aws.sagemaker.delete_trial_component(TrialComponentName="c")
    aws.sagemaker.delete_trial(TrialName="t")
    aws.sagemaker.delete_experiment(ExperimentName="E")
    aws.sagemaker.create_experiment(ExperimentName="E")
    with pytest.raises(ClientError, match="already exists"):
        aws.sagemaker.create_experiment(ExperimentName="E")


def test_metrics_of_a_component_are_summed_up(aws: Aws) -> None:
    aws.sagemaker.create_trial_component(TrialComponentName="c")
    metrics = aws.client("sagemaker-metrics")
    for step, value in enumerate((3.0, 1.0, 2.0)):
        told = {"MetricName": "loss", "Timestamp": 1_700_000_000 + step, "Step": step, "Value": value}
        metrics.batch_put_metrics(TrialComponentName="c", MetricData=[told])
    (loss,) = aws.sagemaker.describe_trial_component(TrialComponentName="c")["Metrics"]
    assert {name: loss[name] for name in ("Min", "Max", "Last", "Count", "Avg")} == {
        "Min": 1.0,
        "Max": 3.0,
        "Last": 2.0,
        "Count": 3,
        "Avg": 2.0,
    }


def artifact(aws: Aws, uri: str, kind: str) -> str:
    made = aws.sagemaker.create_artifact(ArtifactName=kind.lower(), Source={"SourceUri": uri}, ArtifactType=kind)
    return str(made["ArtifactArn"])


def test_lineage_is_walked_up_and_down(aws: Aws) -> None:
    data, model = artifact(aws, "s3://b/data.csv", "DataSet"), artifact(aws, "s3://b/model.tar.gz", "Model")
    source = {"SourceUri": "s3://b/run"}
    run = aws.sagemaker.create_action(ActionName="train", Source=source, ActionType="ModelTraining")["ActionArn"]
    aws.sagemaker.add_association(SourceArn=data, DestinationArn=run, AssociationType="ContributedTo")
    aws.sagemaker.add_association(SourceArn=run, DestinationArn=model, AssociationType="Produced")

    def reached(direction: str, **more: Any) -> set[str]:
        told = aws.sagemaker.query_lineage(StartArns=[run], Direction=direction, **more)
        return {each["Arn"] for each in told["Vertices"]}

    assert reached("Ascendants") == {run, data}
    assert reached("Descendants") == {run, model}
    assert reached("Both", Filters={"Types": ["Model"]}) == {model}
    (edge,) = aws.sagemaker.list_associations(SourceArn=data)["AssociationSummaries"]
    assert (edge["DestinationArn"], edge["DestinationName"], edge["SourceType"]) == (run, "train", "DataSet")
    aws.sagemaker.delete_association(SourceArn=data, DestinationArn=run)
    assert reached("Both") == {run, model}


def test_an_artifact_is_found_by_its_source_and_there_is_one_only(aws: Aws) -> None:
    arn = artifact(aws, "s3://b/data.csv", "DataSet")
    (found,) = aws.sagemaker.list_artifacts(SourceUri="s3://b/data.csv")["ArtifactSummaries"]
    assert (found["ArtifactArn"], found["ArtifactName"]) == (arn, "dataset")
    with pytest.raises(ClientError, match="already exists"):
        artifact(aws, "s3://b/data.csv", "DataSet")
    aws.sagemaker.delete_artifact(ArtifactArn=arn)
    assert aws.sagemaker.list_artifacts()["ArtifactSummaries"] == []


def test_entities_that_are_not_there_cannot_be_associated(aws: Aws) -> None:
    arn = artifact(aws, "s3://b/data.csv", "DataSet")
    with pytest.raises(ClientError, match="ResourceNotFound"):
        aws.sagemaker.add_association(SourceArn=arn, DestinationArn=arn.replace("artifact/", "action/"))
