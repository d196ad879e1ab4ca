"""``--state``: jobs, endpoints and whatever else is kept here are there again at the next start, and what moto keeps.

Each thing is a file. What a request changes is written before the request is answered; how far a job or an endpoint is,
a moment after it changed. A file that cannot be read is told and left alone.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from ..cloud import Cloud, Key
from ..cloud.journal import refusing
from ..status import Status
from ..wire import Call, Caller
from .kinds import KINDS

INTERVAL = 0.2
"""Seconds between two looks at what has changed."""

RESERVE = 256 * 1024
"""Bytes that are given back when the disk is full, so that what was begun can be written."""

NAMES = 2000
"""Characters of the longest text in a request that may name a thing."""


@dataclass(frozen=True)
class Place:
    """Where a thing is: its shelf and its key."""

    kind: str
    key: Key

    def file(self, folder: Path) -> Path:
        """Return the thing's file."""
        return folder / self.kind / self.key.account / self.key.region / f"{quote(self.key.name, safe='')}.json"

    @classmethod
    def of(cls, file: Path) -> Place:
        """Return the place of the thing that is in a file."""
        kind, account, region, name = file.parts[-4:]
        return cls(kind, Key(account, region, unquote(name.removesuffix(".json"))))


@dataclass
class Keeper:
    """Brings back what `folder` holds, and then keeps it as the server's state is."""

    cloud: Cloud
    folder: Path
    _orders: dict[Place, int] = field(default_factory=dict)
    _written: dict[Place, str] = field(default_factory=dict)
    _moving: set[Place] = field(default_factory=set)
    _problem: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _enough: threading.Event = field(default_factory=threading.Event)

    def restore(self) -> None:
        """Bring everything back, before anybody may ask."""
        self.cloud.floor.restore(self.cloud.buckets.note)
        for kind in KINDS:
            for place, told in sorted(self._read(kind), key=lambda found: int(found[1]["order"])):
                self._restore(place, told)

    @contextmanager
    def keeping(self, call: Call) -> Iterator[None]:
        """Write down what `call`, which is done in the ``with`` block, changes. Raises AwsError if the disk is full.

        There is a reserve on the disk for it; while there is not, nothing is begun.
        """
        with refusing(self.folder):
            self._have_reserve()
        yield
        named = {text for text in call.parameters.values() if isinstance(text, str) and len(text) < NAMES}
        with refusing(self.folder):
            self._save_with_reserve(named | {text.rpartition("/")[2] for text in named})

    def start(self) -> None:
        """Keep from now on what changes by itself."""
        with suppress(OSError):  # the first request will say so
            self._have_reserve()
        threading.Thread(target=self._go_on, daemon=True).start()

    def stop(self) -> None:
        """Write what has changed since the last look, and look no more."""
        self._enough.set()
        self._look()

    def _read(self, kind: str) -> Iterator[tuple[Place, dict[str, Any]]]:
        for file in (self.folder / kind).glob("*/*/*.json"):
            try:
                told = dict(json.loads(file.read_text("utf-8")))
                int(told["order"])
                yield Place.of(file), told
            except (ValueError, LookupError, TypeError) as error:
                _tell(file, error)

    def _restore(self, place: Place, told: dict[str, Any]) -> None:
        caller = Caller(place.key.account, place.key.region, "sagemaker")
        try:
            thing = KINDS[place.kind].load(self.cloud, caller, {"name": place.key.name, **told})
        except Exception as error:
            _tell(place.file(self.folder), error)
            return
        self.cloud.shelf(place.kind).add(place.key, thing)
        self._orders[place], self._written[place] = told["order"], json.dumps(told)
        self._moving.add(place)

    def _go_on(self) -> None:
        while not self._enough.wait(INTERVAL):
            self._look()

    def _look(self) -> None:
        """Write what has changed by itself; tell once if it cannot be written."""
        try:
            self._save(set())
            self._problem = ""
        except Exception as error:
            problem = f"{self.folder}: what has changed could not be written; it is tried again ({error!r}) [state]"
            if problem != self._problem:
                print(problem, file=sys.stderr)
            self._problem = problem

    def _have_reserve(self) -> None:
        if not self._reserve.exists():
            self._reserve.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._reserve.write_bytes(bytes(RESERVE))
            except OSError:
                self._reserve.unlink(missing_ok=True)
                raise

    def _save_with_reserve(self, named: set[str]) -> None:
        try:
            self._save(named)
        except OSError:
            self._reserve.unlink(missing_ok=True)
            self._save(named)

    @property
    def _reserve(self) -> Path:
        return self.folder / "reserve"

    def _save(self, named: set[str]) -> None:
        """Write what is new, what changes by itself, and what is called one of the names; forget what is gone."""
        with self._lock:
            there = {Place(kind, key): thing for kind in KINDS for key, thing in self.cloud.shelf(kind).items()}
            for place in self._orders.keys() - there.keys():
                place.file(self.folder).unlink(missing_ok=True)
                del self._orders[place]
                self._written.pop(place, None)
            for place, thing in there.items():
                if place not in self._orders or place in self._moving or (named and _may_change(place, thing, named)):
                    self._write(place, thing)

    def _write(self, place: Place, thing: Any) -> None:
        moving = _moves(thing)  # asked before: what ends meanwhile is looked at once more
        order = self._orders.get(place) or max(self._orders.values(), default=0) + 1
        kept = KINDS[place.kind]
        text = json.dumps({**kept.dump(thing), "order": order, "status": kept.status(thing)})
        if text != self._written.get(place):
            file = place.file(self.folder)
            file.parent.mkdir(parents=True, exist_ok=True)
            part = file.with_suffix(".part")
            part.write_text(text, "utf-8")
            part.replace(file)
        self._orders[place], self._written[place] = order, text
        (self._moving.add if moving else self._moving.discard)(place)


def _may_change(place: Place, thing: Any, named: set[str]) -> bool:
    """Return whether a request that names something may have changed a thing; a record may change beside it."""
    return place.key.name in named or not isinstance(getattr(thing, "status", None), Status)


def _moves(thing: Any) -> bool:
    status = getattr(thing, "status", None)
    return isinstance(status, Status) and status.passing


def _tell(file: Path, error: Exception) -> None:
    problem = f"{file}:1: this is damaged, so what it says is missing; repair or delete it ({error!r}) [state]"
    print(problem, file=sys.stderr)
