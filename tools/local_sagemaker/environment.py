"""What a client needs to find this server: environment variables, and the files they name."""

from __future__ import annotations

import json
from pathlib import Path

from botocore.loaders import Loader

from .cloud.buckets import DEFAULT_BUCKET
from .wire import DEFAULT_REGION

WAITER_DELAY = 0.2
WAITER_ATTEMPTS = 10_000
"""Seconds between two looks of a boto3 waiter, instead of up to 120, and how often it looks: jobs may queue."""

SDK_CONFIG = f"""\
# The SageMaker SDK's own defaults file: it sends no telemetry from a laptop, and knows its bucket without asking STS.
SchemaVersion: '1.0'
SageMaker:
  PythonSDK:
    Modules:
      TelemetryOptOut: true
      Session:
        DefaultS3Bucket: {DEFAULT_BUCKET}
"""


def write(home: Path, endpoint: str, account: str) -> dict[str, str]:
    """Write the files into `home` and return the variables. No credentials of the user's are among them."""
    config, credentials, sdk = home / "aws-config", home / "aws-credentials", home / "sagemaker-sdk.yaml"
    data = _write_waiters(home / "botocore")
    for empty in (config, credentials):
        empty.touch()
    sdk.write_text(SDK_CONFIG)
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": DEFAULT_REGION,
        "AWS_REGION": DEFAULT_REGION,
        "AWS_CONFIG_FILE": str(config),
        "AWS_SHARED_CREDENTIALS_FILE": str(credentials),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_DATA_PATH": str(data),
        "SAGEMAKER_USER_CONFIG_OVERRIDE": str(sdk),
    }


def _write_waiters(folder: Path) -> Path:
    """Write botocore's own SageMaker waiters with shorter delays into `folder`, for AWS_DATA_PATH to name."""
    loader = Loader()
    version = loader.determine_latest_version("sagemaker", "waiters-2")
    model = loader.load_service_model("sagemaker", "waiters-2", version)
    for waiter in model["waiters"].values():
        waiter["delay"], waiter["maxAttempts"] = WAITER_DELAY, WAITER_ATTEMPTS
    place = folder / "sagemaker" / version
    place.mkdir(parents=True)
    (place / "waiters-2.json").write_text(json.dumps(model))
    return folder
