"""What runs again after which edit: decided by content, in real builds with real kernels."""

from __future__ import annotations

import dataclasses
import json
import platform
import re
import shutil
import sys
from collections.abc import Callable
from importlib.machinery import PathFinder
from pathlib import Path

import pytest

from case_project import NoCloud, Seen, Workshop
from labguide import site, sources
from labguide.problems import Problems
from labguide.running import freshness, order, own_modules

SCRIPT = """\
# ---
# jupyter:
#   labguide:
#     data: [data/table.csv]
# ---

# %% [markdown]
# Prose.

# %% name="first"
x = 1

# %% name="second"
print(open("table.csv").read(), x)
"""

FOLLOWER = """\
# ---
# jupyter:
#   labguide:
#     after: [first]
# ---

# %% name="only"
print("after first")
"""


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    workshop = Workshop(tmp_path)
    workshop.write("notebooks/first.py", SCRIPT)
    workshop.write("snippets/follower.py", FOLLOWER)
    workshop.write("snippets/alone.py", '# %% name="only"\nprint("alone")\n')
    workshop.write("data/table.csv", "a,b\n")
    workshop.write("docs/page.md", "{value}`first#x`\n")
    workshop.write("requirements.lock", "numpy==2.0\n")
    return workshop


def test_second_build_runs_nothing(workshop: Workshop) -> None:
    assert set(workshop.build().runs.ran) == {"first", "follower", "alone"}
    assert workshop.build().runs.ran == ()


@pytest.mark.parametrize(
    ("edit", "ran"),
    [
        (lambda w: w.edit("notebooks/first.py", "x = 1", "x = 2"), {"first", "follower"}),
        (lambda w: w.edit("data/table.csv", "a,b", "a,c"), {"first", "follower"}),
        (lambda w: w.edit("requirements.lock", "2.0", "2.1"), {"first", "follower", "alone"}),
        (lambda w: w.edit("snippets/alone.py", "alone", "lonely"), {"alone"}),
        (lambda w: w.edit("snippets/follower.py", "after first", "behind first"), {"first", "follower"}),
        (lambda w: w.edit("notebooks/first.py", "# Prose.", "# Other prose."), set()),
        (lambda w: w.edit("docs/page.md", "{value}", "x = {value}"), set()),
        (lambda w: (w.project.recordings / "local" / "alone.ipynb").unlink(), {"alone"}),
    ],
    ids=[
        "a cell and what comes after it",
        "declared data",
        "the lock",
        "a script that stands alone",
        "a follower needs its forerunner's account again",
        "a script's prose",
        "a document's prose",
        "a recording that is gone",
    ],
)
def test_edit_runs_what_depends_on_it(workshop: Workshop, edit: Callable[[Workshop], object], ran: set[str]) -> None:
    workshop.build()
    edit(workshop)
    assert set(workshop.build().runs.ran) == ran


HELPER = "from deeper import depth\n\n\ndef word() -> str:\n    return f'said {depth}'\n"
USER = '# %% name="only"\nimport package.words as words\nfrom helper import word\n\nprint(word(), words.TWO)\n'


