"""What stands for the functions an inference script does not have: arrays in, arrays out, in the common formats.

Runs in a framework's image; each library is imported only where the model at hand is the library's own.
"""

from __future__ import annotations

import io
import json
import sys
from typing import Any

from ..algorithms.media import CSV, JSON, JSON_LINES
from ..algorithms.shape import UnsupportedMediaTypeError

NPY = "application/x-npy"


def model_fn(folder: str) -> Any:
    """Say that there must be a ``model_fn``."""
    raise NotImplementedError("The inference script has no model_fn(model_dir); it has to load the model")


def input_fn(data: Any, content_type: str) -> Any:
    """Return a request as an array. Raises UnsupportedMediaTypeError."""
    import numpy

    if content_type == JSON:
        return numpy.array(json.loads(data))
    if content_type == CSV:
        return numpy.loadtxt(io.StringIO(data), delimiter=",", ndmin=2)
    if content_type == NPY:
        return numpy.load(io.BytesIO(data), allow_pickle=False)
    raise UnsupportedMediaTypeError(f"Content type '{content_type}' is not one of {JSON}, {CSV}, {NPY}")


def predict_fn(data: Any, model: Any) -> Any:
    """Return what the model says: its `predict` if it has one, else it is called."""
    torch, xgboost = sys.modules.get("torch"), sys.modules.get("xgboost")
    if torch and isinstance(model, torch.nn.Module):
        with torch.no_grad():
            return model.eval()(torch.as_tensor(data, dtype=torch.float32))
    if xgboost and isinstance(model, xgboost.Booster):
        return model.predict(xgboost.DMatrix(data))
    return model.predict(data) if hasattr(model, "predict") else model(data)


def output_fn(prediction: Any, accept: str) -> bytes:
    """Return a prediction in the wanted format. Raises UnsupportedMediaTypeError."""
    import numpy

    if accept == JSON:
        return json.dumps(prediction, default=_as_list).encode()
    if accept == JSON_LINES:
        return "".join(f"{json.dumps(row, default=_as_list)}\n" for row in prediction).encode()
    if accept not in (CSV, NPY):
        raise UnsupportedMediaTypeError(f"Accept type '{accept}' is not one of {JSON}, {JSON_LINES}, {CSV}, {NPY}")
    file = io.BytesIO()
    array = numpy.asarray(prediction)
    if accept == CSV:
        numpy.savetxt(file, array, delimiter=",", fmt="%s")
    else:
        numpy.save(file, array, allow_pickle=False)
    return file.getvalue()


def _as_list(value: Any) -> Any:
    """Return the lists and numbers in an array or tensor, for JSON."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} has no form in JSON")
