"""moto, reached only over its wire: requests in, responses out, nothing of its insides.

Three names of moto are used, all from its own server: the dispatcher, the app factory and the request handler.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any

from botocore.model import OperationNotFoundError
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from .wire import JSON_TYPE, AwsError, Caller, not_there

__all__ = ["MotoFloor", "MotoRequestHandler"]

TARGETS = {"SageMaker": "sagemaker", "Logs_20140328": "logs"}
"""Signing names by the first part of ``X-Amz-Target``, for the calls this package makes itself."""


class MotoFloor:
    """The state of AWS resources, by account and region."""

    def __init__(self) -> None:
        self._app = DomainDispatcherApplication(create_backend_app)
        # moto's SageMaker lists are plain dicts: one request at a time, all of them quick.
        self._lock = threading.RLock()

    def forward(self, request: Request, caller: Caller, operation: str) -> Response:
        """Return moto's answer to `request`. `operation` is only for the message if moto has no such thing."""
        request.environ["HTTP_X_MOTO_ACCOUNT_ID"] = caller.account
        if caller.service == "sagemaker":
            with self._lock:
                return self._answer(request.environ, operation)
        return self._answer(request.environ, operation)

    def call(self, caller: Caller, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Do a JSON operation such as ``SageMaker.CreateModel`` and return its result.

        Raises AwsError with moto's own code and message.
        """
        service = TARGETS[operation.partition(".")[0]]
        headers = {"X-Amz-Target": operation, "Authorization": _authorization(caller, service), "Host": "127.0.0.1"}
        builder = EnvironBuilder(
            "/", method="POST", headers=list(headers.items()), json=parameters, content_type=JSON_TYPE
        )
        caller = Caller(caller.account, caller.region, service)
        response = self.forward(Request(builder.get_environ()), caller, operation)
        result = json.loads(response.get_data() or b"{}")
        if response.status_code >= 400:
            raise AwsError(result["__type"], result.get("message") or result["Message"], response.status_code)
        return _without_empty(result)

    def _answer(self, environ: dict[str, Any], operation: str) -> Response:
        if self._app.get_backend_for_host(self._app.infer_service_region_host(environ, environ["PATH_INFO"])) is None:
            raise not_there(operation)
        try:
            return Response.from_app(self._app, environ)
        except (NotImplementedError, OperationNotFoundError) as error:
            raise not_there(operation) from error


def _without_empty(result: dict[str, Any]) -> dict[str, Any]:
    """Leave out members that AWS leaves out: moto says ``"VpcConfig": {}``, which the SDK's shapes refuse."""
    return {name: value for name, value in result.items() if value not in ({}, None)}


def _authorization(caller: Caller, service: str) -> str:
    return f"AWS4-HMAC-SHA256 Credential={caller.account}/20180101/{caller.region}/{service}/aws4_request"
