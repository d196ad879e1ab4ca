"""nbclient's client, with what a recording needs beside: each output with its cell, and the companion's answers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete, DeadKernelError
from nbclient.output_widget import OutputWidget
from nbformat import NotebookNode

from labguide import lines
from labguide.model import EXPECT_ERROR, Output
from labguide.running import companion

_SHOWN = frozenset({"stream", "display_data", "execute_result", "error", "clear_output"})

_VIEW = "application/vnd.jupyter.widget-view+json"

_LOOK_EVERY = 1.0
"""Seconds between two looks whether the kernel lives, while it owes an answer."""


@dataclass(frozen=True)
class _Owner:
    """The cell that a request belongs to."""

    cell: Any
    index: int


class Client(NotebookClient):
    """Runs cells; nbclient's own would drop what a task or a thread of an earlier cell says while a later one runs."""

    def __init__(self, notebook: Any, manager: Any) -> None:
        # The state of widgets: what was printed into one is part of it.
        super().__init__(notebook, km=manager, store_widget_state=True, record_timing=False)
        self.on_cell_executed = self._note_reply
        self.faults: dict[int, str] = {}
        """What could not be understood of a cell's messages, by the number of the cell."""
        self.ended_itself = False
        """Whether the last cell has asked the kernel to end."""
        self._owners: dict[str, _Owner] = {}
        """The cell of each request, by the request's id."""
        self._last = _Owner(None, -1)
        self._stands_for: dict[int, int] = {}
        """The cells of checks that were tried ahead, and the cells that they are."""
        self._clearing: set[int] = set()
        """The cells whose next output takes the place of those before; nbclient has one mark for all cells."""

    async def ask(self, question: Mapping[str, Any], seconds: float) -> Any:
        """The companion's answer. Raises TimeoutError, DeadKernelError, or RuntimeError if it could not answer."""
        message = self._asking(question)
        self._owners[message["header"]["msg_id"]] = self._last
        self._channels.shell_channel.send(message)
        reading = asyncio.ensure_future(self._read_until(message["header"]["msg_id"], message["content"]["comm_id"]))
        try:
            await asyncio.wait_for(self._done_or_dead(reading), seconds)
            if "fault" in reading.result():
                raise RuntimeError(reading.result()["fault"])
            return reading.result()["answer"]
        finally:
            reading.cancel()

    @property
    def pid(self) -> int:
        """The kernel's process."""
        provisioner: Any = self.km and self.km.provisioner
        return int(provisioner.pid)

    def exit_code(self) -> int | None:
        """The exit status of the kernel, or minus the signal that ended it; None if that is not known."""
        provisioner: Any = self.km and self.km.provisioner
        code: int | None = provisioner.process and provisioner.process.poll()
        return code

    def index_of(self, request: str) -> int:
        """The number of the cell that a request belongs to; the last cell's if it is not known."""
        index = min(self._owners.get(request, self._last).index, len(self.nb.cells) - 1)
        return self._stands_for.get(index, index)

    async def execute_ahead(self, index: int, source: str) -> Any:
        """Run a source for a cell, but as one that nobody sees, which is returned; an error in it is none of the run's.

        What it shows stays with it, later too. Raises CellTimeoutError or DeadKernelError.
        """
        unseen = NotebookNode(cell_type="code", source=source, outputs=[], execution_count=None)
        unseen.metadata = NotebookNode(tags=[EXPECT_ERROR])  # or nbclient would raise it
        self.nb.cells.append(unseen)
        last, place = self._last, len(self.nb.cells) - 1
        self._stands_for[place] = index
        await self.async_execute_cell(unseen, place, store_history=False)
        self._last = last
        return unseen

    async def texts_of_widgets(self, seconds: float) -> Mapping[str, str]:
        """What the widgets that were shown say now, by their ids."""
        views = (_view_of(output) for cell in self.nb.cells for output in cell.outputs)
        wanted = sorted({view for view in views if view})
        return dict(await self.ask({"question": "texts", "widgets": wanted}, seconds)) if wanted else {}

    def outputs(self, index: int, texts: Mapping[str, str]) -> tuple[Output, ...]:
        """What a cell has left by now, with text in place of widgets."""
        return tuple(shown for output in self.nb.cells[index].outputs for shown in self._as_text(output, texts))

    @property
    def _channels(self) -> Any:
        return self.kc

    def _asking(self, question: Mapping[str, Any]) -> Any:
        content = {"comm_id": f"labguide-{len(self._owners)}", "target_name": companion.TARGET, "data": dict(question)}
        return self._channels.session.msg("comm_open", content)

    async def _done_or_dead(self, reading: asyncio.Future[Any]) -> None:
        while not (await asyncio.wait([reading], timeout=_LOOK_EVERY))[0]:
            if not await self._channels.is_alive():
                raise DeadKernelError("Kernel died")

    async def _async_poll_output_msg(self, parent_msg_id: str, cell: Any, cell_index: int) -> None:
        self._last = self._owners[parent_msg_id] = _Owner(cell, cell_index)
        await self._read_until(parent_msg_id)

    async def _read_until(self, request: str, comm: str = "") -> Any:
        """Take in what the kernel says, until it has done a request or, on a comm, has answered."""
        while True:
            message = await self._channels.iopub_channel.get_msg(timeout=None)
            parent, content = message["parent_header"].get("msg_id"), message["content"]
            if comm and message["msg_type"] == "comm_msg" and content["comm_id"] == comm:
                return content["data"]
            owner = self._owners.get(parent)
            if owner is None and message["msg_type"] in _SHOWN:
                owner = self._last  # said between two cells, in answer to what a widget was told
            if owner and self._ends(message, owner) and parent == request and not comm:
                return None

    def _ends(self, message: Any, owner: _Owner) -> bool:
        """Whether a message says that a request is done; else it goes to its cell."""
        self.clear_before_next_output = owner.index in self._clearing
        try:
            self.process_message(message, owner.cell, owner.index)
        except CellExecutionComplete:
            return True
        except Exception as error:
            said = {"output_type": message["msg_type"], **message["content"]}
            self.faults[owner.index] = _fault_of(said) or lines.first(str(error)) or type(error).__name__
        (self._clearing.add if self.clear_before_next_output else self._clearing.discard)(owner.index)
        return False

    def _note_reply(self, execute_reply: Mapping[str, Any], **_: Any) -> None:
        payload = execute_reply["content"].get("payload") or ()
        self.ended_itself = any(each.get("source") == "ask_exit" for each in payload)

    def _as_text(self, output: Output, texts: Mapping[str, str]) -> Iterator[Output]:
        view = _view_of(output)
        printed = list(self._printed_into(view)) if view else []
        if view and not isinstance(self.comm_objects.get(view), OutputWidget):
            data = {mime: content for mime, content in output["data"].items() if mime != _VIEW}
            now = texts.get(view) if not printed else ""  # a box's text repeats what was printed into it
            yield {**output, "data": {**data, **({"text/plain": now} if now else {})}}
        elif not view:
            yield output
        yield from printed

    def _printed_into(self, widget: str) -> Iterator[Output]:
        """What was printed into a widget, or into those in it."""
        found = self.comm_objects.get(widget)
        if isinstance(found, OutputWidget):
            yield from found.outputs
        for child in self.widget_state.get(widget, {}).get("children", ()):
            yield from self._printed_into(str(child).removeprefix("IPY_MODEL_"))


def _view_of(output: Output) -> str:
    """The id of the widget that an output shows, if it shows one."""
    with contextlib.suppress(KeyError, TypeError, AttributeError):
        return str(output["data"][_VIEW]["model_id"])
    return ""


def fault_of(outputs: Iterable[Output]) -> str:
    """What is wrong with a cell's outputs by the notebook format; empty if nothing is."""
    return next((fault for output in outputs if (fault := _fault_of(output))), "")


def _fault_of(output: Output) -> str:
    if output["output_type"] not in ("display_data", "execute_result"):
        return ""
    if not output["data"]:
        return "it shows a widget that has no text"
    for mime, content in output["data"].items():
        is_json = mime == "application/json" or mime.endswith("+json")
        parts = content if isinstance(content, list) else [content]
        if not is_json and not all(isinstance(part, str) for part in parts):
            return f"it shows {mime} that is no text, but of type {type(content).__name__}"
    return ""
