"""What Lambda's Python runtime does with a function: one call of its handler, in this process.

``event.json`` in the current folder is the event; ``result.json`` is what the handler returned, or the error as Lambda
tells it. See "Define Lambda function handler in Python" and "Using the Lambda context object".
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
import traceback
import uuid
from pathlib import Path
from typing import Any


class Context:
    """The handler's second argument."""

    def __init__(self) -> None:
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.invoked_function_arn = os.environ["FUNCTION_ARN"]
        self.aws_request_id = str(uuid.uuid4())
        self._deadline = time.time() + float(os.environ["FUNCTION_TIMEOUT"])

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the function is ended."""
        return max(0, round((self._deadline - time.time()) * 1000))


def main() -> None:
    """Call the handler that the command line names, ``module.function``."""
    result = _call(sys.argv[1], json.loads(Path("event.json").read_text("utf-8")))
    part = Path("result.part")
    part.write_text(json.dumps(result), "utf-8")
    part.rename("result.json")


def _call(handler: str, event: Any) -> dict[str, Any]:
    try:
        sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
        module, _, name = handler.rpartition(".")
        function = getattr(importlib.import_module(module.replace("/", ".")), name)
        answer = function(event, Context())
        json.dumps(answer)  # what is not JSON is the function's error
        return {"value": answer}
    except Exception as error:
        traceback.print_exc()
        trace = traceback.format_tb(error.__traceback__)
        return {"error": {"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": trace}}


if __name__ == "__main__":
    main()
