"""What labguide has in a kernel beside the script: it answers questions, and knows what each cell has started.

Its text is run inside the kernel, before the script's first cell, in a namespace of its own with builtins of its own:
no name that a script gives, and no builtin that it replaces, reaches it. It is asked through a comm, which is the
notebook protocol's way for a client and a kernel to talk beside the cells:
https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import functools
import sys
import threading
import time
import weakref
from collections.abc import Mapping
from typing import Any

TARGET = "labguide"
"""The name of the comm."""

_REASONS = ("FailureReason", "ExitMessage", "StateReason", "StatusReason", "StatusMessage")
"""Where AWS's answers say why something failed."""


def install(shell: Any, space: Mapping[str, Any]) -> None:
    """Be there for the cells to come. `shell` is IPython's; `space` has what the modules before this one define."""
    companion = _Companion(shell, space)
    shell.events.register("post_run_cell", companion.cell_ended)
    shell.kernel.comm_manager.register_target(TARGET, companion.asked)
    # The original flushes what `sys.stdout` is now, which may be a stand-in: then older lines would come after.
    shell.display_pub._flush_streams = companion.flush
    _note_threads(companion)


class _Companion:
    """Holds the kernel's own things, as they were before the first cell."""

    def __init__(self, shell: Any, space: Mapping[str, Any]) -> None:
        self.starters: weakref.WeakKeyDictionary[threading.Thread, Mapping[str, Any]] = weakref.WeakKeyDictionary()
        """The request, and so the cell, that each thread was started in."""
        self.outlets = [sys.stdout, sys.stderr, shell.display_pub]
        self._shell, self._picked, self._remember = shell, space["picked"], space["Before"]
        self._figures = space["Figures"](space["LABELS"])
        self._figures.install(shell)
        self._before: Any = None
        """What the kernel was before a check that is being tried ahead."""
        self._reason = ""
        self._requests: dict[int, str] = {}
        self._answering: set[asyncio.Task[None]] = set()
        self._c_library: Any = ctypes.CDLL(None) if hasattr(sys, "getdlopenflags") else None

    def cell_ended(self, result: Any) -> None:
        """At the end of each cell: send all that it wrote, and look why it failed while the exception is there."""
        self._requests[result.execution_count] = self._request().get("msg_id", "")
        for stream in (sys.__stdout__, sys.__stderr__):
            with contextlib.suppress(Exception):
                stream.flush()  # type: ignore[union-attr]
        if self._c_library:
            self._c_library.fflush(None)
        if sys.stdout is not self.outlets[0] or sys.stderr is not self.outlets[1]:
            self.flush()  # the kernel itself does so for what these are now
        error = result.error_before_exec or result.error_in_exec
        self._reason = _reason_of(error)
        if self._before:
            self._before.error = error

    def flush(self) -> None:
        """Send all that was written so far."""
        for stream in self.outlets[:2]:
            stream.flush()

    def asked(self, comm: Any, message: Mapping[str, Any]) -> None:
        """A question has come; the kernel stays free for what is still at work."""
        answering = asyncio.get_running_loop().create_task(self._answer(comm, message["content"]["data"]))
        self._answering.add(answering)
        answering.add_done_callback(self._answering.discard)

    async def _answer(self, comm: Any, data: Mapping[str, Any]) -> None:
        try:
            comm.send({"answer": await self._answer_to(data)})
        except Exception as error:
            comm.send({"fault": f"{type(error).__name__}: {error}"})

    async def _answer_to(self, data: Mapping[str, Any]) -> Any:
        match data["question"]:
            case "reason":
                return self._reason
            case "texts":
                return {name: _text_of_widget(name) for name in data["widgets"]}
            case "remember":
                self._before = self._remember(self._shell)
                return None
            case "forget":
                before, self._before = self._before, None
                return before.restore()
            case "end":
                at_work = await self._wait_for_all(data["seconds"])
                labels = {language: sorted(said) for language, said in self._figures.said.items()}
                picked = self._picked(self._shell.user_ns, self._shell.user_ns_hidden)
                return {"at_work": at_work, "labels": labels, **picked}

    async def _wait_for_all(self, seconds: float) -> list[dict[str, Any]]:
        """Wait until all that cells have started is done, as Python does at the end of a program; return what is not.

        Tasks first: they may use a pool of threads, which take no work any more once they were told to end.
        """
        deadline = time.monotonic() + seconds
        while (tasks := self._tasks()) and time.monotonic() < deadline:
            await asyncio.wait(tasks, timeout=deadline - time.monotonic(), return_when=asyncio.FIRST_COMPLETED)
        if not tasks and any(thread.is_alive() for thread in list(self.starters)):
            await self._join_threads(deadline)
        self.flush()
        return [self._told_task(task) for task in tasks] + [
            {"what": f'the thread "{thread.name}"', "request": self.starters[thread].get("msg_id", "")}
            for thread in self._threads()
        ]

    async def _join_threads(self, deadline: float) -> None:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()

        def join() -> None:
            for name in ("thread", "process"):  # as Python does it: a pool's workers wait for more work otherwise
                pools: Any = sys.modules.get(f"concurrent.futures.{name}")
                if pools:
                    pools._python_exit()
            for thread in self._threads():
                thread.join(max(0.0, deadline - time.monotonic()))
            with contextlib.suppress(RuntimeError):  # the loop may be closed when nobody waits any more
                loop.call_soon_threadsafe(done.cancel)

        threading.Thread(target=join, daemon=True).start()
        await asyncio.wait([done], timeout=max(0.0, deadline - time.monotonic()))

    def _threads(self) -> list[threading.Thread]:
        """Those that Python itself would wait for."""
        return [thread for thread in list(self.starters) if thread.is_alive() and not thread.daemon]

    def _tasks(self) -> list[asyncio.Task[Any]]:
        """Tasks that run a cell's own code; a library may keep others for as long as it lives."""
        files = self._files()
        return [task for task in asyncio.all_tasks() if _code_of(task) and _code_of(task).co_filename in files]

    def _told_task(self, task: asyncio.Task[Any]) -> dict[str, Any]:
        code = _code_of(task)
        request = self._requests.get(self._files().get(code.co_filename, 0), "")
        return {"what": f'the task "{code.co_name}"', "request": request, "line": code.co_firstlineno}

    def _files(self) -> Mapping[str, int]:
        """The number of a cell by the name that its code has in tracebacks."""
        files: Mapping[str, int] = getattr(self._shell.compile, "_filename_map", {})
        return files

    def _request(self) -> Mapping[str, Any]:
        header: Mapping[str, Any] = self.outlets[0].parent_header
        return header


