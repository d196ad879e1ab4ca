"""Endpoints whose model is a user's script in a framework image."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from contextlib import closing

import pytest
from botocore.exceptions import ClientError, EventStreamError
from local_server import XGBOOST, Aws, wait_until
from scripts import archive_of, train_script, unpacked

SCIKIT_LEARN = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"

TREE = """
import sklearn.dummy

def model_fn(model_dir):
    return sklearn.dummy.DummyClassifier(strategy="constant", constant=7).fit([[0], [1]], [7, 1])
"""

ALL_FOUR = """
import json, os

def model_fn(model_dir):
    return open(os.path.join(model_dir, "greeting.txt")).read()

def input_fn(data, content_type):
    assert content_type == "application/json", content_type
    return json.loads(data)["name"]

def predict_fn(name, model):
    return model + " " + name

def output_fn(prediction, accept):
    return json.dumps({"said": prediction, "accept": accept}), accept
"""

RETURNS_A_DICT = """
def model_fn(model_dir):
    return "sepal"

def input_fn(data, content_type):
    return data

def predict_fn(data, model):
    return model

def output_fn(prediction, accept):
    return {"Output": prediction}
"""

PIECES = """
import os

def model_fn(model_dir, context):
    return context.system_properties["model_dir"]

def transform_fn(model, data, content_type, accept):
    def pieces():
        for word in data.split(","):
            if word == "die":
                os._exit(3)
            yield word + ";"
    return pieces()
"""

DIES_ON_THE_THIRD = """
import os

def model_fn(model_dir):
    return []

def transform_fn(seen, data, content_type, accept):
    seen.append(data)
    if len(seen) == 3:
        os._exit(1)
    return str(len(seen))
"""


def archive(**files: str) -> bytes:
    """Return a tar.gz of `files`; ``__`` in a name stands for a slash."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(name.replace("__", "/") + (".txt" if name == "greeting" else ".py"))
            info.size = len(text.encode())
            tar.addfile(info, io.BytesIO(text.encode()))
    return packed.getvalue()


@pytest.fixture
def deploy(aws: Aws) -> Callable[..., str]:
    """Deploy a model.tar.gz of the files given; return the endpoint's status."""

    def deploy(**files: str) -> str:
        aws.s3.create_bucket(Bucket=aws.bucket)
        aws.s3.put_object(Bucket=aws.bucket, Key="model.tar.gz", Body=archive(**files))
        return str(aws.deploy("e", f"s3://{aws.bucket}/model.tar.gz", SCIKIT_LEARN)["EndpointStatus"])

    return deploy


def streamed(aws: Aws, body: str) -> list[bytes]:
    answer = aws.client("sagemaker-runtime").invoke_endpoint_with_response_stream(
        EndpointName="e", Body=body, ContentType="text/csv", Accept="text/plain"
    )
    assert answer["InvokedProductionVariant"] == "AllTraffic"
    assert answer["ContentType"] == "text/plain"
    with closing(answer["Body"]) as parts:
        return [part["PayloadPart"]["Bytes"] for part in parts]


def test_a_script_with_a_model_only_gets_arrays_and_answers_arrays(aws: Aws, deploy: Callable[..., str]) -> None:
    assert deploy(code__inference=TREE) == "InService"
    assert json.loads(aws.invoke("e", "[[1], [2]]", "application/json", "application/json")) == [7, 7]
    assert aws.invoke("e", "1\n2\n3") == "7\n7\n7\n"
    with pytest.raises(ClientError, match=r"\(415\).*Content type 'image/png' is not one of"):
        aws.invoke("e", "x", "image/png")
    with pytest.raises(ClientError, match=r"\(415\).*Accept type 'image/png' is not one of"):
        aws.invoke("e", "1", accept="image/png")


def test_all_four_functions_are_the_scripts_own(aws: Aws, deploy: Callable[..., str]) -> None:
    assert deploy(code__inference=ALL_FOUR, greeting="Hello") == "InService"
    answer = aws.invoke("e", '{"name": "Ada"}', "application/json", "application/json")
    assert json.loads(answer) == {"said": "Hello Ada", "accept": "application/json"}


def test_a_dict_is_answered_as_json(aws: Aws, deploy: Callable[..., str]) -> None:
    assert deploy(code__inference=RETURNS_A_DICT) == "InService"
    assert json.loads(aws.invoke("e", "1", "application/json")) == {"Output": "sepal"}


def test_a_script_may_come_apart_from_its_model(aws: Aws) -> None:
    aws.put("any", "")
    aws.s3.put_object(Bucket=aws.bucket, Key="source.tar.gz", Body=archive(serve=ALL_FOUR))
    aws.s3.put_object(Bucket=aws.bucket, Key="model.tar.gz", Body=archive(greeting="Bonjour"))
    environment = {"SAGEMAKER_PROGRAM": "serve.py", "SAGEMAKER_SUBMIT_DIRECTORY": f"s3://{aws.bucket}/source.tar.gz"}
    model = f"s3://{aws.bucket}/model.tar.gz"
    assert aws.deploy("e", model, SCIKIT_LEARN, Environment=environment)["EndpointStatus"] == "InService"
    answer = aws.invoke("e", '{"name": "Ada"}', "application/json", "application/json")
    assert json.loads(answer)["said"] == "Bonjour Ada"


