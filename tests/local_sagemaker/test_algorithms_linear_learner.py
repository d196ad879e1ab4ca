"""Built-in Linear Learner: two classes (breast cancer), ten (handwritten digits), and a number (diabetes)."""

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
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits

CANCER, DIGITS, DIABETES = load_breast_cancer(), load_digits(), load_diabetes(scaled=False)
BINARY = {"predictor_type": "binary_classifier", "mini_batch_size": 50}


def labelled(data: Any, rows: slice) -> tuple[bytes, str]:
    """Return examples as CSV, label first, and its content type."""
    return csv(numpy.column_stack([data.target[rows], data.data[rows]])), CSV


def wide(data: Any, rows: slice) -> tuple[bytes, str]:
    """Return examples as RecordIO-protobuf, and its content type."""
    return records(data.data[rows], data.target[rows]), RECORDIO


@pytest.fixture(scope="module")
def aws(server: Server) -> Aws:
    return new_account(server)


@pytest.fixture(scope="module")
def binary(aws: Aws) -> dict[str, Any]:
    return train(
        aws,
        "linear-learner",
        {**BINARY, "feature_dim": 30},
        train=labelled(CANCER, slice(400)),
        validation=wide(CANCER, slice(400, 480)),
        test=wide(CANCER, slice(480, None)),
    )


@pytest.fixture(scope="module")
def classes(aws: Aws) -> dict[str, Any]:
    return train(
        aws,
        "linear-learner",
        {"predictor_type": "multiclass_classifier", "num_classes": 10, "mini_batch_size": 100},
        train=wide(DIGITS, slice(1350)),
        validation=wide(DIGITS, slice(1350, 1500)),
        test=wide(DIGITS, slice(1500, None)),
    )


@pytest.fixture(scope="module")
def regression(aws: Aws) -> dict[str, Any]:
    given = {"predictor_type": "regressor", "mini_batch_size": 50, "epochs": 30}
    return train(
        aws, "linear-learner", given, train=labelled(DIABETES, slice(350)), test=labelled(DIABETES, slice(350, None))
    )


def test_two_classes_are_told_apart(binary: dict[str, Any]) -> None:
    found = metrics(binary)
    assert found["test:binary_classification_accuracy"] > 0.93
    assert found["test:roc_auc_score"] > 0.97
    documented = {"binary_f_beta", "precision", "recall", "objective_loss"}
    assert {f"test:{name}" for name in documented} <= set(found)
    assert "validation:objective_loss" in found


def test_ten_classes_are_told_apart_nearly_as_well_as_by_logistic_regression(classes: dict[str, Any]) -> None:
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(DIGITS.data[:1350])
    model = LogisticRegression(max_iter=1000).fit(scaler.transform(DIGITS.data[:1350]), DIGITS.target[:1350])
    best = model.score(scaler.transform(DIGITS.data[1500:]), DIGITS.target[1500:])
    found = metrics(classes)
    assert found["test:multiclass_accuracy"] > best - 0.05
    assert found["test:multiclass_top_k_accuracy"] > 0.95
    assert {"test:dcg", "test:macro_f_beta", "test:macro_precision", "test:macro_recall"} <= set(found)


def test_a_number_is_predicted_as_well_as_by_least_squares(regression: dict[str, Any]) -> None:
    from sklearn.linear_model import LinearRegression

    model = LinearRegression().fit(DIABETES.data[:350], DIABETES.target[:350])
    best = numpy.square(model.predict(DIABETES.data[350:]) - DIABETES.target[350:]).mean()
    assert metrics(regression)["test:mse"] < 1.1 * best


def test_the_log_has_the_lines_of_the_real_container(aws: Aws, binary: dict[str, Any]) -> None:
    lines = aws.log("/aws/sagemaker/TrainingJobs", binary["TrainingJobName"])
    objective = "binary_classification_cross_entropy_objective <loss>="
    assert any(f"#quality_metric: host=algo-1, epoch=0, train {objective}" in line for line in lines)


