"""Records of a batch transform: a file split into them, batches of them, and what is joined to or filtered of them."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..algorithms import recordio
from ..containers.failures import JobError
from . import json_paths

MEGABYTE = 1024**2
DEFAULT_MAX_PAYLOAD = 6
"""Megabytes of a request to the container."""

CSV = "text/csv"


@dataclass(frozen=True)
class Batching:
    """How files become requests. `split` is the SplitType, `max_bytes` bounds a request."""

    split: str
    single: bool
    max_bytes: int
    gzipped: bool

    @classmethod
    def of(cls, request: Mapping[str, Any]) -> Batching:
        """Return what CreateTransformJob's `request` wants."""
        given = request["TransformInput"]
        megabytes = request.get("MaxPayloadInMB", DEFAULT_MAX_PAYLOAD)
        single = request.get("BatchStrategy", "MultiRecord") == "SingleRecord"
        gzipped = given.get("CompressionType") == "Gzip"
        return cls(given.get("SplitType") or "None", single, megabytes * MEGABYTE, gzipped)

    @property
    def between(self) -> bytes:
        """What stands between two records of a request: those of binary formats say themselves how long they are."""
        return b"\n" if self.split == "Line" else b""

    def batches(self, file: Path) -> Iterator[list[bytes]]:
        """Yield the records of each request. Raises JobError for a record that is too large, or none."""
        batch: list[bytes] = []
        size = 0
        for record in self._records(file):
            if self.max_bytes and len(record) > self.max_bytes:
                raise JobError(f"ClientError: A record of {file.name} is larger than MaxPayloadInMB")
            if batch and (self.single or (self.max_bytes and size + len(record) + 1 > self.max_bytes)):
                yield batch
                batch, size = [], 0
            batch.append(record)
            size += len(record) + 1
        if batch:
            yield batch

    def _records(self, file: Path) -> list[bytes]:
        try:
            content = gzip.decompress(file.read_bytes()) if self.gzipped else file.read_bytes()
            return SPLITS[self.split](content)
        except (OSError, EOFError, zlib.error) as error:
            raise JobError(f"ClientError: {file.name} is not compressed with gzip: {error}") from error
        except ValueError as error:
            raise JobError(f"ClientError: {file.name} cannot be split by {self.split}: {error}") from error


def _tf_records(content: bytes) -> list[bytes]:
    """Return the records of a TFRecord file with their heads and check sums, which are not checked.

    A record is its length as eight bytes, a check sum of four, the data, and a check sum of four; numbers are
    little-endian. Source: TensorFlow's guide, "TFRecord and tf.train.Example". Raises ValueError.
    """
    found, place = [], 0
    while place < len(content):
        end = place + 16 + int.from_bytes(content[place : place + 8], "little")
        if end > len(content):
            raise ValueError(f"the record at byte {place} goes beyond the end")
        found.append(content[place:end])
        place = end
    return found


SPLITS: Mapping[str, Callable[[bytes], list[bytes]]] = {
    "None": lambda content: [content],
    "Line": lambda content: [line for line in content.splitlines() if line],
    "RecordIO": lambda content: [recordio.frame(record) for record in recordio.records(content)],
    "TFRecord": _tf_records,
}
"""How an object is cut into records, by SplitType."""


@dataclass(frozen=True)
class Filters:
    """What is done to a record before the container sees it, and to its answer afterwards."""

    before: str
    after: str
    join: bool
    is_csv: bool

    @classmethod
    def of(cls, request: Mapping[str, Any]) -> Filters:
        """Return what CreateTransformJob's `request` wants."""
        given = request.get("DataProcessing") or {}
        content_type = request["TransformInput"].get("ContentType", "")
        return cls(
            before=given.get("InputFilter", "$"),
            after=given.get("OutputFilter", "$"),
            join=given.get("JoinSource", "None") == "Input",
            is_csv=content_type.partition(";")[0].strip().lower() == CSV,
        )

    def ask(self, record: bytes) -> bytes:
        """Return what the container is given of a record. Raises JobError."""
        return record if self.before == "$" else self._encode(self._select(self.before, self._decode(record)))

    def tell(self, records: list[bytes], answer: bytes) -> bytes:
        """Return what of the answer to some records is put into S3. Raises JobError."""
        if not self.join and self.after == "$":
            return answer
        answers = answer.splitlines() if len(records) > 1 else [answer.rstrip(b"\n")]
        if len(answers) != len(records):
            raise JobError(f"ClientError: The container answered {len(records)} records with {len(answers)}")
        return b"\n".join(map(self._tell_one, records, answers))

    def _tell_one(self, record: bytes, answer: bytes) -> bytes:
        value = self._decode(answer)
        if self.join:
            value = self._joined(self._decode(record), value)
        return self._encode(self._select(self.after, value))

    def _joined(self, record: Any, answer: Any) -> Any:
        if self.is_csv:
            return [*record, *answer]
        if isinstance(record, dict):
            return {**record, "SageMakerOutput": answer}
        return {"SageMakerInput": record, "SageMakerOutput": answer}

    def _select(self, path: str, value: Any) -> Any:
        try:
            return json_paths.select(path, value)
        except json_paths.BadPathError as error:
            raise JobError(f"ClientError: {error}") from error

    def _decode(self, record: bytes) -> Any:
        try:
            text = record.decode()
            return next(csv.reader([text]), []) if self.is_csv else json.loads(text)
        except ValueError as error:
            raise JobError(f"ClientError: A record is not {'CSV' if self.is_csv else 'JSON'}: {error}") from error

    def _encode(self, value: Any) -> bytes:
        if not self.is_csv:
            return json.dumps(value).encode()
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(value if isinstance(value, list) else [value])
        return line.getvalue().encode()
