"""Requests to an endpoint: InvokeEndpoint, and the same with an answer that comes piece by piece."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack

from werkzeug.wrappers import Response

from ..cloud import Cloud
from ..handlers import Handlers
from ..wire import AwsError, Call
from . import event_stream, find
from .endpoint import Endpoint
from .variant import NoAnswerError, Stream, Variant

MAX_BODY = 6 * 1024**2
"""Bytes of an InvokeEndpoint request, as documented."""

PASSED = {
    "Content-Type": "Content-Type",
    "Accept": "Accept",
    "X-Amzn-SageMaker-Accept": "Accept",
    "X-Amzn-SageMaker-Custom-Attributes": "X-Amzn-SageMaker-Custom-Attributes",
}
"""The headers of a request that the container sees, and what it sees them as."""


def invoke(cloud: Cloud, call: Call) -> Response:
    """Hand a request to one of the variants and its answer back."""
    endpoint, body = _endpoint(cloud, call), _body(call)
    with endpoint.variant_for(_target(call)) as variant:
        try:
            answer = variant.invoke(body, _headers(call))
        except NoAnswerError as error:
            raise _model_error(endpoint, 500, str(error)) from error
    if answer.status >= 400:
        raise _model_error(endpoint, answer.status, answer.body.decode(errors="replace"))
    return Response(answer.body, 200, _told(variant), content_type=answer.content_type)


def invoke_with_response_stream(cloud: Cloud, call: Call) -> Response:
    """Hand a request to one of the variants, and its answer back while it comes."""
    endpoint, body = _endpoint(cloud, call), _body(call)
    with ExitStack() as lent:
        variant = lent.enter_context(endpoint.variant_for(_target(call)))
        try:
            stream = variant.stream(body, _headers(call))
            if stream.status >= 400:
                raise _model_error(endpoint, stream.status, b"".join(stream.pieces).decode(errors="replace"))
        except NoAnswerError as error:
            raise _model_error(endpoint, 500, str(error)) from error
        headers = {**_told(variant), "X-Amzn-SageMaker-Content-Type": stream.content_type}
        response = Response(_framed(stream), 200, headers, content_type=event_stream.CONTENT_TYPE)
        # The variant is given back when the last piece is sent, or the client is gone.
        response.call_on_close(lent.pop_all().close)
        return response


def _framed(stream: Stream) -> Iterator[bytes]:
    try:
        for piece in stream.pieces:
            yield event_stream.event("PayloadPart", piece, "application/octet-stream")
    except NoAnswerError as error:
        said = {"Message": str(error), "ErrorCode": "ModelInvocationFailed"}
        yield event_stream.exception("ModelStreamError", json.dumps(said).encode())


def _endpoint(cloud: Cloud, call: Call) -> Endpoint:
    if endpoint := find(cloud, call):
        return endpoint
    name, account = call.parameters["EndpointName"], call.caller.account
    raise AwsError("ValidationError", f"Endpoint {name} of account {account} not found.")


def _body(call: Call) -> bytes:
    body = call.request.get_data()
    if len(body) > MAX_BODY:
        raise AwsError("ValidationError", f"The request body has {len(body)} bytes; the limit is {MAX_BODY}.")
    return body


def _headers(call: Call) -> dict[str, str]:
    given = call.request.headers
    return {seen: given[name] for name, seen in PASSED.items() if name in given}


def _target(call: Call) -> str | None:
    return call.request.headers.get("X-Amzn-SageMaker-Target-Variant")


def _told(variant: Variant) -> dict[str, str]:
    return {"x-Amzn-Invoked-Production-Variant": variant.name}


def _model_error(endpoint: Endpoint, status: int, said: str) -> AwsError:
    caller, group = endpoint.caller, f"/aws/sagemaker/Endpoints/{endpoint.name}"
    side = "client" if status < 500 else "server"
    return AwsError(
        "ModelError",
        f'Received {side} error ({status}) from primary with message "{said}". See the log group {group}.',
        status=424,
        OriginalStatusCode=status,
        OriginalMessage=said,
        LogStreamArn=f"arn:aws:logs:{caller.region}:{caller.account}:log-group:{group}",
    )


HANDLERS: Handlers = {
    "SageMakerRuntime.InvokeEndpoint": invoke,
    "SageMakerRuntime.InvokeEndpointWithResponseStream": invoke_with_response_stream,
}
