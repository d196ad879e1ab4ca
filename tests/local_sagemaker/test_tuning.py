"""Automatic model tuning, over HTTP through boto3 and the SDK."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from local_server import XGBOOST, Aws, channel, rows_where_the_feature_decides, wait_until
from scripts import run_sdk

STATIC = {"objective": "binary:logistic", "eval_metric": "logloss"}


def categorical(**values: list[str]) -> dict[str, Any]:
    return {"CategoricalParameterRanges": [{"Name": name, "Values": each} for name, each in values.items()]}


def start(
    aws: Aws,
    strategy: str = "Grid",
    ranges: dict[str, Any] | None = None,
    *,
    static: dict[str, str] = STATIC,
    jobs: dict[str, int] | None = None,
    resources: str = "ResourceConfig",
    definition: dict[str, Any] | None = None,
    **config: Any,
) -> None:
    """Start a tuning job called ``tune`` that wants the smallest loss of XGBoost; at first over some num_round."""
    uri = aws.put("train/train.csv", rows_where_the_feature_decides())
    aws.sagemaker.create_hyper_parameter_tuning_job(
        HyperParameterTuningJobName="tune",
        HyperParameterTuningJobConfig={
            "Strategy": strategy,
            "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "train:logloss"},
            "ResourceLimits": {"MaxParallelTrainingJobs": 2, **(jobs or {})},
            "ParameterRanges": ranges or categorical(num_round=["1", "3", "9"]),
            **config,
        },
        TrainingJobDefinition={
            "StaticHyperParameters": static,
            "AlgorithmSpecification": {"TrainingImage": XGBOOST, "TrainingInputMode": "File"},
            "RoleArn": f"arn:aws:iam::{aws.account}:role/any",
            "InputDataConfig": [channel("train", uri)],
            "OutputDataConfig": {"S3OutputPath": f"s3://{aws.bucket}/out"},
            resources: {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1},
            "StoppingCondition": {"MaxRuntimeInSeconds": 600},
            **(definition or {}),
        },
    )


def describe(aws: Aws) -> dict[str, Any]:
    return dict(aws.sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName="tune"))


def ended(aws: Aws) -> dict[str, Any]:
    while (told := describe(aws))["HyperParameterTuningJobStatus"] in ("InProgress", "Stopping"):
        time.sleep(0.1)
    return told


def training_jobs(aws: Aws, **wanted: str) -> list[dict[str, Any]]:
    listed = aws.sagemaker.list_training_jobs_for_hyper_parameter_tuning_job(
        HyperParameterTuningJobName="tune", **wanted
    )
    return list(listed["TrainingJobSummaries"])


def test_a_grid_tries_every_combination_and_finds_the_best(aws: Aws) -> None:
    start(aws, ranges=categorical(num_round=["1", "9"], eta=["0.01", "0.9"]))
    job = ended(aws)
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    tried = sorted(tuple(sorted(each["TunedHyperParameters"].items())) for each in training_jobs(aws))
    assert tried == [(("eta", eta), ("num_round", rounds)) for eta in ("0.01", "0.9") for rounds in ("1", "9")]
    assert job["BestTrainingJob"]["TunedHyperParameters"] == {"num_round": "9", "eta": "0.9"}


def test_the_best_job_is_a_training_job_like_any_other(aws: Aws) -> None:
    start(aws)
    best = ended(aws)["BestTrainingJob"]
    job = aws.sagemaker.describe_training_job(TrainingJobName=best["TrainingJobName"])
    assert best["TrainingJobName"].startswith("tune-0")
    assert job["TuningJobArn"].endswith(":hyper-parameter-tuning-job/tune")
    assert job["HyperParameters"]["num_round"] == "9"
    assert job["HyperParameters"]["objective"] == "binary:logistic"
    final = best["FinalHyperParameterTuningJobObjectiveMetric"]
    assert final["Value"] == pytest.approx(job["FinalMetricDataList"][0]["Value"], rel=1e-6)
    assert aws.s3.head_object(Bucket=aws.bucket, Key=f"out/{best['TrainingJobName']}/output/model.tar.gz")


def test_each_job_has_a_place_of_its_own_for_its_checkpoints(aws: Aws) -> None:
    checkpoints = {"CheckpointConfig": {"S3Uri": f"s3://{aws.bucket}/checkpoints"}}
    start(aws, ranges=categorical(num_round=["3", "1"]), jobs={"MaxParallelTrainingJobs": 1}, definition=checkpoints)
    assert ended(aws)["ObjectiveStatusCounters"]["Succeeded"] == 2
    names = {job["TrainingJobName"] for job in training_jobs(aws)}
    kept = aws.s3.list_objects_v2(Bucket=aws.bucket, Prefix="checkpoints/")["Contents"]
    assert {each["Key"].split("/")[1] for each in kept} == names


def test_resources_are_taken_as_version_2_of_the_sdk_gives_them(aws: Aws) -> None:
    start(aws, resources="HyperParameterTuningResourceConfig")
    best = ended(aws)["BestTrainingJob"]["TrainingJobName"]
    job = aws.sagemaker.describe_training_job(TrainingJobName=best)
    assert (job["ResourceConfig"]["InstanceType"], job["ResourceConfig"]["InstanceCount"]) == ("ml.m5.large", 1)


def test_counters_tell_how_far_it_is(aws: Aws) -> None:
    classes = categorical(objective=["binary:logistic", "multi:softmax"])  # the second lacks num_class
    start(aws, ranges=classes, static={"num_round": "1", "eval_metric": "logloss"})
    job = ended(aws)
    assert job["TrainingJobStatusCounters"] == {
        "Completed": 1,
        "InProgress": 0,
        "RetryableError": 0,
        "NonRetryableError": 1,
        "Stopped": 0,
    }
    assert job["ObjectiveStatusCounters"] == {"Succeeded": 1, "Pending": 0, "Failed": 1}


@pytest.mark.parametrize("strategy", ["Random", "Bayesian"])
def test_a_search_stays_in_its_ranges(aws: Aws, strategy: str) -> None:
    ranges = {
        "IntegerParameterRanges": [{"Name": "num_round", "MinValue": "1", "MaxValue": "3"}],
        "ContinuousParameterRanges": [
            {"Name": "eta", "MinValue": "0.001", "MaxValue": "0.5", "ScalingType": "Logarithmic"}
        ],
    }
    start(aws, strategy, ranges, jobs={"MaxNumberOfTrainingJobs": 3}, RandomSeed=7)
    assert ended(aws)["HyperParameterTuningJobStatus"] == "Completed"
    tried = [each["TunedHyperParameters"] for each in training_jobs(aws)]
    assert len(tried) == 3
    assert all(each["num_round"] in ("1", "2", "3") and 0.001 <= float(each["eta"]) <= 0.5 for each in tried)


def test_no_more_jobs_run_at_once_than_allowed(aws: Aws) -> None:
    start(aws, ranges=categorical(num_round=["1000000", "1000001", "1000002"]))
    assert wait_until(lambda: len(training_jobs(aws)) == 2)
    assert describe(aws)["TrainingJobStatusCounters"]["InProgress"] == 2
    aws.sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="tune")
    assert ended(aws)["TrainingJobStatusCounters"]["Stopped"] == 2


def test_a_stopped_job_stops_its_training_jobs(aws: Aws) -> None:
    start(aws, ranges=categorical(num_round=["1000000", "1000001"]))
    assert wait_until(lambda: len(training_jobs(aws)) == 2)
    aws.sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="tune")
    assert ended(aws)["HyperParameterTuningJobStatus"] == "Stopped"
    assert {each["TrainingJobStatus"] for each in training_jobs(aws)} == {"Stopped"}


def test_it_ends_early_when_the_objective_is_good_enough(aws: Aws) -> None:
    start(
        aws,
        ranges=categorical(num_round=["9", "10", "11", "12", "13", "14"]),
        jobs={"MaxParallelTrainingJobs": 1},
        TuningJobCompletionCriteria={"TargetObjectiveMetricValue": 0.6},
    )
    assert ended(aws)["HyperParameterTuningJobStatus"] == "Completed"
    assert len(training_jobs(aws)) == 1


def test_it_fails_when_no_training_job_succeeds(aws: Aws) -> None:
    start(aws, static={"eta": "7"})
    job = ended(aws)
    assert job["HyperParameterTuningJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("No training job succeeded after 3 attempts. ")


def test_training_jobs_are_listed_by_their_objective(aws: Aws) -> None:
    start(aws)
    ended(aws)
    listed = training_jobs(aws, SortBy="FinalObjectiveMetricValue", SortOrder="Ascending")
    assert [each["TunedHyperParameters"]["num_round"] for each in listed] == ["9", "3", "1"]


def test_tuning_jobs_are_listed(aws: Aws) -> None:
    start(aws)
    ended(aws)
    (listed,) = aws.sagemaker.list_hyper_parameter_tuning_jobs(NameContains="tun")["HyperParameterTuningJobSummaries"]
    assert (listed["Strategy"], listed["HyperParameterTuningJobStatus"]) == ("Grid", "Completed")
    (found,) = aws.sagemaker.search(Resource="HyperParameterTuningJob")["Results"]
    assert found["HyperParameterTuningJob"]["HyperParameterTuningJobName"] == "tune"


def test_an_unknown_tuning_job_is_not_found(aws: Aws) -> None:
    with pytest.raises(ClientError, match="ResourceNotFound"):
        describe(aws)


SDK_SCRIPT = """
import json
import boto3
from sagemaker.core import image_uris
from sagemaker.core.parameter import ContinuousParameter, IntegerParameter
from sagemaker.core.shapes import OutputDataConfig
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData
from sagemaker.train.tuner import HyperparameterTuner

