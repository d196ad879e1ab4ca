"""Each folder in `tests/cases/` is a claim: its sources give the woven documents and problems in its `expected/`.

`pytest --accept` writes what was built into `expected/`; read the difference before you commit it.
"""

from __future__ import annotations

import platform
import shutil
from pathlib import Path

import pytest

from case_project import CASES, Workshop


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_case(case: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")  # the day of every recording: 2026-01-01
    workshop = Workshop(tmp_path / "project", case)
    shutil.rmtree(tmp_path / "project" / "expected", ignore_errors=True)
    site = workshop.build()
    built = {
        woven.document.path: woven.text.replace(platform.python_version(), "3.x")
        for woven in (*site.pages.values(), *site.decks.values())
    }
    built["problems.txt"] = "".join(f"{problem}\n" for problem in workshop.found)
    expected = CASES / case / "expected"
    if request.config.getoption("--accept"):
        _write(expected, built)
    assert built == _read(expected)


def _write(folder: Path, files: dict[str, str]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def _read(folder: Path) -> dict[str, str]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in paths}
