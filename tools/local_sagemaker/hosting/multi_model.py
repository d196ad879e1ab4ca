"""A multi-model endpoint: archives below one S3 prefix, each loaded when a request first asks for it.

Each model has a container of its own, whatever the image: on AWS they share one. If there are more than
`MOST_LOADED`, the one that was not asked for the longest time is unloaded.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ..cloud.storage import NoSuchDataError, split
from ..wire import AwsError
from .backends import check_no_host
from .serving import NotReadyError, Serving
from .talking import NoAnswerError, Request, Stream

MOST_LOADED = 8
"""How many models of one variant are in memory at once."""


@dataclass
class _Slot:
    """One model's place: its container once it is loaded, and who uses it."""

    serving: Serving | None = None
    users: int = 0
    used: float = 0.0
    loading: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class MultiModel:
    """Models by the path that requests call them, relative to `prefix`. `load` starts a container for one.

    Raises of `load`: NotReadyError or NoSuchDataError.
    """

    endpoint: str
    prefix: str
    load: Callable[[str], Serving]
    _slots: dict[str, _Slot] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stopped: bool = False

    def ask(self, request: Request) -> Stream:
        """Hand the request to the model it names. Raises NoAnswerError or AwsError."""
        check_no_host(self.endpoint, request)
        if not request.model:
            raise AwsError("ValidationError", f"A request to {self.endpoint} is missing a target model header.")
        with self._slot(request.model) as slot:
            serving = self._loaded(request.model, slot)
            # The slot is held until the whole answer is there, so that nobody unloads the model meanwhile.
            answer = serving.ask(request).whole(request)
        return Stream(answer.status, answer.headers, iter([answer.body] if answer.body else []), serving.name)

    def death(self) -> None:
        """Return None: a model that has ended is loaded again."""

    def stop(self) -> None:
        """Unload all models."""
        with self._lock:
            self._stopped = True
            slots, self._slots = list(self._slots.values()), {}
        for slot in slots:
            with slot.loading:
                if slot.serving:
                    slot.serving.stop()

    @contextmanager
    def _slot(self, name: str) -> Iterator[_Slot]:
        with self._lock:
            slot = self._slots.setdefault(name, _Slot())
            slot.users, slot.used = slot.users + 1, time.monotonic()
        try:
            yield slot
        finally:
            with self._lock:
                slot.users -= 1
                if not slot.users and not slot.serving and self._slots.get(name) is slot:
                    del self._slots[name]

    def _loaded(self, name: str, slot: _Slot) -> Serving:
        with slot.loading:
            if slot.serving is None or slot.serving.ended is not None:
                self._make_room(slot)
                slot.serving = self._load(name)
            if self._stopped:
                slot.serving.stop()
                raise NoAnswerError("The endpoint is being deleted", slot.serving.name)
            return slot.serving

    def _load(self, name: str) -> Serving:
        try:
            return self.load(name)
        except NoSuchDataError as error:
            bucket, key = split(address_of(self.prefix, name))
            raise AwsError(
                "ValidationError",
                f"Failed to download model data(bucket: {bucket}, key: {key}). Please ensure that there is an object "
                "located at the URL and that the role passed to CreateModel has permissions to download the model.",
            ) from error
        except NotReadyError as error:
            raise NoAnswerError(f"Failed to load model {name}: {error}", "model") from error

    def _make_room(self, wanted: _Slot) -> None:
        """Unload the models that were not asked for the longest time, unless they are in use."""
        with self._lock:
            loaded = [name for name, slot in self._slots.items() if slot.serving and slot is not wanted]
            idle = sorted((self._slots[name].used, name) for name in loaded if not self._slots[name].users)
            unwanted = [self._slots.pop(name) for _, name in idle[: max(0, len(loaded) - MOST_LOADED + 1)]]
        for slot in unwanted:
            if slot.serving:
                slot.serving.stop()


def address_of(prefix: str, name: str) -> str:
    """Return the S3 address of the model that requests call `name`."""
    return f"{prefix.rstrip('/')}/{name.lstrip('/')}"
