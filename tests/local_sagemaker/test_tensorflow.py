"""TensorFlow on one and two hosts. Slow: the image is large."""

from __future__ import annotations

import json

import pytest
from local_server import Aws
from scripts import result_of, train_script

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

TENSORFLOW = "763104351884.dkr.ecr.us-east-1.amazonaws.com/tensorflow-training:2.19-cpu-py312"

# TensorFlow listens on all addresses of its machine, which two hosts share here: each needs a port of its own.
OWN_CONFIG = """
import json, os

hosts = json.loads(os.environ["SM_HOSTS"])
rank = hosts.index(os.environ["SM_CURRENT_HOST"])
workers = [f"{host}:{2222 + number}" for number, host in enumerate(hosts)]
os.environ["TF_CONFIG"] = json.dumps({"cluster": {"worker": workers}, "task": {"type": "worker", "index": rank}})
"""

SCRIPT = """
import json, os
import numpy
import tensorflow as tf

strategy = tf.distribute.MultiWorkerMirroredStrategy()
with strategy.scope():
    model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(3,))])
    model.compile(optimizer=tf.keras.optimizers.SGD(0.1), loss="mse")
features = numpy.random.default_rng(7).normal(size=(256, 3)).astype("float32")
rows = tf.data.Dataset.from_tensor_slices((features, features.sum(axis=1, keepdims=True))).batch(32)
model.fit(rows, epochs=8, verbose=2)
told = {"workers": strategy.num_replicas_in_sync, "weights": [each.tolist() for each in model.get_weights()]}
json.dump(told, open(os.path.join(os.environ["SM_MODEL_DIR"], os.environ["SM_CURRENT_HOST"] + ".json"), "w"))
"""


@pytest.mark.parametrize(
    ("script", "hyperparameters"),
    [
        (OWN_CONFIG + SCRIPT, {}),
        (SCRIPT, {"sagemaker_multi_worker_mirrored_strategy_enabled": True}),
    ],
    ids=["the script's own TF_CONFIG", "version 2's multi_worker_mirrored_strategy"],
)
def test_tensorflow_trains_one_model_on_two_hosts(aws: Aws, script: str, hyperparameters: dict[str, bool]) -> None:
    environment = {"TF_USE_LEGACY_KERAS": "1"}
    job = train_script(aws, script, image=TENSORFLOW, hosts=2, hyperparameters=hyperparameters, Environment=environment)
    assert job["TrainingJobStatus"] == "Completed", job
    first, second = (json.loads(result_of(aws)[f"algo-{number}.json"]) for number in (1, 2))
    assert first == second
    assert first["workers"] == 2
    assert all(abs(weight[0] - 1) < 0.1 for weight in first["weights"][0])


KERAS = """
import os
import tensorflow as tf

model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(3,))])
tf.keras.metrics.Mean().reset_states()
model.save(os.path.join(os.environ["SM_MODEL_DIR"], "1"))
"""


def test_releases_up_to_2_15_have_keras_2(aws: Aws) -> None:
    image = "763104351884.dkr.ecr.us-east-1.amazonaws.com/tensorflow-training:2.3.1-cpu-py37"
    job = train_script(aws, KERAS, image=image)
    assert job["TrainingJobStatus"] == "Completed", job
    assert "1/saved_model.pb" in result_of(aws)
