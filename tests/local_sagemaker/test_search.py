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
    expression = {
        "Filters": [{"Name": name, "Operator": operator, "Value": value} for name, operator, value in filters],
        **more,
    }
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
