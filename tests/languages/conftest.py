"""A workshop in English, Chinese and Japanese: the third language is files only, and part of it is not translated."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from browser import browser, serve
from case_project import NoCloud, Seen
from labguide import running, site
from labguide.hosts import mkdocs
from labguide.model import Edition
from labguide.problems import Problems

__all__ = ["browser", "serve"]


class Trilingual:
    """The workshop in a folder of its own, built for both editions."""

    def __init__(self, root: Path) -> None:
        shutil.copytree(Path(__file__).parent / "project", root)
        self.root, self.found = root, Problems()
        self.student, self.instructor = self._build("student"), self._build("instructor")

    def _build(self, edition: Edition) -> Path:
        project = mkdocs.open_project(self.root, edition)
        with site.built(project, NoCloud(), running.Options(), Seen(), self.found) as woven:
            site.publish(woven, partial(mkdocs.render, project), project.site, self.found)
        return project.site

    def page(self, path: str) -> str:
        """A file of the student's site."""
        return (self.student / path).read_text("utf-8")


@pytest.fixture(scope="package")
def trilingual(tmp_path_factory: pytest.TempPathFactory) -> Trilingual:
    """The built workshop."""
    return Trilingual(tmp_path_factory.mktemp("trilingual") / "workshop")


@pytest.fixture(scope="module")
def address(trilingual: Trilingual, serve: Callable[[Path], str]) -> str:
    """Where the student's site is served."""
    return serve(trilingual.student)
