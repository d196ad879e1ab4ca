"""The model file of the algorithms that compute with NumPy: arrays in MXNet's own format, as Amazon's algorithms leave.

``mxnet.ndarray.load("model_algo-1")`` reads it: by name, or as a list where arrays have no names. Numbers and words
stand beside it in a file of JSON, which AWS does not have.

A file is a head (magic number, zero, count), the arrays (magic number, 0 for dense, count of dimensions, dimensions,
device 1 and 0 for the CPU, type, numbers), and the names (count, then the length and the bytes of each), all
little-endian. Source: MXNet, `src/ndarray/ndarray.cc`.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from numpy.typing import NDArray

MODEL_FILE, SETTINGS_FILE = "model_algo-1", "settings.json"
LIST_MAGIC, ARRAY_MAGIC, CPU = 0x112, 0xF993FAC9, (1, 0)
TYPES = ("<f4", "<f8", "<f2", "u1", "<i4", "i1", "<i8")
"""NumPy's types in the order of MXNet's numbers."""


class WrongModelFileError(ValueError):
    """A file that is not in MXNet's format."""


def save(folder: Path, **values: Any) -> None:
    """Leave arrays by name in the model file of `folder`, and plain numbers and words beside it."""
    import numpy

    arrays = {name: numpy.asarray(value) for name, value in values.items() if numpy.ndim(value)}
    plain = {name: numpy.asarray(value).item() for name, value in values.items() if name not in arrays}
    _write(folder / MODEL_FILE, list(arrays.values()), list(arrays))
    save_settings(folder, plain)


def save_list(folder: Path, *arrays: Any, **settings: Any) -> None:
    """Leave arrays without names in the model file of `folder`, and plain numbers, words and lists beside it."""
    _write(folder / MODEL_FILE, arrays, ())
    save_settings(folder, settings)


def save_settings(folder: Path, settings: Mapping[str, Any]) -> None:
    """Leave plain numbers, words and lists beside the model file, if there are any."""
    if settings:
        (folder / SETTINGS_FILE).write_text(json.dumps(settings))


def load(folder: Path) -> dict[str, Any]:
    """Return what `save` left, by name. Raises OSError or WrongModelFileError."""
    arrays, names = _read(folder / MODEL_FILE)
    return {**dict(zip(names, arrays, strict=True)), **settings(folder)}


def load_list(folder: Path) -> list[NDArray[Any]]:
    """Return the arrays that `save_list` left. Raises OSError or WrongModelFileError."""
    return _read(folder / MODEL_FILE)[0]


def settings(folder: Path) -> dict[str, Any]:
    """Return what stands beside the model file, by name."""
    file = folder / SETTINGS_FILE
    return dict(json.loads(file.read_text())) if file.exists() else {}


def _write(file: Path, arrays: Sequence[Any], names: Sequence[str]) -> None:
    with file.open("wb") as opened:
        opened.write(struct.pack("<QQQ", LIST_MAGIC, 0, len(arrays)))
        for array in arrays:
            _write_array(opened, array)
        opened.write(struct.pack("<Q", len(names)))
        for name in names:
            opened.write(struct.pack("<Q", len(name.encode())) + name.encode())


def _write_array(opened: BinaryIO, values: Any) -> None:
    import numpy

    array = numpy.asarray(values)
    kind = next((number for number, each in enumerate(TYPES) if array.dtype == each), 0)
    opened.write(struct.pack(f"<IiI{array.ndim}q", ARRAY_MAGIC, 0, array.ndim, *array.shape))
    opened.write(struct.pack("<iii", *CPU, kind))
    opened.write(numpy.ascontiguousarray(array, TYPES[kind]).tobytes())


def _read(file: Path) -> tuple[list[NDArray[Any]], list[str]]:
    with file.open("rb") as opened:
        magic, _, count = _unpack(opened, "<QQQ")
        if magic != LIST_MAGIC:
            raise WrongModelFileError(f"{file.name} is not a list of MXNet's arrays")
        arrays = [_read_array(opened) for _ in range(count)]
        names = [_bytes(opened, *_unpack(opened, "<Q")).decode() for _ in range(*_unpack(opened, "<Q"))]
    return arrays, names


def _read_array(opened: BinaryIO) -> NDArray[Any]:
    import numpy

    magic, storage, dimensions = _unpack(opened, "<IiI")
    if magic != ARRAY_MAGIC or storage:
        raise WrongModelFileError("A model file has an array in a form that is not read here")
    *shape, _, _, kind = _unpack(opened, f"<{dimensions}qiii")
    size = int(numpy.prod(shape)) * numpy.dtype(TYPES[kind]).itemsize
    return numpy.frombuffer(_bytes(opened, size), TYPES[kind]).reshape(shape)


def _unpack(opened: BinaryIO, form: str) -> tuple[Any, ...]:
    return struct.unpack(form, _bytes(opened, struct.calcsize(form)))


def _bytes(opened: BinaryIO, count: int) -> bytes:
    data = opened.read(count)
    if len(data) != count:
        raise WrongModelFileError("A model file ends early")
    return data
