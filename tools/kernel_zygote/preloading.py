"""Imports ahead of time, and finds out which imports must rather happen in the kernel itself.

An import is fit to be done ahead if a kernel could not tell. It is unfit if it fails, prints or warns, sets up
logging, asks for the running IPython shell, reads an environment variable that differs between kernels, or leaves a
thread or a socket that a fork would not carry over.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib.util
import logging
import os
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

# Their libraries end or adopt these themselves around a fork (`pthread_atfork`): jemalloc's purging thread, which
# pyarrow brings. OpenBLAS ends its pool before a fork too; that shows in `_threads_through_a_fork`.
_FORK_SAFE_THREADS = ("jemalloc_bg_thd",)


def preload(imports: Collection[str], varying: Collection[str]) -> dict[str, str]:
    """Execute import statements; returns for each unfit one the reason.

    `varying` names the environment variables that differ between the kernels to come. A statement whose package is
    not installed here is passed over: it fails in the kernel, where it belongs.
    """
    unfit: dict[str, str] = {}
    sockets = _sockets()
    for statement in imports:
        if not _is_installed(statement):
            continue
        reason = _unfit(statement, varying, sockets)
        if reason:
            unfit[statement] = reason
    return unfit


def fork() -> int:
    """`os.fork`, without the warning that Python 3.12 gives where there are threads: these were found harmless."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def follow_standard_streams() -> None:
    """Let what modules keep as `sys.stdout` or `sys.stderr` always be the one of the moment, a kernel's for example."""
    sys.stdout, sys.stderr = _Stream("stdout"), _Stream("stderr")


class _Stream:
    """Stands for a standard stream; a logging handler made while a module is imported holds it for good."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        now = getattr(sys, self._name)
        return getattr(getattr(sys, f"__{self._name}__") if now is self else now, attribute)

    def __repr__(self) -> str:
        return f"<sys.{self._name}>"


def _is_installed(statement: str) -> bool:
    package = statement.split()[1].partition(".")[0]
    try:
        return importlib.util.find_spec(package) is not None
    except (ImportError, ValueError):
        return False


def _unfit(statement: str, varying: Collection[str], sockets: Collection[str]) -> str:
    noticed: list[str] = []
    handlers = list(logging.root.handlers)
    with heard(noticed), _environment_watched(varying, noticed), _shell_watched(noticed):
        try:
            # As a cell would: a deprecation shows where `__name__` is "__main__".
            exec(statement, {"__name__": "__main__"})  # noqa: S102
        except BaseException as error:
            noticed.append(f"raises {type(error).__name__}")
    if logging.root.handlers != handlers:
        noticed.append("sets up logging")
    if threading.active_count() > 1 or _threads_through_a_fork():
        noticed.append("starts a thread")
    if _sockets() - set(sockets):
        noticed.append("opens a socket")
    return next(iter(noticed), "")


@contextlib.contextmanager
def heard(noticed: list[str]) -> Iterator[None]:
    """Notice whatever is written to standard output or error, by Python or below it."""
    with tempfile.TemporaryFile() as heard:
        _flush()
        kept = {number: os.dup(number) for number in (1, 2)}
        for number in kept:
            os.dup2(heard.fileno(), number)
        try:
            yield
        finally:
            _flush()
            for number, copy in kept.items():
                os.dup2(copy, number)
                os.close(copy)
            if os.fstat(heard.fileno()).st_size:
                noticed.append("prints or warns")


def _flush() -> None:
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None:
            stream.flush()


@contextlib.contextmanager
def _environment_watched(varying: Collection[str], noticed: list[str]) -> Iterator[None]:
    """Notice when Python code reads a variable that differs between kernels."""
    kind: Any = type(os.environ)
    read = kind.__getitem__

    def watched(environment: Any, key: Any) -> Any:
        name = os.fsdecode(key)
        if name in varying:
            noticed.append(f"reads {name}")
        return read(environment, key)

    kind.__getitem__ = watched
    try:
        yield
    finally:
        kind.__getitem__ = read


@contextlib.contextmanager
def _shell_watched(noticed: list[str]) -> Iterator[None]:
    """Notice when code asks for the running IPython shell, by IPython's function or by the name that a cell sees."""
    from IPython.core.interactiveshell import InteractiveShell

    kind: Any = InteractiveShell
    initialized = kind.initialized

    def asked() -> bool:
        noticed.append("asks for the IPython shell")
        return bool(initialized())

    shell = _Shell(noticed)
    kind.initialized = asked
    builtins.get_ipython = lambda: shell  # type: ignore[attr-defined]
    try:
        yield
    finally:
        kind.initialized = initialized
        del builtins.get_ipython  # type: ignore[attr-defined]


class _Shell:
    """Answers, as the shell of a kernel, the questions that libraries ask to know that they are in one."""

    kernel = True

    def __init__(self, noticed: list[str]) -> None:
        self._noticed = noticed

    def __getattr__(self, name: str) -> Any:
        self._noticed.append("asks for the IPython shell")
        raise AttributeError(name)


_Shell.__name__ = "ZMQInteractiveShell"


def _threads_through_a_fork() -> int:
    """How many threads of libraries are still there after a fork, beside those known to be harmless."""
    if len(_thread_names()) <= 1:
        return 0
    child = fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    # A thread that was told to end shows for a moment longer.
    for _ in range(20):
        others = [name for name in _thread_names()[1:] if name not in _FORK_SAFE_THREADS]
        if not others:
            return 0
        time.sleep(0.005)
    return len(others)


def _thread_names() -> list[str]:
    """The names of this process's threads, the main thread's first."""
    names = []
    for task in sorted(Path("/proc/self/task").iterdir(), key=lambda path: int(path.name)):
        with contextlib.suppress(OSError):
            names.append((task / "comm").read_text().strip())
    return names


def _sockets() -> set[str]:
    """The sockets that this process has open, as `/proc` names them."""
    found = set()
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            found.add(str(entry.readlink()))
    return {target for target in found if target.startswith("socket:")}
