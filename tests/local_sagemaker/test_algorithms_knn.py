"""Built-in k-NN: the handwritten digits of scikit-learn, told by their neighbours."""

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
    json_lines,
    metrics,
    new_account,
    records,
    train,
)
from local_server import Aws, Server
from sklearn.datasets import load_digits

DIGITS = load_digits()
PIXELS, LABELS = DIGITS.data.astype(numpy.float32), DIGITS.target.astype(numpy.float32)
HYPERPARAMETERS = {"k": 3, "feature_dim": 64, "predictor_type": "classifier", "sample_size": 1500}


def labelled(rows: slice) -> bytes:
    """Return digits as CSV, label first."""
    return csv(numpy.column_stack([LABELS[rows], PIXELS[rows]]))


@pytest.fixture(scope="module")
def aws(server: Server) -> Aws:
    return new_account(server)


@pytest.fixture(scope="module")
def job(aws: Aws) -> dict[str, Any]:
    test = records(PIXELS[1500:], LABELS[1500:])
    return train(aws, "knn", HYPERPARAMETERS, train=(labelled(slice(1500)), CSV), test=(test, RECORDIO))


@pytest.fixture(scope="module")
def endpoint(aws: Aws, job: dict[str, Any]) -> str:
    return deploy(aws, "knn", job)


def test_most_digits_are_told_right(job: dict[str, Any]) -> None:
    assert metrics(job)["test:accuracy"] > 0.9


def test_the_label_is_that_of_most_neighbours(aws: Aws, endpoint: str) -> None:
    answer = json.loads(ask(aws, endpoint, csv(PIXELS[1500:1503]), CSV, f"{JSON}; verbose=true"))
    for row, each in zip(PIXELS[1500:1503], answer["predictions"], strict=True):
        distances = numpy.linalg.norm(PIXELS[:1500] - row, axis=1)
        assert each["distances"] == pytest.approx(numpy.sort(distances)[:3], rel=1e-4)
        assert each["labels"] == LABELS[numpy.argsort(distances)[:3]].tolist()
        assert each["predicted_label"] == max(each["labels"], key=each["labels"].count)


def test_answers_come_in_the_documented_formats(aws: Aws, endpoint: str) -> None:
    rows = PIXELS[1500:1502]
    expected = ask_json(aws, endpoint, rows)["predictions"]
    assert [set(row) for row in expected] == [{"predicted_label"}] * 2
    assert json_lines(ask(aws, endpoint, records(rows), RECORDIO, JSON_LINES)) == expected
    recorded = fields(ask(aws, endpoint, records(rows), RECORDIO, f"{RECORDIO}; verbose=true"))
    assert [row["predicted_label"] for row in recorded] == [[row["predicted_label"]] for row in expected]
    assert len(recorded[0]["distances"]) == len(recorded[0]["labels"]) == 3


@pytest.mark.parametrize(
    ("options", "metric", "good"),
    [
        ({"dimension_reduction_type": "sign", "dimension_reduction_target": 32}, "test:accuracy", lambda x: x > 0.8),
        ({"index_metric": "COSINE", "index_type": "faiss.IVFFlat"}, "test:accuracy", lambda x: x > 0.9),
        ({"predictor_type": "regressor"}, "test:mse", lambda x: x < 2),
    ],
    ids=["reduced", "cosine", "regressor"],
)
def test_other_ways_to_find_neighbours_work_too(aws: Aws, options: dict[str, object], metric: str, good: Any) -> None:
    test = (labelled(slice(1500, None)), CSV)
    job = train(aws, "knn", {**HYPERPARAMETERS, **options}, train=(labelled(slice(1500)), CSV), test=test)
    assert good(metrics(job)[metric])


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"predictor_type": "both"}, "Hyperparameter predictor_type: value both is not in [classifier, regressor]"),
        (
            {"dimension_reduction_type": "fjlt"},
            "No value(s) were specified for 'dimension_reduction_target' which are required",
        ),
        ({"k": 100}, "Hyperparameter k: there are fewer than 100 examples in the sample"),
    ],
)
def test_a_wrong_hyperparameter_fails_the_job_and_is_named(aws: Aws, wrong: dict[str, object], reason: str) -> None:
    job = train(aws, "knn", {**HYPERPARAMETERS, **wrong}, train=(labelled(slice(50)), CSV))
    assert job["FailureReason"].startswith(f"ClientError: {reason}")
