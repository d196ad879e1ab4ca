"""Scripts as tests: one for each code cell, named `notebooks/video-games.py::train`.

The scripts of all chosen tests run once, before the first test, in the order that `after:` asks and side by side,
exactly as in `labguide check`. A test then tells what became of its cell.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from labguide import cleaning, site, sources, workdir
from labguide.backends import BACKENDS
from labguide.comparing import Verdict, reports
from labguide.hosts import mkdocs
from labguide.model import Cell, Script
from labguide.problems import CannotBuildError, Problem, Problems

# A run on real AWS costs money: it is started by hand, with its own command.
_BACKEND = "local"


class CellError(Exception):
    """A cell failed or drifted; the text is for the author."""


class ScriptTests:
    """Collects the scripts of the project in pytest's root folder, runs them once, and keeps the verdicts."""

    def __init__(self, config: pytest.Config) -> None:
        self.problems = Problems()
        try:
            self.project = mkdocs.open_project(config.rootpath)
        except CannotBuildError as error:
            raise pytest.UsageError(f"--labguide: {error}") from None
        self.found = sources.read(self.project, self.problems)
        self.scripts = {script.path: script for script in self.found.scripts.values()}
        self.broken = {problem.place.path for problem in self.problems if problem.place.path.endswith(".py")}
        self.verdicts: dict[tuple[str, str], Verdict] = {}
        if config.args_source is pytest.Config.ArgsSource.TESTPATHS:
            folders = (self.project.notebooks, self.project.snippets)
            config.args += [str(folder) for folder in folders if folder.is_dir()]

    @pytest.hookimpl(wrapper=True)
    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> Generator[None, list[Any], list[pytest.Collector]]:
        """A script is tests of ours alone: as a Python module it would run while it is collected."""
        others: list[pytest.Collector] = yield
        if not file_path.is_relative_to(self.project.root):
            return others
        path = self.project.relative(file_path)
        if path not in self.scripts and path not in self.broken:
            return others
        return [ScriptFile.from_parent(parent, path=file_path, tests=self, script=self.scripts.get(path))]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Run the scripts of all chosen tests, before the first test and outside its time limit."""
        names = {item.script.name for item in session.items if isinstance(item, CellItem)}
        if names and not session.config.option.collectonly:
            self._run(sorted(names), Told(session.config))

    def problems_of(self, script: Script) -> list[Problem]:
        """What is wrong with a script as a whole, and so with all its cells."""
        failures = [verdict.failure for verdict in self.verdicts.values()]
        return [problem for problem in self.problems.at(script.path) if problem not in failures]

    def _run(self, names: Sequence[str], told: Told) -> None:
        backend = BACKENDS[_BACKEND](self.project)
        try:
            with workdir.only_build(self.project, told.waiting):
                rehearsed = site.rehearse(self.project, self.found, backend, names, told, self.problems)
        except CannotBuildError as error:
            raise pytest.UsageError(str(error)) from None
        finally:
            backend.stop()
        secrets = cleaning.caller_secrets(os.environ)
        for verdict in reports.report(self.problems, rehearsed.verdicts, secrets).verdicts:
            self.verdicts[verdict.script.path, verdict.cell.name] = verdict


class ScriptFile(pytest.File):
    """A script; its code cells are tests."""

    def __init__(self, *, tests: ScriptTests, script: Script | None, **more: Any) -> None:
        super().__init__(**more)
        self.tests, self.script = tests, script

    def collect(self) -> Iterable[CellItem]:
        """One test for each code cell."""
        if self.script is None or not self.script.code_cells:
            path = self.tests.project.relative(self.path)
            raise self.CollectError("\n".join(map(str, self.tests.problems.at(path))) or f"{path} has no code cell")
        for cell in self.script.code_cells:
            yield CellItem.from_parent(self, name=cell.name, tests=self.tests, script=self.script, cell=cell)


class CellItem(pytest.Item):
    """One code cell of a script, as the run left it."""

    def __init__(self, *, tests: ScriptTests, script: Script, cell: Cell, **more: Any) -> None:
        super().__init__(**more)
        self.tests, self.script, self.cell = tests, script, cell
        self.extra_keyword_matches.add(script.name)

    def runtest(self) -> None:
        """Tell what became of the cell: nothing to tell is success."""
        whole = self.tests.problems_of(self.script)
        if whole:
            raise CellError("\n".join(map(str, whole)))
        verdict = self.tests.verdicts.get((self.script.path, self.cell.name))
        if verdict is None:
            pytest.skip(f"the script does not run on the backend {_BACKEND}")
        if verdict.skipped:
            pytest.skip(verdict.skipped)
        if verdict.failure:
            raise CellError("\n".join((str(verdict.failure), "", *verdict.traceback)))
        if verdict.drifts:
            raise CellError("\n\n".join(reports.paragraph(drift) for drift in verdict.drifts))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The author's line and the error, without pytest's own frames."""
        if isinstance(excinfo.value, CellError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the cell stands; pytest counts lines from 0."""
        return self.path, self.cell.place.line - 1, self.cell.name


class Told:
    """Tells of runs in pytest's own output."""

    def __init__(self, config: pytest.Config) -> None:
        self._terminal: Any = config.pluginmanager.get_plugin("terminalreporter")

    def waiting(self) -> None:
        """Say why nothing happens."""
        self._say("another build of this project is running; waiting for it")

    def begin(self, scripts: int, reused: int) -> None:
        """Say how many scripts will run."""
        self._say(f"{scripts} scripts to run")

    def cell(self, script: Script, cell: Cell, number: int) -> None:
        """Cells are told as tests, afterwards."""

    def done(self, script: Script, ok: bool, seconds: float) -> None:
        """Say how long a script took."""
        self._say(f"{script.name} {'ran' if ok else 'failed'} in {seconds:.1f} s")

    def skipped(self, script: Script) -> None:
        """Scripts that are not tried are told as skipped tests, afterwards."""

    def _say(self, text: str) -> None:
        if self._terminal:
            self._terminal.write_line(f"labguide: {text}")
