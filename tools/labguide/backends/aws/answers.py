"""Reads AWS's answers: what is gone, what went wrong, and lists that come in pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

_GONE = ("ResourceNotFound", "ResourceNotFoundException", "NoSuchEntity", "NoSuchBucket", "NoSuchKey", "404")
_GONE_TEXT = re.compile(r"(?i)not found|notfound|could not find|does not exist|cannot find")


def items_of(client: Any, operation: str, member: str, **arguments: str) -> Iterator[Any]:
    """Every item of a paginated answer."""
    for page in client.get_paginator(operation).paginate(**arguments):
        yield from page[member]


def unless_gone(client: Any, do: Callable[[], object]) -> None:
    """Do something to what may be gone already."""
    try:
        do()
    except client.exceptions.ClientError as error:
        if not is_gone(error):
            raise


def is_gone(error: Any) -> bool:
    """Whether AWS answers that there is no such thing; each service has its own way to say so."""
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    return code in _GONE or (code == "ValidationException" and bool(_GONE_TEXT.search(message)))


def reason(error: Exception) -> str:
    """Why something failed, in a word where AWS's own message would hold names and numbers."""
    response = getattr(error, "response", None)
    if response:
        return str(response["Error"]["Code"])
    return str(error) if isinstance(error, RuntimeError | TimeoutError) else type(error).__name__


@dataclass(frozen=True)
class Left:
    """Something that could not be deleted, and why."""

    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.what}: {self.why}"
