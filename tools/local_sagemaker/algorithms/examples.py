"""Training data of the algorithms that read tables of numbers: CSV, or RecordIO-protobuf, in File or Pipe mode.

In Pipe mode the data is there before the algorithm begins, too: what is read is the same, only not streamed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import record_protobuf
from .media import CSV, RECORDIO_PROTOBUF, MediaType
from .shape import TrainingInput, UserError

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Examples:
    """Rows of numbers: `features` of shape (rows, feature_dim) and `labels` of shape (rows,), both float32.

    Where rows have no label, `labels` is empty.
    """

    features: NDArray[Any]
    labels: NDArray[Any]


def read(job: TrainingInput, channel: str, *, labelled: bool) -> Examples:
    """Return what is in a channel. Raises UserError if it cannot be read or does not fit ``feature_dim``."""
    import numpy

    media = MediaType.parse(job.media_type(channel, RECORDIO_PROTOBUF))
    try:
        parts = [_table(file, media) for file in _files(job, channel)]
        features = numpy.concatenate([part.features for part in parts])
        labels = numpy.concatenate([part.labels for part in parts])
    except ValueError as error:
        raise UserError(
            f"Unable to read data channel '{channel}'. Requested content-type is '{media.name}'. "
            f"Please verify the data matches the requested content-type. ({error})"
        ) from error
    _check(job, channel, Examples(features, labels), labelled)
    return Examples(features, labels)


def read_if_given(job: TrainingInput, channel: str, *, labelled: bool) -> Examples | None:
    """Return what is in a channel, or None if the job has no such channel. Raises UserError."""
    return read(job, channel, labelled=labelled) if job.files(channel) else None


def _files(job: TrainingInput, channel: str) -> list[Path]:
    folder = job.files(channel)
    if folder is None:
        raise UserError(f"Missing required data channel '{channel}'")
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith((".", "_"))]


def _table(file: Path, media: MediaType) -> Examples:
    if media.name == CSV:
        return _csv(file, int(media.parameters.get("label_size", "1")))
    if media.name == RECORDIO_PROTOBUF:
        return _recordio(file.read_bytes())
    raise UserError(f"Content type '{media.name}' is not supported; it must be {CSV} or {RECORDIO_PROTOBUF}")


def _csv(file: Path, label_size: int) -> Examples:
    import numpy

    if label_size not in (0, 1):
        raise UserError(f"label_size {label_size} is not supported: a row has one label or none")
    table = numpy.loadtxt(file, delimiter=",", dtype=numpy.float32, ndmin=2, comments=None)
    return Examples(table[:, label_size:], table[:, :label_size].reshape(-1))


def _recordio(data: bytes) -> Examples:
    import numpy

    rows = list(record_protobuf.decode(data))
    if not rows:
        raise ValueError("There are no records")
    labels = list(_labels(rows))
    if len(labels) not in (0, len(rows)):
        raise ValueError("Only some records have a label")
    return Examples(numpy.stack([features for features, _ in rows]), numpy.array(labels, dtype=numpy.float32))


def _labels(rows: list[tuple[NDArray[Any], NDArray[Any] | None]]) -> Iterator[float]:
    for _, label in rows:
        if label is not None:
            if len(label) != 1:
                raise ValueError("A record has more than one label")
            yield float(label[0])


def _check(job: TrainingInput, channel: str, examples: Examples, labelled: bool) -> None:
    import numpy

    wanted, found = job.hyperparameters.get("feature_dim", "auto"), examples.features.shape[1]
    if wanted not in ("auto", found):
        raise UserError(f"The data channel '{channel}' has {found} features, but feature_dim is {wanted}")
    if labelled and len(examples.labels) != len(examples.features):
        raise UserError(f"The data channel '{channel}' has no labels")
    if not (numpy.isfinite(examples.features).all() and numpy.isfinite(examples.labels).all()):
        raise UserError(f"The data channel '{channel}' has a value that is missing or infinite")
