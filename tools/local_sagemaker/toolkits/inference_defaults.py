"""What stands for the functions an inference script does not have: arrays in, arrays out, in the common formats.

Runs in a framework's image. What each framework's container does of its own is as in its public source:
sagemaker-scikit-learn-container, sagemaker-xgboost-container and sagemaker-pytorch-inference-toolkit.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..algorithms.media import CSV, JSON, JSON_LINES
from ..algorithms.shape import UnsupportedMediaTypeError

NPY = "application/x-npy"
LIBSVM = ("text/libsvm", "text/x-libsvm")


def array_of(data: Any, content_type: str) -> Any:
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
        return model.predict(data if isinstance(data, xgboost.DMatrix) else xgboost.DMatrix(data))
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
    array = numpy.asarray(prediction.detach() if hasattr(prediction, "detach") else prediction)
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


def tensor_of(data: Any, content_type: str) -> Any:
    """Return a request as a torch tensor; text becomes float32. Raises UnsupportedMediaTypeError."""
    import torch

    array = array_of(data, content_type)
    return torch.FloatTensor(array) if content_type in (CSV, JSON) else torch.from_numpy(array)


def scripted_model(folder: str) -> Any:
    """Load the one TorchScript file in `folder`, as PyTorch's container does. Raises FileNotFoundError."""
    import torch

    files = [path for path in sorted(Path(folder).iterdir()) if path.suffix in (".pt", ".pth")]
    if len(files) != 1:
        raise FileNotFoundError(f"There must be one file *.pt or *.pth in the model, or a model_fn; found {files}")
    return torch.jit.load(files[0], map_location="cpu").eval()


def matrix_of(data: Any, content_type: str) -> Any:
    """Return a request as an xgboost.DMatrix. Raises UnsupportedMediaTypeError."""
    import numpy
    import xgboost  # type: ignore[import-not-found,unused-ignore]

    if content_type not in LIBSVM:
        return xgboost.DMatrix(array_of(data, content_type))
    lines = data.decode().strip().splitlines()
    cells = [[cell.partition(":")[::2] for cell in line.split() if ":" in cell] for line in lines]
    width = 1 + max((int(index) for row in cells for index, _ in row), default=0)
    rows = numpy.full((len(lines), width), numpy.nan, dtype=numpy.float32)
    for number, row in enumerate(cells):
        for index, value in row:
            rows[number, int(index)] = float(value)
    return xgboost.DMatrix(rows)


@dataclass(frozen=True)
class Defaults:
    """The functions of a framework's container. Without ``model_fn`` the script must have one."""

    model_fn: Callable[[str], Any] | None = None
    input_fn: Callable[[Any, str], Any] = array_of
    predict_fn: Callable[[Any, Any], Any] = predict_fn
    output_fn: Callable[[Any, str], Any] = output_fn

    @classmethod
    def of(cls, image: str) -> Defaults:
        """Return the defaults of an image, by the name of its repository."""
        return OWN.get(image, cls())


OWN = {
    **dict.fromkeys(("pytorch-inference", "sagemaker-pytorch"), Defaults(scripted_model, tensor_of)),
    "sagemaker-xgboost": Defaults(input_fn=matrix_of),
}
