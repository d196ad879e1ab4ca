"""Lists in pages, as every List operation gives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .wire import validation_error


def page(member: str, items: list[dict[str, Any]], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the page of `items` that MaxResults and NextToken in `wanted` ask for, under the name `member`."""
    token, size = wanted.get("NextToken", "0"), int(wanted.get("MaxResults", 100))
    if not token.isdigit():
        raise validation_error("Invalid pagination token.")
    start, end = int(token), int(token) + size
    answer: dict[str, Any] = {member: items[start:end]}
    if end < len(items):
        answer["NextToken"] = str(end)
    return answer