def test_a_binary_classifier_answers_score_and_label(aws: Aws, binary: dict[str, Any]) -> None:
    endpoint = deploy(aws, "linear-learner", binary)
    rows = CANCER.data[480:500]
    expected = ask_json(aws, endpoint, rows)["predictions"]
    assert [set(row) for row in expected] == [{"score", "predicted_label"}] * 20
    right = [row["predicted_label"] == label for row, label in zip(expected, CANCER.target[480:500], strict=True)]
    assert sum(right) >= 18
    assert all(0 <= row["score"] <= 1 for row in expected)
    body = json.dumps({"instances": [{"features": row.tolist()} for row in rows]}).encode()
    assert json_lines(ask(aws, endpoint, body, JSON, JSON_LINES))[0]["score"] == pytest.approx(
        expected[0]["score"], rel=1e-3
    )
    recorded = fields(ask(aws, endpoint, records(rows), RECORDIO, RECORDIO))
    assert [row["predicted_label"] for row in recorded] == [[row["predicted_label"]] for row in expected]


def test_a_classifier_of_ten_classes_answers_a_score_for_each(aws: Aws, classes: dict[str, Any]) -> None:
    endpoint = deploy(aws, "linear-learner", classes)
    [answer] = ask_json(aws, endpoint, DIGITS.data[1500])["predictions"]
    assert sum(answer["score"]) == pytest.approx(1)
    assert answer["predicted_label"] == numpy.argmax(answer["score"])


def test_a_regressor_answers_a_score_only(aws: Aws, regression: dict[str, Any]) -> None:
    endpoint = deploy(aws, "linear-learner", regression)
    [answer] = ask_json(aws, endpoint, DIABETES.data[350])["predictions"]
    assert set(answer) == {"score"}
    assert 20 < answer["score"] < 350


@pytest.mark.parametrize(
    ("options", "metric", "least"),
    [
        ({"loss": "hinge_loss", "optimizer": "sgd", "learning_rate": 0.05}, "test:binary_classification_accuracy", 0.9),
        (
            {"binary_classifier_model_selection_criteria": "precision_at_target_recall", "target_recall": 0.98},
            "train:recall",
            0.98,
        ),
    ],
    ids=["hinge", "target-recall"],
)
def test_hyperparameters_change_what_is_fitted(aws: Aws, options: dict[str, object], metric: str, least: float) -> None:
    test = wide(CANCER, slice(480, None))
    job = train(aws, "linear-learner", {**BINARY, **options}, train=labelled(CANCER, slice(480)), test=test)
    assert metrics(job)[metric] >= least


def test_strong_l1_leaves_nothing_but_the_bias(aws: Aws) -> None:
    given = {**BINARY, "l1": 1000, "num_models": 1}
    job = train(aws, "linear-learner", given, train=labelled(CANCER, slice(480)))
    assert metrics(job)["train:objective_loss:final"] > 0.5


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"predictor_type": "classifier"}, "Hyperparameter predictor_type: value classifier is not in ["),
        ({"learning_rate": "-1"}, "Hyperparameter learning_rate: value -1.0 is not in (0, +inf)"),
        ({"wd": "little"}, "Hyperparameter wd: could not parse value 'little'"),
        ({"loss": "squared_loss"}, "Hyperparameter loss: value squared_loss is not in [logistic, hinge_loss]"),
        ({"predictor_type": "multiclass_classifier"}, "No value(s) were specified for 'num_classes' which"),
        ({"feature_dim": 29}, "The data channel 'train' has 30 features, but feature_dim is 29"),
    ],
)
def test_a_wrong_hyperparameter_fails_the_job_and_is_named(aws: Aws, wrong: dict[str, object], reason: str) -> None:
    job = train(aws, "linear-learner", {**BINARY, **wrong}, train=labelled(CANCER, slice(50)))
    assert job["FailureReason"].startswith(f"ClientError: {reason}")


def test_a_label_that_is_no_class_fails_the_job(aws: Aws) -> None:
    job = train(aws, "linear-learner", BINARY, train=labelled(DIGITS, slice(50)))
    assert job["FailureReason"].startswith("ClientError: The data channel 'train' has a label that is not one of 0")
