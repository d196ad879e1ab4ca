"""What a sample is: an object of a public bucket, how its bytes are made, and where they come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

GENERATED = "generated"
"""The origin of data that is drawn by lot and has only the form of what AWS has there."""


@dataclass(frozen=True)
class Sample:
    """One object: its key, a function that returns its bytes, its origin, and what it is in a few words."""

    key: str
    make: Callable[[], bytes]
    origin: str
    about: str
