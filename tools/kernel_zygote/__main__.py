"""The zygote itself: preload, then fork a kernel for each request. The lines it speaks stand in the package."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import selectors
import socket
import sys
from typing import Any

from kernel_zygote import MESSAGE_LIMIT, preloading


def main() -> None:
    """Serve the socket whose number is the only argument; in a forked child, be a kernel and return when it ends."""
    # `python -m` puts the working folder first; IPython does so itself, later and in its own way.
    if sys.path[0] in ("", os.getcwd()):  # noqa: PTH109
        del sys.path[0]
    connection = socket.socket(fileno=int(sys.argv[1]))
    order = _Server(connection).serve()
    if order is not None:
        _be_kernel(order, connection)


class _Server:
    """One thread, one socket, and a `pidfd` for each child."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._selector = selectors.DefaultSelector()
        self._children: dict[int, int] = {}
        self._set: dict[str, str] = {}

    def serve(self) -> dict[str, Any] | None:
        """Returns None when the other side has closed; in a child, the order by which it was forked."""
        if not self._prepare():
            return None
        self._selector.register(self._connection, selectors.EVENT_READ)
        while True:
            for key, _ in self._selector.select():
                if key.data is not None:
                    self._reap(key.data)
                    continue
                order = self._hear()
                if order is None:
                    return None
                if self._fork(order):
                    # What imports have set in the environment, they will not set again in the child.
                    order["environment"].update(self._set)
                    return order

    def _prepare(self) -> bool:
        order = self._hear()
        if order is None:
            return False
        # As the documentation of `gc.freeze` advises: imports make little garbage and would be searched for it often.
        gc.disable()
        before = dict(os.environ)
        with preloading.heard([]):
            _import_kernel()
        preloading.follow_standard_streams()
        unfit = preloading.preload(order["imports"], order["varying"])
        self._set = {name: value for name, value in os.environ.items() if before.get(name) != value}
        gc.freeze()  # what is there now is never searched again, so its memory stays shared
        self._say({"unfit": unfit})
        return not unfit

    def _fork(self, order: dict[str, Any]) -> bool:
        """Whether this is the child."""
        child = preloading.fork()
        if child == 0:
            self._leave()
            return True
        self._children[child] = os.pidfd_open(child)
        self._selector.register(self._children[child], selectors.EVENT_READ, child)
        self._say({"request": order["request"], "pid": child})
        return False

    def _leave(self) -> None:
        """Close, in the child, what is the zygote's alone; the connection has one more use."""
        self._selector.close()
        for number in self._children.values():
            os.close(number)

    def _reap(self, child: int) -> None:
        _, status = os.waitpid(child, 0)
        number = self._children.pop(child)
        self._selector.unregister(number)
        os.close(number)
        self._say({"pid": child, "status": os.waitstatus_to_exitcode(status)})

    def _hear(self) -> dict[str, Any] | None:
        message = self._connection.recv(MESSAGE_LIMIT)
        order: dict[str, Any] | None = json.loads(message) if message else None
        return order

    def _say(self, message: dict[str, Any]) -> None:
        _say(self._connection, message)


def _say(connection: socket.socket, message: dict[str, Any]) -> None:
    with contextlib.suppress(BrokenPipeError):  # who asked has gone, which the next read says too
        connection.sendall(json.dumps(message).encode())


def _import_kernel() -> None:
    """Import all that a kernel itself imports, up to its first cell."""
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")  # as ipykernel does
    for module in _KERNEL_MODULES:
        __import__(module)


_KERNEL_MODULES = (
    "ipykernel_launcher",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "tornado.platform.asyncio",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "kernel_zygote.streams",
    "ctypes",
    "faulthandler",
    "sqlite3",
)


def _be_kernel(order: dict[str, Any], connection: socket.socket) -> None:
    """Be what `python -m ipykernel_launcher ARGUMENTS` is, in a session, a folder and an environment of its own."""
    from ipykernel.kernelapp import IPKernelApp

    gc.enable()
    os.setsid()
    os.chdir(order["folder"])
    _write_to(order["streams"])
    os.environ.clear()
    os.environ.update(order["environment"], JPY_PARENT_PID=str(os.getppid()))  # as jupyter_client sets it
    sys.argv = [sys.modules["ipykernel_launcher"].__file__ or "", *order["arguments"]]
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()  # from the system, as in a new process; `random` does so by itself
    kernel: Any = IPKernelApp.instance(parent_handle=os.getppid())
    kernel.initialize(order["arguments"])
    with connection:
        _say(connection, {"pid": os.getpid(), "ready": True})
    kernel.start()


def _write_to(streams: dict[str, str]) -> None:
    """Let standard output and error be these files, as a parent's `Popen(stdout=...)` would."""
    for number, name in ((1, "stdout"), (2, "stderr")):
        file = os.open(streams[name], os.O_RDWR | os.O_CREAT | os.O_APPEND)
        os.dup2(file, number)
        os.close(file)


if __name__ == "__main__":
    main()
