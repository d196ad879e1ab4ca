"""Holds what the server says, as it says it, against botocore's service model: while other tests run, for each answer.

botocore's parser leaves out what it does not know, so the bodies are looked at before it reads them.
"""

from __future__ import annotations

import json
from typing import Any

from botocore.validate import ParamValidator

from local_sagemaker.operations import OPERATIONS

violations: list[str] = []
"""What was found wrong since the last look; `conftest.py` looks after each test."""


def watch(client: Any) -> None:
    """Look at every answer that `client` gets from a handler of ours."""
    client.meta.events.register("before-parse.sagemaker", _look)


def _look(operation_model: Any, response_dict: dict[str, Any], **_: Any) -> None:
    name = operation_model.name
    if f"SageMaker.{name}" not in OPERATIONS or response_dict["status_code"] >= 300:
        return
    body = json.loads(response_dict["body"] or b"{}")
    if operation_model.output_shape is None:
        violations.extend([f"{name} answers {body}, but has no output"] if body else [])
        return
    found = ParamValidator().validate(body, operation_model.output_shape)
    # botocore counts what may not be empty as wrong input only.
    if found.has_errors():
        violations.append(f"{name}: {found.generate_report()}")
