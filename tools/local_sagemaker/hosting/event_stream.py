"""Frames of ``application/vnd.amazon.eventstream``, as the AWS SDKs read them.

Source: Smithy specification, "Amazon Event Stream". A frame is: its length and its headers' length (4 bytes each, big
endian), the CRC-32 of these eight bytes, the headers, the payload, and the CRC-32 of all before.
"""

from __future__ import annotations

import struct
from binascii import crc32
from collections.abc import Mapping

CONTENT_TYPE = "application/vnd.amazon.eventstream"
STRING = 7
"""The number of a header value's type."""

NOT_PAYLOAD = 16
"""Bytes of a frame beside its headers and its payload."""


def event(name: str, payload: bytes, content_type: str) -> bytes:
    """Return the frame of an event."""
    told = {":message-type": "event", ":event-type": name, ":content-type": content_type}
    return frame(told, payload)


def exception(name: str, payload: bytes) -> bytes:
    """Return the frame of an error in the middle of a stream; `payload` is its JSON."""
    told = {":message-type": "exception", ":exception-type": name, ":content-type": "application/json"}
    return frame(told, payload)


def frame(headers: Mapping[str, str], payload: bytes) -> bytes:
    """Return one frame."""
    head = b"".join(_header(name.encode(), value.encode()) for name, value in headers.items())
    prelude = struct.pack(">II", NOT_PAYLOAD + len(head) + len(payload), len(head))
    begun = prelude + struct.pack(">I", crc32(prelude)) + head + payload
    return begun + struct.pack(">I", crc32(begun))


def _header(name: bytes, value: bytes) -> bytes:
    return struct.pack(">B", len(name)) + name + struct.pack(">BH", STRING, len(value)) + value
