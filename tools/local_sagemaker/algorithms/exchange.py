"""Requests and answers of the algorithms that predict from rows of numbers, in the developer guide's common formats.

Requests: CSV, JSON, JSON lines and RecordIO-protobuf. Answers: JSON, JSON lines, RecordIO-protobuf and CSV, of which
the guide shows the last for K-Means only; here its columns are the fields in the order that JSON shows.
Source: developer guide, "Common Data Formats for Inference".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import record_protobuf
from .media import CSV, JSON, JSON_LINES, RECORDIO_PROTOBUF, MediaType
from .shape import BadRequestError, UnsupportedMediaTypeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

Row = Mapping[str, Any]
"""The fields of one answer: numbers, or lists of numbers."""


@dataclass(frozen=True)
class Exchange:
    """A model as `shape.Model`: it decodes a request, predicts, and encodes the answer.

    `predict` takes features of shape (rows, `width`), float32, and the parameters of the Accept header.
    `plural` is what holds all rows in JSON: ``predictions``.
    """

    width: int
    predict: Callable[[NDArray[Any], Mapping[str, str]], Sequence[Row]]
    plural: str = "predictions"

    def __call__(self, body: bytes, content_type: str, accept: str) -> tuple[bytes, str]:
        """Answer one request. Raises UnsupportedMediaTypeError or BadRequestError."""
        wanted = MediaType.parse(accept.partition(",")[0])
        features = decode(body, MediaType.parse(content_type))
        if features.shape[1] != self.width:
            raise BadRequestError(f"The request has {features.shape[1]} features, but the model has {self.width}")
        return encode(self.predict(features, wanted.parameters), wanted.name, self.plural)


def decode(body: bytes, media: MediaType) -> NDArray[Any]:
    """Return a request's rows, of shape (rows, features). Raises UnsupportedMediaTypeError or BadRequestError."""
    import numpy

    if media.name not in _DECODERS:
        raise UnsupportedMediaTypeError(f"Content type '{media.name}' is not one of {', '.join(_DECODERS)}")
    try:
        rows = list(_DECODERS[media.name](body, media))
        features = numpy.array(rows, dtype=numpy.float32)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadRequestError(f"Unable to evaluate payload provided as '{media.name}': {error}") from error
    if features.ndim != 2:
        raise BadRequestError(f"Unable to evaluate payload provided as '{media.name}': there are no rows of numbers")
    return features


def _from_csv(body: bytes, media: MediaType) -> Iterable[list[float]]:
    skipped = int(media.parameters.get("label_size", "0"))
    lines = body.decode(media.parameters.get("encoding", "utf-8")).splitlines()
    return [[float(cell) for cell in line.split(",")[skipped:]] for line in lines if line.strip()]


def _from_json(body: bytes, _: MediaType) -> Iterable[Any]:
    return [_instance(instance) for instance in json.loads(body)["instances"]]


def _from_json_lines(body: bytes, _: MediaType) -> Iterable[Any]:
    return [_instance(json.loads(line)) for line in body.splitlines() if line.strip()]


def _from_recordio(body: bytes, _: MediaType) -> Iterable[Any]:
    return [features for features, _ in record_protobuf.decode(body)]


def _instance(instance: dict[str, Any]) -> list[float]:
    """Return the numbers of ``{"features": [...]}`` or ``{"data": {"features": {"values": [...], ...}}}``."""
    features = instance["data"]["features"] if "data" in instance else instance["features"]
    if isinstance(features, list):
        return features
    if not features.get("keys"):
        return list(features["values"])
    dense = [0.0] * int(features["shape"][0])
    for key, value in zip(features["keys"], features["values"], strict=True):
        if not 0 <= key < len(dense):
            raise ValueError(f"the key {key} is outside of the shape {features['shape']}")
        dense[key] = value
    return dense


_DECODERS: dict[str, Callable[[bytes, MediaType], Iterable[Any]]] = {
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
