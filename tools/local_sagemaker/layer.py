"""The door of the server: one WSGI application in front of moto.

It refuses strangers, works out whose request it is and which operation, and lets a handler of `OPERATIONS` answer, or
else moto.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Request, Response

from . import constraints, service_models
from .cloud import Cloud
from .operations import OPERATIONS
from .samples.shop import Shop
from .service_models import RestCall, rest_call
from .wire import FORM, AwsError, Call, Caller, Parameters, caller_of, error_reply, json_reply, not_there, reads

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HOSTS = re.compile(r"(127\.0\.0\.1|localhost)(:\d+)?")
"""Names that mean this machine. A page in a browser that has rebound its own name to 127.0.0.1 sends another."""

MAX_OBJECT = 5 * 1024**3
MAX_REQUEST = 64 * 1024**2
"""Bytes of an S3 request, which may carry an object, and of any other."""

REST = ("lambda", "sagemaker")
"""Services of which a REST request may be for a handler."""

RUNTIME_PATHS = {
    "invocations": "SageMakerRuntime.InvokeEndpoint",
    "async-invocations": "SageMakerRuntime.InvokeEndpointAsync",
    "invocations-response-stream": "SageMakerRuntime.InvokeEndpointWithResponseStream",
}


def _plainly(call: Call) -> AbstractContextManager[None]:
    return nullcontext()


class Layer:
    """A WSGI application."""

    def __init__(self, cloud: Cloud, keeping: Callable[[Call], AbstractContextManager[None]] = _plainly) -> None:
        """`keeping` returns the context in which a call is done that may change something."""
        self._cloud, self._keeping = cloud, keeping
        self._samples = Shop(cloud.floor)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; an error is an answer too."""
        request = Request(environ)
        caller = caller_of(request)
        try:
            _check(request, caller)
            response = self._answer(request, caller)
        except AwsError as error:
            response = error_reply(error, request, caller.service)
        except Exception as error:
            self._cloud.tell_bug()
            failure = AwsError("InternalFailure", f"{request.method} {request.path}: {error!r}", 500)
            response = error_reply(failure, request, caller.service)
        return response(environ, start_response)

    def _answer(self, request: Request, caller: Caller) -> Response:
        operation, parameters = _operation(request, caller)
        service, _, name = operation.partition(".")
        if service == service_models.TARGET:
            constraints.check(name, parameters())
        handler = OPERATIONS.get(operation)
        if handler:
            call = Call(caller, operation, parameters(), request)
            changes = operation.startswith("SageMaker.") and not reads(operation)
            with self._keeping(call) if changes else nullcontext():
                result = handler(self._cloud, call)
            return json_reply(result) if isinstance(result, dict) else result
        if operation.startswith("SageMakerRuntime."):
            raise not_there(operation)
        return self._forward(request, caller, operation)

    def _forward(self, request: Request, caller: Caller, operation: str) -> Response:
        if operation.startswith("SageMaker."):
            return json_reply(self._cloud.floor.call(caller, operation, _json(request)))
        if caller.service != "s3":
            _body(request)  # moto would read whatever is sent
            return self._cloud.floor.forward(request, caller, operation)
        self._cloud.buckets.check(request, caller)
        self._samples.serve(request)
        response = self._cloud.floor.forward(request, caller, operation)
        self._cloud.buckets.note(request, caller, response)
        return response


def _check(request: Request, caller: Caller) -> None:
    if not HOSTS.fullmatch(request.headers.get("Host", "")):
        raise AwsError("AccessDeniedException", "This server answers to 127.0.0.1 only.", 403)
    if "Origin" in request.headers:
        raise AwsError("AccessDeniedException", "This server does not answer web pages.", 403)
    if request.path.startswith("/moto-api"):
        raise AwsError("AccessDeniedException", "There is no such path.", 403)
    limit = MAX_OBJECT if caller.service == "s3" else MAX_REQUEST
    request.max_content_length = limit
    if (request.content_length or 0) > limit:
        raise _too_large(limit)


def _too_large(limit: int | None) -> AwsError:
    return AwsError("RequestEntityTooLargeException", f"The request is larger than {limit} bytes.", 413)


def _operation(request: Request, caller: Caller) -> tuple[str, Callable[[], dict[str, Any]]]:
    """Return the operation's name and a function that reads its parameters.

    The body is read only if a handler wants it or the operation's name is in it: an S3 object passes through unread.
    """
    if target := request.headers.get("X-Amz-Target"):
        return target, lambda: _json(request)
    if caller.service == "sagemaker" and request.path.startswith("/endpoints/"):
        _, _, name, *rest = request.path.split("/")
        path = "/".join(rest)
        return RUNTIME_PATHS.get(path, f"SageMakerRuntime.{path}"), lambda: {"EndpointName": name}
    if caller.service != "s3" and request.mimetype == FORM:
        return f"{caller.service.upper()}.{_form(request).get('Action', '')}", lambda: _form(request)
    if caller.service in REST and (found := rest_call(caller.service, request.method, request.path)):
        return found.operation, lambda: _rest(request, found)
    return f"{caller.service} {request.method} {request.path}", dict


def _rest(request: Request, found: RestCall) -> dict[str, Any]:
    body = {found.body: _body(request)} if found.body else _json(request)
    query = {
        member: request.args.getlist(name) if many else request.args[name]
        for name, (member, many) in found.query.items()
        if name in request.args
    }
    return Parameters({**body, **query, **found.path})


def _json(request: Request) -> dict[str, Any]:
    try:
        parameters = json.loads(_body(request) or b"{}", object_hook=Parameters)
    except (ValueError, RecursionError) as error:
        raise AwsError("SerializationException", f"The body is not JSON: {error}") from error
    if not isinstance(parameters, dict):
        raise AwsError("SerializationException", "The body is not a JSON object.")
    return parameters


def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl(_body(request).decode(errors="replace")))


def _body(request: Request) -> bytes:
    """Return the body, and put it back for moto to read."""
    try:
        body = request.get_data()
    except RequestEntityTooLarge as error:
        raise _too_large(request.max_content_length) from error
    if len(body) >= MAX_REQUEST:
        # A body of unknown length is read up to the limit, and then seems to be at its end.
        raise _too_large(MAX_REQUEST)
    request.environ["wsgi.input"] = io.BytesIO(body)
    return body
