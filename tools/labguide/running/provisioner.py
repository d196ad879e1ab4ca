"""Starts kernels from a zygote (see the package `kernel_zygote`), through jupyter_client's kernel provisioners."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from kernel_zygote import MESSAGE_LIMIT

log = logging.getLogger(__name__)

_ATTEMPTS = 3
"""How often a zygote is started anew, without the imports that the one before found unfit."""

_PREPARE_WITHIN = 300.0
"""Seconds that all imports together may take."""

_READY_WITHIN = 60.0
"""Seconds that a forked kernel may take until it listens."""

_END_WITHIN = 5.0
"""Seconds that the kernel's end may take to be reported."""


class ZygoteDiedError(Exception):
    """The zygote has ended; kernels must start in the plain way."""


@contextlib.asynccontextmanager
async def zygote(
    imports: Sequence[str], environments: Sequence[Mapping[str, str]], folder: Path
) -> AsyncIterator[Zygote | None]:
    """A zygote that has done these imports, as far as they may be done ahead; None where there can be none.

    `environments` are those of the kernels to come; the zygote gets what they have in common, and for what differs
    the first one's. `folder` is its working folder.
    """
    started = await _start(imports, environments, folder) if _is_possible() and environments else None
    try:
        yield started
    finally:
        if started:
            await started.close()


def _is_possible() -> bool:
    return sys.platform == "linux" and hasattr(os, "pidfd_open")


async def _start(imports: Sequence[str], environments: Sequence[Mapping[str, str]], folder: Path) -> Zygote | None:
    varying = _varying(environments)
    try:
        for _ in range(_ATTEMPTS):
            started = Zygote(environments[0], folder)
            unfit = await started.prepare(imports, varying)
            if not unfit:
                return started
            log.debug("imported in each kernel: %s", unfit)
            imports = [statement for statement in imports if statement not in unfit]
    except (OSError, ZygoteDiedError) as error:
        log.debug("kernels start one by one: %s", error)
    return None


def _varying(environments: Sequence[Mapping[str, str]]) -> list[str]:
    """What no import may read ahead of time: variables that differ, and, even if none does, credentials.

    Who reads credentials at import makes a session, and a session must be made where its calls are noted.
    """
    names = {name for environment in environments for name in environment}
    differ = {name for name in names if len({environment.get(name) for environment in environments}) > 1}
    return sorted({*differ, "AWS_ACCESS_KEY_ID"})


class Zygote:
    """The zygote's process as its client sees it. Belongs to the event loop in which it was made."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.setblocking(False)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "kernel_zygote", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=dict(environment),
                cwd=folder,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._requests: dict[int, asyncio.Future[ForkedKernel]] = {}
        self._kernels: dict[int, ForkedKernel] = {}
        self._number = 0
        self._reader: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        """The zygote's own process."""
        return self._process.pid

    async def prepare(self, imports: Sequence[str], varying: Collection[str]) -> Mapping[str, str]:
        """Import ahead; returns the unfit imports with the reason. If there are any, this zygote has ended.

        Raises ZygoteDiedError or OSError, and has ended then too.
        """
        unfit: Mapping[str, str] = {"": "it has ended"}
        try:
            await self._say({"imports": list(imports), "varying": list(varying)})
            unfit = (await asyncio.wait_for(self._hear(), _PREPARE_WITHIN))["unfit"]
        finally:
            if unfit:
                await self.close()
        self._reader = None if unfit else asyncio.create_task(self._read())
        return unfit

    async def fork(
        self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path, streams: Mapping[str, str]
    ) -> ForkedKernel:
        """A new kernel process; `streams` are the files for what it writes to `stdout` and `stderr`.

        Raises ZygoteDiedError or OSError if there is none to be had.
        """
        if self._reader is None or self._reader.done():
            raise ZygoteDiedError("it has ended")
        self._number += 1
        answer: asyncio.Future[ForkedKernel] = asyncio.get_running_loop().create_future()
        self._requests[self._number] = answer
        request = {"request": self._number, "arguments": list(arguments), "folder": str(folder)}
        await self._say({**request, "environment": dict(environment), "streams": dict(streams)})
        kernel = await answer
        try:
            await asyncio.wait_for(kernel.ready.wait(), _READY_WITHIN)
        except TimeoutError:
            kernel.kill()
            raise
        return kernel

    async def close(self) -> None:
        """End the zygote. Its kernels should have ended before."""
        if self._reader:
            self._reader.cancel()
        self._socket.close()
        self._process.kill()
        await asyncio.to_thread(self._process.wait)

    async def _read(self) -> None:
        try:
            while True:
                self._take(await self._hear())
        except (OSError, ZygoteDiedError) as error:
            for request in self._requests.values():
                request.set_exception(ZygoteDiedError(str(error)))
            for kernel in self._kernels.values():
                kernel.ended(-signal.SIGKILL)

    def _take(self, message: Mapping[str, int]) -> None:
        pid = message["pid"]
        kernel = self._kernels.setdefault(pid, ForkedKernel(pid))  # a child may be ready before its birth is told
        if "request" in message:
            self._requests.pop(message["request"]).set_result(kernel)
        elif "ready" in message:
            kernel.ready.set()
        else:
            self._kernels.pop(pid).ended(message["status"])

    async def _say(self, message: Mapping[str, Any]) -> None:
        await asyncio.get_running_loop().sock_sendall(self._socket, json.dumps(message).encode())

    async def _hear(self) -> Mapping[str, Any]:
        received = await asyncio.get_running_loop().sock_recv(self._socket, MESSAGE_LIMIT)
        if not received:
            raise ZygoteDiedError("it closed its socket")
        message: Mapping[str, Any] = json.loads(received)
        return message


class ForkedKernel:
    """A kernel's process, with the part of `subprocess.Popen` that a provisioner uses."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.ready = asyncio.Event()
        self.end = asyncio.Event()

    def ended(self, status: int) -> None:
        """Note the exit code, or minus the signal that ended it."""
        self.returncode = status
        self.ready.set()  # nobody need wait for it any more
        self.end.set()

    def poll(self) -> int | None:
        """The exit code if it has ended."""
        return self.returncode

    wait = poll
    """As a provisioner calls it: after the end only."""

    def send_signal(self, number: int) -> None:
        """Signal the process alone."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End the process alone."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the process alone to end."""
        self.send_signal(signal.SIGTERM)


class ZygoteProvisioner(LocalProvisioner):
    """Provides a kernel as LocalProvisioner does, but forked from a zygote; if that fails, started plainly."""

    def __init__(self, zygote: Zygote, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._zygote = zygote

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork. `cmd` is the command of the plain start; what follows `-m MODULE` in it are the kernel's arguments."""
        arguments = cmd[cmd.index("-m") + 2 :]
        try:
            streams = {name: str(kwargs[name].name) for name in ("stdout", "stderr")}
            forked = await self._zygote.fork(arguments, kwargs["env"], Path(kwargs["cwd"]), streams)
        except (OSError, ZygoteDiedError) as error:
            log.debug("this kernel starts plainly: %s", error)
            return await super().launch_kernel(cmd, **kwargs)
        process: Any = forked  # what the base class calls of a Popen is all there
        self.process = process
        self.pid = self.pgid = forked.pid  # a session, and so a process group, of its own
        self.cwd = kwargs["cwd"]
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and what it started, and wait for its end, so that nobody needs to poll for it."""
        process: Any = self.process
        await super().kill(restart)
        if isinstance(process, ForkedKernel):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.end.wait(), _END_WITHIN)
