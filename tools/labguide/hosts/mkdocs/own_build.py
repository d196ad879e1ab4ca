"""The steps around MkDocs' own, when MkDocs was started by itself: `mkdocs build`, `mkdocs serve`, `labguide serve`."""

from __future__ import annotations

import logging
import os
from contextlib import ExitStack

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.utils import CountHandler

from labguide import cleaning, locales, running, site, workdir
from labguide.backends import BACKENDS
from labguide.hosts.mkdocs.configuration import project_of
from labguide.hosts.mkdocs.handover import Handover
from labguide.model import Cell, Script
from labguide.problems import CannotBuildError, Problem, Problems

log = logging.getLogger("mkdocs.plugins.labguide")


class OwnBuild:
    """The steps around MkDocs' own when MkDocs was started by itself."""

    def __init__(self, config: MkDocsConfig, backend: str, *, preview: bool) -> None:
        self._preview, self._told = preview, set[Problem]()
        self._warnings = CountHandler(level=logging.WARNING)
        self._open = ExitStack()
        self._stage: workdir.Stage | None = None
        self._handover: Handover | None = None
        try:
            self._handover = self._weave(config, backend)
        except CannotBuildError as error:
            self.end()
            raise PluginError(str(error)) from None
        except BaseException:
            self.end()
            raise

    @property
    def handover(self) -> Handover:
        """The site that was woven."""
        assert self._handover is not None
        return self._handover

    def _weave(self, config: MkDocsConfig, backend: str) -> Handover:
        project = project_of(config, preview=self._preview)
        options = running.Options(frozen=bool(os.environ.get("LABGUIDE_FROZEN")))
        problems = Problems()
        for text in locales.untold(project.languages):
            log.info(text)
        steps = site.built(project, BACKENDS[backend](project), options, LoggedProgress(), problems)
        woven = self._open.enter_context(steps)
        self._tell(problems)
        logging.getLogger("mkdocs").addHandler(self._warnings)
        if not self._preview:
            self._stage = workdir.Stage(project.site)
            config.site_dir = str(self._stage.folder)
        return Handover(project, woven, problems, notices=self._preview)

    def finish(self, config: MkDocsConfig) -> None:
        """Publish what MkDocs made, unless something is wrong."""
        try:
            self._tell(self.handover.problems)
        except CannotBuildError as error:
            raise PluginError(str(error)) from None
        if self._stage:
            if not (config.strict and self._warnings.get_counts()):
                self._stage.publish()
            config.site_dir = str(self._stage.published)

    def end(self) -> None:
        """Let go of everything."""
        if self._handover:
            self._handover.end()
        logging.getLogger("mkdocs").removeHandler(self._warnings)
        if self._stage:
            self._stage.discard()
        self._open.close()

    def _tell(self, problems: Problems) -> None:
        """Log each problem once; in a build, they end it."""
        for problem in problems:
            if problem not in self._told:
                self._told.add(problem)
                log.log(logging.WARNING if self._preview else logging.ERROR, cleaning.told(str(problem)))
        if not self._preview:
            site.end_if_any(problems)


class LoggedProgress:
    """Tells of runs in MkDocs' own log."""

    def waiting(self) -> None:
        """Say why nothing happens."""
        log.info("another build of this project is running; waiting for it")

    def begin(self, scripts: int, reused: int) -> None:
        """Say how many scripts will run."""
        log.info(f"{scripts} scripts to run, {reused} recordings are fresh")

    def cell(self, script: Script, cell: Cell, number: int) -> None:
        """Name the cell, for those who want to know."""
        log.debug(f"{script.name}: {cell.name} ({number}/{len(script.code_cells)})")

    def done(self, script: Script, ok: bool, seconds: float) -> None:
        """Say how long a script took."""
        log.info(f"{script.name}: {'ran' if ok else 'failed'} in {seconds:.1f} s")

    def skipped(self, script: Script) -> None:
        """Say which script is waiting for another to be mended."""
        log.info(f"{script.name}: not tried, it comes after one that failed")
