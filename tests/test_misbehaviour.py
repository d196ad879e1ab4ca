"""Whatever a script does to its kernel: the others run, and what went wrong has a line."""

from __future__ import annotations

import asyncio
import enum
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_project import NoCloud, Seen, Workshop
from labguide import running, variables
from labguide.model import Project, Script
from labguide.problems import Problems
from labguide.running import data_files, environment, folders, kernel, values
from labguide.sources import read as read_sources

OTHER = '# %% name="one"\nkept = 1\n'


def cells(*sources: str) -> str:
    """A script of cells "a", "b" and so on."""
    return "\n\n".join(f'# %% name="{chr(97 + number)}"\n{source}' for number, source in enumerate(sources)) + "\n"


class Trial(Workshop):
    """A project with the script `tried`, and a harmless one beside it."""

    def run(self, *sources: str, header: str = "") -> running.Outcome | None:
        self.write("snippets/tried.py", header + cells(*sources))
        self.write("snippets/another.py", OTHER)
        self.problems = Problems()
        found = read_sources(self.project, self.problems)
        self.outcomes = running.rehearse(self.project, found.scripts, NoCloud(), (), Seen(), self.problems)
        assert self.outcomes["another"].recording.values == {"kept": 1}
        return self.outcomes.get("tried")

    def values(self, *sources: str) -> Mapping[str, object]:
        outcome = self.run(*sources)
        assert self.found == []
        assert outcome
        return outcome.recording.values

    def printed(self, *sources: str) -> dict[str, str]:
        """What each cell printed, without regard to the stream."""
        outcome = self.run(*sources)
        assert self.found == []
        assert outcome
        return {
            cell.name: "".join(
                output["text"] if output["output_type"] == "stream" else output["data"]["text/plain"]
                for output in cell.outputs
            )
            for cell in outcome.recording.cells
        }


@pytest.fixture
def trial(tmp_path: Path) -> Trial:
    return Trial(tmp_path / "project")


HEADER = "# ---\n# jupyter:\n#   labguide:\n#     {}\n# ---\n\n"


@pytest.mark.parametrize(
    "name",
    ["display", "get_ipython", "dict", "len", "print", "type", "json", "str", "isinstance", "exec", "__builtins__"],
)
def test_names_of_a_script_do_not_matter_when_its_values_are_read(trial: Trial, name: str) -> None:
    assert trial.values(f"{name} = [1]\nx = 2")["x"] == 2


def test_builtins_that_a_script_replaces_do_not_matter_either(trial: Trial) -> None:
    code = "import builtins\nx = 2\nfor name in ('display', 'get_ipython', 'sorted', 'frozenset', 'print'):\n"
    assert trial.values(f"{code}    setattr(builtins, name, None)")["x"] == 2


ODD = """
class Odd:
    @property
    def __class__(self): raise RuntimeError("no class")
    @property
    def shape(self): raise RuntimeError("no shape")
    def item(self): raise RuntimeError("no item")
    def __repr__(self): raise RuntimeError("no text")
    def __getattr__(self, name): raise RuntimeError(name)

class Meta(type):
    def __instancecheck__(cls, value): raise RuntimeError("no check")
    def __subclasscheck__(cls, value): raise RuntimeError("no check")
    __module__ = property(lambda cls: 1 / 0)

class Strange(metaclass=Meta): pass

class Table(dict):
    def items(self): raise RuntimeError("no items")
    def __iter__(self): raise RuntimeError("no keys")
    def __len__(self): raise RuntimeError("no length")

class Text(str):
    def __str__(self): return "another"

circle = []
circle.append(circle)
ring = {}
ring["ring"] = ring
deep = 1
for _ in range(10): deep = [deep]
too_deep = 1
for _ in range(100_000): too_deep = [too_deep]
wide = []
for _ in range(60): wide = [wide, wide]
odd, strange, table, text, long = Odd(), Strange(), Table(a=1), Text("own"), list(range(1_000_000))
after = "still read"
"""


def test_no_value_keeps_others_from_being_read(trial: Trial) -> None:
    found = trial.values(ODD)
    assert {name: found.get(name) for name in ("after", "table", "text", "deep")} == {
        "after": "still read",
        "table": {"a": 1},
        "text": "own",
        "deep": [[[[[[[[[[1]]]]]]]]]],
    }
    assert not {"circle", "ring", "wide", "odd", "strange", "long", "too_deep"} & set(found)


