"""Built-in K-Means: the handwritten digits of scikit-learn, in ten clusters."""

from __future__ import annotations

import json
from typing import Any

import numpy
import pytest
from algorithm_jobs import (
    CSV,
    JSON,
    JSON_LINES,
    RECORDIO,
    ask,
    ask_json,
    csv,
    deploy,
    fields,
    image,
    json_lines,
    metrics,
    model_files,
    new_account,
    records,
    train,
)
from local_server import Aws, Server
from sklearn.datasets import load_digits

from local_sagemaker.algorithms import artifacts

PIXELS = load_digits().data.astype(numpy.float32)
HYPERPARAMETERS = {"k": 10, "feature_dim": 64, "eval_metrics": '["msd", "ssd"]'}


@pytest.fixture(scope="module")
def aws(server: Server) -> Aws:
    return new_account(server)


@pytest.fixture(scope="module")
def job(aws: Aws) -> dict[str, Any]:
    return train(
        aws,
        "kmeans",
        HYPERPARAMETERS,
        train=(records(PIXELS[:1500]), RECORDIO),
        test=(csv(PIXELS[1500:]), "text/csv;label_size=0"),
    )


@pytest.fixture(scope="module")
def endpoint(aws: Aws, job: dict[str, Any]) -> str:
    return deploy(aws, "kmeans", job)


@pytest.fixture(scope="module")
def centroids(aws: Aws, job: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("model")
    [(name, data)] = model_files(aws, job).items()
    (folder / name).write_bytes(data)
    [centroids] = artifacts.load_list(folder)
    return centroids


def closest(rows: Any, centroids: Any) -> tuple[list[int], list[float]]:
    distances = numpy.linalg.norm(rows[:, None, :] - centroids[None], axis=2)
    return distances.argmin(axis=1).tolist(), distances.min(axis=1).tolist()


def test_clusters_are_nearly_as_tight_as_those_of_lloyds_algorithm(job: dict[str, Any]) -> None:
    from sklearn.cluster import KMeans

    best = KMeans(10, n_init=5, random_state=0).fit(PIXELS[:1500])
    assert metrics(job)["train:msd"] < 1.15 * best.inertia_ / 1500


def test_the_documented_metrics_are_reported(job: dict[str, Any], centroids: Any) -> None:
    found = metrics(job)
    _, distances = closest(PIXELS[1500:], centroids)
    assert found["test:ssd"] == pytest.approx(numpy.square(distances).sum(), rel=1e-3)
    assert found["test:msd"] == pytest.approx(numpy.square(distances).mean(), rel=1e-3)
    assert found["train:progress"] == 100


def test_the_log_has_the_lines_of_the_real_container(aws: Aws, job: dict[str, Any]) -> None:
    lines = aws.log("/aws/sagemaker/TrainingJobs", job["TrainingJobName"])
    assert any("#quality_metric: host=algo-1, test msd <loss>=" in line for line in lines)


def test_the_answer_is_the_closest_centroid_and_its_distance(aws: Aws, endpoint: str, centroids: Any) -> None:
    rows = PIXELS[:5]
    answers = ask_json(aws, endpoint, rows)["predictions"]
    clusters, distances = closest(rows, centroids)
    assert [answer["closest_cluster"] for answer in answers] == clusters
    assert [answer["distance_to_cluster"] for answer in answers] == pytest.approx(distances, rel=1e-3)


def test_answers_come_in_the_documented_formats(aws: Aws, endpoint: str) -> None:
    rows = PIXELS[:2]
    expected = ask_json(aws, endpoint, rows)["predictions"]
    assert json_lines(ask(aws, endpoint, records(rows), RECORDIO, JSON_LINES)) == expected
    lines = ask(aws, endpoint, csv(rows), CSV, CSV).decode().splitlines()
    assert [float(line.split(",")[0]) for line in lines] == [row["closest_cluster"] for row in expected]
    recorded = fields(ask(aws, endpoint, records(rows), RECORDIO, RECORDIO))
    assert [row["closest_cluster"] for row in recorded] == [[row["closest_cluster"]] for row in expected]


def test_the_record_set_of_the_sdks_version_2_is_read_in_pipe_mode(aws: Aws) -> None:
    aws.s3.create_bucket(Bucket=aws.bucket)
    for part in (0, 1):
        body = records(PIXELS[200 * part : 200 * (part + 1)])
        aws.s3.put_object(Bucket=aws.bucket, Key=f"set/matrix_{part}.pbr", Body=body)
    names = [{"prefix": f"s3://{aws.bucket}/set/"}, "matrix_0.pbr", "matrix_1.pbr"]
    uri = f"{aws.put('set/.amazon.manifest', json.dumps(names))}/.amazon.manifest"
    source = {"S3DataType": "ManifestFile", "S3Uri": uri, "S3DataDistributionType": "ShardedByS3Key"}
    aws.train(
        "from-manifest",
        image("kmeans"),
        AlgorithmSpecification={"TrainingImage": image("kmeans"), "TrainingInputMode": "Pipe"},
        HyperParameters={"k": "10", "feature_dim": "64", "force_dense": "True"},
        InputDataConfig=[{"ChannelName": "train", "DataSource": {"S3DataSource": source}}],
    )
    job = aws.ended("from-manifest")
    assert job["TrainingJobStatus"] == "Completed", job["FailureReason"]
    lines = aws.log("/aws/sagemaker/TrainingJobs", "from-manifest")
    assert any("processed a total of 400 examples" in line for line in lines)


def test_several_hosts_find_clusters_in_all_parts_of_the_data(aws: Aws) -> None:
    for part in (0, 1):
        body = records(PIXELS[200 * part : 200 * (part + 1)])
        uri = aws.put(f"parts/{part}.pbr", "")
        aws.s3.put_object(Bucket=aws.bucket, Key=f"parts/{part}.pbr", Body=body)
    source = {"S3DataType": "S3Prefix", "S3Uri": uri, "S3DataDistributionType": "ShardedByS3Key"}
    aws.train(
        "on-two-hosts",
        image("kmeans"),
        HyperParameters={"k": "10", "feature_dim": "64"},
        ResourceConfig={"InstanceCount": 2, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1},
        InputDataConfig=[{"ChannelName": "train", "DataSource": {"S3DataSource": source}}],
    )
    assert aws.ended("on-two-hosts")["TrainingJobStatus"] == "Completed"
    lines = aws.log("/aws/sagemaker/TrainingJobs", "on-two-hosts")
    assert any("processed a total of 400 examples" in line for line in lines)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"k": 0}, "ClientError: Hyperparameter k: value 0 is not in [1, +inf), exit code: 2"),
        ({"eval_metrics": '["mse"]'}, "ClientError: Hyperparameter eval_metrics: value mse is not in [msd, ssd]"),
        ({"K": 3, "kk": 1}, "ClientError: Additional hyperparameters are not allowed ('K', 'kk' were unexpected)"),
        ({"feature_dim": 63}, "ClientError: The data channel 'train' has 64 features, but feature_dim is 63"),
    ],
)
def test_a_wrong_hyperparameter_fails_the_job_and_is_named(aws: Aws, wrong: dict[str, object], reason: str) -> None:
    job = train(aws, "kmeans", {**HYPERPARAMETERS, **wrong}, train=(records(PIXELS[:20]), RECORDIO))
    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith(reason)


