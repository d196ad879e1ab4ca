"""Built-in Image Classification: four of the handwritten digits of scikit-learn, as pictures.

Slow: it trains several networks, and the first run downloads their weights.
"""

from __future__ import annotations

import io
import json
import struct
from typing import Any

import numpy
import pytest
from algorithm_jobs import JSON, JSON_LINES, ask, deploy, image, metrics, new_account, train
from botocore.exceptions import ClientError
from local_server import Aws, Server, channel
from PIL import Image
from sklearn.datasets import load_digits

from local_sagemaker.algorithms import recordio

pytestmark = pytest.mark.slow

PICTURE, RECORDIO = "application/x-image", "application/x-recordio"
DIGITS = load_digits(n_class=4)
TRAIN, VALIDATION = slice(240), slice(240, 300)
HYPERPARAMETERS = {
    "num_classes": 4,
    "num_training_samples": 240,
    "image_shape": "3,64,64",
    "epochs": 8,
    "optimizer": "adam",
    "learning_rate": 0.001,
    "use_pretrained_model": 1,
    "top_k": 2,
}


def png(pixels: Any, size: int) -> bytes:
    """Return one digit as PNG; its pixels are from 0 to 16."""
    file = io.BytesIO()
    picture = Image.fromarray((pixels.reshape(8, 8) * 15).astype(numpy.uint8)).resize((size, size))
    picture.convert("RGB").save(file, "PNG")
    return file.getvalue()


def im2rec(rows: slice, size: int = 64) -> bytes:
    """Return digits as MXNet's im2rec packs them: a header of flag, label and two ids, then the picture."""
    digits = enumerate(zip(DIGITS.data[rows], DIGITS.target[rows], strict=True))
    packed = (struct.pack("<IfQQ", 0, label, number, 0) + png(pixels, size) for number, (pixels, label) in digits)
    return b"".join(map(recordio.frame, packed))


def put_pictures(aws: Aws, folder: str, rows: slice) -> None:
    """Store digits as PNG files, and a list of them."""
    lines = []
    for number, (pixels, label) in enumerate(zip(DIGITS.data[rows], DIGITS.target[rows], strict=True)):
        path = f"class_{label}/{number}.png"
        aws.s3.put_object(Bucket=aws.bucket, Key=f"{folder}/{path}", Body=png(pixels, 64))
        lines.append(f"{number}\t{label}\t{path}\n")
    aws.put(f"{folder}_lst/{folder}.lst", "".join(lines))


@pytest.fixture(scope="module")
def aws(server: Server) -> Aws:
    return new_account(server)


@pytest.fixture(scope="module")
def pretrained(aws: Aws) -> dict[str, Any]:
    """A job on picture files and lists."""
    aws.s3.create_bucket(Bucket=aws.bucket)
    put_pictures(aws, "train", TRAIN)
    put_pictures(aws, "validation", VALIDATION)
    names = ("train", "validation", "train_lst", "validation_lst")
    inputs = [channel(name, f"s3://{aws.bucket}/{name}/", PICTURE) for name in names]
    texts = {name: str(value) for name, value in HYPERPARAMETERS.items()}
    aws.train("pretrained", image("image-classification"), InputDataConfig=inputs, HyperParameters=texts)
    return aws.ended("pretrained")


@pytest.fixture(scope="module")
def endpoint(aws: Aws, pretrained: dict[str, Any]) -> str:
    return deploy(aws, "image-classification", pretrained)


def test_transfer_learning_tells_digits_apart(pretrained: dict[str, Any]) -> None:
    assert metrics(pretrained)["validation:accuracy"] > 0.85


def test_the_log_has_the_lines_of_the_real_container(aws: Aws, pretrained: dict[str, Any]) -> None:
    lines = aws.log("/aws/sagemaker/TrainingJobs", pretrained["TrainingJobName"])
    for word in ("Train-accuracy=", "Train-top_k_accuracy_2=", "Validation-accuracy=", "Time cost="):
        assert any(f"Epoch[0] {word}" in line for line in lines), word


@pytest.mark.parametrize("kind", [PICTURE, "image/png"])
def test_an_answer_is_the_probability_of_each_class(aws: Aws, endpoint: str, kind: str) -> None:
    rows = slice(300, 340)
    answers = [json.loads(ask(aws, endpoint, png(pixels, 64), kind, JSON)) for pixels in DIGITS.data[rows]]
    assert [sum(answer) for answer in answers] == pytest.approx([1] * 40)
    right = numpy.argmax(answers, axis=1) == DIGITS.target[rows]
    assert right.mean() > 0.7


