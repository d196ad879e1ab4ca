"""Kernels that are forked from a process with the imports done: no script can tell them from fresh ones."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import zmq
import zmq.asyncio
from jupyter_client.session import Session

from case_project import CASES, NoCloud, Seen, Workshop, assert_same_recording
from labguide import running, sources
from labguide.backends import Backend
from labguide.backends.local import LocalBackend
from labguide.model import Project, Script
from labguide.problems import Problems
from labguide.running import imports, kernel, launching, provisioner
from labguide.running.folders import Folders
from processes import runs, wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")

ROOT = Path(__file__).parent.parent
ANOTHER = '# %% name="one"\n1\n'  # a zygote is started for two scripts or more


class Ways:
    """Runs the scripts of a project in fresh processes or in forked ones, and knows which it was."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def plainly(self, project: Project, backend: Backend, *only: str) -> Mapping[str, running.Outcome]:
        with self._monkeypatch.context() as patch:
            patch.setattr(imports, "may_be_done_ahead", lambda _script: False)
            return self._run(project, backend, only)

    def forked(self, project: Project, backend: Backend, *only: str) -> Mapping[str, running.Outcome]:
        forks: list[provisioner.ForkedKernel] = []
        fork = provisioner.Zygote.fork

        async def counted(zygote: provisioner.Zygote, *order: object) -> provisioner.ForkedKernel:
            forks.append(await fork(zygote, *order))  # type: ignore[arg-type]
            return forks[-1]

        with self._monkeypatch.context() as patch:
            patch.setattr(imports, "may_be_done_ahead", lambda _script: True)
            patch.setattr(provisioner.Zygote, "fork", counted)
            outcomes = self._run(project, backend, only)
        assert len(forks) == len(outcomes)
        return outcomes

    @staticmethod
    def _run(project: Project, backend: Backend, only: tuple[str, ...]) -> Mapping[str, running.Outcome]:
        found = sources.read(project, Problems())
        try:
            return running.rehearse(project, found.scripts, backend, only, Seen(), Problems())
        finally:
            backend.stop()


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> Ways:
    return Ways(monkeypatch)


def assert_alike(
    some: Mapping[str, running.Outcome],
    others: Mapping[str, running.Outcome],
    scripts: Mapping[str, Script] = MappingProxyType({}),
) -> None:
    """Hold all that a reader or an author would see of these runs against each other."""
    assert {name: each.problems for name, each in some.items()} == {
        name: each.problems for name, each in others.items()
    }
    for name, outcome in some.items():
        assert_same_recording(outcome.recording, others[name].recording, scripts.get(name))


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_case_runs_alike_in_forked_and_fresh_kernels(case: str, tmp_path: Path, ways: Ways) -> None:
    workshop = Workshop(tmp_path, case)
    workshop.write("snippets/another.py", ANOTHER)
    workshop.write("snippets/yet-another.py", ANOTHER)
    forked = ways.forked(workshop.project, NoCloud())
    assert_alike(forked, ways.plainly(workshop.project, NoCloud()))


SHOWS = """\
# %% name="update"
from IPython.display import HTML, SVG, clear_output, display

shown = display("first", display_id=True)
print("beside")

# %% name="later"
shown.update("second")

# %% name="clear"
print("gone")
clear_output()
print("kept")

# %% name="clear-late"
print("gone")
clear_output(wait=True)
print("kept")

# %% name="widget"
display({"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": "Slider(value=3)"}, raw=True)

# %% name="html"
HTML("<b>bold</b>")

# %% name="picture"
SVG('<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"/>')

# %% name="plot"
import matplotlib.pyplot as plt

plt.plot([1, 2, 3]);

# %% name="logged"
import logging
import sys
import warnings

warnings.warn("careful")
logging.warning("written by a handler that is made here")
sys.stderr.write("to standard error")

# %% name="below-python"
import os

written = os.system("echo from a child process")

# %% name="asked"
import __main__

ahead = sys.modules["matplotlib"].get_backend()
where = (__name__, __main__ is sys.modules["__main__"], os.path.basename(sys.argv[0]), sys.path[0])
"""


