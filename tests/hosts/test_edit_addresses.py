"""Where a project's files are edited, as mkdocs.yml says it in any of the ways that MkDocs knows."""

from __future__ import annotations

from pathlib import Path

import pytest
from mkdocs_project import Built

from labguide.hosts import mkdocs

MAIN = "https://github.com/you/course/edit/main/{path}"
MASTER = "https://github.com/you/course/edit/master/{path}"


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("", ""),
        ("repo_url: https://github.com/you/course\n", MASTER),
        ("repo_url: https://github.com/you/course/\nedit_uri: edit/main/docs\n", MAIN),
        ("edit_uri: https://github.com/you/course/edit/main/docs/\n", MAIN),
        ("repo_url: https://github.com/you/course\nedit_uri_template: 'edit/main/docs/{path}'\n", MAIN),
        ("repo_url: https://e.org/x\nedit_uri: '?file=docs/'\n", "https://e.org/x?file={path}"),
        ("repo_url: https://e.org/x\nedit_uri_template: 'docs/{path_noext}'\n", ""),
        ("repo_url: https://e.org/x\nedit_uri: pages/\n", ""),
        ("repo_url: https://e.org/x\nedit_uri: edit/course/docs/\n", "https://e.org/x/edit/course/{path}"),
        ("repo_url: https://e.org/x\nedit_uri: ''\n", ""),
    ],
)
def test_the_address_of_any_file_follows_from_that_of_pages(tmp_path: Path, said: str, address: str) -> None:
    Built(tmp_path, more=said)
    assert mkdocs.open_project(tmp_path).edit_address == address


def test_the_address_follows_the_folder_of_pages(tmp_path: Path) -> None:
    built = Built(tmp_path, more="repo_url: https://e.org/x\nedit_uri: edit/main/guide/text/\ndocs_dir: guide/text\n")
    built.write("guide/text/index.md", "# Home\n")
    assert mkdocs.open_project(tmp_path).edit_address == "https://e.org/x/edit/main/{path}"