@pytest.mark.parametrize("missing", ["k", "feature_dim"])
def test_a_missing_hyperparameter_fails_the_job_and_is_named(aws: Aws, missing: str) -> None:
    given = {name: value for name, value in HYPERPARAMETERS.items() if name != missing}
    job = train(aws, "kmeans", given, train=(records(PIXELS[:20]), RECORDIO))
    told = (
        f"No value(s) were specified for '{missing}' which are required hyperparameter(s) (caused by ValidationError)"
    )
    assert job["FailureReason"] == f"ClientError: {told}, exit code: 2"


def test_a_channel_that_the_algorithm_does_not_have_fails_the_job(aws: Aws) -> None:
    data = records(PIXELS[:20]), RECORDIO
    job = train(aws, "kmeans", HYPERPARAMETERS, train=data, validation=data)
    assert "Additional properties are not allowed ('validation' was unexpected)" in job["FailureReason"]
    missing = train(aws, "kmeans", HYPERPARAMETERS, test=data)
    assert "'train' is a required property" in missing["FailureReason"]


def test_truncated_recordio_fails_the_job_and_says_where(aws: Aws) -> None:
    job = train(aws, "kmeans", HYPERPARAMETERS, train=(records(PIXELS[:20])[:-10], RECORDIO))
    reason = job["FailureReason"]
    assert reason.startswith("ClientError: Unable to read data channel 'train'")
    assert "only" in reason
    assert JSON not in reason
