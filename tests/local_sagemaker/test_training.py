"""Training jobs, over HTTP through boto3."""

from __future__ import annotations

import io
import tarfile
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError
from local_server import Aws, channel, started_server, wait_until

LOG_GROUP = "/aws/sagemaker/TrainingJobs"
MANY_ROUNDS = {"num_round": "1000000", "objective": "binary:logistic"}


def test_a_job_trains_and_leaves_its_model_in_s3(aws: Aws) -> None:
    aws.train()
    job = aws.ended()
    assert job["TrainingJobStatus"] == "Completed"
    archive = aws.s3.get_object(Bucket=aws.bucket, Key="out/job/output/model.tar.gz")["Body"].read()
    assert job["ModelArtifacts"]["S3ModelArtifacts"] == f"s3://{aws.bucket}/out/job/output/model.tar.gz"
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        assert tar.getnames() == ["xgboost-model"]


def test_a_job_reports_the_last_metrics_of_its_log(aws: Aws) -> None:
    validation = aws.put("validation/v.csv", "1,0.9,0.5\n0,0.1,0.5\n0,0.2,0.5")
    uri = f"s3://{aws.bucket}/train"
    aws.train(InputDataConfig=[channel("train", uri), channel("validation", validation)])
    metrics = {each["MetricName"]: each["Value"] for each in aws.ended()["FinalMetricDataList"]}
    assert metrics == {"train:auc": 1.0, "validation:auc": 1.0}


def test_a_job_tells_cloudwatch_every_metric_of_its_log(aws: Aws) -> None:
    aws.train(HyperParameters={"num_round": "5", "objective": "binary:logistic", "eval_metric": "auc"})
    job = aws.ended()
    told = aws.client("cloudwatch").get_metric_statistics(
        Namespace="/aws/sagemaker/TrainingJobs",
        MetricName="train:auc",
        Dimensions=[{"Name": "TrainingJobName", "Value": "job"}],
        StartTime=job["TrainingStartTime"],
        EndTime=job["TrainingEndTime"] + timedelta(minutes=1),
        Period=60,
        Statistics=["Average", "SampleCount"],
    )["Datapoints"]
    assert sum(each["SampleCount"] for each in told) == 5
    assert {each["Average"] for each in told} == {1.0}


def test_a_job_passes_through_the_documented_secondary_statuses(aws: Aws) -> None:
    aws.train()
    told = [each["Status"] for each in aws.ended()["SecondaryStatusTransitions"]]
    assert told == ["Starting", "Downloading", "Training", "Uploading", "Completed"]


def test_the_log_has_the_lines_of_the_real_container(aws: Aws) -> None:
    aws.train()
    aws.ended()
    lines = aws.log(LOG_GROUP, "job/algo-1-")
    assert [line for line in lines if line.startswith("[2]")] == ["[2]#011train-auc:1.00000"]


def test_the_log_tells_paths_as_a_container_would(aws: Aws) -> None:
    aws.train(InputDataConfig=[channel("validation", f"s3://{aws.bucket}/train/")])
    assert aws.ended()["TrainingJobStatus"] == "Failed"
    hidden = aws.put("other/_hidden.csv", "1,2")
    aws.train("hidden", InputDataConfig=[channel("train", hidden)])
    told = "No data in train channel path /opt/ml/input/data/train"
    assert aws.ended("hidden")["FailureReason"] == f"ClientError: {told}, exit code: 2"
    assert any(told in line for line in aws.log(LOG_GROUP, "hidden/"))


def test_the_log_can_be_read_while_the_job_runs(aws: Aws) -> None:
    aws.train(HyperParameters=MANY_ROUNDS)

    def has_lines() -> bool:
        try:
            return any("#011train-logloss" in line for line in aws.log(LOG_GROUP, "job/"))
        except aws.client("logs").exceptions.ResourceNotFoundException:
            return False

    assert wait_until(has_lines)
    assert aws.sagemaker.list_training_jobs()["TrainingJobSummaries"][0]["TrainingJobStatus"] == "InProgress"
    aws.sagemaker.stop_training_job(TrainingJobName="job")


def test_libsvm_is_read_too(aws: Aws) -> None:
    uri = aws.put("svm/a.libsvm", "\n".join(f"{n % 2} 0:{n % 2} 1:0.5" for n in range(40)))
    aws.train(InputDataConfig=[channel("train", uri, "text/libsvm")])
    assert aws.ended()["FinalMetricDataList"][0]["Value"] == 1.0


