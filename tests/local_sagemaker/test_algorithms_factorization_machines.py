"""Built-in Factorization Machines: ratings that are products of what users and films have."""

from __future__ import annotations

import json
from typing import Any

import numpy
import pytest
from algorithm_jobs import JSON, RECORDIO, ask, deploy, fields, metrics, new_account, train
from local_server import Aws, Server

from local_sagemaker.algorithms import record_protobuf, recordio

USERS, FILMS = 60, 40
CHANCE = numpy.random.default_rng(0)
RATINGS = CHANCE.normal(size=(USERS, 2)) @ CHANCE.normal(size=(2, FILMS))
PAIRS = CHANCE.permutation([(user, film) for user in range(USERS) for film in range(FILMS)]).tolist()
HYPERPARAMETERS = {
    **{"feature_dim": USERS + FILMS, "num_factors": 2, "mini_batch_size": 100, "epochs": 60},
    **{"factors_lr": 0.02, "factors_init_sigma": 0.1},
}


def rating(user: int, film: int, value: float | None = None) -> bytes:
    """A sparse record of a user and a film, as the SDK's version 2 writes it."""
    record = record_protobuf.message_class()()
    tensor = record.features["values"].float32_tensor
    tensor.keys.extend([user, USERS + film])
    tensor.values.extend([1, 1])
    tensor.shape.append(USERS + FILMS)
    if value is not None:
        record.label["values"].float32_tensor.values.append(value)
    return recordio.frame(record.SerializeToString())


def channels(labels: Any) -> dict[str, tuple[bytes, str]]:
    """Most pairs to train on, the others to test."""
    rows = [rating(user, film, float(labels[user, film])) for user, film in PAIRS]
    return {"train": (b"".join(rows[:2000]), RECORDIO), "test": (b"".join(rows[2000:]), RECORDIO)}


@pytest.fixture(scope="module")
def aws(server: Server) -> Aws:
    return new_account(server)


@pytest.fixture(scope="module")
def regression(aws: Aws) -> dict[str, Any]:
    return train(aws, "factorization-machines", {**HYPERPARAMETERS, "predictor_type": "regressor"}, **channels(RATINGS))


@pytest.fixture(scope="module")
def likes(aws: Aws) -> dict[str, Any]:
    given = {**HYPERPARAMETERS, "predictor_type": "binary_classifier"}
    return train(aws, "factorization-machines", given, **channels(RATINGS > 0))


def test_ratings_of_unseen_pairs_are_found(regression: dict[str, Any]) -> None:
    assert metrics(regression)["test:rmse"] < 0.2 * RATINGS.std()


def test_likes_of_unseen_pairs_are_found(likes: dict[str, Any]) -> None:
    found = metrics(likes)
    assert found["test:binary_classification_accuracy"] > 0.9
    assert {"test:binary_classification_cross_entropy", "test:binary_f_beta"} <= set(found)


def test_a_regressor_answers_a_score_to_sparse_json(aws: Aws, regression: dict[str, Any]) -> None:
    endpoint = deploy(aws, "factorization-machines", regression)
    user, film = PAIRS[-1]
    features = {"keys": [user, USERS + film], "shape": [USERS + FILMS], "values": [1, 1]}
    body = json.dumps({"instances": [{"data": {"features": features}}]}).encode()
    [answer] = json.loads(ask(aws, endpoint, body, JSON, JSON))["predictions"]
    assert set(answer) == {"score"}
    assert answer["score"] == pytest.approx(RATINGS[user, film], abs=0.6)


def test_a_classifier_answers_score_and_label_to_sparse_records(aws: Aws, likes: dict[str, Any]) -> None:
    endpoint = deploy(aws, "factorization-machines", likes)
    rows = fields(ask(aws, endpoint, rating(*PAIRS[-1]) + rating(*PAIRS[-2]), RECORDIO, RECORDIO))
    assert [row["predicted_label"][0] for row in rows] == [float(row["score"][0] >= 0.5) for row in rows]


@pytest.mark.parametrize(
    ("wrong", "kind", "reason"),
    [
        ({"predictor_type": "regressor"}, "text/csv", "Content type 'text/csv' is not supported"),
        ({"predictor_type": "binary_classifier"}, RECORDIO, "The data channel 'train' has a label that is neither"),
        ({"predictor_type": "regressor", "linear_lr": "1e30"}, RECORDIO, "The training diverged"),
    ],
)
def test_what_cannot_be_learned_fails_the_job(aws: Aws, wrong: dict[str, object], kind: str, reason: str) -> None:
    rows = b"".join(rating(user, film, RATINGS[user, film]) for user, film in PAIRS[:500])
    job = train(aws, "factorization-machines", {**HYPERPARAMETERS, **wrong}, train=(rows, kind))
    assert job["FailureReason"].startswith(f"ClientError: {reason}")
