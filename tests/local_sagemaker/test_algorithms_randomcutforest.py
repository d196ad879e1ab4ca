"""Built-in Random Cut Forest: points of one cloud, and a few far from it."""

from __future__ import annotations

import json
from typing import Any

import numpy
import pytest
from algorithm_jobs import JSON, RECORDIO, ask, ask_json, csv, deploy, fields, metrics, new_account, records, train
from local_server import Aws, Server

CHANCE = numpy.random.default_rng(0)
CLOUD = CHANCE.normal(size=(1000, 3))
FAR = CHANCE.normal(size=(5, 3)) + 9
HYPERPARAMETERS = {"feature_dim": 3, "num_trees": 50, "num_samples_per_tree": 200}


@pytest.fixture(scope="module")
def aws(server: Server) -> Aws:
    return new_account(server)


@pytest.fixture(scope="module")
def job(aws: Aws) -> dict[str, Any]:
    points = numpy.concatenate([CLOUD, FAR])
    labels = numpy.repeat([0, 1], [len(CLOUD), len(FAR)])
    test = csv(numpy.column_stack([labels, points])), "text/csv;label_size=1"
    return train(aws, "randomcutforest", HYPERPARAMETERS, train=(records(points), RECORDIO), test=test)


@pytest.fixture(scope="module")
def endpoint(aws: Aws, job: dict[str, Any]) -> str:
    return deploy(aws, "randomcutforest", job)


def test_far_points_score_higher_than_all_of_the_cloud(aws: Aws, endpoint: str) -> None:
    far, cloud = ([row["score"] for row in ask_json(aws, endpoint, points)["scores"]] for points in (FAR, CLOUD[:200]))
    assert min(far) > max(cloud)


def test_a_forest_finds_what_scikit_learns_isolation_forest_finds(aws: Aws, endpoint: str) -> None:
    from scipy.stats import spearmanr
    from sklearn.ensemble import IsolationForest

    points = CLOUD[:200]
    ours = [row["score"] for row in ask_json(aws, endpoint, points)["scores"]]
    theirs = -IsolationForest(random_state=0).fit(CLOUD).score_samples(points)
    assert spearmanr(ours, theirs).statistic > 0.8


def test_the_test_channel_is_scored_by_three_sigmas(job: dict[str, Any]) -> None:
    found = metrics(job)
    assert found["test:recall"] == 1
    assert found["test:f1"] > 0.5
    assert found["test:accuracy"] > 0.98


def test_answers_come_in_the_documented_formats(aws: Aws, endpoint: str) -> None:
    expected = ask_json(aws, endpoint, FAR)["scores"]
    instances = json.dumps({"instances": [{"features": row.tolist()} for row in FAR]}).encode()
    told = json.loads(ask(aws, endpoint, instances, JSON, JSON))["scores"]
    assert [row["score"] for row in told] == pytest.approx([row["score"] for row in expected], rel=1e-3)
    recorded = fields(ask(aws, endpoint, records(FAR), RECORDIO, RECORDIO))
    assert [row["score"][0] for row in recorded] == pytest.approx([row["score"] for row in expected], rel=1e-3)


def test_equal_points_are_no_trouble(aws: Aws) -> None:
    job = train(aws, "randomcutforest", HYPERPARAMETERS, train=(b"1,2,3\n" * 50, "text/csv;label_size=0"))
    assert job["TrainingJobStatus"] == "Completed"


def test_too_few_trees_fail_the_job(aws: Aws) -> None:
    job = train(aws, "randomcutforest", {**HYPERPARAMETERS, "num_trees": 9}, train=(records(FAR), RECORDIO))
    assert job["FailureReason"].startswith("ClientError: Hyperparameter num_trees: value 9 is not in [50, 1000]")
