"""When a translation is out of date though no word of its source has changed: what it quotes has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from labguide import l10n, recordings
from labguide.l10n import quoted
from labguide.l10n.model import Section
from labguide.model import Project, RecordedCell, Recording
from labguide.problems import Problems

SCRIPT = """# %% name="fit"
accuracy = 0.849
print("fitted")

# %% name="took" tags=["varies"]
seconds = 12.3

# %% name="other"
loss = 1
"""
OUTPUTS = {"fit": "fitted", "took": "12.3", "other": "1"}
VALUES = {"accuracy": 0.849, "seconds": 12.3, "loss": 1}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with a script, its recording and a page."""
    found = Project(tmp_path, ("en", "zh-TW"))
    for folder in (found.snippets, found.docs, found.notebooks):
        folder.mkdir()
    (found.snippets / "train_model.py").write_text(SCRIPT, "utf-8")
    record(found)
    return found


def record(project: Project, outputs: dict[str, str] = OUTPUTS, values: dict[str, Any] = VALUES, **more: Any) -> None:
    """Write the recording of the script as a run would."""
    shown = {name: ({"output_type": "stream", "name": "stdout", "text": text},) for name, text in outputs.items()}
    cells = tuple(RecordedCell(name, "", {**shown, **more}[name]) for name in shown)
    recordings.save(project, Recording("train-model", "local", cells, values))


def section(project: Project, text: str) -> Section:
    """The section of a page with a text."""
    (project.docs / "page.md").write_text(f"# A {{#a}}\n\n{text}\n", "utf-8")
    (page,) = l10n.status(project, Problems())
    return page.source.sections[0]


def said(project: Project, text: str) -> str:
    return quoted.Quoted(project)(section(project, text))


def edit(project: Project, old: str, new: str) -> None:
    path = project.snippets / "train_model.py"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def cell(name: str, show: str = "") -> str:
    return f"```{{cell}} train-model#{name}\n{f':show: {show}' if show else ''}\n```"


def test_section_that_quotes_nothing_has_no_hash(project: Project) -> None:
    assert said(project, "Some `code`.") == ""


def test_hash_is_of_what_is_quoted_and_not_of_words(project: Project) -> None:
    assert said(project, f"B\n\n{cell('fit')}") == said(project, f"{cell('fit')}\n\nC D")
    assert len(said(project, cell("fit"))) == 12


@pytest.mark.parametrize("show", ["", "code", "output", "code, output"])
def test_code_counts_where_it_is_shown(show: str, project: Project) -> None:
    before = said(project, cell("fit", show))
    edit(project, '"fitted"', '"fitted!"')
    assert (said(project, cell("fit", show)) != before) == (show != "output")


@pytest.mark.parametrize("show", ["", "code", "output", "code, output"])
def test_recorded_output_counts_where_it_is_shown(show: str, project: Project) -> None:
    before = said(project, cell("fit", show))
    record(project, {**OUTPUTS, "fit": "fitted well"})
    assert (said(project, cell("fit", show)) != before) == (show != "code")


def test_cell_that_varies_counts_by_its_code_only(project: Project) -> None:
    before = said(project, f"{cell('took')} {{value}}`train-model#seconds:.1f`")
    record(project, {**OUTPUTS, "took": "13"}, {**VALUES, "seconds": 13})
    assert said(project, f"{cell('took')} {{value}}`train-model#seconds:.1f`") == before
    edit(project, "12.3", "12.4")
    assert said(project, f"{cell('took')} {{value}}`train-model#seconds:.1f`") != before


def test_other_cells_do_not_count(project: Project) -> None:
    before = said(project, cell("fit"))
    edit(project, "loss = 1", "loss = 2")
    record(project, {**OUTPUTS, "other": "2"}, {**VALUES, "loss": 2})
    assert said(project, cell("fit")) == before


def test_value_counts_as_readers_see_it(project: Project) -> None:
    before = said(project, "{value}`train-model#accuracy:.1%`")
    record(project, values={**VALUES, "accuracy": 0.84903})
    assert said(project, "{value}`train-model#accuracy:.1%`") == before
    record(project, values={**VALUES, "accuracy": 0.86})
    assert said(project, "{value}`train-model#accuracy:.1%`") != before


def test_figure_in_another_language_does_not_count(project: Project) -> None:
    plain = {"image/png": "AAAA"}

    def figure(data: dict[str, str]) -> tuple[dict[str, Any], ...]:
        return ({"output_type": "display_data", "data": data, "metadata": {}},)

    record(project, fit=figure(plain))
    before = said(project, cell("fit"))
    record(project, fit=figure({**plain, "image/png;language=zh-TW": "BBBB"}))
    assert said(project, cell("fit")) == before
    record(project, fit=figure({"image/png": "CCCC"}))
    assert said(project, cell("fit")) != before


def test_included_file_counts(project: Project) -> None:
    (project.root / "part.md").write_text("One.\n", "utf-8")
    before = said(project, '--8<-- "part.md"')
    (project.root / "part.md").write_text("Two.\n", "utf-8")
    assert said(project, '--8<-- "part.md"') != before


@pytest.mark.parametrize("text", [cell("nowhere"), "{value}`nothing#x`", "{value}`price#ml.m5.large`"])
def test_what_no_run_leaves_counts_by_its_name(text: str, project: Project) -> None:
    assert said(project, text) == said(project, text)
    assert said(project, text) != said(project, cell("fit"))


@pytest.mark.parametrize("recording", ["", "{", "[]", '{"cells": [{}]}', '{"cells": [], "metadata": {}}'])
def test_recording_that_cannot_be_read_is_none(recording: str, project: Project) -> None:
    recordings.path_of(project, "local", "train-model").write_text(recording, "utf-8")
    broken = said(project, cell("fit"))
    recordings.path_of(project, "local", "train-model").unlink()
    assert said(project, cell("fit")) == broken


def test_script_that_cannot_be_read_counts_by_its_name(project: Project) -> None:
    (project.snippets / "train_model.py").write_text("# %%\n#%% x\n", "utf-8")
    assert said(project, cell("fit"))


def test_change_below_unchanged_sentences_is_a_signal_and_no_other_state(project: Project) -> None:
    source = section(project, cell("fit"))
    mark = f"<!-- en:{source.hash} quotes:{quoted.Quoted(project)(source)} -->"
    (project.docs / "page.zh-TW.md").write_text(f"# 甲 {{#a}}\n{mark}\n\n{cell('fit')}\n", "utf-8")
    (standing,) = l10n.status(project, Problems())[0].standings
    assert (standing.state, standing.quotes_changed) == ("OK", False)
    edit(project, '"fitted"', '"fitted!"')
    (standing,) = l10n.status(project, Problems())[0].standings
    assert (standing.state, standing.quotes_changed) == ("OK", True)