@pytest.fixture
def with_modules(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """One script that imports modules of the project, by a chain and from a package."""
    monkeypatch.setenv("PYTHONPATH", str(workshop.project.root / "lib"))
    workshop.write("snippets/alone.py", USER)
    workshop.write("lib/helper.py", HELPER)
    workshop.write("lib/deeper.py", "depth = 1\n")
    workshop.write("lib/unused.py", "depth = 1\n")
    workshop.write("lib/package/__init__.py", "")
    workshop.write("lib/package/words.py", "TWO = 2\n")
    return workshop


@pytest.mark.parametrize(
    ("edit", "ran"),
    [
        (lambda w: w.edit("lib/helper.py", "said", "told"), {"alone"}),
        (lambda w: w.edit("lib/deeper.py", "1", "2"), {"alone"}),
        (lambda w: w.edit("lib/package/words.py", "2", "3"), {"alone"}),
        (lambda w: w.edit("lib/unused.py", "1", "2"), set()),
        (lambda w: w.write("lib/package/.hidden", "x"), set()),
    ],
    ids=["a module", "one that it imports", "one in a package", "one that nobody imports", "a hidden file"],
)
def test_edited_module_of_the_project_runs_who_imports_it(
    with_modules: Workshop, edit: Callable[[Workshop], object], ran: set[str]
) -> None:
    with_modules.build()
    assert with_modules.found == []
    assert with_modules.build().runs.ran == ()
    edit(with_modules)
    assert set(with_modules.build().runs.ran) == ran


@pytest.mark.parametrize(
    "source",
    [
        "import helper",
        "import json, helper.deep as h",
        "from helper.deep import a",
        "try: import helper",
        "import json; import helper",
        "import json, \\\n    helper",
        "def f():\n    from helper import (\n        a,\n    )",
        "%load_ext autoreload\nimport helper",
        "import importlib\nimportlib.import_module('helper')",
    ],
)
def test_import_is_found_however_it_is_written(tmp_path: Path, source: str) -> None:
    module = tmp_path / "helper.py"
    module.write_text("", "utf-8")
    assert own_modules.Finder((str(tmp_path),)).imported_by([source], []) == (module,)


def test_module_that_an_installer_brought_or_that_python_has_is_not_the_projects_own() -> None:
    finder = own_modules.Finder(own_modules.places(""))
    assert finder.imported_by(["import json, pytest, nbclient, sys, helper_that_is_nowhere"], []) == ()


def test_package_that_is_installed_in_place_through_a_hook_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "src" / "ours").mkdir(parents=True)
    (tmp_path / "src" / "ours" / "__init__.py").write_text("", "utf-8")

    class Hook:
        @staticmethod
        def find_spec(name: str, path: object = None) -> object:
            return PathFinder.find_spec(name, [str(tmp_path / "src")])

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Hook])
    assert own_modules.Finder(()).imported_by(["import ours"], []) == (tmp_path / "src" / "ours",)


