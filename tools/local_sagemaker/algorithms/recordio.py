"""RecordIO, the framing of MXNet and of SageMaker's RecordIO-protobuf.

A record is a magic number, a word with its length in the lower 29 bits, the bytes, and zeros up to a multiple of four;
numbers are little-endian. Where the magic number occurs in the data, the writer leaves it out and cuts the record
there; the upper three bits of the second word say which part it is: 0 a whole record, 1 the first part, 2 one in the
middle, 3 the last. Source: dmlc-core, `include/dmlc/recordio.h`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

MAGIC = 0xCED7230A
WHOLE, FIRST, MIDDLE, LAST = range(4)
_HEAD = struct.Struct("<II")
MAX_LENGTH = (1 << 29) - 1
"""Bytes of a part of a record."""


class RecordIOError(ValueError):
    """Bytes that are not RecordIO, or that end within a record."""


def records(data: bytes) -> Iterator[bytes]:
    """Yield the records of `data`. Raises RecordIOError."""
    begun: list[bytes] = []
    for part, chunk in _parts(data):
        if (part in (WHOLE, FIRST)) == bool(begun):
            raise RecordIOError("The parts of a record are out of order")
        begun.append(chunk)
        if part in (WHOLE, LAST):
            yield _HEAD.pack(MAGIC, 0)[:4].join(begun)
            begun = []
    if begun:
        raise RecordIOError("The file ends in the middle of a record")


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place < len(data):
        if len(data) - place < _HEAD.size:
            raise RecordIOError(f"The file ends in the head of a record at byte {place}")
        magic, word = _HEAD.unpack_from(data, place)
        if magic != MAGIC:
            raise RecordIOError(f"There is no RecordIO magic number at byte {place}")
        start, length = place + _HEAD.size, word & MAX_LENGTH
        if start + length > len(data):
            raise RecordIOError(f"The record at byte {place} has {length} bytes, but only {len(data) - start} are left")
        yield word >> 29, data[start : start + length]
        place = start + (length + 3) // 4 * 4


def frame(record: bytes) -> bytes:
    """Return `record`, shorter than 2**29 bytes, in its frame.

    It is not cut at magic numbers, as SageMaker's SDK does not do so either: readers go by the length.
    """
    return _HEAD.pack(MAGIC, len(record)) + record + bytes(-len(record) % 4)