def _note_threads(companion: _Companion) -> None:
    """Let what a thread prints or shows be its cell's, even when later cells run.

    ipykernel puts it with the cell of the moment. Threads of a pool stay so: they work for many cells.
    """
    start, run = threading.Thread.start, threading.Thread._bootstrap_inner  # type: ignore[attr-defined]

    @functools.wraps(start)
    def noted(thread: threading.Thread) -> None:
        companion.starters[thread] = dict(companion.outlets[0].parent_header)
        start(thread)

    @functools.wraps(run)
    def placed(thread: threading.Thread) -> None:
        target = getattr(thread, "_target", None)
        header = companion.starters.get(thread)
        if header and getattr(target, "__module__", "") != "concurrent.futures.thread":
            for outlet in companion.outlets:
                outlet.set_thread_parent(header)
        run(thread)

    threading.Thread.start = noted  # type: ignore[method-assign,assignment]
    threading.Thread._bootstrap_inner = placed  # type: ignore[attr-defined]


def _code_of(task: asyncio.Task[Any]) -> Any:
    return getattr(task.get_coro(), "cr_code", None)


def _text_of_widget(name: str) -> str:
    """What a widget shows now, as text: a bar of tqdm has come to its end since it was shown."""
    try:
        module: Any = sys.modules["ipywidgets.widgets.widget"]
        widgets: Mapping[str, Any] = getattr(module, "_instances", None) or module.Widget.widgets
        return str(widgets[name]._repr_mimebundle_()["text/plain"])
    except Exception:
        return ""


def _reason_of(error: BaseException | None) -> str:
    """Why a service says that something failed, from an exception or what it was raised from; empty if it does not."""
    with contextlib.suppress(Exception):
        seen: set[int] = set()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            for name in ("last_response", "response"):
                reason = _reason_in(getattr(error, name, None), depth=3)
                if reason:
                    return reason
            said = str(error).partition("Reason: ")[2].strip()  # as the SageMaker SDK words it, in both its versions
            if said:
                return said
            error = error.__cause__ or error.__context__
    return ""


def _reason_in(answer: Any, depth: int) -> str:
    if not isinstance(answer, dict) or not depth:
        return ""
    for name in _REASONS:
        if isinstance(answer.get(name), str) and answer[name]:
            return str(answer[name])
    return next((found for value in answer.values() if (found := _reason_in(value, depth - 1))), "")
