"""Lambda functions in Python: moto keeps them, their code is kept here, and each call is a process.

What moto would need Docker for, InvokeFunction, is in invoking.py.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Response

from ..cloud import Cloud, storage
from ..handlers import Handlers
from ..wire import AwsError, Call, Caller


def create(cloud: Cloud, call: Call) -> Response:
    """Make a function and keep its code."""
    return _keep(cloud, call, call.parameters["FunctionName"], call.parameters.get("Code", {}))


def update_code(cloud: Cloud, call: Call) -> Response:
    """Give a function other code."""
    return _keep(cloud, call, call.parameters["FunctionName"], call.parameters)


def _keep(cloud: Cloud, call: Call, name: str, code: Mapping[str, Any]) -> Response:
    response = cloud.floor.forward(call.request, call.caller, call.operation)
    if response.status_code < HTTPStatus.MULTIPLE_CHOICES:
        place = archive_of(cloud, call.caller, name)
        place.parent.mkdir(parents=True, exist_ok=True)
        _write(cloud, call.caller, code, place)
    return response


def archive_of(cloud: Cloud, caller: Caller, name: str) -> Path:
    """Return where a function's zip archive is kept; `name` may be its ARN."""
    return cloud.kept / "functions" / caller.account / caller.region / f"{name_of(name)}.zip"


def name_of(given: str) -> str:
    """Return a function's name, given that, its ARN, or either with a version. Raises AwsError."""
    name = given.rpartition("function:")[2].partition(":")[0]
    if not name.replace("-", "").replace("_", "").isalnum():
        raise AwsError("ValidationException", f"{given} is not the name of a function.")
    return name


def _write(cloud: Cloud, caller: Caller, code: Mapping[str, Any], place: Path) -> None:
    if "ZipFile" in code:
        try:
            place.write_bytes(base64.b64decode(code["ZipFile"], validate=True))
        except binascii.Error as error:
            raise AwsError("InvalidParameterValueException", "ZipFile is not base64.") from error
    elif "S3Bucket" in code:
        storage.download(cloud, caller, f"s3://{code['S3Bucket']}/{code['S3Key']}", place)
    else:
        place.unlink(missing_ok=True)


HANDLERS: Handlers = {
    "Lambda.CreateFunction": create,
    "Lambda.UpdateFunctionCode": update_code,
}
