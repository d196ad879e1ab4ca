"""Built-in XGBoost: what AWS's container adds to the library, in several releases."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from algorithm_jobs import (
    CSV,
    JSON_LINES,
    RECORDIO,
    ask,
    csv,
    deploy,
    fields,
    json_lines,
    metrics,
    model_files,
    new_account,
    records,
    train,
)
from botocore.exceptions import ClientError
from local_server import Aws, Server
from sklearn.datasets import load_breast_cancer

CANCER = load_breast_cancer()
OLD, NEW = "sagemaker-xgboost:1.2-1", "sagemaker-xgboost:1.7-1"
HYPERPARAMETERS = {"num_round": 30, "objective": "binary:logistic", "eval_metric": "auc,f1", "early_stopping_rounds": 3}
LABELLED = numpy.column_stack([CANCER.target, CANCER.data])


@pytest.fixture(scope="module")
def aws(server: Server) -> Aws:
    return new_account(server)


@pytest.fixture(scope="module")
def jobs(aws: Aws) -> dict[str, dict[str, Any]]:
    channels = {"train": (csv(LABELLED[:400]), CSV), "validation": (csv(LABELLED[400:]), CSV)}
    return {image: train(aws, image, HYPERPARAMETERS, **channels) for image in (OLD, NEW)}


def test_metrics_of_the_container_are_told_beside_those_of_the_library(jobs: dict[str, dict[str, Any]]) -> None:
    found = metrics(jobs[NEW])
    assert set(found) == {f"{part}:{name}" for part in ("train", "validation") for name in ("auc", "f1")}
    assert found["validation:f1"] > 0.9


def test_a_large_metric_is_what_early_stopping_waits_for(aws: Aws, jobs: dict[str, dict[str, Any]]) -> None:
    lines = aws.log("/aws/sagemaker/TrainingJobs", jobs[NEW]["TrainingJobName"])
    told = [float(line.rpartition("validation-f1:")[2]) for line in lines if "validation-f1:" in line]
    assert 4 <= len(told) < 30
    # The library tells the last round or not, as its callbacks happen to be ordered.
    assert max(told[-2:]) <= max(told[:-2])


def test_the_first_releases_pickle_the_model_and_later_ones_save_it(aws: Aws, jobs: dict[str, dict[str, Any]]) -> None:
    assert model_files(aws, jobs[OLD])["xgboost-model"].startswith(b"\x80")
    assert model_files(aws, jobs[NEW])["xgboost-model"].startswith(b"{")


@pytest.fixture(scope="module")
def endpoints(aws: Aws, jobs: dict[str, dict[str, Any]]) -> dict[str, str]:
    """The endpoint of each image, by image."""
    return {image: deploy(aws, image, job) for image, job in jobs.items()}


def test_csv_answers_are_in_one_line_until_release_1_5_and_in_lines_since(aws: Aws, endpoints: dict[str, str]) -> None:
    rows = csv(CANCER.data[:3])
    answers = {image: aws.invoke(endpoint, rows.decode()) for image, endpoint in endpoints.items()}
    assert [len(answer.split(",")) for answer in answers.values()] == [3, 1]
    assert answers[NEW].endswith("\n")
    assert answers[OLD].split(",") == answers[NEW].split()


def test_the_first_releases_answer_csv_whatever_the_client_accepts(aws: Aws, endpoints: dict[str, str]) -> None:
    rows = csv(CANCER.data[:3]).decode()
    assert aws.invoke(endpoints[OLD], rows, CSV, "application/csv") == aws.invoke(endpoints[OLD], rows, CSV, CSV)
    with pytest.raises(ClientError, match="Accept type application/csv is not supported"):
        aws.invoke(endpoints[NEW], rows, CSV, "application/csv")


def test_recordio_protobuf_goes_in_and_out(aws: Aws) -> None:
    given = {"num_round": 3, "objective": "binary:logistic"}
    job = train(aws, NEW, given, train=(records(CANCER.data, CANCER.target), RECORDIO))
    endpoint, rows = deploy(aws, NEW, job), CANCER.data[:2]
    recorded = fields(ask(aws, endpoint, records(rows), RECORDIO, RECORDIO))
    lines = json_lines(ask(aws, endpoint, csv(rows), CSV, JSON_LINES))
    assert [row["score"][0] for row in recorded] == pytest.approx([row["score"] for row in lines])


def test_a_second_job_goes_on_from_the_checkpoints_of_the_first(aws: Aws) -> None:
    uri = aws.put("checkpointed/train.csv", csv(LABELLED).decode())
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}}
    for name, rounds in (("first", "3"), ("second", "5")):
        aws.train(
            name,
            InputDataConfig=[{"ChannelName": "train", "ContentType": CSV, "DataSource": source}],
            HyperParameters={"num_round": rounds, "objective": "binary:logistic"},
            CheckpointConfig={"S3Uri": f"s3://{aws.bucket}/checkpoints"},
        )
        assert aws.ended(name)["TrainingJobStatus"] == "Completed"
    lines = aws.log("/aws/sagemaker/TrainingJobs", "second")
    assert any("Resuming from iteration 3" in line for line in lines)
    assert len([line for line in lines if "train-logloss" in line]) == 2


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"objective": "multi:softmax"}, "Require input for parameter 'num_class' for multi-classification"),
        ({"num_class": 3}, "Do not need to setup parameter 'num_class' for learning task other than"),
        ({"objective": "reg:linear"}, "Metric 'auc' can only be applied for classification and ranking problems."),
        ({"monotone_constraints": "(1,0)"}, "monotone_constraints can be used only when the tree_method parameter is"),
        ({"eval_metric": "error@x"}, "Hyperparameter eval_metric: value error@x is not in"),
        ({"_kfold": 5}, "Hyperparameter _kfold: k-fold training is not supported here"),
    ],
)
def test_hyperparameters_that_do_not_go_together_fail_the_job(aws: Aws, wrong: dict[str, object], reason: str) -> None:
    job = train(aws, NEW, {**HYPERPARAMETERS, **wrong}, train=(csv(LABELLED[:50]), CSV))
    assert job["FailureReason"].startswith(f"ClientError: {reason}")


@pytest.mark.parametrize(
    ("data", "content_type", "reason"),
    [
        (csv(LABELLED[:9]), "text/csv;label_size=0", "text/csv;label_size=0 is not an accepted csv ContentType."),
        (csv(LABELLED[:9]), "image/png", "image/png is not an accepted ContentType"),
        (csv(LABELLED[:9]), "text/libsvm", "First line '"),
        (b"1 99999999999:1\n", "text/libsvm", "Feature index 99999999999 of file 'data' is too large"),
        (b"", CSV, "No data in train channel path"),
        (records(CANCER.data[:9], CANCER.target)[:-8], RECORDIO, "Failed to load recordio-protobuf data"),
        (b"PAR1", "application/x-parquet", "Failed to load Parquet data"),
    ],
)
def test_data_that_is_not_in_its_format_fails_the_job(aws: Aws, data: bytes, content_type: str, reason: str) -> None:
    job = train(aws, NEW, {"num_round": 1}, train=(data, content_type))
    assert job["FailureReason"].startswith(f"ClientError: {reason}")


def test_a_wide_request_takes_no_memory_and_is_refused(aws: Aws, jobs: dict[str, dict[str, Any]]) -> None:
    endpoint = deploy(aws, NEW, train(aws, NEW, {"num_round": 1}, train=(csv(LABELLED[:50]), CSV)))
    with pytest.raises(aws.client("sagemaker-runtime").exceptions.ModelError, match="is not consistent"):
        ask(aws, endpoint, b"0:1 999999999999:1", "text/libsvm", CSV)
