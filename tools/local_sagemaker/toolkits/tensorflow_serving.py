"""What TensorFlow's inference image does: SavedModels behind TensorFlow Serving's REST API. Runs as a module.

Requests may be TensorFlow Serving's own JSON, any JSON, JSON lines or CSV. A script ``code/inference.py`` in the model
may have ``handler(data, context)``, or ``input_handler(data, context)`` and ``output_handler(response, context)``.
Source: the README of AWS's open-source SageMaker TensorFlow Serving Container.
"""

from __future__ import annotations

import io
import json
import logging
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from types import ModuleType
from typing import Any

from ..algorithms.media import CSV, JSON, JSON_LINES
from ..algorithms.serving import Answer, Request, serve_requests
from ..algorithms.shape import UnsupportedMediaTypeError
from .inference import as_bytes, code_folder, install_requirements, load_script, start_logging
from .saved_models import RestError, SavedModels, serve_rest

LINES = (JSON_LINES, "application/jsons")
CUSTOM = "X-Amzn-Sagemaker-Custom-Attributes"


@dataclass(frozen=True)
class Context:
    """What a script is told of a request, by the names that AWS's container gives it."""

    model_name: str | None
    model_version: str | None
    method: str | None
    rest_uri: str
    custom_attributes: str | None
    request_content_type: str
    accept_header: str
    content_length: int
    grpc_port: None = None
    channel: None = None


def main() -> int:
    """Load the models and the script, if there is one, and answer requests until the process is ended."""
    start_logging()
    base = Path(os.environ["SAGEMAKER_BASE_DIR"])
    code = code_folder(base)
    install_requirements(code)
    models = SavedModels.load(base / "model")
    script = code / "inference.py"
    answer = Scripted.of(load_script(script, code), models) if script.exists() else Plain(models)
    return serve_requests(answer, int(os.environ["SAGEMAKER_BIND_TO_PORT"]))


@dataclass(frozen=True)
class Plain:
    """Models without a script."""

    models: SavedModels

    def __call__(self, request: Request) -> Answer:
        """Answer one request."""
        try:
            said = self.models.ask(path_of(request, self.models), as_tensorflows(request))
        except RestError as error:
            return Answer(json.dumps({"error": str(error)}).encode(), JSON, status=error.status)
        if request.accept in LINES and (rows := json.loads(said).get("predictions")):
            return Answer("".join(f"{json.dumps(row)}\n" for row in rows).encode(), request.accept)
        return Answer(said, JSON)


@dataclass(frozen=True)
class Scripted:
    """Models behind a user's script, which talks to the REST API on `port`."""

    models: SavedModels
    port: int
    handler: Callable[[Any, Context], Any]

    @classmethod
    def of(cls, script: ModuleType, models: SavedModels) -> Scripted:
        """Return the models behind `script`. Raises NotImplementedError if it has no handlers."""
        return cls(models, serve_rest(models), _handler(script))

    def __call__(self, request: Request) -> Answer:
        """Answer one request."""
        try:
            said, content_type = self.handler(io.BytesIO(request.body), self._context(request))
        except Exception as error:
            logging.exception("exception handling request")
            told = json.dumps({"error": str(error)}).encode()
            return Answer(told, JSON, status=HTTPStatus.INTERNAL_SERVER_ERROR)
        return Answer(as_bytes(said), content_type)

    def _context(self, request: Request) -> Context:
        attributes = attributes_of(request)
        return Context(
            attributes.get("tfs-model-name"),
            attributes.get("tfs-model-version"),
            attributes.get("tfs-method"),
            f"http://127.0.0.1:{self.port}{path_of(request, self.models)}",
            request.headers.get(CUSTOM),
            request.headers.get("Content-Type") or JSON,
            request.headers.get("Accept") or JSON,
            len(request.body),
        )


def _handler(script: ModuleType) -> Callable[[Any, Context], Any]:
    if hasattr(script, "handler"):
        return script.handler  # type: ignore[no-any-return]
    if not hasattr(script, "input_handler") or not hasattr(script, "output_handler"):
        raise NotImplementedError("The script has neither handler nor both of input_handler and output_handler")

    def handler(data: Any, context: Context) -> Any:
        import requests  # type: ignore[import-untyped,unused-ignore]

        asked = script.input_handler(data, context)
        return script.output_handler(requests.post(context.rest_uri, data=asked), context)  # noqa: S113  own process

    return handler


def attributes_of(request: Request) -> dict[str, str]:
    """Return what the CustomAttributes say to TensorFlow Serving: ``tfs-model-name=a,tfs-method=predict``."""
    found = re.findall(r"(tfs-[a-z-]+)=([^,]+)", request.headers.get(CUSTOM, ""))
    return {name: value.strip() for name, value in found}


def path_of(request: Request, models: SavedModels) -> str:
    """Return the path of the REST API that a request is for."""
    attributes = attributes_of(request)
    default = os.environ.get("SAGEMAKER_TFS_DEFAULT_MODEL_NAME") or models.default
    version = f"/versions/{attributes['tfs-model-version']}" if "tfs-model-version" in attributes else ""
    method = attributes.get("tfs-method", "predict")
    return f"/v1/models/{attributes.get('tfs-model-name', default)}{version}:{method}"


def as_tensorflows(request: Request) -> bytes:
    """Return a request as TensorFlow Serving's own JSON. Raises UnsupportedMediaTypeError."""
    media = (request.headers.get("Content-Type") or JSON).partition(";")[0].strip().lower()
    text = request.body.decode()
    if media == CSV:
        return json.dumps({"instances": _csv_rows(text)}).encode()
    if media in LINES:
        return json.dumps({"instances": [json.loads(line) for line in text.splitlines() if line.strip()]}).encode()
    if media != JSON:
        raise UnsupportedMediaTypeError(f"Unsupported Media Type: {media}")
    if re.search(r'"(instances|inputs|examples)"\s*:', text):
        return request.body
    rows = text if re.match(r"\s*\[\s*\[", text) else f"[{text}]"
    return f'{{"instances": {rows}}}'.encode()


def _csv_rows(text: str) -> list[Any]:
    rows = [[_cell(cell) for cell in line.split(",")] for line in text.splitlines() if line.strip()]
    return rows if any(len(row) > 1 for row in rows) else [row[0] for row in rows]


def _cell(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text.strip().strip('"')


if __name__ == "__main__":
    sys.exit(main())