def test_everything_shown_is_as_from_a_fresh_kernel(tmp_path: Path, ways: Ways) -> None:
    workshop = Workshop(tmp_path)
    workshop.write("snippets/shows.py", SHOWS)
    workshop.write("snippets/another.py", ANOTHER)
    forked = ways.forked(workshop.project, NoCloud())
    assert_alike(forked, ways.plainly(workshop.project, NoCloud()))
    cells = {cell.name: cell.outputs for cell in forked["shows"].recording.cells}
    assert cells["update"][0]["data"] == {"text/plain": "'second'"}
    assert [output["text"] for name in ("clear", "clear-late") for output in cells[name]] == ["kept\n", "kept\n"]
    assert cells["widget"][0]["data"]["text/plain"] == "Slider(value=3)"
    assert "image/png" in cells["plot"][-1]["data"]


@pytest.mark.slow
def test_notebook_of_the_workshop_runs_alike_in_forked_and_fresh_kernels(ways: Ways) -> None:
    project = Project(ROOT, ("en", "zh-TW"))
    forked = ways.forked(project, LocalBackend(), "video-games")
    fresh = ways.plainly(project, LocalBackend(), "video-games")
    assert_alike(forked, fresh, sources.read(project, Problems()).scripts)
    assert forked["video-games"].problems == {}


