"""What a PDF says of itself that differs each time, made the same each time: the moment it was printed."""

from __future__ import annotations

import re

_DATE = re.compile(rb"(?P<before>/(?:CreationDate|ModDate) ?\(D:)\d{14}(?P<zone>[^)]*)\)")
_PAGE = re.compile(rb"/Type ?/Page\b(?!s)")


def dated(content: bytes, day: str) -> bytes:
    """The PDF as if it had been made on a day, `2026-01-31`, at midnight; not a byte longer or shorter.

    So its table of offsets stays right, and two prints of the same pages are the same bytes.
    """
    moment = f"{day.replace('-', '')}000000".encode()
    return _DATE.sub(lambda found: found["before"] + moment + _utc(found["zone"]) + b")", content)


def page_count(content: bytes) -> int:
    """How many pages a PDF of Chromium has."""
    return len(_PAGE.findall(content))


def _utc(zone: bytes) -> bytes:
    """Greenwich's time, as long as what stood there: `+08'00'`, or `Z`."""
    return zone.replace(b"-", b"+") if not zone.strip(b"Z") else re.sub(rb"\d", b"0", zone).replace(b"-", b"+")
