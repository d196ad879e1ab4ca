"""Training data of the algorithms that read tables of numbers: CSV, or RecordIO-protobuf, in File and Pipe mode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import record_protobuf, vectors
from .media import CSV, RECORDIO_PROTOBUF, MediaType
from .shape import TrainingInput, UserError

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Examples:
    """Rows of numbers: `features` of shape (rows, feature_dim) and `labels` of shape (rows,), both float32.

    Where rows have no label, `labels` is empty. Features are an array or, where asked for, SciPy's `csr_matrix`.
    """

    features: Any
    labels: NDArray[Any]


def read(job: TrainingInput, channel: str, *, labelled: bool, sparse: bool = False) -> Examples:
    """Return what is in a channel. Raises UserError if it cannot be read or does not fit ``feature_dim``."""
    media = MediaType.parse(job.media_type(channel, RECORDIO_PROTOBUF))
    try:
        examples = _read(job.paths(channel), media, sparse=sparse)
    except ValueError as error:
        raise UserError(
            f"Unable to read data channel '{channel}'. Requested content-type is '{media.name}'. "
            # What NumPy advises its callers to do is nothing for a user.
            f"Please verify the data matches the requested content-type. ({str(error).partition(';')[0]})"
        ) from error
    _check(job, channel, examples, labelled)
    return examples


def read_if_given(job: TrainingInput, channel: str, *, labelled: bool, sparse: bool = False) -> Examples | None:
    """Return what is in a channel, or None if the job has no such channel. Raises UserError."""
    return read(job, channel, labelled=labelled, sparse=sparse) if job.has(channel) else None


def _read(files: Sequence[Path], media: MediaType, *, sparse: bool) -> Examples:
    if not files:
        raise ValueError("There are no files")
    if media.name == CSV:
        return _csv(files, media.parameters.get("label_size", "1"), sparse=sparse)
    if media.name == RECORDIO_PROTOBUF:
        return _recordio(files, sparse=sparse)
    raise UserError(f"Content type '{media.name}' is not supported; it must be {CSV} or {RECORDIO_PROTOBUF}")


def _csv(files: Sequence[Path], label_size: str, *, sparse: bool) -> Examples:
    import numpy
    from scipy.sparse import csr_matrix

    if label_size not in ("0", "1"):
        raise UserError(f"label_size {label_size} is not supported: a row has one label or none")
    full = [file for file in files if file.stat().st_size]
    tables = [numpy.loadtxt(file, numpy.float32, None, ",", ndmin=2, quotechar='"') for file in full]
    table = tables[0] if len(tables) == 1 else numpy.concatenate(tables or [numpy.empty((0, 0), numpy.float32)])
    if not table.size:
        raise ValueError("There are no rows")
    features, labels = table[:, int(label_size) :], table[:, : int(label_size)].reshape(-1)
    return Examples(csr_matrix(features) if sparse else features, labels)


def _recordio(files: Sequence[Path], *, sparse: bool) -> Examples:
    import numpy

    rows, labels = [], []
    for file in files:
        for row, label in record_protobuf.decode(file.read_bytes()):
            rows.append(row)
            if label is not None:
                labels.append(label)
    if any(len(label) != 1 for label in labels):
        raise ValueError("A record has more than one label")
    if len(labels) not in (0, len(rows)):
        raise ValueError("Only some records have a label")
    features = vectors.sparse_table(rows) if sparse else vectors.dense_table(rows)
    return Examples(features, numpy.array(labels, dtype=numpy.float32).reshape(-1))


def _check(job: TrainingInput, channel: str, examples: Examples, labelled: bool) -> None:
    import numpy

    wanted, found = job.hyperparameters.get("feature_dim", "auto"), examples.features.shape[1]
    if not found:
        raise UserError(f"The data channel '{channel}' has no features")
    if wanted not in ("auto", found):
        raise UserError(f"The data channel '{channel}' has {found} features, but feature_dim is {wanted}")
    if labelled and len(examples.labels) != examples.features.shape[0]:
        raise UserError(f"The data channel '{channel}' has no labels")
    values = getattr(examples.features, "data", examples.features)
    if not (numpy.isfinite(values).all() and numpy.isfinite(examples.labels).all()):
        raise UserError(f"The data channel '{channel}' has a value that is missing or infinite")
