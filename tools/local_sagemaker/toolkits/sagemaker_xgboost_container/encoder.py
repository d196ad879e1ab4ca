"""Read requests as the built-in algorithm's endpoint does."""

from __future__ import annotations

from typing import Any

from local_sagemaker.algorithms.built_in.xgboost import predictor
from local_sagemaker.algorithms.media import CSV, RECORDIO_PROTOBUF, MediaType
from local_sagemaker.algorithms.shape import UnsupportedMediaTypeError


def csv_to_dmatrix(string_like: str | bytes, dtype: Any = None) -> Any:
    """Return rows of CSV, without labels, as an `xgboost.DMatrix`."""
    return _matrix(string_like, CSV)


def libsvm_to_dmatrix(string_like: str | bytes) -> Any:
    """Return rows of libsvm as an `xgboost.DMatrix`."""
    return _matrix(string_like, predictor.LIBSVM[0])


def recordio_protobuf_to_dmatrix(string_like: bytes) -> Any:
    """Return RecordIO-protobuf as an `xgboost.DMatrix`."""
    return _matrix(string_like, RECORDIO_PROTOBUF)


def decode(obj: str | bytes, content_type: str) -> Any:
    """Return a request as an `xgboost.DMatrix`. Raises UnsupportedMediaTypeError."""
    kind = MediaType.parse(content_type).name
    if kind not in predictor.ACCEPTED:
        raise UnsupportedMediaTypeError(f"Content type {kind} is not one of {', '.join(predictor.ACCEPTED)}")
    return _matrix(obj, kind)


def _matrix(body: str | bytes, kind: str) -> Any:
    import xgboost  # type: ignore[import-not-found,unused-ignore]

    return xgboost.DMatrix(predictor.table(body.encode() if isinstance(body, str) else body, kind))
