"""Labels: a figure is drawn once more in each language that its texts are known in."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from case_project import NoCloud, Seen, Workshop
from labguide import recordings, site
from labguide.assembly import Site
from labguide.model import Output
from labguide.problems import Problems
from labguide.running import fonts

pytestmark = pytest.mark.skipif(not fonts.cjk_family(), reason="this computer has no font with Chinese")
PNG, OWN = "image/png", "image/png;language=zh-TW"

CHART = """\
# %% name="chart"
import matplotlib.pyplot as plt

figure, axes = plt.subplots(figsize=(3, 2))
axes.bar(["sports", "racing"], [3, 2], label="games")
axes.set_title("12 games of 2,010")
axes.set_xlabel("genre")
axes.annotate("best", (0, 3))
axes.legend()
figure.suptitle("A chart")
plt.show()

# %% name="texts"
texts = [axes.get_title(), axes.get_xlabel(), figure.get_suptitle(), axes.texts[0].get_text()]
texts += [axes.get_legend().get_texts()[0].get_text(), *(tick.get_text() for tick in axes.get_xticklabels())]
stale = plt.Text.set_text.__module__
"""

CELLS = "```{cell} chart#chart\n```\n\n```{cell} chart#texts\n```\n"

LABELS = """\
---
labels:
  games: 遊戲數
  sports: 運動
  racing: 賽車
  genre: 類型
  best: 最多
  "{} games of {}": "{1} 年的 {0} 款遊戲"
---