s3 = boto3.client("s3")
s3.create_bucket(Bucket="sdk-bucket-%s")
rows = "\\n".join(f"{n %% 2},{n %% 2},{n}" for n in range(100))
s3.put_object(Bucket="sdk-bucket-%s", Key="train/train.csv", Body=rows.encode())
trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "*"}]}
role = boto3.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
trainer = ModelTrainer(
    training_image=image_uris.retrieve("xgboost", "us-east-1", version="3.0-5"),
    role=role,
    base_job_name="sdk",
    compute=Compute(instance_type="ml.m5.large", instance_count=1),
    hyperparameters={"objective": "binary:logistic", "eval_metric": "logloss"},
    output_data_config=OutputDataConfig(s3_output_path="s3://sdk-bucket-%s/out"),
)
tuner = HyperparameterTuner(
    model_trainer=trainer,
    objective_metric_name="train:logloss",
    objective_type="Minimize",
    hyperparameter_ranges={"eta": ContinuousParameter(0.1, 0.5), "num_round": IntegerParameter(1, 4)},
    max_jobs=2,
    max_parallel_jobs=2,
    strategy="Random",
)
tuner.tune(
    inputs=[InputData(channel_name="train", data_source="s3://sdk-bucket-%s/train/", content_type="text/csv")],
    job_name="sdk-tune",
)
print(tuner.best_training_job())
"""


@pytest.mark.slow
def test_the_sdks_tuner_finds_a_best_job_unmodified(aws: Aws, tmp_path: Path) -> None:
    script = SDK_SCRIPT % ((aws.account,) * 4)
    assert run_sdk(aws, script, tmp_path).split()[-1].startswith("sdk-tune-00")
