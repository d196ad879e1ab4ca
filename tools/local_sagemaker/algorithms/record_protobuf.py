"""RecordIO-protobuf: tensors by name in ``aialgs.data.Record`` messages, framed as RecordIO.

The message is as published in the SageMaker developer guide, "Common Data Formats for Training". Fields that no
built-in algorithm reads (uid, metadata, configuration, bytes) are left to protobuf, which skips what it does not know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from . import recordio
from .vectors import Vector

if TYPE_CHECKING:
    from numpy.typing import NDArray

VALUES = "values"
"""The name of a record's one feature vector and of its one label."""

_TENSORS = {"float32_tensor": ("FLOAT", 2), "float64_tensor": ("DOUBLE", 3), "int32_tensor": ("INT32", 7)}
"""The kinds of a Value: the type of its numbers, and the field's number."""


@cache
def message_class() -> Any:
    """Return protobuf's class for the message."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="record.proto", package="aialgs.data", syntax="proto2")
    value = file.message_type.add(name="Value")
    for name, (kind, number) in _TENSORS.items():
        tensor = file.message_type.add(name=name)
        for label, type_, place in (("values", kind, 1), ("keys", "UINT64", 2), ("shape", "UINT64", 3)):
            packed = tensor.field.add(name=label, number=place, type=f"TYPE_{type_}", label=field.LABEL_REPEATED)
            packed.options.packed = True
        _message_field(value, name, number, f".aialgs.data.{name}")
    record = file.message_type.add(name="Record")
    for number, name in enumerate(("features", "label"), start=1):
        entry = record.nested_type.add(name=f"{name.capitalize()}Entry")
        entry.options.map_entry = True
        entry.field.add(name="key", number=1, type="TYPE_STRING", label=field.LABEL_OPTIONAL)
        _message_field(entry, "value", 2, ".aialgs.data.Value")
        _message_field(record, name, number, f".aialgs.data.Record.{entry.name}", "LABEL_REPEATED")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("aialgs.data.Record"))


def _message_field(message: Any, name: str, number: int, type_: str, label: str = "LABEL_OPTIONAL") -> None:
    message.field.add(name=name, number=number, type="TYPE_MESSAGE", type_name=type_, label=label)


def decode(data: bytes) -> Iterator[tuple[Vector, NDArray[Any] | None]]:
    """Yield each record's feature vector and label vector, which may be missing.

    Raises RecordIOError or WrongShapeError.
    """
    from google.protobuf.message import DecodeError

    for payload in recordio.records(data):
        try:
            record = message_class().FromString(payload)
        except DecodeError as error:
            raise recordio.RecordIOError(f"A record is not an aialgs.data.Record: {error}") from error
        if VALUES not in record.features:
            raise recordio.RecordIOError('A record has no feature "values"')
        label = _vector(record.label[VALUES]).values if VALUES in record.label else None
        yield _vector(record.features[VALUES]), label


def _vector(value: Any) -> Vector:
    kind = next((name for name in _TENSORS if value.HasField(name)), None)
    if kind is None:
        raise recordio.RecordIOError("A record holds something else than numbers")
    tensor = getattr(value, kind)
    # An empty sparse vector has a shape, but neither keys nor values.
    if tensor.keys or (tensor.shape and not tensor.values):
        return Vector.sparse(list(tensor.values), tensor.keys, tensor.shape)
    return Vector.dense(list(tensor.values))


def encode(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return one framed record for each row; its fields, numbers or lists of numbers, are labels of float32."""
    return b"".join(recordio.frame(_answer(row)) for row in rows)


def _answer(row: Mapping[str, Any]) -> bytes:
    record = message_class()()
    for name, value in row.items():
        record.label[name].float32_tensor.values.extend(value if isinstance(value, list) else [value])
    return bytes(record.SerializeToString())
