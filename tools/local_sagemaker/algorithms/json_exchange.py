"""Requests and answers of the algorithms that answer one JSON value with another, each in JSON or JSON lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .media import JSON, JSON_LINES, MediaType
from .shape import BadRequestError, UnsupportedMediaTypeError


@dataclass(frozen=True)
class JsonExchange:
    """A model as `shape.Model`.

    `answer` takes one instance and the request's ``configuration``, of which JSON lines have none. It may raise what
    Python raises for values that are wrong. `plural` is what holds all answers in JSON; if it is empty, nothing does.
    """

    answer: Callable[[Any, Mapping[str, Any]], Any]
    plural: str = ""

    def __call__(self, body: bytes, content_type: str, accept: str) -> tuple[bytes, str]:
        """Answer one request in its own format, whatever is accepted.

        Raises UnsupportedMediaTypeError or BadRequestError.
        """
        kind = MediaType.parse(content_type).name
        if kind not in (JSON, JSON_LINES):
            raise UnsupportedMediaTypeError(f"Content type '{kind}' is not one of {JSON}, {JSON_LINES}")
        try:
            return (self._json(body) if kind == JSON else self._lines(body)), kind
        except (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError) as error:
            raise BadRequestError(f"Unable to evaluate payload provided as '{kind}': {error}") from error

    def _json(self, body: bytes) -> bytes:
        request = json.loads(body)
        configuration = request.get("configuration", {})
        answers = [self.answer(instance, configuration) for instance in request["instances"]]
        return json.dumps({self.plural: answers} if self.plural else answers).encode()

    def _lines(self, body: bytes) -> bytes:
        answers = [self.answer(json.loads(line), {}) for line in body.splitlines() if line.strip()]
        return "".join(f"{json.dumps(answer)}\n" for answer in answers).encode()
