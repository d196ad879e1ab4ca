"""TensorFlow's inference image: SavedModels behind TensorFlow Serving's REST API."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from endpoints import create_endpoint, create_model
from local_server import Aws
from scripts import archive_of, result_of, train_script
from test_invocations import invoke, refusal

from local_sagemaker.algorithms.serving import Request
from local_sagemaker.algorithms.shape import UnsupportedMediaTypeError
from local_sagemaker.toolkits.tensorflow_serving import as_tensorflows

REGISTRY = "763104351884.dkr.ecr.us-east-1.amazonaws.com"
TRAINING, INFERENCE = f"{REGISTRY}/tensorflow-training:2.19-cpu-py312", f"{REGISTRY}/tensorflow-inference:2.19-cpu"

TRAIN = """
import tensorflow as tf

class Double(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, name="x")])
    def double(self, x):
        return {"doubled": 2.0 * x}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32), tf.TensorSpec([None], tf.string)])
    def both(self, a, b):
        return {"sum": a + 1.0, "text": b}

model = Double()
tf.saved_model.save(model, "/opt/ml/model/1", signatures={"serving_default": model.double, "both": model.both})
"""

HANDLERS = """
import json

def input_handler(data, context):
    assert context.custom_attributes == "tfs-model-name=model", context
    numbers = [float(word) for word in data.read().decode().split()]
    return json.dumps({"instances": [numbers]})

def output_handler(response, context):
    if response.status_code != 200:
        raise ValueError(response.content.decode())
    return json.dumps({"rows": response.json()["predictions"]}), "application/json"
"""

_saved: list[dict[str, bytes]] = []


@pytest.fixture
def saved(new_account: Callable[[], Aws]) -> dict[str, bytes]:
    """The files of a SavedModel, made by a training job once for all tests."""
    if not _saved:
        aws = new_account()
        assert train_script(aws, TRAIN, image=TRAINING)["TrainingJobStatus"] == "Completed"
        _saved.append(result_of(aws))
    return _saved[0]


def deploy(aws: Aws, files: dict[str, bytes]) -> dict[str, Any]:
    aws.put("any", "")
    aws.s3.put_object(Bucket=aws.bucket, Key="model.tar.gz", Body=archive_of(files))
    definition = {"Image": INFERENCE, "ModelDataUrl": f"s3://{aws.bucket}/model.tar.gz"}
    return create_endpoint(aws, create_model(aws, "m", definition))


def ask(aws: Aws, body: Any, content_type: str = "application/json", **more: Any) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    return json.loads(invoke(aws, text, ContentType=content_type, **more)["Body"].read())


@pytest.mark.slow
def test_a_saved_model_answers_rows_columns_and_signatures(aws: Aws, saved: dict[str, bytes]) -> None:
    assert deploy(aws, saved)["EndpointStatus"] == "InService"
    assert ask(aws, {"instances": [[1, 2], [3, 4]]}) == {"predictions": [[2.0, 4.0], [6.0, 8.0]]}
    assert ask(aws, {"inputs": [[1, 2]]}) == {"outputs": [[2.0, 4.0]]}
    assert ask(aws, "1,2\n3,4", "text/csv") == {"predictions": [[2.0, 4.0], [6.0, 8.0]]}
    both = {"signature_name": "both", "instances": [{"a": 1, "b": "x"}]}
    assert ask(aws, both) == {"predictions": [{"sum": 2.0, "text": "x"}]}
    told = refusal(lambda: ask(aws, {"instances": [["x"]]}))
    assert told["OriginalStatusCode"] == 400
    narrow = refusal(lambda: ask(aws, {"instances": [[1], [2]]}))
    assert "Input x has the shape (2, 1), but the model takes (None, 2)" in narrow["OriginalMessage"]
    unknown = refusal(lambda: ask(aws, [[1, 2]], CustomAttributes="tfs-model-name=other"))
    assert (unknown["OriginalStatusCode"], "Servable not found" in unknown["OriginalMessage"]) == (404, True)


@pytest.mark.slow
def test_handlers_of_a_script_stand_before_the_saved_model(aws: Aws, saved: dict[str, bytes]) -> None:
    assert deploy(aws, {**saved, "code/inference.py": HANDLERS.encode()})["EndpointStatus"] == "InService"
    attributes = {"CustomAttributes": "tfs-model-name=model"}
    assert ask(aws, "1 2", "text/plain", **attributes) == {"rows": [[2.0, 4.0]]}
    told = refusal(lambda: ask(aws, "a b", "text/plain", **attributes))
    assert told["OriginalStatusCode"] == 500


@pytest.mark.slow
def test_a_model_without_a_saved_model_fails_the_endpoint(aws: Aws) -> None:
    assert deploy(aws, {"model.h5": b""})["EndpointStatus"] == "Failed"


@pytest.mark.parametrize(
    ("content_type", "body", "instances"),
    [
        ("application/json", '{"instances": [1]}', [1]),
        ("application/json", "[1, 2]", [[1, 2]]),
        ("application/json", "[[1, 2], [3, 4]]", [[1, 2], [3, 4]]),
        ("application/json", '{"a": 1}', [{"a": 1}]),
        ("application/jsonlines", "[1, 2]\n[3, 4]\n", [[1, 2], [3, 4]]),
        ("text/csv", "1,2\n3,4", [[1, 2], [3, 4]]),
        ("text/csv; charset=utf-8", "1\n2", [1, 2]),
        ("text/csv", 'a,"b"', [["a", "b"]]),
    ],
)
def test_a_request_becomes_tensorflow_servings_own(content_type: str, body: str, instances: Any) -> None:
    request = Request(body.encode(), content_type, "*/*", {"Content-Type": content_type})
    assert json.loads(as_tensorflows(request)) == {"instances": instances}


def test_a_request_of_another_type_is_refused() -> None:
    with pytest.raises(UnsupportedMediaTypeError):
        as_tensorflows(Request(b"", "image/png", "*/*", {"Content-Type": "image/png"}))
