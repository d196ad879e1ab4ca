"""Built-in LDA: documents mixed of three topics whose words differ."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from algorithm_jobs import RECORDIO, ask, ask_json, csv, deploy, fields, metrics, new_account, records, train
from local_server import Aws, Server

CHANCE = numpy.random.default_rng(0)
WORDS_OF_TOPICS = numpy.kron(numpy.eye(3), numpy.full(4, 0.25))
MIXTURES = CHANCE.dirichlet([0.2] * 3, 200)
DOCUMENTS = numpy.array([CHANCE.multinomial(80, mixture @ WORDS_OF_TOPICS) for mixture in MIXTURES])
HYPERPARAMETERS = {"num_topics": 3, "feature_dim": 12, "mini_batch_size": 200, "alpha0": 0.6, "max_iterations": 50}


@pytest.fixture(scope="module")
def aws(server: Server) -> Aws:
    return new_account(server)


@pytest.fixture(scope="module")
def job(aws: Aws) -> dict[str, Any]:
    train_channel = csv(DOCUMENTS), "text/csv;label_size=0"
    return train(aws, "lda", HYPERPARAMETERS, train=train_channel, test=(records(DOCUMENTS[:50]), RECORDIO))


@pytest.fixture(scope="module")
def endpoint(aws: Aws, job: dict[str, Any]) -> str:
    return deploy(aws, "lda", job)


def test_the_mixtures_of_documents_are_found(aws: Aws, endpoint: str) -> None:
    rows = ask_json(aws, endpoint, DOCUMENTS)["predictions"]
    found = numpy.array([row["topic_mixture"] for row in rows])
    # Topics have no order: each of ours is the one of theirs that it goes with best.
    order = numpy.corrcoef(MIXTURES.T, found.T)[:3, 3:].argmax(axis=1)
    assert sorted(order) == [0, 1, 2]
    assert abs(found[:, order] - MIXTURES).mean() < 0.05


def test_the_documented_metric_is_reported(job: dict[str, Any]) -> None:
    assert -numpy.log(12) < metrics(job)["test:pwll"] < 0


def test_records_are_answered_as_csv_is(aws: Aws, endpoint: str) -> None:
    expected = ask_json(aws, endpoint, DOCUMENTS[:2])["predictions"]
    recorded = fields(ask(aws, endpoint, records(DOCUMENTS[:2]), RECORDIO, RECORDIO))
    assert recorded[1]["topic_mixture"] == pytest.approx(expected[1]["topic_mixture"], rel=1e-3)


def test_a_negative_count_fails_the_job(aws: Aws) -> None:
    job = train(aws, "lda", HYPERPARAMETERS, train=(csv(-DOCUMENTS), "text/csv;label_size=0"))
    assert job["FailureReason"].startswith("ClientError: The data channel 'train' has a negative number")
