"""InvokeEndpointAsync: requests that are queued, carried out one after the other, and answered in S3.

Locations, notifications and time limits are those of "Asynchronous inference" in the developer guide.
"""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from werkzeug.wrappers import Response

from ..cloud import Cloud
from ..cloud.storage import NoSuchDataError, split
from ..handlers import Handlers
from ..wire import JSON_TYPE, AwsError, Call
from .endpoint import Endpoint
from .invoking import ask, invoked, request_of
from .talking import MEGABYTE, Answer, Request

MAX_ANSWER = 1024 * MEGABYTE
MAX_SECONDS = 900.0
TTL_SECONDS = 21_600.0
"""Bytes of an answer; how long it may take, and how long a request may wait, unless it says otherwise."""

AT_ONCE = 4
"""How many requests one instance is given at once, unless the configuration says otherwise; AWS finds the best."""

UNKNOWN = "binary/octet-stream"
"""What S3 says of an object whose type nobody has told."""

OWN = "X-Amzn-SageMaker-"
NOTED = {"SuccessTopic": "SUCCESS_NOTIFICATION_TOPIC", "ErrorTopic": "ERROR_NOTIFICATION_TOPIC"}


@dataclass(frozen=True)
class Order:
    """One request that is to be carried out. `config` is the endpoint's AsyncInferenceConfig; times are since 1970."""

    endpoint: Endpoint
    config: Mapping[str, Any]
    id: str
    request: Request
    source: str
    output: str
    failure: str
    expires: float
    received: float = field(default_factory=time.time)


def invoke_async(cloud: Cloud, call: Call) -> Response:
    """Queue a request; tell where its answer will be."""
    endpoint = invoked(cloud, call)
    if not (config := endpoint.plan.config.get("AsyncInferenceConfig")):
        raise AwsError("ValidationError", f"Endpoint {endpoint.name} is not asynchronous; use InvokeEndpoint.")
    if endpoint.status.value == "Creating":
        raise AwsError("ValidationError", f"Endpoint {endpoint.name} of account {call.caller.account} not found.")
    order = _order(endpoint, config, call)
    limit = config.get("ClientConfig", {}).get("MaxConcurrentInvocationsPerInstance", AT_ONCE)
    count = sum(variant.count for variant in endpoint.fleet.variants) or 1
    endpoint.queue.put(cloud, partial(_carry_out, cloud, order), limit * count)
    places = {f"{OWN}OutputLocation": order.output, f"{OWN}FailureLocation": order.failure}
    told = {name: place for name, place in places.items() if place}
    return Response(json.dumps({"InferenceId": order.id}), 202, told, content_type=JSON_TYPE)


def _order(endpoint: Endpoint, config: Mapping[str, Any], call: Call) -> Order:
    given, output = call.request.headers, config["OutputConfig"]
    source = given.get(f"{OWN}InputLocation", "")
    if not source and not call.request.content_length:
        raise AwsError("ValidationError", "Either InputLocation or Body must be given.")
    extension, unique = given.get(f"{OWN}S3OutputPathExtension", "").strip("/"), str(uuid.uuid4())
    name = "/".join(filter(None, [extension, given.get(f"{OWN}Filename") or f"{unique}.out"]))
    failed = "/".join(filter(None, [extension, f"{unique}-error.out"]))
    seconds = _seconds(call, "InvocationTimeoutSeconds", MAX_SECONDS)
    request = replace(_asked(call), seconds=seconds, most=MAX_ANSWER)
    return Order(
        endpoint,
        config,
        given.get(f"{OWN}Inference-Id") or unique,
        request,
        source,
        _below(output.get("S3OutputPath") or f"s3://sagemaker-{call.caller.region}-{call.caller.account}", name),
        _below(output["S3FailurePath"], failed) if output.get("S3FailurePath") else "",
        time.time() + _seconds(call, "RequestTTLSeconds", TTL_SECONDS),
    )


