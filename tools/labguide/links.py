"""Finds links and anchors that lead nowhere: renders the site into a folder that is thrown away and reads the log.

What MkDocs says of a link names a page and no line, so the line is looked up here.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from labguide import mkdocs_plugin
from labguide.model import Place, Project
from labguide.problems import Problems
from labguide.site import Site

# https://github.com/mkdocs/mkdocs/blob/1.6.1/mkdocs/structure/pages.py
_LINK = re.compile(
    r"Doc file '(?P<page>[^']+)' contains (?P<what>an? [\w ]*link) '(?P<target>[^']+)'(?P<why>.*)", re.DOTALL
)
_UNREADABLE = re.compile(r"Error reading page '(?P<page>[^']+)': (?P<why>.*)", re.DOTALL)


def check(project: Project, woven: Site, problems: Problems) -> None:
    """Note all that `mkdocs build --strict` would refuse in a site that was woven already."""
    with TemporaryDirectory(prefix="labguide-") as folder, _log_gathered() as warnings:
        try:
            mkdocs_plugin.render(project.root, woven, Path(folder) / "site")
        except Exception as error:  # a page that cannot be rendered raises whatever its extension does
            if not warnings:
                warnings.append(f"{type(error).__name__}: {error}")
    for warning in warnings:
        _add(project, warning, problems)


class _Gatherer(logging.Handler):
    """Keeps warnings as a list of messages."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def _log_gathered() -> Iterator[list[str]]:
    """MkDocs' warnings as a list, and nowhere else."""
    logger, gatherer = logging.getLogger("mkdocs"), _Gatherer()
    before, propagate = logger.handlers, logger.propagate
    logger.handlers, logger.propagate = [gatherer], False
    try:
        yield gatherer.messages
    finally:
        logger.handlers, logger.propagate = before, propagate


def _add(project: Project, warning: str, problems: Problems) -> None:
    """A warning as a problem, at the line of the link that it is about if there is one."""
    link, unreadable = _LINK.match(warning), _UNREADABLE.match(warning)
    if link:
        kind = "broken-anchor" if "anchor" in warning else "broken-link"
        message = f"{link['what']} '{link['target']}'{link['why'].rstrip('.')}"
        place = _place(project, link["page"], link["target"])
        problems.add(place, kind, message, "link to a page or heading that exists")
    elif unreadable and not problems.at(f"docs/{unreadable['page']}"):  # else the reason is told already
        place = _place(project, unreadable["page"], "")
        problems.add(place, "mkdocs", f"this page cannot be rendered: {unreadable['why']}", "mend the page")
    elif unreadable is None:
        problems.add(Place("mkdocs.yml"), "mkdocs", warning, "mend the page or the configuration")


def _place(project: Project, page: str, target: str) -> Place:
    path = project.docs / page
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    line = next((number for number, text in enumerate(lines, start=1) if target in text), 1)
    return Place(path.relative_to(project.root).as_posix(), line)
