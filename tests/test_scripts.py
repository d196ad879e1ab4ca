"""How scripts are read: what runs is what stands in the file, and what is not read is told."""

from __future__ import annotations

import json
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from case_project import Workshop
from labguide import backends, lines, scripts, sources
from labguide.model import Project, Script
from labguide.problems import Problems

SPICE = (
    "# rm -rf data", "# !touch f", "# ls", "# why?", "!ls", "%time 1", "%%bash", "# %matplotlib inline", "# %%time",
    "# + x", "# # %% x", "# ---", "x = 1", "\tif x:", "\f", "a\u2028b", "c\x85d", "e\v\x1c\x1d\x1e\u2029", "\ufeff",
    "# comment", "    ", "", "\\", "# -*- coding: latin-1 -*-", "\U000f0000",
)  # fmt: skip
QUOTES = ('"""', "'''", "it's", 'say "', '"', "r'\\'", 'f"""{x}', "# it's", "```", "# ```")
MARKERS = ('# %% name="x"', "# %% [markdown]", "# %%", "# %% Title", '# %% [markdown] name="y"')


def read(path: Path, text: str) -> tuple[Script | None, Problems]:
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    problems = Problems()
    return scripts.read(Project(path.parent), path, path.name, problems), problems


def _line(*fixed: str) -> st.SearchStrategy[str]:
    free = st.text(st.characters(exclude_characters="\0\r\n%<[", exclude_categories=["Cs"]), max_size=12)
    return st.sampled_from(fixed) | free


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scripts") / "script.py"


def _trimmed(body: list[str]) -> str:
    full = [index for index, line in enumerate(body) if line.strip(" \t\f")]
    return "\n".join(body[full[0] : full[-1] + 1]) if full else ""


@given(cells=st.lists(st.lists(_line(*SPICE).filter(lambda line: not set("\"'") & set(line))), min_size=1))
def test_code_is_read_as_it_stands_in_the_file(file: Path, cells: list[list[str]]) -> None:
    text = "".join("\n".join(["# %%", *cell, ""]) for cell in cells)
    script, problems = read(file, text)
    assert script is not None, list(problems)
    assert [cell.source for cell in script.cells] == [_trimmed(cell) for cell in cells]


@given(body=st.lists(_line(*SPICE, *QUOTES, *MARKERS)), ending=st.sampled_from(["\n", "\r\n"]))
def test_no_line_of_a_script_is_lost_or_changed(file: Path, body: list[str], ending: str) -> None:
    text = "\n".join(["# %%", *body, ""])
    script, problems = read(file, text.replace("\n", ending))
    if script is None:
        assert len(problems)
        return
    rest = lines.split(text)
    for cell in script.code_cells:
        start, source = cell.place.line - 1, cell.source.split("\n") if cell.source else []
        assert rest[start : start + len(source)] == source
        rest[start : start + len(source)] = [""] * len(source)
    left = [line for line in rest if line.strip(" \t\f")]
    prose = any(cell.kind == "markdown" for cell in script.cells)
    assert prose or all(line in MARKERS for line in left)


@given(body=st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"])))
def test_whatever_stands_in_a_file_is_read_or_told(file: Path, body: str) -> None:
    for before in ("", "# %%\n", "# ---\n# ", "# %% "):
        script, problems = read(file, f"{before}{body}\n# %%\n")
        assert script or len(problems)


def test_prose_keeps_every_character(file: Path) -> None:
    prose = "Ein\u2028Satz, 50 %% more\x0c\n\n```mermaid\n%% a comment of Mermaid\n```"
    text = "# %% [markdown]\n" + "".join(f"# {line}\n" if line else "#\n" for line in prose.split("\n"))
    script, problems = read(file, text + "\n# %%\n1\n")
    assert script is not None, list(problems)
    assert [cell.source for cell in script.cells] == [prose, "1"]


def test_shebang_coding_line_and_later_future_import_are_fine(file: Path) -> None:
    text = (
        "#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n\n# %%\nx = 1\n\n# %%\nfrom __future__ import annotations\n"
    )
    script, problems = read(file, text)
    assert list(problems) == []
    assert script
    assert [cell.place.line for cell in script.cells] == [5, 8]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_places_are_right_whatever_ends_lines(file: Path, ending: str, mark: str) -> None:
    text = f'{mark}# ---\n# jupyter:\n#   labguide:\n#     nothing: 1\n# ---\n\n# %% name="a"\n\nx = "\x0c"\n1 / 0\n'
    script, problems = read(file, text.replace("\n", ending))
    assert [problem.place.line for problem in problems] == [4]
    assert script
    assert (script.cells[0].place.line, script.cells[0].source) == (9, 'x = "\x0c"\n1 / 0')


def test_marker_after_a_string_that_is_never_closed_is_a_marker(file: Path) -> None:
    script, _ = read(file, '# %% name="a"\nx = """\n\n# %% name="b"\nprint(2)\n')
    assert script
    assert [cell.name for cell in script.cells] == ["a", "b"]


def test_backends_are_those_that_there_are() -> None:
    assert set(scripts.header.BACKENDS) == set(backends.BACKENDS)


@pytest.fixture
def recorded(tmp_path: Path) -> Workshop:
    workshop = Workshop(tmp_path)
    workshop.write("snippets/kept.py", '# %% name="only"\nprint("kept")\n')
    workshop.write("docs/page.md", "# Page\n\n```{cell} kept#only\n```\n")
    workshop.build()
    return workshop


def test_script_that_cannot_be_read_keeps_its_recording(recorded: Workshop) -> None:
    recording = recorded.project.recordings / "local" / "kept.ipynb"
    before = recording.read_bytes()
    recorded.edit("snippets/kept.py", "# %%", "import os\n# %%")
    for how in ({}, {"force": True}, {"frozen": True}):
        assert recorded.build(**how).runs.ran == ()
        assert [line.partition(": ")[0] for line in recorded.found] == ["snippets/kept.py:1"]
        assert recording.read_bytes() == before


def test_downloads_hold_the_code_of_the_file(tmp_path: Path) -> None:
    source = "%config InlineBackend.print_figure_kwargs = {}\n# %matplotlib inline\n# !rm -rf data\n!echo run"
    workshop = Workshop(tmp_path)
    workshop.write("notebooks/magic.py", f'# %% name="only"\n{source}\n')
    site = workshop.build()
    assert workshop.found == []
    for name in ("magic.ipynb", "magic-executed.ipynb"):
        notebook = json.loads(site.files[f"notebooks/{name}"])
        assert ["".join(cell["source"]) for cell in notebook["cells"]] == [source]


def test_names_that_differ_in_case_only_are_told(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    workshop.write("notebooks/Lab.py", '# %% name="Plot"\n1\n\n# %% name="plot"\n2\n')
    workshop.write("snippets/lab.py", "# %%\n3\n")
    problems = Problems()
    assert list(sources.read(workshop.project, problems).scripts) == ["Lab"]
    assert [problem.kind for problem in problems] == ["duplicate-cell", "duplicate-script"]


def test_recording_holds_the_code_of_the_file(recorded: Workshop) -> None:
    source = '# rm -rf data\nprint("a\u2028b")  \n\x0c\n# why?'
    recorded.write("snippets/kept.py", f'# %% name="only"\n{source}\n\n')
    recorded.build()
    notebook = json.loads((recorded.project.recordings / "local" / "kept.ipynb").read_text("utf-8"))
    assert "".join(notebook["cells"][0]["source"]) == source
