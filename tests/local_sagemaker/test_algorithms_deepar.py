"""Built-in DeepAR: hourly series with a daily rhythm, at three levels.

Slow: it trains several networks.
"""

from __future__ import annotations

import json
from typing import Any

import numpy
import pytest
from algorithm_jobs import JSON, JSON_LINES, ask, deploy, json_lines, metrics, new_account, train
from botocore.exceptions import ClientError
from local_server import Aws, Server

pytestmark = pytest.mark.slow

AHEAD = 6
CHANCE = numpy.random.default_rng(0)
HYPERPARAMETERS = {
    **{"time_freq": "H", "context_length": 12, "prediction_length": AHEAD, "epochs": 25, "mini_batch_size": 16},
    **{"num_cells": 16, "num_layers": 1, "learning_rate": 0.02, "embedding_dimension": 2},
}


def series(level: int, count: int = 200) -> dict[str, Any]:
    rhythm = 2 + numpy.sin(2 * numpy.pi * numpy.arange(count) / 24)
    values = 10 * (level + 1) * rhythm + CHANCE.normal(0, 0.3, count)
    return {"start": "2024-01-01 00:00:00", "target": values.round(3).tolist(), "cat": [level]}


ALL = [series(level) for level in (0, 1, 2, 0, 1, 2)]
KNOWN = [{**each, "target": each["target"][:-AHEAD]} for each in ALL]


def lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


@pytest.fixture(scope="module")
def aws(server: Server) -> Aws:
    return new_account(server)


@pytest.fixture(scope="module")
def job(aws: Aws) -> dict[str, Any]:
    channels = {"train": (lines(KNOWN), JSON_LINES), "test": (lines(ALL), JSON_LINES)}
    return train(aws, "forecasting-deepar", HYPERPARAMETERS, **channels)


@pytest.fixture(scope="module")
def endpoint(aws: Aws, job: dict[str, Any]) -> str:
    return deploy(aws, "forecasting-deepar", job)


def forecast(aws: Aws, endpoint: str, row: dict[str, Any], **configuration: Any) -> dict[str, Any]:
    body = json.dumps({"instances": [row], "configuration": configuration}).encode()
    [answer] = json.loads(ask(aws, endpoint, body, JSON, JSON))["predictions"]
    return dict(answer)


def test_the_rhythm_goes_on_better_than_by_repeating_the_last_value(job: dict[str, Any]) -> None:
    errors = [numpy.subtract(each["target"][-AHEAD:], each["target"][-AHEAD - 1]) for each in ALL]
    assert metrics(job)["test:RMSE"] < 0.5 * numpy.sqrt(numpy.square(errors).mean())


def test_the_documented_metrics_are_reported(job: dict[str, Any]) -> None:
    assert {"train:final_loss", "train:loss", "test:RMSE", "test:mean_wQuantileLoss"} <= set(metrics(job))


def test_what_is_asked_for_is_answered(aws: Aws, endpoint: str) -> None:
    asked = {"num_samples": 30, "output_types": ["mean", "quantiles", "samples"], "quantiles": ["0.1", "0.9"]}
    answer = forecast(aws, endpoint, KNOWN[0], **asked)
    assert set(answer) == {"mean", "quantiles", "samples"}
    assert numpy.shape(answer["samples"]) == (30, AHEAD)
    assert numpy.mean(answer["samples"], axis=0) == pytest.approx(answer["mean"], rel=1e-3)
    assert numpy.less(answer["quantiles"]["0.1"], answer["quantiles"]["0.9"]).all()


def test_values_may_be_missing(aws: Aws, endpoint: str) -> None:
    gaps = {**KNOWN[0], "target": [*KNOWN[0]["target"][:-3], "NaN", None, KNOWN[0]["target"][-1]]}
    whole, told = (forecast(aws, endpoint, row, output_types=["mean"])["mean"] for row in (KNOWN[0], gaps))
    assert told == pytest.approx(whole, rel=0.5)


def test_json_lines_are_answered_in_lines(aws: Aws, endpoint: str) -> None:
    told = json_lines(ask(aws, endpoint, lines(KNOWN[:2]), JSON_LINES, JSON_LINES))
    assert [set(row) for row in told] == [{"mean", "quantiles"}] * 2


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({**KNOWN[0], "cat": [7]}, "the value 7 of 'cat' is not one of 0, ..., 2"),
        ({"start": "2024-01-01", "target": [1]}, "'cat' must have 1 values"),
        ({**KNOWN[0], "start": "soon"}, "soon"),
    ],
)
def test_a_series_of_another_kind_is_refused(aws: Aws, endpoint: str, row: dict[str, Any], told: str) -> None:
    with pytest.raises(ClientError, match=told):
        forecast(aws, endpoint, row)


@pytest.mark.parametrize(
    ("wrong", "data", "reason"),
    [
        ({"time_freq": "Y"}, lines(KNOWN), "Hyperparameter time_freq: could not parse value 'Y'"),
        ({"likelihood": "beta"}, lines(KNOWN), "The likelihood beta allows values from 0 to 1 only"),
        ({}, b'{"target": [1]}\n', "Failed to read line 1 of data in the data channel 'train'"),
        ({}, lines([KNOWN[0], {"start": "2024-01-01", "target": [1]}]), "A time series that starts at 2024-01-01 diff"),
        ({}, b"", "The data channel 'train' has no time series"),
    ],
)
def test_what_cannot_be_learned_fails_the_job(aws: Aws, wrong: dict[str, object], data: bytes, reason: str) -> None:
    job = train(aws, "forecasting-deepar", {**HYPERPARAMETERS, **wrong}, train=(data, JSON_LINES))
    assert job["FailureReason"].startswith(f"ClientError: {reason}")
