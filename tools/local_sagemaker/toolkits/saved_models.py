"""SavedModels and TensorFlow Serving's REST API over them: ``POST /v1/models/<name>[/versions/<n>]:predict``.

Source: "RESTful API" in TensorFlow Serving's documentation. Kept: rows (``instances``) and columns (``inputs``),
signatures, binary values as ``{"b64": ...}``. Not kept: classify and regress, which take tf.Example.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

DEFAULT_SIGNATURE = "serving_default"
PATH = re.compile(r"/v1/models/(?P<model>[^/:]+)(?:/versions/(?P<version>\d+))?(?::(?P<method>\w+))?")


class RestError(Exception):
    """An answer that says no, with an HTTP status."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True)
class SavedModels:
    """Loaded models by name and version."""

    models: Mapping[str, Mapping[int, Any]]

    @classmethod
    def load(cls, folder: Path) -> SavedModels:
        """Load every ``<name>/<version>/saved_model.pb`` below `folder`. Raises FileNotFoundError if there is none."""
        import tensorflow  # type: ignore[import-untyped,import-not-found,unused-ignore]

        models: dict[str, dict[int, Any]] = {}
        for file in sorted(folder.rglob("saved_model.pb")):
            if file.parent.name.isdecimal():
                versions = models.setdefault(file.parent.parent.name, {})
                versions[int(file.parent.name)] = tensorflow.saved_model.load(str(file.parent))
        if not models:
            raise FileNotFoundError("no SavedModel bundles found! There must be <number>/saved_model.pb in the model")
        return cls(models)

    @property
    def default(self) -> str:
        """The name of the model that is meant if none is named."""
        return next(iter(self.models))

    def ask(self, path: str, body: bytes) -> bytes:
        """Return the JSON answer to a POST. Raises RestError."""
        if not (match := PATH.fullmatch(path)):
            raise RestError(HTTPStatus.NOT_FOUND, f"Malformed request: POST {path}")
        if match["method"] != "predict":
            raise RestError(HTTPStatus.NOT_IMPLEMENTED, f"There is no method {match['method']} here, only predict")
        return json.dumps(_predict(self._model(match["model"], match["version"]), _asked(body))).encode()

    def _model(self, name: str, version: str | None) -> Any:
        versions = self.models.get(name, {})
        wanted = int(version) if version else max(versions, default=0)
        if wanted not in versions:
            raise RestError(HTTPStatus.NOT_FOUND, f"Servable not found for request: {name} {version or 'Latest'}")
        return versions[wanted]


def _asked(body: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(body)
    except ValueError as error:
        raise RestError(HTTPStatus.BAD_REQUEST, f"JSON Parse error: {error}") from error
    if not isinstance(asked, dict) or ("instances" in asked) == ("inputs" in asked):
        raise RestError(HTTPStatus.BAD_REQUEST, "Missing 'inputs' or 'instances' key")
    return asked


def _predict(model: Any, asked: dict[str, Any]) -> dict[str, Any]:
    import tensorflow  # type: ignore[import-untyped,import-not-found,unused-ignore]

    name = asked.get("signature_name") or DEFAULT_SIGNATURE
    if name not in model.signatures:
        raise RestError(HTTPStatus.BAD_REQUEST, f'Serving signature name: "{name}" not found in signature def')
    signature = model.signatures[name]
    specs = signature.structured_input_signature[1]
    rows = "instances" in asked
    columns = _columns(asked["instances"], specs) if rows else _named(asked["inputs"], specs)
    try:
        tensors = {name: tensorflow.constant(_decoded(columns[name]), spec.dtype) for name, spec in specs.items()}
        _check_shapes(tensors, specs)
        outputs = {name: _encoded(tensor.numpy().tolist()) for name, tensor in signature(**tensors).items()}
    except KeyError as error:
        raise RestError(HTTPStatus.BAD_REQUEST, f"Missing input {error}; there are {', '.join(specs)}") from error
    except (ValueError, TypeError, tensorflow.errors.OpError) as error:
        raise RestError(HTTPStatus.BAD_REQUEST, str(error)) from error
    return {"predictions": _rows(outputs)} if rows else {"outputs": _alone(outputs)}


def _check_shapes(tensors: Mapping[str, Any], specs: Mapping[str, Any]) -> None:
    """Raise RestError for a tensor that is not what a signature takes: TensorFlow may crash at one."""
    for name, tensor in tensors.items():
        if not specs[name].shape.is_compatible_with(tensor.shape):
            reason = f"Input {name} has the shape {tuple(tensor.shape)}, but the model takes {tuple(specs[name].shape)}"
            raise RestError(HTTPStatus.BAD_REQUEST, reason)


def _columns(instances: Any, specs: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the columns of rows: of values if there is one input, else of objects."""
    if not isinstance(instances, list) or not instances:
        raise RestError(HTTPStatus.BAD_REQUEST, "'instances' must be a list of at least one")
    if all(isinstance(row, dict) and "b64" not in row for row in instances):
        return {name: [row[name] for row in instances] for name in instances[0]}
    return {_only(specs): instances}


def _named(inputs: Any, specs: Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(inputs, dict) and "b64" not in inputs:
        return inputs
    return {_only(specs): inputs}


def _only(specs: Mapping[str, Any]) -> str:
    if len(specs) != 1:
        raise RestError(HTTPStatus.BAD_REQUEST, f"The signature has several inputs, name them: {', '.join(specs)}")
    return next(iter(specs))


def _decoded(value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {"b64"}:
        return base64.b64decode(value["b64"])
    return [_decoded(each) for each in value] if isinstance(value, list) else value


def _encoded(value: Any) -> Any:
    if isinstance(value, list):
        return [_encoded(each) for each in value]
    if not isinstance(value, bytes):
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"b64": base64.b64encode(value).decode()}


def _rows(outputs: Mapping[str, Any]) -> list[Any]:
    if len(outputs) == 1:
        return list(next(iter(outputs.values())))
    return [dict(zip(outputs, row, strict=True)) for row in zip(*outputs.values(), strict=True)]


def _alone(outputs: Mapping[str, Any]) -> Any:
    return next(iter(outputs.values())) if len(outputs) == 1 else dict(outputs)


def serve_rest(models: SavedModels) -> int:
    """Serve the REST API on a port of loopback, beside everything else, and return the port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Rest", (_Rest,), {"models": models}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


class _Rest(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    models: SavedModels

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            self._reply(HTTPStatus.OK, self.models.ask(self.path, body))
        except RestError as error:
            self._reply(error.status, json.dumps({"error": str(error)}).encode())

    def do_GET(self) -> None:
        match = PATH.fullmatch(self.path)
        if not match or match["model"] not in self.models.models:
            self._reply(HTTPStatus.NOT_FOUND, b'{"error": "Not found"}')
            return
        status = {"error_code": "OK", "error_message": ""}
        versions = self.models.models[match["model"]]
        told = [{"version": str(version), "state": "AVAILABLE", "status": status} for version in versions]
        self._reply(HTTPStatus.OK, json.dumps({"model_version_status": told}).encode())

    def _reply(self, status: HTTPStatus, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the requests of clients are logged already."""
