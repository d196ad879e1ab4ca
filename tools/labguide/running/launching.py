"""Starts the kernel of one run and connects nbclient to it."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from labguide.running.provisioner import Zygote, ZygoteProvisioner


@asynccontextmanager
async def connected(
    notebook: Any, environment: Mapping[str, str], work: Path, zygote: Zygote | None
) -> AsyncIterator[NotebookClient]:
    """A client for `notebook` with a kernel in the folder `work`, ended however the block is left.

    nbclient's own context manager would take over Ctrl-C for its one kernel; here it must end all of them.
    """
    manager = _manager(work, zygote)
    client = NotebookClient(notebook, km=manager, store_widget_state=False, record_timing=False)
    await manager.start_kernel(env=dict(environment), cwd=str(work))
    try:
        channels = await client.async_start_new_kernel_client()
        try:
            yield client
        finally:
            channels.stop_channels()
    finally:
        await manager.shutdown_kernel(now=True)


def _manager(work: Path, zygote: Zygote | None) -> AsyncKernelManager:
    manager = AsyncKernelManager(
        kernel_spec_manager=_ThisPython(),
        client_factory=_Client,
        # Sockets in a private folder: no port is opened, and no two kernels can meet.
        transport="ipc",
        ip=str(work.with_name("kernel")),
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
            ],
            display_name="Python 3",
            language="python",
        )


class _Client(AsyncKernelClient):
    """jupyter_client's own client, ready as soon as the kernel is, and with the two channels that nbclient uses."""

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
