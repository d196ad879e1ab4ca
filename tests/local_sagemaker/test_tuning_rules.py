"""Tuning jobs whose training jobs are a small program: when they end, what they take over, what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from local_server import XGBOOST, Aws
from scripts import SKLEARN, archive_of

PROGRAM = """
import json, os, time
given = json.loads(os.environ["SM_HPS"])
for epoch in range(given.get("epochs", 3)):
    print("loss=%s" % (given["level"] / (epoch + 1)), flush=True)
    time.sleep(given.get("pause", 0))
"""
"""Its loss is the hyperparameter ``level``, and less after each of its ``epochs``."""

LOSS = {"Name": "loss", "Regex": "loss=([0-9.]+)"}


def levels(*values: str) -> dict[str, Any]:
    return {"CategoricalParameterRanges": [{"Name": "level", "Values": list(values)}]}


def between(low: str, high: str, **more: str) -> dict[str, Any]:
    return {"ContinuousParameterRanges": [{"Name": "level", "MinValue": low, "MaxValue": high, **more}]}


def definition(aws: Aws, static: dict[str, str] | None = None, **changes: Any) -> dict[str, Any]:
    source = f"s3://{aws.bucket}/sourcedir.tar.gz"
    script = {"sagemaker_program": "train.py", "sagemaker_submit_directory": source}
    return {
        "StaticHyperParameters": {**script, **(static or {})},
        "AlgorithmSpecification": {
            "TrainingImage": SKLEARN,
            "TrainingInputMode": "File",
            "MetricDefinitions": [LOSS],
        },
        "RoleArn": f"arn:aws:iam::{aws.account}:role/any",
        "OutputDataConfig": {"S3OutputPath": f"s3://{aws.bucket}/out"},
        "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        **changes,
    }


def create(aws: Aws, name: str = "tune", **changes: Any) -> None:
    """Start a tuning job; `changes` of its configuration by their names, of its request in `request`."""
    aws.s3.create_bucket(Bucket=aws.bucket)
    source = archive_of({"train.py": PROGRAM.encode()})
    aws.s3.put_object(Bucket=aws.bucket, Key="sourcedir.tar.gz", Body=source)
    request = changes.pop("request", {})
    limits = {"MaxParallelTrainingJobs": 1, **changes.pop("limits", {})}
    config = {
        "Strategy": "Grid",
        "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
        "ParameterRanges": levels("1", "2"),
        **changes,
    }
    aws.sagemaker.create_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name,
        **{
            "HyperParameterTuningJobConfig": {
                **{member: value for member, value in config.items() if value is not None},
                "ResourceLimits": limits,
            },
            **({} if "TrainingJobDefinitions" in request else {"TrainingJobDefinition": definition(aws)}),
            **request,
        },
    )


def ended(aws: Aws, name: str = "tune") -> dict[str, Any]:
    while True:
        told = aws.sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
        if told["HyperParameterTuningJobStatus"] not in ("InProgress", "Stopping"):
            return dict(told)


def training_jobs(aws: Aws, name: str = "tune", **wanted: Any) -> list[dict[str, Any]]:
    answer = aws.sagemaker.list_training_jobs_for_hyper_parameter_tuning_job(HyperParameterTuningJobName=name, **wanted)
    return list(answer["TrainingJobSummaries"])


def test_a_job_that_will_not_be_the_best_is_stopped_early(aws: Aws) -> None:
    slow = definition(aws, {"epochs": "5", "pause": "0.2"})
    create(
        aws,
        ParameterRanges=levels("1", "9"),
        TrainingJobEarlyStoppingType="Auto",
        request={"TrainingJobDefinition": slow},
    )
    job = ended(aws)
    assert job["TrainingJobStatusCounters"]["Completed"] == 1
    assert job["TrainingJobStatusCounters"]["Stopped"] == 1
    good, bad = training_jobs(aws)
    assert (good["TrainingJobStatus"], bad["TrainingJobStatus"]) == ("Completed", "Stopped")
    assert bad["ObjectiveStatus"] == "Succeeded"
    assert bad["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] > 9 / 5


def test_a_search_ends_when_nothing_gets_better(aws: Aws) -> None:
    create(
        aws,
        ParameterRanges=levels("1", "0.999", "3", "4", "5", "6"),
        TuningJobCompletionCriteria={"BestObjectiveNotImproving": {"MaxNumberOfTrainingJobsNotImproving": 3}},
    )
    job = ended(aws)
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert len(training_jobs(aws)) == 4
    assert job["TuningJobCompletionDetails"]["NumberOfTrainingJobsObjectiveNotImproving"] == 3


def test_a_warm_start_knows_what_its_parent_found(aws: Aws) -> None:
    create(aws, ParameterRanges=levels("1"))
    best = ended(aws)["BestTrainingJob"]
    parents = {"ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": "tune"}]}
    create(
        aws,
        "again",
        ParameterRanges=levels("2"),
        request={"WarmStartConfig": {**parents, "WarmStartType": "IdenticalDataAndAlgorithm"}},
    )
    job = ended(aws, "again")
    assert job["BestTrainingJob"]["TunedHyperParameters"] == {"level": "2"}
    assert job["OverallBestTrainingJob"]["TrainingJobName"] == best["TrainingJobName"]


def test_several_definitions_take_turns(aws: Aws) -> None:
    objective = {"Type": "Minimize", "MetricName": "loss"}
    several = [
        definition(aws, DefinitionName=name, TuningObjective=objective, HyperParameterRanges=between(low, high))
        for name, low, high in (("low", "1", "2"), ("high", "5", "6"))
    ]
    create(
        aws,
        Strategy="Random",
        ParameterRanges=None,
        HyperParameterTuningJobObjective=None,
        limits={"MaxNumberOfTrainingJobs": 4, "MaxParallelTrainingJobs": 2},
        request={"TrainingJobDefinitions": several},
    )
    job = ended(aws)
    assert [each["TrainingJobDefinitionName"] for each in training_jobs(aws)] == ["low", "high", "low", "high"]
    assert job["BestTrainingJob"]["TrainingJobDefinitionName"] == "low"
    assert [each["DefinitionName"] for each in job["TrainingJobDefinitions"]] == ["low", "high"]


def test_autotune_finds_ranges_around_examples(aws: Aws) -> None:
    create(
        aws,
        Strategy="Random",
        ParameterRanges={"AutoParameters": [{"Name": "level", "ValueHint": "5"}]},
        limits={"MaxNumberOfTrainingJobs": 2},
        request={"Autotune": {"Mode": "Enabled"}},
    )
    ended(aws)
    assert all(1 <= int(each["TunedHyperParameters"]["level"]) <= 50 for each in training_jobs(aws))


def test_training_jobs_are_listed_by_name_ten_at_once(aws: Aws) -> None:
    create(aws, ParameterRanges=levels(*map(str, range(11))), limits={"MaxParallelTrainingJobs": 4})
    ended(aws)
    listed = training_jobs(aws)
    assert [each["TrainingJobName"][:8] for each in listed] == [f"tune-{number:03d}" for number in range(1, 11)]
    assert len(training_jobs(aws, MaxResults=100, StatusEquals="Completed")) == 11


XGBOOST_JOB = {
    "AlgorithmSpecification": {"TrainingImage": XGBOOST, "TrainingInputMode": "File"},
    "StaticHyperParameters": {"num_round": "1"},
}
AUC = {"Type": "Maximize", "MetricName": "validation:auc"}


@pytest.mark.parametrize(
    ("config", "of_definition", "message"),
    [
        ({"HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "f1"}}, {}, "A metric is required"),
        ({"HyperParameterTuningJobObjective": None}, {}, "A metric is required"),
        ({"ParameterRanges": None}, {}, "at least one hyperparameter range"),
        ({"ParameterRanges": between("0", "1")}, {}, "Grid takes categorical"),
        ({"Strategy": "Random", "ParameterRanges": between("2", "1")}, {}, r"\[level\]"),
        ({"Strategy": "Random", "limits": {"MaxNumberOfTrainingJobs": 3}}, {}, r"combinations .* \[2\] .* \[3\]"),
        ({}, {"StaticHyperParameters": {"level": "1"}}, "both static and tuned"),
        ({"Strategy": "Guessing"}, {}, r"'Guessing' at 'hyperParameterTuningJobConfig\.strategy'"),
        ({"Strategy": "Hyperband", "ParameterRanges": between("0", "1")}, {}, "MaxResource"),
        ({"TrainingJobEarlyStoppingType": "Auto", "Strategy": "Hyperband"}, {}, "must be Off"),
        ({"StrategyConfig": {"HyperbandStrategyConfig": {"MaxResource": 3}}}, {}, "with the strategy Hyperband only"),
        ({"HyperParameterTuningJobObjective": {**AUC, "MetricName": "auc"}}, XGBOOST_JOB, "isn't valid for the"),
        ({"HyperParameterTuningJobObjective": AUC}, XGBOOST_JOB, r"\[level\] isn't one of the \[xgboost\]"),
        (
            {
                "HyperParameterTuningJobObjective": AUC,
                "ParameterRanges": {"ContinuousParameterRanges": [{"Name": "eta", "MinValue": "0", "MaxValue": "7"}]},
                "Strategy": "Random",
            },
            XGBOOST_JOB,
            r"\[eta\] isn't valid",
        ),
    ],
)
def test_what_cannot_be_tuned_is_refused(
    aws: Aws, config: dict[str, Any], of_definition: dict[str, Any], message: str
) -> None:
    with pytest.raises(ClientError, match=rf"ValidationException.*{message}"):
        create(aws, **config, request={"TrainingJobDefinition": definition(aws, **of_definition)})
    assert aws.sagemaker.list_hyper_parameter_tuning_jobs()["HyperParameterTuningJobSummaries"] == []


def test_a_parent_that_is_not_there_is_refused(aws: Aws) -> None:
    parents = [{"HyperParameterTuningJobName": "nobody"}]
    warm = {"ParentHyperParameterTuningJobs": parents, "WarmStartType": "TransferLearning"}
    with pytest.raises(ClientError, match=r"\[nobody\] isn't there"):
        create(aws, request={"WarmStartConfig": warm})


def test_a_name_that_is_too_long_is_refused(aws: Aws) -> None:
    with pytest.raises(ClientError, match="length less than or equal to 32"):
        create(aws, "n" * 33)


def test_a_job_needs_one_definition_or_several(aws: Aws) -> None:
    with pytest.raises(ClientError, match="either TrainingJobDefinition or TrainingJobDefinitions"):
        create(aws, request={"TrainingJobDefinitions": [definition(aws)], "TrainingJobDefinition": definition(aws)})