def test_values_that_a_sentence_can_show_are_kept_as_print_shows_them() -> None:
    size = enum.IntEnum("size", {"BIG": 3})
    scores = {f"class {number}": number / 7 for number in range(60)}
    names = {
        **{"day": date(2024, 3, 1), "moment": datetime(2024, 3, 1, 6, 30), "when": pd.Timestamp("2024-03-01")},
        **{"price": Decimal("0.10"), "share": Fraction(1, 3), "nothing": float("nan"), "path": PurePosixPath("a/b")},
        **{"small": np.float32(0.1), "whole": np.int64(7), "true": np.bool_(True), "time": np.datetime64("2024-03-01")},
        **{"row": np.array([0.5, 1]), "table": np.array([[1, 2], [3, 4]]), "single": np.array(3)},
        **{"size": size.BIG, "big": 10**30, "scores": scores},
    }
    assert values.picked(names, ()) == {
        "kept": {
            **{"day": "2024-03-01", "moment": "2024-03-01 06:30:00", "when": "2024-03-01 00:00:00"},
            **{"price": "0.10", "share": "1/3", "nothing": "nan", "path": "a/b"},
            **{"small": 0.1, "whole": 7, "true": True, "time": "2024-03-01"},
            **{"row": [0.5, 1.0], "table": [[1, 2], [3, 4]], "single": 3, "size": 3, "big": 10**30, "scores": scores},
        },
        "unkept": {},
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_what_json_can_hold_is_kept_exactly(value: object) -> None:
    found = values.picked({"value": value}, ())
    assert found["kept"] == {"value": value} or len(json.dumps(value)) > values.LIMIT


def test_reason_why_a_value_is_not_kept_is_known() -> None:
    circle: list[object] = []
    circle.append(circle)
    names = {
        **{"frame": pd.DataFrame({"a": [1]}), "circle": circle, "long": "x" * 5000, "array": np.zeros(5000)},
        **{"keys": {1: "a"}, "pd": pd, "print": print, "date": date, "_own": object(), "Out": {}},
    }
    assert values.picked(names, ["Out"])["unkept"] == {
        "frame": "a sentence cannot show a value of type DataFrame",
        "circle": "it is too deep, or holds itself",
        "long": "it is longer than 4,000 characters",
        "array": "it has more than 4,000 parts",
        "keys": "not all its keys are text",
    }


def test_prints_of_a_cell_with_everything_shadowed_are_kept(trial: Trial) -> None:
    assert trial.printed("print('first')\nprint = display = get_ipython = None", "7")["b"] == "7"


# Outputs that no notebook can hold.


@pytest.mark.parametrize("content", ["5", "None", "[1]", "{}"])
def test_output_that_is_no_text_is_a_problem_at_its_cell(trial: Trial, content: str) -> None:
    trial.run("1", f'display({{"text/plain": {content}}}, raw=True)', "print('not run')")
    assert [line.partition(": ")[0] for line in trial.found] == ["snippets/tried.py:5"]
    assert trial.found[0].endswith("[invalid-output]")


# What is told of an exception.


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("raise KeyboardInterrupt", 'cell "b" raised KeyboardInterrupt; '),
        ("raise ValueError('\\n\\n  at last\\nmore')", 'cell "b" raised ValueError: at last; '),
        # The kernel's reply names no exception that is raised while a result is shown.
        ("class A:\n    def __repr__(self): raise ValueError('no')\nA()", 'cell "b" raised ValueError: no; '),
    ],
)
def test_exception_is_told_by_its_name_and_message(trial: Trial, code: str, told: str) -> None:
    trial.run("1", code)
    (problem,) = trial.found
    assert told in problem


# Ends of a kernel that a script brings about.


@pytest.mark.parametrize(
    ("code", "line", "told"),
    [
        ("x = 1\nquit()", 6, "ended the kernel with `quit` or `exit`"),
        ("exit", 5, "ended the kernel with `quit` or `exit`"),
        ("import sys\nsys.exit(3)", 6, "raised SystemExit: 3"),
        ("import os\nos._exit(3)", 5, 'the kernel died in cell "b" (exit status 3)'),
        ("import os\nos.kill(os.getpid(), 9)", 5, "(ended by SIGKILL); is memory short?"),
        ("import faulthandler\nfaulthandler._sigabrt()", 5, "(ended by SIGABRT): Fatal Python error: Aborted"),
    ],
)
def test_cell_that_ends_its_kernel_is_a_problem(trial: Trial, code: str, line: int, told: str) -> None:
    trial.run("import faulthandler, sys\nfaulthandler.enable(sys.__stderr__)", code, "print('not run')")
    (problem,) = trial.found
    assert problem.startswith(f"snippets/tried.py:{line + 1}: ")
    assert told in problem


