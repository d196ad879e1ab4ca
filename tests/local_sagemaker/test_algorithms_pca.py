"""Built-in PCA: the handwritten digits of scikit-learn, in five components."""

from __future__ import annotations

import json
from typing import Any

import numpy
import pytest
from algorithm_jobs import (
    JSON,
    JSON_LINES,
    RECORDIO,
    ask,
    ask_json,
    csv,
    deploy,
    fields,
    json_lines,
    metrics,
    new_account,
    records,
    train,
)
from local_server import Aws, Server
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

PIXELS = load_digits().data[:600].astype(numpy.float32)
HYPERPARAMETERS = {"num_components": 5, "feature_dim": 64, "mini_batch_size": 100}


@pytest.fixture(scope="module")
def aws(server: Server) -> Aws:
    return new_account(server)


@pytest.fixture(scope="module", params=["regular", "randomized"])
def job(aws: Aws, request: pytest.FixtureRequest) -> dict[str, Any]:
    given = {**HYPERPARAMETERS, "algorithm_mode": request.param}
    return train(aws, "pca", given, train=(csv(PIXELS), "text/csv;label_size=0"))


@pytest.fixture(scope="module")
def endpoint(aws: Aws, job: dict[str, Any]) -> str:
    return deploy(aws, "pca", job)


def test_projections_are_those_of_scikit_learn_from_the_weakest_component_on(aws: Aws, endpoint: str) -> None:
    answers = ask_json(aws, endpoint, PIXELS[:4])["projections"]
    projected = numpy.array([answer["projection"] for answer in answers])
    expected = PCA(5, svd_solver="full").fit(PIXELS).transform(PIXELS[:4])[:, ::-1]
    assert numpy.abs(projected) == pytest.approx(numpy.abs(expected), rel=0.02, abs=0.05)


def test_answers_come_in_the_documented_formats(aws: Aws, endpoint: str) -> None:
    rows = PIXELS[:2]
    expected = ask_json(aws, endpoint, rows)["projections"]
    instances = json.dumps({"instances": [{"features": row.tolist()} for row in rows]}).encode()
    assert json.loads(ask(aws, endpoint, instances, JSON, JSON)) == {"projections": expected}
    assert json_lines(ask(aws, endpoint, records(rows), RECORDIO, JSON_LINES)) == expected
    recorded = fields(ask(aws, endpoint, records(rows), RECORDIO, RECORDIO))
    assert recorded[1]["projection"] == pytest.approx(expected[1]["projection"], rel=1e-5)


def test_progress_is_reported(job: dict[str, Any]) -> None:
    assert metrics(job)["train:progress"] == 100


@pytest.mark.parametrize(
    ("wrong", "named"),
    [({"algorithm_mode": "quick"}, "algorithm_mode"), ({"num_components": 65}, "num_components")],
)
def test_a_wrong_hyperparameter_fails_the_job_and_is_named(aws: Aws, wrong: dict[str, object], named: str) -> None:
    job = train(aws, "pca", {**HYPERPARAMETERS, **wrong}, train=(records(PIXELS[:80]), RECORDIO))
    assert job["FailureReason"].startswith(f"ClientError: Hyperparameter {named}: ")