def test_stale_recording_of_a_module_is_told_where_the_module_cannot_be_found(
    with_modules: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_modules.build()
    monkeypatch.delenv("PYTHONPATH")
    assert stale(with_modules) == {}
    with_modules.edit("lib/deeper.py", "1", "2")
    assert stale(with_modules) == {"alone": "lib/deeper.py, which it imports, changed"}


def _inputs(workshop: Workshop) -> dict[str, str]:
    scripts = sources.read(workshop.project, Problems()).scripts
    found = freshness.keys(workshop.project, order.ordered(scripts, Problems()), NoCloud())
    return {name: each.key for name, each in found.items()}


def _changed_variable(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    workshop.project = dataclasses.replace(workshop.project, environment=("GREETING",))
    monkeypatch.setenv("GREETING", "hello")


def _installed(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    (workshop.project.root / "installed" / "new_package-1.0.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(workshop.project.root / "installed")


@pytest.mark.parametrize(
    "change",
    [
        _changed_variable,
        _installed,
        lambda _w, patch: patch.setattr(platform, "python_version", lambda: "3.99.1"),
        lambda _w, patch: patch.setattr(platform, "machine", lambda: "abacus"),
        lambda _w, patch: patch.setattr(NoCloud, "versions", lambda _self: {"cloud": "another"}),
        lambda w, _patch: w.write("uv.lock", "another lock"),
    ],
    ids=["a variable that kernels get", "a package", "Python", "the processor", "the backend", "another tool's lock"],
)
def test_change_of_the_machine_runs_everything_and_makes_no_recording_stale(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, change: Callable[[Workshop, pytest.MonkeyPatch], object]
) -> None:
    workshop.build()
    before = _inputs(workshop)
    assert before == _inputs(workshop)
    change(workshop, monkeypatch)
    after = _inputs(workshop)
    assert [name for name in before if before[name] == after[name]] == []
    assert stale(workshop) == {}


def test_variables_of_a_terminal_run_nothing(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _inputs(workshop)
    for name in ("PATH", "TERM", "LANG", "VIRTUAL_ENV", "SOURCE_DATE_EPOCH", "SOMETHING_ELSE"):
        monkeypatch.setenv(name, "another")
    assert _inputs(workshop) == before


def test_files_of_a_data_folder_count(workshop: Workshop) -> None:
    workshop.write("data/many/one.csv", "1\n")
    workshop.edit("notebooks/first.py", "[data/table.csv]", "[data/table.csv, data/many]")
    before = _inputs(workshop)
    workshop.write("data/many/deep/two.csv", "2\n")
    after = _inputs(workshop)
    assert {name for name in before if before[name] != after[name]} == {"first", "follower"}


def stale(workshop: Workshop) -> dict[str, str]:
    """What a build that runs nothing says of each recording: first why it is stale, by its script."""
    workshop.build(frozen=True)
    told = (
        re.fullmatch(r".*: the recording is stale: (.*); run `labguide run (.*)` \[.*\]", line)
        for line in workshop.found
    )
    return {each[2]: each[1] for each in told if each}


def _run_only_first(workshop: Workshop) -> None:
    workshop.build(only=("first",))


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (
            lambda w: w.edit("data/table.csv", "a,b", "a,c"),
            {"first": "data/table.csv, which it reads, changed"},
        ),
        (
            lambda w: w.edit("notebooks/first.py", 'name="first"', 'name="first" tags=["varies"]'),
            {"first": "the tags of its cells changed"},
        ),
        (
            lambda w: w.edit("notebooks/first.py", "#     data: [data/table.csv]\n", ""),
            {"first": "it no longer finds data/table.csv"},
        ),
        (
            lambda w: (w.edit("data/table.csv", "a,b", "a,c"), _run_only_first(w)),
            {"follower": '"first", which it comes after, was recorded anew'},
        ),
        (
            lambda w: (w.edit("notebooks/first.py", "x = 1", "x = 2"), _run_only_first(w)),
            {"follower": '"first", which it comes after, was recorded anew'},
        ),
        (
            lambda w: w.edit("snippets/follower.py", "after: [first]", "after: [first, alone]"),
            {"follower": 'it comes after "alone"'},
        ),
        (lambda w: w.edit("notebooks/first.py", "# Prose.", "# Other prose."), {}),
        (lambda w: w.edit("requirements.lock", "2.0", "2.1"), {}),
    ],
    ids=[
        "data",
        "tags",
        "data that is no longer named",
        "a script before, recorded from other data",
        "a script before, recorded from other code",
        "another script before",
        "prose",
        "the lock",
    ],
)
def test_frozen_build_says_of_what_a_recording_is_stale(
    workshop: Workshop, edit: Callable[[Workshop], object], told: dict[str, str]
) -> None:
    workshop.build()
    assert stale(workshop) == {}
    edit(workshop)
    shutil.rmtree(workshop.project.workdir)  # as in a clone, where nothing ran
    assert stale(workshop) == told


def test_static_check_says_the_same_as_a_frozen_build(workshop: Workshop) -> None:
    workshop.build()
    workshop.edit("data/table.csv", "a,b", "a,c")
    workshop.build(frozen=True)
    problems = Problems()
    site.check(workshop.project, NoCloud(), site.CheckOptions(static=True), Seen(), problems)
    assert [str(problem) for problem in problems] == workshop.found != []


def test_run_that_leads_to_the_same_from_other_data_is_fresh_and_says_so(workshop: Workshop) -> None:
    workshop.edit("notebooks/first.py", 'print(open("table.csv").read(), x)', "print(x)")
    before = workshop.build().runs.recordings["first"]
    workshop.edit("data/table.csv", "a,b", "a,c")
    after = workshop.build().runs.recordings["first"]
    assert before.cells == after.cells
    assert stale(workshop) == {}
    assert workshop.build().runs.ran == ()


def test_recording_that_does_not_say_what_it_was_made_from_is_stale(workshop: Workshop) -> None:
    workshop.build()
    for name in ("first", "alone"):
        path = workshop.project.recordings / "local" / f"{name}.ipynb"
        notebook = json.loads(path.read_text("utf-8"))
        del notebook["metadata"]["labguide"]["provenance"]["made_from"]
        path.write_text(json.dumps(notebook), "utf-8")
    assert stale(workshop)["first"] == "it does not say what it was made from"
    assert "alone" not in stale(workshop)  # it is made from nothing but its code


def test_script_runs_again_after_one_that_was_recorded_anew_alone(workshop: Workshop) -> None:
    workshop.edit("notebooks/first.py", "x = 1", "import uuid\nx = str(uuid.uuid4())[:4]")
    workshop.build()
    assert workshop.build().runs.ran == ()
    workshop.build(only=("first",), force=True)
    assert set(workshop.build().runs.ran) == {"first", "follower"}
    assert workshop.build().runs.ran == ()


def test_output_that_varies_in_a_script_makes_none_stale_that_comes_after_it(workshop: Workshop) -> None:
    workshop.edit("notebooks/first.py", 'name="second"', 'name="second" tags=["varies"]')
    workshop.edit("notebooks/first.py", ".read(), x)", ".read(), x, __import__('time').time_ns())")
    workshop.build()
    workshop.build(only=("first",), force=True)
    assert stale(workshop) == {}


def test_forced_build_runs_all(workshop: Workshop) -> None:
    workshop.build()
    assert set(workshop.build(force=True).runs.ran) == {"first", "follower", "alone"}


def test_failed_run_is_tried_again_and_keeps_the_old_recording(workshop: Workshop) -> None:
    workshop.build()
    before = (workshop.project.recordings / "local" / "first.ipynb").read_bytes()
    workshop.edit("notebooks/first.py", "x = 1", "x = 1 / 0")
    for _ in range(2):
        assert "first" in workshop.build().runs.ran
        assert [line.rpartition("[")[2] for line in workshop.found] == ["cell-raised]"]
    assert (workshop.project.recordings / "local" / "first.ipynb").read_bytes() == before


def test_frozen_build_runs_nothing_and_names_what_is_stale(workshop: Workshop) -> None:
    workshop.build()
    workshop.edit("notebooks/first.py", "x = 1", "x = 5")
    site = workshop.build(frozen=True)
    assert site.runs.ran == ()
    assert site.pages["page.md"].text == "1\n"
    assert workshop.found == [
        "notebooks/first.py:1: the recording is of other code than the script has now; "
        "run `labguide run first` [stale-recording]"
    ]


def test_rerun_with_equal_outputs_leaves_the_recording_byte_for_byte(workshop: Workshop) -> None:
    workshop.edit("snippets/alone.py", 'print("alone")', "import time\nprint(object())\nstopwatch = time.time()")
    workshop.build()
    before = (workshop.project.recordings / "local" / "alone.ipynb").read_bytes()
    workshop.build(force=True)
    assert (workshop.project.recordings / "local" / "alone.ipynb").read_bytes() == before


def test_changed_output_changes_the_recording(workshop: Workshop) -> None:
    workshop.build()
    workshop.edit("data/table.csv", "a,b", "a,c")
    workshop.build()
    assert "a,c" in (workshop.project.recordings / "local" / "first.ipynb").read_text("utf-8")


def test_output_of_a_cell_that_varies_does_not_change_the_recording(workshop: Workshop) -> None:
    workshop.write(
        "snippets/alone.py", '# %% name="only" tags=["varies"]\nimport time\nprint(time.time_ns() % 999983)\n'
    )
    workshop.build()
    before = (workshop.project.recordings / "local" / "alone.ipynb").read_bytes()
    workshop.build(force=True)
    assert (workshop.project.recordings / "local" / "alone.ipynb").read_bytes() == before


def test_changed_cell_leaves_what_the_others_recorded(workshop: Workshop) -> None:
    workshop.write(
        "snippets/alone.py",
        '# %% name="clock" tags=["varies"]\nimport time\nprint(time.time_ns())\n\n# %% name="word"\nprint("old")\n',
    )
    before = workshop.build().runs.recordings["alone"]
    workshop.edit("snippets/alone.py", '"old"', '"new"')
    after = workshop.build().runs.recordings["alone"]
    assert after.cell("clock") == before.cell("clock")
    assert after.cell("word") != before.cell("word")


def test_dots_that_an_author_wrote_into_a_recording_stay(workshop: Workshop) -> None:
    workshop.write(
        "snippets/alone.py", '# %% name="only" tags=["ellipsis"]\nimport os\nprint("pid", os.getpid(), "ok")\n'
    )
    workshop.build()
    recording = workshop.project.recordings / "local" / "alone.ipynb"
    recording.write_text(re.sub(r'"pid \d+ ok', '"pid ... ok', recording.read_text("utf-8")), "utf-8")
    before = recording.read_bytes()
    workshop.build(force=True)
    assert recording.read_bytes() == before
