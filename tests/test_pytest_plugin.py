"""Scripts as tests: pytest run in a small project, as an author would."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent

MKDOCS = "site_name: Small\nplugins: [labguide]\n"

FIRST = """\
# %% name="greet"
print("hello")

# %% name="count"
total = 3
print(total)
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


class Author:
    """Writes a project and runs pytest in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, "utf-8")

    def edit(self, path: str, old: str, new: str) -> None:
        text = (self.root / path).read_text("utf-8")
        assert old in text
        self.write(path, text.replace(old, new))

    def record(self) -> None:
        subprocess.run([BIN / "labguide", "run"], cwd=self.root, check=True, capture_output=True, timeout=120)

    def pytest(self, *arguments: str) -> str:
        """What pytest prints with one line for each test."""
        command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "-W", "error", *arguments]
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True, timeout=120, check=False).stdout


def outcomes(printed: str) -> dict[str, str]:
    """PASSED, FAILED, SKIPPED or ERROR, by the name of the test."""
    lines = re.findall(r"^(\S+::\S+|\S+\.py) (PASSED|FAILED|SKIPPED|ERROR)", printed, re.MULTILINE)
    return dict(lines)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    author = Author(tmp_path_factory.mktemp("recorded") / "project")
    author.write("mkdocs.yml", MKDOCS)
    author.write("docs/index.md", "# Small\n\n```{cell} first#greet\n```\n")
    author.write("notebooks/first.py", FIRST)
    author.write("snippets/fol_lower.py", FOLLOWER)
    author.write("tests/test_plain.py", "def test_plain():\n    pass\n")
    author.record()
    return author.root


@pytest.fixture
def author(recorded: Path, tmp_path: Path) -> Author:
    return Author(Path(shutil.copytree(recorded, tmp_path / "project")))


def test_without_the_option_no_script_is_collected(author: Author) -> None:
    assert outcomes(author.pytest()) == {"tests/test_plain.py::test_plain": "PASSED"}


def test_each_cell_is_a_test(author: Author) -> None:
    assert outcomes(author.pytest("--labguide")) == {
        "notebooks/first.py::greet": "PASSED",
        "notebooks/first.py::count": "PASSED",
        "snippets/fol_lower.py::only": "PASSED",
        "tests/test_plain.py::test_plain": "PASSED",
    }


def test_setting_does_as_the_option_and_scripts_join_the_test_paths(author: Author) -> None:
    author.write("pytest.ini", "[pytest]\nlabguide = true\ntestpaths = tests\n")
    assert len(outcomes(author.pytest())) == 4


@pytest.mark.parametrize("name", ["fol_lower.py", "fol-lower"], ids=["file name", "script name"])
def test_script_is_chosen_by_name_and_what_it_comes_after_runs_first(author: Author, name: str) -> None:
    printed = author.pytest("--labguide", "-k", name)
    assert outcomes(printed) == {"snippets/fol_lower.py::only": "PASSED"}
    assert re.findall(r"labguide: (\S+) ran", printed) == ["first", "fol-lower"]


def test_script_named_as_a_path_is_not_run_as_a_module(author: Author) -> None:
    author.edit("notebooks/first.py", 'print("hello")', 'print("hello")\nassert __name__ == "__main__"')
    author.record()
    assert outcomes(author.pytest("--labguide", "notebooks/first.py")) == {
        "notebooks/first.py::greet": "PASSED",
        "notebooks/first.py::count": "PASSED",
    }


def test_only_collecting_runs_nothing(author: Author) -> None:
    assert "scripts to run" not in author.pytest("--labguide", "--collect-only")


def test_failing_cell_shows_the_authors_line_and_those_after_it_are_skipped(author: Author) -> None:
    author.edit("notebooks/first.py", 'print("hello")', 'word = "hello"\nprint(word.missing)')
    printed = author.pytest("--labguide", "-rs")
    assert outcomes(printed) == {
        "notebooks/first.py::greet": "FAILED",
        "notebooks/first.py::count": "SKIPPED",
        "snippets/fol_lower.py::only": "SKIPPED",
        "tests/test_plain.py::test_plain": "PASSED",
    }
    assert "notebooks/first.py:3: cell \"greet\" raised AttributeError: 'str' object has no attribute" in printed
    assert 'the cell "greet" failed' in printed


def test_drift_is_a_failure_that_shows_the_diff_and_the_page(author: Author) -> None:
    author.edit("notebooks/first.py", 'print("hello")', 'print("hallo")')
    printed = author.pytest("--labguide")
    assert outcomes(printed)["notebooks/first.py::greet"] == "FAILED"
    assert outcomes(printed)["notebooks/first.py::count"] == "PASSED"
    for line in ("    -hello", "    +hallo", "    shown at docs/index.md:3"):
        assert line in printed.splitlines()


def test_run_changes_no_recording(author: Author) -> None:
    author.edit("notebooks/first.py", 'print("hello")', 'print("hallo")')
    recording = author.root / "recordings" / "local" / "first.ipynb"
    before = recording.read_bytes()
    author.pytest("--labguide")
    assert recording.read_bytes() == before


def test_script_that_cannot_be_read_is_an_error_with_its_line(author: Author) -> None:
    author.write("snippets/bad.py", '# ---\n# jupyter: [\n# ---\n\n# %% name="a"\nprint(1)\n')
    printed = author.pytest("--labguide")
    assert "ERROR snippets/bad.py" in printed
    assert re.search(r"^snippets/bad.py:2: .* \[bad-script\]$", printed, re.MULTILINE)


def test_wrong_order_fails_the_cells_that_cannot_run(author: Author) -> None:
    author.edit("snippets/fol_lower.py", "after: [first]", "after: [frist]")
    printed = author.pytest("--labguide")
    assert outcomes(printed)["snippets/fol_lower.py::only"] == "FAILED"
    assert "[unknown-script]" in printed


def test_nothing_secret_is_printed(author: Author) -> None:
    secret = "AKIA" + "Z" * 16
    author.edit("notebooks/first.py", 'print("hello")', 'print("AKIA" + "Z" * 16)')
    author.edit("notebooks/first.py", "total = 3", 'raise ValueError("key_" + "AKIA" + "Z" * 16)')
    printed = author.pytest("--labguide")
    assert "raised ValueError" in printed
    assert secret not in printed


def test_project_without_mkdocs_yml_is_told_so(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "--labguide"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 4
    assert "no mkdocs.yml" in done.stderr