def test_an_answer_comes_piece_by_piece(aws: Aws, deploy: Callable[..., str]) -> None:
    assert deploy(code__inference=PIECES) == "InService"
    assert b"".join(streamed(aws, "a,b,c")) == b"a;b;c;"
    with pytest.raises(EventStreamError, match="ModelStreamError"):
        streamed(aws, "a,die")


def test_a_script_without_model_fn_fails_the_endpoint_and_its_log_says_why(
    aws: Aws, deploy: Callable[..., str]
) -> None:
    assert deploy(code__inference="def predict_fn(data, model): ...") == "Failed"
    log = "/aws/sagemaker/Endpoints/e"
    assert wait_until(lambda: any("has no model_fn" in line for line in aws.log(log, "AllTraffic")))


def test_a_script_that_dies_is_a_model_error_and_then_a_failed_endpoint(aws: Aws, deploy: Callable[..., str]) -> None:
    assert deploy(code__inference=DIES_ON_THE_THIRD) == "InService"
    assert (aws.invoke("e", "x"), aws.invoke("e", "x")) == ("1", "2")
    for _ in range(2):
        with pytest.raises(ClientError, match="ModelError"):
            aws.invoke("e", "x")
    describe = aws.sagemaker.describe_endpoint
    assert wait_until(lambda: describe(EndpointName="e")["EndpointStatus"] == "Failed")
    assert "stopped serving (exit status 1)" in describe(EndpointName="e")["FailureReason"]


def test_an_error_in_the_script_is_told_and_the_endpoint_goes_on(aws: Aws, deploy: Callable[..., str]) -> None:
    assert deploy(code__inference=ALL_FOUR, greeting="Hi") == "InService"
    with pytest.raises(ClientError, match=r"server error \(500\).*KeyError|'name'"):
        aws.invoke("e", "{}", "application/json", "application/json")
    assert "Hi Ada" in aws.invoke("e", '{"name": "Ada"}', "application/json", "application/json")


XGBOOST_PREDICT = """
import os, xgboost

def model_fn(model_dir):
    booster = xgboost.Booster()
    booster.load_model(bytearray(open(os.path.join(model_dir, "xgboost-model"), "rb").read()))
    return booster

def predict_fn(data, model):
    assert isinstance(data, xgboost.DMatrix)
    return model.predict(data)
"""


@pytest.mark.parametrize(("content_type", "body"), [("text/csv", "0.9,0.5"), ("text/libsvm", "0 0:0.9 1:0.5")])
def test_a_script_in_xgboosts_image_is_given_a_matrix(aws: Aws, trained: bytes, content_type: str, body: str) -> None:
    aws.put("any", "")
    files = {**unpacked(trained), "code/inference.py": XGBOOST_PREDICT.encode()}
    aws.s3.put_object(Bucket=aws.bucket, Key="model.tar.gz", Body=archive_of(files))
    environment = {"SAGEMAKER_PROGRAM": "inference.py", "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code"}
    model = f"s3://{aws.bucket}/model.tar.gz"
    assert aws.deploy("e", model, XGBOOST, Environment=environment)["EndpointStatus"] == "InService"
    assert float(aws.invoke("e", body, content_type)) > 0.5


TORCHSCRIPT = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:2.3-cpu-py311"
SAVE = """
import torch
model = torch.nn.Linear(2, 1, bias=False)
torch.nn.init.ones_(model.weight)
torch.jit.script(model).save("/opt/ml/model/model.pt")
"""


@pytest.mark.slow
def test_a_torchscript_file_needs_no_script(aws: Aws) -> None:
    assert (
        train_script(aws, SAVE, image=TORCHSCRIPT.replace("inference", "training"))["TrainingJobStatus"] == "Completed"
    )
    # ModelBuilder names one also if it has not written it.
    named = {"SAGEMAKER_PROGRAM": "inference.py", "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code"}
    deployed = aws.deploy("e", f"s3://{aws.bucket}/out/job/output/model.tar.gz", TORCHSCRIPT, Environment=named)
    assert deployed["EndpointStatus"] == "InService"
    assert json.loads(aws.invoke("e", "[[1, 2]]", "application/json", "application/json")) == [[3.0]]
    assert aws.invoke("e", "1,2\n3,4") == "3.0\n7.0\n"


def test_an_image_that_is_not_registered_fails_the_endpoint_by_name(aws: Aws) -> None:
    aws.put("any", "")
    aws.s3.put_object(Bucket=aws.bucket, Key="model.tar.gz", Body=archive())
    image = "763104351884.dkr.ecr.us-east-1.amazonaws.com/huggingface-pytorch-inference:2.1-transformers4.37-cpu-py310"
    told = aws.deploy("e", f"s3://{aws.bucket}/model.tar.gz", image)
    assert told["EndpointStatus"] == "Failed"
    assert 'No environment is registered for the image "huggingface-pytorch-inference' in told["FailureReason"]
