"""Notebooks that readers download run from top to bottom as the page shows, and are valid whatever their cells hold."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from labguide import sources
from labguide.model import Cell, Place, Project, RecordedCell, Recording
from labguide.problems import Problems
from labguide.weaving import notebooks

PLACE = Place("notebooks/lamp.py")
ERROR = {"output_type": "error", "ename": "ValueError", "evalue": "dark", "traceback": []}


def as_notebook(cells: list[Cell], recording: Recording | None = None) -> nbformat.NotebookNode:
    notebook = nbformat.reads(notebooks.as_ipynb(cells, recording).decode(), as_version=4)
    nbformat.validate(notebook)
    return notebook


def test_cell_that_is_meant_to_raise_says_so_to_who_runs_all() -> None:
    cell = Cell("dark", "code", "raise ValueError('dark')", PLACE, frozenset({"raises-exception", "varies"}))
    recorded = Recording("lamp", "local", (RecordedCell("dark", cell.source, (ERROR,)),))
    for recording in (None, recorded):
        assert as_notebook([cell], recording).cells[0].metadata == {"tags": ["raises-exception", "varies"]}


def test_cells_of_one_name_have_ids_of_their_own() -> None:
    cells = [Cell("訓練", "code", "1", PLACE), Cell("訓練", "code", "2", PLACE), Cell("a b", "markdown", "x", PLACE)]
    assert len({cell.id for cell in as_notebook(cells).cells}) == 3


def test_notebook_is_called_by_its_first_heading() -> None:
    cells = [Cell("a", "code", "# no heading", PLACE), Cell("b", "markdown", "Text\n\n# Lamps 燈\n\n# More", PLACE)]
    assert as_notebook(cells).metadata.title == "Lamps 燈"
    assert "title" not in as_notebook(cells[:1]).metadata


@pytest.mark.parametrize("extension", [".md", ".markdown", ".mkd"])
def test_translation_is_found_by_its_name_whatever_its_extension(tmp_path: Path, extension: str) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "lamp.py").write_text('# %% name="light"\n1\n', "utf-8")
    (tmp_path / "notebooks" / f"lamp.zh-TW{extension}").write_text("# 燈\n", "utf-8")
    problems = Problems()
    found = sources.read(Project(tmp_path, ("en", "zh-TW")), problems)
    translation = notebooks.translation_of(found.scripts["lamp"], "zh-TW", found)
    assert translation is not None
    notebooks.check_translation(translation, found.scripts, problems)
    assert [problem.kind for problem in problems] == ["cell-order"]  # its cell is not quoted
