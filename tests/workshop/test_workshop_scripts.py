"""What the workshop's scripts have in common."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from labguide import sources
from labguide.model import Project, Script
from labguide.problems import Problems

DELETES_ALL = "cleanup"
_WANTED = re.compile(r"wanted = \{.*?\n\}", re.DOTALL)


@pytest.fixture(scope="module")
def scripts(project: Path) -> dict[str, Script]:
    return dict(sources.read(Project(project, ("en", "zh-TW")), Problems()).scripts)


def test_clean_up_comes_after_all_that_make_anything(scripts: dict[str, Script]) -> None:
    before, unseen = set(), [DELETES_ALL]
    while unseen:
        after = scripts[unseen.pop()].after
        unseen += sorted(set(after) - before)
        before |= set(after)
    others = set(scripts) - before - {DELETES_ALL}
    assert {name for name in others if "import boto3" in _source(scripts[name])} == {"regions"}


def test_notebooks_find_out_where_they_are_in_the_same_way(scripts: dict[str, Script]) -> None:
    with_sdk = [
        script for script in scripts.values() if script.path.startswith("notebooks/") and "boto3" not in script.name
    ]
    first = {_WANTED.sub("wanted = {}", script.code_cells[0].source) for script in with_sdk}
    assert len(with_sdk) > 1
    assert len(first) == 1


def _source(script: Script) -> str:
    return "\n".join(cell.source for cell in script.code_cells)


def test_notebooks_are_read_by_the_python_of_a_notebook_instance(scripts: dict[str, Script]) -> None:
    for script in scripts.values():
        if script.path.startswith("notebooks/"):
            plain = re.sub(r"(?m)^%.*$", "", _source(script))
            ast.parse(plain, script.path, feature_version=(3, 10))  # conda_python3