def test_fault_of_labguide_in_one_run_is_a_problem_of_its_script(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    bring = data_files.bring

    def fails(project: Project, script: Script, folder: Path) -> None:
        if script.name == "tried":
            raise ValueError("of no use")
        bring(project, script, folder)

    monkeypatch.setattr(data_files, "bring", fails)
    assert trial.run("1") is None
    assert trial.found == [
        "snippets/tried.py:1: its run broke off with ValueError: of no use; see what it does to its kernel [run-failed]"
    ]


def test_full_disk_ends_the_build(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(data_files, "bring", full)
    with pytest.raises(OSError, match="No space left"):
        trial.run("1")


def test_long_path_for_temporary_files_is_no_hindrance(trial: Trial, tmp_path: Path) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    trial.write("snippets/one.py", OTHER)
    code = BUILD.format(tests=str(Path(__file__).parent), folder=str(trial.project.root))
    environment = {**os.environ, "TMPDIR": str(long)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout == "[]\n"
    assert list(long.iterdir()) == []


BUILD = """
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from case_project import Workshop
workshop = Workshop(Path({folder!r}))
workshop.build()
print(workshop.found)
"""


# What children write.


def test_output_of_child_processes_stands_where_it_happened_and_once(trial: Trial) -> None:
    printed = trial.printed(
        "import os, subprocess\nprint('one')\nos.system('echo two')\nprint('three')\n"
        "subprocess.run(['echo', 'four'])\nos.write(1, b'five\\n')\nprint('six');",
        "import sys\nsubprocess.run(['echo', 'seven'], stdout=sys.stdout);",
        "import ctypes\nctypes.CDLL(None).printf(b'eight\\n');",
        "print('nine', file=sys.__stdout__)",
        "if os.fork() == 0:\n    print('ten')\n    os._exit(0)\nos.wait();",
        "import multiprocessing\nforking = multiprocessing.get_context('fork')\n"
        "child = forking.Process(target=print, args=('eleven',))\nchild.start()\nchild.join()",
        "os.write(1, '十二'.encode()[:4])\nos.write(1, '十二'.encode()[4:]);",
    )
    assert printed == {
        **{"a": "one\ntwo\nthree\nfour\nfive\nsix\n", "b": "seven\n", "c": "eight\n", "d": "nine\n"},
        **{"e": "ten\n", "f": "eleven\n", "g": "十二"},
    }


def test_half_a_character_is_printed_as_its_code(trial: Trial) -> None:
    assert trial.printed("print('\\ud83d', '文')") == {"a": "\\ud83d 文\n"}


def test_child_that_outlives_its_cell_is_heard_with_the_cell_of_the_moment(trial: Trial) -> None:
    code = "import subprocess\ncommand = 'read line; echo $line'\n"
    code += "child = subprocess.Popen(command, shell=True, stdin=subprocess.PIPE, text=True)"
    assert trial.printed(code, "child.communicate('late');") == {"a": "", "b": "late\n"}


def test_streams_of_child_processes_are_kept_apart(trial: Trial) -> None:
    outcome = trial.run("import os\nos.system('echo out; echo err >&2');")
    assert outcome
    found = {output["name"]: output["text"] for output in outcome.recording.cells[0].outputs}
    assert found == {"stdout": "out\n", "stderr": "err\n"}


def test_nothing_that_a_script_writes_reaches_labguides_own_streams(
    trial: Trial, capfd: pytest.CaptureFixture[str]
) -> None:
    trial.run("import os\nos.system('echo loud; echo loud >&2')\nprint('loud')\nos.write(2, b'loud');")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("code", ["sys.stdout.close()", "os.close(1)", "sys.stdout = open(os.devnull, 'w')"])
def test_cell_may_close_its_streams(trial: Trial, code: str) -> None:
    assert trial.values("import os, sys\nx = 1", code, "y = 2") == {"x": 1, "y": 2}


# What goes on after its cell.

TASK = """
import asyncio
async def tell(seconds):
    await asyncio.sleep(seconds)
    print("told by the task")
"""


def test_output_of_a_task_is_with_the_cell_that_started_it(trial: Trial) -> None:
    printed = trial.printed(TASK + "task = asyncio.create_task(tell(0))", "print('next')\nawait task")
    assert printed == {"a": "told by the task\n", "b": "next\n"}


def test_task_that_is_not_awaited_is_waited_for(trial: Trial) -> None:
    assert trial.printed(TASK + "task = asyncio.create_task(tell(0.2))", "1") == {"a": "told by the task\n", "b": "1"}


THREAD = """
import threading
go = threading.Event()
def tell():
    go.wait(30)
    print("told by the thread")
    display("shown by the thread")
thread = threading.Thread(target=tell)
thread.start()
"""


def test_output_of_a_thread_is_with_the_cell_that_started_it(trial: Trial) -> None:
    printed = trial.printed(THREAD, "print('next')\ngo.set()\nthread.join()")
    assert printed == {"a": "told by the thread\n'shown by the thread'", "b": "next\n"}


def test_thread_that_outlives_the_last_cell_is_waited_for(trial: Trial) -> None:
    code = (
        "import threading, time\nx = 1\ndef tell():\n    global x\n    time.sleep(0.3)\n    print('late')\n    x = 2\n"
    )
    outcome = trial.run(code + "threading.Thread(target=tell).start()")
    assert outcome
    assert (outcome.recording.cells[0].outputs[0]["text"], outcome.recording.values["x"]) == ("late\n", 2)


@pytest.mark.parametrize(
    "pool", ["ThreadPoolExecutor(1)", "ProcessPoolExecutor(1, multiprocessing.get_context('fork'))"]
)
def test_work_of_a_pool_that_outlives_the_last_cell_is_waited_for(trial: Trial, pool: str) -> None:
    code = f"import concurrent.futures, multiprocessing, time\npool = concurrent.futures.{pool}\ndef tell():\n"
    assert trial.printed(code + "    time.sleep(0.2)\n    print('late')\nfuture = pool.submit(tell)") == {"a": "late\n"}


def test_what_a_library_keeps_at_work_is_not_waited_for(trial: Trial) -> None:
    code = (
        "import asyncio, threading, time\nkept = asyncio.create_task(asyncio.sleep(1000))\n"
        "threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()"
    )
    assert trial.printed(code) == {"a": ""}


@pytest.mark.parametrize(
    ("code", "line", "what"),
    [
        (TASK + "task = asyncio.create_task(tell(1000))", 4, 'the task "tell"'),
        (
            "import threading, time\nthreading.Thread(target=time.sleep, args=(1000,), name='s').start()",
            2,
            'thread "s"',
        ),
    ],
    ids=["task", "thread"],
)
def test_what_does_not_end_is_a_problem_where_it_was_started(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, code: str, line: int, what: str
) -> None:
    monkeypatch.setattr(kernel, "_PATIENCE", 1.0)
    trial.run(code, "print('next')")
    (problem,) = trial.found
    assert problem.startswith(f"snippets/tried.py:{line}: ")
    assert what in problem
    assert problem.endswith("[still-at-work]")


# Widgets.


def test_what_is_printed_into_a_widget_stands_where_the_widget_is_shown(trial: Trial) -> None:
    pytest.importorskip("ipywidgets")
    printed = trial.printed(
        "import ipywidgets\nprint('before')\nout, late = ipywidgets.Output(), ipywidgets.Output()\n"
        "display(ipywidgets.VBox([late]), out)",
        "with out:\n    print('in the widget')\nwith late:\n    display('late')",
        "out.clear_output()\nwith out:\n    print('at last')",
    )
    assert printed == {"a": "before\nVBox(children=(Output(),))'late'at last\n", "b": "", "c": ""}


def test_widget_is_shown_as_the_text_that_it_has_at_the_end(trial: Trial) -> None:
    pytest.importorskip("ipywidgets")
    code = "import ipywidgets\nslider = ipywidgets.IntSlider(1)\nslider"
    assert trial.printed(code, "slider.value = 7") == {"a": "IntSlider(value=7)", "b": ""}


def test_bar_of_tqdm_and_of_rich_is_shown_at_its_end(trial: Trial) -> None:
    pytest.importorskip("ipywidgets")
    printed = trial.printed(
        "from tqdm.notebook import tqdm\nfor _ in tqdm(range(5), bar_format='{n}/{total}'):\n    pass",
        "from rich.progress import Progress\nprint('before')\nwith Progress('{task.completed}') as progress:\n"
        "    list(progress.track(range(5)))",
    )
    assert printed["a"] == "5/5"
    assert printed["b"].startswith("before\n")
    assert "5" in printed["b"]


def test_widget_without_text_is_a_problem(trial: Trial) -> None:
    trial.run('display({"application/vnd.jupyter.widget-view+json": {"model_id": "1"}}, raw=True)')
    assert [line.rpartition(": ")[2] for line in trial.found] == [
        "it shows a widget that has no text; show it as text or as a picture [invalid-output]"
    ]


# What a service says.

WAITER = """
from botocore.exceptions import WaiterError
response = {"TrainingJobStatus": "Failed", "FailureReason": "AlgorithmError: no such column"}
error = WaiterError("TrainingJobCompletedOrStopped", "terminal failure state", response)
of_the_sdk = RuntimeError("Encountered a failed state. Failure Reason: AlgorithmError:\\n  no such column")
"""


@pytest.mark.parametrize("code", ["raise error", "raise RuntimeError('the job failed') from error", "raise of_the_sdk"])
def test_reason_that_a_service_gives_reaches_the_authors_line(trial: Trial, code: str) -> None:
    trial.run("1", WAITER + code)
    (problem,) = trial.found
    assert problem.startswith("snippets/tried.py:10: ")
    assert problem.count("AlgorithmError: no such column") == 1
    assert problem.count("Reason") <= 1


# What a kernel is given.


def test_variable_of_the_caller_is_not_given_unless_named(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_TOKEN", "NPM_TOKEN", "DATABASE_URL", "NAMED"):
        monkeypatch.setenv(name, "kept from others")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy")
    trial.project = Project(trial.project.root, environment=("NAMED", "ABSENT"))
    trial.write("snippets/yet-another.py", OTHER)  # with more than one script, kernels come from a zygote
    # A script that says "environ" gets a process of its own.
    look = "import os\nof = 'env' + 'iron'\nhere = getattr(os, of)\nproxy = here['HTTPS_PROXY']\n"
    above = "above = open(f'/proc/{os.getppid()}/{of}').read().count('kept from others')\n"
    found = dict(trial.values(f"{look}{above}seen = sorted(name for name in here if here[name] == 'kept from others')"))
    del found["of"]
    assert found == {"seen": ["NAMED"], "above": 1, "proxy": "http://proxy"}


# Data.


def test_data_files_of_one_name_do_not_overwrite_each_other(trial: Trial) -> None:
    for name in ("train", "test"):
        trial.write(f"data/{name}/part.csv", name)
    trial.write("data/other.csv", "other")
    trial.write("data/pictures/a/one.txt", "picture")
    trial.write("data/pictures/.hidden", "no change of it would make the script run again")
    header = HEADER.format("data: [data/train/part.csv, data/test/part.csv, data/other.csv, data/pictures]")
    outcome = trial.run(
        "from pathlib import Path\nfiles = [path for path in Path().rglob('*') if path.is_file()]\n"
        "found = {str(path): path.read_text() for path in files}",
        header=header,
    )
    assert outcome
    assert outcome.recording.values["found"] == {
        "data/test/part.csv": "test",
        "data/train/part.csv": "train",
        "other.csv": "other",
        "pictures/a/one.txt": "picture",
    }


# What a run knows of itself.


def test_run_knows_its_time_folder_and_process(trial: Trial) -> None:
    trial.write("snippets/tried.py", cells("import os\nhere, me = os.getcwd(), os.getpid()\nframe = object()"))
    script = read_sources(trial.project, Problems()).scripts["tried"]
    begun = time.time()
    with folders.private() as (own, line):
        given = line.mark(kernel.kernel_environment(trial.project, {}))
        run = asyncio.run(kernel.run(trial.project, script, given, own, lambda _: "", lambda *_: None))
    assert begun <= run.began < run.ended <= time.time()
    assert (run.folder, run.pid) == (run.values["here"], run.values["me"])
    assert run.unkept == {"frame": "a sentence cannot show a value of type object"}


def test_local_sagemaker_is_given_no_token_of_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "LOCAL_SAGEMAKER_CACHE", "PIP_INDEX_URL"):
        monkeypatch.setenv(name, "x")
    given = variables.needed_to_install(os.environ)
    assert {"LOCAL_SAGEMAKER_CACHE", "PIP_INDEX_URL", "PATH"} < set(given)
    assert not {"GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY"} & set(given)
    assert "PIP_INDEX_URL" in environment.held_back(Project(Path()), os.environ)
