"""Media types with parameters, such as ``text/csv; label_size=0``."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message

CSV = "text/csv"
JSON = "application/json"
JSON_LINES = "application/jsonlines"
RECORDIO_PROTOBUF = "application/x-recordio-protobuf"


@dataclass(frozen=True)
class MediaType:
    """A media type in lower case, and its parameters."""

    name: str
    parameters: dict[str, str]

    @classmethod
    def parse(cls, text: str) -> MediaType:
        """Read a media type as it stands in a Content-Type or Accept header."""
        message = Message()
        message["Content-Type"] = text
        (name, _), *parameters = message.get_params(failobj=[(text, "")])
        return cls(name.strip().lower(), {key.lower(): value for key, value in parameters})
