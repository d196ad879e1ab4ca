"""What pages tell their own scripts: which can be ticked off, under which name, and the tabs of the other language."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from mkdocs_project import QUOTE, Built

TABS = "markdown_extensions: [pymdownx.superfences, {pymdownx.tabbed: {alternate_style: true}}]\n"


def told(built: Built, path: str) -> Any:
    (data,) = re.findall(r'<script id="__labguide" type="application/json">(.*?)</script>', built.page(path))
    return json.loads(data)


def built(tmp_path: Path, progress: str = "true", structure: str = "suffix") -> Built:
    workshop = Built(tmp_path, structure=structure)
    config = (tmp_path / "mkdocs.yml").read_text("utf-8").replace("- labguide", f"- labguide: {{progress: {progress}}}")
    workshop.write("mkdocs.yml", config)
    return workshop


def test_pages_that_show_a_cell_can_be_ticked_off_but_not_the_first_one(tmp_path: Path) -> None:
    workshop = built(tmp_path)
    workshop.write("docs/index.md", f"# Home\n\n{QUOTE}")
    workshop.write("docs/lessons/one.md", f"# One\n\n{QUOTE}")
    workshop.write("docs/lessons/one.zh-TW.md", f"# 一\n\n{QUOTE}")
    workshop.write("docs/words.md", "# Words\n")
    workshop.write("docs/wanted.md", "---\nprogress: true\n---\n\n# Wanted\n")
    workshop.write("docs/not.md", f"---\nprogress: false\n---\n\n# Not\n\n{QUOTE}")
    assert workshop.build() == []
    english, chinese = (
        told(workshop, path)["progress"] for path in ("lessons/one/index.html", "zh-TW/lessons/one/index.html")
    )
    assert english["pages"] == {"lessons/one/": "lessons/one", "wanted/": "wanted"}
    assert chinese["pages"] == {"zh-TW/lessons/one/": "lessons/one", "zh-TW/wanted/": "wanted"}
    assert english["here"] == chinese["here"] == "lessons/one"
    assert [told(workshop, path)["progress"]["home"] for path in ("index.html", "words/index.html")] == [True, False]


def test_lesson_plan_is_not_ticked_off(tmp_path: Path) -> None:
    workshop = built(tmp_path)
    workshop.edition = "instructor"
    plan = f"---\nkind: plan\ntitle: A class\n---\n\n# A class\n\n### 1. Instructor Do: Talk (5 min)\n\n{QUOTE}"
    workshop.write("docs/class.md", plan)
    assert workshop.build() == []
    assert told(workshop, "class/index.html")["progress"]["pages"] == {}


def test_page_with_a_name_keeps_it_wherever_it_is_moved(tmp_path: Path) -> None:
    workshop = built(tmp_path)
    page = f"---\nprogress: first\n---\n\n# One\n\n{QUOTE}"
    workshop.write("docs/moved/elsewhere.md", page)
    workshop.write("docs/moved/elsewhere.zh-TW.md", f"# 一\n\n{QUOTE}")
    assert workshop.build() == []
    assert told(workshop, "moved/elsewhere/index.html")["progress"]["pages"] == {"moved/elsewhere/": "first"}
    assert told(workshop, "zh-TW/moved/elsewhere/index.html")["progress"]["here"] == "first"


def test_translations_in_folders_are_one_page_too(tmp_path: Path) -> None:
    workshop = built(tmp_path, structure="folder")
    (tmp_path / "docs/index.md").unlink()
    for language in ("en", "zh-TW"):
        workshop.write(f"docs/{language}/index.md", "# Home\n")
        workshop.write(f"docs/{language}/one.md", f"# One\n\n{QUOTE}")
    assert workshop.build() == []
    keys = [told(workshop, path)["progress"]["here"] for path in ("one/index.html", "zh-TW/one/index.html")]
    assert keys[0] == keys[1]


@pytest.mark.parametrize(("progress", "course"), [("true", "A workshop"), ("my-course", "my-course")])
def test_progress_is_kept_under_the_name_of_the_course(tmp_path: Path, progress: str, course: str) -> None:
    workshop = built(tmp_path, progress)
    assert workshop.build() == []
    assert told(workshop, "index.html")["progress"]["course"] == course
    assert "assets/labguide/progress.js" in workshop.page("index.html")


@pytest.mark.parametrize("progress", ["false", "null"])
def test_nothing_of_progress_is_published_without_the_option(tmp_path: Path, progress: str) -> None:
    workshop = built(tmp_path, progress)
    assert workshop.build() == []
    assert "progress" not in told(workshop, "index.html")
    assert "progress.js" not in workshop.page("index.html")


def test_two_pages_of_one_name_are_told(tmp_path: Path) -> None:
    workshop = built(tmp_path)
    for name in ("a", "b"):
        workshop.write(f"docs/{name}.md", "---\nprogress: same\n---\n\n# Page\n")
    assert workshop.build() == ["docs/b.md:2 bad-header"]


def test_progress_that_is_no_name_is_told(tmp_path: Path) -> None:
    workshop = built(tmp_path)
    workshop.write("docs/a.md", "---\nprogress: [1]\n---\n\n# Page\n")
    assert workshop.build() == ["docs/a.md:2 bad-header"]


def test_labels_of_tabs_are_known_in_both_languages(tmp_path: Path) -> None:
    workshop = Built(tmp_path, structure="suffix")
    config = (tmp_path / "mkdocs.yml").read_text("utf-8")
    workshop.write("mkdocs.yml", re.sub("markdown_extensions: .*\n", TABS, config))
    workshop.write("docs/one.md", '# One\n\n=== "By *hand*"\n\n    A\n\n=== "In code"\n\n    B\n')
    workshop.write("docs/one.zh-TW.md", '# 一\n\n=== "手動"\n\n    A\n\n=== "用程式碼"\n\n    B\n')
    workshop.write("docs/two.md", '# Two\n\n=== "One"\n\n    A\n')
    workshop.write("docs/two.zh-TW.md", "# 二\n")
    assert workshop.build() == []
    assert told(workshop, "zh-TW/one/index.html")["tabs"] == {"By hand": "手動", "In code": "用程式碼"}
    assert [told(workshop, path)["tabs"] for path in ("one/index.html", "zh-TW/two/index.html")] == [{}, {}]


def test_words_that_markdown_and_the_theme_leave_in_english_are_in_the_language_of_the_page(tmp_path: Path) -> None:
    workshop = Built(tmp_path, structure="suffix")
    config = (tmp_path / "mkdocs.yml").read_text("utf-8")
    workshop.write("mkdocs.yml", config.replace("[attr_list,", "[{toc: {permalink: true}}, attr_list,"))
    workshop.write("docs/index.zh-TW.md", f"# 首頁\n\n{QUOTE}")
    assert workshop.build() == []
    assert 'title="Permanent link"' in workshop.page("index.html")
    chinese = workshop.page("zh-TW/index.html")
    assert 'title="永久連結"' in chinese
    assert "Permanent link" not in chinese
    assert 'data-recorded="本機，' in chinese
    assert "後端為本機" in chinese


@pytest.mark.parametrize(("more", "ending"), [("", ""), ("use_directory_urls: false\n", "index.html")])
def test_page_for_what_is_not_there_speaks_every_language(tmp_path: Path, more: str, ending: str) -> None:
    workshop = Built(tmp_path, structure="suffix", more=more)
    workshop.write("docs/index.zh-TW.md", "# 首頁\n")
    assert workshop.build() == []
    page = workshop.page("404.html")
    assert re.findall(r'<p lang="([^"]+)">.*?href="([^"]+)"', page) == [
        ("en", f"/{ending}"),
        ("zh-TW", f"/zh-TW/{ending}"),
    ]


def test_page_for_what_is_not_there_in_a_site_of_one_language(tmp_path: Path) -> None:
    workshop = Built(tmp_path)
    assert workshop.build() == []
    assert "This page does not exist" in workshop.page("404.html")
