"""moto, reached only over its wire: requests in, responses out, nothing of its insides.

Three names of moto are used, all from its own server: the dispatcher, the app factory and the request handler.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from botocore.model import OperationNotFoundError
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from ..service_models import name_rest_operation
from ..wire import FORM, JSON_TYPE, AwsError, Caller, authorization, not_there
from .entries import Entry
from .journal import Journal

__all__ = ["MotoFloor", "MotoRequestHandler"]

TARGETS = {"SageMaker": "sagemaker", "Logs_20140328": "logs"}
"""Signing names by the first part of ``X-Amz-Target``, for the calls this package makes itself."""

WAITING = ("AmazonSQS.ReceiveMessage",)
"""Operations that may wait for what another request brings: they hold nobody up, and are not written down."""


class _Dispatcher(DomainDispatcherApplication):
    """Finds the service of a request; moto itself looks through its own folders on the disk for that, each time."""

    def get_backend_for_host(self, host: str | None) -> Any:
        return self._known(host)

    @lru_cache(maxsize=1000)  # noqa: B019  there is one, for as long as the process
    def _known(self, host: str | None) -> Any:
        return super().get_backend_for_host(host)


class MotoFloor:
    """The state of AWS resources, by account and region; with a journal it is there again at the next start."""

    def __init__(self, journal: Journal | None = None) -> None:
        self._journal = journal
        self._app = _Dispatcher(create_backend_app)
        # moto's SageMaker lists are plain dicts: one request at a time, all of them quick.
        self._lock = threading.RLock()

    def forward(self, request: Request, caller: Caller, operation: str) -> Response:
        """Return moto's answer to `request`. `operation` is only for the message if moto has no such thing.

        Raises AwsError, also if there is a journal and it cannot be written.
        """
        journal = self._journal
        if operation in WAITING:
            request.environ["HTTP_X_MOTO_ACCOUNT_ID"] = caller.account
            return self._answer(request, caller, operation)
        if journal is None or not journal.wants(request, caller, operation):
            return self.ask(request, caller, operation)
        entry = journal.entry_of(request, caller)  # who sends slowly keeps nobody waiting
        with self._lock:
            return journal.keep(entry, lambda entry: self._do(journal, entry, operation))

    def ask(self, request: Request, caller: Caller, operation: str) -> Response:
        """Return moto's answer to `request`, and write nothing down."""
        request.environ["HTTP_X_MOTO_ACCOUNT_ID"] = caller.account
        if caller.service == "sagemaker" or self._journal:
            with self._lock:
                return self._answer(request, caller, operation)
        return self._answer(request, caller, operation)

    def restore(self, note: Callable[[Request, Caller, Response], None]) -> None:
        """Bring back what the journal holds; `note` is told each request and its answer."""
        journal = self._journal
        if journal is None:
            return

        def do(entry: Entry) -> Response:
            response = self._do(journal, entry, "replay")
            builder = EnvironBuilder(quote(entry.path), method=entry.method, query_string=entry.query)
            note(Request(builder.get_environ()), entry.caller, response)
            return response

        journal.replay(do)

    def _do(self, journal: Journal, entry: Entry, operation: str) -> Response:
        """Return moto's answer to an entry, now and at each start after: that is why it gets no more than is kept."""
        environ = entry.environ(journal.bodies)
        with environ["wsgi.input"]:
            return self.ask(Request(environ), entry.caller, operation)

    def call(self, caller: Caller, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Do a JSON operation such as ``SageMaker.CreateModel`` and return its result.

        Raises AwsError with moto's own code and message.
        """
        service = TARGETS[operation.partition(".")[0]]
        headers = {"X-Amz-Target": operation, "Authorization": authorization(caller, service), "Host": "127.0.0.1"}
        builder = EnvironBuilder(
            "/", method="POST", headers=list(headers.items()), json=parameters, content_type=JSON_TYPE
        )
        caller = Caller(caller.account, caller.region, service)
        response = self.forward(Request(builder.get_environ()), caller, operation)
        result = json.loads(response.get_data() or b"{}")
        if response.status_code >= 400:
            raise AwsError(result["__type"], result.get("message") or result["Message"], response.status_code)
        return _without_empty(result)

    def _answer(self, request: Request, caller: Caller, operation: str) -> Response:
        environ = request.environ
        host = self._app.infer_service_region_host(environ, environ["PATH_INFO"])
        # A request that tells no service, a presigned URL for example, is for S3.
        if host is not None and self._app.get_backend_for_host(host) is None:
            raise _not_there(request, caller, operation)
        try:
            response = Response.from_app(self._app, environ)
        except (NotImplementedError, OperationNotFoundError, ModuleNotFoundError) as error:
            # The last one: moto would know it, with a library that this project has no use for.
            raise _not_there(request, caller, operation) from error
        except Exception as error:
            # It would stumble again: not 500, or clients would try again, and take what is half done for done.
            raise AwsError("InternalFailure", f"moto, which keeps this, cannot: {error!r}") from error
        if caller.service != "s3" and _is_flasks_own(response):
            raise _not_there(request, caller, operation)
        return response


def _is_flasks_own(response: Response) -> bool:
    """Return whether moto has no such path: the answer is a web page, or next to nothing, and not AWS's."""
    if response.status_code not in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
        return False
    return response.get_data().lower().startswith(b"<!doctype html") or response.get_data() in (b"", b"Not Found")


def _not_there(request: Request, caller: Caller, operation: str) -> AwsError:
    """Return the answer to an operation moto does not know. Only a REST request does not name it itself."""
    if "X-Amz-Target" in request.headers or request.mimetype == FORM:
        return not_there(operation)
    return not_there(name_rest_operation(caller.service, request.method, request.path) or operation)


def _without_empty(result: dict[str, Any]) -> dict[str, Any]:
    """Leave out members that AWS leaves out: moto says ``"VpcConfig": {}``, which the SDK's shapes refuse."""
    return {name: value for name, value in result.items() if value not in ({}, None)}
