"""Search and lists of training jobs."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from local_server import Aws
from pipeline_definitions import execute, step


@pytest.fixture
def jobs(aws: Aws) -> Aws:
    """An account with the training jobs short-1 and long-1, which have ended well, and bad-1, which has not."""
    wrong = {"num_round": "none"}
    aws.train("short-1", HyperParameters={"num_round": "1"}, Tags=[{"Key": "team", "Value": "blue"}])
    aws.train("long-1", HyperParameters={"num_round": "9"})
    aws.train("bad-1", HyperParameters=wrong)
    for name in ("short-1", "long-1", "bad-1"):
        aws.ended(name)
    return aws


def found(aws: Aws, *filters: tuple[str, str, str], sort_by: str = "CreationTime", **more: Any) -> list[str]:
    listed = [{"Name": name, "Operator": operator, "Value": value} for name, operator, value in filters]
    expression = {**({"Filters": listed} if listed else {}), **more}
    answer = aws.sagemaker.search(
        Resource="TrainingJob", SearchExpression=expression, SortBy=sort_by, SortOrder="Ascending"
    )
    return [each["TrainingJob"]["TrainingJobName"] for each in answer["Results"]]


def test_jobs_are_found_by_their_members(jobs: Aws) -> None:
    assert found(jobs, ("TrainingJobName", "Contains", "-1")) == ["short-1", "long-1", "bad-1"]
    assert found(jobs, ("TrainingJobStatus", "Equals", "Completed")) == ["short-1", "long-1"]
    assert found(jobs, ("HyperParameters.num_round", "Equals", "9")) == ["long-1"]
    assert found(jobs, ("Tags.team", "Equals", "blue")) == ["short-1"]
    assert found(jobs, ("FailureReason", "Exists", "x")) == ["bad-1"]
    assert found(jobs, ("CreationTime", "LessThan", "2020-01-01T00:00:00Z")) == []


def test_all_filters_hold_unless_one_is_enough(jobs: Aws) -> None:
    both = (("TrainingJobName", "Contains", "short"), ("TrainingJobStatus", "Equals", "Failed"))
    assert found(jobs, *both) == []
    assert found(jobs, *both, Operator="Or") == ["short-1", "bad-1"]


def test_jobs_are_ordered_by_a_metric(jobs: Aws) -> None:
    completed = ("TrainingJobStatus", "Equals", "Completed")
    assert found(jobs, completed, sort_by="Metrics.train:rmse") == ["long-1", "short-1"]


def test_results_come_in_pages(jobs: Aws) -> None:
    pages = jobs.sagemaker.get_paginator("search").paginate(Resource="TrainingJob", MaxResults=2)
    assert [len(each["Results"]) for each in pages] == [2, 1]


def test_a_filter_that_cannot_be_one_is_refused(jobs: Aws) -> None:
    with pytest.raises(ClientError, match="neither a number nor a time"):
        found(jobs, ("CreationTime", "LessThan", "yesterday"))


def test_a_part_of_a_list_has_to_hold_all_nested_filters(jobs: Aws) -> None:
    def with_channel(name: str, content_type: str) -> list[str]:
        filters = [
            {"Name": "InputDataConfig.ChannelName", "Operator": "Equals", "Value": name},
            {"Name": "InputDataConfig.ContentType", "Operator": "Equals", "Value": content_type},
        ]
        return found(jobs, NestedFilters=[{"NestedPropertyName": "InputDataConfig", "Filters": filters}])

    assert with_channel("train", "text/csv") == ["short-1", "long-1", "bad-1"]
    assert with_channel("train", "text/libsvm") == []


def test_expressions_are_nested(jobs: Aws) -> None:
    either = {
        "Operator": "Or",
        "Filters": [
            {"Name": "TrainingJobName", "Operator": "Equals", "Value": "long-1"},
            {"Name": "TrainingJobName", "Operator": "In", "Value": "bad-1,other"},
        ],
    }
    ended_well = ("TrainingJobStatus", "NotEquals", "Failed")
    assert found(jobs, ended_well, SubExpressions=[either]) == ["long-1"]


def test_tags_that_were_added_later_are_found(jobs: Aws) -> None:
    arn = jobs.sagemaker.describe_training_job(TrainingJobName="long-1")["TrainingJobArn"]
    jobs.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "later", "Value": "yes"}])
    assert found(jobs, ("Tags.later", "Equals", "yes")) == ["long-1"]


def test_a_property_that_no_such_resource_has_is_refused(jobs: Aws) -> None:
    with pytest.raises(ClientError, match=r"The property name \[Colour\] isn't valid"):
        found(jobs, ("Colour", "Equals", "red"))


def test_properties_are_suggested(jobs: Aws) -> None:
    def suggested(hint: str) -> list[str]:
        query = {"PropertyNameQuery": {"PropertyNameHint": hint}}
        answer = jobs.sagemaker.get_search_suggestions(Resource="TrainingJob", SuggestionQuery=query)
        return [each["PropertyName"] for each in answer["PropertyNameSuggestions"]]

    assert suggested("HyperParameters.") == ["HyperParameters.num_round"]
    assert suggested("metrics") == ["Metrics.train:rmse"]
    assert suggested("TrainingJobN") == ["TrainingJobName"]


def test_endpoints_models_and_tuning_jobs_are_found(aws: Aws, trained: bytes) -> None:
    aws.s3.create_bucket(Bucket=aws.bucket)
    aws.s3.put_object(Bucket=aws.bucket, Key="model.tar.gz", Body=trained)
    aws.deploy("e", f"s3://{aws.bucket}/model.tar.gz")

    def results(resource: str, name: str, value: str) -> list[Any]:
        expression = {"Filters": [{"Name": name, "Operator": "Equals", "Value": value}]}
        return list(aws.sagemaker.search(Resource=resource, SearchExpression=expression)["Results"])

    (endpoint,) = results("Endpoint", "EndpointStatus", "InService")
    assert endpoint["Endpoint"]["EndpointName"] == "e"
    (model,) = results("Model", "Model.ModelName", "e")
    assert model["Model"]["Model"]["PrimaryContainer"]["ModelDataUrl"].endswith("/model.tar.gz")
    assert results("HyperParameterTuningJob", "HyperParameterTuningJobStatus", "Completed") == []


def test_lists_are_filtered_by_time_and_ordered(jobs: Aws) -> None:
    def listed(**wanted: Any) -> list[str]:
        answer = jobs.sagemaker.list_training_jobs(**wanted)["TrainingJobSummaries"]
        return [each["TrainingJobName"] for each in answer]

    assert listed(SortBy="Name", SortOrder="Ascending") == ["bad-1", "long-1", "short-1"]
    assert listed(CreationTimeBefore="2020-01-01") == []
    assert listed(LastModifiedTimeAfter="2020-01-01", NameContains="long") == ["long-1"]


def test_trial_components_are_found_by_their_experiment(aws: Aws) -> None:
    for name in ("mine", "other"):
        aws.sagemaker.create_experiment(ExperimentName=name)
        aws.sagemaker.create_trial(TrialName=f"{name}-trial", ExperimentName=name)
        aws.sagemaker.create_trial_component(TrialComponentName=f"{name}-part", Tags=[{"Key": "whose", "Value": name}])
        aws.sagemaker.associate_trial_component(TrialComponentName=f"{name}-part", TrialName=f"{name}-trial")

    def found(filter_name: str) -> list[str]:
        expression = {"Filters": [{"Name": filter_name, "Operator": "Equals", "Value": "mine"}]}
        results = aws.sagemaker.search(Resource="ExperimentTrialComponent", SearchExpression=expression)["Results"]
        return [each["TrialComponent"]["TrialComponentName"] for each in results]

    assert found("Parents.ExperimentName") == found("Tags.whose") == ["mine-part"]


def test_approved_model_packages_are_found(aws: Aws) -> None:
    aws.sagemaker.create_model_package_group(ModelPackageGroupName="g")
    for status in ("Rejected", "Approved"):
        aws.sagemaker.create_model_package(ModelPackageGroupName="g", ModelApprovalStatus=status)
    approved = {"Filters": [{"Name": "ModelApprovalStatus", "Operator": "Equals", "Value": "Approved"}]}
    (found,) = aws.sagemaker.search(Resource="ModelPackage", SearchExpression=approved)["Results"]
    assert found["ModelPackage"]["ModelPackageVersion"] == 2


def test_pipelines_and_their_executions_are_found(aws: Aws) -> None:
    arn = execute(aws, step("Fail", "Fail", {"ErrorMessage": "no"}))["PipelineExecutionArn"]
    failed = {"Filters": [{"Name": "PipelineExecutionStatus", "Operator": "Equals", "Value": "Failed"}]}
    (execution,) = aws.sagemaker.search(Resource="PipelineExecution", SearchExpression=failed)["Results"]
    assert execution["PipelineExecution"]["PipelineExecutionArn"] == arn
    (pipeline,) = aws.sagemaker.search(Resource="Pipeline")["Results"]
    assert pipeline["Pipeline"]["PipelineName"] == "Flow"
