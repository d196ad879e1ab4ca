"""Requests to an endpoint: InvokeEndpoint, and the same with an answer that comes piece by piece."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from functools import partial

from werkzeug.wrappers import Response

from ..cloud import Cloud
from ..handlers import Handlers
from ..wire import AwsError, Call
from . import event_stream, find
from .endpoint import Endpoint
from .metering import Timing
from .talking import MEGABYTE, Answer, NoAnswerError, Request, Stream
from .variant import Variant

MAX_BODY = 6 * MEGABYTE
SERVERLESS_MAX_BODY = 4 * MEGABYTE
"""Bytes of an InvokeEndpoint request, as documented."""

OWN = "X-Amzn-Sagemaker-"
"""How the headers begin that pass between client and container, both ways."""

MEDIA = ("Content-Type", "Accept")
TARGET_VARIANT = "X-Amzn-SageMaker-Target-Variant"


def invoke(cloud: Cloud, call: Call) -> Response:
    """Hand a request to one of the variants and its answer back."""
    endpoint, request = at_once(cloud, call), request_of(call)
    with endpoint.variant_for(call.request.headers.get(TARGET_VARIANT)) as variant:
        check_size(variant, request)
        answer = ask(endpoint, variant, request)
        _ask_shadows(cloud, endpoint, request)
    if variant.capture:
        variant.capture.note(request, answer, call.request.headers.get("X-Amzn-SageMaker-Inference-Id", ""))
    return Response(answer.body, 200, _told(variant, answer.headers), content_type=answer.content_type)


def invoke_with_response_stream(cloud: Cloud, call: Call) -> Response:
    """Hand a request to one of the variants, and its answer back while it comes."""
    endpoint, request = at_once(cloud, call), request_of(call)
    with ExitStack() as lent:
        variant = lent.enter_context(endpoint.variant_for(call.request.headers.get(TARGET_VARIANT)))
        check_size(variant, request)
        with variant.meter.invocation() as timing:
            stream = _begin(endpoint, variant, request, timing)
        content_type = stream.headers.get("Content-Type", "")
        headers = {**_told(variant, stream.headers), "X-Amzn-SageMaker-Content-Type": content_type}
        response = Response(_framed(stream), 200, headers, content_type=event_stream.CONTENT_TYPE)
        # The variant is given back when the last piece is sent, or the client is gone.
        response.call_on_close(lent.pop_all().close)
        return response


def ask(endpoint: Endpoint, variant: Variant, request: Request) -> Answer:
    """Return what `variant` answers; raise AwsError, a ModelError, if it refuses or does not answer."""
    with variant.meter.invocation() as timing:
        stream = _begin(endpoint, variant, request, timing)
        try:
            with timing.of_model():
                return stream.whole(request)
        except NoAnswerError as error:
            raise _model_error(endpoint, error.status, str(error), error.container) from error


def _begin(endpoint: Endpoint, variant: Variant, request: Request, timing: Timing) -> Stream:
    """Return the beginning of an answer that is not a refusal. Raises AwsError."""
    try:
        with timing.of_model():
            stream = variant.ask(request)
            timing.status = stream.status
            if stream.status >= 400:
                said = stream.whole(request).body.decode(errors="replace")
                raise _model_error(endpoint, stream.status, said, stream.container)
            return stream
    except NoAnswerError as error:
        raise _model_error(endpoint, error.status, str(error), error.container) from error


def _ask_shadows(cloud: Cloud, endpoint: Endpoint, request: Request) -> None:
    """Ask the shadow variants too, each as often as its weight says; nobody hears their answers."""
    total = sum(variant.weight for variant in endpoint.fleet.variants) or 1.0
    for shadow in endpoint.fleet.shadows:
        if random.random() < shadow.weight / total:  # noqa: S311  not a secret
            shadow.begin()
            cloud.start(partial(_ask_shadow, endpoint, shadow, request))


def _ask_shadow(endpoint: Endpoint, shadow: Variant, request: Request) -> None:
    try:
        with suppress(AwsError):
            ask(endpoint, shadow, request)
    finally:
        shadow.end()


def _framed(stream: Stream) -> Iterator[bytes]:
    try:
        for piece in stream.pieces:
            yield event_stream.event("PayloadPart", piece, "application/octet-stream")
    except NoAnswerError as error:
        said = {"Message": str(error), "ErrorCode": "ModelInvocationFailed"}
        yield event_stream.exception("ModelStreamError", json.dumps(said).encode())


def at_once(cloud: Cloud, call: Call) -> Endpoint:
    """Return the endpoint that a request is for, if it answers at once. Raises AwsError."""
    endpoint = invoked(cloud, call)
    if "AsyncInferenceConfig" in endpoint.plan.config:
        raise AwsError(
            "ValidationError", f"Endpoint {endpoint.name} is asynchronous; invoke it with InvokeEndpointAsync."
        )
    return endpoint


def invoked(cloud: Cloud, call: Call) -> Endpoint:
    """Return the endpoint that a request is for. Raises AwsError."""
    if endpoint := find(cloud, call):
        return endpoint
    name, account = call.parameters["EndpointName"], call.caller.account
    raise AwsError("ValidationError", f"Endpoint {name} of account {account} not found.")


def request_of(call: Call) -> Request:
    """Return what the container is asked: the headers of the API pass, and no others."""
    given = call.request.headers
    passed = {name: value for name, value in given.items() if name.title().startswith(OWN) or name in MEDIA}
    if accept := given.get("X-Amzn-SageMaker-Accept"):
        passed["Accept"] = accept
    return Request(
        call.request.get_data(),
        passed,
        model=given.get("X-Amzn-SageMaker-Target-Model", ""),
        host=given.get("X-Amzn-SageMaker-Target-Container-Hostname", ""),
        component=given.get("X-Amzn-SageMaker-Inference-Component", ""),
    )


def check_size(variant: Variant, request: Request) -> None:
    """Raise AwsError if a request is larger than a variant takes."""
    limit = SERVERLESS_MAX_BODY if "ServerlessConfig" in variant.wanted.told else MAX_BODY
    if len(request.body) > limit:
        raise AwsError("413", f"HTTP content length exceeded {limit} bytes.", 413)


def _told(variant: Variant, headers: Mapping[str, str]) -> dict[str, str]:
    own = {name: value for name, value in headers.items() if name.startswith(OWN)}
    return {**own, "x-Amzn-Invoked-Production-Variant": variant.name}


def _model_error(endpoint: Endpoint, status: int, said: str, container: str) -> AwsError:
    caller, group = endpoint.caller, f"/aws/sagemaker/Endpoints/{endpoint.name}"
    side = "client" if 400 <= status < 500 else "server"
    console = f"https://{caller.region}.console.aws.amazon.com/cloudwatch/home?region={caller.region}"
    return AwsError(
        "ModelError",
        f'Received {side} error ({status}) from {container} with message "{said}". See '
        f"{console}#logEventViewer:group={group} in account {caller.account} for more information.",
        status=424,
        OriginalStatusCode=status,
        OriginalMessage=said,
        LogStreamArn=f"arn:aws:logs:{caller.region}:{caller.account}:log-group:{group}",
    )


HANDLERS: Handlers = {
    "SageMakerRuntime.InvokeEndpoint": invoke,
    "SageMakerRuntime.InvokeEndpointWithResponseStream": invoke_with_response_stream,
}
