"""Callback steps: a message to an SQS queue with a token, and then the wait for who brings the token back.

The message is documented in "Callback step" of the Developer Guide.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..cloud import Cloud, Key
from ..handlers import Handlers
from ..wire import AwsError, Call, validation_error
from .kinds import ALPHABET, SUFFIX_LENGTH, Doing, StepError, StepStoppedError

KIND = "pipeline-callback"


@dataclass
class Callback:
    """A step that waits. `outputs` or `failure` is what was brought back."""

    execution_arn: str
    outputs: list[dict[str, str]] = field(default_factory=list)
    failure: str | None = None
    answered: threading.Event = field(default_factory=threading.Event)


def do(doing: Doing) -> None:
    """Do a callback step."""
    token = "".join(secrets.choice(ALPHABET) for _ in range(SUFFIX_LENGTH))
    callback, key = Callback(doing.execution.arn), Key.of(doing.execution.caller, token)
    doing.cloud.shelf(KIND).add(key, callback)
    queue = doing.run.step.given["SqsQueueUrl"]
    told = {"CallbackToken": token, "SqsQueueUrl": queue}
    doing.run.metadata = {"Callback": told}
    try:
        _send(doing, queue, token, "Executing")
        doing.run.when_asked_to_stop(callback.answered.set)
        callback.answered.wait()
    finally:
        doing.cloud.shelf(KIND).remove(key)
    if doing.run.asked_to_stop.is_set():
        _send(doing, queue, token, "Stopping")
        raise StepStoppedError
    if callback.failure is not None:
        raise StepError(callback.failure)
    told["OutputParameters"] = callback.outputs
    doing.run.properties = {"OutputParameters": read(doing, callback.outputs)}


def read(doing: Doing, outputs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return a step's output parameters by name, as the types that the definition gives them. Raises StepError."""
    types = {each["OutputName"]: each["OutputType"] for each in doing.run.step.given.get("OutputParameters") or []}
    values = {each["Name"]: each["Value"] for each in outputs}
    if missing := sorted(types.keys() - values.keys()):
        raise StepError(f"ClientError: The output parameters {missing} are missing")
    return {name: _as(types[name], value) for name, value in values.items() if name in types}


def _as(wanted: str, value: str) -> Any:
    try:
        return value if wanted == "String" else json.loads(value.lower())
    except ValueError as error:
        raise StepError(f"ClientError: The output parameter {value} is not of type {wanted}") from error


def _send(doing: Doing, queue: str, token: str, status: str) -> None:
    message = {
        "token": token,
        "pipelineExecutionArn": doing.execution.arn,
        "status": status,
        "arguments": doing.arguments,
    }
    doing.call("sqs", "SendMessage", QueueUrl=queue, MessageBody=json.dumps(message))


def succeed(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Let a callback step succeed, with its output parameters."""
    callback = _find(cloud, call)
    callback.outputs = list(call.parameters.get("OutputParameters", []))
    callback.answered.set()
    return {"PipelineExecutionArn": callback.execution_arn}


def fail(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Let a callback step fail."""
    callback = _find(cloud, call)
    callback.failure = call.parameters.get("FailureReason", "")
    callback.answered.set()
    return {"PipelineExecutionArn": callback.execution_arn}


def _find(cloud: Cloud, call: Call) -> Callback:
    token = call.parameters["CallbackToken"]
    callback = cloud.shelf(KIND).find(Key.of(call.caller, token))
    if callback is None:
        raise AwsError("ResourceNotFound", f"No step waits for the callback token {token}.")
    assert isinstance(callback, Callback)
    if callback.answered.is_set():
        raise validation_error(f"The callback token {token} was brought back already.")
    return callback


HANDLERS: Handlers = {
    "SageMaker.SendPipelineExecutionStepSuccess": succeed,
    "SageMaker.SendPipelineExecutionStepFailure": fail,
}
