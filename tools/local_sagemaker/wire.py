"""What goes over the wire: a request as handlers see it, and errors shaped as AWS shapes them."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from werkzeug.wrappers import Request, Response

DEFAULT_ACCOUNT = "111122223333"
DEFAULT_REGION = "us-east-1"
JSON_TYPE = "application/x-amz-json-1.1"
FORM = "application/x-www-form-urlencoded"
"""What requests of the JSON protocols and of the query protocol are sent as."""


@dataclass(frozen=True)
class Caller:
    """Who asks, where, and of which service. The access key id is the account number.

    `service` is the signing name, such as ``sagemaker``, ``s3`` or ``logs``.
    """

    account: str
    region: str
    service: str


@dataclass(frozen=True)
class Call:
    """One request to an operation.

    `operation` is ``SageMaker.CreateTrainingJob``, ``SageMakerRuntime.InvokeEndpoint``, ``IAM.GetRole``;
    `parameters` are the request's members as AWS names them.
    """

    caller: Caller
    operation: str
    parameters: Mapping[str, Any]
    request: Request


class Parameters(dict[str, Any]):
    """A JSON object of a request. A member that is asked for and is not there makes the request invalid."""

    def __missing__(self, name: str) -> Any:
        raise validation_error(f"Missing required parameter: {name}")


class AwsError(Exception):
    """An answer that says no. `extra` adds members to a JSON body."""

    def __init__(self, code: str, message: str, status: int = 400, **extra: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status, self.extra = code, message, status, extra


def validation_error(message: str) -> AwsError:
    """Return SageMaker's answer to a request that makes no sense in the present state."""
    return AwsError("ValidationException", message)


def check_name(member: str, name: str) -> str:
    """Return `name` if it can be one; names become folders here, so nothing else may. Raises AwsError."""
    if not _NAME.fullmatch(name):
        raise validation_error(f"Value '{name}' at '{member}' failed to satisfy constraint: {_NAME.pattern}")
    return name


_READING = ("Describe", "List", "Get", "Head", "Search", "Simulate", "Filter", "Lookup", "Query", "BatchGet")


def reads(operation: str) -> bool:
    """Return whether an operation such as ``IAM.GetRole`` changes nothing, by its name."""
    return operation.partition(".")[2].startswith(_READING)


NOT_THERE = "UnknownOperationException"


def not_there(operation: str) -> AwsError:
    """Return the answer to an operation that nobody here does; 400, so that clients do not try again."""
    return AwsError(NOT_THERE, f"The operation {operation} is not there in local_sagemaker.")


_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d{8}/([a-z0-9-]+)/([^/]+)/aws4_request")
_ACCOUNT = re.compile(r"\d{12}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")


def caller_of(request: Request) -> Caller:
    """Return who signed `request`, from its header or, for a presigned URL, its query string (SigV4)."""
    scope = request.headers.get("Authorization", "")
    if "X-Amz-Credential" in request.args:
        scope = f"Credential={request.args['X-Amz-Credential']}"
    if not (match := _CREDENTIAL.search(scope)):
        # Unsigned, or signed the old way (SigV2), which only S3's presigned URLs still are.
        return Caller(_account(request.args.get("AWSAccessKeyId", "")), DEFAULT_REGION, "s3")
    key, region, service = match.groups()
    return Caller(_account(key), region, service.lower())


def authorization(caller: Caller, service: str) -> str:
    """Return the header of a request that this package makes itself; moto reads it, nobody checks it."""
    return f"AWS4-HMAC-SHA256 Credential={caller.account}/20180101/{caller.region}/{service}/aws4_request"


def _account(access_key_id: str) -> str:
    if _ACCOUNT.fullmatch(access_key_id):
        return access_key_id
    if access_key_id.startswith("ASIA"):
        return _account_of_role(access_key_id)
    return DEFAULT_ACCOUNT


def _account_of_role(access_key_id: str) -> str:
    """Return the account of credentials that AssumeRole gave: 40 bits of the key after its first (Beery, 2023)."""
    try:
        decoded = base64.b32decode(access_key_id[4:])
    except binascii.Error:
        return DEFAULT_ACCOUNT
    return f"{(int.from_bytes(decoded[:6]) & 0x7FFF_FFFF_FF80) >> 7:012}"


def json_reply(body: Mapping[str, Any]) -> Response:
    """Return an AWS JSON 1.1 response."""
    return Response(json.dumps(body), content_type=JSON_TYPE)


def error_reply(error: AwsError, request: Request, service: str) -> Response:
    """Return `error` in the form of the protocol in which `request` came, which depends on the service."""
    if form := _xml_form(request, service):
        body = form.format(code=error.code, message=escape(error.message))
        return Response(body, error.status, content_type="text/xml")
    said = {"__type": error.code, "message": error.message, "Message": error.message, **error.extra}
    return Response(json.dumps(said), error.status, {"x-amzn-errortype": error.code}, content_type=JSON_TYPE)


def _xml_form(request: Request, service: str) -> str | None:
    if service in _XML:
        return _XML[service]
    return _QUERY_ERROR if request.mimetype == FORM else None


_QUERY_ERROR = (
    "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    "<RequestId>local</RequestId></ErrorResponse>"
)
_XML = {
    "s3": "<Error><Code>{code}</Code><Message>{message}</Message></Error>",
    "ec2": "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors></Response>",
    "cloudfront": _QUERY_ERROR,
    "route53": _QUERY_ERROR,
}
