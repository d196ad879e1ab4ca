"""Requests and answers of the algorithms that predict from rows of numbers, in the developer guide's common formats.

Requests: CSV, JSON, JSON lines and RecordIO-protobuf. Answers: JSON, JSON lines, RecordIO-protobuf and CSV, of which
the guide shows the last for K-Means only; here its columns are the fields in the order that JSON shows.
Source: developer guide, "Common Data Formats for Inference".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import record_protobuf, vectors
from .media import CSV, JSON, JSON_LINES, RECORDIO_PROTOBUF, MediaType
from .shape import BadRequestError, UnsupportedMediaTypeError
from .vectors import Vector

Row = Mapping[str, Any]
"""The fields of one answer: numbers, or lists of numbers."""


@dataclass(frozen=True)
class Exchange:
    """A model as `shape.Model`: it decodes a request, predicts, and encodes the answer.

    `predict` takes features of shape (rows, `width`), float32, and the parameters of the Accept header; where `sparse`,
    they are SciPy's `csr_matrix`. `plural` is what holds all rows in JSON: ``predictions``.
    """

    width: int
    predict: Callable[[Any, Mapping[str, str]], Sequence[Row]]
    plural: str = "predictions"
    sparse: bool = False

    def __call__(self, body: bytes, content_type: str, accept: str) -> tuple[bytes, str]:
        """Answer one request. Raises UnsupportedMediaTypeError or BadRequestError."""
        wanted = MediaType.parse(accept.partition(",")[0])
        rows = decode(body, MediaType.parse(content_type))
        if vectors.width(rows) != self.width:
            raise BadRequestError(f"The request has {vectors.width(rows)} features, but the model has {self.width}")
        table = vectors.sparse_table(rows) if self.sparse else vectors.dense_table(rows)
        return encode(self.predict(table, wanted.parameters), wanted.name, self.plural)


def decode(body: bytes, media: MediaType) -> list[Vector]:
    """Return a request's rows, at least one and all of one length.

    Raises UnsupportedMediaTypeError or BadRequestError.
    """
    if media.name not in _DECODERS:
        raise UnsupportedMediaTypeError(f"Content type '{media.name}' is not one of {', '.join(_DECODERS)}")
    try:
        rows = list(_DECODERS[media.name](body, media))
        vectors.width(rows)
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError) as error:
        raise BadRequestError(f"Unable to evaluate payload provided as '{media.name}': {error}") from error
    return rows


def _from_csv(body: bytes, media: MediaType) -> Iterable[Vector]:
    skipped = int(media.parameters.get("label_size", "0"))
    for line in body.decode(media.parameters.get("encoding", "utf-8")).splitlines():
        if line.strip():
            yield Vector.dense(map(float, line.split(",")[skipped:]))


def _from_json(body: bytes, _: MediaType) -> Iterable[Vector]:
    return [_instance(instance) for instance in json.loads(body)["instances"]]


def _from_json_lines(body: bytes, _: MediaType) -> Iterable[Vector]:
    return [_instance(json.loads(line)) for line in body.splitlines() if line.strip()]


def _from_recordio(body: bytes, _: MediaType) -> Iterable[Vector]:
    return [features for features, _ in record_protobuf.decode(body)]


def _instance(instance: Mapping[str, Any]) -> Vector:
    """Return the numbers of ``{"features": [...]}`` or ``{"data": {"features": {"values": [...], ...}}}``."""
    features = instance["data"]["features"] if "data" in instance else instance["features"]
    if isinstance(features, list):
        return Vector.dense(features)
    if "keys" in features and "shape" in features:
        return Vector.sparse(features["values"], features["keys"], features["shape"])
    return Vector.dense(features["values"])


_DECODERS: dict[str, Callable[[bytes, MediaType], Iterable[Vector]]] = {
    CSV: _from_csv,
    JSON: _from_json,
    JSON_LINES: _from_json_lines,
    RECORDIO_PROTOBUF: _from_recordio,
}


def encode(rows: Sequence[Row], accept: str, plural: str) -> tuple[bytes, str]:
    """Return an answer's body and content type. Raises UnsupportedMediaTypeError."""
    if accept in (JSON, "*/*", "application/*"):
        return json.dumps({plural: rows}).encode(), JSON
    if accept == JSON_LINES:
        return "".join(f"{json.dumps(row)}\n" for row in rows).encode(), JSON_LINES
    if accept == RECORDIO_PROTOBUF:
        return record_protobuf.encode(rows), RECORDIO_PROTOBUF
    if accept == CSV:
        return "\n".join(_csv_line(row) for row in rows).encode(), CSV
    raise UnsupportedMediaTypeError(f"Accept type '{accept}' is not one of {', '.join(_DECODERS)}")


def _csv_line(row: Row) -> str:
    cells = [cell for value in row.values() for cell in (value if isinstance(value, list) else [value])]
    return ",".join(map(str, cells))
