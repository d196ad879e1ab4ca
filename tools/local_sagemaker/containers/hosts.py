"""The hosts of a job: a process each, with an address of loopback of its own. If one fails, the others are stopped."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..cloud import Cloud
from ..cloud.logs import LogStream
from ..cloud.sources import Share
from ..wire import Caller
from . import Container, Folder

GROUP_NAME = "homogeneousCluster"
NETWORK_INTERFACE = "lo"

_one_cluster = threading.Lock()
"""Frameworks listen on one fixed port on all addresses, so jobs of several hosts take turns."""


@dataclass(frozen=True, eq=False)
class Host:
    """One host of a job, ``algo-1`` and so on. `peers` are the addresses of all of them, by name."""

    name: str
    folder: Folder
    instance_type: str
    peers: Mapping[str, str]

    def resource_config(self, told: Callable[[str], str] = str) -> dict[str, Any]:
        """Return the host's resourceconfig.json; `told` says how the container has to call a host."""
        hosts = [told(name) for name in self.peers]
        group = {"instance_group_name": GROUP_NAME, "instance_type": self.instance_type, "hosts": hosts}
        return {
            "current_host": told(self.name),
            "current_instance_type": self.instance_type,
            "current_group_name": GROUP_NAME,
            "hosts": hosts,
            "instance_groups": [group],
            "network_interface_name": NETWORK_INTERFACE,
        }

    @property
    def share(self) -> Share:
        """What this host gets of an input that is sharded by key."""
        return Share(list(self.peers).index(self.name), len(self.peers))


def hosts_of(count: int, instance_type: str, base: Path) -> list[Host]:
    """Return `count` hosts whose folders are below `base`."""
    peers = {f"algo-{number}": f"127.0.0.{number + 1}" for number in range(1, count + 1)}
    return [Host(name, Folder(base / name / "ml"), instance_type, peers) for name in peers]


@dataclass
class Cluster:
    """The containers of one job while they run; `failed` is the first that failed, `status` its exit status or 0."""

    cloud: Cloud
    caller: Caller
    group: str
    stream: str
    note: Callable[[str], None] = lambda line: None
    status: int = 0
    failed: Container | None = None
    _containers: list[Container] = field(default_factory=list)
    _stopped: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, starts: Mapping[Host, Callable[[], Container]]) -> int:
        """Start a container on each host and return when all have ended. Every line goes to the host's log stream.

        `starts` are in the order of the hosts. `stream` is the beginning of a stream's name.
        """
        with _one_cluster if len(starts) > 1 else contextlib.nullcontext():
            followers: list[threading.Thread] = []
            try:
                for host, start in starts.items():
                    followers += self._start(host, start)
            except BaseException:
                self.stop()
                raise
            finally:
                for follower in followers:
                    follower.join()
        return self.status

    def stop(self) -> None:
        """End every container, and start no other."""
        with self._lock:
            self._stopped, running = True, list(self._containers)
        stoppers = [threading.Thread(target=container.stop) for container in running]
        for stopper in stoppers:
            stopper.start()
        for stopper in stoppers:
            stopper.join()

    def _start(self, host: Host, start: Callable[[], Container]) -> list[threading.Thread]:
        with self._lock:
            if self._stopped:
                return []
            container = start()
            self._containers.append(container)
        follower = threading.Thread(target=self._follow, args=[host, container], daemon=True)
        follower.start()
        return [follower]

    def _follow(self, host: Host, container: Container) -> None:
        with closing(LogStream(self.cloud, self.caller, self.group, f"{self.stream}/{host.name}-{_now()}")) as log:
            for line in container.lines():
                log.write(line)
                self.note(line)
            status = container.process.wait()
        if status and not self._stopped:
            self.status, self.failed = status, container
            self.stop()


@contextlib.contextmanager
def time_limit(seconds: float, too_long: Callable[[], None]) -> Iterator[None]:
    """Call `too_long` if the block runs for more than `seconds`."""
    alarm = threading.Timer(seconds, too_long)
    alarm.daemon = True
    alarm.start()
    try:
        yield
    finally:
        alarm.cancel()


def _now() -> int:
    return int(time.time())
