"""Built-in BlazingText: texts on three topics, each with words of its own."""

from __future__ import annotations

import json
from typing import Any

import numpy
import pytest
from algorithm_jobs import CSV, JSON, JSON_LINES, ask, deploy, json_lines, metrics, model_files, new_account, train
from botocore.exceptions import ClientError
from local_server import Aws, Server

WORDS = {
    "sports": ["goal", "match", "team", "score", "win", "league", "player", "coach"],
    "money": ["stock", "market", "price", "share", "bank", "trade", "profit", "loss"],
    "arts": ["star", "film", "actor", "scene", "music", "song", "stage", "show"],
}
TEXT = "text/plain"
SUPERVISED = {"mode": "supervised", "epochs": 20, "vector_dim": 10, "buckets": 1000, "min_count": 1}
VECTORS = {"mode": "skipgram", "epochs": 20, "vector_dim": 10, "buckets": 1000, "min_count": 1, "sampling_threshold": 1}


def texts(count: int, *, labelled: bool) -> tuple[bytes, str]:
    chance = numpy.random.default_rng(count)
    topics = chance.choice(list(WORDS), count)
    lines = [" ".join(chance.choice(WORDS[topic], 12)) for topic in topics]
    labels = [f"__label__{topic} " if labelled else "" for topic in topics]
    return "".join(f"{label}{line}\n" for label, line in zip(labels, lines, strict=True)).encode(), TEXT


@pytest.fixture(scope="module")
def aws(server: Server) -> Aws:
    return new_account(server)


@pytest.fixture(scope="module")
def classifier(aws: Aws) -> dict[str, Any]:
    channels = {"train": texts(300, labelled=True), "validation": texts(60, labelled=True)}
    return train(aws, "blazingtext", SUPERVISED, **channels)


@pytest.fixture(scope="module")
def vectors(aws: Aws) -> dict[str, Any]:
    return train(aws, "blazingtext", VECTORS, train=texts(600, labelled=False))


@pytest.fixture(scope="module")
def endpoint(aws: Aws, classifier: dict[str, Any]) -> str:
    return deploy(aws, "blazingtext", classifier)


def test_topics_are_told_apart(classifier: dict[str, Any]) -> None:
    assert metrics(classifier)["validation:accuracy"] > 0.95


def test_texts_are_answered_with_their_label(aws: Aws, endpoint: str) -> None:
    body = json.dumps({"instances": ["goal team win", "stock price"]}).encode()
    first, second = json.loads(ask(aws, endpoint, body, JSON, JSON))
    assert (first["label"], second["label"]) == (["__label__sports"], ["__label__money"])
    assert 0.5 < first["prob"][0] <= 1


def test_as_many_labels_as_asked_for_are_answered(aws: Aws, endpoint: str) -> None:
    body = json.dumps({"instances": ["film song"], "configuration": {"k": 2}}).encode()
    [answer] = json.loads(ask(aws, endpoint, body, JSON, JSON))
    assert (len(answer["label"]), answer["label"][0]) == (2, "__label__arts")
    lines = ask(aws, endpoint, b'{"source": "film"}\n{"source": "film", "k": 3}\n', JSON_LINES, JSON_LINES)
    assert [len(row["prob"]) for row in json_lines(lines)] == [1, 3]


def test_words_that_go_together_have_vectors_that_are_alike(aws: Aws, vectors: dict[str, Any]) -> None:
    body = json.dumps({"instances": ["goal", "match", "bank", "unheard"]}).encode()
    told = json.loads(ask(aws, deploy(aws, "blazingtext", vectors), body, JSON, JSON))
    assert [row["word"] for row in told] == ["goal", "match", "bank", "unheard"]
    goal, match, bank, unheard = (numpy.array(row["vector"]) for row in told)
    assert numpy.corrcoef(goal, match)[0, 1] > numpy.corrcoef(goal, bank)[0, 1] + 0.3
    assert not unheard.any()


def test_vectors_are_left_as_text_that_other_tools_read(aws: Aws, vectors: dict[str, Any]) -> None:
    found = model_files(aws, vectors)
    assert set(found) == {"vectors.txt", "vectors.bin"}
    head, *rows = found["vectors.txt"].decode().splitlines()
    assert head == f"{len(rows)} 10"
    assert all(len(row.split()) == 11 for row in rows)


@pytest.mark.parametrize(
    ("given", "data", "reason"),
    [
        (SUPERVISED, b"no label here\n", "Line 1 of the data channel 'train' has no label that begins with __label__"),
        (SUPERVISED, b"", "The data channel 'train' must have one text file, but it has 0"),
        (SUPERVISED, b"__label__x \xff\n", "The data channel 'train' is not text in UTF-8"),
        ({"mode": "skipgram"}, b"rare words only", "Training failed: Empty vocabulary."),
        ({"mode": "word2vec"}, b"word", "Hyperparameter mode: value word2vec is not in [skipgram, batch_skipgram, "),
    ],
)
def test_what_cannot_be_learned_fails_the_job(aws: Aws, given: dict[str, object], data: bytes, reason: str) -> None:
    job = train(aws, "blazingtext", given, train=(data, TEXT))
    assert job["FailureReason"].startswith(f"ClientError: {reason}")


@pytest.mark.parametrize(("body", "kind"), [(b"{", JSON), (b'{"instances": [1]}', JSON), (b"goal", CSV)])
def test_a_request_that_is_no_text_is_refused(aws: Aws, endpoint: str, body: bytes, kind: str) -> None:
    with pytest.raises(ClientError, match="ModelError"):
        ask(aws, endpoint, body, kind, JSON)
