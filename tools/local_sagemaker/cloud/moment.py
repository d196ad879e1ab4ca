"""When, and by what lot, moto does a request: doing it again in the same moment comes to the very same.

moto draws ids from a generator of its own that can be seeded, and asks `moto.core.utils.utcnow` for the time. S3 alone
also asks the clock and the operating system itself; it is given the same two. Requests of one server take turns, so
one moment stands at a time.
"""

from __future__ import annotations

import datetime
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType, SimpleNamespace
from typing import Any

import moto.core.utils
import moto.s3.models
from moto.moto_api._internal import mock_random


@dataclass(frozen=True)
class Moment:
    """A time in seconds since 1970, and a seed."""

    time: float
    seed: int

    @classmethod
    def now(cls) -> Moment:
        """Return a moment of its own."""
        return cls(time.time(), secrets.randbits(63))


_standing: list[Moment] = []


@contextmanager
def standing(moment: Moment) -> Iterator[None]:
    """Let `moment` stand while the ``with`` block runs; only one can at a time."""
    mock_random.seed(moment.seed)
    _standing.append(moment)
    try:
        yield
    finally:
        _standing.pop()
        mock_random.seed()


class _Clock(datetime.datetime):
    """The class that moto asks for the time."""

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Any:
        return datetime.datetime.fromtimestamp(_standing[-1].time if _standing else time.time(), tz)


def install() -> None:
    """Have moto take time and chance from here."""
    for module in (moto.core.utils, moto.s3.models):
        vars(module)["datetime"] = _like(datetime, datetime=_Clock)
    vars(moto.s3.models)["os"] = _like(os, urandom=mock_random.randbytes)


def _like(module: ModuleType, **changes: Any) -> Any:
    return SimpleNamespace(**{**vars(module), **changes})
