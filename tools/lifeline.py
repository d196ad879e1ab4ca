"""No process and no folder is left behind, whatever ends the program that made them.

A *lifeline* is a small keeper process in a session of its own. It holds the reading end of a pipe whose writing end
is in the program. When the program ends, cleanly or by ``kill -9``, the pipe closes, and the keeper ends every process
that carries the lifeline's mark in its environment, and the children of those, until none is left. Then it deletes
the folders it was given. A program that closes its lifeline may still have threads that start or write something: the
keeper stays for a moment, and does the same again when the program has ended.

    with Lifeline(folder) as line:
        subprocess.Popen(command, env=line.mark(environment), start_new_session=True)

Marks add up: a marked program may have a lifeline of its own, and what it starts answers to both.
The keeper reads `/proc` or its like through psutil, which it imports only when it is needed.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import secrets
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import psutil

MARK = "LIFELINE"
"""The environment variable that holds the tokens of a process's lifelines, separated by colons."""

GRACE = 2.0
"""Seconds between SIGTERM and SIGKILL."""

LINGER = 10.0
"""Seconds the keeper waits for the end of a program that has closed its lifeline."""


class Lifeline:
    """Ends marked processes and deletes folders when this program ends or the ``with`` block is left."""

    def __init__(self, *folders: Path) -> None:
        self._token = secrets.token_hex(16)
        self._keeper = _start_keeper()
        order = {"token": self._token, "owner": os.getpid(), "folders": [str(each.resolve()) for each in folders]}
        assert self._keeper.stdin is not None
        self._keeper.stdin.write(json.dumps(order).encode() + b"\n")
        self._keeper.stdin.flush()

    def mark(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Return a copy of `environment` whose process will not outlive this program."""
        tokens = [token for token in (environment.get(MARK, ""), self._token) if token]
        return {**environment, MARK: ":".join(tokens)}

    def close(self) -> None:
        """End the marked processes, delete the folders, and return when that is done."""
        assert self._keeper.stdin is not None
        assert self._keeper.stdout is not None
        self._keeper.stdin.close()
        self._keeper.stdout.read()  # ends when the keeper has done so
        self._keeper.stdout.close()
        threading.Thread(target=self._keeper.wait, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _start_keeper() -> subprocess.Popen[bytes]:
    # -I -S starts in 15 ms instead of 40; without site-packages the keeper must be told where psutil is.
    spec = importlib.util.find_spec("psutil")
    assert spec is not None
    assert spec.origin is not None
    packages = str(Path(spec.origin).parent.parent)
    environment = {name: value for name, value in os.environ.items() if name != MARK}
    return subprocess.Popen(
        [sys.executable, "-I", "-S", __file__, packages],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd="/",
        start_new_session=True,
    )


def _keep() -> None:
    """Be the keeper: wait for the owner's end, then clean up. The order is one line of JSON on stdin."""
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.SIG_IGN)
    line = sys.stdin.buffer.readline()
    if not line:
        return
    order = json.loads(line)
    _wait_for_end_of(order["owner"])
    sys.path.append(sys.argv[1])
    folders = [Path(folder) for folder in order["folders"]]
    _clean(order["token"], folders)
    os.close(sys.stdout.fileno())
    deadline = time.monotonic() + LINGER
    while os.getppid() == order["owner"] and time.monotonic() < deadline:
        time.sleep(0.05)
    _clean(order["token"], folders)


def _clean(token: str, folders: Iterable[Path]) -> None:
    _end_marked(token)
    for folder in folders:
        _delete(folder)


def _wait_for_end_of(owner: int) -> None:
    # A process forked by the owner holds the pipe open too, so its end alone would not tell.
    while os.getppid() == owner:
        if select.select([sys.stdin], [], [], 1.0)[0] and not os.read(sys.stdin.fileno(), 1024):
            return


def _end_marked(token: str) -> None:
    import psutil

    while marked := _marked(token):
        for process in marked:
            with contextlib.suppress(psutil.Error):
                process.terminate()
        for process in _still_alive_after(GRACE, marked):
            with contextlib.suppress(psutil.Error):
                process.kill()


def _marked(token: str) -> list[psutil.Process]:
    """Every living process with `token` in its environment, and all their descendants."""
    import psutil

    found: set[psutil.Process] = set()
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if token in process.environ().get(MARK, "").split(":"):
                found |= {process, *process.children(recursive=True)}
    return [process for process in found if _alive(process)]


def _still_alive_after(seconds: float, processes: list[psutil.Process]) -> list[psutil.Process]:
    """Wait until all have ended, at most `seconds`; a zombie its parent has not collected yet counts as ended."""
    deadline = time.monotonic() + seconds
    while (alive := [each for each in processes if _alive(each)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return alive


def _alive(process: psutil.Process) -> bool:
    import psutil

    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _delete(folder: Path, attempts: Iterable[float] = (0.0, 0.2, 0.5, 1.0)) -> None:
    # A file may still be appearing while a folder is walked: look again rather than leave something.
    for pause in attempts:
        time.sleep(pause)
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return


if __name__ == "__main__":
    _keep()