def _seconds(call: Call, name: str, default: float) -> float:
    given = call.request.headers.get(f"{OWN}{name}")
    if given is not None and not given.isdecimal():
        raise AwsError("ValidationError", f"{name} must be a number of seconds, not {given}.")
    return float(given) if given else default


def _asked(call: Call) -> Request:
    """Return what the container is asked: the media types have headers of their own here."""
    request, given = request_of(call), call.request.headers
    media = {name: given.get(f"{OWN}{name}", "") for name in ("Content-Type", "Accept")}
    kept = {name: value for name, value in request.headers.items() if name not in media}
    return replace(request, headers={**kept, **{name: value for name, value in media.items() if value}})


def _below(folder: str, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}"


def _carry_out(cloud: Cloud, order: Order) -> None:
    try:
        answer = _answer(cloud, order)
        _write(cloud, order, order.output, answer.body, answer.content_type)
    except AwsError as error:
        _fail(cloud, order, error.message, str(error.extra.get("OriginalMessage", error.message)))
    except (ClientError, BotoCoreError, NoSuchDataError) as error:
        _fail(cloud, order, str(error), str(error))
    else:
        told = {"contentType": answer.content_type, "outputLocation": order.output}
        completed = {"invocationStatus": "Completed", "responseParameters": told}
        _notify(cloud, order, "SuccessTopic", completed, answer.body)


def _fail(cloud: Cloud, order: Order, reason: str, said: str) -> None:
    """Tell that an order failed; `said` is what the container said, or the reason."""
    with suppress(ClientError, BotoCoreError, NoSuchDataError):
        if order.failure:
            _write(cloud, order, order.failure, said.encode(), "text/plain")
    _notify(cloud, order, "ErrorTopic", {"invocationStatus": "Failed", "failureReason": reason}, said.encode())


def _answer(cloud: Cloud, order: Order) -> Answer:
    if time.time() > order.expires:
        raise AwsError("ValidationError", "The request expired before it was processed.")
    request = order.request
    if order.source:
        bucket, key = split(order.source)
        given = cloud.client("s3", order.endpoint.caller).get_object(Bucket=bucket, Key=key)
        known = {} if given["ContentType"] == UNKNOWN else {"Content-Type": given["ContentType"]}
        request = replace(request, body=given["Body"].read(), headers={**known, **request.headers})
    with order.endpoint.variant_for(None) as variant:
        answer = ask(order.endpoint, variant, request)
    if variant.capture:
        variant.capture.note(request, answer, order.id)
    return answer


def _write(cloud: Cloud, order: Order, uri: str, body: bytes, content_type: str) -> None:
    bucket, key = split(uri)
    cloud.client("s3", order.endpoint.caller).put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type)


def _notify(cloud: Cloud, order: Order, topic: str, told: Mapping[str, Any], said: bytes) -> None:
    """Publish what became of an order, if the configuration names a topic for it."""
    config = order.config["OutputConfig"].get("NotificationConfig") or {}
    if topic not in config:
        return
    message = {**_message(order), **told}
    if NOTED[topic] in config.get("IncludeInferenceResponseIn", []):
        message["responseBody"] = {"content": base64.b64encode(said).decode(), "encoding": "BASE64"}
    with suppress(ClientError, BotoCoreError):
        sns = cloud.client("sns", order.endpoint.caller)
        sns.publish(TopicArn=config[topic], Message=json.dumps(message))


def _message(order: Order) -> dict[str, Any]:
    asked = {
        "contentType": order.request.headers.get("Content-Type"),
        "accept": order.request.headers.get("Accept"),
        "endpointName": order.endpoint.name,
        "inputLocation": order.source,
    }
    return {
        "awsRegion": order.endpoint.caller.region,
        "eventTime": _time(time.time()),
        "receivedTime": _time(order.received),
        "requestParameters": {name: value for name, value in asked.items() if value},
        "inferenceId": order.id,
        "eventVersion": "1.0",
        "eventSource": "aws:sagemaker",
        "eventName": "InferenceResult",
    }


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


HANDLERS: Handlers = {"SageMakerRuntime.InvokeEndpointAsync": invoke_async}
