"""What an inference script may ask about its request, and say about its answer, beside the data.

The methods are those of the context that AWS's containers hand to a script's functions (multi-model-server and
TorchServe, "Custom service: context"). There is one request at a time, so its index is always 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any


@dataclass
class Context:
    """One request's context."""

    system_properties: Mapping[str, Any]
    request_headers: Mapping[str, str]
    manifest: Mapping[str, Any] = field(default_factory=dict)
    response_headers: dict[str, str] = field(default_factory=dict)
    status: int = HTTPStatus.OK

    @classmethod
    def of(cls, folder: Path, headers: Mapping[str, str]) -> Context:
        """Return the context of a request with these headers to the model in `folder`."""
        return cls({"model_dir": str(folder), "gpu_id": None}, headers)

    @property
    def request_processor(self) -> list[Context]:
        """The requests that are answered together: this one."""
        return [self]

    def get_request_properties(self) -> Mapping[str, str]:
        """Return the request's headers."""
        return self.request_headers

    def get_request_property(self, name: str) -> str | None:
        """Return a header of the request."""
        return self.request_headers.get(name.title())

    def get_all_request_header(self, index: int) -> Mapping[str, str]:
        """Return the request's headers."""
        return self.request_headers

    def get_request_header(self, index: int, name: str) -> str | None:
        """Return a header of the request."""
        return self.request_headers.get(name.title())

    def set_response_header(self, index: int, name: str, value: str) -> None:
        """Set a header of the answer; X-Amzn-SageMaker-Custom-Attributes reaches the client."""
        self.response_headers[name] = value

    def set_response_content_type(self, index: int, value: str) -> None:
        """Set the answer's content type."""
        self.response_headers["Content-Type"] = value

    def set_response_status(self, code: int = 200, phrase: str = "", idx: int = 0) -> None:
        """Set the answer's status."""
        self.status = code
