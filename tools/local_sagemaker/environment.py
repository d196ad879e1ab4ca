"""What a client needs to find this server: environment variables, and the files they name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.request import getproxies_environment

from botocore.loaders import Loader

from .wire import DEFAULT_REGION

WAITER_DELAY = 0.2
WAITER_ATTEMPTS = 10_000
"""Seconds between two looks of a boto3 waiter, instead of up to 120, and how often it looks: jobs may queue."""

SDK_CONFIG = """\
# The SageMaker SDK's own defaults file: it sends no telemetry from a laptop.
SchemaVersion: '1.0'
SageMaker:
  PythonSDK:
    Modules:
      TelemetryOptOut: true
"""


def write(home: Path, endpoint: str, account: str) -> dict[str, str]:
    """Write the files into `home` and return the variables. No credentials of the user's are among them."""
    config, credentials, sdk = home / "aws-config", home / "aws-credentials", home / "sagemaker-sdk.yaml"
    data = home / "botocore"
    _write_waiters(data)
    _write_address_of_sts(data, endpoint)
    # `aws configure get region`, which notebooks ask in shell cells, looks here only.
    config.write_text(f"[default]\nregion = {DEFAULT_REGION}\n")
    credentials.touch()
    sdk.write_text(SDK_CONFIG)
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": DEFAULT_REGION,
        "AWS_REGION": DEFAULT_REGION,
        "AWS_CONFIG_FILE": str(config),
        "AWS_PROFILE": "default",
        "AWS_SHARED_CREDENTIALS_FILE": str(credentials),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_DATA_PATH": str(data),
        "SAGEMAKER_USER_CONFIG_OVERRIDE": str(sdk),
        **past_proxies(),
    }


def past_proxies() -> dict[str, str]:
    """Return what keeps clients, and this server itself, from asking the user's HTTP proxy for this server.

    botocore decides by the address that a client was made with, and the SDK makes some for AWS's own.
    """
    proxies = getproxies_environment()
    excepted = ",".join(filter(None, [proxies.pop("no", ""), "127.0.0.1", ".amazonaws.com"]))
    return dict.fromkeys(("NO_PROXY", "no_proxy"), excepted) if proxies else {}


def _write_waiters(folder: Path) -> None:
    """Write botocore's own SageMaker waiters with shorter delays into `folder`, for AWS_DATA_PATH to name."""
    model = Loader().load_service_model("sagemaker", "waiters-2")
    for waiter in model["waiters"].values():
        waiter["delay"], waiter["maxAttempts"] = WAITER_DELAY, WAITER_ATTEMPTS
    _write_model(folder, "sagemaker", "waiters-2", model)


def _write_address_of_sts(folder: Path, endpoint: str) -> None:
    """Write a rule into `folder` that STS is at `endpoint`, whatever a client is told.

    The SageMaker SDK, version 2 and 3, asks STS at ``https://sts.<region>.amazonaws.com`` for its account and its
    role, and does not look at AWS_ENDPOINT_URL. The format is that of botocore's endpoint rule sets.
    """
    rule = {"conditions": [], "endpoint": {"url": endpoint, "properties": {}, "headers": {}}, "type": "endpoint"}
    _write_model(folder, "sts", "endpoint-rule-set-1", {"version": "1.0", "parameters": {}, "rules": [rule]})


def _write_model(folder: Path, service: str, kind: str, model: dict[str, Any]) -> None:
    place = folder / service / Loader().determine_latest_version(service, kind)
    place.mkdir(parents=True)
    (place / f"{kind}.json").write_text(json.dumps(model))