def test_environment_is_that_of_a_fresh_kernel(tmp_path: Path, ways: Ways, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OF_THE_CALLER", "kept")
    workshop = Workshop(tmp_path)
    workshop.project = Project(tmp_path, environment=("OF_THE_CALLER",))
    workshop.write("snippets/another.py", ANOTHER)
    look = "import os, subprocess\nbelow = subprocess.check_output(['env'], text=True)\n"
    show = "print(*sorted(os.environ), *sorted(below.split()), sep='\\n')\n"
    workshop.write("snippets/look.py", f'# %% name="look"\n{look}{show}')
    forked, fresh = (way(workshop.project, NoCloud())["look"].recording for way in (ways.forked, ways.plainly))
    texts = [_without_changing(recording.cells[0].outputs[0]["text"]) for recording in (forked, fresh)]
    assert texts[0] == texts[1]
    assert "OF_THE_CALLER=kept" in texts[0]


def _without_changing(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith(("LIFELINE=", "JPY_PARENT_PID="))]


def test_credentials_are_each_kernels_own(tmp_path: Path, ways: Ways) -> None:
    class Accounts(NoCloud):
        def environment(self, account: str) -> Mapping[str, str]:
            return {"AWS_ACCESS_KEY_ID": f"of-{account[-3:]}"}

    workshop = Workshop(tmp_path)
    for name in ("one", "two"):
        workshop.write(f"snippets/{name}.py", '# %% name="k"\nimport os\nkey = os.environ["AWS_ACCESS_KEY_ID"]\n')
    accounts = running.order.accounts(tuple(sources.read(workshop.project, Problems()).scripts.values()))
    found = ways.forked(workshop.project, Accounts())
    assert {name: found[name].recording.values["key"] for name in found} == {
        name: f"of-{accounts[name][-3:]}" for name in ("one", "two")
    }


def test_random_numbers_start_afresh_in_each_kernel(tmp_path: Path, ways: Ways) -> None:
    workshop = Workshop(tmp_path)
    code = '# %% name="draw"\nimport random\nimport numpy as np\ndrawn = [random.random(), float(np.random.rand())]\n'
    workshop.write("snippets/one.py", code)
    workshop.write("snippets/two.py", code)
    found = ways.forked(workshop.project, NoCloud())
    one, two = (found[name].recording.values["drawn"] for name in ("one", "two"))
    assert one[0] != two[0]
    assert one[1] != two[1]


def test_forked_kernel_holds_no_socket_of_its_parent(tmp_path: Path, ways: Ways) -> None:
    workshop = Workshop(tmp_path)
    workshop.write("snippets/another.py", ANOTHER)
    code = (
        "import os\ndef held(pid):\n    links = [f'/proc/{pid}/fd/{n}' for n in os.listdir(f'/proc/{pid}/fd')]\n"
        "    return {os.readlink(link) for link in links if os.path.lexists(link)}\n"
        "shared = sorted(link for link in held('self') & held(os.getppid()) if not link.startswith('/'))\n"
        "sockets = [link for link in shared if link.startswith('socket:')]\n"
    )
    workshop.write("snippets/look.py", f'# %% name="look"\n{code}')
    assert ways.forked(workshop.project, NoCloud())["look"].recording.values["sockets"] == []


UNFIT = {
    "prints": "print('hello')",
    "warns": "import warnings; warnings.warn('old')",
    "deprecated": "import warnings; warnings.warn('old', DeprecationWarning, stacklevel=2)",
    "writes_below_python": "import os; os.write(2, b'hello')",
    "sets_up_logging": "import logging; logging.basicConfig(level=logging.INFO)",
    "asks_for_the_shell": "from IPython import get_ipython; get_ipython()",
    "asks_by_name": "import builtins; getattr(builtins, 'get_ipython', lambda: None)().config",
    "reads_credentials": "import os; os.environ.get('AWS_ACCESS_KEY_ID')",
    "starts_a_thread": "import threading, time; threading.Thread(target=time.sleep, args=(9,), daemon=True).start()",
    "opens_a_socket": "import socket; kept = socket.socket()",
    "raises": "raise RuntimeError",
}
FIT = {
    "quiet": "x = 1",
    "asks_whether_it_is_a_kernel": "import builtins; hasattr(getattr(builtins, 'get_ipython', object)(), 'kernel')",
    "deprecates_deep_down": "import warnings; warnings.warn('old', DeprecationWarning)",
    "keeps_standard_error": "import logging; logging.getLogger('own').addHandler(logging.StreamHandler())",
    "has_a_pool_that_ends_before_a_fork": "import numpy",
}


async def _unfit(folder: Path) -> Mapping[str, str]:
    environment = {**os.environ, "PYTHONPATH": str(folder), "AWS_ACCESS_KEY_ID": "1"}
    for name, code in {**UNFIT, **FIT}.items():
        (folder / f"{name}.py").write_text(code)
    found: dict[str, str] = {}
    for name in (*UNFIT, *FIT):
        zygote = provisioner.Zygote(environment, folder)
        problem = await zygote.prepare([f"import {name}"], ["AWS_ACCESS_KEY_ID"])
        found |= problem
        if not problem:
            await zygote.close()
    return found


@pytest.fixture(scope="module")
def unfit(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    return asyncio.run(_unfit(tmp_path_factory.mktemp("modules")))


@pytest.mark.parametrize("module", UNFIT)
def test_import_that_a_kernel_would_notice_is_not_done_ahead(module: str, unfit: Mapping[str, str]) -> None:
    assert f"import {module}" in unfit


@pytest.mark.parametrize("module", FIT)
def test_import_that_leaves_no_trace_is_done_ahead(module: str, unfit: Mapping[str, str]) -> None:
    assert f"import {module}" not in unfit


def test_unfit_import_is_left_to_the_kernel(tmp_path: Path, ways: Ways, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "loud.py").write_text("print('hello')\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    workshop = Workshop(tmp_path / "project")
    for name in ("one", "two"):
        workshop.write(f"snippets/{name}.py", '# %% name="say"\nimport loud\n')
    for outcome in ways.forked(workshop.project, NoCloud()).values():
        assert [output["text"] for output in outcome.recording.cells[0].outputs] == ["hello\n"]


@pytest.mark.parametrize(
    "line",
    [
        "import os; os.environ['X'] = '1'",
        "%env X=1",
        "import sys; sys.path.insert(0, 'lib')",
        "import os; os.putenv('X', '1')",
    ],
)
def test_script_that_changes_what_imports_see_gets_a_fresh_kernel(tmp_path: Path, line: str) -> None:
    workshop = Workshop(tmp_path)
    workshop.write("snippets/sets.py", f'# %% name="set"\n{line}\n')
    assert not imports.may_be_done_ahead(sources.read(workshop.project, Problems()).scripts["sets"])


def test_module_that_a_script_brings_as_data_is_not_imported_ahead(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    workshop.write("snippets/helper.txt.py", "")
    workshop.write("data/statistics.py", "")
    header = "# ---\n# jupyter:\n#   labguide:\n#     data: [data/statistics.py]\n# ---\n\n"
    workshop.write("snippets/uses.py", header + '# %% name="use"\nimport json, statistics, csv\n')
    script = sources.read(workshop.project, Problems()).scripts["uses"]
    assert imports.common([script])[-2:] == ("import json", "import csv")


def test_kernel_starts_plainly_when_the_zygote_has_died(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path / "project")
    workshop.write("snippets/one.py", '# %% name="one"\nimport os\nparent = os.getppid()\n')
    script = sources.read(workshop.project, Problems()).scripts["one"]

    async def run() -> kernel.Run:
        environment = kernel.kernel_environment(workshop.project, {})
        async with provisioner.zygote((), [environment], tmp_path) as zygote:
            assert zygote
            os.kill(zygote.pid, signal.SIGKILL)
            return await kernel.run(
                workshop.project,
                script,
                environment,
                Folders(tmp_path, tmp_path),
                lambda _: "",
                lambda *_: None,
                zygote,
            )

    assert asyncio.run(run()).values["parent"] == os.getpid()


def test_script_that_takes_too_long_as_a_whole_is_a_problem(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    header = "# ---\n# jupyter:\n#   labguide:\n#     limit: 1.5\n# ---\n\n"
    cells = "".join(f'# %% name="cell-{number}"\nimport time\ntime.sleep(1)\n\n' for number in (1, 2, 3))
    workshop.write("snippets/slow.py", header + cells)
    workshop.build()
    assert workshop.found == [
        'snippets/slow.py:12: the script did not end in 1.5 seconds; it was in cell "cell-2"; '
        "make it quicker or raise `limit:` [script-timeout]"
    ]


BUILD = """
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from case_project import Workshop
Workshop(Path({folder!r})).build()
"""


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGINT], ids=["kill -9", "Ctrl-C"])
def test_killed_build_leaves_no_forked_kernel_and_nothing_that_one_started(
    tmp_path: Path, blow: signal.Signals
) -> None:
    workshop = Workshop(tmp_path / "project")
    note = tmp_path / "pids"
    workshop.write("snippets/another.py", ANOTHER)
    workshop.write(
        "snippets/long.py",
        '# %% name="start"\nimport os, pathlib, subprocess\nchild = subprocess.Popen(["sleep", "300"])\n'
        f"pathlib.Path({str(note)!r}).write_text(f'{{os.getppid()}} {{os.getpid()}} {{child.pid}}')\nchild.wait()\n",
    )
    code = BUILD.format(tests=str(Path(__file__).parent), folder=str(tmp_path / "project"))
    build = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    wait_until(lambda: note.exists() and len(note.read_text().split()) == 3)
    zygote, *others = [int(pid) for pid in note.read_text().split()]
    assert re.search("kernel_zygote", Path(f"/proc/{zygote}/cmdline").read_text())
    build.send_signal(blow)
    build.wait(timeout=30)
    wait_until(lambda: not any(runs(pid) for pid in (zygote, *others)))


def test_reply_that_comes_while_something_is_sent_is_read() -> None:
    async def answer() -> Any:
        with (
            zmq.asyncio.Context() as context,
            context.socket(zmq.DEALER) as near,
            zmq.Context.shadow(context.underlying).socket(zmq.DEALER) as far,
        ):
            far.bind("inproc://kernel")
            near.connect("inproc://kernel")
            session = Session(key=b"key")
            channel = launching._ShellChannel(near, session)
            reading = asyncio.ensure_future(channel.get_msg())
            await asyncio.sleep(0)  # it waits for a message now
            session.send(far, "execute_reply", {"status": "ok"})
            assert zmq.Socket.shadow(near.underlying).poll(10_000)  # looking takes the signal away, as sending does
            channel.send(session.msg("comm_msg", {}))
            return (await asyncio.wait_for(reading, 10))["msg_type"]

    assert asyncio.run(answer()) == "execute_reply"