def test_an_answer_in_json_lines_names_the_prediction(aws: Aws, endpoint: str) -> None:
    body = png(DIGITS.data[0], 64)
    expected = json.loads(ask(aws, endpoint, body, PICTURE, JSON))
    assert json.loads(ask(aws, endpoint, body, PICTURE, JSON_LINES)) == {"prediction": expected}


def test_what_is_no_picture_is_a_model_error(aws: Aws, endpoint: str) -> None:
    with pytest.raises(ClientError, match="not a PNG or JPEG"):
        ask(aws, endpoint, b"no picture", PICTURE, JSON)


def test_a_small_network_learns_from_scratch_on_recordio(aws: Aws) -> None:
    given = {
        **HYPERPARAMETERS,
        "use_pretrained_model": 0,
        "image_shape": "1,28,28",
        "learning_rate": 0.01,
        "augmentation_type": "crop",
        "resize": 30,
        "epochs": 12,
    }
    job = train(aws, "image-classification", given, **recordio_channels())
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert metrics(job)["validation:accuracy"] > 0.6


def test_colours_and_shapes_may_be_augmented(aws: Aws) -> None:
    given = {**HYPERPARAMETERS, "augmentation_type": "crop_color_transform", "image_shape": "3,32,32", "epochs": 1}
    job = train(aws, "image-classification", given, **recordio_channels())
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")


def test_training_goes_on_from_an_earlier_model(aws: Aws, pretrained: dict[str, Any]) -> None:
    archive = pretrained["ModelArtifacts"]["S3ModelArtifacts"].removeprefix(f"s3://{aws.bucket}/")
    data = aws.s3.get_object(Bucket=aws.bucket, Key=archive)["Body"].read()
    given = {**HYPERPARAMETERS, "epochs": 1, "learning_rate": 0}
    channels = {"validation": recordio_channels()["validation"], "train": recordio_channels()["validation"]}
    job = train(aws, "image-classification", given, **channels, model=(data, "application/x-sagemaker-model"))
    assert metrics(job)["validation:accuracy"] > 0.85


def recordio_channels() -> dict[str, tuple[bytes, str]]:
    return {"train": (im2rec(TRAIN), RECORDIO), "validation": (im2rec(VALIDATION), RECORDIO)}


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"num_layers": 17}, "Hyperparameter num_layers: value 17 is not in ["),
        ({"image_shape": "3,224"}, "Hyperparameter image_shape: could not parse value '3,224'"),
        ({"image_shape": "3,100000,100000"}, "Hyperparameters image_shape and resize: more than 1024 pixels are not"),
        ({"image_shape": "1,64,64"}, "Hyperparameter image_shape: a pretrained model takes pictures of 3 channels"),
        ({"num_classes": 2}, "The data channel 'train' has the label 2, but num_classes is 2"),
    ],
)
def test_a_wrong_hyperparameter_fails_the_job_and_is_named(aws: Aws, wrong: dict[str, object], reason: str) -> None:
    job = train(aws, "image-classification", {**HYPERPARAMETERS, **wrong}, **recordio_channels())
    assert job["FailureReason"].startswith(f"ClientError: {reason}")


def test_truncated_recordio_fails_the_job_and_says_where(aws: Aws) -> None:
    channels = {**recordio_channels(), "train": (im2rec(slice(3))[:-20], RECORDIO)}
    job = train(aws, "image-classification", HYPERPARAMETERS, **channels)
    assert job["FailureReason"].startswith("ClientError: Unable to read data channel 'train'")
    assert "are left" in job["FailureReason"]


def test_a_record_that_is_no_picture_fails_the_job_and_is_named(aws: Aws) -> None:
    junk = recordio.frame(struct.pack("<IfQQ", 0, 1, 0, 0) + b"no picture")
    channels = {**recordio_channels(), "train": (im2rec(slice(3)) + junk, RECORDIO)}
    job = train(aws, "image-classification", HYPERPARAMETERS, **channels)
    assert job["FailureReason"].startswith("ClientError: Record 4 of data.rec: This is not a PNG or JPEG picture")


def test_a_list_cannot_reach_outside_of_its_channel(aws: Aws) -> None:
    lst = (b"0\t0\t../../config/hyperparameters.json\n", PICTURE)
    channels = {"train": (png(DIGITS.data[0], 64), PICTURE), "train_lst": lst, "validation": lst}
    job = train(aws, "image-classification", HYPERPARAMETERS, **channels)
    assert "there is no ../../config/hyperparameters.json in the channel" in job["FailureReason"]
