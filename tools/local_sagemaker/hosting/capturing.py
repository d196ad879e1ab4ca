"""Data capture: what is asked of an endpoint and what it answers, as JSON lines in S3.

The layout and the members are those of "Capture data from real-time endpoint" in the developer guide: an object
``<DestinationS3Uri>/<endpoint>/<variant>/yyyy/mm/dd/hh/mm-ss-mmm-<id>.jsonl`` holds one event in each line.
"""

from __future__ import annotations

import base64
import json
import random
import threading
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ..cloud import Cloud
from ..cloud.addresses import NoSuchDataError, split
from ..wire import Caller
from .talking import Answer, Request

INTERVAL = 1.0
"""Seconds for which events are gathered in one object; AWS takes some minutes."""

MODES = {"Input": ("Input",), "Output": ("Output",), "InputAndOutput": ("Input", "Output")}
CSV, JSON = "text/csv", "application/json"


@dataclass
class Capture:
    """What is captured of one variant of an endpoint."""

    cloud: Cloud
    caller: Caller
    place: str
    config: Mapping[str, Any]
    _lines: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, request: Request, answer: Answer, inference_id: str) -> None:
        """Capture one exchange, if this one is among those to be captured."""
        if not self._is_wanted():
            return
        line = json.dumps(self._event(request, answer, inference_id))
        with self._lock:
            self._lines.append(line)
            first = len(self._lines) == 1
        if first:
            self.cloud.after(INTERVAL, self._deliver)

    def _is_wanted(self) -> bool:
        share = float(self.config["InitialSamplingPercentage"])
        return bool(self.config.get("EnableCapture", True)) and random.uniform(0, 100) < share  # noqa: S311

    def _event(self, request: Request, answer: Answer, inference_id: str) -> dict[str, Any]:
        sides = {
            "Input": ("INPUT", request.headers.get("Content-Type", ""), request.body),
            "Output": ("OUTPUT", answer.content_type, answer.body),
        }
        wanted = [side for option in self.config["CaptureOptions"] for side in MODES[option["CaptureMode"]]]
        about = {"eventId": str(uuid.uuid4()), "inferenceTime": _now().strftime("%Y-%m-%dT%H:%M:%SZ")}
        return {
            "captureData": {f"endpoint{side}": self._told(*sides[side]) for side in wanted},
            "eventMetadata": {**about, **({"inferenceId": inference_id} if inference_id else {})},
            "eventVersion": "0",
        }

    def _told(self, mode: str, content_type: str, body: bytes) -> dict[str, str]:
        encoding, data = self._encoded(content_type, body)
        return {"observedContentType": content_type, "mode": mode, "data": data, "encoding": encoding}

    def _encoded(self, content_type: str, body: bytes) -> tuple[str, str]:
        types = self.config.get("CaptureContentTypeHeader") or {"CsvContentTypes": [CSV], "JsonContentTypes": [JSON]}
        media = content_type.partition(";")[0].strip().lower()
        for encoding, names in (("CSV", "CsvContentTypes"), ("JSON", "JsonContentTypes")):
            if media in types.get(names, []):
                return encoding, body.decode(errors="replace")
        return "BASE64", base64.b64encode(body).decode()

    def _deliver(self) -> None:
        with self._lock:
            lines, self._lines = self._lines, []
        now = _now()
        name = f"{now:%Y/%m/%d/%H/%M-%S}-{now.microsecond // 1000:03}-{uuid.uuid4()}.jsonl"
        body = "".join(f"{line}\n" for line in lines).encode()
        # As on AWS, what cannot be written is lost, and the endpoint goes on.
        with suppress(ClientError, BotoCoreError, NoSuchDataError):
            bucket, prefix = split(f"{self.config['DestinationS3Uri'].rstrip('/')}/{self.place}")
            self.cloud.client("s3", self.caller).put_object(Bucket=bucket, Key=f"{prefix}/{name}", Body=body)


def _now() -> datetime:
    return datetime.now(UTC)
