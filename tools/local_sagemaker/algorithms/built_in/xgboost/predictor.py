"""XGBoost's endpoint: CSV, libsvm and RecordIO-protobuf in; CSV, JSON, JSON lines and RecordIO-protobuf out."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ... import record_protobuf, vectors
from ...media import CSV, JSON, JSON_LINES, RECORDIO_PROTOBUF, MediaType
from ...shape import BadRequestError, UnsupportedMediaTypeError
from ...vectors import Vector
from .data import delimiter_of, features_of, first_line
from .releases import ACCEPT_SINCE, LINES_SINCE, release

if TYPE_CHECKING:
    from xgboost import Booster, DMatrix  # type: ignore[import-not-found,unused-ignore]

MODEL_FILE = "xgboost-model"
LIBSVM = ("text/libsvm", "text/x-libsvm")
ACCEPTED = (CSV, *LIBSVM, RECORDIO_PROTOBUF)
AS_CSV = (CSV, "*/*", "csv", "text/*", "application/x-www-form-urlencoded")
AS_ROWS = (JSON, "json", JSON_LINES, "jsonlines", RECORDIO_PROTOBUF)
"""What a client may say it accepts, by what it gets: CSV, or rows with a score in another format."""


class Predictor:
    """A booster that answers requests."""

    def __init__(self, booster: Booster) -> None:
        self._booster = booster

    def __call__(self, body: bytes, content_type: str, accept: str) -> tuple[bytes, str]:
        """Return a prediction for each row of the request."""
        kind = MediaType.parse(content_type).name
        if kind not in ACCEPTED:
            raise UnsupportedMediaTypeError(f"Content-type {kind} is not supported: it must be {', '.join(ACCEPTED)}")
        rows = self._rows(body, kind)
        try:
            predictions = self._booster.predict(rows, validate_features=False).tolist()
        except ValueError as error:
            raise BadRequestError(f"Unable to evaluate payload provided: {first_line(error)}") from error
        return _encode(predictions, accept)

    def _rows(self, body: bytes, kind: str) -> DMatrix:
        import xgboost

        width = self._booster.num_features()
        try:
            rows = table(body, kind, width)
        except (ValueError, OverflowError) as error:
            raise UnsupportedMediaTypeError(
                f"Loading {kind} data failed with Exception, please ensure data is in {kind} format: {error}"
            ) from error
        if rows.shape[1] != width:
            raise BadRequestError(
                f"Unable to evaluate payload provided: Feature size of {kind} inference data {rows.shape[1]} is not "
                f"consistent with feature size of trained model {width}."
            )
        return xgboost.DMatrix(rows)


def table(body: bytes, kind: str, width: int = 0) -> Any:
    """Return the rows of a request. Rows of libsvm are `width` columns wide, or as wide as they need to be."""
    if kind == RECORDIO_PROTOBUF:
        return features_of([features for features, _ in record_protobuf.decode(body)])
    lines = [line for line in body.decode().splitlines() if line.strip()]
    if kind == CSV:
        return vectors.dense_table(_from_csv(lines))
    return vectors.sparse_table([_from_libsvm(line, width or _width(lines)) for line in lines])


def _from_csv(lines: list[str]) -> list[Vector]:
    """Return the rows of CSV; an empty cell is a missing value."""
    delimiter = delimiter_of(lines[0]) if lines else ","
    return [Vector.dense([float(cell.strip() or "nan") for cell in line.split(delimiter)]) for line in lines]


def _width(lines: list[str]) -> int:
    return 1 + max(int(cell.partition(":")[0]) for line in lines for cell in line.split() if ":" in cell)


def _from_libsvm(line: str, width: int) -> Vector:
    """Return a row of ``label index:value ...``, where the label may be missing, as long as the model wants it."""
    pairs = [cell.split(":") for cell in line.split() if ":" in cell]
    keys = [int(index) for index, _ in pairs]
    size = max([width, *(key + 1 for key in keys)])
    return Vector.sparse([float(value) for _, value in pairs], keys, [size])


def _encode(predictions: list[Any], accept: str) -> tuple[bytes, str]:
    wanted = MediaType.parse(accept.partition(",")[0]).name
    if wanted in AS_CSV or (release() < ACCEPT_SINCE and wanted not in AS_ROWS):
        return _csv(predictions).encode(), "text/csv; charset=utf-8"
    rows = [{"score": prediction} for prediction in predictions]
    if wanted in (JSON, "json"):
        return json.dumps({"predictions": rows}).encode(), JSON
    if wanted in (JSON_LINES, "jsonlines"):
        return "".join(f"{json.dumps(row)}\n" for row in rows).encode(), JSON_LINES
    if wanted == RECORDIO_PROTOBUF:
        return record_protobuf.encode(rows), RECORDIO_PROTOBUF
    raise UnsupportedMediaTypeError(
        f"Accept type {accept} is not supported: it must be {CSV}, {JSON}, {JSON_LINES} or {RECORDIO_PROTOBUF}"
    )


def _csv(predictions: list[Any]) -> str:
    """Return predictions as the release of the image tells them; to a batch transform, all tell them in lines."""
    if release() >= LINES_SINCE:
        rows = [each if isinstance(each, list) else [each] for each in predictions]
        return "".join(f"{','.join(map(str, row))}\n" for row in rows)
    if os.environ.get("SAGEMAKER_BATCH") == "true":
        return "".join(f"{each}\n" for each in predictions)
    return ",".join(map(str, predictions))


def load(folder: Path) -> Predictor:
    """Return a predictor for the model in `folder`: a booster as saved, or pickled as older containers did."""
    import xgboost

    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    if not files:
        raise FileNotFoundError("model.tar.gz holds no model file")
    file = folder / MODEL_FILE if folder / MODEL_FILE in files else files[0]
    booster = xgboost.Booster()
    try:
        booster.load_model(bytearray(file.read_bytes()))
    except xgboost.core.XGBoostError:
        with file.open("rb") as pickled:
            booster = pickle.load(pickled)  # noqa: S301  the model is the account's own, as on AWS
    return Predictor(booster)