"""


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    workshop = Workshop(tmp_path)
    workshop.write("notebooks/chart.py", CHART)
    workshop.write("notebooks/chart.zh-TW.md", LABELS + CELLS)
    workshop.write("docs/page.md", "```{cell} chart#chart\n:show: output\n:alt: A chart\n```\n")
    workshop.write("docs/page.zh-TW.md", "```{cell} chart#chart\n:show: output\n:alt: 圖\n```\n")
    return workshop


def forms(site: Site, cell: str = "chart") -> Mapping[str, Any]:
    found = site.runs.recordings["chart"].cell(cell)
    assert found
    (output,) = found.outputs
    return dict(output["data"])


def without_labels(workshop: Workshop) -> Site:
    workshop.write("notebooks/chart.zh-TW.md", CELLS)
    return workshop.build()


def test_figure_is_recorded_in_both_languages_and_its_texts_come_back(workshop: Workshop) -> None:
    built = workshop.build()
    assert workshop.found == []
    values = built.runs.recordings["chart"].values
    assert values["texts"] == ["12 games of 2,010", "genre", "A chart", "best", "games", "sports", "racing"]
    assert values["stale"] == "matplotlib.text"
    assert forms(built).keys() == {PNG, OWN, "text/plain"}
    assert forms(built)[PNG] != forms(built)[OWN]
    assert forms(without_labels(workshop)) == {name: forms(built)[name] for name in (PNG, "text/plain")}


def test_translated_picture_is_the_one_that_a_script_in_that_language_draws(workshop: Workshop) -> None:
    drawn = forms(workshop.build())[OWN]
    translated = CHART
    for text, said in (
        ("12 games of 2,010", "2,010 年的 12 款遊戲"),
        ('"games"', '"遊戲數"'),
        ("sports", "運動"),
        ("racing", "賽車"),
        ("genre", "類型"),
        ("best", "最多"),
    ):
        translated = translated.replace(text, said)
    workshop.write("notebooks/chart.py", translated)
    assert forms(without_labels(workshop))[PNG] == drawn


def test_each_page_shows_the_picture_of_its_language(workshop: Workshop) -> None:
    built = workshop.build()
    data = forms(built)
    assert "recorded/chart/chart-1.png)" in built.pages["page.md"].text
    assert "recorded/chart/chart-1-zh-TW.png)" in built.pages["page.zh-TW.md"].text
    assert built.files["recorded/chart/chart-1.png"] == base64.b64decode(data[PNG])
    assert built.files["recorded/chart/chart-1-zh-TW.png"] == base64.b64decode(data[OWN])


def test_notebook_to_download_has_the_picture_of_its_language(workshop: Workshop) -> None:
    built = workshop.build()
    notebook = json.loads(built.files["notebooks/chart-executed.zh-TW.ipynb"])
    (output,) = (output for cell in notebook["cells"] for output in cell.get("outputs", ()))
    assert output["data"].keys() == {PNG, "text/plain"}
    assert "".join(output["data"][PNG]).strip() == forms(built)[OWN].strip()


def test_figure_without_a_known_text_is_drawn_once(workshop: Workshop) -> None:
    workshop.write("notebooks/chart.zh-TW.md", "---\nlabels: {another: 別的}\n---\n\n" + CELLS)
    built = workshop.build()
    assert forms(built).keys() == {PNG, "text/plain"}
    assert workshop.found == [
        'notebooks/chart.zh-TW.md:2: no figure of notebooks/chart.py says "another"; '
        "write it as the figure does, or take it out [unused-label]"
    ]
    workshop.build()
    assert len(workshop.found) == 1


def test_check_of_one_script_says_nothing_of_the_labels_of_another(workshop: Workshop) -> None:
    workshop.write("notebooks/another.py", '# %% name="one"\nprint(1)\n')
    workshop.build()
    workshop.write("notebooks/chart.zh-TW.md", LABELS.replace("genre: 類型", "genre: 類型\n  author: 作者") + CELLS)
    problems = Problems()
    site.check(workshop.project, NoCloud(), site.CheckOptions(only=("another",)), Seen(), problems)
    assert [problem for problem in problems if problem.kind == "unused-label"] == []


@pytest.mark.parametrize(
    "shows",
    ["display(figure)\nplt.close()", "plt.close()\nfigure", "plt.show()", "None"],
    ids=["display", "result", "show", "end of the cell"],
)
def test_every_way_to_show_a_figure_counts(workshop: Workshop, shows: str) -> None:
    workshop.edit("notebooks/chart.py", "plt.show()", shows)
    assert OWN in forms(workshop.build())


@pytest.mark.parametrize("form", ["svg", "retina"])
def test_other_forms_of_figures_count(workshop: Workshop, form: str) -> None:
    workshop.edit(
        "notebooks/chart.py", "figure, axes", f"%config InlineBackend.figure_formats = ['{form}']\nfigure, axes"
    )
    built = workshop.build()
    assert workshop.found == []
    assert any(";language=zh-TW" in mime for mime in forms(built))
    shown = built.pages["page.zh-TW.md"].text
    assert "chart-1-zh-TW." in shown
    assert ("width=" in shown) == (form == "retina")


def test_layout_that_a_script_reads_is_that_of_its_own_texts(workshop: Workshop) -> None:
    workshop.edit("notebooks/chart.py", "figsize=(3, 2))", 'figsize=(3, 2), layout="constrained")')
    workshop.edit("notebooks/chart.py", "stale =", "place = axes.get_position().bounds\nstale =")
    place = workshop.build().runs.recordings["chart"].values["place"]
    assert without_labels(workshop).runs.recordings["chart"].values["place"] == pytest.approx(place)


def test_label_that_changes_makes_the_recording_stale(workshop: Workshop) -> None:
    built = workshop.build()
    assert workshop.build().runs.ran == ()
    workshop.edit("notebooks/chart.zh-TW.md", "運動", "體育")
    problems = Problems()
    site.check(workshop.project, NoCloud(), site.CheckOptions(static=True), Seen(), problems)
    assert ["the labels of its figures changed" in str(problem) for problem in problems] == [True]
    again = workshop.build()
    assert again.runs.ran == ("chart",)
    assert forms(again)[OWN] != forms(built)[OWN]
    assert forms(again)[PNG] == forms(built)[PNG]


def test_picture_of_a_language_that_differs_is_drift(workshop: Workshop) -> None:
    built = workshop.build()
    path = recordings.path_of(workshop.project, "local", "chart")
    kept = path.read_bytes()
    workshop.build(force=True)
    assert path.read_bytes() == kept
    data = forms(built)
    path.write_text(path.read_text("utf-8").replace(data[OWN].strip(), data[PNG].strip()), "utf-8")
    problems = Problems()
    found = site.check(workshop.project, NoCloud(), site.CheckOptions(), Seen(), problems)
    (drift,) = [drift for verdict in found.verdicts for drift in verdict.drifts]
    assert drift.problem.kind == "drift"
    assert " [image/png;language=zh-TW]" in drift.diff


def test_snippet_has_its_labels_in_a_file_beside_it(workshop: Workshop) -> None:
    workshop.write("notebooks/chart.zh-TW.md", "")
    (workshop.project.root / "notebooks/chart.zh-TW.md").unlink()
    (workshop.project.root / "snippets").mkdir()
    (workshop.project.root / "notebooks/chart.py").rename(workshop.project.root / "snippets/chart.py")
    workshop.write("snippets/chart.zh-TW.yml", "labels:\n  games: 遊戲數\n  nothing: 沒有\n")
    assert OWN in forms(workshop.build())
    assert [line.partition(";")[0] for line in workshop.found] == [
        'snippets/chart.zh-TW.yml:3: no figure of snippets/chart.py says "nothing"'
    ]


def test_labels_that_cannot_be_read_are_told_at_their_lines(workshop: Workshop) -> None:
    labels = '---\nlabels:\n  2: 二\n  no: 否\n  games: [a]\n  sports:\n  "{} and {}": "{}"\n  best: 最多\n---\n\n'
    workshop.write("notebooks/chart.zh-TW.md", labels + CELLS)
    workshop.build()
    assert [line.partition(";")[0].removeprefix("notebooks/chart.zh-TW.md:") for line in workshop.found] == [
        '3: "2" is no text to YAML',
        '4: "False" is no text to YAML',
        '5: the translation of "games" is no text',
        '6: the translation of "sports" is no text',
        '7: "{} and {}" and its translation do not have the same numbers `{}`',
    ]
    workshop.write("notebooks/chart.zh-TW.md", "---\nlabels: [games]\n---\n\n" + CELLS)
    workshop.build()
    assert [line.partition(";")[0] for line in workshop.found] == [
        "notebooks/chart.zh-TW.md:2: `labels:` is no mapping"
    ]


def test_missing_glyph_in_a_translation_is_told(workshop: Workshop) -> None:
    workshop.edit("notebooks/chart.py", "figure, axes", 'plt.rcParams["font.family"] = ["DejaVu Sans"]\nfigure, axes')
    workshop.build()
    assert {line.rpartition("[")[2] for line in workshop.found} == {"missing-glyph]"}


def test_script_without_figures_is_as_ever(workshop: Workshop) -> None:
    workshop.write("notebooks/chart.py", '# %% name="chart"\nprint("games")\n')
    workshop.write("notebooks/chart.zh-TW.md", LABELS.replace("labels", "label") + "```{cell} chart#chart\n```\n")
    built = workshop.build()
    outputs: tuple[Output, ...] = built.runs.recordings["chart"].cells[0].outputs
    assert outputs == ({"output_type": "stream", "name": "stdout", "text": "games\n"},)
    assert workshop.found == []
