"""The one shape of a built-in algorithm, and what its container knows of its job."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from .hyperparameters import Hyperparameter
from .wording import AMAZON, Wording

IMAGE = "LOCAL_SAGEMAKER_IMAGE"
"""The variable of a container that says which image it is: repository and tag."""


class UserError(Exception):
    """The job was given something wrong: hyperparameters, data or channels."""


class UnsupportedMediaTypeError(Exception):
    """A request or the wanted answer is in a format that the algorithm does not know."""


class BadRequestError(Exception):
    """A request in a known format that does not fit the model."""


@dataclass(frozen=True)
class TrainingInput:
    """What a training container is given: the three configuration files and its folders."""

    hyperparameters: Mapping[str, Any]
    channels: Mapping[str, Mapping[str, str]]
    base: Path

    @classmethod
    def read(cls, base: Path, hyperparameters: Mapping[str, Any]) -> TrainingInput:
        """Read the job's configuration below `base`, which stands for `/opt/ml`."""
        return cls(hyperparameters, read_config(base, "inputdataconfig"), base)

    def has(self, channel: str) -> bool:
        """Return whether the job has a channel."""
        return channel in self.channels

    def folder(self, channel: str) -> Path:
        """Return the folder of a channel. Raises UserError if the job has no such channel."""
        if channel not in self.channels:
            raise UserError(AMAZON.channel_missing([channel]))
        return self.base / "input" / "data" / channel

    def paths(self, channel: str) -> list[Path]:
        """Return the files of a channel, in order; those whose names begin with a dot or underscore are not data.

        In Pipe mode it is one file, with all that the pipe of the first epoch gives. Raises UserError.
        """
        folder, pipe = self.folder(channel), self.base / "input" / "data" / f"{channel}_0"
        if pipe.exists():
            return [_emptied(pipe, self.base / "tmp" / channel)]
        return [each for each in sorted(folder.rglob("*")) if each.is_file() and not each.name.startswith((".", "_"))]

    def content_type(self, channel: str, default: str) -> str:
        """Return a channel's content type without parameters, such as ``text/csv``."""
        return self.media_type(channel, default).partition(";")[0].strip().lower()

    def media_type(self, channel: str, default: str) -> str:
        """Return a channel's content type as given, such as ``text/csv; label_size=0``. Raises UserError."""
        self.folder(channel)
        return self.channels[channel].get("ContentType") or default

    @property
    def model(self) -> Path:
        """Where the trained model is left."""
        return self.base / "model"


class Model(Protocol):
    """A loaded model that answers requests."""

    def __call__(self, body: bytes, content_type: str, accept: str) -> tuple[bytes | Iterator[bytes], str]:
        """Return the answer's body, or its pieces as they come, and its content type.

        `content_type` and `accept` are as in the request's headers.

        Raises UnsupportedMediaTypeError or BadRequestError.
        """


@dataclass(frozen=True)
class Algorithm:
    """One built-in algorithm; its name is its file's.

    `images` says which requirements file in `local_sagemaker/images` is the environment of each image, by repository
    and tag; where releases differ, the variable `IMAGE` tells which one runs. `metrics` are regular expressions with
    one group, by metric name, that find a metric in a log line. `train` leaves the model in its input's model folder;
    `load` makes what was left there answer requests. `channels` are those a job must have, and `more_channels` those it
    may have. `wording`, `log_line` and `log_time` are how the container
    speaks: most are Amazon's own, and speak alike.
    """

    images: Mapping[str, str]
    hyperparameters: tuple[Hyperparameter, ...]
    metrics: Mapping[str, str]
    train: Callable[[TrainingInput], None]
    load: Callable[[Path], Model]
    channels: tuple[str, ...] = ("train",)
    more_channels: tuple[str, ...] = ()
    wording: Wording = AMAZON
    log_line: str = "[%(asctime)s %(levelname)s %(thread)d] %(message)s"
    log_time: str = "%m/%d/%Y %H:%M:%S"


def _emptied(pipe: Path, file: Path) -> Path:
    """Copy all that comes out of a pipe into a file, once."""
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        with pipe.open("rb") as source, file.open("wb") as target:
            shutil.copyfileobj(source, target)
    return file


def read_config(base: Path, name: str) -> dict[str, Any]:
    """Return one of the configuration files a training container finds below `/opt/ml/input/config`."""
    return dict(json.loads((base / "input" / "config" / f"{name}.json").read_text()))
