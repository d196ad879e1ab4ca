"""What every handler works with: moto, the folders and processes of this server, and clients of itself."""

from __future__ import annotations

import functools
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ..wire import Caller
from .buckets import Buckets
from .moto_floor import MotoFloor

if TYPE_CHECKING:
    from lifeline import Lifeline


@dataclass(frozen=True)
class Key:
    """A resource is found by account, region and name: none of them sees another's."""

    account: str
    region: str
    name: str

    @classmethod
    def of(cls, caller: Caller, name: str) -> Key:
        """Return the key of the resource that `caller` means by `name`."""
        return cls(caller.account, caller.region, name)


T = TypeVar("T")


class Shelf(Generic[T]):
    """The resources of one kind, in the order they were made; safe for threads."""

    def __init__(self) -> None:
        self._things: dict[Key, T] = {}
        self._lock = threading.Lock()

    def add(self, key: Key, thing: T) -> bool:
        """Put `thing` at `key`; False if there is one already."""
        with self._lock:
            return self._things.setdefault(key, thing) is thing

    def find(self, key: Key) -> T | None:
        """Return what is at `key`, or None."""
        return self._things.get(key)

    def remove(self, key: Key) -> None:
        """Forget what is at `key`."""
        with self._lock:
            self._things.pop(key, None)

    def items(self) -> list[tuple[Key, T]]:
        """Return everything, of all accounts."""
        with self._lock:
            return list(self._things.items())

    def of(self, caller: Caller) -> list[T]:
        """Return all that `caller` may see, oldest first."""
        with self._lock:
            mine = (caller.account, caller.region)
            return [thing for key, thing in self._things.items() if (key.account, key.region) == mine]


@functools.cache
def _session() -> Any:
    """Return the one session of this process: each would read botocore's large service models again."""
    import boto3

    return boto3.session.Session()


@dataclass
class Cloud:
    """One running server: its address, its temporary `home` folder, and what it keeps beside moto's state.

    `slots` bounds how many jobs compute at once; the others queue. What shall be there after a restart is in `kept`,
    which is `home` if nothing shall. New notebook instances get a copy of the folder `notebooks`. `client_env` are the
    variables by which a client finds this server. `stopping` is set before everything is ended.
    """

    home: Path
    endpoint: str
    line: Lifeline
    slots: threading.Semaphore
    kept: Path
    notebooks: Path | None = None
    client_env: dict[str, str] = field(default_factory=dict)
    floor: MotoFloor = field(default_factory=MotoFloor)
    buckets: Buckets = field(default_factory=Buckets)
    shelves: dict[str, Shelf[Any]] = field(default_factory=dict)
    _clients: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def shelf(self, kind: str) -> Shelf[Any]:
        """Return the resources of one kind, such as ``training-job``."""
        with self._lock:
            return self.shelves.setdefault(kind, Shelf())

    def client(self, service: str, caller: Caller) -> Any:
        """Return a boto3 client of this very server, in the account and region of `caller`."""
        identity = (service, caller.account, caller.region)
        with self._lock:
            if identity not in self._clients:
                self._clients[identity] = _session().client(
                    service,
                    caller.region,
                    endpoint_url=self.endpoint,
                    aws_access_key_id=caller.account,
                    aws_secret_access_key="local",  # noqa: S106  what every client here has
                )
            return self._clients[identity]

    def start(self, work: Callable[[], None]) -> None:
        """Do `work` beside everything else; it ends with the server."""
        threading.Thread(target=work, daemon=True).start()

    def after(self, seconds: float, work: Callable[[], None]) -> None:
        """Do `work` when `seconds` have passed."""
        timer = threading.Timer(seconds, work)
        timer.daemon = True
        timer.start()

    def tell_bug(self) -> None:
        """Print the exception at hand, which nothing here foresaw. What breaks because the server stops is no news."""
        if not self.stopping.is_set():
            traceback.print_exc(file=sys.stderr)