def test_a_stopped_job_is_stopped(aws: Aws) -> None:
    aws.train(HyperParameters=MANY_ROUNDS)
    aws.sagemaker.stop_training_job(TrainingJobName="job")
    job = aws.ended()
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "Stopped")


def test_a_job_that_takes_too_long_is_stopped(aws: Aws) -> None:
    aws.train(HyperParameters=MANY_ROUNDS, StoppingCondition={"MaxRuntimeInSeconds": 1})
    job = aws.ended()
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")


@pytest.mark.parametrize(
    ("hyperparameters", "reason"),
    [
        ({"num_round": "3", "eta": "7"}, "ClientError: Hyperparameter eta: value 7.0 is not in [0, 1], exit code: 2"),
        ({"num_round": "x"}, "ClientError: Hyperparameter num_round: could not parse value 'x', exit code: 2"),
        ({"eta": "1"}, "ClientError: Missing required hyperparameter: num_round, exit code: 2"),
        ({"num_round": "3", "nonsense": "1"}, "ClientError: Extraneous hyperparameter found: nonsense, exit code: 2"),
    ],
)
def test_a_wrong_hyperparameter_fails_the_job_and_is_named(
    aws: Aws, hyperparameters: dict[str, str], reason: str
) -> None:
    aws.train(HyperParameters=hyperparameters)
    job = aws.ended()
    assert (job["TrainingJobStatus"], job["FailureReason"]) == ("Failed", reason)


def test_data_that_is_not_csv_fails_the_job(aws: Aws) -> None:
    uri = aws.put("bad/train.csv", "no,numbers,here")
    aws.train(InputDataConfig=[channel("train", uri)], HyperParameters={"num_round": "1"})
    assert aws.ended()["FailureReason"].startswith("ClientError: ")


def test_an_unknown_image_fails_the_job_with_a_sentence_on_how_to_register_it(aws: Aws) -> None:
    aws.train(image="111122223333.dkr.ecr.us-east-1.amazonaws.com/mine:1")
    reason = aws.ended()["FailureReason"]
    assert 'the image "mine:1"' in reason
    assert "To register it" in reason


def test_a_job_name_cannot_be_used_twice(aws: Aws) -> None:
    aws.train()
    with pytest.raises(ClientError, match="ResourceInUse"):
        aws.train()


def test_a_job_name_cannot_be_a_path(aws: Aws) -> None:
    with pytest.raises(ClientError, match="failed to satisfy constraint"):
        aws.train(name="..")


def test_a_description_tells_all_that_was_asked_for(aws: Aws) -> None:
    definitions = [{"Name": "mine", "Regex": "train-auc:(.*)"}]
    specification = {"TrainingInputMode": "File", "MetricDefinitions": definitions}
    aws.train(
        AlgorithmSpecification={"TrainingImage": "sagemaker-xgboost:3.0-5", **specification},
        Environment={"COLOUR": "blue"},
    )
    job = aws.ended()
    assert job["Environment"] == {"COLOUR": "blue"}
    assert job["AlgorithmSpecification"]["MetricDefinitions"] == definitions
    assert "mine" in {each["MetricName"] for each in job["FinalMetricDataList"]}


def test_a_job_queues_while_others_use_all_there_is(aws: Aws) -> None:
    with started_server("--jobs", "1") as server:
        one = Aws(server.line["env"], aws.account)
        one.train("first", HyperParameters=MANY_ROUNDS)
        one.train("second")

        def phase(name: str) -> str:
            listed = one.sagemaker.list_training_jobs(NameContains=name)["TrainingJobSummaries"]
            return str(listed[0]["SecondaryStatus"])

        assert wait_until(lambda: phase("first") == "Training")
        assert phase("second") == "Starting"
        one.sagemaker.stop_training_job(TrainingJobName="first")
        assert one.ended("second")["TrainingJobStatus"] == "Completed"


def test_jobs_are_listed_by_status_in_pages(aws: Aws) -> None:
    for name in ("one", "two", "three"):
        aws.train(name, HyperParameters={})
    for name in ("one", "two", "three"):
        aws.ended(name)
    pages = aws.sagemaker.get_paginator("list_training_jobs").paginate(StatusEquals="Failed", MaxResults=2)
    listed = [[job["TrainingJobName"] for job in page["TrainingJobSummaries"]] for page in pages]
    assert listed == [["three", "two"], ["one"]]


def test_a_deleted_job_is_not_found(aws: Aws) -> None:
    aws.train()
    aws.ended()
    aws.sagemaker.delete_training_job(TrainingJobName="job")
    with pytest.raises(ClientError, match="Requested resource not found"):
        aws.sagemaker.describe_training_job(TrainingJobName="job")
