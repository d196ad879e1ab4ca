"""Starts the kernel of one run and connects nbclient to it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from queue import Empty
from tempfile import TemporaryDirectory
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager

from labguide import lines
from labguide.running.client import Client
from labguide.running.provisioner import Zygote, ZygoteProvisioner


@asynccontextmanager
async def connected(
    notebook: Any, environment: Mapping[str, str], work: Path, sockets: Path, zygote: Zygote | None
) -> AsyncIterator[Client]:
    """A client for `notebook` with a kernel in the folder `work`, ended however the block is left.

    What the kernel and its children write to their standard streams stands beside `work`; see `last_words`. Sockets
    are made in the folder `sockets`. nbclient's own context manager would take over Ctrl-C for its one kernel; here
    it must end all of them.
    """
    with TemporaryDirectory(dir=sockets, prefix="k", ignore_cleanup_errors=True) as own, ExitStack() as files:
        manager = _manager(work, Path(own), zygote)
        client = Client(notebook, manager)
        # Read by the kernel itself, which puts it with its cells: see `kernel_zygote.streams`.
        streams = {name: files.enter_context(work.with_name(name).open("a+b")) for name in ("stdout", "stderr")}
        await manager.start_kernel(env=dict(environment), cwd=str(work), stdin=subprocess.DEVNULL, **streams)
        try:
            channels = await client.async_start_new_kernel_client()
            try:
                yield client
            finally:
                channels.stop_channels()
        finally:
            await manager.shutdown_kernel(now=True)


def last_words(work: Path) -> str:
    """What Python, or a library, wrote as its kernel died: the line that says why, or else the last one."""
    try:
        text = work.with_name("stderr").read_bytes()[-_LAST:].decode(errors="replace")
    except OSError:
        return ""
    said = [line.strip() for line in lines.split(text) if line.strip()]
    return next((line for line in said if line.startswith("Fatal Python error")), said[-1] if said else "")


_LAST = 20_000
"""Bytes of what a kernel wrote that are searched for its last words."""


def _manager(work: Path, sockets: Path, zygote: Zygote | None) -> AsyncKernelManager:
    manager = AsyncKernelManager(
        kernel_spec_manager=_ThisPython(),
        client_factory=_Channels,
        # Sockets in a private folder: no port is opened, and no two kernels can meet.
        transport="ipc",
        ip=str(sockets / "kernel"),
        connection_file=str(work.with_name("kernel.json")),
    )
    if zygote:
        spec = manager.kernel_spec
        manager.provisioner = ZygoteProvisioner(zygote, kernel_id=work.parent.name, kernel_spec=spec, parent=manager)
    return manager


class _ThisPython(KernelSpecManager):
    """Knows one kernel, this very Python: what a user has installed elsewhere must not run the workshop."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(
            # A history in memory, as nbclient has it: kernels side by side would share one file.
            argv=[
                *(sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"),
                "--HistoryManager.hist_file=:memory:",
                "--IPKernelApp.outstream_class=kernel_zygote.streams.FileStream",
            ],
            display_name="Python 3",
            language="python",
        )


class _ShellChannel(AsyncZMQSocketChannel):
    """A channel on which a reply is never overlooked."""

    def send(self, msg: Any) -> None:
        """Send, and look at once what has come.

        jupyter_client sends past asyncio's side of the socket. This takes away the signal that a reply has come
        meanwhile, as happens when nbclient tells a widget of an output; then nobody would ever read that reply.
        """
        super().send(msg)
        _ = self.socket.EVENTS


class _Channels(AsyncKernelClient):
    """jupyter_client's own client, ready as soon as the kernel is, and with the two channels that nbclient uses."""

    shell_channel_class = _ShellChannel

    def start_channels(self, *_: Any, **__: Any) -> None:
        """Connect; the manager tells whether the kernel lives, so no heartbeat is needed."""
        super().start_channels(stdin=False, hb=False, control=False)

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        """As the original, but without its last step, which waits until nothing has come for a fifth of a second.

        It would drain what the kernel says of its start; nbclient passes over that, since it answers no cell.
        """
        waited = 0.0
        while waited < (timeout or 60.0):
            self.kernel_info()
            try:
                await self.get_shell_msg(timeout=1)
                await self.get_iopub_msg(timeout=0.2)  # without it the subscription has not arrived yet: ask again
                return
            except Empty:
                waited += 1.0
            if not await self.is_alive():
                break
        raise RuntimeError("the kernel did not start")

    wait_for_ready = _async_wait_for_ready
