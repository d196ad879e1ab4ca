"""What mkdocs.yml says to labguide, and faults in it with their lines."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from mkdocs_project import Built

from labguide.hosts import mkdocs
from labguide.model import UnrunRule
from labguide.problems import CannotBuildError

PLAIN = """\
site_name: A workshop
theme: {{name: material, font: false}}
plugins:
  - search
  - labguide{options}
markdown_extensions:
  - pymdownx.superfences:
      custom_fences:
        - {{name: mermaid, class: mermaid, format: !!python/name:pymdownx.superfences.fence_code_format }}
  - pymdownx.snippets: {{base_path: [snippets, .]}}
"""


def project(tmp_path: Path, options: str = "") -> Built:
    workshop = Built(tmp_path)
    workshop.write("mkdocs.yml", PLAIN.format(options=options))
    return workshop


def test_options_become_the_project(tmp_path: Path) -> None:
    options = (
        ":\n      environment: [TEAM]\n      unrun_code:\n"
        '        - {languages: [rust, java], show: true}\n        - {paths: ["slides/**"], show: false}'
    )
    opened = mkdocs.open_project(project(tmp_path, options).root)
    assert opened.environment == ("TEAM",)
    assert opened.unrun == (UnrunRule(True, ("rust", "java"), ()), UnrunRule(False, (), ("slides/**",)))


def test_project_knows_the_markdown_of_mkdocs(tmp_path: Path) -> None:
    dialect = mkdocs.open_project(project(tmp_path).root).dialect
    assert "pymdownx.snippets" in dialect.extensions
    assert dialect.configs["pymdownx.superfences"]["custom_fences"][0]["name"] == "mermaid"


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (":\n      environment: TEAM", "mkdocs.yml:6: `environment` is no list"),
        (":\n      environment:\n        - TEAM\n        - A=b", 'mkdocs.yml:8: "A=b" in `environment` is no name'),
        (":\n      progress: [yes]", "mkdocs.yml:6: `progress` is neither true nor a name"),
        (":\n      unrun_code: true", "mkdocs.yml:6: `unrun_code` is no list of rules"),
        (":\n      unrun_code:\n        - rust", "mkdocs.yml:7: a rule of `unrun_code` is no mapping"),
        (
            ":\n      unrun_code:\n        - show: true\n          path: [a]",
            "mkdocs.yml:8: a rule of `unrun_code` has no",
        ),
        (":\n      unrun_code:\n        - languages: [a]", "mkdocs.yml:7: a rule of `unrun_code` does not say"),
        (":\n      unrun_code:\n        - show: true\n          paths: a", "mkdocs.yml:8: `paths` in a rule of"),
    ],
)
def test_wrong_option_is_told_at_its_line(tmp_path: Path, options: str, fault: str) -> None:
    with pytest.raises(CannotBuildError) as error:
        mkdocs.open_project(project(tmp_path, options).root)
    assert str(error.value).startswith(fault)
    assert str(error.value).endswith(" [bad-config]")


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ("docs_dir: nowhere\n", "mkdocs.yml:11: `docs_dir`: "),
        ("nav: 3\n", "mkdocs.yml:11: `nav`: "),
        ("nav: [\n", "mkdocs.yml:12: "),
        ("theme: nonesuch\n", "mkdocs.yml:"),
    ],
)
def test_fault_that_mkdocs_finds_in_its_configuration_is_told_at_its_line(
    tmp_path: Path, more: str, fault: str
) -> None:
    workshop = project(tmp_path)
    workshop.write("mkdocs.yml", PLAIN.format(options="") + more)
    with pytest.raises(CannotBuildError) as error:
        mkdocs.open_project(workshop.root)
    assert str(error.value).startswith(fault)


def test_unknown_setting_and_missing_page_of_the_nav_are_problems_at_their_lines(tmp_path: Path) -> None:
    workshop = project(tmp_path)
    workshop.write("mkdocs.yml", PLAIN.format(options="") + "colour: red\nnav:\n  - index.md\n  - gone.md\n")
    assert workshop.build() == ["mkdocs.yml:11 bad-config", "mkdocs.yml:14 mkdocs"]


def test_included_files_are_those_of_the_project_wherever_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop = Built(tmp_path / "project")
    workshop.write("snippets/conf.txt", "mine = 1\n")
    workshop.write("docs/index.md", '# Home\n\n```text\n--8<-- "snippets/conf.txt"\n```\n')
    workshop.write("slides/deck.md", '# Deck\n\n---\n\n```text\n--8<-- "snippets/conf.txt"\n```\n')
    other = tmp_path / "elsewhere" / "snippets"
    other.mkdir(parents=True)
    (other / "conf.txt").write_text("foreign = 1\n")
    monkeypatch.chdir(other.parent)
    assert workshop.build() == []
    for page in ("index.html", "slides/deck.html"):
        assert "mine = 1" in workshop.page(page)
    assert os.getcwd() == str(other.parent)  # noqa: PTH109


def test_tabs_in_code_stay_tabs(tmp_path: Path) -> None:
    workshop = Built(tmp_path)
    workshop.write("snippets/make.txt", "all:\n\techo\n")
    text = '```text\n--8<-- "snippets/make.txt"\n```\n\n~~~ {.text .illustration}\na\tb\n~~~\n'
    workshop.write("docs/index.md", f"# Home\n\n{text}")
    workshop.write("slides/deck.md", f"# Deck\n\n---\n\n{text}")
    assert workshop.build() == []
    for page in ("index.html", "slides/deck.html"):
        assert "a\tb" in workshop.page(page)
        assert "\techo" in workshop.page(page)
