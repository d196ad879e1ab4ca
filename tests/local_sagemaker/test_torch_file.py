"""PyTorch's files of weights, read without PyTorch. The file here was written as PyTorch's `_legacy_save` does."""

from __future__ import annotations

import io
import os
import pickle
import struct
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy
import pytest

from local_sagemaker.algorithms.built_in.image_classification import torch_file


class _Name:
    """A name of another module: pickled as one, because there is no PyTorch here."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name


class _Pickler(pickle._Pickler):  # type: ignore[name-defined,misc]
    """Writes names of modules that are not there."""

    def save(self, obj: Any, save_persistent_id: bool = True) -> None:
        if isinstance(obj, _Name):
            self.write(f"c{obj.module}\n{obj.name}\n".encode())
        elif isinstance(obj, _Tensor):
            self._save_tensor(obj)
        else:
            super().save(obj, save_persistent_id)

    def _save_tensor(self, tensor: _Tensor) -> None:
        self.save(_Name("torch._utils", "_rebuild_tensor_v2"))
        self.write(pickle.MARK)
        self.save(("storage", _Name("torch", tensor.kind), tensor.key, "cpu", tensor.count, None))
        self.write(pickle.BINPERSID)
        for each in (tensor.offset, tensor.shape, tensor.strides, False, OrderedDict()):
            self.save(each)
        self.write(pickle.TUPLE + pickle.REDUCE)


class _Tensor:
    def __init__(self, key: str, count: int, shape: tuple[int, ...], strides: tuple[int, ...], **more: Any) -> None:
        self.key, self.count, self.shape, self.strides = key, count, shape, strides
        self.offset, self.kind = more.get("offset", 0), more.get("kind", "FloatStorage")


def written(weights: Any, stored: dict[str, Any], magic: int = torch_file.MAGIC) -> bytes:
    file = io.BytesIO()
    for each in (magic, torch_file.VERSION, {"little_endian": True}, weights, list(stored)):
        _Pickler(file, 2).dump(each)
    for values in stored.values():
        file.write(struct.pack("<q", len(values)) + values.tobytes())
    return file.getvalue()


def read(data: bytes, folder: Path) -> dict[str, Any]:
    file = folder / "weights.pth"
    file.write_bytes(data)
    return torch_file.read(file)


NUMBERS = numpy.arange(6, dtype="<f4")


def test_weights_are_read_by_name(tmp_path: Path) -> None:
    weights = OrderedDict(
        whole=_Tensor("1", 6, (2, 3), (3, 1)),
        turned=_Tensor("1", 6, (3, 2), (1, 3)),
        last=_Tensor("1", 6, (2,), (1,), offset=4),
        count=_Tensor("2", 1, (), (), kind="LongStorage"),
    )
    told = read(written(weights, {"1": NUMBERS, "2": numpy.array([7], "<i8")}), tmp_path)
    assert {name: value.tolist() for name, value in told.items()} == {
        "whole": [[0, 1, 2], [3, 4, 5]],
        "turned": [[0, 3], [1, 4], [2, 5]],
        "last": [4, 5],
        "count": 7,
    }


class _Harmful:
    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.file),)


def test_nothing_that_stands_in_a_file_is_run(tmp_path: Path) -> None:
    harmed = tmp_path / "harmed"
    with pytest.raises(torch_file.NotWeightsError, match=r"The file names posix\.mkdir, which is no weight"):
        read(written(OrderedDict(bad=_Harmful(harmed)), {}), tmp_path)
    assert not harmed.exists()


@pytest.mark.parametrize(
    "tensor",
    [
        _Tensor("1", 6, (7,), (1,)),
        _Tensor("1", 6, (2, 3), (30, 1)),
        _Tensor("1", 6, (2,), (1,), offset=5),
        _Tensor("1", 6, (2,), (-1,), offset=3),
    ],
)
def test_a_tensor_sees_nothing_beyond_what_is_stored(tensor: _Tensor, tmp_path: Path) -> None:
    with pytest.raises(torch_file.NotWeightsError, match="larger than what is stored"):
        read(written(OrderedDict(bad=tensor), {"1": NUMBERS}), tmp_path)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no weights",
        written(OrderedDict(), {}, magic=7),
        written(OrderedDict(whole=_Tensor("1", 6, (6,), (1,))), {"1": NUMBERS})[:-4],
        written(OrderedDict(whole=_Tensor("1", 5, (5,), (1,))), {"1": NUMBERS}),
        written(OrderedDict(), {"1": NUMBERS}),
        pickle.dumps(torch_file.MAGIC) + pickle.dumps(1001) + pickle.dumps({}) + pickle.dumps(3) + pickle.dumps([]),
    ],
)
def test_a_file_of_something_else_is_refused(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(torch_file.NotWeightsError):
        read(data, tmp_path)
