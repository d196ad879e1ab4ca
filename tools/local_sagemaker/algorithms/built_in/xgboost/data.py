"""XGBoost's channels: CSV, libsvm, Parquet and RecordIO-protobuf, label first, in File and Pipe mode.

Text in files is read by the library's own reader, which the container uses too.
"""

from __future__ import annotations

import logging
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ... import record_protobuf, vectors
from ...media import CSV as TEXT_CSV
from ...media import RECORDIO_PROTOBUF, MediaType
from ...shape import TrainingInput, UserError
from ...vectors import Vector
from .hyperparameters import is_number

if TYPE_CHECKING:
    from xgboost import DMatrix  # type: ignore[import-not-found,unused-ignore]

CSV, LIBSVM, PARQUET, RECORDIO = "CSV", "LIBSVM", "Parquet", "recordio-protobuf"
CONTENT_TYPES = {
    "csv": CSV,
    "libsvm": LIBSVM,
    "parquet": PARQUET,
    "recordio-protobuf": RECORDIO,
    TEXT_CSV: CSV,
    "text/libsvm": LIBSVM,
    "text/x-libsvm": LIBSVM,
    "application/x-parquet": PARQUET,
    RECORDIO_PROTOBUF: RECORDIO,
}
DELIMITERS = ",;\t| "
TOO_LARGE_INDEX = re.compile(rb"\s(\d{9,}):")


def kind_of(content_type: str) -> str:
    """Return the format that a content type names. Raises UserError."""
    media = MediaType.parse(content_type)
    if media.name not in CONTENT_TYPES:
        raise UserError(f"{content_type} is not an accepted ContentType: {', '.join(CONTENT_TYPES)}.")
    if media.parameters.get("label_size", "1") != "1":
        raise UserError(
            f"{content_type} is not an accepted csv ContentType. Optional parameter label_size must be equal to 1"
        )
    return CONTENT_TYPES[media.name]


def matrix(job: TrainingInput, channel: str) -> DMatrix:
    """Return a channel's examples. Raises UserError if there are none, or if they are not in their format."""
    kind, files = kind_of(job.media_type(channel, "text/libsvm")), _files(job, channel)
    weighted = bool(job.hyperparameters["csv_weights"]) and channel == "train"
    found = matrix_of(kind, files, weighted=weighted, whose=f" of the {channel} channel")
    if not found.num_row():
        raise UserError(f"No data in {channel} channel path {job.folder(channel)}")
    return found


def matrix_of(kind: str, files: Sequence[Path], *, weighted: bool, whose: str = "") -> DMatrix:
    """Return the examples in `files`, which are of a `kind`. Raises UserError if they are not."""
    from xgboost.core import XGBoostError  # type: ignore[import-not-found,unused-ignore]

    try:
        return _READERS[kind](files, weighted=weighted)
    except (XGBoostError, ValueError, OSError) as error:
        raise UserError(f"Failed to load {kind} data{whose}: {first_line(error)}") from error


def first_line(error: Exception) -> str:
    """Return what an error says, without the stack of addresses with which XGBoost's go on."""
    return str(error).partition("\nStack trace")[0].strip()


def _files(job: TrainingInput, channel: str) -> Sequence[Path]:
    files = [path for path in job.paths(channel) if path.stat().st_size]
    if not files:
        raise UserError(f"No data in {channel} channel path {job.folder(channel)}")
    return files


def _text(files: Sequence[Path], query: str) -> DMatrix:
    import xgboost

    with tempfile.TemporaryDirectory() as folder:
        # In the library's addresses, some characters of a name have a meaning.
        links = [Path(folder, str(number)) for number in range(len(files))]
        for link, file in zip(links, files, strict=True):
            link.symlink_to(file)
        return xgboost.DMatrix(f"{';'.join(map(str, links))}?{query}")


def _csv(files: Sequence[Path], *, weighted: bool) -> DMatrix:
    line = _first_line(files[0])
    if not is_number(line.split(delimiter_of(line))[0]):
        logging.warning("The first line of %s begins with no number: CSV must have no header line", files[0].name)
    weights = "&weight_column=1" if weighted else ""
    return _text(files, f"format=csv&label_column=0{weights}&delimiter={delimiter_of(line)}")


def _first_line(file: Path) -> str:
    with file.open(encoding="utf-8", errors="ignore") as opened:
        return opened.readline().strip()


def delimiter_of(line: str) -> str:
    """Return what separates the cells of a line of CSV, as far as it can be told."""
    return next((each for each in DELIMITERS if each in line), ",")


def _libsvm(files: Sequence[Path], **_: bool) -> DMatrix:
    # What is no libsvm at all makes the library's reader crash, and a large index makes it take all memory.
    for file in files:
        if too_large := TOO_LARGE_INDEX.search(file.read_bytes()):
            raise UserError(f"Feature index {too_large[1].decode()} of file '{file.name}' is too large")
        label, *pairs = _first_line(file).split() or ["0"]
        if not all(map(is_number, label.split(":"))) or not all(":" in pair for pair in pairs):
            raise UserError(
                f"First line '{_first_line(file)[:50]}...' of file '{file.name}' is not 'LIBSVM' format. "
                "Please ensure the file is in 'LIBSVM' format."
            )
    return _text(files, "format=libsvm")


def _parquet(files: Sequence[Path], *, weighted: bool) -> DMatrix:
    import numpy
    import xgboost
    from pyarrow import parquet  # type: ignore[import-untyped,import-not-found,unused-ignore]

    tables = [parquet.read_table(file) for file in files]
    columns = [numpy.column_stack([column.to_numpy() for column in table.columns]) for table in tables]
    table = numpy.concatenate(columns).astype(numpy.float32)
    weights = table[:, 1] if weighted else None
    return xgboost.DMatrix(table[:, 2 if weighted else 1 :], label=table[:, 0], weight=weights)


def _recordio(files: Sequence[Path], **_: bool) -> DMatrix:
    import numpy
    import xgboost

    records = [record for file in files for record in record_protobuf.decode(file.read_bytes())]
    labels = [label for _, label in records if label is not None]
    if len(labels) != len(records):
        raise ValueError("There are records without a label")
    return xgboost.DMatrix(features_of([row for row, _ in records]), label=numpy.concatenate(labels))


def features_of(rows: Sequence[Vector]) -> Any:
    """Return rows as an array or, if there is a sparse one, as a `csr_matrix`: what it does not name is missing."""
    is_dense = all(row.keys is None for row in rows)
    return vectors.dense_table(rows) if is_dense else vectors.sparse_table(rows)


_READERS: dict[str, Callable[..., DMatrix]] = {
    CSV: _csv,
    LIBSVM: _libsvm,
    PARQUET: _parquet,
    RECORDIO: _recordio,
}
