"""The workshop is run, from nothing, as `make site` does it; and the notebook alone, as a student does."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

LABGUIDE = Path(sys.executable).parent / "labguide"

pytestmark = pytest.mark.slow

_JUPYTER = (sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace")


def tree(folder: Path) -> dict[str, bytes]:
    """The bytes of every file below a folder, by path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.timeout(1800)  # all modules, beside other tests
def test_run_from_nothing_means_the_same_as_the_recordings(project: Path, tmp_path: Path) -> None:
    fresh = Path(shutil.copytree(project, tmp_path / "fresh", ignore=shutil.ignore_patterns("site", ".labguide")))
    before = tree(fresh / "recordings")
    done = subprocess.run([LABGUIDE, "build"], cwd=fresh, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert tree(fresh / "recordings") == before


@pytest.fixture
def sandbox() -> Iterator[dict[str, str]]:
    """The environment of a student who pasted what `labguide sandbox` prints, and nothing else of this project."""
    server = subprocess.Popen([LABGUIDE, "sandbox"], stdout=subprocess.PIPE, text=True)
    assert server.stdout
    lines = []
    for line in server.stdout:
        if not line.startswith("export"):
            break
        lines.append(line)
    exported = dict(re.findall(r"export (\w+)='([^']*)'", "".join(lines)))
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    yield {**kept, **exported}
    server.terminate()
    server.wait()
    server.stdout.close()


def test_notebook_with_its_gap_runs_alone_in_jupyter_and_leaves_nothing_that_costs(
    site: Path, sandbox: dict[str, str], tmp_path: Path
) -> None:
    shutil.copy2(site / "notebooks" / "video-games.ipynb", tmp_path)
    done = subprocess.run(
        [*_JUPYTER, "--allow-errors", "video-games.ipynb"],
        cwd=tmp_path,
        env=sandbox,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    outputs = [output for cell in _code(tmp_path / "video-games.ipynb") for output in cell["outputs"]]
    assert [output["evalue"].split(":")[0] for output in outputs if output["output_type"] == "error"] == [
        "`cheapest` returns nothing yet"
    ]
    assert "Endpoints left: 0" in json.dumps(outputs)


def _code(notebook: Path) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = json.loads(notebook.read_text("utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]
