"""A call of a function: its code in a folder, its handler in a process, its lines in CloudWatch.

The answers are documented in the API reference of Invoke.
"""

from __future__ import annotations

import base64
import json
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from werkzeug.wrappers import Response

from .. import archives, containers, images
from ..cloud import Cloud
from ..cloud.logs import LogStream
from ..containers import Folder
from ..containers.hosts import time_limit
from ..handlers import Handlers
from ..wire import AwsError, Call, Caller
from . import archive_of, name_of

IMAGE = images.Image("lambda-python:3", "lambda-python-3.txt")
INIT_SECONDS = 10.0
"""A function's modules may take so long to be imported before its own time begins."""

TAIL = 4096
"""Bytes of the log that are told with an answer."""


@dataclass(frozen=True)
class Outcome:
    """What a call came to: the payload, whether it is an error, and what was printed."""

    payload: Any
    failed: bool
    log: str


class CannotRunError(Exception):
    """A function that is not for this machine."""


def invoke(cloud: Cloud, call: Call) -> Response:
    """Call a function, and wait for its answer unless the call is an event."""
    name, headers = name_of(call.parameters["FunctionName"]), call.request.headers
    told = _configuration(cloud, call.caller, name)
    kind = headers.get("X-Amz-Invocation-Type", "RequestResponse")
    if kind == "DryRun":
        return Response(status=204)
    event = _event(call.parameters["Payload"])
    if kind == "Event":
        cloud.start(partial(_run_in_silence, cloud, call.caller, told, event))
        return Response(status=202)
    try:
        outcome = run(cloud, call.caller, told, event)
    except CannotRunError as error:
        raise AwsError("InvalidRuntimeException", str(error), 502) from error
    response = Response(json.dumps(outcome.payload), content_type="application/json")
    response.headers["X-Amz-Executed-Version"] = "$LATEST"
    if outcome.failed:
        response.headers["X-Amz-Function-Error"] = "Unhandled"
    if headers.get("X-Amz-Log-Type") == "Tail":
        response.headers["X-Amz-Log-Result"] = base64.b64encode(outcome.log.encode()[-TAIL:]).decode()
    return response


def _configuration(cloud: Cloud, caller: Caller, name: str) -> dict[str, Any]:
    """Return what moto knows of a function. Raises AwsError."""
    try:
        return dict(cloud.client("lambda", caller).get_function_configuration(FunctionName=name))
    except ClientError as error:
        told = error.response["Error"]
        raise AwsError(told["Code"], told["Message"], error.response["ResponseMetadata"]["HTTPStatusCode"]) from error


def _event(payload: bytes) -> Any:
    try:
        return json.loads(payload or b"{}")
    except ValueError as error:
        raise AwsError("InvalidRequestContentException", f"Could not parse request body into json: {error}") from error


def _run_in_silence(cloud: Cloud, caller: Caller, told: Mapping[str, Any], event: Any) -> None:
    try:
        run(cloud, caller, told, event)
    except CannotRunError:
        return  # On AWS too, nobody hears of it.


def run(cloud: Cloud, caller: Caller, told: Mapping[str, Any], event: Any) -> Outcome:
    """Call the function that `told` describes. Raises CannotRunError."""
    name = told["FunctionName"]
    archive = archive_of(cloud, caller, name)
    if not str(told.get("Runtime", "")).startswith("python") or not archive.exists():
        raise CannotRunError("local_sagemaker runs functions in Python whose code is a zip archive")
    if told.get("Layers"):
        raise CannotRunError("local_sagemaker has no layers for functions")
    folder = Folder(cloud.home / "functions" / secrets.token_hex(8))
    task = folder.base / "task"
    try:
        folder.make()
        archives.unpack_zip(archive, task)
        (folder.base / "event.json").write_text(json.dumps(event), "utf-8")
        return _run(cloud, caller, told, folder, task)
    except (archives.BadArchiveError, images.BuildError) as error:
        raise CannotRunError(str(error)) from error
    finally:
        shutil.rmtree(folder.base, ignore_errors=True)


def _run(cloud: Cloud, caller: Caller, told: Mapping[str, Any], folder: Folder, task: Path) -> Outcome:
    python, seconds = images.python_of(IMAGE), float(told.get("Timeout", 3))
    group, stream = f"/aws/lambda/{told['FunctionName']}", f"[$LATEST]{secrets.token_hex(16)}"
    given = {
        **containers.aws_variables(cloud, caller),
        **told.get("Environment", {}).get("Variables", {}),
        "AWS_LAMBDA_FUNCTION_NAME": told["FunctionName"],
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(told.get("MemorySize", 128)),
        "AWS_LAMBDA_LOG_GROUP_NAME": group,
        "AWS_LAMBDA_LOG_STREAM_NAME": stream,
        "FUNCTION_ARN": told["FunctionArn"],
        "FUNCTION_TIMEOUT": str(seconds),
        "LAMBDA_TASK_ROOT": str(task),
    }
    command = [str(python), "-m", "local_sagemaker.toolkits.function", told["Handler"]]
    container = containers.start(cloud, folder, command, given)
    log, lines = LogStream(cloud, caller, group, stream), []
    with time_limit(INIT_SECONDS + seconds, container.stop):
        for line in container.lines():
            log.write(line)
            lines.append(line)
        container.process.wait()
    container.stop()  # what the function has left behind
    log.close()
    return _outcome(folder.base / "result.json", "".join(lines), seconds)


def _outcome(result: Path, log: str, seconds: float) -> Outcome:
    if not result.exists():
        return Outcome({"errorMessage": f"Task timed out after {seconds:.2f} seconds or exited"}, True, log)
    told = json.loads(result.read_text("utf-8"))
    return Outcome(told.get("value", told.get("error")), "error" in told, log)


HANDLERS: Handlers = {"Lambda.Invoke": invoke}
