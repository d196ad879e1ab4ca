"""Sends runs to a Dask cluster, for catalogues that outgrow one processor's patience.

A run is a function of values: the script, its data, what its kernel's environment gets from the backend. `Order` holds
them, and `execute` is what a worker does with them. Workers have labguide and the scripts' packages installed.
See https://distributed.dask.org/en/stable/api.html#distributed.Client.get_executor for the executor.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from labguide.backends import Backend
from labguide.model import Project, Script
from labguide.problems import CannotBuildError
from labguide.running import data_files, folders, kernel

_CONNECT_WITHIN = 10
"""Seconds to reach the scheduler."""

_NOTES = "/the/file/for/the/calls"
"""Stands in an order's prelude for a file that only the worker can name."""


@dataclass(frozen=True)
class Order:
    """All that one run needs, as values that can travel."""

    script: Script
    data: Mapping[str, bytes]
    """The declared data by its path in the project."""
    environment: Mapping[str, str]
    """What the backend and the project add to a kernel's environment; the rest is the worker's own."""
    prelude: str


def order(project: Project, script: Script, backend: Backend, account: str) -> Order:
    """What to send for this script."""
    paths = data_files.placed(project, script).values()
    data = {os.path.relpath(path, project.root): path.read_bytes() for path in paths}
    named = {name: os.environ[name] for name in project.environment if name in os.environ}
    environment = {**named, **backend.environment(account)}
    return Order(script, data, environment, backend.prelude(script.name, Path(_NOTES)))


def execute(order: Order) -> kernel.Run:
    """Run a script here, on a worker. What it starts ends with this call, and with the worker's process."""
    with folders.private() as (own, line):
        project = Project(own.work / "project")
        for name, content in order.data.items():
            path = project.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        caches = Project(platformdirs.user_cache_path("labguide"))
        environment = line.mark(kernel.kernel_environment(caches, order.environment))
        return asyncio.run(_run(project, order, environment, own))


async def _run(project: Project, order: Order, environment: Mapping[str, str], own: folders.Folders) -> kernel.Run:
    return await kernel.run(
        project,
        order.script,
        environment,
        own,
        lambda notes: order.prelude.replace(_NOTES, str(notes)),
        lambda _cell, _number: None,
    )


@contextmanager
def executor(address: str, backend: Backend) -> Iterator[Executor]:
    """The executor of the scheduler at `address`. Raises CannotBuildError if it, or a worker, is of no use."""
    if backend.real:
        raise CannotBuildError("--cluster cannot be used on real AWS: the ledger is kept on this computer")
    try:
        from distributed import Client
    except ImportError:
        raise CannotBuildError("--cluster needs Dask; install labguide with its extra `cluster`") from None
    try:
        client = Client(address, timeout=_CONNECT_WITHIN, set_as_default=False)
    except (OSError, ValueError) as error:
        raise CannotBuildError(f"no Dask scheduler answers at {address} ({error}); start one or mend it") from None
    with client:
        _check_workers(client)
        with client.get_executor() as chosen:
            yield chosen


def _check_workers(client: Any) -> None:
    """The local SageMaker listens on loopback: workers elsewhere cannot reach it."""
    hosts: Mapping[str, str] = client.run(socket.gethostname)
    if not hosts:
        raise CannotBuildError("the Dask scheduler has no worker; start `dask worker` on this computer")
    for worker, host in hosts.items():
        if host != _here():
            message = f"the Dask worker {worker} is on {host}, and the local SageMaker can be reached from here only"
            raise CannotBuildError(f"{message}; start the workers on this computer")


def _here() -> str:
    return socket.gethostname()
